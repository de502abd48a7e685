"""The page on which the person approves the sign-in."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in (stand-in for Spotify)</title>
<link rel="icon" href="data:,">
<style>
:root {{ color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }}
body {{ max-width: 26rem; margin: 12vh auto; padding: 0 1.25rem; }}
.notice {{ border-inline-start: .25rem solid #b8860b; padding-inline-start: .75rem; }}
button {{ font: inherit; padding: .7rem 1.5rem; border-radius: 2rem; border: 2px solid currentColor;
  cursor: pointer; margin-inline-end: .5rem; }}
.agree {{ background: #1a7f45; border-color: #1a7f45; color: #fff; }}
</style>
</head>
<body>
<main>
<h1>Sign in to {client}</h1>
<p class="notice">This page is a <strong>stand-in</strong> for Spotify, part of a rehearsal.
It is not Spotify.</p>
<p>{client} wants to know who you are. You are <strong>{name}</strong> ({email}).</p>
<form method="post" action="/authorize">
{fields}
<button class="agree" name="decision" value="agree">Agree</button>
<button name="decision" value="cancel">Cancel</button>
</form>
</main>
</body>
</html>
"""


def approval_page(fields: Mapping[str, str], *, name: str, email: str) -> str:
    """The form with the request's parameters in hidden fields."""
    hidden = "\n".join(
        f'<input type="hidden" name="{escape(key)}" value="{escape(value)}">' for key, value in fields.items()
    )
    return _PAGE.format(client="Audotics", name=escape(name), email=escape(email), fields=hidden)
