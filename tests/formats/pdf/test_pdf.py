"""PDFs: what is read, what is removed, what does not move, and what is refused."""

from __future__ import annotations

import io
import random
from dataclasses import replace

import pikepdf
import pypdfium2
import pytest
from pdf_building import (
    LAYOUT,
    PDF,
    Array,
    Dictionary,
    Name,
    String,
    edited,
    edits_of,
    everything,
    helvetica,
    new,
    saved,
    shown,
    texts,
)

from redactor.analysis.analyzer import Analyzer
from redactor.api import redact_bytes
from redactor.config.policy import load_policy
from redactor.errors import (
    InputError,
    LeakError,
    LimitExceeded,
    MediaNotExamined,
    OutputError,
    PartNotExamined,
)
from redactor.formats.budget import TreeBudget
from redactor.formats.pdf.editing import STEPS
from redactor.keys import Key
from redactor.model import Limits

KEY = Key(bytes(range(32)))

# content, what is read
READ = {
    "a word over operators": (
        b"BT /F1 12 Tf 20 150 Td (Teo) Tj (dor V) Tj (ance) Tj ET",
        ["Teodor Vance"],
    ),
    "kerned": (b"BT /F1 12 Tf 20 150 Td [(T) 80 (eo) -20 (dor)] TJ ET", ["Teodor"]),
    "a gap for a blank": (
        b"BT /F1 12 Tf 20 150 Td [(Teodor) -300 (Vance)] TJ ET",
        ["Teodor Vance"],
    ),
    "two lines of a paragraph": (shown("met Teodor", "Vance today"), ["met Teodor\nVance today"]),
    "a hyphenated word": (shown("met Teo-", "dor Vance"), ["met Teodor Vance"]),
    "a hyphen of its own": (shown("met Anna-", "Lena"), ["met Anna-Lena"]),
    "the quote operators": (
        b"BT /F1 12 Tf 14 TL 20 150 Td (one) Tj (two) ' 1 2 (three) \" ET",
        ["one\ntwo\nthree"],
    ),
    "letters that are spaced": (
        b"BT /F1 12 Tf 6 Tc 20 150 Td (Vance) Tj ET",
        ["Vance"],
    ),
    "two columns": (
        b"BT /F1 12 Tf 20 150 Td (left) Tj 100 0 Td (right) Tj ET",
        ["left", "right"],
    ),
    "a font size of one, and a matrix": (
        b"BT /F1 1 Tf 12 0 0 12 20 150 Tm (Teodor) Tj 0 -1.2 Td (Vance) Tj ET",
        ["Teodor\nVance"],
    ),
    "upside down": (
        b"1 0 0 -1 0 200 cm BT /F1 12 Tf 1 0 0 -1 20 50 Tm (Teodor) Tj ET",
        ["Teodor"],
    ),
    "rotated": (b"BT /F1 12 Tf 0 1 -1 0 50 50 Tm (Teodor Vance) Tj ET", ["Teodor Vance"]),
    "words that are scaled, each by itself": (
        b"BT /F1 12 Tf 20 150 Td 150 Tz (Teodor) Tj 80 Tz ( Vance) Tj 100 Tz ( today) Tj ET",
        ["Teodor Vance today"],
    ),
    "invisible": (b"BT /F1 12 Tf 3 Tr 20 150 Td (Teodor) Tj ET", ["Teodor"]),
    "outside a text object": (b"/F1 12 Tf (Teodor) Tj", ["Teodor"]),
}


@pytest.mark.parametrize("name", READ)
def test_glyphs_are_read_as_words_and_paragraphs(name):
    content, expected = READ[name]
    assert texts(saved(new(content))) == expected


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("pattern", ["[TtlAV]\\w+", "\\w+$", "(?s).+"])
def test_a_copy_reads_as_the_source_with_exactly_the_edits(name, pattern):
    content, _ = READ[name]
    edited(saved(new(content, content)), pattern)


def test_a_label_with_letters_of_no_standard_font_reads_as_it_is():
    copy = edited(saved(new(shown("Dear Teodor Vance,"))), "Teodor Vance", "Зоя Ślęzak")
    assert texts(copy) == ["Dear Зоя Ślęzak,"]


def test_random_edits_read_back_whatever_they_cut():
    content = shown(
        "Teodor Vance and Ilse Brandt wrote to the har-", "bour office on Tuesday;", "x"
    )
    source, rng = saved(new(content)), random.Random("edits")
    [text] = texts(source)
    for _ in range(25):
        start = rng.randrange(len(text) - 1)
        end = rng.randrange(start + 1, len(text))
        if text[start:end].strip():
            edited(source, f"(?s)(?<=^.{{{start}}}).{{{end - start}}}")


def test_no_neighbour_moves_and_no_pixel_outside_the_boxes_changes():
    content = shown("Dear Teodor Vance, your letter came.", "Ilse Brandt read it.")
    source = saved(new(content))
    copy = edited(source, "Teodor Vance|Ilse Brandt")
    before, after = rendered(source), rendered(copy)
    columns = {
        x
        for x in range(before.width)
        for y in range(before.height)
        if before.getpixel((x, y)) != after.getpixel((x, y))
    }
    # 20 points to the left, 3 pixels a point: "Dear " is 30 points wide, "Teodor Vance" 75.
    assert columns
    assert min(columns) >= 59
    assert max(columns) <= 3 * (20 + 30 + 75)


def rendered(data: bytes):
    document = pypdfium2.PdfDocument(data)
    try:
        return document[0].render(scale=3).to_pil().convert("L")
    finally:
        document.close()


def box_widths(copy: bytes) -> set[float]:
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        rows = pikepdf.parse_content_stream(pdf.pages[0])
        return {float(one.operands[2]) for one in rows if str(one.operator) == "re"}


def test_boxes_have_one_of_few_widths_and_no_number_of_a_length_at_the_end_of_a_line():
    names = ("Ed Li", "Ilse Brandt", "Teodor Vance", "Maximiliana Featherstonehaugh")
    contents = [edited(saved(new(shown(f"seen by {name}"))), name) for name in names]
    assert set().union(*map(box_widths, contents)) <= {one / 2 for one in STEPS}  # in ems
    # Nothing is shown behind: no number tells where the next letter would have been.
    with pikepdf.open(io.BytesIO(contents[1])) as pdf:
        rows = pikepdf.parse_content_stream(pdf.pages[0])
        assert [bytes(one.operands[0][0]) for one in rows if str(one.operator) == "TJ"] == [
            b"seen by "
        ]


def with_objects() -> bytes:
    """Return a document with the name in every string that has one, and none on its page."""
    name = "Teodor Vance"
    pdf = new(b"/P <</ActualText (Teodor Vance) /Alt (Teodor Vance)>> BDC EMC " + shown("a page"))
    page = pdf.pages[0]
    pdf.docinfo["/Author"] = name
    pdf.docinfo["/Seen by"] = name
    pdf.Root.Lang = String("en-GB")
    pdf.Root.Outlines = pdf.make_indirect(
        Dictionary(Title=String(name), First=Dictionary(Title=String(name), Dest=String(name)))
    )
    pdf.Root.Names = Dictionary(
        Dests=Dictionary(Names=Array([String(name), Array([page.obj, Name.Fit])]))
    )
    pdf.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(P=String(name))]))
    pdf.Root.StructTreeRoot = Dictionary(K=Dictionary(S=Name.P, Alt=String(name), E=String(name)))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([Dictionary(Name=String(name))]))
    pdf.Root.AcroForm = Dictionary(
        Fields=Array([Dictionary(FT=Name.Tx, T=String("who"), V=String(name), DV=String(name))])
    )
    link = Dictionary(S=Name.URI, URI=String("mailto:Teodor Vance"))
    drawn = pdf.make_stream(shown(name))
    drawn.Type, drawn.Subtype, drawn.BBox = Name.XObject, Name.Form, Array([0, 0, 300, 200])
    page.Annots = Array(
        [
            Dictionary(Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=link),
            Dictionary(
                Subtype=Name.FreeText,
                Rect=Array([0, 0, 9, 9]),
                T=String(name),
                Contents=String(name),
                RC=String(f"<p>{name}</p>"),
                AP=Dictionary(N=drawn),
            ),
        ]
    )
    script = Dictionary(S=Name.JavaScript, JS=String(f"app.alert('{name}')"))
    pdf.Root.OpenAction = script
    page.PieceInfo = Dictionary(Maker=Dictionary(Private=String(name)))
    page.Thumb = pdf.make_stream(b"")
    xmp = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><creator who="{name}">{name}</creator></x:xmpmeta>'
    pdf.Root.Metadata = pdf.make_stream(xmp.encode(), Type=Name.Metadata, Subtype=Name.XML)
    return saved(pdf)


def test_strings_of_all_objects_are_examined_and_scripts_are_gone():
    source = with_objects()
    assert sum(text.count("Teodor Vance") for text in texts(source)) >= 18
    copy = edited(source, "Teodor Vance", "PERSON_7FQ2")
    left = everything(copy)
    assert b"Teodor" not in left
    assert b"Vance" not in left
    assert b"JavaScript" not in left
    assert b"en-GB" in left


def test_forms_patterns_and_glyphs_in_inherited_resources_are_examined():
    pdf = new(shown("a page") + b" /X Do")
    inner = pdf.make_stream(shown("Ilse Brandt"), Type=Name.XObject, Subtype=Name.Form)
    outer = pdf.make_stream(b"/X2 Do", Type=Name.XObject, Subtype=Name.Form)
    outer.Resources = Dictionary(XObject=Dictionary(X2=inner), Font=Dictionary(F1=helvetica()))
    inner.BBox = outer.BBox = Array([0, 0, 300, 200])
    pdf.pages[0].Resources.XObject = Dictionary(X=outer)
    pdf.Root.Pages.Resources = pdf.pages[0].Resources
    del pdf.pages[0].Resources
    source = saved(pdf)
    assert texts(source) == ["a page", "Ilse Brandt"]
    assert b"Brandt" not in everything(edited(source, "Ilse Brandt"))


def test_texts_of_a_copy_keep_their_order_where_resources_were_inherited():
    pdf = new(shown("Teodor Vance") + b" /X Do")
    form = pdf.make_stream(shown("Teodor Vance"), Type=Name.XObject, Subtype=Name.Form)
    pdf.pages[0].Resources.XObject = Dictionary(X=form)
    pdf.pages[0].Annots = Array([Dictionary(Subtype=Name.Text, Contents=String("a note"))])
    pdf.Root.Pages.Resources = pdf.pages[0].Resources
    del pdf.pages[0].Resources
    edited(saved(pdf), "Teodor")


def test_comments_in_content_streams_are_gone():
    source = saved(new(shown("Dear all,") + b" % by Teodor Vance"))
    copy = io.BytesIO()
    PDF.write(io.BytesIO(source), LAYOUT, [], copy, {})
    assert b"Vance" not in everything(copy.getvalue())
    assert texts(copy.getvalue()) == ["Dear all,"]


def test_actual_text_goes_with_the_letters_that_it_repeats():
    content = shown("Mr Gri") + b" /Span <</ActualText (ffi)>> BDC " + shown("ffi") + b" EMC"
    source = saved(new(content))
    assert texts(source) == ["Mr Gri", "ffi"]
    copy = edited(source, "ffi")
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        assert b"ActualText" not in pdf.pages[0].Contents.read_bytes()
    other = b" /Span <</ActualText (Ilse)>> BDC " + shown("Brandt") + b" EMC"
    assert texts(saved(new(other))) == ["Brandt", "Ilse"]


def test_a_stream_that_unpacks_to_too_much_is_refused():
    bomb = saved(new(shown("a page") + b" " * (64 << 20)))
    assert len(bomb) < 1 << 17
    with pytest.raises(LimitExceeded, match="ratio"):
        list(PDF.texts(io.BytesIO(bomb), LAYOUT, TreeBudget(Limits())))


def test_a_form_that_draws_itself_ends():
    pdf = new(shown("a page") + b" /X Do")
    form = pdf.make_stream(b"/X Do", Type=Name.XObject, Subtype=Name.Form)
    form.Resources = Dictionary(XObject=Dictionary(X=form))
    pdf.pages[0].Resources.XObject = Dictionary(X=form)
    assert texts(saved(pdf)) == ["a page"]


def test_an_earlier_revision_is_gone():
    first = saved(new(shown("Teodor Vance")), object_stream_mode=pikepdf.ObjectStreamMode.disable)
    with pikepdf.open(io.BytesIO(first)) as pdf:
        content, root = pdf.pages[0].Contents.objgen[0], pdf.Root.objgen[0]
        size = int(pdf.trailer.Size)
    shows = shown("nobody")
    update = b"%d 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n"
    update %= (content, len(shows), shows)
    table = b"xref\n%d 1\n%010d 00000 n \ntrailer\n<< /Size %d /Root %d 0 R /Prev %d >>\n"
    table %= (content, len(first), size, root, int(first.rsplit(b"startxref", 1)[1].split()[0]))
    source = first + update + table + b"startxref\n%d\n%%%%EOF\n" % (len(first) + len(update))
    assert texts(source) == ["nobody"]
    copy = edited(source, "nobody")
    assert copy.count(b"%%EOF") == 1
    assert b"Vance" not in everything(copy)


def scanned(content: bytes) -> pikepdf.Pdf:
    pdf = new(b"q 300 0 0 200 0 0 cm /Im Do Q " + content)
    image = pdf.make_stream(b"\0", Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1)
    image.ColorSpace, image.BitsPerComponent = Name.DeviceGray, 8
    pdf.pages[0].Resources.XObject = Dictionary(Im=image)
    return pdf


def signed() -> pikepdf.Pdf:
    pdf = new(shown("a page"))
    value = Dictionary(Type=Name.Sig, ByteRange=Array([0, 1, 2, 3]), Contents=String("x"))
    field = pdf.make_indirect(Dictionary(FT=Name.Sig, V=pdf.make_indirect(value)))
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]), SigFlags=3)
    pdf.Root.Perms = Dictionary(DocMDP=field.V)
    return pdf


def with_a_file_of_no_name() -> pikepdf.Pdf:
    pdf = new(shown("a page"))
    pdf.Root["/Maker"] = pdf.make_stream(b"Teodor Vance", Type=Name.EmbeddedFile)
    return pdf


def with_xfa() -> pikepdf.Pdf:
    pdf = new(shown("a page"))
    pdf.Root.AcroForm = Dictionary(XFA=pdf.make_stream(b"<xdp/>"), Fields=Array())
    return pdf


def without_unicode() -> pikepdf.Pdf:
    pdf = new(b"BT /F2 12 Tf 20 150 Td <0102030405> Tj ET")
    below = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=Name("/ABCDEF+Some"),
        CIDSystemInfo=Dictionary(
            Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0
        ),
        FontDescriptor=Dictionary(Type=Name.FontDescriptor, Flags=4),
    )
    pdf.pages[0].Resources.Font.F2 = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=Name("/ABCDEF+Some"),
        Encoding=Name("/Identity-H"),
        DescendantFonts=Array([below]),
    )
    return pdf


def with_unknown_data() -> pikepdf.Pdf:
    pdf = new(shown("a page"))
    pdf.Root["/Maker"] = pdf.make_stream(b"Teodor Vance")
    return pdf


def for_certificates() -> bytes:
    """Return a document of which no password opens the texts."""
    data = saved(new(shown("x")), encryption=pikepdf.Encryption(owner="a", user="", R=6))
    return data.replace(b"/Filter /Standard", b"/Filter /Adobe.X1")


REFUSED = {
    "certificates": (for_certificates, "certificates"),
    "a scan": (lambda: saved(scanned(b"")), "picture"),
    "a scan with recognised text": (
        lambda: saved(scanned(b"BT 3 Tr /F1 12 Tf (Teod0r Vance wrote a long letter) Tj ET")),
        "picture",
    ),
    "a file that nothing names": (lambda: saved(with_a_file_of_no_name()), "unknown"),
    "letters without Unicode": (lambda: saved(without_unicode()), "Unicode"),
    "data of an unknown kind": (lambda: saved(with_unknown_data()), "unknown"),
    "a password": (
        lambda: saved(new(shown("x")), encryption=pikepdf.Encryption(owner="a", user="b")),
        "password",
    ),
    "no PDF": (lambda: b"%PDF-1.7\nDear Teodor Vance", "no PDF"),
}


@pytest.mark.parametrize(
    ("make", "word"), [(signed, "signed"), (with_xfa, "XFA")], ids=["a signature", "XFA"]
)
def test_parts_that_nothing_examines_refuse_a_document_or_are_left_out(make, word, analyzer):
    source = saved(make())
    with pytest.raises(PartNotExamined, match=f"member 1: .*{word}"):
        redact_bytes(source, analyzer, KEY)
    lax = Analyzer(replace(load_policy("default"), parts="omit"))
    with pikepdf.open(io.BytesIO(redact_bytes(source, lax, KEY))) as pdf:
        assert "/XFA" not in pdf.Root.AcroForm
        assert b"ByteRange" not in everything(redact_bytes(source, lax, KEY))


def test_a_value_of_a_field_in_a_stream_is_examined_and_is_a_string_in_the_copy(analyzer):
    pdf = new(shown("a page"))
    value = pdf.make_stream(b"Write to teodor.vance@example.org.")
    box = Array([10, 10, 90, 30])
    field = Dictionary(
        Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("a"), V=value, Rect=box
    )
    pdf.pages[0].Annots = Array([pdf.make_indirect(field)])
    pdf.Root.AcroForm = Dictionary(Fields=pdf.pages[0].Annots)
    with pikepdf.open(io.BytesIO(redact_bytes(saved(pdf), analyzer, KEY))) as copy:
        assert str(copy.pages[0].Annots[0].V).startswith("Write to [EMAIL_ADDRESS_")


def test_an_appearance_that_does_not_say_that_it_is_a_form_is_examined():
    pdf = new(shown("a page"))
    face = pdf.make_stream(shown("Teodor Vance"), BBox=Array([0, 0, 90, 20]))
    face.Resources = Dictionary(Font=Dictionary(F1=helvetica()))
    pdf.pages[0].Annots = Array(
        [Dictionary(Type=Name.Annot, Subtype=Name.Stamp, AP=Dictionary(N=face))]
    )
    assert "Teodor Vance" in texts(saved(pdf))


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_examined_is_refused_by_name(name):
    make, word = REFUSED[name]
    with pytest.raises(InputError, match=word) as error:
        texts(make())
    assert "Vance" not in str(error.value)


def test_a_picture_beside_text_is_left():
    source = saved(scanned(shown("a letter with a picture behind its text")))
    assert texts(source) == ["a letter with a picture behind its text"]


@pytest.mark.parametrize("media", ["omit", "refuse"])
def test_a_picture_is_kept_only_where_the_policy_keeps_media(media, analyzer):
    source = saved(scanned(shown("a letter with a picture behind its text")))
    assert redact_bytes(source, analyzer, KEY).startswith(b"%PDF")
    strict = Analyzer(replace(load_policy("default"), media=media))
    with pytest.raises(MediaNotExamined, match="1 picture"):
        redact_bytes(source, strict, KEY)


def test_a_document_that_everybody_may_open_is_read_and_its_copy_is_not_encrypted():
    locked = saved(new(shown("Teodor Vance")), encryption=pikepdf.Encryption(owner="a", user=""))
    copy = edited(locked, "Teodor")
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        assert not pdf.is_encrypted


def test_a_document_that_is_damaged_is_read_or_refused():
    source, rng = with_objects(), random.Random("damage")
    for _ in range(30):
        data = bytearray(source)
        at = rng.randrange(len(data))
        data[at : at + 20] = rng.randbytes(20)
        for broken in (bytes(data), source[:at]):
            try:
                texts(broken)
            except InputError:
                continue


def test_objects_of_other_types_than_their_places_ask_for_are_refused():
    pdf = new(shown("a page"))
    pdf.pages[0].Resources.Font = Array([1, 2])
    pdf.pages[0].MediaBox = Dictionary(x=1)
    with pytest.raises(InputError):
        texts(saved(pdf))


def test_a_writer_that_forgets_a_string_is_caught(monkeypatch, analyzer):
    from redactor.formats.pdf import streams

    source = saved(new(shown("Dear Teodor Vance, hello."), shown("Yours, Teodor Vance")))
    assert b"Vance" not in everything(redact_bytes(source, analyzer, KEY))
    monkeypatch.setattr(streams.ContentTexts, "edit", lambda *_: None)
    with pytest.raises((LeakError, OutputError)):
        redact_bytes(source, analyzer, KEY)


def test_a_letter_that_moves_is_caught():
    source = saved(new(shown("Dear Teodor Vance, hello.")))
    moved = saved(new(shown("Dear Teodor Vance, hello.").replace(b"20 150", b"21 150")))
    with pytest.raises(OutputError):
        PDF.check_unchanged(io.BytesIO(source), io.BytesIO(moved), LAYOUT)


def test_the_same_document_gives_the_same_bytes():
    source = with_objects()
    assert edited(source, "Vance") == edited(source, "Vance")


def test_a_copy_of_a_copy_is_the_same():
    copy = edited(saved(new(shown("Dear Teodor Vance, hello."))), "Teodor Vance")
    again = io.BytesIO()
    PDF.write(io.BytesIO(copy), LAYOUT, edits_of([], "", ""), again, {})
    assert again.getvalue() == copy


def test_dates_of_objects_are_kept_and_are_no_leak():
    pdf = new(shown("a page"))
    pdf.docinfo["/CreationDate"] = "D:20220714153330+05'30'"
    pdf.docinfo["/SourceModified"] = "D:20220714153330Z"
    assert texts(saved(pdf)) == ["a page"]
    assert list(PDF.extract(io.BytesIO(saved(pdf)), LAYOUT)) == ["\n\na page"]
