"""GitHub's resources as JSON, out of what the rehearsal tells. Field names are GitHub's."""

from __future__ import annotations

import hashlib
from typing import Any

Json = dict[str, Any]
NODE = "R_rehearsal"


class Shapes:
    """Makes resources of one repository; `api` is where they say that they are."""

    def __init__(self, told: Json, api: str) -> None:
        self.told = told
        self.name: str = told["repository"]
        self.root = f"{api}/repos/{self.name}"
        self._html = f"https://github.test/{self.name}"
        self._milestones = {title: place for place, title in enumerate(told["milestones"], start=1)}

    def repository(self) -> Json:
        owner, _, name = self.name.partition("/")
        facts = {"id": 1, "node_id": NODE, "name": name, "full_name": self.name, "private": True}
        return facts | {
            "owner": user(owner),
            "html_url": self._html,
            "url": self.root,
            "default_branch": "main",
        }

    def reference(self, tag: Json) -> Json:
        kind, sha = ("tag", tag["object"]) if tag["object"] else ("commit", tag["commit"])
        ref = f"refs/tags/{tag['name']}"
        target = {"type": kind, "sha": sha, "url": f"{self.root}/git/{kind}s/{sha}"}
        return {"ref": ref, "node_id": NODE, "url": f"{self.root}/git/{ref}", "object": target}

    def tag(self, tag: Json) -> Json:
        url = f"{self.root}/git/tags/{tag['object']}"
        target = {"type": "commit", "sha": tag["commit"], "url": f"{self.root}/git/commits/{tag['commit']}"}
        return {
            "node_id": NODE,
            "tag": tag["name"],
            "sha": tag["object"],
            "url": url,
            "message": tag["message"],
            "tagger": tag["tagger"],
            "object": target,
            "verification": {
                "verified": False,
                "reason": "unknown_key" if tag["signature"] else "unsigned",
                "signature": tag["signature"],
                "payload": None,
                "verified_at": None,
            },
        }

    def commit(self, commit: Json) -> Json:
        who = {
            "name": commit["account"],
            "email": f"{commit['account']}@audotics.test",
            "date": commit["date"],
        }
        url = f"{self.root}/commits/{commit['sha']}"
        return {
            "sha": commit["sha"],
            "node_id": NODE,
            "url": url,
            "html_url": f"{self._html}/commit/{commit['sha']}",
            "comments_url": f"{url}/comments",
            "commit": {"url": url, "author": who, "committer": who, "message": commit["message"],
                       "comment_count": 0},
            "author": user(commit["account"]),
            "committer": user("web-flow"),
            "parents": [{"sha": commit["parent"], "url": f"{self.root}/commits/{commit['parent']}"}]
            if commit["parent"]
            else [],
        }  # fmt: skip

    def comparison(self, base: Json, commits: list[Json], page: list[Json], behind: bool) -> Json:
        status = "behind" if behind else "ahead" if commits else "identical"
        return {
            "url": f"{self.root}/compare",
            "html_url": f"{self._html}/compare",
            "base_commit": self.commit(base),
            "merge_base_commit": self.commit(base),
            "status": status,
            "ahead_by": len(commits),
            "behind_by": int(behind),
            "total_commits": len(commits),
            "commits": [self.commit(entry) for entry in page],
            "files": [],
        }

    def pull(self, pull: Json) -> Json:
        number, merged = pull["number"], self._commit(pull["merged_as"])
        url = f"{self.root}/pulls/{number}"
        return {
            "url": url,
            "id": number,
            "node_id": NODE,
            "html_url": f"{self._html}/pull/{number}",
            "number": number,
            "state": "closed",
            "locked": False,
            "title": pull["title"],
            "user": user(pull["author"]),
            "body": None,
            "labels": [],
            "milestone": None,
            "created_at": merged["date"],
            "updated_at": merged["date"],
            "closed_at": merged["date"],
            "merged_at": merged["date"],
            "merge_commit_sha": merged["sha"],
            "head": {"label": f"audotics:topic-{number}", "ref": f"topic-{number}", "sha": pull["head"],
                     "user": user(pull["author"]), "repo": self.repository()},
            "base": {"label": "audotics:main", "ref": "main", "sha": merged["parent"],
                     "user": user("audotics"), "repo": self.repository()},
            "draft": False,
            "author_association": "MEMBER",
        }  # fmt: skip

    def review(self, place: int, review: Json, pull: Json) -> Json:
        number, identity = pull["number"], pull["number"] * 1000 + place
        html = f"{self._html}/pull/{number}#pullrequestreview-{identity}"
        return {
            "id": identity,
            "node_id": NODE,
            "user": user(review["by"]),
            "body": "",
            "state": review["state"],
            "html_url": html,
            "pull_request_url": f"{self.root}/pulls/{number}",
            "_links": {"html": {"href": html}, "pull_request": {"href": f"{self.root}/pulls/{number}"}},
            "submitted_at": f"2026-01-01T00:{place:02}:00Z",
            "commit_id": review["commit"] or pull["head"],
            "author_association": "MEMBER",
        }

    def written(self, pull: Json) -> list[Json]:
        """The commits of a pull request's branch, one of each writer."""
        merged = self._commit(pull["merged_as"])
        writers = pull["writers"] or [pull["author"]]
        return [
            self.commit(
                merged | {"sha": pull["head"] if last else digest(f"{pull['number']} {who}"), "account": who}
            )
            for who, last in ((who, who == writers[-1]) for who in writers)
        ]

    def check_runs(self, page: list[Json], total: int) -> Json:
        return {"total_count": total, "check_runs": [self._check_run(check) for check in page]}

    def _check_run(self, check: Json) -> Json:
        running = check["state"] in ("queued", "in_progress", "waiting", "requested", "pending")
        at = self._commit(check["on"])["date"]
        return {
            "id": 1,
            "node_id": NODE,
            "head_sha": check["on"],
            "external_id": "",
            "url": f"{self.root}/check-runs/1",
            "html_url": f"{self._html}/runs/1",
            "details_url": f"{self._html}/runs/1",
            "status": check["state"] if running else "completed",
            "conclusion": None if running else check["state"],
            "started_at": at,
            "completed_at": None if running else at,
            "name": check["name"],
            "pull_requests": [],
        }

    def combined_status(self, page: list[Json], every: list[Json], sha: str) -> Json:
        states = {check["state"] for check in every}
        worst = (
            "failure" if states & {"failure", "error"} else "success" if states == {"success"} else "pending"
        )
        url = f"{self.root}/commits/{sha}"
        return {
            "state": worst,
            "statuses": [self._status(check) for check in page],
            "sha": sha,
            "total_count": len(every),
            "commit_url": url,
            "url": f"{url}/status",
        }

    def _status(self, check: Json) -> Json:
        at = self._commit(check["on"])["date"]
        return {
            "url": f"{self.root}/statuses/{check['on']}",
            "avatar_url": None,
            "id": 1,
            "node_id": NODE,
            "state": check["state"],
            "description": None,
            "target_url": None,
            "context": check["name"],
            "created_at": at,
            "updated_at": at,
        }

    def label(self, name: str) -> Json:
        url = f"{self.root}/labels/{name}"
        return {"id": 1, "node_id": NODE, "url": url, "name": name, "description": None, "color": "d73a4a",
                "default": False}  # fmt: skip

    def milestone(self, title: str) -> Json:
        number = self._milestones[title]
        own = [issue for issue in self.told["issues"] if issue["milestone"] == title]
        return {
            "url": f"{self.root}/milestones/{number}",
            "id": number,
            "node_id": NODE,
            "number": number,
            "state": "open",
            "title": title,
            "description": None,
            "creator": user("lea"),
            "open_issues": sum(issue["state"] == "open" for issue in own),
            "closed_issues": sum(issue["state"] == "closed" for issue in own),
        }

    def issue(self, issue: Json) -> Json:
        number = issue["number"]
        url = f"{self.root}/issues/{number}"
        entry = {
            "id": number,
            "node_id": NODE,
            "url": url,
            "repository_url": self.root,
            "html_url": f"{self._html}/issues/{number}",
            "number": number,
            "state": issue["state"],
            "title": issue["title"],
            "body": None,
            "user": user("quentin"),
            "labels": [self.label(name) for name in issue["labels"]],
            "milestone": self.milestone(issue["milestone"]) if issue["milestone"] else None,
            "locked": False,
            "comments": 0,
            "author_association": "MEMBER",
        }
        if issue["is_pull"]:
            entry["pull_request"] = {"url": f"{self.root}/pulls/{number}", "html_url": entry["html_url"]}
        return entry

    def number_of(self, title: str | None) -> int | None:
        """The number of a milestone."""
        return self._milestones.get(title) if title else None

    def _commit(self, sha: str) -> Json:
        return next(commit for commit in self.told["commits"] if commit["sha"] == sha)


def user(login: str) -> Json:
    """A simple user."""
    kind = "Bot" if login.endswith("[bot]") else "User"
    url = f"https://api.github.test/users/{login}"
    return {"login": login, "id": int(digest(login)[:6], 16), "node_id": NODE, "avatar_url": "", "url": url,
            "html_url": f"https://github.test/{login}", "type": kind, "site_admin": False}  # fmt: skip


def digest(text: str) -> str:
    """Forty hexadecimal digits, as a commit's id has."""
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
