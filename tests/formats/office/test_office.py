"""Office documents: nothing removed is left in any part, and the package stays whole."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from office_building import (
    DECLARED,
    PNG,
    A,
    O,
    P,
    R,
    S,
    W,
    content_types,
    package,
    parts_of,
    relationships,
    word,
)

from redactor.analysis.analyzer import Analyzer
from redactor.api import redact_bytes
from redactor.config.policy import load_policy
from redactor.errors import (
    DamagedDocument,
    EncryptedDocument,
    InputError,
    LeakError,
    PartNotExamined,
    UnsupportedFormat,
)
from redactor.formats import Hints, format_for
from redactor.formats.office import package as package_module
from redactor.formats.office.links import has_links, links
from redactor.formats.office.parts import is_standard_name
from redactor.formats.xml.document import Document
from redactor.keys import Key

KEY = Key(bytes(range(32)))
CASES = Path(__file__).parents[2] / "cases" / "office"
GONE = ("Teodor", "Vance", "vance", "Ilse", "Brandt", "555-0142", "5550142")


def redacted(analyzer, data: bytes) -> dict[str, bytes]:
    """Return the parts of a copy in which nobody is left."""
    parts = parts_of(redact_bytes(data, analyzer, KEY))
    for name, part in parts.items():
        text = re.sub(rb"<[^<>]*>", b"", part).decode("utf-8", "replace")
        raw = part.decode("utf-8", "replace")
        assert [gone for gone in GONE if gone in text or gone in raw] == [], name
    return parts


def test_word_is_redacted_in_every_part(analyzer):
    body = (
        "<w:p><w:r><w:t>Teo</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>dor V</w:t></w:r>"
        "<w:r><w:t xml:space='preserve'>ance lives here.</w:t></w:r></w:p>"
        '<w:p><w:del w:id="1" w:author="Ilse Brandt"><w:r><w:delText>teodor.vance@example.org'
        "</w:delText></w:r></w:del><w:r><w:instrText>HYPERLINK "
        '"mailto:teodor.vance@example.org"</w:instrText></w:r></w:p>'
        '<w:p><w:fldSimple w:instr="MERGEFIELD Teodor_Vance"/>'
        '<w:bookmarkStart w:id="0" w:name="Teodor_Vance"/></w:p>'
        '<w:p><w:r><w:drawing><wp:docPr xmlns:wp="urn:w" id="1" name="Picture 1" '
        'descr="Teodor Vance at his desk"/></w:drawing></w:r></w:p>'
    )
    data = word(
        body,
        word__comments_xml=f'<w:comments {W}><w:comment w:id="0" w:author="Ilse Brandt">'
        "<w:p><w:r><w:t>Mr Vance, call 555-0142</w:t></w:r></w:p></w:comment></w:comments>",
        word__header1_xml=f"<w:hdr {W}><w:p><w:r><w:t>Teodor Vance</w:t></w:r></w:p></w:hdr>",
        word__footnotes_xml=f"<w:footnotes {W}><w:footnote><w:p><w:r><w:t>Dear Vance</w:t>"
        "</w:r></w:p></w:footnote></w:footnotes>",
        docProps__core_xml="<cp:coreProperties xmlns:cp='http://schemas.openxmlformats.org/package/"
        "2006/metadata/core-properties' xmlns:dc='http://purl.org/dc/elements/1.1/'>"
        "<dc:creator>Teodor Vance</dc:creator></cp:coreProperties>",
        **{
            "word/_rels/document.xml.rels": relationships(
                ("hyperlink", "mailto:teodor.vance@example.org", "External"),
                ("image", "media/image1.png", ""),
            )
        },
    )
    parts = redacted(analyzer, data)
    assert parts["word/media/image1.png"] == PNG
    assert b"media/image1.png" in parts["word/_rels/document.xml.rels"]
    assert b"<w:b/>" in parts["word/document.xml"]
    assert b" lives here." in parts["word/document.xml"]


def test_a_thumbnail_and_all_references_to_it_are_dropped(analyzer):
    parts = redacted(analyzer, word("<w:p><w:r><w:t>Nobody.</w:t></w:r></w:p>"))
    assert "docProps/thumbnail.jpeg" not in parts
    assert b"thumbnail" not in parts["_rels/.rels"] + parts["[Content_Types].xml"]
    assert b"word/document.xml" in parts["_rels/.rels"]


WORKBOOK = {
    "[Content_Types].xml": content_types("xl/workbook.xml"),
    "_rels/.rels": relationships(("officeDocument", "xl/workbook.xml", "")),
    "xl/workbook.xml": f'<workbook {S} {R}><sheets><sheet name="Teodor Vance" sheetId="1" '
    'r:id="rId1"/></sheets><definedNames><definedName name="Vance_Teodor">\'Teodor Vance\'!$A$1'
    "</definedName></definedNames></workbook>",
    "xl/sharedStrings.xml": f"<sst {S}><si><r><t>Teo</t></r><r><t>dor Vance</t></r></si>"
    "<si><t>phone</t></si></sst>",
    "xl/worksheets/sheet1.xml": f'<worksheet {S} {R}><sheetData><row r="1"><c r="A1" t="s">'
    '<v>0</v></c><c r="B1" t="str"><f>"Dear "&amp;\'Teodor Vance\'!A1</f><v>Dear Teodor Vance</v>'
    '</c><c r="C1" s="3"><v>45000</v></c><c r="D1" t="inlineStr"><is><t>vance</t></is></c></row>'
    '</sheetData><pageSetup orientation="portrait" r:id="rId1"/><headerFooter><oddHeader>'
    "&amp;LTeodor &amp;BVance&amp;RPage &amp;P</oddHeader></headerFooter></worksheet>",
    "xl/worksheets/_rels/sheet1.xml.rels": relationships(
        ("printerSettings", "../printerSettings/printerSettings1.bin", "")
    ),
    "xl/printerSettings/printerSettings1.bin": b"P\0r\0i\0n\0t\0 Teodor Vance",
    "xl/comments1.xml": f"<comments {S}><authors><author>Ilse Brandt</author></authors>"
    '<commentList><comment ref="A1" authorId="0"><text><r><t>call Vance</t></r></text></comment>'
    "</commentList></comments>",
    "xl/pivotCache/pivotCacheRecords1.xml": f'<pivotCacheRecords {S}><r><s v="Teodor Vance"/>'
    '<n v="4"/></r></pivotCacheRecords>',
}


def test_a_workbook_keeps_names_of_sheets_valid_and_consistent(analyzer):
    parts = redacted(analyzer, package(WORKBOOK))
    [name] = re.findall(rb'<sheet name="([^"]*)"', parts["xl/workbook.xml"])
    assert not set(b"[]:*?/\\") & set(name)
    assert len(name) <= 31
    assert b"'" + name + b"'!$A$1" in parts["xl/workbook.xml"]
    assert b"'" + name + b"'!A1" in parts["xl/worksheets/sheet1.xml"]
    assert b"&amp;B&amp;RPage &amp;P</oddHeader>" in parts["xl/worksheets/sheet1.xml"]
    assert b'<c r="A1" t="s"><v>0</v></c>' in parts["xl/worksheets/sheet1.xml"]
    assert b'<c r="C1" s="3"><v>45000</v></c>' in parts["xl/worksheets/sheet1.xml"]


def test_settings_of_printers_are_dropped_with_what_refers_to_them(analyzer):
    parts = redacted(analyzer, package(WORKBOOK))
    assert not [name for name in parts if "printer" in name]
    assert b'<pageSetup orientation="portrait"/>' in parts["xl/worksheets/sheet1.xml"]
    assert b"printer" not in parts["xl/worksheets/_rels/sheet1.xml.rels"]


def test_what_add_ins_keep_with_a_sheet_is_dropped_with_what_refers_to_it(analyzer):
    sheet, lists = "xl/worksheets/sheet1.xml", "xl/worksheets/_rels/sheet1.xml.rels"
    custom = '<customProperties><customPr name="Vance" r:id="rId2"/></customProperties></worksheet>'
    parts = redacted(
        analyzer,
        package(
            {
                **WORKBOOK,
                sheet: WORKBOOK[sheet].replace("</worksheet>", custom),
                lists: relationships(("customProperty", "../customProperty1.bin", "")),
                "xl/customProperty1.bin": "Teodor Vance {0}".encode("utf-16-le") + b"\xff\0\x01",
            }
        ),
    )
    assert "xl/customProperty1.bin" not in parts
    assert b"custom" not in parts[sheet] + parts[lists] + parts["[Content_Types].xml"]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        pytest.param(
            '<c r="A1" s="2"><v>4155550142</v></c>',
            '<c r="A1" s="2" t="inlineStr"><is><t>X</t></is></c>',
            id="a number",
        ),
        pytest.param(
            '<c r="A1"><f>B1</f><v>4155550142</v></c>',
            '<c r="A1"><f>B1</f><!--X--></c>',
            id="of a formula",
        ),
        pytest.param('<n v="4155550142"/>', '<s v="X"/>', id="in the cache of a pivot table"),
    ],
)
def test_a_number_that_is_removed_becomes_a_string(cell, expected):
    source = f"<worksheet {S}>{cell}</worksheet>".encode()
    form, layout = format_for(io.BytesIO(source), Hints("sheet.xml"))
    tokens = list(form.tokens(io.BytesIO(source), layout))
    assert [token.text for token in tokens if token.text == "4155550142"]
    copy = b"".join(
        token.codec.encode("X") if token.text == "4155550142" else token.raw for token in tokens
    )
    assert expected.encode() in copy
    assert "X" in [token.text for token in form.tokens(io.BytesIO(copy), layout)]


def test_slides_notes_masters_and_tags_are_examined(analyzer):
    text = "<a:p><a:r><a:t>Teodor</a:t></a:r><a:r><a:t> Vance</a:t></a:r></a:p>"
    slide = f'<p:sld {P} {A} show="0"><p:cNvPr name="Title 1" descr="Teodor Vance"/>{text}</p:sld>'
    parts = redacted(
        analyzer,
        package(
            {
                "[Content_Types].xml": content_types("ppt/presentation.xml"),
                "_rels/.rels": relationships(("officeDocument", "ppt/presentation.xml", "")),
                "ppt/presentation.xml": f"<p:presentation {P}/>",
                "ppt/slides/slide1.xml": slide,
                "ppt/notesSlides/notesSlide1.xml": f"<p:notes {P} {A}>{text}</p:notes>",
                "ppt/slideMasters/slideMaster1.xml": f"<p:sldMaster {P} {A}>{text}</p:sldMaster>",
                "ppt/commentAuthors.xml": f'<p:cmAuthorLst {P}><p:cmAuthor name="Teodor Vance"/>'
                "</p:cmAuthorLst>",
                "ppt/embeddings/Microsoft_Excel_Sheet1.xlsx": package(WORKBOOK),
            }
        ),
    )
    assert b'name="Title 1"' in parts["ppt/slides/slide1.xml"]
    inner = parts_of(parts["ppt/embeddings/Microsoft_Excel_Sheet1.xlsx"])
    assert b"Vance" not in b"".join(inner.values())


BREAKS = [
    "<a:br/>",
    '<a:br><a:rPr lang="en-GB"><a:latin typeface="Times New Roman"/></a:rPr></a:br>',
]


@pytest.mark.parametrize("line_break", BREAKS)
def test_a_line_break_on_a_slide_divides_words_however_it_looks(line_break):
    runs = f"<a:r><a:t>see the</a:t></a:r>{line_break}<a:r><a:t>minutes</a:t></a:r>"
    slide = f"<p:sld {P} {A}><a:p>{runs}</a:p></p:sld>".encode()
    form, layout = format_for(io.BytesIO(slide), Hints(name="slide1.xml"))
    tokens = list(form.tokens(io.BytesIO(slide), layout))
    assert "".join(one.text or "" for one in tokens) == "see the\nminutes"
    assert "see the\nminutes" in form.extract(io.BytesIO(slide), layout)
    assert b"".join(one.raw for one in tokens) == slide


def test_a_shape_is_not_kept_once_more_in_a_package_in_base64(analyzer):
    shape = '<v:rect xmlns:v="urn:v" xmlns:o="urn:o" id="r1" o:gfxdata="UEsDBBQABgAI&#xA;"/>'
    body = f"<w:p><w:r><w:pict>{shape}</w:pict></w:r></w:p>"
    part = redacted(analyzer, word(body))["word/document.xml"]
    assert b"gfxdata" not in part
    assert b'<v:rect xmlns:v="urn:v" xmlns:o="urn:o" id="r1"/>' in part


def test_names_of_tables_and_columns_are_kept_where_they_are_no_person_s(analyzer):
    table = '<table {} id="1" name="{}" displayName="{}" ref="A1:B2"/>'
    made = redacted(
        analyzer, package(WORKBOOK | {"xl/tables/table1.xml": table.format(S, "Table1", "Table1")})
    )
    assert b'name="Table1" displayName="Table1"' in made["xl/tables/table1.xml"]
    columns = '<tableColumn id="1" name="Region"/><tableColumn id="2" name="Vance"/>'
    made = redacted(
        analyzer,
        package(WORKBOOK | {"xl/tables/table1.xml": f"<table {S}>{columns}</table>"}),
    )
    assert b'name="Region"' in made["xl/tables/table1.xml"]
    own = table.format(S, "Teodor Vance", "Teodor Vance")
    redacted(analyzer, package(WORKBOOK | {"xl/tables/table1.xml": own}))


TEXT = "application/vnd.oasis.opendocument.text"
MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    '<manifest:file-entry manifest:full-path="Thumbnails/thumbnail.png" manifest:media-type=""/>'
    "</manifest:manifest>"
)


def odt(**parts):
    content = (
        f'<office:document-content {O} xmlns:text="urn:t" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:draw="urn:d"><text:p>Teo<text:span>dor</text:span> Vance<office:annotation>'
        "<dc:creator>Ilse Brandt</dc:creator><text:p>call 555-0142</text:p></office:annotation>"
        ' and<text:s text:c="2"/>others</text:p><draw:frame draw:name="Teodor Vance"/>'
        "</office:document-content>"
    )
    named = {"content.xml": content, "META-INF/manifest.xml": MANIFEST, **parts}
    named["Thumbnails/thumbnail.png"] = PNG + b"Teodor Vance"
    return package(named, TEXT)


def test_opendocument_is_redacted_with_its_type_first_and_stored(analyzer):
    data = odt(
        **{
            "meta.xml": f"<office:document-meta {O}><creator>Teodor Vance</creator>"
            "</office:document-meta>"
        }
    )
    parts = redacted(analyzer, data)
    copy = redact_bytes(data, analyzer, KEY)
    assert copy[30:38] + copy[38 : 38 + len(TEXT)] == b"mimetype" + TEXT.encode()
    assert b"Thumbnails" not in parts["META-INF/manifest.xml"]
    assert "Thumbnails/thumbnail.png" not in parts
    assert b'and<text:s text:c="2"/>others' in parts["content.xml"]


def test_a_book_is_redacted(analyzer):
    page = DECLARED + "<html xmlns='http://www.w3.org/1999/xhtml'><body><p>Teo<b>dor</b> Vance</p>"
    parts = redacted(
        analyzer,
        package(
            {
                "META-INF/container.xml": "<container/>",
                "OEBPS/content.opf": "<package><metadata xmlns:dc='http://purl.org/dc/elements/1.1/'>"
                "<dc:creator>Teodor Vance</dc:creator></metadata></package>",
                "OEBPS/chapter1.xhtml": f"{page}</body></html>".encode(),
                "OEBPS/style.css": b"p { color: red } /* by Teodor Vance */",
            },
            "application/epub+zip",
        ),
    )
    assert b"color: red" in parts["OEBPS/style.css"]


def test_a_book_whose_copy_would_lead_to_another_part_is_refused(analyzer):
    page = f"{DECLARED}<html xmlns='http://www.w3.org/1999/xhtml'><body>BODY</body></html>"
    data = package(
        {
            "OEBPS/content.opf": "<package><item href='by_@teovance.xhtml'/></package>",
            "OEBPS/by_@teovance.xhtml": page.replace("BODY", "Thanks to @teovance!"),
        },
        "application/epub+zip",
    )
    with pytest.raises(InputError, match="name of a part"):
        redact_bytes(data, analyzer, KEY)


def test_links_of_a_book_are_those_to_its_parts():
    parts = {"OEBPS/a b.xhtml", "OEBPS/img/c.png", "d.xhtml"}
    page = "<a href='a%20b.xhtml#x'/><img src=\"img/c.png\"/><a href='../d.xhtml'/><a href='e'/>"
    assert links("OEBPS/f.xhtml", page.encode(), parts) == [
        "OEBPS/a b.xhtml",
        "OEBPS/img/c.png",
        "d.xhtml",
    ]
    assert has_links("OEBPS/content.opf")
    assert not has_links("word/document.xml")


def test_parts_without_findings_are_kept_byte_for_byte(analyzer):
    for path in sorted(CASES.iterdir()):
        before, after = parts_of(path.read_bytes()), redacted(analyzer, path.read_bytes())
        same = [name for name, part in after.items() if part == before[name]]
        assert len(same) * 2 > len(after), path.name
        assert list(after) == [name for name in before if name in after]


@pytest.mark.parametrize(
    ("parts", "match"),
    [
        pytest.param({"word/vbaProject.bin": b"\xd0\xcf\x11\xe0x"}, "macros", id="macros"),
        pytest.param({"word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0x"}, "OLE", id="OLE"),
        pytest.param({"word/activeX/activeX1.bin": b"x"}, "ActiveX", id="ActiveX"),
        pytest.param({"_xmlsignatures/sig1.xml": b"<x/>"}, "signature", id="a signature"),
        pytest.param({"word/other.xml": b"<x>"}, "well-formed", id="broken XML"),
        pytest.param({"word/other.dat": b"\0\1\2\3" * 9}, "not supported", id="unknown"),
        pytest.param({"word/other.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"}, "entit", id="DTD"),
    ],
)
def test_a_part_that_no_format_reads_is_named(analyzer, parts, match):
    with pytest.raises(PartNotExamined, match=match) as raised:
        redact_bytes(word("<w:p/>", **parts), analyzer, KEY)
    assert "Vance" not in str(raised.value)


def test_the_copy_without_a_part_has_no_reference_to_it():
    data = word(
        "<w:p/>",
        **{
            "word/vbaProject.bin": b"\xd0\xcf\x11\xe0",
            "word/_rels/vbaProject.bin.rels": relationships(("x", "vbaData.xml", "")),
            "word/_rels/document.xml.rels": relationships(
                ("vba", "vbaProject.bin", ""), ("image", "media/image1.png", "")
            ),
        },
    )
    source = io.BytesIO(data)
    form, layout = format_for(source, Hints("a.docm"))
    numbers = [list(parts_of(data)).index("word/vbaProject.bin") + 1]
    left = form.without(source, layout, frozenset(numbers))
    budget = package_module.unlimited()
    texts = []
    for member in form.members(source, left, budget):
        with member.open() as file:
            texts.append(file.read())
    assert not [text for text in texts if b"vbaProject" in text]
    assert [text for text in texts if b"media/image1.png" in text]
    with pytest.raises(PartNotExamined, match="does not open"):
        form.without(source, layout, frozenset([1]))


def test_what_refers_to_an_object_that_is_left_out_refers_to_nothing():
    body = '<w:p><w:object><w:movie r:id="rId2"/><w:objectEmbed r:id="rId1"/></w:object></w:p>'
    data = word(
        body,
        **{
            "word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0",
            "word/_rels/document.xml.rels": relationships(
                ("oleObject", "embeddings/oleObject1.bin", ""), ("image", "media/image1.png", "")
            ),
        },
    )
    lax = Analyzer(replace(load_policy("default"), parts="omit"))
    copy = parts_of(redact_bytes(data, lax, KEY))
    assert "word/embeddings/oleObject1.bin" not in copy
    assert b"<w:objectEmbed/>" in copy["word/document.xml"]
    assert b'<w:movie r:id="rId2"/>' in copy["word/document.xml"]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        pytest.param(
            package({"META-INF/manifest.xml": "<m><encryption-data/></m>", "content.xml": b"x"}),
            EncryptedDocument,
            id="encrypted OpenDocument",
        ),
        pytest.param(
            b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage\0".encode("utf-16-le"),
            EncryptedDocument,
            id="encrypted Office",
        ),
        pytest.param(
            b"\xd0\xcf\x11\xe0" + bytes(600) + "WordDocument\0".encode("utf-16-le"),
            UnsupportedFormat,
            id="old Word",
        ),
        pytest.param(word("<w:p/>")[:-30], DamagedDocument, id="cut off"),
        pytest.param(b"no ZIP", InputError, id="no ZIP"),
    ],
)
def test_what_cannot_be_read_is_refused(data, error):
    with pytest.raises(error):
        format_for(io.BytesIO(data), Hints("a.docx"))


@pytest.mark.parametrize(
    ("stream", "command"),
    [
        ("WordDocument", "soffice --headless --convert-to docx FILE"),
        ("Workbook", "soffice --headless --convert-to xlsx FILE"),
        ("PowerPoint Document", "soffice --headless --convert-to pptx FILE"),
        ("__properties_version1.0", "e-mail"),
    ],
)
def test_an_old_document_is_refused_with_the_command_that_converts_it(stream, command):
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(700) + stream.encode("utf-16-le") + bytes(99)
    with pytest.raises(UnsupportedFormat, match=re.escape(command)):
        format_for(io.BytesIO(data), Hints("a.doc"))


def test_the_second_reader_notices_a_text_that_was_skipped(analyzer, monkeypatch):
    data = word(
        '<w:p><w:ins w:author="teodor.vance@example.org"/><w:r><w:t>teodor.vance@example.org</w:t>'
        "</w:r></w:p>"
    )
    shown = Document._is_text
    monkeypatch.setattr(Document, "_is_text", lambda *a: "author" not in a[1] and shown(*a))
    with pytest.raises(LeakError):
        redact_bytes(data, analyzer, KEY)


def test_the_name_of_a_part_that_a_person_gave_is_examined(analyzer):
    assert is_standard_name("word/media/image12.png")
    assert not is_standard_name("word/media/teodor_vance.png")
    data = word("<w:p/>", **{"word/media/teodor.vance@example.org.png": PNG})
    with pytest.raises(InputError, match="name of a part"):
        redact_bytes(data, analyzer, KEY)
