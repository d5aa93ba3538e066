"""Of the names and addresses in generated scans, how many are gone from the copy: no OCR judges it.

    python tests/benchmarks/scans.py [--pages 4]

Letters of invented people are drawn at several resolutions, clean, turned a little, and with noise.
Where each name, e-mail address and telephone number stands is known from the drawing: it is gone if
nothing of what was drawn there is as it was in the copy, whatever its box says. Needs tesseract.
"""

from __future__ import annotations

import argparse
import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from redactor.api import Redactor, prepare_policy
from redactor.errors import RedactorError

FONTS = (
    "/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationMono-Regular.ttf",
)
FIRST = "Teodor Ingrid Kwame Delphine Rosalind Oswald Mirela Joaquin Hester Anselm Priya".split()
LAST = "Vance Halvorsen Boateng Marchetti Achterberg Fenwick Ionescu Barrera Quill Oduya".split()
LINES = (
    "Dear {0},",
    "thank you for your letter of 4 May. {1} told us that the",
    "meeting is to be moved. Please write to {mail1} or call",
    "{phone} in the morning. The files are with {2}, and a copy",
    "was sent to {mail2} last week. {3} has the list of all",
    "tenants and will bring the keys on Friday. The minutes of",
    "the last meeting were written by {4} and are enclosed.",
    "Yours sincerely,",
    "{5}",
)
Bits = NDArray[np.bool_]

SIZE = (8.27, 5.0)  # inches
LEFT = 0.1
"""The share of the cells of its place with edges of letters in them that may be as they were."""

CELL = 6
"""Pixels of a side of a cell: less than half of a small letter."""

INK, PAPER = 100, 200
"""How dark and how bright pixels are of which an edge of a letter has both."""


@dataclass
class Drawn:
    """A letter, and the rectangles of its values."""

    image: Image.Image
    places: list[tuple[str, tuple[float, float, float, float]]]


def letter(seed: int, dpi: int) -> Drawn:
    pick = random.Random(seed)
    people = [f"{pick.choice(FIRST)} {pick.choice(LAST)}" for _ in range(6)]
    mails = [f"{one.split()[0].lower()}.{one.split()[1].lower()}@example.org" for one in people]
    values = {"mail1": mails[1], "mail2": mails[3], "phone": f"555-01{pick.randrange(10, 99)}"}
    font = ImageFont.truetype(FONTS[seed % len(FONTS)], round(11 * dpi / 72))
    image = Image.new("L", (int(SIZE[0] * dpi), int(SIZE[1] * dpi)), 255)
    draw, places = ImageDraw.Draw(image), []
    top = 0.7 * dpi
    for line in LINES:
        left = 0.9 * dpi
        text = line.format(*people, **values)
        draw.text((left, top), text, font=font, fill=0)
        for value in (*people, *values.values()):
            at = text.find(value)
            if at >= 0:
                before = font.getlength(text[:at])
                box = draw.textbbox((left + before, top), value, font=font)
                places.append(("name" if value in people else "other", box))
        top += 11 * 1.5 * dpi / 72
    return Drawn(image, places)


def worn(image: Image.Image, degrees: float, noise: float) -> Image.Image:
    image = image.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255)
    if noise:
        grain = Image.effect_noise(image.size, 255 * noise)
        image = Image.blend(image, grain, noise)
        image = image.point(lambda level: max(0, min(255, round((level - 128) * 1.1 + 128))))
    return image


def gone(
    copy: Image.Image, source: Image.Image, drawn: Drawn, degrees: float
) -> list[tuple[str, bool]]:
    before, after = (np.asarray(one.convert("L")) for one in (source, copy))
    edges = _cells(before <= INK, np.any) & _cells(before >= PAPER, np.any)
    left = edges & _cells(before == after, np.all)
    rows = []
    for kind, box in drawn.places:
        place = Image.new("L", copy.size, 0)
        ImageDraw.Draw(place).rectangle(box, fill=255)
        within = _cells(np.asarray(place.rotate(degrees, fillcolor=0)) == 255, np.all) & edges
        rows.append((kind, bool((left & within).sum() <= LEFT * within.sum())))
    return rows


def _cells(pixels: Bits, joined: Callable[..., Bits]) -> Bits:
    """Return of each cell of a picture what holds of any, or of all, of its pixels."""
    high, wide = (size // CELL for size in pixels.shape)
    cells = pixels[: high * CELL, : wide * CELL].reshape(high, CELL, wide, CELL)
    return joined(cells, axis=(1, 3))


def _used() -> float:
    """Return the seconds of a core that were used, those of tesseract with them."""
    used = [getrusage(one) for one in (RUSAGE_SELF, RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pages", type=int, default=4)
    pages = parser.parse_args().pages
    policy = prepare_policy("default", ocr="eng")
    redactor = Redactor(policy=policy)
    for name, degrees, noise in (("clean", 0, 0), ("turned 1.5", 1.5, 0), ("noise", -1.0, 0.25)):
        for dpi in (100, 150, 200, 300):
            rows, seconds, refused = [], 0.0, 0
            for seed in range(pages):
                drawn = letter(seed, dpi)
                data = io.BytesIO()
                source = worn(drawn.image, degrees, noise)
                source.save(data, "PNG", dpi=(dpi, dpi))
                began = _used()
                try:
                    copy = redactor.redact_bytes(data.getvalue())
                except RedactorError as error:
                    refused += 1
                    print(type(error).__name__, error)
                    continue
                seconds += _used() - began
                rows += gone(Image.open(io.BytesIO(copy)), source, drawn, degrees)
            for kind in ("name", "other"):
                some = [done for one, done in rows if one == kind]
                print(f"{name:12} {dpi} dpi {kind:6} {sum(some)}/{len(some)} gone", end="; ")
            took = seconds / max(1, pages - refused)
            print(f"{took:.1f} s of a core a page, {refused} refused", flush=True)


if __name__ == "__main__":
    main()
