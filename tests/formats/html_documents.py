"""HTML pages, drawn by hypothesis: parts that hold drawn texts, escaped as authors do."""

from __future__ import annotations

import html
import io
import json

from hypothesis import strategies as st

from redactor.formats import Hints
from redactor.formats.html import Html

# What neither the text of a page nor that of a script can hold as itself.
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=12)
NAMES = st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=3, max_size=8)


def _script(text):
    return json.dumps(text).replace("<", "\\u003c").replace("/", "\\/")


def _twice(text):
    return html.escape(html.escape(text))


PARTS = (
    lambda text, name: html.escape(text),
    lambda text, name: f"<p>{html.escape(text)} <b>{name}</b>.<br>{name}",
    lambda text, name: f'<img alt="{html.escape(text)}" class={name}>',
    lambda text, name: f"<a title='{html.escape(text)}' data-q{name}>{name}</a>",
    lambda text, name: f"<!-- {name} {text.replace('-', '').replace('>', '').replace('<', '')} -->",
    lambda text, name: f"<script>f({_script(text)} + '{name}')</script>",
    lambda text, name: f'<script type="application/json">{{"{name}":{_script(text)}}}</script>',
    lambda text, name: f"<style>.{name} {{}}</style><q{name}>",
    lambda text, name: f"<title>{html.escape(text)}</title><textarea>{name}</textarea>",
    lambda text, name: f'<iframe srcdoc="&lt;b&gt;{name}&lt;/b&gt;{_twice(text)}">',
    lambda text, name: f"<table><tr><td>{name}<td>{html.escape(text)}</table>",
    lambda text, name: f"<q{name}@example.org>&copy;{name}&amp;&#233;",
)


@st.composite
def html_documents(draw):
    """Draw a format, its layout, and the bytes of a document."""
    parts = draw(st.lists(st.tuples(st.sampled_from(PARTS), WORDS, NAMES), max_size=6))
    page = "<!doctype html>" + "".join(part(text, name) for part, text, name in parts)
    data = page.encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])))
    form = Html()
    return form, form.layout(io.BytesIO(data), Hints("a.html")), data
