"""Small office documents in which marks are brackets, and changes of their parts."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

OPEN = "http://schemas.openxmlformats.org"
W = f"xmlns:w='{OPEN}/wordprocessingml/2006/main'"
A = f"xmlns:a='{OPEN}/drawingml/2006/main'"
S = f"xmlns='{OPEN}/spreadsheetml/2006/main'"
R = f"xmlns:r='{OPEN}/officeDocument/2006/relationships'"
MC = f"xmlns:mc='{OPEN}/markup-compatibility/2006'"
ODF = "urn:oasis:names:tc:opendocument:xmlns"
Change = Callable[[bytes], bytes]


def package(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, text in parts.items():
            file.writestr(zipfile.ZipInfo(name), text)
    return out.getvalue()


def types(**kinds: str) -> str:
    """Return the list of types: of each kind, the parts that have it."""
    rows = "".join(
        f"<Override PartName='/{name}' ContentType='application/{kind.replace('_', '.')}+xml'/>"
        for kind, names in kinds.items()
        for name in names.split()
    )
    return f"<Types xmlns='{OPEN}/package/2006/content-types'>{rows}</Types>"


def relations(**rows: str) -> str:
    """Return a part of relationships: by id, kind and target."""
    inner = "".join(
        f"<Relationship Id='{name}' Target='{said.split()[1]}'"
        f" Type='{OPEN}/officeDocument/2006/relationships/{said.split()[0]}'/>"
        for name, said in rows.items()
    )
    return f"<Relationships xmlns='{OPEN}/package/2006/relationships'>{inner}</Relationships>"


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


PAGE = (
    "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> PAGE </w:instrText></w:r>"
    "<w:r><w:fldChar w:fldCharType='separate'/></w:r><w:r><w:t>1</w:t></w:r>"
    "<w:r><w:fldChar w:fldCharType='end'/></w:r>"
    "<w:fldSimple w:instr='DATE'><w:r><w:t>1 May</w:t></w:r></w:fldSimple>"
)
BOX = (
    "<w:p><w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:txbxContent>{0}</w:txbxContent>"
    "</mc:Choice><mc:Fallback><w:pict><w:txbxContent>{0}</w:txbxContent></w:pict></mc:Fallback>"
    "</mc:AlternateContent></w:r></w:p>"
)
BODY = paragraph("Mr Teodor Vance wrote.") + BOX.format(paragraph("Odalys Trevane, the (keeper)"))


def word(body: str = BODY) -> bytes:
    """Return a document with two equal headers, a footer with fields, and a footnote."""
    first, second = "<w:t>File of Jane </w:t></w:r>", "<w:t>Marsh, the (lighthouse)</w:t></w:r>"
    header = f"<w:hdr {W}><w:p><w:r>{first}<w:r>{second}</w:p></w:hdr>"
    note = f"<w:footnote w:id='1'>{paragraph('See teodor.vance@example.org')}</w:footnote>"
    kind = "vnd_openxmlformats-officedocument_wordprocessingml_"
    return package(
        {
            "[Content_Types].xml": types(
                **{
                    f"{kind}document_main": "word/document.xml",
                    f"{kind}header": "word/header1.xml word/header2.xml",
                    f"{kind}footer": "word/footer1.xml",
                    f"{kind}footnotes": "word/footnotes.xml",
                }
            ),
            "_rels/.rels": relations(a="officeDocument word/document.xml"),
            "word/document.xml": f"<w:document {W} {MC}><w:body>{body}</w:body></w:document>",
            "word/header1.xml": header,
            "word/header2.xml": header,
            "word/footer1.xml": f"<w:ftr {W}><w:p><w:r><w:t>Page </w:t></w:r>{PAGE}</w:p></w:ftr>",
            "word/footnotes.xml": f"<w:footnotes {W}>{note}</w:footnotes>",
        }
    )


def sheet() -> bytes:
    """Return a workbook: a name in two cells, one in a cell, a number, an unused string."""
    strings = ("Teodor Vance", "unused Jane Marsh", "the (lighthouse)", "Mail")
    shared = "".join(f"<si><t>{one}</t><rPh><t>x</t></rPh></si>" for one in strings)
    cells = "".join(f"<c t='s'><v>{number}</v></c>" for number in (2, 0, 3, 0))
    inline = "<c t='inlineStr'><is><t>teodor.vance@example.org</t></is></c><c><v>7</v></c>"
    main = "vnd_openxmlformats-officedocument_spreadsheetml_"
    return package(
        {
            "[Content_Types].xml": types(
                **{
                    f"{main}sheet_main": "xl/workbook.xml",
                    f"{main}worksheet": "xl/sheet1.xml",
                    f"{main}sharedStrings": "xl/strings.xml",
                }
            ),
            "_rels/.rels": relations(a="officeDocument xl/workbook.xml"),
            "xl/_rels/workbook.xml.rels": relations(
                a="worksheet sheet1.xml", b="sharedStrings strings.xml"
            ),
            "xl/workbook.xml": (
                f"<workbook {S} {R}><sheets><sheet name='x' sheetId='1' r:id='a'/></sheets>"
                "</workbook>"
            ),
            "xl/strings.xml": f"<sst {S}>{shared}</sst>",
            "xl/sheet1.xml": (
                f"<worksheet {S}><sheetData><row>{cells}{inline}</row></sheetData></worksheet>"
            ),
        }
    )


def slides() -> bytes:
    """Return a presentation of two slides, of which the second lies first, and notes."""
    main = "vnd_openxmlformats-officedocument_presentationml_"
    slide = "<p:sld xmlns:p='urn:p' {}>{}</p:sld>"
    text = "<a:p><a:r><a:t>{}</a:t></a:r></a:p>"
    number = "<a:p><a:fld type='slidenum'><a:t>1</a:t></a:fld></a:p>"
    return package(
        {
            "[Content_Types].xml": types(**{f"{main}presentation_main": "ppt/p.xml"}),
            "_rels/.rels": relations(a="officeDocument ppt/p.xml"),
            "ppt/_rels/p.xml.rels": relations(a="slide s1.xml", b="slide s2.xml"),
            "ppt/p.xml": (
                f"<p:presentation xmlns:p='urn:p' {R}><p:sldIdLst><p:sldId id='1' r:id='b'/>"
                "<p:sldId id='2' r:id='a'/></p:sldIdLst></p:presentation>"
            ),
            "ppt/s1.xml": slide.format(A, text.format("The (lighthouse)") + number),
            "ppt/s2.xml": slide.format(
                A, text.format("Mr Teodor Vance wrote") + text.format("The (lighthouse)")
            ),
            "ppt/_rels/s1.xml.rels": relations(n="notesSlide n1.xml"),
            "ppt/n1.xml": slide.format(A, text.format("Ask Jane Marsh")),
        }
    )


def open_text() -> bytes:
    """Return an OpenDocument text with a span, a note, a field and a header."""
    content = (
        f"<office:document-content xmlns:office='{ODF}:office:1.0' xmlns:text='{ODF}:text:1.0'>"
        "<office:body><office:text><text:p>Mr Teo<text:span>dor<text:s/>Va</text:span>nce wrote"
        "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>"
        "See Jane Marsh</text:p></text:note-body></text:note> on the (lighthouse), page "
        "<text:page-number>1</text:page-number>.</text:p></office:text></office:body>"
        "</office:document-content>"
    )
    styles = (
        f"<office:document-styles xmlns:office='{ODF}:office:1.0' xmlns:text='{ODF}:text:1.0'>"
        "<text:p>Odalys Trevane</text:p></office:document-styles>"
    )
    return package(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": content,
            "styles.xml": styles,
            "META-INF/manifest.xml": f"<m:manifest xmlns:m='{ODF}:manifest:1.0'/>",
        }
    )


def changed(part: str, *changes: tuple[str, str]) -> Change:
    """Return a change of the parts of a name, by patterns and what takes their place."""

    def apply(data: bytes) -> bytes:
        out, count = io.BytesIO(), 0
        with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
            for one in before.infolist():
                text = before.read(one).decode()
                for pattern, new in changes if one.filename.endswith(part) else ():
                    text, found = re.subn(pattern, new, text)
                    count += found
                after.writestr(one, text)
        assert count >= len(changes)
        return out.getvalue()

    return apply


def shown(data: bytes, part: str) -> str:
    """Return the text of the first part of a name."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        name = next(name for name in file.namelist() if name.endswith(part))
        return re.sub(r"<[^>]*>", "", file.read(name).decode())
