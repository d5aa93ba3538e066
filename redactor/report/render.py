"""Templates to self-contained pages: nothing is fetched, and only our own script runs.

Every value is escaped (autoescape); the policy of the page (CSP) forbids everything but the one
style and the one script, each named by its digest. Rows travel as JSON in an element that is no
script to a browser; `<` is escaped there, so that no text can end the element.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

_FOLDER = "templates"  # of this package


def render(template: str, *, script: str = "", **values: object) -> str:
    """Return a page. `script` names the script that it may run, if any."""
    style = _part("page.css")
    code = _part(script) if script else ""
    allowed = [f"style-src {_digest(style)}", *([f"script-src {_digest(code)}"] if code else [])]
    policy = ["default-src 'none'", *allowed, "base-uri 'none'", "form-action 'none'"]
    return (
        _environment()
        .get_template(template)
        .render(
            csp="; ".join(policy),
            style=Markup(style),  # noqa: S704  # our own file
            script=Markup(code),  # noqa: S704  # our own file
            **values,
        )
    )


def data(value: object) -> Markup:
    """Return a value as JSON that can stand inside a script element."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        written = written.replace(char, f"\\u{ord(char):04x}")
    lone = written.encode("utf-8", "replace").decode()  # a file name may hold what is no text
    return Markup(lone)  # noqa: S704  # escaped above


@cache
def _environment() -> Environment:
    loader = PackageLoader("redactor.report", _FOLDER)
    made = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["number"] = "{:,}".format
    made.filters["plural"] = lambda count, one, many: f"{count:,} {one if count == 1 else many}"
    return made


@cache
def _part(name: str) -> str:
    return (files("redactor.report") / _FOLDER / name).read_text("utf-8")


def _digest(part: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()}'"
