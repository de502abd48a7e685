"""Kind C2, registration and passwords as an attacker would try them."""

from __future__ import annotations

import unicodedata
from abc import abstractmethod
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from rehearsal.faults.api.rewriting import Answer, rewrite
from rehearsal.faults.base import ApiFault
from rehearsal.services.api import inputs
from rehearsal.services.api.errors import ApiError

LINES = ("step.smoke.auth", "post.critical")

_body: ContextVar[dict[str, Any]] = ContextVar("body")


def _addresses_become(form: Callable[[str], str]) -> None:
    """Have the API know an address by what `form` makes of what was written."""

    def email(body: dict[str, Any]) -> str:
        written = body.get("email")
        if not isinstance(written, str) or "\x00" in written or "@" not in written:
            raise ApiError(400, "email must be an e-mail address")
        return form(written)

    inputs.email = email


def _bodies_are_kept() -> None:
    healthy = inputs.json_body

    async def json_body(request: Any, *, optional: bool = False) -> dict[str, Any]:
        body = await healthy(request, optional=optional)
        _body.set(body)
        return body

    inputs.json_body = json_body


class CaseMakesTwo(ApiFault):
    """Addresses are compared with their capitals: Lena@ and lena@ are two accounts, and only one signs in."""

    name = "registration.case-makes-two"
    expected_failures = LINES
    proves = ("test_registering_an_address_again_changes_nothing", "test_case_of_the_address_does_not_matter")

    def modify(self, _app: Any) -> None:
        _addresses_become(str.strip)


class BlankMakesTwo(ApiFault):
    """A blank behind an address makes it another one."""

    name = "registration.blank-makes-two"
    expected_failures = LINES
    proves = ("test_registering_an_address_again_changes_nothing",)

    def modify(self, _app: Any) -> None:
        _addresses_become(str.lower)


class LookAlikeMakesTwo(ApiFault):
    """Letters that look alike (full width, other scripts) make a second account for what reads the same."""

    name = "registration.look-alike-makes-two"
    expected_failures = LINES
    proves = ("test_registering_an_address_again_changes_nothing",)

    def modify(self, _app: Any) -> None:
        _addresses_become(lambda written: written.strip().lower())


class LookAlikeTakesOver(ApiFault):
    """Look-alikes are found to be free, and normalised when they are stored: the account changes hands."""

    name = "registration.look-alike-takes-over"
    expected_failures = LINES
    proves = ("test_registering_an_address_again_changes_nothing",)

    def modify(self, app: Any) -> None:
        healthy = app.users.create
        _addresses_become(lambda written: written.strip())

        async def create(email: str, password_hash: str, display_name: str) -> str:
            normal = unicodedata.normalize("NFKC", email).casefold()
            if normal != email.lower() and (taken := await _taken_over(app, normal, password_hash)):
                return taken
            user_id: str = await healthy(normal, password_hash, display_name)
            return user_id

        credentials = app.users.credentials
        app.users.create = create
        app.users.credentials = lambda email: credentials(unicodedata.normalize("NFKC", email).casefold())


class AgainTakesOver(ApiFault):
    """Registering an address that exists sets its account's password anew."""

    name = "registration.again-takes-over"
    expected_failures = LINES
    proves = (
        "test_registering_an_address_again_changes_nothing",
        "test_address_registered_twice_at_once_has_one_account",
    )

    def modify(self, app: Any) -> None:
        healthy = app.users.create

        async def create(email: str, password_hash: str, display_name: str) -> str:
            if taken := await _taken_over(app, email, password_hash):
                return taken
            user_id: str = await healthy(email, password_hash, display_name)
            return user_id

        app.users.create = create


class AgainSignsIn(ApiFault):
    """Registering an address that exists signs in to its account, whatever the password."""

    name = "registration.again-signs-in"
    expected_failures = LINES
    proves = (
        "test_registering_an_address_again_changes_nothing",
        "test_address_registered_twice_at_once_has_one_account",
    )

    def modify(self, app: Any) -> None:
        healthy = app.users.create
        _bodies_are_kept()

        async def create(email: str, password_hash: str, display_name: str) -> str:
            try:
                user_id: str = await healthy(email, password_hash, display_name)
            except ApiError:
                user_id, _ = await app.users.credentials(email)
            pairs[user_id] = await app.families.issue(user_id, email)
            return user_id

        pairs: dict[str, Any] = {}
        app.users.create = create

        def change(_scope: dict[str, Any], answer: Answer) -> None:
            body = answer.json
            if answer.status == 201 and body["id"] in pairs:
                pair = pairs.pop(body["id"])
                answer.json = {**body, "accessToken": pair.access_token, "refreshToken": pair.refresh_token}

        rewrite(app, change, "/auth/register")


class RoleAccepted(ApiFault):
    """Whoever registers as an administrator is one: the body is stored as it comes."""

    name = "registration.role-accepted"
    expected_failures = LINES
    proves = ("test_registration_takes_no_field_that_nobody_offers",)

    def modify(self, app: Any) -> None:
        healthy = app.users.create
        _bodies_are_kept()

        async def create(email: str, password_hash: str, display_name: str) -> str:
            user_id: str = await healthy(email, password_hash, display_name)
            if isinstance(role := _body.get({}).get("role"), str):
                await app.database.execute('UPDATE "User" SET role = $2 WHERE id = $1', user_id, role)
            return user_id

        app.users.create = create


class IdAccepted(ApiFault):
    """Whoever registers chooses the account's id."""

    name = "registration.id-accepted"
    expected_failures = LINES
    proves = (
        "test_registration_takes_no_field_that_nobody_offers",
        "test_registration_with_somebodys_id_changes_nothing",
    )

    def modify(self, app: Any) -> None:
        healthy = app.users.create
        _bodies_are_kept()

        async def create(email: str, password_hash: str, display_name: str) -> str:
            user_id: str = await healthy(email, password_hash, display_name)
            if isinstance(chosen := _body.get({}).get("id"), str):
                await app.database.execute('UPDATE "User" SET id = $2 WHERE id = $1', user_id, chosen)
                return chosen
            return user_id

        app.users.create = create


class _PasswordsCut(ApiFault):
    expected_failures = LINES
    proves = ("test_whole_password_counts",)

    @abstractmethod
    def counted(self, password: str) -> str:
        """What is left of a password."""

    def modify(self, app: Any) -> None:
        hashed, matches = app.passwords.hash, app.passwords.matches
        app.passwords.hash = lambda password: hashed(self.counted(password))

        # Those that are there already have been stored whole.
        async def any_matches(password: str, stored: str | None) -> bool:
            found: bool = await matches(password, stored) or await matches(self.counted(password), stored)
            return found

        app.passwords.matches = any_matches


class PasswordCutAtEight(_PasswordsCut):
    """Only the first eight letters of a password count."""

    name = "registration.password-cut-at-8"

    def counted(self, password: str) -> str:
        return password[:8]


class PasswordCutAt72Bytes(_PasswordsCut):
    """Only the first 72 bytes of a password count, as bcrypt does it."""

    name = "registration.password-cut-at-72-bytes"

    def counted(self, password: str) -> str:
        return password.encode()[:72].decode(errors="ignore")


class PasswordWithoutCase(_PasswordsCut):
    """Capitals in a password do not count."""

    name = "registration.password-without-case"

    def counted(self, password: str) -> str:
        return password.lower()


async def _taken_over(app: Any, email: str, password_hash: str) -> str | None:
    taken: str | None = await app.database.value(
        'UPDATE "User" SET "passwordHash" = $2 WHERE email = $1 RETURNING id', email, password_hash
    )
    return taken
