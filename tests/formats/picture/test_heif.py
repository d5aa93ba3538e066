"""HEIF: a copy has the picture, byte for byte, and nothing beside it, or there is none."""

from __future__ import annotations

import io
import random
import re
import struct
from dataclasses import replace

import pytest
from heif_building import (
    ALPHA,
    ISPE,
    NAME,
    SETS,
    SHOWN,
    SLICE,
    TILE,
    XMP,
    Heif,
    Part,
    box,
    full,
    hevc,
    nal,
    obu,
    sei,
)

from redactor.api import redact_bytes
from redactor.errors import InputError
from redactor.formats.base import Layout
from redactor.formats.picture import Picture, cleaned
from redactor.formats.picture.heif_again import texts_beside
from redactor.keys import Key

LAYOUT = Layout("picture")
PLAIN = Heif()
EXIF = bytes(4) + b"MM\0*\0\0\0\x08\0\0\0\0\0\0" + NAME
NAMED = nal(19, b"\xaf" + NAME)


def beside(*parts: Part, of: str = "cdsc", **changes) -> Heif:
    references = [(of.encode(), number, (1,)) for number, _ in enumerate(parts, 2)]
    return PLAIN.with_parts(*parts, references=references, **changes)


def shown_with(*more: bytes, essential: bool = False, data: bytes = SLICE) -> Heif:
    return Heif((Part(b"hvc1", data, (*SHOWN, *more), essential=essential),))


def av1(data: bytes, config: bytes = b"\x81\0\0\0") -> Heif:
    return Heif((Part(b"av01", data, (box(b"av1C", config), ISPE)),), head=b"avif\0\0\0\0mif1avif")


FRAME = obu(1, b"a sequence") + obu(6, b"a frame that is none")
MORE = b"XMP\0application/rdf+xml\0"
DEPTH = full(b"auxC", b"urn:mpeg:hevc:2015:auxid:2\0")
GAIN = full(b"auxC", b"urn:com:apple:photo:2020:aux:hdrgainmap\0")

# Where a name may stand beside the picture.
BESIDE = {
    "Exif": beside(Part(b"Exif", EXIF, hidden=True)),
    "Exif in `idat`": beside(Part(b"Exif", EXIF, inside=True)),
    "Exif in pieces": beside(Part(b"Exif", EXIF, pieces=3)),
    "XMP": beside(Part(b"mime", XMP, more=MORE)),
    "an item of mail": beside(Part(b"mime", NAME, more=b"\0text/plain\0")),
    "the type of an item": beside(Part(b"mime", b"x", more=b"\0" + NAME + b"\0")),
    "an item by an address": beside(Part(b"uri ", NAME, more=b"\0urn:example:a\0")),
    "the address of an item": beside(Part(b"uri ", b"x", more=b"\0urn:" + NAME + b"\0")),
    "IPTC": beside(Part(b"iptc", NAME)),
    "an item of a type that is not known": beside(Part(b"wxyz", NAME)),
    "a region with a name": beside(Part(b"rgan", b"\0\0", (full(b"udes", NAME + b"\0"),))),
    "the name of the picture": Heif((Part(b"hvc1", SLICE, SHOWN, name=NAME),)),
    "behind the name of the picture": Heif((Part(b"hvc1", SLICE, SHOWN, more=b"\0" + NAME),)),
    "a thumbnail": beside(Part(b"hvc1", NAMED, SHOWN), of="thmb"),
    "a thumbnail of JPEG": beside(Part(b"jpeg", NAME, (ISPE,)), of="thmb"),
    "a map of depth": beside(Part(b"hvc1", NAMED, (*SHOWN, DEPTH)), of="auxl"),
    "a map of gain": beside(Part(b"hvc1", NAMED, (*SHOWN, GAIN)), of="auxl"),
    "another picture": PLAIN.with_parts(Part(b"hvc1", NAMED, SHOWN)),
    "an item that is encrypted": beside(Part(b"Exif", EXIF, protected=1)),
    "the name of the handler": replace(PLAIN, handler=NAME + b"\0"),
    "a description": shown_with(full(b"udes", b"en\0" + NAME + b"\0\0\0")),
    "a description without which nothing is shown": shown_with(
        full(b"udes", b"en\0" + NAME + b"\0\0\0"), essential=True
    ),
    "a text in its place": shown_with(full(b"altt", NAME + b"\0en\0")),
    "a property of a vendor": shown_with(box(b"uuid", bytes(16) + NAME)),
    "a property of no item": Heif(
        (*PLAIN.parts, Part(b"Exif", EXIF, (box(b"wxyz", NAME),))),
    ),
    "behind a size": shown_with(ISPE + b"", box(b"pasp", bytes(8) + NAME)),
    "behind numbers of colours": shown_with(box(b"colr", b"nclx" + bytes(7) + NAME)),
    "colours of a kind that is not known": shown_with(box(b"colr", b"wxyz" + NAME)),
    "behind the depth of pixels": shown_with(full(b"pixi", b"\1\x08" + NAME)),
    "behind the sets of parameters": Heif((Part(b"hvc1", SLICE, (hevc(SETS + NAME), ISPE)),)),
    "a message among the sets of parameters": Heif(
        (
            Part(
                b"hvc1",
                SLICE,
                (
                    hevc(SETS + struct.pack(">BHH", 39, 1, 33) + sei(5, bytes(16) + NAME)[4:], 4),
                    ISPE,
                ),
            ),
        )
    ),
    "user data before a slice": shown_with(data=sei(5, bytes(16) + NAME) + SLICE),
    "registered user data": shown_with(data=SLICE + sei(4, NAME)),
    "user data behind a message that is shown": shown_with(
        data=nal(39, b"\x89\1\0\5" + bytes((len(NAME),)) + NAME + b"\x80") + SLICE
    ),
    "a unit of filler": shown_with(data=SLICE + nal(38, NAME)),
    "a unit of a type that is not used": shown_with(data=SLICE + nal(50, NAME)),
    "a message that is broken": shown_with(data=SLICE + nal(40, b"\x89\xff\xff" + NAME)),
    "metadata of AV1": av1(obu(5, b"\4\xb5" + NAME) + FRAME),
    "padding of AV1": av1(FRAME + obu(15, NAME)),
    "a delimiter of AV1": av1(obu(2, NAME) + FRAME),
    "metadata in what says how AV1 is coded": av1(FRAME, b"\x81\0\0\0" + obu(5, b"\4" + NAME)),
    "behind the numbers of a grid": Heif(
        (
            Part(b"grid", b"\0\0\0\0\0\1\0\1" + NAME, (ISPE,), inside=True),
            Part(b"hvc1", TILE, SHOWN, hidden=True),
        ),
        [(b"dimg", 1, (2,))],
    ),
    "behind what says that a picture is alpha": beside(
        Part(b"hvc1", TILE, (*SHOWN, full(b"auxC", ALPHA + NAME))), of="auxl"
    ),
    "bytes of no item": replace(PLAIN, gap=NAME),
    "bytes of no item in `idat`": beside(
        Part(b"Exif", bytes(4), inside=True), idat_gap=b"...." + NAME
    ),
    "a box that is free": replace(PLAIN, behind=box(b"free", NAME)),
    "a box that is skipped": replace(PLAIN, before=box(b"skip", NAME)),
    "a box of a vendor": replace(PLAIN, behind=box(b"uuid", bytes(16) + NAME)),
    "a box of a size of 64 bits": replace(PLAIN, behind=box(b"uuid", bytes(16) + NAME, wide=True)),
    "a film": replace(PLAIN, behind=box(b"mpvd", box(b"ftyp", b"mp42") + box(b"moov", NAME))),
    "user data": replace(PLAIN, behind=box(b"udta", box(b"\xa9xyz", NAME))),
    "user data in the lists": replace(PLAIN, in_meta=box(b"udta", box(b"\xa9xyz", NAME))),
    "XML in the lists": replace(PLAIN, in_meta=full(b"xml ", NAME + b"\0")),
    "an address of a file that is not used": replace(
        PLAIN, in_meta=box(b"dinf", full(b"dref", bytes(4), full(b"url ", NAME + b"\0")))
    ),
    "a group of items": replace(PLAIN, in_meta=box(b"grpl", full(b"altr", NAME))),
    "a brand": replace(PLAIN, head=b"heic\0\0\0\0mif1" + NAME),
    "a version": replace(PLAIN, head=b"heic" + NAME[:4] + b"mif1Teodor Vance"),
}  # fmt: skip


@pytest.mark.parametrize("name", BESIDE)
def test_what_is_beside_the_picture_is_taken_out_and_the_picture_stays_where_it_is(name):
    source = BESIDE[name].bytes()
    assert NAME in source
    copy = cleaned(source)
    assert b"Vance" not in copy
    assert b"Teodor" not in copy
    assert b"adobe" not in copy
    kept = SLICE if SLICE in source else FRAME if FRAME in source else TILE
    assert copy.find(kept) == source.find(kept) > 0
    assert len(copy) == len(source)
    assert cleaned(copy) == copy
    Picture().check_unchanged(io.BytesIO(source), io.BytesIO(copy), LAYOUT)
    assert not list(texts_beside(copy))


@pytest.mark.parametrize("name", BESIDE)
def test_the_second_reader_sees_what_the_first_takes_out(name):
    seen = "".join(texts_beside(BESIDE[name].bytes()))
    assert re.search("Vance|Teod", seen)


def ended(data: bytes, more: int) -> bytes:
    """Return a file whose list of places says that the first item is longer than the file."""
    at = data.index(b"iloc")
    size = data.index(struct.pack(">I", len(SLICE)), at)
    return data[:size] + struct.pack(">I", len(SLICE) + more) + data[size + 4 :]


GRID = Part(b"grid", b"\0\0\0\1\0\1\0\1", (ISPE,), inside=True)
TILES = [Part(b"hvc1", TILE, SHOWN, hidden=True), Part(b"hvc1", TILE + TILE, SHOWN, hidden=True)]


def overlapping(part: Part, *, by: int) -> bytes:
    """Return a picture with an item that has 8 of its bytes, from a place of its data on."""
    start = beside(replace(part, span=(1, 1))).bytes().index(SLICE)
    return beside(replace(part, span=(start + by, 8))).bytes()


OVERLAP = "parts of the HEIF picture overlap"
CUT = "is cut off, or a size in it is wrong"

REFUSED = {
    "a sequence": (replace(PLAIN, behind=box(b"moov", b"")), "moves"),
    "fragments of a film": (replace(PLAIN, behind=box(b"moof", b"")), "moves"),
    "a picture that is encrypted": (
        Heif((replace(PLAIN.parts[0], protected=1),)),
        "a part of the HEIF picture is encrypted",
    ),
    "a picture in another file": (
        Heif((replace(PLAIN.parts[0], elsewhere=1),)),
        "a part of the HEIF picture is in another file",
    ),
    "a tile of a type that is not known": (
        Heif((GRID, Part(b"wxyz", TILE)), [(b"dimg", 1, (2,))]),
        "of a type that is not read",
    ),
    "an overlay of a text": (
        Heif(
            (
                Part(b"iovl", bytes(14) + bytes(8), (ISPE,), inside=True),
                *TILES[:1],
                Part(b"mime", NAME, more=b"\0text/plain\0"),
            ),
            [(b"dimg", 1, (2, 3))],
        ),
        "of a type that is not read",
    ),
    "a tile that is not there": (
        Heif((GRID, *TILES), [(b"dimg", 1, (2, 9))]),
        "made of items that are not there",
    ),
    "a property of unknown use": (
        shown_with(box(b"wxyz", NAME), essential=True),
        "properties of unknown use",
    ),
    "a property that is nowhere": (
        PLAIN.bytes().replace(b"\0\1\2\1\2", b"\0\1\2\1\x09"),
        "properties that are nowhere",
    ),
    "a picture that is a thumbnail": (
        PLAIN.with_parts(Part(b"hvc1", TILE, SHOWN), references=[(b"thmb", 1, (2,))]),
        "says that it is a thumbnail",
    ),
    "JPEG with a comment": (
        Heif(
            (
                Part(
                    b"jpeg",
                    b"\xff\xd8\xff\xfe\0\x0e" + NAME + b"\xff\xda\0\3\0.\xff\xd9",
                    (ISPE,),
                ),
            )
        ),
        "a JPEG picture in the HEIF picture has metadata",
    ),
    "Exif in the bytes of the picture": (
        overlapping(Part(b"Exif"), by=9),
        OVERLAP,
    ),
    "XMP that goes on into the picture": (
        overlapping(Part(b"mime", more=MORE), by=-4),
        OVERLAP,
    ),
    "tiles that overlap": (
        Heif(
            (GRID, replace(TILES[0]), Part(b"hvc1", b"", SHOWN, span=(400, 40))),
            [(b"dimg", 1, (2, 3))],
        ),
        "HEIF picture",
    ),
    "a picture in the lists": (
        Heif((Part(b"hvc1", SLICE, SHOWN, span=(40, 20)),)),
        "is where no pictures are",
    ),
    "a picture behind the end": (ended(PLAIN.bytes(), 4), "is cut off"),
    "a picture that ends in a unit": (shown_with(data=SLICE[:-3]), CUT),
    "a unit without a head": (shown_with(data=SLICE + b"\0\0\0\1\0"), "without a head"),
    "a file that ends in a box": (PLAIN.bytes()[:-1], CUT),
    "bytes behind the last box": (PLAIN.bytes() + b"more", CUT),
    "a box that is longer than its parent": (
        PLAIN.bytes().replace(struct.pack(">I", len(ISPE)) + b"ispe", b"\0\0\4\0ispe"),
        CUT,
    ),
    "a box shorter than its head": (
        PLAIN.bytes().replace(struct.pack(">I", len(ISPE)) + b"ispe", b"\0\0\0\7ispe"),
        CUT,
    ),
    "a box in a box that reaches to the end": (
        PLAIN.bytes().replace(struct.pack(">I", len(ISPE)) + b"ispe", b"\0\0\0\0ispe"),
        CUT,
    ),
    "a box of 2 to the 63 bytes": (
        PLAIN.bytes() + struct.pack(">I4sQ", 1, b"free", 1 << 63),
        CUT,
    ),
    "no lists": (box(b"ftyp", PLAIN.head) + box(b"mdat", SLICE), "no list of what is in it"),
    "lists twice": (
        PLAIN.bytes() + PLAIN.bytes()[len(box(b"ftyp", PLAIN.head)) :],
        "no list of what is in it, or two",
    ),
    "two lists of places": (
        replace(PLAIN, in_meta=full(b"iloc", b"\x44\0\0\0")),
        "two lists of one kind",
    ),
    "no primary item": (replace(PLAIN, primary=7), "items that are not there"),
    "lists that do not say which picture is shown": (
        replace(PLAIN, extra={b"pitm": b""}),
        "no list of what is in it",
    ),
    "items without types": (
        replace(PLAIN, extra={b"iinf": full(b"iinf", b"\0\1", full(b"infe", b"\0\1\0\0a\0a\0"))}),
        "a list of an old form",
    ),
    "places by items": (
        replace(PLAIN, extra={b"iloc": full(b"iloc", b"\x44\0\0\1\0\1\0\2\0\0\0\0", version=1)}),
        "has data that are made of others",
    ),
    "places of a later form": (
        replace(PLAIN, extra={b"iloc": full(b"iloc", b"\x44\0" + bytes(4), version=3)}),
        "of no known form",
    ),
    "numbers in places that refer to other items": (
        replace(
            PLAIN,
            extra={
                b"iloc": full(
                    b"iloc",
                    b"\x44\x08\0\1\0\1\0\0\0\0\0\1" + NAME[:8] + bytes(7) + b"\1",
                    version=1,
                )
            },
        ),
        "has data that are made of others",
    ),
    "places without numbers": (
        replace(PLAIN, extra={b"iloc": full(b"iloc", b"\0\0\0\1\0\1\0\0\xff\xff")}),
        "of no known form",
    ),
    "numbers of places of 5 bytes": (
        replace(PLAIN, extra={b"iloc": full(b"iloc", b"\x55\0\0\0")}),
        "of no known form",
    ),
    "two places of one item": (
        replace(
            PLAIN,
            extra={b"iloc": full(b"iloc", b"\x44\0\0\2", (b"\0\1" + bytes(4)) * 2)},
        ),
        "two items of one number",
    ),
    "a picture of HEVC that does not say how": (
        Heif((Part(b"hvc1", SLICE, (ISPE,)),)),
        "does not say how it is coded",
    ),
    "brands that are cut off": (replace(PLAIN, head=b"heic\0\0\0\0mi"), CUT),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_examined_is_refused_by_name(name):
    made, why = REFUSED[name]
    with pytest.raises(InputError, match=why) as caught:
        cleaned(made if isinstance(made, bytes) else made.bytes())
    assert "Vance" not in str(caught.value)


@pytest.mark.parametrize("brand", ["msf1", "hevc", "avis", "heis", "mif3"])
def test_a_sequence_is_refused_by_any_brand(brand, analyzer):
    data = box(b"ftyp", brand.encode() + bytes(4), b"mif1") + box(b"moov", NAME)
    with pytest.raises(InputError, match="moves"):
        redact_bytes(data, analyzer, Key(bytes(32)))


@pytest.mark.parametrize("name", BESIDE)
def test_a_file_that_is_damaged_is_cleaned_or_refused(name):
    source, rng = BESIDE[name].bytes(), random.Random(name)
    for _ in range(40):
        data = bytearray(source)
        at = rng.randrange(len(data) - 8)
        data[at : at + 4] = rng.choice((rng.randbytes(4), bytes(4), b"\0\0\0\1", b"\xff" * 4))
        for broken in (bytes(data), source[:at], source[:at] + source[at + 4 :]):
            try:
                copy = cleaned(broken)
            except InputError:
                continue
            assert cleaned(copy) == copy
            assert len(copy) == len(broken)
            if copy[4:8] == b"ftyp":  # else it is another kind of picture
                assert not list(texts_beside(copy))
