"""The release's credentials: each is accepted, none is a test's, and none is in what browsers get."""

import asyncio

import pytest

from golive.configuration.rules_credentials import (
    expect_searched,
    judge_acceptance,
    judge_served_texts,
    judge_test_keys,
)
from golive.rules.findings import expect_none

pytestmark = [pytest.mark.checklist("code.credentials"), pytest.mark.harm("people")]


@pytest.mark.harm("unusable")
async def test_every_credential_is_accepted(credential_calls, credentials, evidence):
    """One live call with each credential, that asks for the least and changes nothing, is let in."""
    attempts = (credential_calls.attempt(name, entry) for name, entry in credentials.items())
    answers = await asyncio.gather(*attempts, return_exceptions=True)
    seen = [evidence(answer) for answer in answers if not isinstance(answer, BaseException)]
    judged = evidence(judge_acceptance(seen))
    if judged.found:
        expect_none(judged)
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    expect_none(judged)


async def test_no_key_of_tests_is_in_use(credentials, secret_of, release_variables, evidence):
    """No secret of the release has the format of a test or sandbox key, whether known or declared."""
    values = release_variables.secrets()
    references = {name for entry in credentials.values() for name in entry.references()}
    values |= {name: secret_of(name) for name in sorted(references)}
    evidence.note("values whose format was looked at", names=sorted(values))
    expect_none(evidence(judge_test_keys(values, credentials)))


async def test_frontend_serves_no_secret(frontend_texts, release_variables, secrets, profile, evidence):
    """No page, script, source map or other text that the frontend serves has a secret in it: neither one
    that is known to this run, in any usual encoding, nor a key of a well-known format."""
    frontend = evidence(await frontend_texts.read())
    wanted = release_variables.secrets() | {f"secrets.{name}": secret for name, secret in secrets.items()}
    evidence.note("secrets that were looked for", names=sorted(wanted))
    search = profile.frontend_search
    judged = await asyncio.to_thread(judge_served_texts, frontend, wanted, public=search.public)
    if evidence(judged).found:
        expect_none(judged)  # a secret that was found is one, whatever else could not be read
    expect_searched(frontend, scripts=search.scripts)
    expect_none(judged)
