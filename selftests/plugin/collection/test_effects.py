"""Writing and destructive checks run only where the profile allows their effect."""

import pytest

from selftests.plugin.mini_project import check

RAN = "open('{0}.ran', 'w').close()\nevidence.note('saw it')"
FIXTURE = """
@pytest.fixture
def account():
    open("fixture.ran", "w").close()
"""
CHECKS = (
    FIXTURE,
    check("a", RAN.format("a"), marks="@pytest.mark.write('service:shop')", uses="evidence, account"),
    check("b", RAN.format("b"), marks="@pytest.mark.destructive"),
    check("c", RAN.format("c")),
    check("d", RAN.format("d"), marks="@pytest.mark.write('service:shop')\n@pytest.mark.destructive"),
)
LINES = ("a", "b", "c", "d")


@pytest.mark.parametrize(
    ("effects", "allowed", "arguments"),
    [
        ('["read"]', {"c"}, ()),
        ('["read", "write"]', {"a", "c"}, ()),
        ('["read", "write"]', {"a", "c"}, ("-n", "1")),
        ('["write"]', {"a"}, ()),
    ],
)
def test_only_what_the_profile_allows_runs(project, effects, allowed, arguments):
    """The others are not run, with the reason and the key; not even their fixtures are set up."""
    run = project.profile(effects=effects).lines(*LINES).checks(*CHECKS).run(*arguments)
    ran = {path.stem for path in project.folder.glob("*.ran")}
    assert ran - {"fixture"} == allowed
    assert ("fixture" in ran) == ("a" in allowed)
    assert run.exit_code == 6
    assert {name for name, state in run.states.items() if state == "verified"} == allowed
    refused = run.of("test_b")
    assert refused.outcome is None
    assert refused.reason == "a check of effect 'destructive' is not allowed in mini"
    assert 'add "destructive" to allow.effects' in refused.remedy


def test_where_everything_is_allowed_everything_runs(project):
    """And the record says what each check does."""
    run = project.profile(effects='["read", "write", "destructive"]').lines(*LINES).checks(*CHECKS).run()
    assert (run.exit_code, run.decision) == (0, "GO")
    assert [run.of(f"test_{name}").effect for name in LINES] == [
        "write",
        "destructive",
        "read",
        "destructive",
    ]


def test_what_is_not_allowed_is_not_started_early_either(project):
    """Neither the check, whose fixtures are all the session's, nor these."""
    shop = "\n@pytest.fixture(scope='session')\ndef shop():\n    open('shop.ran', 'w').close()\n"
    writes = check("a", RAN.format("a"), marks="@pytest.mark.write('service:shop')", uses="evidence, shop")
    run = (
        project.lines("a", "b")
        .checks(shop, check("b", "await asyncio.sleep(0.3)\n" + RAN.format("b")), writes)
        .run()
    )
    assert [path.stem for path in project.folder.glob("*.ran")] == ["b"]
    assert run.states == {"a": "not run", "b": "verified"}
