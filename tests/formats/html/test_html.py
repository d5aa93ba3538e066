"""What of a page is text, what goes on from what, and what is written in its place."""

from __future__ import annotations

import io
import re
import tracemalloc

import pytest
from steps import growth
from tokenized_laws import (
    all_replaced,
    applied,
    fields,
    read,
    rewritten,
    texts_of,
    tokens_of,
)

from redactor.errors import EncodingError
from redactor.formats import format_for
from redactor.formats.base import Hints
from redactor.formats.html import Html
from redactor.formats.html.lexer import BLOCK
from redactor.formats.rewriting import write_tokens
from redactor.model import Edit, Kind, Slot

FORM = Html()


def fields_of(page, name="page.html"):
    _, tokens = read(FORM, page.encode(), Hints(name))
    return [field for field in fields(tokens) if field.strip()]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        pytest.param(
            "teodor<span></span>.vance@<b>example</b>.org", ["teodor.vance@example.org"], id="tags"
        ),
        pytest.param("teodor<!-- x -->.vance", ["teodor.vance", " x "], id="comment between"),
        pytest.param(
            "teodor<!-->.vance<!--->@<!-- a--!>b", ["teodor.vance@b", " a"], id="abrupt comments"
        ),
        pytest.param('teodor<a href="/x">.vance', ["teodor.vance", "/x"], id="attribute between"),
        pytest.param("teodor<zz>.vance", ["teodor.vance", "zz"], id="unknown element"),
        pytest.param("Kevin<wbr>Marsh", ["KevinMarsh"], id="wbr"),
        pytest.param("12 Quay<br>Street<BR/>x", ["12 Quay\nStreet\nx"], id="line breaks"),
        pytest.param("Kevin</div></td>Ma</li>r<td>sh", ["KevinMarsh"], id="tags that are nothing"),
        pytest.param("Ke<script>1</script>vin<style>a</style>", ["Kevin", "1", "a"], id="unseen"),
        pytest.param("Ke<table>vin<tr><td>Marsh", ["Kevin", "Marsh"], id="text outside of cells"),
        pytest.param(
            "Kevin<p>Marsh<table><td>a<li>b</li>c", ["Kevin", "Marsh", "a", "b", "c"], id="blocks"
        ),
        pytest.param(
            "Kevin <kevin@example.org> x", ["Kevin  x", "kevin@example.org"], id="address in <>"
        ),
        pytest.param("<Kevin Marsh>", ["Kevin Marsh"], id="name in <>"),
        pytest.param("a < b <3 &amp &lt;&#65;&notit;", ["a < b <3 & <A¬it;"], id="references"),
        pytest.param(
            "<p title=a&copy=1&copy;2&#128;&#xD800;>", ["a&copy=1©2€\ufffd"], id="in attributes"
        ),
        pytest.param("<p title=Kevin&#32;Marsh/x>", ["Kevin Marsh/x"], id="unquoted"),
        pytest.param("<p kevin=1 class=marsh>", ["kevin", "1", "marsh"], id="unknown attribute"),
        pytest.param("<title><b>Kevin</title>x", ["<b>Kevin", "x"], id="title"),
        pytest.param("<style>a{content:'\\4b evin'}</style>", ["a{content:'Kevin'}"], id="style"),
        pytest.param("<p style='x:\"\\4b evin\"'>", ['x:"Kevin"'], id="style attribute"),
        pytest.param(
            "<!--[if IE]><b>Kevin</b> Marsh<![endif]-->",
            ["Kevin Marsh", "[endif]"],
            id="conditional",
        ),
        pytest.param("<!-- a <b>Kevin</b> Marsh -->", [" a Kevin Marsh "], id="comment with tags"),
        pytest.param("<iframe srcdoc='&lt;b>Kevin&lt;/b> Marsh'>", ["Kevin Marsh"], id="srcdoc"),
        pytest.param(
            "<p data-q='<b>Kevin</b> Marsh'>", ["data-q", "Kevin Marsh"], id="tags in attribute"
        ),
        pytest.param("<p data-lang=Kevin data-name=x>", ["Kevin", "x"], id="known name with data-"),
        pytest.param("5550123<sup>1</sup>.", ["5550123", "1."], id="number of a note"),
        pytest.param("5550123<sup><a>2</a></sup> x", ["5550123", "2 x"], id="linked number"),
        pytest.param("5<sup>th</sup> May", ["5th May"], id="raised letters"),
        pytest.param("<svg>a<![CDATA[<Kevin>]]>b</svg>", ["ab", "Kevin"], id="CDATA"),
        pytest.param(
            "<![CDATA[Kevin > Marsh]]>", ["[CDATA[Kevin ", " Marsh]]>"], id="no CDATA in HTML"
        ),
        pytest.param("<noscript><b>Kevin</b> Marsh</noscript>", ["Kevin Marsh"], id="noscript"),
        pytest.param("<template><b>Kevin</b> Marsh</template>", ["Kevin Marsh"], id="template"),
        pytest.param("<noframes><b>Kevin</b> Marsh</noframes>", ["Kevin Marsh"], id="noframes"),
        pytest.param("<xmp><b>&amp;</xmp>x", ["<b>&amp;", "x"], id="xmp"),
        pytest.param("<plaintext><b>x</plaintext>", ["<b>x</plaintext>"], id="plaintext"),
        pytest.param("Kevin<a title='Marsh", ["Kevin", "a", "title", "Marsh"], id="unclosed tag"),
        pytest.param("<Kevin Marsh", ["Kevin Marsh"], id="unclosed tag without a value"),
        pytest.param("Kevin<!-- Marsh", ["Kevin", " Marsh"], id="unclosed comment"),
        pytest.param(
            "</1 Kevin><?php Marsh?><!Ilse>", ["1 Kevin", "php Marsh?", "Ilse"], id="bogus comments"
        ),
        pytest.param('<img src="data:image/png;base64,iVBORw0KGgoAAA==">', [], id="picture"),
        pytest.param(
            '<img src="data:text/plain,Kevin">', ["data:text/plain,Kevin"], id="text in a URL"
        ),
        pytest.param('<path d="M 555 0142 L 1 2"><p d=5550142x>', ["5550142x"], id="drawing"),
        pytest.param("<svg><style><b>Kevin</b>", ["Kevin"], id="style in SVG"),
        pytest.param("<svg><p><style><b>Kevin", ["<b>Kevin"], id="HTML ends SVG"),
    ],
)
def test_text_is_seen(page, expected):
    assert fields_of(page) == expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        pytest.param("var k='Kevin'", ["var k=", "Kevin"], id="string"),
        pytest.param(
            r'"K\u0065vin \x4d\
arsh \/ \ud83d\ude00 \ud83d"',
            ["Kevin Marsh / 😀 \ufffd"],
            id="escapes",
        ),
        pytest.param("'kevin' + '@' +\n 'x.org'", ["kevin@x.org"], id="concatenation"),
        pytest.param("`a ${b+`c ${'d'}`} e`", ["a ", "${b+", "c ", "d", " e"], id="templates"),
        pytest.param(r"x=/kevin\.m[/'a]/i;'b'", ["x", "kevin.m/'a", "i;", "b"], id="expression"),
        pytest.param("'Kevin'< /[Cb]/", ["Kevin", "Cb"], id="class of an expression"),
        pytest.param("'Kevin'</[Cb]/", ["Kevin", "[Cb]"], id="no expression, but an end tag"),
        pytest.param("Kevin>n<t>Marsh</t>", ["Kevin>n", "t", "Marsh", "t"], id="comparisons"),
        pytest.param("Kevin>n</title>Marsh", ["Kevin>n", "Marsh"], id="a tag that is none"),
        pytest.param("a=b/c;d='e/f'", ["a=b/c;d=", "e/f"], id="division"),
        pytest.param(r"'Kevin\u]]20 \xM'", [r"Kevin\u]]20 \xM"], id="escapes without digits"),
        pytest.param(
            "return /'/;// Kevin\n/* Marsh */",
            ["return", " Kevin", " Marsh "],
            id="comments",
        ),
        pytest.param("a='Kevin\nb=1", ["a=", "Kevin", "b=1"], id="unterminated"),
        pytest.param("'<b>Kevin</b> Marsh'", ["Kevin Marsh"], id="tags in a string"),
        pytest.param(
            "a = <p>Kevin <b>Marsh</b></p>;", ["a = ", "Kevin Marsh", ";"], id="tags in code"
        ),
        pytest.param(
            "<!-- <script> a</script> -->;'x'",
            ["> a", "x"],
            id="double escape",
        ),
    ],
)
def test_scripts_are_cut_at_their_strings(script, expected):
    found = fields_of(f"<script>{script}</script><p>after")
    assert found[-1] == "after"
    assert found[:-1] == expected


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(
            "<script>x = Ilse Kevin<\\/b> [Marsh] <\\/p>;</script>", id="sign before a slash"
        ),
        pytest.param("<p>Ilse</p>\n<kevin ", id="name behind an angle bracket at the end"),
        pytest.param('<kevin kevin="&l;>', id="names of a tag without an end"),
        pytest.param("<kevin&", id="an ampersand in a tag without an end"),
        pytest.param("<ilse kevin\"'x'>", id="quotes within a name"),
        pytest.param("<!kevin <r", id="a declaration without an end"),
        pytest.param('<script>""</kevin', id="an end tag without an end in a script"),
        pytest.param("<a onkevin=ear'>", id="an attribute that no handler is called"),
    ],
)
def test_what_is_cut_off_in_the_middle_reads_as_was_decided(page):
    layout, tokens = read(FORM, page.encode())
    # What the pipeline puts into an identifier has letters alone.
    edits = [
        (number, *span, "[X]" if texts_of(tokens)[number].slot is Slot.TEXT else "X")
        for number, *span, _ in all_replaced(tokens, r"Kevin<?\\?|/?(?:on)?kevin|Ilse", "")
    ]
    copy = rewritten(tokens, edits)
    assert fields(tokens_of(FORM, copy, layout)) == fields(tokens, applied(tokens, edits))


@pytest.mark.parametrize("code", ['""<script</kevin', "n</kevin", "<b>Ilse</kevin> a / b;'c'"])
@pytest.mark.parametrize("end", ["", "</script><p>Marsh"])
@pytest.mark.parametrize("replacement", ["[X]", "(X)", "X"])
def test_an_end_tag_in_code_is_one_without_its_name(code, end, replacement):
    layout, tokens = read(FORM, f"<script>{code}{end}".encode())
    edits = [(*one[:3], replacement) for one in all_replaced(tokens, "kevin", "")]
    assert edits
    copy = rewritten(tokens, edits)
    assert fields(tokens_of(FORM, copy, layout)) == fields(tokens, applied(tokens, edits))


def test_values_of_json_are_called_by_their_keys():
    data = '{"name":"K\\u00e9vin","tel":[5550142, "x1"],"o":{"email":"a"},"n":null}'
    _, tokens = read(FORM, f'<script type="application/ld+json">{data}</script>'.encode())
    found = [(t.label, t.text, t.location.kind, t.slot) for t in texts_of(tokens)]
    assert [one for one in found if one[2] is Kind.SCRIPT] == [
        ("name", "Kévin", Kind.SCRIPT, Slot.TEXT),
        ("tel", "5550142", Kind.SCRIPT, Slot.NUMBER),
        ("tel", "x1", Kind.SCRIPT, Slot.TEXT),
        ("email", "a", Kind.SCRIPT, Slot.TEXT),
    ]
    assert [one[1] for one in found if one[2] is Kind.KEY] == ["name", "tel", "o", "email", "n"]


@pytest.mark.parametrize(
    ("page", "text", "label", "slot"),
    [
        ("<img alt='Kevin'>", "Kevin", "alt", Slot.TEXT),
        ("<meta content='Kevin' name=author>", "Kevin", "author", Slot.TEXT),
        ("<meta property='og:title' content='Kevin'>", "Kevin", "og:title", Slot.TEXT),
        ("<input value='Kevin' name='first name'>", "Kevin", "first name", Slot.TEXT),
        ("<a href='mailto:k@example.org'>", "mailto:k@example.org", "", Slot.URL),
        ("<img srcset='/kevin.png 2x'>", "/kevin.png 2x", "", Slot.URL),
        (
            "<meta content='https://example.org/kevin' property='og:see'>",
            "https://example.org/kevin",
            "og:see",
            Slot.URL,
        ),
        ("<p data-user-name='kmarsh'>", "kmarsh", "user name", Slot.TEXT),
        ("<p class='kmarsh'>", "kmarsh", "", Slot.TEXT),
        ("<h2 id='kmarsh'>", "kmarsh", "", Slot.IDENTIFIER),
        ("<label for='kmarsh'>", "kmarsh", "", Slot.IDENTIFIER),
    ],
)
def test_attributes_say_what_their_values_are(page, text, label, slot):
    _, tokens = read(FORM, page.encode())
    assert [(t.label, t.slot) for t in texts_of(tokens) if t.text == text] == [(label, slot)]


@pytest.mark.parametrize(
    ("page", "replacement", "expected"),
    [
        ("<p>Kevin", "a<b>&", "<p>a&lt;b&gt;&amp;"),
        ('<p title="Kevin">', "a\"b'", '<p title="a&quot;b\'">'),
        ("<p title='Kevin'>", "a\"b'", "<p title='a\"b&#39;'>"),
        ("<p title=Kevin>", "a b=`", "<p title=&#97;&#32;b&#61;&#96;>"),
        (
            "<script>'Kevin'</script>",
            "</script>'\n",
            "<script>'\\u003c/script>\\u0027\\n'</script>",
        ),
        ("<script>`Kevin`</script>", "`${x}", "<script>`\\`\\u0024{x}`</script>"),
        (
            "<script type=importmap>[5550142]</script>",
            "[X]",
            '<script type=importmap>["[X]"]</script>',
        ),
        ("<style>Kevin</style>", "</style>", "<style>\\3c /style></style>"),
        ("<!--Kevin-->", "--> <b>", "<!--__ <b_-->"),
        ("<x-kevin>", "[X]", "<x-[X]>"),
        ("<p>&Kevin", "amp;", "<p>&&#97;mp;"),
    ],
)
def test_what_is_put_in_place_of_a_text_stays_in_it(page, replacement, expected):
    layout, tokens = read(FORM, page.encode())
    [(number, text)] = [
        (n, t.text)
        for n, t in enumerate(texts_of(tokens))
        if t.text.strip("&x-") in {"Kevin", "kevin", "5550142"}
    ]
    start = 1 if text.startswith("&") else 0
    copy = rewritten(tokens, [(number, start, len(text), replacement)])
    assert copy == expected.encode()
    if not {"-->", "</script>"} & set(replacement.split("'")[0].split()):  # such cannot stand there
        assert replacement in "".join(fields(tokens_of(FORM, copy, layout)))


@pytest.mark.parametrize(
    ("head", "codec", "setting"),
    [
        ("<meta charset=utf-8>", "utf-8", "utf-8"),
        ("", "utf-8", "utf-8"),
        ("", "cp1252", "cp1252"),
        ("<meta charset=iso-8859-1>", "cp1252", "cp1252"),
        ("<meta charset=iso-8859-1>", "utf-8", "utf-8"),
        (
            "<META HTTP-EQUIV=content-type CONTENT='text/html; charset=windows-1250'>",
            "cp1250",
            "cp1250",
        ),
        ("<!-- <meta charset=utf-8> --><meta charset=x-mac-roman>", "mac-roman", "mac-roman"),
        ("<meta charset=utf-16>", "utf-8", "utf-8"),
        ("<meta charset=utf-8>", "cp1252", "cp1252"),
        ("<meta charset=hex>", "cp1252", "cp1252"),
        ("<?xml version='1.0' encoding='iso-8859-2'?>", "iso8859-2", "iso8859-2"),
    ],
)
def test_the_charset_is_made_out_as_browsers_do(head, codec, setting):
    layout, _ = read(FORM, f"{head}<p>Zoë Brandt".encode(codec))
    assert layout.setting("encoding") == setting


def test_what_the_charset_lacks_is_written_by_its_number():
    layout, tokens = read(
        FORM, "<meta charset=koi8-r><p>Марш <script>'Марш'</script>".encode("koi8-r")
    )
    texts = texts_of(tokens)
    edits = [(n, 0, 4, "é😀") for n, t in enumerate(texts) if t.text.startswith("Марш")]
    copy = rewritten(tokens, edits)
    assert copy.endswith(b"<p>&#233;&#128512; <script>'\\u00e9\\ud83d\\ude00'</script>")
    assert fields(tokens_of(FORM, copy, layout))[-2:] == ["é😀 ", "é😀"]


def test_a_charset_with_shift_states_is_refused():
    page = "<meta charset=iso-2022-jp><p>山田".encode("iso2022_jp")
    with pytest.raises(EncodingError, match="byte for byte"):
        FORM.layout(io.BytesIO(page), Hints())


@pytest.mark.parametrize(
    ("page", "name", "expected"),
    [
        ("<p><script src='a.js'/>Kevin <b>Marsh</b>", "a.xhtml", ["a.js", "Kevin Marsh"]),
        ("<p><script src='a.js'/>Kevin <b>Marsh</b>", "a.html", ["a.js", "Kevin Marsh"]),
        ("<?xml version='1.0'?><title/>Kevin <b>Marsh</b>", "a.html", ["Kevin Marsh"]),
        ("<?xml version='1.0'?><p>Kevin<![CDATA[ <Marsh> & ]]>x", "a", ["Kevin  & x", "Marsh"]),
        ("<?xml version='1.0'?><?kevin a > b?>x", "a", ["kevin a > b", "x"]),
    ],
)
def test_xhtml_is_read_by_the_rules_of_xml(page, name, expected):
    assert fields_of(page, name) == expected


@pytest.mark.parametrize(
    ("head", "known"),
    [
        (b"<!DOCTYPE html>", True),
        (b"\xef\xbb\xbf\n<!-- saved -->\n<HTML lang=en>", True),
        (b"<?xml version='1.0'?>\n<!doctype HTML public>", True),
        ("\ufeff<html>".encode("utf-16-le"), True),
        (b"<p align=center>a readme", False),
        (b"html", False),
        (b"<svg>", False),
    ],
)
def test_a_page_is_known_by_how_it_begins(head, known):
    assert FORM.is_known_by(head) is known
    if known:
        assert format_for(io.BytesIO(head), Hints("notes.txt"))[0].name == "html"


def test_a_long_text_comes_in_pieces_that_join():
    text = "Kevin &amp; Marsh " * 40_000
    _, tokens = read(FORM, f"<p>{text}<p title='{text}'>".encode())
    assert max(len(t.raw) for t in tokens) <= 2 * BLOCK
    assert sorted(fields(tokens), key=len)[-2:] == [text.replace("&amp;", "&")] * 2


def test_a_line_is_counted_in_the_bytes_of_the_page():
    _, tokens = read(FORM, b"<p>a\n<!--\n b -->\n<p title='c'>")
    assert [(t.text.strip(), t.location.line) for t in texts_of(tokens) if t.text.strip()] == [
        ("a", 1),
        ("b", 2),
        ("c", 4),
    ]


# -- time and memory

HOSTILE = {
    "one line": lambda n: "Kevin Marsh " * n,
    "one word": lambda n: "a" * 10 * n,
    "open tags": lambda n: "<b>" * n,
    "less-than signs": lambda n: "<" * 5 * n,
    "unclosed comment": lambda n: "<!--" + "- a " * n,
    "comments unclosed": lambda n: "<!-- " * n,
    "unclosed attribute": lambda n: '<a title="' + "a b " * n,
    "attributes": lambda n: "<a " + "b=c " * n,
    "attributes of a tag": lambda n: "<a " + "b=c " * n + ">",
    "names and blanks": lambda n: "<a " + "b    " * n + ">",
    "ampersands": lambda n: "&" * 5 * n,
    "long reference": lambda n: "&#" + "0" * 10 * n + "65;",
    "unclosed script": lambda n: "<script>" + "'\\" * 3 * n,
    "quotes": lambda n: "<script>" + "'a\"`${" * n,
    "slashes": lambda n: "<script>" + "=/[" * 3 * n,
    "comment marks": lambda n: "<script>" + "/* " * 3 * n,
    "escaped scripts": lambda n: "<script><!--" + "<script " * n,
    "end tags": lambda n: "<script>" + "</scrip>" * n,
    "SVG": lambda n: "<svg><desc>" * n + "</title>" * n,
    "CDATA": lambda n: "<svg>" + "<![CDATA[" * n,
    "pages in pages": lambda n: "<p data-a='" + "&lt;p title=&quot;" * n + "'>",
    "blanks in a script": lambda n: "<script>a" + " " * 5 * n + "/b" + " /" * n,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_twice_the_page_is_twice_the_work(name):
    def read_all(size):
        data = io.BytesIO(HOSTILE[name](size).encode())
        list(FORM.tokens(data, FORM.layout(data, Hints())))

    assert growth(read_all, 2_000) < 2.1


def test_memory_does_not_grow_with_the_page():
    def peak(n):
        page = io.BytesIO(b"<!doctype html>" + b'<p title="Kevin">Ilse <b>Brandt</b></p>\n' * n)
        layout = FORM.layout(page, Hints())
        tracemalloc.start()
        for _ in FORM.tokens(page, layout):
            pass
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    assert peak(8_000) < 1.5 * peak(2_000)


@pytest.mark.parametrize(
    "page", ["<div>" * 20_000, "<p " + "a='' " * 20_000 + ">Kevin", "<b>Kevin" * 20_000]
)
def test_the_second_reader_takes_no_page_too_deep_for_it(page):
    found = "".join(FORM.extract(io.BytesIO(page.encode()), read(FORM, b"x")[0]))
    assert ("Kevin" in found) is ("Kevin" in page)


def test_what_replaces_a_text_across_a_class_leaves_the_expression_whole():
    layout, tokens = read(FORM, b"<script>/^Te[od]or/.test('x')</script>")
    edits = [(0, 1, 3, "[PERSON_1]"), (1, 0, 2, ""), (2, 0, 2, "")]
    copy = rewritten(tokens, edits)
    assert copy == rb"<script>/^\[PERSON_1\][]/.test('x')</script>"
    assert fields(tokens_of(FORM, copy, layout)) == ["^[PERSON_1]", ".test(", "x"]


def test_a_number_of_which_a_part_is_replaced_is_a_string():
    page = b'<script type="application/json">[2125550198.5]</script>'
    layout, tokens = read(FORM, page)
    sink = io.BytesIO()
    written = write_tokens(tokens, [Edit(0, 0, 10, "[PHONE_NUMBER_1]")], sink)
    copy = sink.getvalue()
    assert written.reads == write_tokens(tokens_of(FORM, copy, layout), [], io.BytesIO()).reads
    assert copy == page.replace(b"2125550198.5", b'"[PHONE_NUMBER_1].5"')
    assert fields(tokens_of(FORM, copy, layout)) == ["[PHONE_NUMBER_1].5"]


def test_the_second_reader_sees_no_names_of_standards_in_pages_within_a_page():
    page = (
        "<p align=top>Ilse</p><!-- <li><a href='/x' kevin=1>Lu</a><li-marsh> -->"
        "<script>var s = '<b lang=en>Kofi</b>'</script>"
    )
    found = " ".join(FORM.extract(io.BytesIO(page.encode()), read(FORM, b"x")[0]))
    words = set(re.findall(r"[\w-]+", found))
    assert words >= {"Ilse", "x", "kevin", "Lu", "li-marsh", "Kofi"}
    assert not words & {"top", "li", "href", "lang", "b"}
