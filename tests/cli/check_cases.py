"""PDFs and Word files with bad redactions, for the tests of `redactor check`."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

NAME = "Teodor Vance"
LETTERS = 11  # of the name, blanks not counted
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
BOX = "0 g 15 95 110 20 re f "
BESIDE = "0 g 102 98 80 14 re f"
PICTURE = "q 110 0 0 20 15 95 cm /I Do Q "
Change = Callable[[pikepdf.Pdf], None]


def text(words: str = NAME, x: int = 20, y: int = 100) -> str:
    return f"BT /F 12 Tf {x} {y} Td ({words}) Tj ET "


def saved(pdf: pikepdf.Pdf) -> bytes:
    data = io.BytesIO()
    pdf.save(data, deterministic_id=True)
    return data.getvalue()


def paper(stream: str, *changes: Change) -> bytes:
    """Return a PDF of a page 300 points wide and 200 high."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(300, 200))
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        image = pdf.make_stream(b"\0")
        for key, value in (("Type", Name.XObject), ("Subtype", Name.Image), ("Width", 1)):
            image[f"/{key}"] = value
        image.Height, image.BitsPerComponent, image.ColorSpace = 1, 8, Name.DeviceGray
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Notes")))
        pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary())
        page.Resources = Dictionary(
            Font=Dictionary(F=font),
            XObject=Dictionary(I=image, X=form(pdf, BOX)),
            Properties=Dictionary(L=layer),
            ExtGState=Dictionary(
                Pale=Dictionary(ca=0.3),
                Multiply=Dictionary(BM=Name.Multiply),
                Gone=Dictionary(ca=0),
            ),
            Shading=Dictionary(
                S=Dictionary(
                    ShadingType=2,
                    ColorSpace=Name.DeviceGray,
                    Coords=Array([0, 0, 300, 0]),
                    Function=Dictionary(
                        FunctionType=2, Domain=Array([0, 1]), C0=Array([0]), C1=Array([0]), N=1
                    ),
                )
            ),
        )
        page.Contents = pdf.make_stream(stream.encode())
        for change in changes:
            change(pdf)
        return saved(pdf)


def masked(pdf: pikepdf.Pdf) -> None:
    """Make the picture a stencil, all of which is painted."""
    image = pdf.pages[0].Resources.XObject.I
    image.ImageMask, image.BitsPerComponent = True, 1
    del image.ColorSpace


def scanned(pdf: pikepdf.Pdf) -> None:
    """Make the picture a pale one."""
    image = pdf.pages[0].Resources.XObject.I
    image.write(bytes([220]))


WORDS = ("The", "witness", "was", "Teodor", "Vance", "of", "this", "town")
PIXELS = 2  # a point


def scan(hidden: int | None, shown: tuple[str, ...] = (), blank: str = " ") -> bytes:
    """Return a scan with its text layer, two words of it filled with a grey; None is none."""
    wide, high = 300 * PIXELS, 200 * PIXELS
    pixels = [bytearray(b"\xf8" * wide) for _ in range(high)]
    stream = "q 300 0 0 200 0 0 cm /I Do Q 3 Tr "
    x, y = 20, 150
    for number, word in enumerate(WORDS):
        x, y = (20, y - 40) if number == 4 else (x, y)
        stream += text(word + blank, x, y)
        covered = word in NAME.split() and hidden is not None
        for row in pixels[(199 - y - 12) * PIXELS : (199 - y + 5) * PIXELS]:
            for at in range((x - 2) * PIXELS, (x + (7 if covered else 6) * len(word)) * PIXELS):
                ink = 20 if at % 5 < 2 and word not in shown else 0xF8
                row[at] = (hidden or 0) if covered else ink
        x += 6 * len(word) + 14

    def drawn(pdf: pikepdf.Pdf) -> None:
        image = pdf.pages[0].Resources.XObject.I
        image.write(b"".join(pixels))
        image.Width, image.Height = wide, high

    return paper(stream, drawn)


def button(pdf: pikepdf.Pdf) -> None:
    """Lay a field with a black face over the text."""
    face = form(pdf, "0 g 0 0 300 200 re f")
    annotated("Widget", T=String("b"), FT=Name.Btn, Ff=1 << 16, F=4, AP=Dictionary(N=face))(pdf)
    pdf.Root.AcroForm = Dictionary(Fields=pdf.pages[0].Annots)


def form(pdf: pikepdf.Pdf, stream: str) -> pikepdf.Object:
    made = pdf.make_stream(stream.encode())
    made.Type, made.Subtype, made.BBox = Name.XObject, Name.Form, Array([0, 0, 300, 200])
    return made


def annotated(subtype: str, **entries: Any) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        mark = Dictionary(Type=Name.Annot, Subtype=Name(f"/{subtype}"), **entries)
        mark.Rect = Array([15, 95, 125, 115])
        pdf.pages[0].Annots = Array([pdf.make_indirect(mark)])

    return change


def cropped(*box: int) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].CropBox = Array(box)

    return change


def switched_off(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OCProperties.D.OFF = pdf.Root.OCProperties.OCGs


def bookmark(title: str) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem(title, 0))

    return change


def titled(title: str) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.docinfo["/Title"] = title

    return change


def attached(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["notes.txt"] = b"Teodor"


def revised(before: str, after: str) -> bytes:
    """Return a PDF to which a revision with another stream is appended."""
    first = paper(before)
    with pikepdf.open(io.BytesIO(first)) as pdf:
        number = pdf.pages[0].Contents.objgen[0]
        size = int(pdf.trailer.Size)
        root = pdf.trailer.Root.objgen[0]
    start = first.rindex(b"startxref") + 10
    previous = int(first[start:].split()[0])
    body = f"{number} 0 obj\n<</Length {len(after)}>>\nstream\n{after}\nendstream\nendobj\n"
    table = f"xref\n{number} 1\n{len(first):010} 00000 n \ntrailer\n"
    trailer = f"<</Size {size}/Root {root} 0 R/Prev {previous}>>\n"
    end = f"startxref\n{len(first) + len(body)}\n%%EOF\n"
    return first + (body + table + trailer + end).encode()


def word(body: str, part: str = "document", styles: str = "") -> bytes:
    """Return a Word document of one part of runs."""
    members = {
        "word/document.xml": f"<w:document {W}><w:body/></w:document>",
        "word/styles.xml": f"<w:styles {W}>{styles}</w:styles>",
        f"word/{part}.xml": f"<w:document {W}>{body}</w:document>",
    }
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as package:
        for name, content in members.items():
            package.writestr(name, content)
    return data.getvalue()


def run(properties: str = "", words: str = f"<w:t>{NAME}</w:t>") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr>{words}</w:r>"


def paragraph(*runs: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


def shape(behind: str, colour: str = "000000", line: str = "") -> str:
    """Return a run with a shape at a place of its own."""
    fill = f'<a:spPr><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>{line}</a:spPr>'
    names = 'xmlns:a="urn:a" xmlns:wp="urn:wp"'
    anchor = f'<wp:anchor {names} behindDoc="{behind}"><wp:wrapNone/>{fill}</wp:anchor>'
    return f"<w:r><w:drawing>{anchor}</w:drawing></w:r>"


NO_LINE = "<a:ln><a:noFill/></a:ln>"
WHITE_LINE = '<a:ln w="9525"><a:solidFill><a:schemeClr val="bg1"/></a:solidFill></a:ln>'
BLUE_LINE = '<a:ln><a:solidFill><a:srgbClr val="0000FF"/></a:solidFill></a:ln>'


def old_shape(colour: str, more: str = "") -> str:
    """Return a run with a shape of VML."""
    place = 'xmlns:v="urn:v" style="position:absolute;width:9pt"'
    rect = f'<v:rect {place} fillcolor="{colour}" {more}/>'
    return f"<w:r><w:pict>{rect}</w:pict></w:r>"


CORNERS = [15, 95, 125, 95, 125, 115, 15, 115]
THICK = Dictionary(W=20)
INK = Array([0, 0, 0])
LINE, AREA = "0 G 20 w 15 105 m 70 105 l 125 104 l S", "0 g 15 95 110 20 re f"
WHITE = Array([1, 1, 1])


def faced(subtype: str, stream: str) -> Change:
    """Return a change that lays an annotation over the text, with a face of its own."""

    def change(pdf: pikepdf.Pdf) -> None:
        face = pdf.make_stream(stream.encode())
        face.Type, face.Subtype, face.BBox = Name.XObject, Name.Form, Array([15, 95, 125, 115])
        annotated(subtype, AP=Dictionary(N=face), F=4)(pdf)

    return change
