"""What the JSON APIs of Prometheus and Alertmanager have in common: how they are asked, and read."""

from typing import ClassVar, TypeVar

from pydantic import BaseModel, ValidationError

from golive.net.errors import ProtocolError
from golive.net.http import HttpProbe
from golive.net.http_observation import HttpObservation
from golive.profile.secrets import Secret

Answer = TypeVar("Answer", bound=BaseModel)


class MonitoringApi:
    """Asks one program of monitoring.

    Args:
        http: the client; its body cap bounds every answer.
        url: the base URL, with a path prefix where there is one.
        token: sent as a bearer token.
    """

    program: ClassVar[str]
    """What messages call it."""

    def __init__(self, http: HttpProbe, url: str, token: Secret | None = None) -> None:
        self._http = http
        self.url = url
        self._token = token

    async def _get(self, path: str, **params: str) -> HttpObservation:
        """Return an answer 200. Raises ProbeError: no answer, or another one."""
        answer = await self._http.get(f"{self.url}{path}", params=params, token=self._token)
        if answer.status != 200:
            raise ProtocolError(
                f"{self.program} answers {answer.status}{self._its_words(answer)}",
                target=answer.title,
                phase="read",
            )
        return answer

    def _its_words(self, _answer: HttpObservation) -> str:
        """Return ``: `` and why it refuses, or nothing where it does not say."""
        return ""

    def _read(self, model: type[Answer], answer: HttpObservation) -> Answer:
        """Return what a body says. Raises ProtocolError: not what the API's documents allow."""
        try:
            return model.model_validate_json(answer.body)
        except ValidationError as error:
            # Places and kinds only: what stands there may be anything.
            first = error.errors(include_input=False, include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"][:6]) or "the answer"
            raise ProtocolError(
                f"no answer as {self.program} gives it: {place}: {first['type']}",
                target=answer.title,
                phase="read",
            ) from None
