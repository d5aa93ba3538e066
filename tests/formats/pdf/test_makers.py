"""What makers of PDFs put in their own way: names in code pages, data for themselves."""

from __future__ import annotations

import base64
import io
import random

import pikepdf
from pdf_building import Dictionary, Name, edited, everything, helvetica, new, saved, shown, texts


def test_letters_of_a_font_with_a_name_in_a_code_page_are_examined():
    pdf = new(b"BT /F2 12 Tf 20 150 Td (Teodor Vance) Tj ET")
    pdf.pages[0].Resources.Font.F2 = font = helvetica()
    font.BaseFont = Name("/SomeBold")
    data = saved(pdf).replace(b"/SomeBold", "/黑体ab".encode("gbk") + b"cd")
    assert texts(data)[0] == "Teodor Vance"
    assert not any("Teodor" in one for one in texts(edited(data, "Teodor Vance")))


def test_what_programs_keep_for_themselves_is_left_out_and_forms_are_not():
    pdf = new(shown("Teodor Vance wrote") + b" /PDFpenImprint0 Do")
    form = pdf.make_stream(shown("an imprint"), Subtype=Name.Form, BBox=[0, 0, 90, 20])
    form.Resources = pdf.pages[0].Resources
    form["/PDFpenDictionary"] = pdf.make_stream(b"typed Teodor Vance")
    pdf.pages[0].Resources.XObject = Dictionary({"/PDFpenImprint0": form})
    pdf.pages[0]["/AAPL:AKExtras"] = Dictionary(
        {"/AAPL:AKAnnotationObject": pdf.make_stream(b"bplist Teodor Vance")}
    )
    copy = edited(saved(pdf), "Teodor Vance")
    assert b"Teodor" not in everything(copy)
    with pikepdf.open(io.BytesIO(copy)) as read:
        assert "/PDFpenDictionary" not in read.pages[0].Resources.XObject["/PDFpenImprint0"]
    assert "an imprint" in texts(copy)


def test_pictures_of_pages_among_the_metadata_are_left_out():
    picture = base64.encodebytes(random.Random(7).randbytes(9000)).replace(b"\n", b"&#xA;")
    about = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/'
        b'22-rdf-syntax-ns#"><rdf:Description xmlns:xmpGImg="http://ns.adobe.com/xap/1.0/g/img/">'
        b"<xmpGImg:format>Teodor Vance</xmpGImg:format><xmpGImg:image>%s</xmpGImg:image>"
        b"</rdf:Description></rdf:RDF></x:xmpmeta>" % picture
    )
    pdf = new(shown("a page"))
    pdf.Root.Metadata = pdf.make_stream(about, Type=Name.Metadata, Subtype=Name.XML)
    assert max(map(len, texts(saved(pdf)))) < 100
    copy = edited(saved(pdf), "Teodor Vance", "[A]")
    assert picture[:20] not in everything(copy)
    assert b"<xmpGImg:format>[A]<" in everything(copy)
