"""Boxes over pixels: what they say, how large they are, and what they leave as it was."""

from __future__ import annotations

import io
from collections import Counter
from functools import lru_cache

import pytest
from invented_names import GIVEN, SURNAMES
from ocr_building import KnowsWords, letter, saved
from PIL import Image, ImageDraw, ImageFont

from redactor.analysis.analyzer import Analyzer
from redactor.api import prepare_policy, redact_bytes
from redactor.errors import OutputError
from redactor.formats.ocr import Box, Labelled
from redactor.formats.ocr.words import with_margin
from redactor.formats.picture.blank import grown
from redactor.formats.picture.covered import check_near, check_same, is_covered
from redactor.formats.picture.covers import Cover, cover_of, drawn_over
from redactor.formats.picture.labels import LETTERS, label
from redactor.formats.picture.own_labels import own_labels, painted
from redactor.formats.picture.seeing import Seen
from redactor.keys import Key

KEY = Key(bytes(range(32)))
SEEING = "redactor.formats.picture.seeing.table_of_words"
SEEN = Seen((), "text", ())
LABEL = "[PERSON_7FQ2M9XA (b)(6)]"


@lru_cache
def face_of(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.load_default(size)


def paper(*words: tuple[int, int, str], size=(900, 200), font=24) -> tuple[Image.Image, list[Box]]:
    """Return a picture with words at places, and the boxes that OCR gives them."""
    image = Image.new("L", size, 255)
    draw, face = ImageDraw.Draw(image), face_of(font)
    boxes = []
    for left, top, word in words:
        draw.text((left, top), word, font=face, fill=0)
        boxes.append(with_margin(Box(*map(round, draw.textbbox((left, top), word, font=face)))))
    return image, boxes


def box_of(image: Image.Image, *boxes: Box) -> list[Box]:
    return [one.box for one in grown(image, [Labelled(box) for box in boxes])]


@pytest.mark.parametrize("height", [20, 33, 64])
def test_a_label_is_read_again_letter_by_letter(height):
    image = Image.new("L", (600, 100), 255)
    image.paste(0, (30, 10, 530, 10 + height))
    image.paste(255, (30, 10), label(LABEL, (500, height)))
    found = own_labels(image)
    assert found == [Labelled(Box(30, 10, 530, 10 + height), LABEL)]
    assert painted(image, found).crop((30, 10, 530, 10 + height)).getextrema() == (0, 0)


def test_every_letter_of_a_label_is_told_from_every_other():
    text = "[" + LETTERS.replace("]", "").replace("[", "").strip() + "]"
    for height in (24, 40, 64):
        image = Image.new("L", (3000, 100), 255)
        image.paste(0, (10, 10, 2990, 10 + height))
        drawn = label(text, (2980, height))
        image.paste(255, (10, 10), drawn)
        assert [one.text for one in own_labels(image)] == [text]


@pytest.mark.parametrize("text", ["", "Зоя", "Teodor\nVance"])
def test_what_has_no_letters_of_labels_leaves_a_black_box(text):
    assert label(text, (400, 40)) is None


def test_a_label_that_is_too_long_says_the_code_alone_or_nothing():
    code, nothing = label(LABEL, (80, 30)), label(LABEL, (30, 30))
    image = Image.new("L", (120, 50), 255)
    image.paste(0, (10, 10, 90, 40))
    image.paste(255, (10, 10), code)
    assert [one.text for one in own_labels(image)] == ["[(b)(6)]"]
    assert nothing is None


def test_white_letters_of_others_on_black_are_no_label():
    image = Image.new("L", (500, 60), 255)
    image.paste(0, (10, 10, 490, 50))
    face = ImageFont.load_default(25)
    ImageDraw.Draw(image).text((40, 15), "[TEODOR VANCE]", font=face, fill=255)
    assert own_labels(image) == []


# Pillow's own fonts: letters of their own widths in 21 pixels, and letters of one width, twice as
# large as they are.
FACES = {"proportional": (21, 1), "monospaced": (None, 2)}


@pytest.mark.parametrize("face", FACES)
def test_2500_names_alone_in_their_lines_have_boxes_that_500_or_more_have(face):
    counts: Counter[tuple[int, int, int]] = Counter()
    for given in GIVEN:
        image, boxes = lines([f"{given} {name}" for name in SURNAMES], *FACES[face])
        for found in box_of(image, *boxes):
            counts[found.left, found.right - found.left, found.bottom - found.top] += 1
    assert counts.total() == 2500
    assert min(counts.values()) >= 500


def lines(texts: list[str], font: int | None, factor: int) -> tuple[Image.Image, list[Box]]:
    """Return texts below each other, drawn and then made larger, and their boxes."""
    face = ImageFont.load_default_imagefont() if font is None else face_of(font)
    pitch = 100 // factor
    image = Image.new("L", (600 // factor, (len(texts) + 1) * pitch), 255)
    draw, boxes = ImageDraw.Draw(image), []
    for row, text in enumerate(texts):
        at = 12 // factor, 14 // factor + row * pitch
        draw.text(at, text, font=face, fill=0)
        place = (round(factor * one) for one in draw.textbbox(at, text, font=face))
        boxes.append(with_margin(Box(*place)))
    size = image.width * factor, image.height * factor
    return image.resize(size, Image.Resampling.NEAREST), boxes


def test_neither_tails_nor_their_lack_make_another_box():
    image, boxes = paper((40, 60, "Amy Gray"), (40, 130, "Ann Vale"))
    first, second = box_of(image, *boxes)
    assert (first.left, first.right) == (second.left, second.right)
    assert (second.top - first.top, second.bottom - first.bottom) == (70, 70)


def test_a_box_grows_to_its_neighbours_and_hides_none():
    image, [before, box, after] = paper((40, 60, "Mr"), (100, 60, "Vance"), (300, 60, "wrote"))
    [found] = box_of(image, box)
    assert before.right <= found.left
    assert found.right <= after.left
    assert found.right - found.left > box.right - box.left
    rest = image.copy()
    rest.paste(255, (box.left, box.top, box.right, box.bottom))
    assert rest.crop((found.left, found.top, found.right, found.bottom)).getextrema() == (255, 255)


def test_between_close_neighbours_a_box_is_from_one_to_the_other_whatever_it_covers():
    sizes = set()
    for name in ("Vance", "Vale"):
        image, [_, box, _] = paper((40, 60, "Mr"), (90, 60, name), (175, 60, "wrote"))
        sizes |= {(one.left, one.right) for one in box_of(image, box)}
    assert len(sizes) == 1


def test_boxes_do_not_grow_over_each_other_or_over_lines():
    image, boxes = paper((40, 60, "Vance"), (150, 60, "Marsh"))
    ImageDraw.Draw(image).line((260, 0, 260, 199), fill=0)
    first, second = box_of(image, *boxes)
    assert first.right <= second.left
    assert second.right <= 260


def test_words_that_are_written_upwards_have_boxes_and_labels_so():
    image, [box] = paper((40, 60, "Teodor Vance"))
    turned = image.transpose(Image.Transpose.ROTATE_90)
    upward = Box(box.top, image.width - box.right, box.bottom, image.width - box.left)
    cover = cover_of(SEEN, [Labelled(upward, "[PERSON_7FQ2M9XA]")], turned)
    back = drawn_over(turned, cover).transpose(Image.Transpose.ROTATE_270)
    assert [one.text for one in own_labels(back)] == ["[PERSON_7FQ2M9XA]"]


def covered() -> tuple[Image.Image, Cover]:
    image, [box, _] = paper((40, 60, "Teodor Vance"), (40, 120, "of the harbour"))
    return image, cover_of(SEEN, [Labelled(box, "[PERSON_7FQ2M9XA]")], image)


def as_jpeg(image: Image.Image, quality: int) -> Image.Image:
    return Image.open(io.BytesIO(saved(image, "JPEG", quality=quality)))


@pytest.mark.parametrize("quality", [None, 95, 75, 30])
def test_a_picture_that_is_covered_is_told_from_one_that_is_not(quality):
    image, cover = covered()
    made, left = drawn_over(image, cover), image
    if quality:
        made, left = as_jpeg(made, quality), as_jpeg(left, quality)
    noise = 40 if quality else 0
    assert is_covered(made, cover, noise=noise)
    assert not is_covered(left, cover, noise=noise)


def test_a_label_over_letters_that_are_still_there_is_no_cover():
    image, cover = covered()
    image.paste(255, mask=cover.ink)
    assert not is_covered(image, cover, noise=0)
    assert not is_covered(as_jpeg(image, 90), cover)


@pytest.mark.parametrize("dark", [False, True])
def test_a_word_that_is_wiped_out_beside_a_box_is_noticed(dark):
    image, cover = covered()
    if dark:
        image = image.point(lambda level: 255 - level)
    made = drawn_over(image, cover)
    check_same(image, made)
    check_near(as_jpeg(image, 90), as_jpeg(made, 90))
    made.paste(200, (40, 120, 120, 150))
    with pytest.raises(OutputError, match="outside the boxes"):
        check_same(image, made)
    if not dark:
        made.paste(255, (40, 120, 120, 150))
        with pytest.raises(OutputError, match="outside the boxes"):
            check_same(image, made)


def test_a_copy_shows_labels_and_is_its_own_copy(monkeypatch, analyzer):
    drawn = letter()
    monkeypatch.setattr(SEEING, KnowsWords(drawn))
    reads = Analyzer(prepare_policy("default", ocr="eng"))
    copy = redact_bytes(saved(drawn.image, "PNG"), reads, KEY)
    with Image.open(io.BytesIO(copy)) as picture:
        said = [one.text[:8] for one in own_labels(picture.convert("L"))]
    assert said == ["[PERSON_", "[EMAIL_A"]
    assert redact_bytes(copy, reads, KEY) == copy
