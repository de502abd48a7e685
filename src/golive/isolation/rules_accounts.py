"""What becomes of accounts whose addresses, passwords and fields somebody plays with."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from golive.api.rules_privacy import walk
from golive.core.outcome import Blind
from golive.net.errors import ProtocolError
from golive.net.http_observation import HttpObservation
from golive.rules.failure import fail
from golive.rules.http import expect_not_rate_limited, is_let_in, refuses_in_its_body

_COMES_AND_GOES = re.compile(r"updated|seen|last|login|signed|count|version|token|expires", re.IGNORECASE)
"""Fields that change without anybody's doing."""
_TAKEN_BY_NAME = re.compile(r"[^a-z]")


@dataclass(frozen=True, slots=True)
class Trial:
    """A registration with an address that has an account, written in some way."""

    how: str
    """Such as ``in capitals``."""
    email: str
    answer: HttpObservation
    is_the_same_address: bool = True
    """Whether people take it for the same address; a look-alike is another one."""


def opens(answer: HttpObservation) -> bool:
    """Whether a sign-in, or what a token was shown to, let somebody in."""
    return is_let_in(answer) and not refuses_in_its_body(answer)


def expect_answered(trials: Sequence[Trial]) -> None:
    """Each was refused, or answered as any registration is so that nobody learns who has an account.

    Raises:
        AssertionError: an accident of the server.
        Blind: the rate limit was met.
    """
    for trial in trials:
        expect_not_rate_limited(trial.answer, f"a registration with an address that exists, {trial.how}")
        if trial.answer.status >= 500:
            fail(
                f"a registration with an address that exists, {trial.how}",
                expected="refused, or answered as any other",
                observed=f"{trial.answer.status}, an accident",
                where=trial.answer.title,
            )


def expect_not_taken_over(
    trials: Sequence[Trial], *, own: HttpObservation, attackers: HttpObservation
) -> None:
    """The account's own password signs in, and the one of whoever registered its address again does not.

    Args:
        trials: the registrations that were tried with the attacker's password.
        own: the sign-in with the account's own password, afterwards.
        attackers: the sign-in with the attacker's.

    Raises:
        AssertionError: the account is another's now, or nobody's.
        Blind: the rate limit was met.
    """
    taken = [trial.how for trial in trials if is_let_in(trial.answer)] or [trial.how for trial in trials]
    how = ", or ".join(taken)
    if opens(attackers):
        fail(
            "whoever registers an address again gets into the account that it has",
            expected="the newcomer's password refused",
            observed=f"it signs in, after registering the address {how}",
            where=attackers.title,
        )
    for answer in (own, attackers):
        expect_not_rate_limited(answer, "a sign-in after the address was registered again")
    if not opens(own):
        fail(
            "whoever registers an address again locks its owner out",
            expected="the owner's password accepted, as before",
            observed=f"{own.status}, after registering the address {how}",
            where=own.title,
        )


def expect_no_second_account(trial: Trial, *, owner: str, found: HttpObservation | None) -> None:
    """No account came of a registration with an address that has one.

    Args:
        trial: the registration.
        owner: the id or address by which the account that was there is known.
        found: the profile that the attacker's password opens with the address as it was written; None: none.

    Raises:
        AssertionError: it opens the owner's account, or a second one of the same address.
    """
    if found is None or not opens(found):
        return
    if owner in identities(found):
        fail(
            "whoever registers an address again gets into the account that it has",
            expected="refused",
            observed=f"the owner's account, by the address {trial.how}",
            where=found.title,
        )
    if trial.is_the_same_address:
        fail(
            "one address has two accounts",
            expected="the second registration refused",
            observed=f"another account, by the address {trial.how}",
            where=trial.answer.title,
        )


def identities(answer: HttpObservation) -> frozenset[str]:
    """Return what names the account of a profile: its ``id``; its address where it has none."""
    try:
        body = answer.json()
    except ProtocolError:
        return frozenset()
    values = [(key.casefold(), str(value)) for _, key, value in walk(body) if isinstance(value, str | int)]
    ids = frozenset(value for key, value in values if key in ("id", "userid", "sub", "uuid"))
    return ids or frozenset(value.casefold() for key, value in values if key == "email")


def named_by(profile: HttpObservation) -> frozenset[str]:
    """Return what names the account of a profile, as `identities`.

    Raises:
        Blind: nothing does, so that nobody could tell it from another.
    """
    found = identities(profile)
    if not found:
        raise Blind(
            f"a profile names neither id nor address, so whose account it is was not seen — {profile.title}",
            remedy="name the route of a person's own account as routes.profile, its fields as wire.fields",
        )
    return found


def expect_unchanged(before: HttpObservation, after: HttpObservation, *, what: str) -> None:
    """A profile is as it was, but for times and counters.

    Args:
        before: the answer to its owner, earlier.
        after: the answer now.
        what: what must have changed nothing.
    """
    old, new = dict(_settled(before)), dict(_settled(after))
    changed = sorted({path for path in old.keys() | new.keys() if old.get(path) != new.get(path)})
    if changed:
        fail(
            f"{what} changed an account that is somebody else's",
            expected="its profile as before",
            observed=f"another {', '.join(path.removeprefix('$.') for path in changed[:4])}",
            where=after.title,
        )


def expect_fields_not_taken(
    offered: Mapping[str, JsonValue], *, profile: HttpObservation, ordinary: HttpObservation
) -> None:
    """A registration takes no field that the form does not have: no role, no id, no confirmed address.

    Args:
        offered: the fields that came with it, to their values.
        profile: of the account that came of it.
        ordinary: of an account that was registered without them.

    Raises:
        AssertionError: the account has what was offered, and an ordinary one has not.
        Blind: one of the profiles cannot be read.
    """
    had, usual = _by_name(profile), _by_name(ordinary)
    if not had or not usual:
        raise Blind(
            "the profile says nothing, so what came of fields that nobody offers was not seen"
            f" — {profile.title}",
            remedy="name the route of a person's own account as routes.profile",
        )
    taken = [
        name
        for name, value in offered.items()
        for single in (value if isinstance(value, list) else [value])
        if single in had.get(_plain(name), ()) and single not in usual.get(_plain(name), ())
    ]
    if taken:
        fail(
            "whoever registers may choose what only the product may give",
            expected="the fields ignored or refused",
            observed=f"{', '.join(taken)} taken over",
            where=profile.title,
        )


def expect_wrong_password_refused(answer: HttpObservation, *, what: str) -> None:
    """A password that is not the account's does not sign in.

    Args:
        answer: to the sign-in with it.
        what: how it differs from the right one, such as "the first 72 bytes".

    Raises:
        AssertionError: it signs in.
        Blind: the rate limit was met.
    """
    if opens(answer):
        fail(
            "a password that is not the account's signs in",
            expected="the whole password, and no other",
            observed=what,
            where=answer.title,
        )
    expect_not_rate_limited(answer, f"a sign-in with {what}")
    if answer.status >= 500:
        fail(f"a sign-in with {what}", expected="refused", observed=f"{answer.status}, an accident",
             where=answer.title)  # fmt: skip


def _settled(answer: HttpObservation) -> Iterator[tuple[str, JsonValue]]:
    for path, key, value in walk(answer.json()):
        if not _COMES_AND_GOES.search(key):
            yield path, value


def _by_name(answer: HttpObservation) -> dict[str, list[JsonValue]]:
    found: dict[str, list[JsonValue]] = {}
    if not opens(answer):
        return found
    try:
        body = answer.json()
    except ProtocolError:
        return found
    for _, key, value in walk(body):
        found.setdefault(_plain(key), []).append(value)
    return found


def _plain(name: str) -> str:
    """A field's name whatever its spelling: ``isAdmin`` and ``is_admin`` are one."""
    return _TAKEN_BY_NAME.sub("", name.casefold())
