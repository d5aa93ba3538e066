"""Pictures of letters for tests, and what reads them without tesseract: it knows the words."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageDraw, ImageFont

LINES = ("Dear Mr Teodor Vance,", "write to ilse@example.org", "about the harbour.")
FONT = ImageFont.load_default(40)
Rectangle = tuple[int, int, int, int]


@dataclass
class Letter:
    """A drawn letter: its picture, and its words with their rectangles and lines."""

    image: Image.Image
    words: list[tuple[str, Rectangle, int]] = field(default_factory=list)


def letter(*lines: str, mode: str = "L", size: tuple[int, int] = (640, 260)) -> Letter:
    found = Letter(Image.new("L", size, 255))
    draw = ImageDraw.Draw(found.image)
    for number, line in enumerate(lines or LINES):
        left = 30
        for word in line.split():
            draw.text((left, 20 + 70 * number), word, font=FONT, fill=0)
            box = draw.textbbox((left, 20 + 70 * number), word, font=FONT)
            found.words.append((word, tuple(map(int, box)), number))
            left = int(box[2]) + 14
    found.image = found.image.convert(mode)
    return found


@dataclass
class KnowsWords:
    """Stands for tesseract: it sees the words of a letter as long as there is ink, and paper."""

    letter: Letter
    confidence: float = 95.0
    calls: int = 0

    def __call__(self, picture: bytes, languages: str, segmentation: int) -> str:
        self.calls += 1
        head, _, pixels = picture.partition(b"\n")
        width, height = map(int, head.split()[1:3])
        image = Image.frombytes("L", (width, height), pixels)
        factor = width / self.letter.image.width
        rows = []
        for number, (word, box, line) in enumerate(self.letter.words):
            left, top, right, bottom = (round(one * factor) for one in box)
            ink = image.crop((left, top, right, bottom)).histogram()
            if 0.03 < sum(ink[:128]) / sum(ink) < 0.8:
                place = (left, top, right - left, bottom - top, self.confidence)
                rows.append([5, 1, 1, 1, line, number, *place, word])
        return "\n".join("\t".join(map(str, row)) for row in rows)


def saved(image: Image.Image, kind: str, **options) -> bytes:
    data = io.BytesIO()
    image.save(data, kind, **options)
    return data.getvalue()


def scan(drawn: Letter, *, layer: bytes = b"", turned: int = 0, pages: int = 1) -> pikepdf.Pdf:
    """Return a PDF of pages that are pictures at 72 dpi, with recognised text that is not seen."""
    pdf = pikepdf.new()
    width, height = drawn.image.size
    image = pdf.make_stream(drawn.image.convert("L").tobytes())
    about = {"Type": Name.XObject, "Subtype": Name.Image, "ColorSpace": Name.DeviceGray}
    sizes = {"Width": width, "Height": height, "BitsPerComponent": 8}
    for key, value in (about | sizes).items():
        image[f"/{key}"] = value
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    font.Encoding = Name.WinAnsiEncoding
    for _ in range(pages):
        page = pdf.add_blank_page(page_size=(width, height))
        page.obj.Resources = Dictionary(XObject=Dictionary(Im=image), Font=Dictionary(F1=font))
        content = f"q {width} 0 0 {height} 0 0 cm /Im Do Q\n".encode()
        page.obj.Contents = pdf.make_stream(content + layer)
        page.obj.Rotate = turned
    return pdf


def bytes_of(pdf: pikepdf.Pdf) -> bytes:
    data = io.BytesIO()
    pdf.save(data)
    return data.getvalue()


def beside_text(drawn: Letter) -> bytes:
    """Return a PDF with a picture of a letter on a page with text."""
    pdf = scan(drawn)
    page = pdf.pages[0]
    page.MediaBox = Array([0, 0, 1400, 1400])
    text = b" BT /F1 12 Tf 20 700 Td (The badge of the visitor is shown below, as it was.) Tj ET"
    page.Contents = pdf.make_stream(page.Contents.read_bytes() + text)
    return bytes_of(pdf)


def hidden(*lines: tuple[int, int, str]) -> bytes:
    """Return text that is not seen, at places of a page."""
    shown = (f"1 0 0 1 {x} {y} Tm ({text}) Tj" for x, y, text in lines)
    return f"BT 3 Tr /F1 30 Tf {' '.join(shown)} ET".encode()


__all__ = ["LINES", "KnowsWords", "Letter", "bytes_of", "hidden", "letter", "saved", "scan"]
