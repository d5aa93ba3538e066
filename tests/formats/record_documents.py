"""Contacts, calendars, directories and subtitles, drawn by hypothesis."""

from __future__ import annotations

import io

from hypothesis import strategies as st

from redactor.formats import Hints, Records, Subtitles

VALUES = [
    "Kevin",
    " Marsh",
    "é",
    "\\n",
    "\\,",
    "\\",
    ";",
    ",",
    "\n ",
    "\n\t",
    '"',
    ":",
    "a@b.example",
]
HEADS = [
    "FN:",
    "N:",
    "ADR;TYPE=home:",
    "NOTE;ENCODING=QUOTED-PRINTABLE:",
    "PHOTO;ENCODING=b:",
    "ORGANIZER;CN=Kevin:mailto:",
    'ATTENDEE;CN="Marsh, Kevin";RSVP=TRUE:mailto:',
    "no property ",
    "DTSTART:20261103",
]
ATTRIBUTES = [
    "dn: ",
    "cn: ",
    "cn:: S2V2aW4=\nsn: ",
    "cn:: S2V2\nsn: ",
    "# ",
    "mail: ",
    "jpegPhoto:< file:///",
]
CUES = [
    "1\n",
    "00:00:01,000 --> 00:00:03,500\n",
    "00:01.000 --> 00:04.000 align:start\n",
    "Kevin\n",
    "Marsh is here",
    "\n",
    "2031\n",
    "<v Kevin>é\n",
    "WEBVTT\n",
]


@st.composite
def records(draw):
    """Draw a format, its layout, and the bytes of contacts or of a directory."""
    ldif = draw(st.booleans())
    lines = [] if ldif else ["BEGIN:VCARD\n"]
    for _ in range(draw(st.integers(0, 4))):
        value = draw(st.lists(st.sampled_from(VALUES), max_size=5))
        head = draw(st.sampled_from(ATTRIBUTES if ldif else HEADS))
        lines.append(f"{head}{''.join(value)}\n")
    text = "".join(lines).replace("\n", draw(st.sampled_from(["\n", "\r\n"])))
    form, data = Records(), text.encode(draw(st.sampled_from(["utf-8", "latin-1"])))
    return form, form.layout(io.BytesIO(data), Hints("a.ldif" if ldif else "a.vcf")), data


@st.composite
def subtitles(draw):
    """Draw a format, its layout, and the bytes of subtitles."""
    text = "".join(draw(st.lists(st.sampled_from(CUES), max_size=9)))
    text = text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))
    form, data = Subtitles(), text.encode(draw(st.sampled_from(["utf-8", "latin-1"])))
    return form, form.layout(io.BytesIO(data), Hints("a.srt")), data
