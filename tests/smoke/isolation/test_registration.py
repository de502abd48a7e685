"""Registration as an attacker sees it, and what became of the account afterwards.

The victim is an account that this run registers itself; it is removed at the end, and read back.
"""

import asyncio
import uuid
from contextlib import AsyncExitStack
from itertools import cycle

import pytest

from golive.api.wire.success import expect_success
from golive.core.outcome import Blind
from golive.isolation.fixtures import at_once
from golive.isolation.rules_accounts import (
    Trial,
    expect_answered,
    expect_fields_not_taken,
    expect_no_second_account,
    expect_not_taken_over,
    expect_unchanged,
    expect_wrong_password_refused,
    named_by,
    opens,
)
from golive.rules.failure import fail
from golive.rules.http import expect_not_rate_limited, expect_refusal, expect_status

pytestmark = [
    pytest.mark.harm("people"),
    pytest.mark.checklist("step.smoke.auth", "post.critical"),
    pytest.mark.needs("registration", "token_answer", "password"),
]

OFFERED = {
    "role": "admin",
    "isAdmin": True,
    "roles": ["admin"],
    "permissions": ["*"],
    "emailVerified": True,
    "verified": True,
}
"""Fields that no form has, to values that nobody but the product may give."""


_INVISIBLE = "-\u200b"


def _written_otherwise(email):
    """The address in other writings, and whether it is the same one.

    Full-width letters are compatibility forms of the same ones, and nobody sees an invisible one: mail for
    either goes to one person. A Cyrillic letter is another one, and the address may be another person's.
    """
    local, _, domain = email.partition("@")
    return {
        "as it is": (email, True),
        "in capitals": (email.upper(), True),
        "with blanks around it": (f" {email} ", True),
        "with a line break behind it": (f"{email}\n", True),
        "in full-width letters": (f"{local.replace('g', 'ｇ', 1)}@{domain}", True),
        "with a Cyrillic letter": (f"{local.replace('o', 'о', 1)}@{domain}", False),
        "with an invisible letter": (f"{local.replace('-', _INVISIBLE, 1)}@{domain}", True),
    }


@pytest.mark.write("session:account whose address is registered again")
async def test_registering_an_address_again_changes_nothing(registrations, api, evidence):
    """Whoever registers somebody's address, however written, gets no account of theirs and changes none."""
    attackers = registrations.new_password()
    async with registrations.removable() as victim, AsyncExitStack() as stack:
        email = victim.signed_in.email
        before = evidence(await api.get(api.routes.profile, token=victim.signed_in.token))
        expect_status(before, 200)
        trials = []
        for how, (written, is_the_same) in _written_otherwise(email).items():
            trying = registrations.tried(written, attackers, displayName="golive attacker")
            trials.append(Trial(how, written, evidence(await stack.enter_async_context(trying)), is_the_same))
        expect_answered(trials)
        own = evidence(await registrations.sign_in(email, victim.password))
        expect_not_taken_over(
            trials, own=own, attackers=evidence(await registrations.sign_in(email, attackers))
        )
        session = registrations.session_of(email, own)
        after = evidence(await api.get(api.routes.profile, token=session.token))
        expect_unchanged(before, after, what="registering its address again")
        for trial in trials:
            found = await _profile_behind(registrations, api, trial, attackers)
            for owner in named_by(before):
                expect_no_second_account(trial, owner=owner, found=found)


@pytest.mark.needs("any_case")
@pytest.mark.write("session:account that signs in in capitals")
async def test_case_of_the_address_does_not_matter(registrations, api, evidence):
    """A phone writes the first letter large: the address signs in all the same, or its form is refused."""
    async with registrations.removable() as account:
        email = account.signed_in.email
        for written in (email.upper(), email[0].upper() + email[1:]):
            answer = evidence(await registrations.sign_in(written, account.password))
            expect_not_rate_limited(answer, "a sign-in with the address in capitals")
            if answer.status in (400, 422):
                evidence.note(
                    "an address in capitals is refused as wrong input, in words", status=answer.status
                )
                continue
            if not opens(answer):
                fail(
                    "people who type their address in capitals cannot sign in",
                    expected="their account, as in small letters",
                    observed=answer.status,
                    where=answer.title,
                )
            session = registrations.session_of(email, answer)
            seen = await api.get(api.routes.profile, token=session.token)
            own = await api.get(api.routes.profile, token=account.signed_in.token)
            expect_unchanged(own, seen, what="signing in with the address in capitals")


@pytest.mark.write("session:account with fields that nobody offers")
async def test_registration_takes_no_field_that_nobody_offers(registrations, api, operations, evidence):
    """Role, rights and a confirmed address come from the product, whatever a registration brings along."""
    async with registrations.removable() as ordinary:
        usual = evidence(await api.get(api.routes.profile, token=ordinary.signed_in.token))
        offered = {**OFFERED, "id": str(uuid.uuid4())}
        sets = [offered]
        while sets:
            fields = sets.pop(0)
            email, password = registrations.new_address(), registrations.new_password()
            async with registrations.tried(email, password, **fields) as answer:
                evidence(answer)
                expect_not_rate_limited(answer, "a registration with more fields than the form has")
                if answer.status >= 500:
                    fail("a registration with more fields than the form has", expected="ignored or refused",
                         observed=f"{answer.status}, an accident", where=answer.title)  # fmt: skip
                if not 200 <= answer.status < 300:
                    # Refused as a whole: each alone may be one that the form has after all.
                    sets += [{name: value} for name, value in fields.items()] if len(fields) > 1 else []
                    continue
                signed_in = await registrations.sign_in(email, password)
                if not opens(signed_in):
                    raise Blind(
                        f"the account that came of it cannot sign in ({signed_in.status}), so what it may do"
                        f" was not seen — {signed_in.title}",
                        remedy="let new accounts of the suite's addresses sign in at once",
                    )
                session = registrations.session_of(email, signed_in)
                profile = evidence(await api.get(api.routes.profile, token=session.token))
                expect_fields_not_taken(fields, profile=profile, ordinary=usual)
                await _stays_out(api, operations, ordinary.signed_in, session, evidence)


@pytest.mark.write("session:account whose id is registered again")
async def test_registration_with_somebodys_id_changes_nothing(registrations, api, evidence):
    """A registration that brings somebody else's id along leaves them alone."""
    async with registrations.removable() as victim:
        before = evidence(await api.get(api.routes.profile, token=victim.signed_in.token))
        expect_status(before, 200)
        (theirs, *_) = sorted(named_by(before))
        email, password = registrations.new_address(), registrations.new_password()
        async with registrations.tried(email, password, id=theirs, userId=theirs) as answer:
            evidence(answer)
            expect_answered([Trial("by its id", email, answer)])
            own = evidence(await registrations.sign_in(victim.signed_in.email, victim.password))
            expect_not_taken_over(
                [Trial("by its id", email, answer)],
                own=own,
                attackers=evidence(await registrations.sign_in(victim.signed_in.email, password)),
            )
            session = registrations.session_of(victim.signed_in.email, own)
            after = evidence(await api.get(api.routes.profile, token=session.token))
            expect_unchanged(before, after, what="a registration with its id")
            expect_no_second_account(
                Trial("by its id", email, answer, is_the_same_address=False),
                owner=theirs,
                found=await _profile_behind(registrations, api, Trial("", email, answer), password),
            )


@pytest.mark.parametrize(
    "kind", ["73-letters", "fewer-letters-than-bytes", "with-a-zero-byte", "200-letters"]
)
@pytest.mark.write("session:account with a long password")
async def test_whole_password_counts(kind, registrations, evidence):
    """A long password is refused when set, or counts to its last letter: its beginning opens nothing."""
    password, wrong = _long(kind, registrations)
    email = registrations.new_address()
    async with registrations.removable(), registrations.tried(email, password) as answer:
        evidence(answer)
        expect_not_rate_limited(answer, "a registration with a long password")
        if 400 <= answer.status < 500:
            evidence.note("a password of this kind is refused when it is set", status=answer.status)
            return
        expect_success(answer)
        right = evidence(await registrations.sign_in(email, password))
        if not opens(right):
            expect_not_rate_limited(right, "a sign-in with a long password")
            fail(
                "an account can be given a password that does not sign in",
                expected="refused when it is set, or accepted whenever it is used",
                observed=f"set with {answer.status}, and answered {right.status} at the sign-in",
                where=right.title,
            )
        for what, text in wrong.items():
            expect_wrong_password_refused(
                evidence(await registrations.sign_in(email, registrations.kept_secret(text))), what=what
            )


@pytest.mark.write("session:account that several register at once")
async def test_address_registered_twice_at_once_has_one_account(registrations, doors, evidence):
    """Of several who register one address at the same moment, at different replicas, one gets the account."""
    email, places = registrations.new_address(), doors.acting("POST")
    passwords = [registrations.new_password() for _ in range(2 * len(places))]
    async with registrations.removable(), AsyncExitStack() as stack:
        trying = [
            lambda password=password, place=place: stack.enter_async_context(
                registrations.tried(email, password, base=place.base)
            )
            for password, place in zip(passwords, cycle(places), strict=False)
        ]
        answers = await at_once(trying)
        for answer in answers:
            evidence(answer)
            expect_not_rate_limited(answer, "one of several registrations of an address")
        signed_in = [await registrations.sign_in(email, password) for password in passwords]
        opened = [one for one in signed_in if opens(one)]
        created = sum(answer.status == 201 for answer in answers)
        evidence.note("registrations at once", tried=len(answers), created=created, sign_in=len(opened))
        if len(opened) > 1:
            fail(
                "one address has several accounts, or several passwords",
                expected="one account of those who register it at once",
                observed=f"{len(opened)} passwords sign in",
                where=opened[0].title,
            )
        if created > 1:
            fail(
                "several people are told that one address is theirs",
                expected="one account created of those who register it at once",
                observed=f"{created} answered 201",
                where=answers[0].title,
            )
        if not opened:
            raise Blind(
                f"none of {len(answers)} registrations at once gave an account that signs in"
                f" — {answers[0].title}",
                remedy="see how one registration alone is answered",
            )


def _long(kind, registrations):
    """A password, and wrong ones that a cut or a careless comparison takes for it."""
    letters = registrations.new_password().reveal() * 10
    if kind == "fewer-letters-than-bytes":
        text = "ü" + letters[:9] + "ü" * 35  # 45 letters, 81 bytes
        return registrations.kept_secret(text), {
            "its first 72 bytes": text.encode()[:72].decode(errors="ignore"),
            "another end": text[:-2] + "xy",
        }
    if kind == "with-a-zero-byte":
        text = f"{letters[:12]}\0{letters[20:40]}"
        return registrations.kept_secret(text), {"what stands before a zero byte": letters[:12]}
    length = 73 if kind == "73-letters" else 200
    text = letters[:length]
    return registrations.kept_secret(text), {
        "all but its last letter": text[:-1],
        "its letters without their case": text.lower(),
    }


async def _profile_behind(registrations, api, trial, password):
    """What the attacker's password opens with the address as it was written, or what the answer gave."""
    if not 200 <= trial.answer.status < 300:
        return None
    signed_in = await registrations.sign_in(trial.email, password)
    if opens(signed_in):
        session = registrations.session_of(trial.email, signed_in)
        return await api.get(api.routes.profile, token=session.token)
    handed_out = registrations.token_in(trial.answer)
    return None if handed_out is None else await api.get(api.routes.profile, token=handed_out)


async def _stays_out(api, operations, ordinary, session, evidence):
    """What is closed to an ordinary account is closed to the one that offered a role."""
    for operation in operations:
        if operation.access == "administrator" and operation.method == "GET":
            twin, seen = await asyncio.gather(
                api.get(operation.route, token=ordinary.token), api.get(operation.route, token=session.token)
            )
            expect_refusal(evidence(twin), "an ordinary account at an administrators' route", 403, 404)
            expect_refusal(evidence(seen), "an account that registered as an administrator", 403, 404)
