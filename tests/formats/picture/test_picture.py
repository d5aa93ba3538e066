"""Pictures: no metadata is left, the pixels are the same, and what is no picture is refused."""

from __future__ import annotations

import io
import random
import zipfile
from dataclasses import replace

import pytest
from picture_building import (
    NAME,
    PROFILE,
    avif,
    drawn,
    exif,
    gif,
    jpeg,
    jpeg_2000,
    moving_webp,
    png,
    profile_named_after_a_person,
    saved,
    tiff,
    webp,
)
from PIL import Image, ImageSequence

from redactor.analysis.analyzer import Analyzer
from redactor.api import redact_bytes
from redactor.config.policy import load_policy
from redactor.errors import InputError, MediaNotExamined, OutputError
from redactor.formats.base import Hints, Layout
from redactor.formats.picture import Picture, cleaned
from redactor.formats.picture import jpeg as jpeg_cuts
from redactor.keys import Key

KEY = Key(bytes(range(32)))
PICTURE = Picture()
LAYOUT = Layout("picture")

MADE = {
    "JPEG": jpeg,
    "JPEG that is turned": lambda: jpeg(turned=6),
    "PNG": png,
    "PNG with a profile of a name": profile_named_after_a_person,
    "GIF that moves": gif,
    "WebP": webp,
    "WebP that moves": moving_webp,
    "TIFF of two pages": tiff,
    "TIFF without compression": lambda: tiff(compression="raw"),
    "TIFF with JPEG in it": lambda: tiff(compression="jpeg"),
    "TIFF of the big kind": lambda: tiff(big=True),
    "JPEG 2000": jpeg_2000,
    "AVIF": avif,
}


def frames(data: bytes) -> list[bytes]:
    with Image.open(io.BytesIO(data)) as picture:
        return [frame.convert("RGBA").tobytes() for frame in ImageSequence.Iterator(picture)]


@pytest.mark.parametrize("name", MADE)
def test_no_metadata_is_left_and_the_pixels_are_the_same(name):
    source = MADE[name]()
    assert NAME in source or b"2031:05:06" in source
    copy = cleaned(source)
    assert NAME not in copy
    assert b"2031:05:06" not in copy
    assert b"adobe:ns:meta/'>" not in copy
    assert frames(copy) == frames(source)
    assert cleaned(copy) == copy
    PICTURE.check_unchanged(io.BytesIO(source), io.BytesIO(copy), LAYOUT)


@pytest.mark.parametrize(
    ("make", "kind"), [(jpeg, "JPEG"), (png, "PNG"), (webp, "WEBP")], ids=["jpeg", "png", "webp"]
)
def test_the_profile_of_colours_stays(make, kind):
    with Image.open(io.BytesIO(cleaned(make())), formats=[kind]) as picture:
        assert picture.info["icc_profile"] == PROFILE


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_which_way_up_a_picture_is_shown_stays_and_nothing_else_of_exif(kind):
    copy = cleaned(saved(drawn(), kind, exif=exif(turned=6)))
    with Image.open(io.BytesIO(copy)) as picture:
        assert dict(picture.getexif()) == {0x0112: 6}


def test_an_animation_is_shown_as_often_and_as_fast():
    with Image.open(io.BytesIO(cleaned(gif()))) as picture:
        assert (picture.info["loop"], picture.info["duration"]) == (3, 40)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_picture_without_metadata_is_the_same_file(kind):
    source = saved(drawn("P" if kind == "GIF" else "RGB"), kind)
    assert cleaned(source) == source


@pytest.mark.parametrize("name", MADE)
def test_a_picture_that_is_damaged_is_cleaned_or_refused(name):
    source, rng = MADE[name](), random.Random(name)
    for _ in range(12):
        data = bytearray(source)
        at = rng.randrange(len(data))
        data[at : at + 4] = rng.randbytes(4)
        for broken in (bytes(data), source[:at]):
            try:
                assert cleaned(cleaned(broken)) == cleaned(broken)
            except InputError:
                continue


def test_a_list_of_tags_in_a_circle_is_refused():
    source = bytearray(saved(drawn(), "TIFF"))
    first = int.from_bytes(source[4:8], "little")
    count = int.from_bytes(source[first : first + 2], "little")
    source[first + 2 + 12 * count : first + 6 + 12 * count] = source[4:8]
    with pytest.raises(InputError, match="circle"):
        cleaned(bytes(source))


def test_a_name_that_says_picture_of_what_is_none_is_refused():
    with pytest.raises(InputError, match="no picture"):
        PICTURE.layout(io.BytesIO(b"Dear Teodor Vance"), Hints("x.jpg"))


def test_a_cleaner_that_forgets_a_segment_is_caught(monkeypatch, analyzer):
    monkeypatch.setattr(jpeg_cuts, "_metadata", lambda *_: ())
    with pytest.raises(OutputError, match="metadata"):
        redact_bytes(jpeg(), analyzer, KEY)


def test_a_cleaner_that_changes_a_pixel_is_caught():
    other = drawn()
    other.putpixel((3, 3), (0, 0, 0))
    source, copy = io.BytesIO(saved(drawn(), "PNG")), io.BytesIO(saved(other, "PNG"))
    with pytest.raises(OutputError, match="pixels"):
        PICTURE.check_unchanged(source, copy, LAYOUT)


@pytest.mark.parametrize("name", ["JPEG", "PNG", "GIF that moves", "WebP", "JPEG 2000"])
def test_a_policy_that_leaves_media_out_leaves_a_white_point(name):
    lax = Analyzer(replace(load_policy("default"), media="omit"))
    copy = redact_bytes(MADE[name](), lax, KEY)
    with Image.open(io.BytesIO(copy)) as picture:
        assert picture.size == (1, 1)
        picture.load()


def test_a_policy_that_refuses_media_refuses_a_picture():
    strict = Analyzer(replace(load_policy("default"), media="refuse"))
    with pytest.raises(MediaNotExamined, match="1 picture"):
        redact_bytes(jpeg(), strict, KEY)


def test_pictures_in_archives_are_cleaned_and_the_others_are_kept_byte_for_byte(analyzer):
    source = io.BytesIO()
    clean = saved(drawn(), "PNG")
    with zipfile.ZipFile(source, "w") as file:
        file.writestr("one.jpg", jpeg())
        file.writestr("two.png", clean)
    copy = redact_bytes(source.getvalue(), analyzer, KEY)
    with zipfile.ZipFile(io.BytesIO(copy)) as file:
        assert file.read("one.jpg") == cleaned(jpeg())
        assert file.read("two.png") == clean
    assert NAME not in copy
