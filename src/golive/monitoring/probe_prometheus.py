"""Prometheus, through its HTTP API v1: targets, Alertmanagers, rules, queries.

https://prometheus.io/docs/prometheus/latest/querying/api/. Only this module knows it; another source of
metrics needs these four questions answered in the same observations.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Generic, Literal

from pydantic import BaseModel, Field, RootModel, ValidationError

from golive.monitoring.api import Answer, MonitoringApi
from golive.monitoring.observation import (
    AlertmanagersObservation,
    FreshnessObservation,
    QueryObservation,
    Rule,
    RulesObservation,
    Sample,
    Target,
    TargetsObservation,
)
from golive.monitoring.promql import DurationText
from golive.net.headers import read_date
from golive.net.http_observation import HttpObservation


class _Part(BaseModel, defer_build=True):
    """A part of an answer; built when it is first read, because few runs look at monitoring."""


class _Target(_Part):
    labels: dict[str, str]
    scrape_url: str = Field(alias="scrapeUrl")
    health: str
    last_scrape: datetime = Field(alias="lastScrape")
    last_error: str = Field(default="", alias="lastError")
    interval: DurationText = Field(default=None, alias="scrapeInterval")


class _Targets(_Part):
    active: list[_Target] = Field(alias="activeTargets")


class _Url(_Part):
    url: str


class _Alertmanagers(_Part):
    active: list[_Url] = Field(alias="activeAlertmanagers")


class _Rule(_Part):
    type: str
    name: str
    query: str
    duration: float = 0.0
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    health: str
    last_error: str = Field(default="", alias="lastError")
    last_evaluation: datetime = Field(alias="lastEvaluation")


class _Group(_Part):
    name: str
    rules: list[_Rule]


class _Groups(_Part):
    groups: list[_Group]


class _Sample(_Part):
    metric: dict[str, str] = {}
    value: tuple[float, str]


class _Vector(_Part):
    kind: Literal["vector"] = Field(alias="resultType")
    result: list[_Sample]


class _Scalar(_Part):
    kind: Literal["scalar"] = Field(alias="resultType")
    result: tuple[float, str]


class _Result(RootModel[Annotated[_Vector | _Scalar, Field(discriminator="kind")]], defer_build=True):
    pass


class _Complaint(_Part):
    error: str


class _Envelope(BaseModel, Generic[Answer], defer_build=True):
    status: Literal["success"]
    data: Answer


class PrometheusProbe(MonitoringApi):
    """Asks one Prometheus."""

    program = "Prometheus"

    async def targets(self) -> TargetsObservation:
        """Every active target.

        Raises:
            ProbeError: no answer, or one that the API's documents do not allow.
        """
        answer = await self._get("/api/v1/targets", state="active")
        found = self._read(_Envelope[_Targets], answer).data
        targets = tuple(
            Target(
                job=target.labels.get("job", ""),
                labels=target.labels,
                url=target.scrape_url,
                health=target.health,
                error=target.last_error,
                last_scrape=_moment(target.last_scrape),
                interval=target.interval,
            )
            for target in found.active
        )
        return TargetsObservation(answer.title, read_date(answer.header("date")), targets)

    async def alertmanagers(self) -> AlertmanagersObservation:
        """The Alertmanagers that alerts are sent to. Raises ProbeError as `targets`."""
        answer = await self._get("/api/v1/alertmanagers")
        found = self._read(_Envelope[_Alertmanagers], answer).data
        return AlertmanagersObservation(answer.title, tuple(entry.url for entry in found.active))

    async def rules(self) -> RulesObservation:
        """Every alert rule. Raises ProbeError as `targets`."""
        answer = await self._get("/api/v1/rules", type="alert")
        rules = tuple(
            Rule(
                group=group.name,
                alert=rule.name,
                query=rule.query,
                holds_for=rule.duration,
                labels=rule.labels,
                annotations=rule.annotations,
                health=rule.health,
                error=rule.last_error,
                last_evaluation=_moment(rule.last_evaluation),
            )
            for group in self._read(_Envelope[_Groups], answer).data.groups
            for rule in group.rules
            if rule.type == "alerting"
        )
        return RulesObservation(answer.title, read_date(answer.header("date")), rules)

    async def query(self, expression: str) -> QueryObservation:
        """What an expression comes to now; samples that are no number are left out.

        Raises:
            ProbeError: as `targets`; also where Prometheus refuses the expression, with its reason.
        """
        answer = await self._get("/api/v1/query", query=expression)
        data = self._read(_Envelope[_Result], answer).data.root
        samples = (
            [({}, data.result[1])]
            if isinstance(data, _Scalar)
            else [(sample.metric, sample.value[1]) for sample in data.result]
        )
        return QueryObservation(answer.title, expression, tuple(_finite(samples)))

    async def freshness(self, series: str, job: str) -> FreshnessObservation:
        """How old a job's newest samples are, target by target. Raises ProbeError as `query`."""
        targets = await self.targets()
        expression = f'time() - max by (instance) (timestamp({series}{{job="{job}"}}))'
        seen = await self.query(expression)
        instances = tuple(target.instance for target in targets.of(job))
        ages = {sample.labels.get("instance", ""): sample.value for sample in seen.samples}
        return FreshnessObservation(seen.where, series, instances, ages)

    def _its_words(self, answer: HttpObservation) -> str:
        try:
            said = _Complaint.model_validate_json(answer.body).error
        except ValidationError:
            return ""
        return f": {said[:200]}"


def _finite(samples: Sequence[tuple[Mapping[str, str], str]]) -> list[Sample]:
    found = []
    for labels, text in samples:
        try:
            value = float(text)
        except ValueError:
            continue
        if math.isfinite(value):
            found.append(Sample(dict(labels), value))
    return found


def _moment(value: datetime) -> datetime | None:
    # Go's zero time stands for "never".
    return None if value.year <= 1 or value.tzinfo is None else value
