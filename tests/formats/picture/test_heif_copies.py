"""HEIF: what a copy keeps, which faults of the first reader are found out, and in documents."""

from __future__ import annotations

import base64
import email
import io
import json
import zipfile
from dataclasses import replace
from email.message import EmailMessage

import pytest
from heif_building import (
    ALPHA,
    ISPE,
    NAME,
    SHOWN,
    SLICE,
    TILE,
    Heif,
    Part,
    box,
    full,
    nal,
    sei,
)

from redactor.analysis.analyzer import Analyzer
from redactor.api import redact_bytes
from redactor.config.policy import load_policy
from redactor.errors import MediaNotExamined, OutputError, RedactorError
from redactor.formats import Hints, format_for
from redactor.formats.picture import cleaned
from redactor.formats.picture.heif import units
from redactor.formats.picture.heif_again import check_same, texts_beside
from redactor.formats.picture.heif_again.units import Unit, is_added
from redactor.keys import Key

KEY = Key(bytes(range(32)))
PROFILE = box(b"colr", b"prof" + b"a profile of colours")
COLOURS = box(b"colr", b"nclx\0\1\0\x0d\0\6\x80")
TURNED, MIRRORED = box(b"irot", b"\3"), box(b"imir", b"\1")
DEPTH_OF_PIXELS, CROPPED = full(b"pixi", b"\3\x08\x08\x08"), box(b"clap", bytes(32))
ALL = (*SHOWN, PROFILE, COLOURS, TURNED, MIRRORED, DEPTH_OF_PIXELS, CROPPED)
OPAQUE = Part(b"hvc1", TILE, (*SHOWN, full(b"auxC", ALPHA)))
EXIF = Part(b"Exif", bytes(4) + b"MM\0*" + NAME, name=NAME)
THUMBNAIL = Part(b"hvc1", nal(19, NAME), (*SHOWN, full(b"udes", NAME)), name=NAME)
FULL = Heif(
    (Part(b"hvc1", SLICE, ALL, name=NAME), OPAQUE, EXIF, THUMBNAIL),
    [(b"auxl", 2, (1,)), (b"prem", 1, (2,)), (b"cdsc", 3, (1,)), (b"thmb", 4, (1,))],
)
TILES = Heif(
    (
        Part(b"grid", b"\0\0\0\1\0\2\0\1", (ISPE,), inside=True),
        Part(b"hvc1", SLICE, SHOWN, hidden=True),
        Part(b"hvc1", TILE, SHOWN, hidden=True, pieces=3),
        EXIF,
    ),
    [(b"dimg", 1, (2, 3)), (b"cdsc", 4, (1,))],
)
FORMS = {
    "places in the first form": replace(FULL, version=0),
    "numbers of 32 bits": replace(FULL, small=False),
    "sizes of 64 bits": replace(FULL, wide=True),
    "data to the end": replace(FULL, open_end=True),
    "tiles": TILES,
    "lists in 64 bits": replace(TILES, wide=True, small=False),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_file_of_any_form_keeps_its_picture_in_its_place(name):
    source = FORMS[name].bytes()
    copy = cleaned(source)
    assert NAME in source
    assert NAME not in copy
    assert copy.index(SLICE) == source.index(SLICE)
    assert copy.index(TILE) == source.index(TILE)
    assert cleaned(copy) == copy
    check_same(source, copy)
    assert not list(texts_beside(copy))


def test_what_a_picture_is_shown_with_stays():
    copy = cleaned(FULL.bytes())
    assert all(one in copy for one in ALL)
    assert box(b"auxl", b"\0\2\0\1\0\1") in copy
    assert box(b"prem", b"\0\1\0\1\0\2") in copy
    for gone in (b"cdsc", b"thmb", b"Exif", b"udes"):
        assert gone not in copy


def test_a_picture_with_nothing_beside_it_is_the_same_file():
    source = Heif().bytes()
    assert cleaned(source) == source
    assert cleaned(cleaned(FULL.bytes())) == cleaned(FULL.bytes())


def test_messages_by_which_a_picture_is_shown_stay():
    light = nal(39, b"\x90\4\0\1\0\1\x80")
    source = Heif((Part(b"hvc1", light + SLICE + sei(5, NAME), SHOWN),)).bytes()
    copy = cleaned(source)
    assert copy.index(light + SLICE) == source.index(light + SLICE)
    assert NAME not in copy


@pytest.mark.parametrize(
    "size", [*range(12), 250, 251, 252, 253, 254, 255, 256, 508, 509, 510, 511]
)
def test_filler_is_as_long_as_what_it_stands_for(size):
    put = units.unit(b"\x4e\1" + b"\5" + b"a" * size)
    assert len(put) == size + 3
    assert units.unit(put) == put
    assert not is_added(b"hvc1", Unit(put[0] >> 1, put[:2], put[2:]))


HEIF = "redactor.formats.picture.heif"
# What an editor may forget: each must be found out by the second reader.
FAULTS = {
    "names of items": {f"{HEIF}.meta._list": lambda data, box, *_: data[box.start : box.end]},
    "references": {f"{HEIF}.meta._references": lambda data, box, *_: data[box.start : box.end]},
    "places": {f"{HEIF}.meta._places": lambda data, box, *_: data[box.start : box.end]},
    "words in properties": {
        f"{HEIF}.properties._copied": lambda data, box: data[box.begin : box.end],
    },
    "data of metadata": {
        f"{HEIF}.contents": lambda data, _items, _kept, holds: {
            one: data[one.start : one.end] for one in holds
        },
    },
    "user data": {f"{HEIF}.units.unit": lambda data: data},
    "boxes of others": {f"{HEIF}._of_box": lambda *_: ()},
}


@pytest.mark.parametrize("name", FAULTS)
def test_an_editor_that_forgets_something_is_found_out(name, monkeypatch, analyzer):
    data = SLICE + sei(5, bytes(16) + NAME)
    picture = Part(b"hvc1", data, (*ALL, full(b"udes", NAME)), name=NAME)
    made = replace(FULL, parts=(picture, *FULL.parts[1:]), behind=box(b"uuid", bytes(16) + NAME))
    source = made.bytes()
    assert NAME not in redact_bytes(source, analyzer, KEY)
    for where, instead in FAULTS[name].items():
        monkeypatch.setattr(where, instead)
    with pytest.raises(OutputError, match="metadata") as caught:
        redact_bytes(source, analyzer, KEY)
    assert "Vance" not in str(caught.value)


DAMAGE = {
    "another byte of a slice": lambda copy: copy.replace(SLICE, SLICE[:-3] + b"x" + SLICE[-2:]),
    "a slice that became filler": lambda copy: copy.replace(
        SLICE, nal(38, b"\xff" * (len(SLICE) - 7) + b"\x80")
    ),
    "another picture that is shown": lambda copy: copy.replace(
        full(b"pitm", b"\0\1"), full(b"pitm", b"\0\2")
    ),
    "another way up": lambda copy: copy.replace(TURNED, box(b"irot", b"\1")),
    "another profile of colours": lambda copy: copy.replace(b"a profile", b"b profile"),
    "a picture without its transparency": lambda copy: copy.replace(b"auxl", b"dpnd"),
    "other sets of parameters": lambda copy: copy.replace(b"sps", b"spt"),
    "a size that is missing": lambda copy: copy.replace(b"ispe", b"free"),
    "the end": lambda copy: copy[:-1],
}


@pytest.mark.parametrize("name", DAMAGE)
def test_an_editor_that_changes_the_picture_is_found_out(name):
    source = FULL.bytes()
    copy = cleaned(source)
    check_same(source, copy)
    damaged = DAMAGE[name](copy)
    assert damaged != copy
    with pytest.raises(OutputError, match="other pixels"):
        check_same(source, damaged)


def test_tiles_in_another_order_are_found_out():
    source = TILES.bytes()
    copy = cleaned(source)
    swapped = copy.replace(b"dimg\0\1\0\2\0\2\0\3", b"dimg\0\1\0\2\0\3\0\2")
    assert swapped != copy
    with pytest.raises(OutputError, match="other pixels"):
        check_same(source, swapped)


def in_a_zip(data: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("holiday/one.heic", data)
        archive.writestr("letter.docx", in_word(data))
    return target.getvalue()


def in_word(data: bytes) -> bytes:
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{types}"><Default Extension="xml" ContentType="a/b"/>'
            '<Default Extension="heic" ContentType="image/heic"/></Types>',
        )
        archive.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{word}"><w:body><w:p><w:r><w:t>Dear Ilse,</w:t></w:r></w:p>'
            "</w:body></w:document>",
        )
        archive.writestr("word/media/image1.heic", data)
    return target.getvalue()


def in_mail(data: bytes) -> bytes:
    message = EmailMessage()
    message["Subject"] = "Photos"
    message.set_content("Here they are.\n")
    message.add_attachment(data, maintype="image", subtype="heic", filename="one.heic")
    return message.as_bytes()


def in_json(data: bytes) -> bytes:
    return json.dumps({"photo": base64.b64encode(data).decode()}).encode()


def held(document: bytes) -> list[bytes]:
    """Return the bytes in which a picture of a document may be."""
    if document.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(document)) as archive:
            parts = [archive.read(name) for name in archive.namelist()]
        return [one for part in parts for one in held(part)]
    if document.startswith(b"{"):
        return [base64.b64decode(json.loads(document)["photo"])]
    if b"MIME-Version" in document:
        return [
            one.get_payload(decode=True) or b"" for one in email.message_from_bytes(document).walk()
        ]
    return [document]


DOCUMENTS = {"a.zip": in_a_zip, "a.docx": in_word, "a.eml": in_mail, "a.json": in_json}


def redacted(name: str, data: bytes, analyzer: Analyzer) -> bytes:
    layout = format_for(io.BytesIO(data), Hints(name))[1]
    return redact_bytes(data, analyzer, KEY, layout=layout)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_picture_in_a_document_has_nothing_beside_it(name, analyzer):
    source = FULL.bytes()
    copy = redacted(name, DOCUMENTS[name](source), analyzer)
    inside = held(copy)
    assert inside.count(cleaned(source)) == (2 if name == "a.zip" else 1)
    assert not any(b"Vance" in one for one in inside)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_picture_that_is_refused_refuses_its_document(name, analyzer):
    source = replace(FULL, behind=box(b"moov", NAME)).bytes()
    with pytest.raises(RedactorError, match=r"picture|part") as caught:
        redacted(name, DOCUMENTS[name](source), analyzer)
    assert "Vance" not in str(caught.value)


@pytest.mark.parametrize("media", ["omit", "refuse"])
def test_a_picture_of_which_there_is_no_blank_one_is_refused_by_media(media):
    examiner = Analyzer(replace(load_policy("default"), media=media))
    with pytest.raises(MediaNotExamined, match="1 picture"):
        redact_bytes(FULL.bytes(), examiner, KEY)
