"""Floor 3: renders a run and its verdict. It never decides: every state is the verdict's word."""

from golive.report.files import render_all, render_for_machines, render_signed
from golive.report.headline import headline
from golive.report.html import render_html
from golive.report.junit import render_junit
from golive.report.markdown import render_markdown
from golive.report.summary import Summary, render_summary, summary_schema

__all__ = [
    "Summary",
    "headline",
    "render_all",
    "render_for_machines",
    "render_html",
    "render_junit",
    "render_markdown",
    "render_signed",
    "render_summary",
    "summary_schema",
]
