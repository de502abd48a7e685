"""Programs that were unpacked beside the interpreter are found by it and its children."""

from pathlib import Path

from golive.profile.own_programs import own_programs, own_root, use_own_programs


def unpacked(prefix: Path, *names: str) -> Path:
    """A virtual environment in which these programs were unpacked; returns their folder."""
    own_root(prefix).mkdir(parents=True)
    folder = own_programs(prefix)
    folder.mkdir()
    for name in names:
        (folder / name).write_text("#!/bin/sh\n", encoding="ascii")
        (folder / name).chmod(0o755)
    return folder


def test_nothing_changes_where_nothing_was_unpacked(tmp_path: Path) -> None:
    environ = {"PATH": "/usr/bin"}
    use_own_programs(environ, prefix=tmp_path)
    assert environ == {"PATH": "/usr/bin"}


def test_what_was_unpacked_comes_first_on_the_path_and_only_once(tmp_path: Path) -> None:
    folder = unpacked(tmp_path)
    environ = {"PATH": "/usr/bin:/bin"}
    use_own_programs(environ, prefix=tmp_path)
    use_own_programs(environ, prefix=tmp_path)
    assert environ == {"PATH": f"{folder}:/usr/bin:/bin"}


def test_an_activated_environment_keeps_its_path(tmp_path: Path) -> None:
    folder = unpacked(tmp_path)
    environ = {"PATH": f"/usr/bin:{folder}"}
    use_own_programs(environ, prefix=tmp_path)
    assert environ == {"PATH": f"/usr/bin:{folder}"}


def test_browser_and_driver_are_named_unless_the_user_named_others(tmp_path: Path) -> None:
    folder = unpacked(tmp_path, "chromium-headless-shell", "playwright-node")
    environ = {"PATH": "/usr/bin", "GOLIVE_BROWSER": "/opt/mine"}
    use_own_programs(environ, prefix=tmp_path)
    assert environ["GOLIVE_BROWSER"] == "/opt/mine"
    assert environ["PLAYWRIGHT_NODEJS_PATH"] == str(folder / "playwright-node")


def test_the_libraries_of_a_browser_from_npm_come_after_those_that_were_named(tmp_path: Path) -> None:
    unpacked(tmp_path)
    libraries = own_root(tmp_path) / "browser" / "lib"
    libraries.mkdir(parents=True)
    environ = {"PATH": "/usr/bin", "LD_LIBRARY_PATH": "/opt/lib"}
    use_own_programs(environ, prefix=tmp_path)
    use_own_programs(environ, prefix=tmp_path)
    assert environ["LD_LIBRARY_PATH"] == f"/opt/lib:{libraries}"
