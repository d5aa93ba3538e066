"""XML documents, drawn by hypothesis: parts that hold drawn texts, escaped as writers do."""

from __future__ import annotations

import io
from xml.sax.saxutils import escape, quoteattr

from hypothesis import strategies as st

from redactor.formats import Hints
from redactor.formats.xml import Xml

# What XML can hold: no control characters, surrogates or the two characters that are none.
WORDS = st.text(
    st.characters(codec="utf-8", min_codepoint=32, exclude_characters="\ufffe\uffff"), max_size=12
)
NAMES = st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=3, max_size=8)


def _without(text, *signs):
    for sign in signs:
        text = text.replace(sign, "")
    return text


PARTS = (
    lambda text, name: f"<{name}>{escape(text)}</{name}>",
    lambda text, name: f"<p>{escape(text)}<hi>{name}</hi>{escape(text)}<lb/>{name}</p>",
    lambda text, name: f"<field name={quoteattr(name)} {name}q={quoteattr(text)}/>",
    lambda text, name: f"<!-- {name} {_without(text, '-')} -->",
    lambda text, name: f"<x><![CDATA[{_without(text, ']')}]]>{name}</x>",
    lambda text, name: f"<?{name} {_without(text, '?')}?>",
    lambda text, name: f"<d>{escape(escape(f'<p>{name}<b>{text}</b>'))}</d>",
    lambda text, name: f"<d>{escape(f'<p>{name}<b>')}{name}</d>\n<e> &#233;{name}</e>",
)


@st.composite
def xml_documents(draw):
    """Draw a format, its layout, and the bytes of a document."""
    parts = draw(st.lists(st.tuples(st.sampled_from(PARTS), WORDS, NAMES), max_size=4))
    root = draw(st.sampled_from(["<r>", '<svg xmlns="http://www.w3.org/2000/svg">']))
    close = f"</{root[1:].partition(' ')[0].rstrip('>')}>"
    text = root + "".join(part(text, name) for part, text, name in parts) + close
    data = text.encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])))
    form = Xml()
    return form, form.layout(io.BytesIO(data), Hints("a.xml")), data
