"""XML: which texts there are, where they join, what is refused, what a skipped one leads to."""

from __future__ import annotations

import io

import pytest
from steps import growth

from redactor.api import redact_bytes
from redactor.errors import (
    DamagedDocument,
    EncodingError,
    LeakError,
    LimitExceeded,
    UnsupportedFormat,
)
from redactor.formats import Hints, Xml, format_for
from redactor.formats.rewriting import write_tokens
from redactor.formats.xml import document
from redactor.keys import Key
from redactor.model import Edit, Slot

KEY = Key(bytes(range(32)))
ENTITY = '<!DOCTYPE a [<!ENTITY name "Teodor Vance">]><a>&name;</a>'
BOMB = '<!DOCTYPE a [<!ENTITY b "Vance"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;&c;</a>'


def read(data: bytes | str, name: str = "a.xml"):
    data = data if isinstance(data, bytes) else data.encode()
    form, layout = format_for(io.BytesIO(data), Hints(name))
    return form, layout, list(form.tokens(io.BytesIO(data), layout))


def fields(data: bytes | str, name: str = "a.xml") -> list[str]:
    """Return the texts with their labels, those that join as one."""
    found: list[str] = []
    for token in read(data, name)[2]:
        if token.text is not None and token.joins:
            found[-1] += token.text
        elif token.text is not None:
            found.append(f"{token.label}: {token.text}" if token.label else token.text)
    return found


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("<p>Teo<hi>dor</hi> Vance</p>", ["Teodor Vance"], id="across an element"),
        pytest.param(
            "<p><hi>Teo</hi><hi>dor</hi> Vance</p>", ["Teodor Vance"], id="two elements beside text"
        ),
        pytest.param(
            "<r><first>Teo</first><last>Vance</last></r>",
            ["first: Teo", "last: Vance"],
            id="elements without text beside them",
        ),
        pytest.param(
            "<r><p>Teo<i>dor</i></p><p>Vance</p></r>", ["Teodor", "Vance"], id="paragraphs"
        ),
        pytest.param("<p>Teo<lb/>dor</p>", ["Teo\ndor"], id="a line break"),
        pytest.param(
            "<a><p>Teo<lb/>dor</p><i>x</i><seg>Teo<b>dor</b> V</seg></a>",
            ["Teo\ndor", "x", "Teodor V"],
            id="mixed content behind a line break",
        ),
        pytest.param('<person name="Vance"/>', ["name: Vance"], id="a name that is a person's"),
        pytest.param('<element name="Vance"/>', ["Vance"], id="a name in a schema"),
        pytest.param('<a name="SharedWithUsers"/>', ["SharedWithUsers"], id="a name of a program"),
        pytest.param(
            "<r><pdfaProperty:name>Trapped</pdfaProperty:name></r>",
            ["Trapped"],
            id="a name of what XMP may hold",
        ),
        pytest.param(
            "<p>Teo<lb><note>x</note></lb>dor</p>",
            ["Teo", "note: x", "dor"],
            id="a line break with a text",
        ),
        pytest.param("<r><familyName>Vance</familyName></r>", ["family Name: Vance"], id="a label"),
        pytest.param(
            '<r><field name="surname">Vance</field></r>',
            ["name: surname", "surname: Vance"],
            id="a name as a label",
        ),
        pytest.param(
            "<dict><key>mail</key><string>t@example.org</string></dict>",
            ["key: mail", "mail: t@example.org"],
            id="the key of a property list",
        ),
        pytest.param("<r><![CDATA[a & b]]></r>", ["r: a & b"], id="a section"),
        pytest.param("<r><!-- Ilse --></r>", [" Ilse "], id="a comment"),
        pytest.param("<r>Andr&#233; &amp; co</r>", ["r: André & co"], id="references"),
        pytest.param("<d>&lt;p&gt;Teo&lt;b&gt;dor</d>", ["Teodor"], id="escaped HTML"),
        pytest.param('<?mso-application progid="W"?><a/>', [], id="a known instruction"),
        pytest.param('<?author name="Ilse"?><a/>', ['name="Ilse"'], id="an instruction"),
        pytest.param('<a xmlns="http://www.w3.org/2000/svg"/>', [], id="a standard namespace"),
    ],
)
def test_texts_are_read_with_their_labels(source, expected):
    assert fields(source) == expected


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("<a>é</a>".encode(), id="utf-8"),
        pytest.param("\ufeff<a>é</a>".encode(), id="utf-8 with a mark"),
        pytest.param("\ufeff<a>é</a>".encode("utf-16-le"), id="utf-16-le"),
        pytest.param('<?xml version="1.0"?><a>é</a>'.encode("utf-16-be"), id="utf-16, no mark"),
        pytest.param('<?xml version="1.0" encoding="latin1"?><a>é</a>'.encode("latin-1"), id="l1"),
        pytest.param('<?xml version="1.0" encoding="utf-16"?><a>é</a>'.encode(), id="a lie"),
    ],
)
def test_encodings_are_those_of_the_mark_and_the_declaration(data):
    assert fields(data) == ["é"]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        pytest.param(ENTITY, UnsupportedFormat, id="an entity"),
        pytest.param(BOMB, UnsupportedFormat, id="a bomb"),
        pytest.param("<a><b></a>", DamagedDocument, id="not closed"),
        pytest.param("<a>&nbsp;</a>", DamagedDocument, id="an undeclared entity"),
        pytest.param("<a b=c/>", DamagedDocument, id="a bare value"),
        pytest.param("<a/><b/>", DamagedDocument, id="two roots"),
        pytest.param("", DamagedDocument, id="nothing"),
        pytest.param("<a>".encode("utf-16-le") + b"\xff\xdb", EncodingError, id="half a character"),
    ],
)
def test_what_cannot_be_read_is_refused_without_a_word_of_it(data, error):
    with pytest.raises(error) as raised:
        read(data)
    assert "Vance" not in str(raised.value)


def test_a_document_type_without_entities_is_read_and_its_file_is_not(tmp_path):
    (tmp_path / "a.dtd").write_text('<!ENTITY name "Teodor">')
    source = f'<!DOCTYPE svg SYSTEM "{tmp_path}/a.dtd" [<!ATTLIST a b CDATA "c">]><svg>Ilse</svg>'
    assert fields(source)[-1].endswith("Ilse")


def test_what_replaces_a_text_of_a_document_type_has_letters_alone():
    """It may have no bracket, and would read otherwise than was decided."""
    tokens = read('<!DOCTYPE s PUBLIC "" "212-555-0198"><s/>', "a.svg")[2]
    assert [one.slot for one in tokens if one.text] == [Slot.IDENTIFIER]


HOSTILE = {
    "depth": lambda size: "<a>" * size + "Vance" + "</a>" * size,
    "width": lambda size: "<r>" + "<a b='c'/>" * size + "</r>",
    "attributes": lambda size: "<r " + " ".join(f"a{n}='c'" for n in range(size)) + "/>",
    "mixed": lambda size: "<r>" + "<b>x" * size + "</b>" * size + "</r>",
    "a comment": lambda size: "<r><!--" + "- " * size + "--></r>",
}


@pytest.mark.parametrize("shape", HOSTILE.values(), ids=HOSTILE)
def test_twice_the_hostile_document_is_twice_the_work(shape):
    assert growth(lambda size: read(shape(size)), 200) < 2.5


def test_depth_costs_no_recursion():
    assert fields(HOSTILE["depth"](10_000)) == ["Vance"]
    with pytest.raises(LimitExceeded):
        read(HOSTILE["depth"](200_000))


def test_a_copy_is_well_formed_whatever_is_put_into_it():
    source = "<r a='x'>x<![CDATA[x]]><!--x--><?p x?></r>"
    form, layout, tokens = read(source)
    texts = [token.text for token in tokens if token.text is not None]
    edits = [Edit(n, 0, len(text), "a<b>&\"'--]]>?>") for n, text in enumerate(texts)]
    copy = io.BytesIO()
    write_tokens(form.tokens(io.BytesIO(source.encode()), layout), edits, copy)
    assert read(copy.getvalue())[0] == form


def test_the_second_reader_notices_a_text_that_was_skipped(analyzer, monkeypatch):
    source = b"<?xml version='1.0'?><r><who>teodor.vance@example.org</who>"
    source += b"<n by='teodor.vance@example.org'/></r>"
    assert b"vance" not in redact_bytes(source, analyzer, KEY)
    skip = document.Document._is_text
    monkeypatch.setattr(
        document.Document, "_is_text", lambda *args: args[1] != "by" and skip(*args)
    )
    with pytest.raises(LeakError):
        redact_bytes(source, analyzer, KEY)


def test_suffixes_lead_to_it_and_pages_stay_pages():
    assert isinstance(read("<feed/>", "a.atom")[0], Xml)
    assert read('<?xml version="1.0"?><html><body>x</body></html>', "a.xml")[0].name == "html"


NOTES = """<?xml version="1.0"?><article><p>Phone: 415-555-0142<sup>1</sup> or 415-555-0123<xref
 rid="f"><sup>12</sup></xref>.</p><p>Tel. +1 415 555 0144<xref rid="g">[2]</xref> and mail.</p>
<p>Born on <b>4</b><sup>th</sup> March</p></article>"""


def test_a_number_before_the_raised_number_of_a_note_is_found_without_it(analyzer):
    copy = redact_bytes(NOTES.encode(), analyzer, Key(b"k" * 32)).decode()
    assert copy.count("[PHONE_NUMBER_") == 3
    assert "555" not in copy
    for kept in ("<sup>1</sup>", "<sup>12</sup>", "[2]</xref>"):
        assert kept in copy


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("<TEI><div xml:id='VALUE'/></TEI>", id="TEI"),
        pytest.param("<a id='VALUE'/>", id="an id"),
        pytest.param("<package unique-identifier='VALUE'/>", id="a book"),
        pytest.param("<svg><g id='VALUE'/></svg>", id="a drawing"),
        pytest.param("<section><xref linkend='VALUE'/></section>", id="what leads there"),
    ],
)
def test_names_of_places_in_a_document_are_words(source):
    """A bracket in one is an error in the whole document."""
    tokens = read(source.replace("VALUE", "teodor-vance"))[2]
    assert [one.slot for one in tokens if one.text == "teodor-vance"] == [Slot.IDENTIFIER]


def test_words_of_drawings_are_no_texts():
    tokens = read("<svg><path fill-rule='evenodd' clip-rule='nonzero'/></svg>", "a.svg")[2]
    assert not [one.text for one in tokens if one.text]
