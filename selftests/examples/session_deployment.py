"""A small deployment with group sessions over HTTP, on loopback, that ends them in one of several ways."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ENDS_WITH_ITS_OWNER = "ends with its owner"
ENDS_WITH_THE_LAST = "ends when the last member has left"
STAYS = "stays, and its owner goes on seeing it"
STAYS_UNSEEN = "stays, and only members see it"
NEVER_FOUND = "cannot be read at all"
ENDS_HIDDEN = "ends when the last member has left, and nobody else is ever told that it is there"
STAYS_HIDDEN = "stays, and nobody else is told that it is there"
ONLY_ITS_OWNER_LEAVES = "says well to everybody who leaves, and only its owner has left"
NO_ROUTE_TO_LEAVE = "has no route by which anybody leaves"
NOBODY_LEAVES = "says well to everybody who leaves, and does nothing"
REFUSES_TO_LET_GO = "refuses to let anybody leave"


class Deployment:
    """Sessions by id, each with its owner and members; tokens are ``token-of-ROLE``."""

    def __init__(self, way: str) -> None:
        self.way = way
        self.sessions: dict[str, dict[str, object]] = {}
        self.seen: list[str] = []
        self.url = ""

    def open(self, owner: str, *members: str) -> str:
        """Have a session, as a run that was killed leaves it."""
        session = f"s{len(self.sessions) + 1}"
        self.sessions[session] = {"owner": owner, "members": [owner, *members]}
        return session

    def answer(self, method: str, path: str, role: str) -> tuple[int, object]:
        """Status and body."""
        self.seen.append(f"{method} {path} {role}")
        if not role:
            return 401, {"statusCode": 401, "message": "Unauthorized"}
        if (method, path) == ("POST", "/sessions"):
            return 201, {"id": self.open(role)}
        _, _, session_id, *action = path.split("/")
        session = self.sessions.get(session_id)
        missing = self.way == NEVER_FOUND and not action
        if session is None or missing:
            return 404, {"statusCode": 404, "message": "Not found"}
        members = session["members"]
        assert isinstance(members, list)
        if action == ["join"]:
            members.append(role)
            return 200, {"id": session_id}
        if role not in members and not (self.way == STAYS and role == session["owner"]):
            if self.way in (ENDS_HIDDEN, STAYS_HIDDEN):
                return 404, {"statusCode": 404, "message": "Not found"}
            return 403, {"statusCode": 403, "message": "Not a member"}
        if action == ["leave"] and self.way == NO_ROUTE_TO_LEAVE:
            return 404, {"statusCode": 404, "message": "No such route"}
        if action == ["leave"]:
            return self._leave(session_id, role)
        return 200, {"id": session_id}

    def _leave(self, session_id: str, role: str) -> tuple[int, object]:
        if self.way == REFUSES_TO_LET_GO:
            return 503, {"statusCode": 503, "message": "Later"}
        session = self.sessions[session_id]
        members = session["members"]
        assert isinstance(members, list)
        if self.way == NOBODY_LEAVES or (self.way == ONLY_ITS_OWNER_LEAVES and role != session["owner"]):
            return 204, None
        if role in members:
            members.remove(role)
        if (self.way == ENDS_WITH_ITS_OWNER and role == session["owner"]) or (
            self.way in (ENDS_WITH_THE_LAST, NEVER_FOUND, ENDS_HIDDEN) and not members
        ):
            del self.sessions[session_id]
        return 204, None


@contextmanager
def deployed(way: str) -> Iterator[Deployment]:
    """The deployment, listening for the time of a test."""
    deployment = Deployment(way)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            token = (self.headers.get("authorization") or "").removeprefix("Bearer ")
            role = token.removeprefix("token-of-") if token.startswith("token-of-") else ""
            status, body = deployment.answer(self.command, self.path, role)
            content = b"" if body is None else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            if status != 204:
                self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = _serve

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        deployment.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield deployment
        finally:
            server.shutdown()
            thread.join()
