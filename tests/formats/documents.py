"""Documents of every format, drawn by hypothesis: format, layout and bytes.

A format of tokens that is added to `FORMATS` needs a strategy in `DOCUMENTS`, and then has all laws
of `test_laws.py`.
"""

from __future__ import annotations

import codecs
import io

from data_documents import csv_documents, json_documents
from html_documents import html_documents
from hypothesis import assume, reject
from hypothesis import strategies as st
from mail_documents import mail_headers
from record_documents import records, subtitles
from xml_documents import xml_documents

from redactor.errors import EncodingError
from redactor.formats import Hints, Media, Rtf, Text, WebHeader

# How Python names an encoding, its mark, and what a text of that encoding may hold.
ENCODINGS = {
    "utf-8": ("utf-8", b"", st.characters(codec="utf-8")),
    "utf-8-sig": ("utf-8", codecs.BOM_UTF8, st.characters(codec="utf-8")),
    "utf-16": ("utf-16-le", codecs.BOM_UTF16_LE, st.characters(codec="utf-16")),
    "utf-16-be": ("utf-16-be", codecs.BOM_UTF16_BE, st.characters(codec="utf-16")),
    "utf-32": ("utf-32-le", codecs.BOM_UTF32_LE, st.characters(codec="utf-32")),
    "utf-32-be": ("utf-32-be", codecs.BOM_UTF32_BE, st.characters(codec="utf-32")),
    "cp1252": ("cp1252", b"", st.characters(codec="cp1252")),
    "latin-1": ("latin-1", b"", st.characters(codec="latin-1")),
}
ENDS = st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\x00", " ", "", "Vance", "é", "\t"])


@st.composite
def text_documents(draw):
    """Draw a format, its layout, and the bytes of a document."""
    codec, mark, characters = ENCODINGS[draw(st.sampled_from(sorted(ENCODINGS)))]
    pieces = draw(st.lists(st.one_of(st.text(characters, max_size=6), ENDS), max_size=12))
    text = "".join(pieces)
    data = mark + text.encode(codec)
    # A mark of UTF-16 and a NUL are the mark of UTF-32; some bytes are a mark or valid UTF-8.
    assume(not text.startswith(("\x00", "\ufeff")))
    try:
        layout = Text().layout(io.BytesIO(data), Hints("a.txt", codec))
    except EncodingError:
        reject()
    said = layout.setting("encoding").removesuffix("+bom")
    assume(said in (codec, "utf-8" if data.isascii() else codec))
    return Text(), layout, data


RTF_PIECES = st.sampled_from(
    r"""Ilse| Marsh|\b |\b0|\'eb|\u235?|\u-10179?\u-8694?|\tab |\cell |\-|\{|\\|(|-|1|\f1
|\uc2 \u235??|\par |{\footnote note}|{\i x}|{\pict 01}|{\*\unknown y}""".split("|")
)


@st.composite
def rtf_documents(draw):
    """Draw an RTF document: words, control words, codes, groups."""
    body = "".join(draw(st.lists(RTF_PIECES, max_size=10)))
    fonts = "{\\fonttbl{\\f0\\fcharset0 A;}{\\f1\\fcharset204 B;}}"
    data = f"{{\\rtf1\\ansi\\ansicpg1252{fonts} {body}}}".encode("ascii")
    return Rtf(), Rtf().layout(io.BytesIO(data), Hints()), data


HEADERS = st.sampled_from(
    [
        "WARC-Type: response",
        "WARC-Target-URI: <http://example.org/?user=teo_vance>",
        "WARC-Date: 2020-01-01T00:00:00Z",
        "Set-Cookie: user=teo_vance; Path=/",
        "Location: /Zoë Marsh",
        "X: ",
    ]
)
# What may come first behind the headers of WARC: nowhere else is a line without a colon a header.
FIRST_LINES = st.sampled_from(["GET /?user=teo_vance HTTP/1.1", "HTTP/1.1 404 Ilse Marsh", "Vance"])


@st.composite
def header_documents(draw):
    """Draw the headers of a record of a web archive."""
    warc = draw(st.lists(HEADERS, min_size=1, max_size=4))
    http = draw(st.lists(HEADERS, max_size=4))
    lines = [*warc, "", draw(FIRST_LINES), *http] if draw(st.booleans()) else warc
    data = "\r\n".join(lines).encode()
    form = WebHeader()
    return form, form.layout(io.BytesIO(data), Hints()), data


@st.composite
def media(draw):
    """Draw a picture: its signature, and any bytes."""
    data = b"\xff\xd8\xff" + draw(st.binary(max_size=40))
    return Media(), Media().layout(io.BytesIO(data), Hints()), data


DOCUMENTS = {
    "csv": csv_documents(),
    "html": html_documents(),
    "json": json_documents(),
    "media": media(),
    "mail-header": mail_headers(),
    "records": records(),
    "subtitles": subtitles(),
    "rtf": rtf_documents(),
    "text": text_documents(),
    "web-header": header_documents(),
    "xml": xml_documents(),
}
