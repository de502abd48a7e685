"""Accounts that a check tries to make: what came of a registration is removed, and said in the journal."""

import asyncio
import json
from types import SimpleNamespace

import pytest

from golive.api.fixtures_accounts import SignedIn
from golive.api.fixtures_registration import Registrations, registrations
from golive.api.profile_sign_in import REGISTRATION, Registration
from golive.core.outcome import Blind
from golive.profile.base import Absent
from golive.profile.redaction import Redactor
from golive.profile.secrets import Secret
from golive.report.journal import Journal
from selftests.examples.rules_examples import answer

RUN = "20261130T120000Z-abc123"


class Deployment:
    """Keeps accounts as address to password; ``registering`` is how it answers a registration."""

    def __init__(self, registering=201, *, removes=True):
        self.accounts = {}
        self.routes = SimpleNamespace(sign_in="/sign-in")
        self._registering = registering
        self._removes = removes

    async def post(self, route, *, json, base=None):
        email, password = json["email"], json["password"].reveal()
        if route == "/sign-in":
            is_right = self.accounts.get(email) == password
            return answer({"accessToken": f"token of {email}"} if is_right else {"message": "no"},
                          status=200 if is_right else 401)  # fmt: skip
        if email in self.accounts:
            return answer({"message": "taken"}, status=409 if self._registering == 201 else self._registering)
        self.accounts[email] = password
        return answer({"message": "made"}, status=self._registering)

    async def request(self, method, _route, *, token, base=None):
        if not self._removes:
            return answer({"message": "no such route"}, status=404)
        self.accounts.pop(token.reveal().removeprefix("token of "), None)
        return answer({}, status=204)


class SignIn:
    def __init__(self, deployment):
        self._deployment = deployment

    async def with_address(self, email, password, *, base=None):
        return await self._deployment.post("/sign-in", json={"email": email, "password": password}, base=base)

    def account(self, _role):
        return SimpleNamespace(email="golive@mini.test")

    def session_of(self, role, seen):
        return SignedIn(role, "", Secret(seen.json()["accessToken"]))


def made_for(deployment, folder):
    journal = Journal(folder / "created.jsonl", RUN)
    return Registrations(deployment, SignIn(deployment), Registration(), Redactor(), RUN, journal)


def endings(folder):
    lines = [json.loads(text) for text in (folder / "created.jsonl").read_text(encoding="utf-8").splitlines()]
    return list({line["key"]: line["event"] for line in lines}.values())


async def _tried(made, email):
    async with made.tried(email, made.new_password()) as seen:
        return seen.status


@pytest.mark.parametrize("registering", [200, 201, 202])
def test_account_that_came_of_it_is_removed(tmp_path, registering):
    deployment = Deployment(registering)
    made = made_for(deployment, tmp_path)
    assert asyncio.run(_tried(made, made.new_address())) == registering
    assert deployment.accounts == {}
    assert endings(tmp_path) == ["removed"]


@pytest.mark.parametrize("registering", [201, 202])
def test_account_of_somebody_else_stays(tmp_path, registering):
    """Refused, or answered as any other: the address has its account, and nothing was made."""
    deployment = Deployment(registering)
    deployment.accounts["taken@mini.test"] = "another password"
    asyncio.run(_tried(made_for(deployment, tmp_path), "taken@mini.test"))
    assert deployment.accounts == {"taken@mini.test": "another password"}
    assert endings(tmp_path) == ["not created"]


def test_what_cannot_be_removed_is_blind_and_said(tmp_path):
    async def used(made):
        async with made.removable():
            pass

    with pytest.raises(Blind, match=r"cannot be removed.*registration\.removal"):
        asyncio.run(used(made_for(Deployment(removes=False), tmp_path)))
    assert endings(tmp_path) == ["left behind"]


def test_deployment_without_removal_gets_no_account(monkeypatch):
    declared = Registration(removal=Absent(absent="people write to support"))
    monkeypatch.setattr(type(REGISTRATION), "of", lambda *_: declared)
    with pytest.raises(Blind, match=r"people write to support.*registration\.removal"):
        registrations.__wrapped__(None, None, None, None, RUN, None)
