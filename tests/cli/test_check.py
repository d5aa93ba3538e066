"""`redactor check`: what bad redactions left readable, and what is none."""

from __future__ import annotations

import io
import json

import pikepdf
import pytest
from check_cases import (
    AREA,
    BESIDE,
    BLUE_LINE,
    BOX,
    CORNERS,
    INK,
    LETTERS,
    LINE,
    NAME,
    NO_LINE,
    PICTURE,
    THICK,
    WHITE,
    WHITE_LINE,
    WORDS,
    annotated,
    attached,
    bookmark,
    button,
    cropped,
    faced,
    masked,
    old_shape,
    paper,
    paragraph,
    revised,
    run,
    scan,
    scanned,
    shape,
    switched_off,
    text,
    titled,
    word,
)
from pikepdf import Array, Dictionary

from redactor.badredactions import Category, examine
from redactor.errors import DamagedDocument, ExitCode, UnsupportedFormat

COVERING = {
    "a thick line": annotated("Line", L=Array([15, 105, 125, 105]), C=INK, BS=THICK),
    "a line with a border": annotated(
        "Line", L=Array([15, 105, 125, 105]), C=INK, Border=Array([0, 0, 20])
    ),
    "a line of points": annotated("PolyLine", Vertices=Array([15, 105, 125, 105]), C=INK, BS=THICK),
    "ink": annotated(
        "Ink",
        InkList=Array([Array([x for n in range(60) for x in (14 + 2 * n, 96 + 16 * (n % 2))])]),
        C=INK,
        BS=Dictionary(W=5),
    ),
    "ink with a face": faced("Ink", LINE),
    "struck out thickly": faced("StrikeOut", LINE),
    "underlined by a box": faced("Underline", AREA),
    "a squiggle that is a box": faced("Squiggly", AREA),
    "a stamp": faced("Stamp", AREA),
    "a white note": annotated("FreeText", C=WHITE),
    "a white square": annotated("Square", IC=WHITE),
    "a white face": faced("FreeText", AREA.replace("0 g", "1 g")),
}
BLACK_SHADE = '<w:shd w:val="clear" w:fill="000000"/>'
BLACK_INK = '<w:color w:val="000000"/>'
WHITE_INK = '<w:color w:val="FFFFFF"/>'
GONE = f"<w:del>{run(words=f'<w:delText>{NAME}</w:delText>')}</w:del>"
RED_ON_RED = '<w:highlight w:val="red"/><w:color w:val="FF0000"/>'
BLUE_ON_BLUE = '<w:shd w:val="clear" w:fill="1F3864"/><w:color w:val="1F3864"/>'
WHITE_OF_THEME = '<w:color w:val="FFFFFF" w:themeColor="background1"/>'
HIDDEN_STYLE = '<w:style w:styleId="H"><w:rPr><w:vanish/></w:rPr></w:style>'
DARK_CELL = '<w:tcPr><w:shd w:val="clear" w:fill="1F3864"/></w:tcPr>'


@pytest.mark.parametrize(
    ("data", "category"),
    [
        pytest.param(paper(text() + BOX), Category.UNDER_BOX, id="a black box"),
        pytest.param(paper(text() + "1 g 15 95 110 20 re f"), Category.UNDER_BOX, id="a white box"),
        pytest.param(paper(text() + "/X Do"), Category.UNDER_BOX, id="a box in a form"),
        pytest.param(
            paper(text() + "15 95 m 125 95 l 125 115 l 15 115 l h f"),
            Category.UNDER_BOX,
            id="a box of lines",
        ),
        pytest.param(
            paper(text() + "20 w 15 104 m 125 104 l S"), Category.UNDER_BOX, id="a thick line"
        ),
        pytest.param(
            paper(text() + "/Multiply gs " + BOX), Category.UNDER_BOX, id="a box that multiplies"
        ),
        pytest.param(
            paper("3 Tr " + text() + BOX), Category.UNDER_BOX, id="recognised text under a box"
        ),
        pytest.param(paper(text() + PICTURE), Category.UNDER_PICTURE, id="a picture"),
        pytest.param(
            paper(text(), annotated("Redact")), Category.REDACT_ANNOTATION, id="a redact mark"
        ),
        pytest.param(
            paper(text(), annotated("Highlight", C=Array([0, 0, 0]))),
            Category.UNDER_ANNOTATION,
            id="a black highlight",
        ),
        pytest.param(
            paper(text(), annotated("Square", IC=Array([0, 0, 0]))),
            Category.UNDER_ANNOTATION,
            id="a filled square",
        ),
        pytest.param(paper("1 g " + text()), Category.SAME_COLOUR, id="white on white"),
        pytest.param(paper(BOX + text()), Category.SAME_COLOUR, id="black on black"),
        pytest.param(paper(text(), cropped(0, 0, 300, 80)), Category.OUTSIDE_CROP, id="cropped"),
        pytest.param(
            paper(f"/OC /L BDC {text()} EMC", switched_off), Category.HIDDEN_LAYER, id="a layer"
        ),
        pytest.param(
            paper(text("Interview with", 20) + BESIDE, bookmark(f"With {NAME}")),
            Category.BOOKMARK,
            id="a bookmark",
        ),
        pytest.param(paper(text() + BOX, titled(NAME)), Category.METADATA, id="metadata"),
        pytest.param(
            paper(text("Interview with", 20) + f"/Span <</ActualText ({NAME})>> BDC {BESIDE} EMC"),
            Category.METADATA,
            id="what is said instead of a box",
        ),
        pytest.param(
            revised(text(), text("Nothing")), Category.EARLIER_REVISION, id="an earlier revision"
        ),
        pytest.param(
            paper(text(), annotated("Polygon", IC=Array([0, 0, 0]), Vertices=Array(CORNERS))),
            Category.UNDER_ANNOTATION,
            id="a filled polygon",
        ),
        *(
            pytest.param(paper(text(), change), Category.UNDER_ANNOTATION, id=name)
            for name, change in COVERING.items()
        ),
        *(
            pytest.param(scan(grey), Category.OVERPAINTED, id=f"a scan with boxes of {grey}")
            for grey in (0, 128, 255)
        ),
        pytest.param(scan(255, blank=""), Category.OVERPAINTED, id="words without blanks"),
        pytest.param(
            paper(text("at", 2) + text() + "20 w 15 104 m 70 104 l 125 104 l S"),
            Category.UNSEEN,
            id="a word right behind another",
        ),
        pytest.param(paper(text(), button), Category.UNSEEN, id="a black button"),
        pytest.param(paper(text() + "0 g " + PICTURE, masked), Category.UNSEEN, id="a stencil"),
        pytest.param(
            paper(text() + "q 15 95 110 20 re W n /S sh Q"), Category.UNSEEN, id="a shading"
        ),
        pytest.param(
            paper(text() + "20 w 15 104 m 70 104 l 125 104 l S"), Category.UNSEEN, id="a scribble"
        ),
        pytest.param(paper("/Gone gs " + text()), Category.UNSEEN, id="transparent text"),
        pytest.param(paper("3 Tr " + text()), Category.UNSEEN, id="text that is not drawn"),
        pytest.param(paper("1 Tr 1 G " + text()), Category.UNSEEN, id="white outlines"),
        pytest.param(
            paper(text().replace("12 Tf", "0.3 Tf")), Category.UNSEEN, id="letters too small to see"
        ),
        pytest.param(
            paper(f"q 0 0 9 9 re W n {text()} Q"), Category.UNSEEN, id="text that is clipped"
        ),
        pytest.param(
            paper("3 Tr " + text() + "q 300 0 0 200 0 0 cm /I Do Q"),
            Category.UNSEEN,
            id="recognised text on black",
        ),
        pytest.param(
            word(run('<w:highlight w:val="black"/>')), Category.BLACK_HIGHLIGHT, id="mark"
        ),
        pytest.param(word(run(RED_ON_RED)), Category.SAME_COLOUR, id="a mark in its colour"),
        pytest.param(word(run(BLUE_ON_BLUE)), Category.SAME_COLOUR, id="a shade in its colour"),
        pytest.param(word(run(WHITE_OF_THEME)), Category.WHITE_TEXT, id="white of the theme"),
        pytest.param(word(run('<w:sz w:val="2"/>')), Category.HIDDEN_TEXT, id="letters of a point"),
        pytest.param(
            word(paragraph(run(), shape("0"))), Category.UNDER_BOX, id="a black shape in front"
        ),
        pytest.param(
            word(paragraph(run(), old_shape("black"))), Category.UNDER_BOX, id="an old black shape"
        ),
        *(
            pytest.param(word(paragraph(run(), one)), Category.UNDER_BOX, id=f"a white shape {n}")
            for n, one in enumerate(
                [
                    shape("0", "FFFFFF"),
                    shape("0", "FFFFFF", NO_LINE),
                    shape("0", "FFFFFF", WHITE_LINE),
                    old_shape("white", 'stroked="f"'),
                ]
            )
        ),
        pytest.param(word(run(BLACK_SHADE + BLACK_INK)), Category.BLACK_SHADING, id="shade"),
        pytest.param(word(run("<w:vanish/>")), Category.HIDDEN_TEXT, id="hidden text"),
        pytest.param(
            word(run('<w:rStyle w:val="H"/>'), styles=HIDDEN_STYLE),
            Category.HIDDEN_TEXT,
            id="text hidden by its style",
        ),
        pytest.param(word(run(WHITE_INK), "header1"), Category.WHITE_TEXT, id="white text"),
        pytest.param(word(GONE, "footnotes"), Category.TRACKED_DELETION, id="a deletion"),
        pytest.param(
            word(f"<w:moveFrom>{run()}</w:moveFrom>"), Category.TRACKED_DELETION, id="a move"
        ),
    ],
)
def test_what_is_concealed_is_found(data, category):
    found = [one for one in examine(data) if one.category is category]
    assert sum(one.characters for one in found) == LETTERS
    assert all(one.concealed for one in found)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(paper(BOX), id="a box over nothing"),
        pytest.param(paper(text() + "15 40 110 20 re f"), id="a box beside the text"),
        pytest.param(paper(text() + "/Pale gs " + BOX), id="a transparent box"),
        pytest.param(paper(text() + "/Multiply gs 1 1 0 rg 15 95 110 20 re f"), id="a marker"),
        pytest.param(paper(BOX + "1 g " + text()), id="a dark head of a table"),
        pytest.param(paper(text() + BOX + "1 g " + text()), id="text drawn once more on top"),
        pytest.param(paper(text() + "20 98 100 1 re 20 103 100 1 re f"), id="struck through"),
        pytest.param(paper(text() + "15 95 110 20 re 14 94 112 22 re f*"), id="a frame"),
        pytest.param(paper(text() + "q 0 0 9 9 re W n " + BOX + "Q"), id="a box that is clipped"),
        pytest.param(paper(PICTURE + text(), scanned), id="text on a picture"),
        pytest.param(paper("1 g " + PICTURE + text()), id="white text on a picture"),
        pytest.param(
            paper("3 Tr " + text() + "q 300 0 0 200 0 0 cm /I Do Q", scanned), id="a scan"
        ),
        pytest.param(
            paper("3 Tr " + text().replace("12 Tf", "1 Tf")),
            id="the line that a library signs with",
        ),
        pytest.param(scan(None), id="a scan of which all words are seen"),
        pytest.param(scan(255, shown=WORDS), id="a scan whose words lie elsewhere"),
        pytest.param(
            paper(text(), annotated("Line", L=Array([15, 105, 125, 105]), C=INK)), id="a thin line"
        ),
        pytest.param(
            paper(text(), annotated("Line", L=Array([15, 105, 125, 105]), C=INK, BS=THICK, CA=0.3)),
            id="a pale line",
        ),
        pytest.param(
            paper(text(), annotated("StrikeOut", C=INK, QuadPoints=Array(CORNERS))), id="struck out"
        ),
        pytest.param(paper(text(), annotated("FreeText")), id="a note without a ground"),
        pytest.param(
            paper(text(y=20) + "q 110 0 0 105 15 95 cm /I Do Q"), id="a picture over the edge"
        ),
        pytest.param(paper(text(y=20), annotated("Redact")), id="a redact mark over nothing"),
        pytest.param(
            paper(text(), annotated("Highlight", C=Array([1, 1, 0]))), id="a yellow highlight"
        ),
        pytest.param(paper(text(), annotated("Square", C=Array([0, 0, 0]))), id="an outline"),
        pytest.param(
            paper(text(), annotated("Square", F=2, IC=Array([0, 0, 0]))), id="a hidden square"
        ),
        pytest.param(paper(text(), cropped(0, 0, 300, 190)), id="text within the crop box"),
        pytest.param(paper(f"/OC /L BDC {text()} EMC"), id="a visible layer"),
        pytest.param(
            paper(f"{text()} /OC /L BDC {BOX} EMC", switched_off), id="a box in a hidden layer"
        ),
        pytest.param(paper(text(), bookmark(NAME), titled(NAME)), id="a bookmark of a heading"),
        pytest.param(revised(text("Nothing"), text("Nothing of note")), id="a revision that adds"),
        pytest.param(word(paragraph(run('<w:highlight w:val="yellow"/>'))), id="a yellow mark"),
        pytest.param(word(run(BLACK_SHADE + WHITE_INK)), id="white on black"),
        pytest.param(word(run(BLACK_SHADE)), id="an automatic colour on black"),
        pytest.param(
            word(f"<w:tc>{DARK_CELL}{paragraph(run(WHITE_INK))}</w:tc>"), id="a dark cell"
        ),
        pytest.param(word(run('<w:vanish w:val="0"/>')), id="text that is not hidden"),
        pytest.param(word(run("<w:webHidden/>")), id="text that is hidden on the web alone"),
        pytest.param(word(paragraph(run(), shape("1"))), id="a black shape behind the text"),
        pytest.param(word(paragraph(run(), shape("0", "FFC000"))), id="a yellow shape"),
        pytest.param(word(paragraph(run(), old_shape("yellow"))), id="an old yellow shape"),
        pytest.param(word(paragraph(run(), shape("0", "FFFFFF", BLUE_LINE))), id="a white frame"),
        pytest.param(word(paragraph(run(), shape("1", "FFFFFF"))), id="a white shape behind"),
        pytest.param(word(paragraph(run(), old_shape("white"))), id="an old white frame"),
        pytest.param(word(paragraph(run()) + f"<w:moveFrom>{run()}</w:moveFrom>"), id="a move"),
        pytest.param(word(f"<w:p><w:ins>{run()}</w:ins></w:p>"), id="an insertion"),
    ],
)
def test_what_is_seen_is_no_finding(data):
    assert examine(data) == []


def test_attached_files_are_concealed_where_pages_have_redactions():
    [calm] = examine(paper(text(), attached))
    [*_, bad] = examine(paper(text() + BOX, attached))
    assert (calm.category, calm.concealed) == (Category.ATTACHMENT, False)
    assert (bad.category, bad.concealed) == (Category.ATTACHMENT, True)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(paper("q 15 95 50 90 re W n " + PICTURE + "Q"), id="a clip"),
        pytest.param(paper(PICTURE, cropped(0, 100, 300, 200)), id="a crop box"),
        pytest.param(paper("q 0 0 9 9 re W n " + PICTURE + "Q"), id="all of it"),
        pytest.param(
            word('<w:p><a:srcRect xmlns:a="urn:a" l="10000" r="20000"/></w:p>'), id="in Word"
        ),
    ],
)
def test_a_picture_that_is_cut_is_a_finding_but_not_concealed(data):
    [one] = examine(data)
    assert (one.category, one.concealed) == (Category.CROPPED_PICTURE, False)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(
            paper("q 15 95 50 90 re W n " + PICTURE + "Q q 65 95 90 90 re W n " + PICTURE + "Q"),
            id="tiles",
        ),
        pytest.param(word('<w:p><a:srcRect xmlns:a="urn:a" l="-9" b="x"/></w:p>'), id="in Word"),
    ],
)
def test_a_picture_that_is_seen_is_no_finding(data):
    assert examine(data) == []


def test_a_comment_is_a_finding_but_not_concealed():
    [one] = examine(word(f"<w:comment>{paragraph(run())}</w:comment>", "comments"))
    assert (one.category, one.characters, one.concealed) == (Category.COMMENT, LETTERS, False)


def test_a_finding_has_its_box_and_never_its_text():
    [one] = examine(paper(text() + BOX))
    assert one.area is not None
    left, low, right, high = one.area
    assert 20 < left < right < 100
    assert 100 < low < high < 112
    assert NAME not in repr(one)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        pytest.param(b"plain", UnsupportedFormat, id="a text"),
        pytest.param(b"%PDF-1.7\nnothing", DamagedDocument, id="a damaged PDF"),
        pytest.param(b"PK\3\4 nothing", DamagedDocument, id="a damaged package"),
        pytest.param(word("<w:p>"), DamagedDocument, id="a part that is no XML"),
        pytest.param(paper("q 1 cm " + text()), DamagedDocument, id="an operator without operands"),
    ],
)
def test_what_cannot_be_examined_is_refused(data, error):
    with pytest.raises(error):
        examine(data)


def test_elements_in_elements_are_read_without_recursion():
    depth = 20_000
    [one] = examine(word("<w:x>" * depth + run("<w:vanish/>") + "</w:x>" * depth))
    assert one.category is Category.HIDDEN_TEXT


def test_the_command_says_how_and_where_but_not_what(cli, tmp_path):
    bad, good = tmp_path / "bad.pdf", tmp_path / "good.docx"
    bad.write_bytes(paper(text() + BOX))
    good.write_bytes(word(paragraph(run())))
    done = cli("check", bad, good)
    assert (done.code, done.err) == (ExitCode.LEAK, "")
    assert "text under a box" in done.out
    assert "Teodor" not in done.out + cli("check", "--json", bad).out
    assert NAME in cli("check", "--show", bad).out
    assert cli("check", good).code == ExitCode.DONE


def test_the_command_names_what_it_cannot_examine(cli, tmp_path):
    other, locked = tmp_path / "other.txt", tmp_path / "locked.pdf"
    other.write_bytes(b"plain")
    with pikepdf.open(io.BytesIO(paper(text()))) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(owner="o", user="u"))
    done = cli("check", "--json", other, locked)
    assert done.code == ExitCode.INPUT
    rows = json.loads(done.out)["not_examined"]
    assert [row["error"] for row in rows] == [
        "neither a PDF nor a Word document (.docx)",
        "needs a password",
    ]
    assert done.err.count("not examined: ") == 2
