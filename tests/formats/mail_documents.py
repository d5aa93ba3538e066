"""Headers of mail, drawn by hypothesis."""

from __future__ import annotations

import io

from hypothesis import reject
from hypothesis import strategies as st

from redactor.errors import DamagedDocument
from redactor.formats import Hints, MailHeader

ENDS = ["\n", "\r\n"]
WORDS = ["=?utf-8?B?VGVvZG9y?=", "=?utf-8?Q?Z=C3?=", "=?utf-8?Q?=B6e?=", "=?x?Z?!?="]
TEXTS = ["Kevin", "Marsh", " ", "\n ", "\n\t", ",", ";", "(", ")", "\\", "a@b.example", "é"]
ADDRESSES = ['"', '"Marsh, Kevin"', "<kevin@example.org>", "<", ">", "a@b.example,"]
PARAMETERS = [
    'name="Marsh, Kevin"',
    "name=Kevin Marsh.txt",
    'filename="=?utf-8?B?VGVvZG9y?="',
    "filename*0*=utf-8''a%20%C3%B6",
    "filename*1*=b%20c",
    "filename*2=d",
    "x-note=kevin",
    "boundary=x",
]
VALUES = {
    "From": [*WORDS, *TEXTS, *ADDRESSES],
    "Subject": [*WORDS, *TEXTS],
    "References": [" <4711@example.org>", "<kevin@example.org>", *TEXTS],
    "Content-Type": [f";\n {one}" for one in PARAMETERS],
    "X-A": [*WORDS, *TEXTS, *ADDRESSES],
    "Kind": TEXTS,
}


@st.composite
def mail_headers(draw):
    """Draw a format, its layout, and the bytes of a header block that is not damaged."""
    end = draw(st.sampled_from(ENDS))
    lines = []
    for name in draw(st.lists(st.sampled_from(sorted(VALUES)), max_size=3)):
        lexemes = draw(st.lists(st.sampled_from(VALUES[name]), max_size=6))
        begin = "text/plain" if name == "Content-Type" else ""
        lines.append(f"{name}:{draw(st.sampled_from(['', ' ']))}{begin}{''.join(lexemes)}\n")
    text = "".join(lines).replace("\n", end)
    data = text.encode(draw(st.sampled_from(["utf-8", "latin-1"])))
    form = MailHeader()
    layout = form.layout(io.BytesIO(data), Hints("a.mail-header"))
    try:
        list(form.tokens(io.BytesIO(data), layout))
    except DamagedDocument:
        reject()
    return form, layout, data
