"""Runs as they happen, for the tests of the report, and for looking at it."""

import hashlib
import math
import struct
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from golive.core.checklist import Checklist
from golive.core.checklist_markdown import parse_checklist
from golive.core.evidence import Evidence
from golive.core.outcome import Effect, Outcome
from golive.core.run import CheckRecord, ReleaseIdentity, Run, RunFooter, RunHeader, SuiteStep
from golive.core.verdict import Decision, ItemState, ItemVerdict, Verdict
from golive.gate.causes import causes_of_lines

START = datetime(2026, 11, 22, 14, 3, 27, 120_000, tzinfo=UTC)

SMALL = """\
# Small deployment checklist

<!-- golive: max-age="24 h" -->

Every line ends in its id.

## Infrastructure

<!-- golive: phase="pre_deploy infra" owner=OPS -->

- [ ] SSL certificates installed and validated `infra.tls`
- [ ] DNS settings verified `infra.dns`
- [ ] Content Delivery Network configured `infra.cdn` <!-- golive: part=cdn -->

## Deployment

### Steps

<!-- golive: phase="deploy smoke" owner=QA -->

- [ ] **2:30 PM** Conduct smoke tests `step.smoke` <!-- golive: at=14:30 answered-by=children -->
  - [ ] Check authentication flows `step.smoke.auth` <!-- golive: owner=SEC -->
  - [ ] Test recommendation functionality,
    also for new listeners `step.smoke.recommendations`
  - [ ] Verify WebSocket connections `step.smoke.websocket` <!-- golive: owner=BE -->
- [ ] **3:00 PM** Announce `step.launch` <!-- golive: owner=LEAD at=15:00 severity=advisory -->

## Rollback triggers

<!-- golive: phase=rollback owner=DBA trigger=yes -->

- Data integrity problem `trigger.data-integrity`

## Escalation

| Within | Call |
| --- | --- |
| 5 min | on-call |

## Sign-off

<!-- golive: table=sign-off -->

Signed by every role.

| Role | Name | Signature | Date |
| --- | --- | --- | --- |
| Deployment Lead | | | |
| Technical Director | | | |
"""


def small_checklist() -> Checklist:
    """A document of several sections, with lines under lines and a table to be signed."""
    return parse_checklist(SMALL, source="small.md")


def picture() -> bytes:
    """A small PNG image."""
    width, height = 320, 180
    rows = b"".join(
        b"\0" + bytes(v for x in range(width) for v in (40 + x // 3, 60 + y // 2, 140)) for y in range(height)
    )

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def evidence(
    kind: str = "http", title: str = "GET https://api.audotics.test/health", **fields: object
) -> Evidence:
    """One fact set, half a second into the run."""
    return Evidence.model_validate(
        {"kind": kind, "title": title, "at": START + timedelta(seconds=0.5), **fields}
    )


def latency(count: int = 60, budget_ms: float = 200.0, base: float = 38.0) -> Evidence:
    """Latencies with a tail, the same on every run."""
    samples = tuple(
        base + 22 * math.sin(n * 1.7) ** 2 + (95 if n % 23 == 7 else 0) + n % 7 for n in range(count)
    )
    return evidence(
        "latency",
        "GET https://api.audotics.test/recommendations",
        samples_ms=samples,
        budget_ms=budget_ms,
        facts={"requests": count, "concurrency": 4, "errors": 0},
    )


HEALTH = evidence(
    facts={
        "status": 200,
        "http_version": "HTTP/2",
        "release": "v1.0.0",
        "elapsed_ms": 12.4,
        "dependencies": {"database": "ok", "cache": "ok", "recommender": "ok"},
        "replicas": [{"instance": "api-1", "ok": True}, {"instance": "api-2", "ok": True}],
    }
)
TLS = evidence(
    "tls",
    "api.audotics.test:443 [127.0.0.2]",
    facts={
        "protocol": "TLSv1.3",
        "subject": "CN=api.audotics.test",
        "not_after": "2027-02-20T12:00Z",
        "chain": ["leaf", "intermediate", "root"],
    },
)
SOCKET = evidence(
    "realtime",
    "wss://api.audotics.test/socket.io/",
    facts={"transport": "websocket", "upgraded": True, "round_trip_ms": 1.3},
    transcript='→ 40{"token":"***"}\n← 40{"sid":"m3Kx"}\n'
    '→ 42["join_session",{"sessionId":"s-1"}]\n← 42["session_event",{"type":"user_joined"}]',
)
SCREEN = evidence(
    "browser", "https://audotics.test/ after sign-in", facts={"console_errors": 0}, attachment="home.png"
)
RETRY = evidence("retry", "ConnectTimeout on the first attempt", facts={"attempt": 1, "waited_ms": 250})


@dataclass
class Example:
    """A run under construction."""

    checklist: Checklist
    scope: tuple[str, ...]
    watermark: str | None = None
    environment: str = "prod"
    title: str = "Production"
    faults: tuple[str, ...] = ()
    absent: dict[str, str] = field(default_factory=dict)
    killed: bool = False
    interruption: str = ""
    records: list[CheckRecord] = field(default_factory=list)
    states: dict[str, ItemVerdict] = field(default_factory=dict)

    def check(
        self,
        item: str,
        name: str,
        outcome: Outcome | None = Outcome.PASSED,
        reason: str = "",
        *entries: Evidence,
        **fields: object,
    ) -> "Example":
        """Add a check of ``item``; the checks start one after another, four side by side."""
        number = len(self.records)
        function = f"tests/smoke/test_{item.rpartition('.')[2].replace('-', '_')}.py::test_{name}"
        values: dict[str, object] = {
            "check": function,
            "function": function,
            "items": (item,),
            "outcome": outcome,
            "reason": reason,
            "requirement": f"{name.replace('_', ' ').capitalize()}, for every host and replica.",
            "started": START + timedelta(seconds=1.2 + (number // 4) * 0.31 + (number % 4) * 0.05),
            "duration_seconds": 0.08 + (number * 37 % 11) * 0.06,
            "evidence": entries,
        }
        self.records.append(CheckRecord.model_validate(values | fields))
        return self

    def state(self, item: str, state: ItemState, reason: str, remedy: str = "") -> "Example":
        """Say what the gate made of ``item``."""
        checks = tuple(record.check for record in self.records if item in record.items)
        self.states[item] = ItemVerdict(item=item, state=state, reason=reason, remedy=remedy, checks=checks)
        return self

    def run(self) -> Run:
        """The run as it is read back."""
        header = RunHeader(
            run_id="20261122T140327Z-7f3a",
            environment=self.environment,
            environment_title=self.title,
            watermark=self.watermark,
            release=ReleaseIdentity(version="v1.0.0", commit="9f2c1e7ab04d55e1"),
            vantage="build-host-3 (Frankfurt)",
            started=START,
            deployed_at=START - timedelta(minutes=40),
            golive_version="0.1.0",
            checklist_source=self.checklist.source,
            checklist_digest=hashlib.sha256(self.checklist.text.encode()).hexdigest(),
            marker_expression="smoke or infra",
            scope=self.scope,
            absent_parts=self.absent,
            faults=self.faults,
            targets={
                "app": "https://audotics.test",
                "api": "https://api.audotics.test",
                "realtime": "wss://api.audotics.test/socket.io/",
            },
        )
        footer = RunFooter(
            finished=START + timedelta(seconds=7.4),
            pytest_exit_code=0,
            interruption=self.interruption,
            steps=(
                SuiteStep(name="start the rehearsal", duration_seconds=2.31),
                SuiteStep(name="start the browser", duration_seconds=0.42),
            ),
            notes=("3 checks ran alone: they measure latency.",),
        )
        return Run(header=header, records=tuple(self.records), footer=None if self.killed else footer)

    def verdict(self, decision: Decision, reason: str) -> Verdict:
        """The verdict, with the items in document order."""
        items = tuple(self.states[item] for item in self.checklist.items if item in self.states)
        causes = causes_of_lines(self.checklist, items, self.records)
        return Verdict(decision=decision, reason=reason, items=items, causes=causes)


Rendered = tuple[Checklist, Run, Verdict]

SMALL_SCOPE = (
    "infra.tls",
    "infra.dns",
    "infra.cdn",
    "step.smoke",
    "step.smoke.auth",
    "step.smoke.recommendations",
    "step.smoke.websocket",
    "step.launch",
)


def healthy() -> Rendered:
    """A rehearsal in which everything is well."""
    example = Example(
        small_checklist(),
        SMALL_SCOPE,
        watermark="REHEARSAL — not valid for sign-off",
        environment="rehearsal",
        title="Rehearsal on this machine",
        absent={"cdn": "the rehearsal serves its assets itself"},
    )
    example.check("infra.tls", "certificate_outlives_the_renewal_window", Outcome.PASSED, "", TLS)
    example.check("infra.dns", "records_agree", Outcome.PASSED, "", RETRY, HEALTH)
    example.check("step.smoke.auth", "sign_in", Outcome.PASSED, "", HEALTH, SCREEN, effect=Effect.WRITE)
    example.check("step.smoke.recommendations", "latency", Outcome.PASSED, "", latency())
    example.check(
        "step.smoke.websocket", "broadcast", Outcome.PASSED, "", SOCKET, output="INFO joined\nINFO left"
    )
    for item in SMALL_SCOPE:
        example.state(item, ItemState.VERIFIED, "1 check passed 4 s ago")
    example.state(
        "infra.cdn", ItemState.NOT_APPLICABLE, "cdn is absent: the rehearsal serves its assets itself"
    )
    example.state("step.launch", ItemState.ATTESTED, "Ada Lead attested it on 22 November 2026")
    return (
        example.checklist,
        example.run(),
        example.verdict(Decision.GO, "All 8 lines in scope are answered."),
    )


def broken(*, killed: bool = False) -> Rendered:
    """A production run with every state that a line can be in; ``killed`` cuts off its end."""
    example = Example(small_checklist(), SMALL_SCOPE, killed=killed)
    example.check(
        "infra.tls",
        "certificate_outlives_the_renewal_window",
        Outcome.FAILED,
        "certificate expires in 6 d (2026-11-28T12:00Z), need ≥ 21 d — api.audotics.test:443 [127.0.0.2]",
        TLS,
        remedy="Renew the certificate of api.audotics.test.",
        output="WARNING certificate expires soon",
    )
    example.check("infra.tls", "names_match", Outcome.PASSED, "", TLS)
    example.check(
        "infra.dns",
        "records_agree",
        Outcome.BLIND,
        "the resolver did not answer, nor did the control name",
        remedy="Allow UDP 53.",
    )
    example.check(
        "step.smoke.auth",
        "forged_token_is_refused",
        None,
        "skipped: no signing key",
        remedy="Set AUDOTICS_JWT_KEY.",
    )
    example.check(
        "step.smoke.recommendations",
        "latency",
        Outcome.FAILED,
        "p95 is 166 ms, budget 100 ms",
        latency(budget_ms=100),
    )
    example.check("step.smoke.recommendations", "unknown_route", Outcome.ERROR, "KeyError: 'tracks'", HEALTH)
    example.check("step.smoke.websocket", "broadcast", Outcome.PASSED, "", SOCKET)
    example.state(
        "infra.tls",
        ItemState.FAILED,
        "certificate expires in 6 d, need ≥ 21 d — api.audotics.test:443",
        "Renew the certificate.",
    )
    example.state(
        "infra.dns",
        ItemState.UNKNOWN,
        "the resolver did not answer, nor did the control name",
        "Allow UDP 53.",
    )
    example.state("infra.cdn", ItemState.WAIVED, "waived by OPS until 2026-12-01 (AUD-12): purge is manual")
    example.state("step.smoke", ItemState.FAILED, "1 of 3 lines under it failed")
    example.state("step.smoke.auth", ItemState.NOT_RUN, "skipped: no signing key", "Set AUDOTICS_JWT_KEY.")
    example.state("step.smoke.recommendations", ItemState.FAILED, "p95 is 166 ms, budget 100 ms")
    example.state("step.smoke.websocket", ItemState.VERIFIED, "1 check passed 4 s ago")
    example.state(
        "step.launch", ItemState.STALE, "newest evidence is 26 h old, at most 24 h allowed", "Run it again."
    )
    reason = "2 required lines failed, and 2 more are open."
    return example.checklist, example.run(), example.verdict(Decision.NO_GO, reason)


HOSTILE = (
    "<script>alert(1)</script> \"'><img src=x onerror=alert(2)> \x1b[31mred\x00\x07 \u202egnp.exe\u2066 "
    "{{ 7*7 }} {% raw %} [click](https://evil.example/) ![i](https://evil.example/i.png) | `code` **bold** "
    "https://evil.example www.evil.example a@evil.example </style></pre></details>\r\n# heading\n"
    "- [x] forged `infra.tls`\n]]> &amp; &#x3c;b&#x3e; \ud800 "
) + "A" * 3_000


def hostile() -> Rendered:
    """A run whose target says everything that could break a report."""
    example = Example(
        small_checklist(), SMALL_SCOPE, faults=("auth.accepts-expired-token",), interruption=HOSTILE
    )
    entry = evidence(
        HOSTILE,
        HOSTILE,
        facts={
            HOSTILE[:400]: HOSTILE,
            "huge": "x" * 1_000_000,
            "many": list(range(500)),
            "deep": [[[[[[HOSTILE]]]]]],
            "empty": [],
            "flag": True,
        },
        transcript=HOSTILE + "y" * 1_000_000,
        samples_ms=(1.0, math.nan, math.inf, -3.0, 2.0),
        budget_ms=math.inf,
        attachment="../../etc/passwd",
    )
    example.check(
        "infra.tls",
        f"name[{HOSTILE}]",
        Outcome.FAILED,
        HOSTILE,
        entry,
        requirement=HOSTILE,
        remedy=HOSTILE,
        output="z" * 1_000_000 + HOSTILE,
    )
    example.check("infra.dns", "quiet", Outcome.BLIND, "\x0b" * 50)
    for item in SMALL_SCOPE:
        example.state(item, ItemState.FAILED, HOSTILE, HOSTILE)
    return example.checklist, example.run(), example.verdict(Decision.NO_GO, HOSTILE)


def attachments(name: str) -> bytes | None:
    """The screenshots of the examples."""
    return picture() if name == "home.png" else None


def write_attachments(folder: Path) -> None:
    """Put the screenshots of the examples into a run's folder."""
    folder.joinpath("home.png").write_bytes(picture())
