"""Where pages have the form to sign in, how its fields are named, and where their configuration is."""

from __future__ import annotations

from typing import ClassVar

from rehearsal.forms.base import Form, Overlay
from rehearsal.stack.plan import StackPlan


def _swap(files: dict[str, str], name: str, old: str, new: str) -> None:
    if files[name].count(old) != 1:
        raise ValueError(f"{name} does not contain once: {old}")
    files[name] = files[name].replace(old, new)


class UnlabelledFields(Form):
    """Fields have no labels: they are named by a placeholder, by aria-label, or by nothing but a name."""

    name = "unlabelled-fields"
    profile: ClassVar[Overlay] = {
        "frontend": {"email": "Your e-mail", "session_name": "name", "session_code": "code"},
    }

    def plan(self, stack: StackPlan) -> None:
        def edit(files: dict[str, str]) -> None:
            _swap(
                files,
                "dom.js",
                """  element("label", { for: name }, label),
  element("input", { id: name, name, required: true, ...attributes }),
""",
                """  element("input", { name, required: true, ...attributes,
    ...{ Email: { placeholder: "Your e-mail" }, Password: { "aria-label": "Password" } }[label] }),
""",
            )

        stack.frontend_edits.append(edit)


class SignInByLink(Form):
    """The first page leads to the form by a button in its header."""

    name = "sign-in-by-link"
    profile: ClassVar[Overlay] = {"frontend": {"sign_in_link": "Log in"}}

    def plan(self, stack: StackPlan) -> None:
        def edit(files: dict[str, str]) -> None:
            files["signin.js"] = files["signin.js"].replace("export function showSignIn", "function showForm")
            files["signin.js"] += """
export function showSignIn(afterwards, problem = "") {
  if (problem) return showForm(afterwards, problem);
  document.title = "Audotics";
  const enter = element("button", { type: "button", onclick: () => showForm(afterwards) }, "Log in");
  document.getElementById("account").replaceChildren(enter);
  show(element("section", { class: "card" }, element("h1", {}, "Music that fits you")));
}
"""

        stack.frontend_edits.append(edit)


class SignInPage(Form):
    """The form is on a page of its own, /login; the first page has neither form nor link."""

    name = "sign-in-page"
    profile: ClassVar[Overlay] = {"frontend": {"sign_in_page": "/login"}}

    def plan(self, stack: StackPlan) -> None:
        def edit(files: dict[str, str]) -> None:
            files["signin.js"] = files["signin.js"].replace("export function showSignIn", "function showForm")
            files["signin.js"] += """
export function showSignIn(afterwards, problem = "") {
  // Whoever came to an address inside signs in there; the first page has no form.
  if (problem || location.pathname !== "/") return showForm(afterwards, problem);
  document.getElementById("account").replaceChildren();
  document.title = "Audotics";
  show(element("section", { class: "card" }, element("h1", {}, "Music that fits you")));
}
"""

        stack.frontend_edits.append(edit)


class BakedConfiguration(Form):
    """The scripts were built with the configuration; the page has none."""

    name = "baked-configuration"
    profile: ClassVar[Overlay] = {
        "frontend": {"configuration": {"absent": "the scripts were built with it"}},
    }

    def plan(self, stack: StackPlan) -> None:
        def edit(files: dict[str, str]) -> None:
            page = files["index.html"]
            begin, end = (
                page.index('<script type="application/json"'),
                page.index("</script>") + len("</script>\n"),
            )
            files["index.html"] = page[:begin] + page[end:]
            files["config.js"] = (
                'export const config = { apiUrl: "https://api.audotics.test",'
                ' socketUrl: "https://api.audotics.test" };\n'
            )

        stack.frontend_edits.append(edit)
