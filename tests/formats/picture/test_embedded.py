"""Pictures within documents of text lose their metadata, and keep their pixels."""

from __future__ import annotations

import base64
import io
import json
import random
import re

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from redactor.api import redact_bytes
from redactor.errors import InputError, OutputError
from redactor.formats import Hints, format_for
from redactor.formats.embedded import with_pictures
from redactor.formats.picture.coded import cleaned_code, is_cleanable
from redactor.keys import Key

KEY = Key(b"k" * 32)
OWNER = "Teodor Vance"


def png(size=(40, 30)):
    info = PngInfo()
    info.add_text("Author", OWNER)
    data = io.BytesIO()
    pixels = random.Random(1).randbytes(size[0] * size[1] * 3)
    Image.frombytes("RGB", size, pixels).save(data, "PNG", pnginfo=info)
    return data.getvalue()


def jpeg():
    exif = Image.Exif()
    exif[0x013B] = OWNER
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(data, "JPEG", exif=exif)
    return data.getvalue()


def lined(code, size, end):
    return end.join(code[at : at + size] for at in range(0, len(code), size))


PNG, JPEG = png(), jpeg()
P, J = (base64.b64encode(one).decode() for one in (PNG, JPEG))
LARGE = base64.b64encode(png((200, 200))).decode()  # of several pieces of a text
URL = f"data:image/jpeg;base64,{J}"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
SVG = "http://www.w3.org/2000/svg"
DOCUMENTS = {
    "page.html": f'<!doctype html><p>Ilse Marsh<img src="{URL}"><p style="b:url({URL})">',
    "sheet.html": f"<!doctype html><style>a{{b:url({URL})}}</style><p>Ilse Marsh",
    "script.html": f'<!doctype html><script>a="{URL}"; b="Ilse Marsh"</script>',
    "large.html": f"<!doctype html><style>a{{b:url(data:image/png;base64,{LARGE})}}</style>",
    "drawing.svg": f'<svg xmlns="{SVG}"><image href="{URL}"/><text>Ilse Marsh</text></svg>',
    "style.css": f"/* Ilse Marsh */ a{{b:url({URL})}} c{{}}\n",
    "large.css": f"/* Ilse Marsh */ a{{b:url(data:image/png;base64,{LARGE})}} c{{}}\n",
    "table.csv": f'name,photo\n"Ilse Marsh","{URL}"\nx,"say ""hi"" to Ilse Marsh {URL}, now"\n',
    "table.tsv": f"name\tphoto\nIlse Marsh\t{URL}\nIlse Marsh\tby Ilse Marsh {URL}\n",
    "slashes.csv": f'name,photo\n"Ilse Marsh","a \\"sign\\" {URL}"\n"b \\"c\\"","d"\n',
    "notes.md": f"![a]({URL}) Ilse Marsh\n",
    "notebook.json": json.dumps({"image/png": lined(P, 76, "\n") + "\n", "u": URL}),
    "export.json": json.dumps({"html": f'<img src="{URL}"> Ilse Marsh', "i": P}),
    "large.json": json.dumps({"image/png": LARGE, "by": "Ilse Marsh"}),
    "slashes.json": json.dumps({"u": URL}).replace("/", "\\/"),
    "flat.fodt": f'<?xml version="1.0"?><r xmlns:o="{OFFICE}">'
    f"<o:binary-data>{lined(P, 76, chr(10))}\n</o:binary-data></r>",
    "letter.rtf": "{\\rtf1 Ilse Marsh {\\pict\\pngblip\n" + lined(PNG.hex(), 128, "\n") + "}}",
    "contact.vcf": "BEGIN:VCARD\r\nVERSION:3.0\r\nPHOTO;ENCODING=b;TYPE=JPEG:"
    + lined(J, 70, "\r\n ")
    + "\r\nEND:VCARD\r\n",
}  # fmt: skip
_CODE = re.compile(r"(?:iVBOR|/9j/)[A-Za-z0-9+/]+=*|89504e47[0-9a-f]+")


def pictures(text):
    """Return the pictures in a document, whatever lines their code is in."""
    flat = re.sub(r"\\n|\\|\r\n |\n", "", text)
    codes = [found[0] for found in _CODE.finditer(flat)]
    return [
        bytes.fromhex(one) if one.startswith("89504e47") else base64.b64decode(one) for one in codes
    ]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_picture_in_a_document_loses_its_metadata_and_keeps_its_pixels(name, analyzer):
    source = DOCUMENTS[name]
    layout = format_for(io.BytesIO(source.encode()), Hints(name))[1]
    copy = redact_bytes(source.encode(), analyzer, KEY, layout=layout).decode()
    assert "Ilse" not in copy
    before, after = pictures(source), pictures(copy)
    assert len(before) == len(after) > 0
    for old, new in zip(before, after, strict=True):
        assert OWNER.encode() in old
        assert OWNER.encode() not in new
        assert list(Image.open(io.BytesIO(old)).getdata()) == list(
            Image.open(io.BytesIO(new)).getdata()
        )
    assert redact_bytes(copy.encode(), analyzer, KEY, layout=layout).decode() == copy


def test_bytes_of_a_picture_in_rtf_lose_their_metadata(analyzer):
    source = b"{\\rtf1 Ilse Marsh {\\pict\\jpegblip\\picw40\\bin%d %b}}" % (len(JPEG), JPEG)
    copy = redact_bytes(source, analyzer, KEY)
    assert OWNER.encode() in source
    assert OWNER.encode() not in copy
    size = int(re.search(rb"\\bin([0-9]+) ", copy)[1])
    assert copy.endswith(b"\xff\xd9}}")
    assert copy[-2 - size :].startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\\n", "\r\n "])
@pytest.mark.parametrize("tail", [False, True])
def test_the_lines_of_a_code_are_as_long_as_those_of_the_source(end, tail):
    code = (lined(P, 60, end) + end * tail).encode()
    new = cleaned_code(code)
    lines = new.split(end.encode())
    assert {len(line) for line in lines[: -1 - tail]} == {60}
    assert (not lines[-1]) == tail
    assert cleaned_code(new) == new


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(PNG[:33], id="cut off"),
        pytest.param(b"\x89PNG\r\n\x1a\n", id="a signature alone"),
        pytest.param(b"\xff\xd8\xff" + bytes(40), id="no JPEG"),
    ],
)
def test_what_is_no_picture_is_kept_unless_it_may_have_metadata(data):
    assert cleaned_code(base64.b64encode(data)) == base64.b64encode(data)
    assert not is_cleanable(data)
    broken = data + b"Exif\0\0" + b"Teodor Vance"
    with pytest.raises(InputError) as caught:
        cleaned_code(base64.b64encode(broken))
    assert "Vance" not in str(caught.value)


def test_a_text_is_cut_around_a_picture_and_tiles():
    source = DOCUMENTS["large.css"].encode()
    form, layout = format_for(io.BytesIO(source), Hints("a.css"))
    tokens = list(with_pictures(form.tokens(io.BytesIO(source), layout)))
    assert b"".join(token.raw for token in tokens) == source
    assert [token.medium for token in tokens if token.text is None] == ["pixels"]
    assert "base64" not in "".join(token.text or "" for token in tokens)


def test_a_writer_that_leaves_metadata_is_found_out(analyzer, monkeypatch):
    monkeypatch.setattr("redactor.formats.rewriting.cleaned_code", lambda code: code)
    with pytest.raises(OutputError, match="metadata"):
        redact_bytes(DOCUMENTS["page.html"].encode(), analyzer, KEY)
