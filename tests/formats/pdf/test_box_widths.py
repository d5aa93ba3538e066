"""Boxes in PDF tell little of the names in them: a solver of widths has 500 of 2,500 for each."""

from __future__ import annotations

import io
from collections import Counter
from functools import lru_cache
from string import ascii_letters

import pikepdf
import pytest
from invented_names import IN_FULL, LONE
from pdf_building import Array, Dictionary, Name, edited, helvetica, new, saved, shown, texts
from pdfminer.fontmetrics import FONT_METRICS

from redactor.formats.pdf.editing import STEPS
from redactor.formats.pdf.fonts import load_font

# The widths of a blank and of letters, `a` to `z` before `A` to `Z`, in thousandths of an em.
# Liberation Sans, Serif and Mono have those of Helvetica, Times and Courier.
DEJAVU = {
    "DejaVuSans": (
        *(318, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635),
        *(635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 684, 686, 698, 770, 632, 575, 775),
        *(752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685),
        *(611, 685),
    ),
    "DejaVuSerif": (
        *(318, 596, 640, 560, 640, 592, 370, 640, 644, 320, 310, 606, 320, 948, 644, 602, 640),
        *(640, 478, 513, 402, 644, 565, 856, 564, 565, 527, 722, 735, 765, 802, 730, 694, 799),
        *(872, 395, 401, 747, 664, 1024, 875, 820, 673, 820, 753, 685, 667, 843, 722, 1028, 712),
        *(660, 695),
    ),
    "DejaVuSans-Bold": (
        *(348, 675, 716, 593, 716, 678, 435, 716, 712, 343, 343, 665, 343, 1042, 712, 687, 716),
        *(716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 774, 762, 734, 830, 683, 683, 821),
        *(837, 372, 372, 775, 637, 995, 837, 850, 733, 850, 770, 720, 682, 812, 774, 1103, 771),
        *(724, 725),
    ),
    "DejaVuSansMono": (602,) * 53,
}
STANDARD = ("Helvetica", "Helvetica-Bold", "Times-Roman", "Times-Italic", "Courier")
FONTS = (*STANDARD, *DEJAVU)


def widths_of(font: str) -> dict[str, float]:
    """Return the widths of letters in ems."""
    if font in STANDARD:
        return {letter: width / 1000 for letter, width in FONT_METRICS[font][1].items()}
    return {letter: DEJAVU[font][at] / 1000 for at, letter in enumerate(" " + ascii_letters)}


def font_of(font: str) -> Dictionary:
    """Return a font as an object of a PDF; one that is not standard states its widths."""
    found = helvetica()
    found.BaseFont = Name(f"/{font}")
    if font in STANDARD:
        return found
    widths = widths_of(font)
    found.Subtype, found.FirstChar, found.LastChar = Name.TrueType, 32, 126
    found.Widths = Array([round(1000 * widths.get(chr(one), 0.6)) for one in range(32, 127)])
    found.FontDescriptor = Dictionary(Type=Name.FontDescriptor, FontName=found.BaseFont, Flags=32)
    return found


def with_font(content: bytes, font: str) -> bytes:
    pdf = new(content)
    pdf.pages[0].Resources.Font.F1 = font_of(font)
    return saved(pdf)


@lru_cache
def length(name: str, font: str) -> float:
    widths = widths_of(font)
    return sum(widths[one] for one in name)


def fitting(box: float, names: list[str], font: str) -> int:
    """Return how many names a box may stand for: those as long as it, and shorter than the next."""
    letter = load_font(font_of(font)).letter
    steps = [*(one * letter for one in STEPS), float("inf")]
    at = min(range(len(STEPS)), key=lambda one: abs(steps[one] - box))
    assert abs(steps[at] - box) < 0.001
    return sum(steps[at] <= length(name, font) < steps[at + 1] for name in names)


def boxes_of(names: list[str], font: str) -> Counter[float]:
    """Return the widths of the boxes of names, in ems, each name at the end of a line."""
    copy = edited(with_font(shown(*(f"by {name}" for name in names)), font), "(?<=by ).+")
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        rows = pikepdf.parse_content_stream(pdf.pages[0])
        return Counter(float(one.operands[2]) for one in rows if str(one.operator) == "re")


@pytest.mark.parametrize("font", FONTS)
def test_of_2500_names_500_or_more_fit_each_box(font):
    drawn = boxes_of([*IN_FULL[::25], *LONE[::25]], font)
    assert len(drawn) == 3
    small, middle, large = sorted(drawn)
    assert min(fitting(one, LONE, font) for one in (small, middle)) >= 500
    assert min(fitting(one, IN_FULL, font) for one in (middle, large)) >= 500


@pytest.mark.parametrize("font", FONTS)
def test_names_that_are_too_short_for_a_box_of_many_are_few(font):
    small = STEPS[1] * load_font(font_of(font)).letter
    assert sum(length(name, font) < small for name in LONE) <= 3
    assert not any(length(name, font) < small for name in IN_FULL)


@pytest.mark.parametrize("font", FONTS)
def test_labels_are_as_large_as_half_an_em_but_in_the_boxes_of_short_names(font):
    for name in ("Ilse Brandt", "Konstantin Featherstonehaugh"):
        copy = edited(with_font(shown(name), font), name)
        with pikepdf.open(io.BytesIO(copy)) as pdf:
            rows = pikepdf.parse_content_stream(pdf.pages[0])
            sizes = [float(one.operands[1]) for one in rows if str(one.operator) == "Tf"]
        assert min(sizes) >= 0.4  # of 12 points: 4.8


def test_a_font_in_which_few_letters_are_known_has_boxes_as_others():
    pdf = new(shown("Ilse Brandt"))
    font = font_of("DejaVuSansMono")
    font.FirstChar, font.LastChar = 97, 101
    font.Widths = Array([602] * 5)
    pdf.pages[0].Resources.Font.F1 = font
    assert load_font(font).letter == 0.5
    assert load_font(font_of("DejaVuSansMono")).letter == 0.6
    assert texts(edited(saved(pdf), "Ilse Brandt", "[A]")) == ["[A]"]
