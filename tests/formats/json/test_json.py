from __future__ import annotations

import io
import json
import random

import pytest
from tokenized_laws import fields, read, texts_of

from redactor.errors import DamagedDocument, InputError
from redactor.formats import Hints, Json
from redactor.formats.json.reader import texts
from redactor.formats.json.scanner import DEEPEST
from redactor.formats.rewriting import write_tokens
from redactor.model import Edit, Slot


def seen(source: str, name: str = "a.json"):
    return texts_of(read(Json(), source.encode(), Hints(name))[1])


def put(source: str, edits, name: str = "a.json") -> str:
    _, tokens = read(Json(), source.encode(), Hints(name))
    copy = io.BytesIO()
    write_tokens(tokens, [Edit(*edit) for edit in edits], copy)
    return copy.getvalue().decode()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param('{"a": "b", "c": 1.10}', [("b", "a"), ("1.10", "c")], id="keys"),
        pytest.param('{"a": ["b", "c"]}', [("b", "a"), ("c", "a")], id="the key of an array"),
        pytest.param('{"a": {"b": "c"}, "d": "e"}', [("c", "b"), ("e", "d")], id="the inner key"),
        pytest.param('{"a": [{"b": 1}, "c"]}', [("1", "b"), ("c", "a")], id="behind an object"),
        pytest.param('[{"name": "Cookie", "value": "c"}]', [("Cookie", "name"), ("c", "Cookie")],
                     id="the name beside a value"),
        pytest.param('"a" 12', [("a", ""), ("12", "")], id="no key"),
        pytest.param('{"\\u0061\\"b": "c"}', [("c", 'a"b')], id="an escaped key"),
    ],
)  # fmt: skip
def test_values_are_called_by_their_keys(source, expected):
    values = [one for one in seen(source) if one.location.kind.value != "key"]
    assert [(one.text, one.label) for one in values] == expected


@pytest.mark.parametrize(
    ("source", "name", "expected"),
    [
        pytest.param(
            '{"text":["Hi ",{"type":"b","text":"Te"},"odor",{"type":"a","text":"!","href":"h"}]}',
            "result.json",
            ["Hi Teodor!"],
            id="pieces of a chat",
        ),
        pytest.param('{"text":["Teo","Ilse"]}', "a.json", ["Teo", "Ilse"], id="two texts"),
        pytest.param('{"source":["Teo\\n","Vance"]}', "a.ipynb", ["Teo\nVance"], id="lines"),
        pytest.param('{"source":["Teo","Ilse"]}', "a.json", ["Teo", "Ilse"], id="no notebook"),
        pytest.param('{"text":["a"],"source":["b"]}', "a.ipynb", ["a", "b"], id="two arrays"),
        pytest.param('{"x":["a",1,"b"]}', "a.ipynb", ["a", "1", "b"], id="another key"),
    ],
)
def test_lines_and_pieces_of_a_text_are_one(source, name, expected):
    tokens = [t for t in seen(source, name) if t.location.kind.value == "text"]
    assert fields(tokens) == expected


@pytest.mark.parametrize(
    ("source", "edit", "expected"),
    [
        pytest.param('{"k":15555550123}', (1, 0, 11, "[X]"), '{"k":"[X]"}', id="a number"),
        pytest.param("[15555550123]", (0, 1, 11, ""), "[1]", id="a number that stays one"),
        pytest.param("[15555550123]", (0, 0, 11, ""), '[""]', id="a number that is removed"),
        pytest.param("[1.5]", (0, 0, 1, "x"), '["x.5"]', id="a part of a number"),
        pytest.param(
            '["a\\u0040b\\/c"]', (0, 1, 2, '"\\<\n'), '["a\\"\\\\<\\nb\\/c"]', id="escapes"
        ),
        pytest.param(
            '{"a@b":1,"a":1e400,"a":1.10}',
            (0, 0, 3, "[K]"),
            '{"[K]":1,"a":1e400,"a":1.10}',
            id="a key; equal keys and odd numbers stay",
        ),
        pytest.param('["\\ud83d\\ude00!\\ud800"]', (0, 0, 1, "x"), '["x!\\ud800"]',
                     id="a pair is one character, half a pair stays"),
    ],
)  # fmt: skip
def test_what_is_put_in_place_of_a_text_suits_it(source, edit, expected):
    assert put(source, [edit]) == expected
    json.loads(expected)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('{"a":1,}', "line 1: a comma or a colon before a closing bracket"),
        ('{\n// note\n"a":1}', "line 2: a comment"),
        ('{"a":1}\n{"a":2}\n{"a" 3}', "line 3: an unexpected character"),
        ('["a', "line 1: a string that does not end"),
        ('["a\nb"]', "line 1: a control character"),
        ('["\\x41"]', "line 1: a control character or an unknown escape"),
        ("[1", "line 1: it ends within a value"),
        ("{'a':1}", "line 1: an unexpected character"),
        ("[01]", "line 1: an unexpected character"),
        ("[tru]", "line 1: an unexpected character"),
        ("[}", "line 1: an unexpected character"),
        ('{"a":1 "b":2}', "line 1: a string where"),
        ("{[1]:2}", "line 1: a bracket where"),
    ],
)
def test_what_is_no_json_is_refused_by_its_line(source, said):
    with pytest.raises(DamagedDocument, match="is no JSON at ") as caught:
        seen(source)
    assert said in str(caught.value)


@pytest.mark.parametrize("depth", [10_000, DEEPEST])
def test_brackets_may_be_deep(depth):
    source = "[" * depth + '"a"' + "]" * depth
    assert [one.text for one in seen(source)] == ["a"]
    assert list(texts(iter([source]))) == ["a"]


def test_brackets_that_are_too_deep_are_refused():
    with pytest.raises(InputError, match="brackets are open at once"):
        seen("[" * (DEEPEST + 1))


@pytest.mark.parametrize(
    "codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "cp1252"]
)
def test_every_encoding_of_json_is_read(codec):
    layout, tokens = read(Json(), '{"k": "Köln"}'.encode(codec))
    assert [one.text for one in texts_of(tokens)] == ["k", "Köln"]
    assert list(Json().extract(io.BytesIO('{"k": "Köln"}'.encode(codec)), layout))


PICTURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAA"
    "DUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)


@pytest.mark.parametrize(
    ("value", "examined"),
    [
        (PICTURE, False),
        (f"data:image/png;base64,{PICTURE}", False),
        (f"{PICTURE}\n", False),
        (f"{PICTURE} by Kevin Marsh", True),
        ("Kevin Marsh " + PICTURE, True),
        ("QUJD" * 30, True),
    ],
)
def test_pictures_in_base64_are_left_and_nothing_else_is(value, examined):
    source = json.dumps({"image/png": value})
    assert [one.text for one in seen(source)][1:] == ([value] if examined else [])
    assert list(texts(iter([source])))[1:] == ([value] if examined else [])


def test_a_long_string_comes_in_pieces_that_join():
    long = "Teodor Vance was here. " * 20_000 + "\\u00e9" * 50_000
    tokens = seen(f'{{"k": "{long}"}}')
    assert len(tokens) > 5
    assert max(len(one.raw) for one in tokens) < 1 << 17
    assert fields(tokens)[1] == json.loads(f'"{long}"')


def test_chunks_may_be_cut_anywhere(monkeypatch):
    source = '{"a":"b\\"c\\ud83d\\ude00","d":[1.5,-22e3,"e",true,NaN]}\n12 "f"'
    want = [one.text for one in seen(source)]
    monkeypatch.setattr("redactor.formats.text.CHUNK", 1)
    assert [one.text for one in seen(source)] == want


@pytest.mark.parametrize("whole", [0, 20, 1 << 20])
def test_the_second_reader_sees_the_same_in_any_chunks(whole, monkeypatch):
    monkeypatch.setattr("redactor.formats.json.reader.WHOLE", whole)
    source = '[{"a":"b\\"c","d":[1.5,22,"e"]},"' + "x y " * 30 + '",12] {"f":7}'
    expected = [one.text for one in seen(source)]
    cut = random.Random(1)
    for _ in range(20):
        at = sorted(cut.sample(range(len(source)), 8))
        chunks = [source[a:b] for a, b in zip([0, *at], [*at, len(source)], strict=True)]
        assert list(texts(iter(chunks))) == expected


WORDS = (
    '{"pandoc-api-version":[1,22],"meta":{},"blocks":[{"t":"Para","c":[{"t":"Str","c":"Teodor"},'
    '{"t":"Space"},{"t":"Str","c":"Vance,"},{"t":"SoftBreak"},{"t":"Str","c":"here"},'
    '{"t":"Emph","c":[{"t":"Str","c":"now"}]}]}]}'
)


def words(source: str) -> list[str]:
    return [text for text in fields(seen(source)) if any(char.isspace() for char in text)]


def test_words_of_pandoc_are_one_text_and_stay_its_elements():
    assert words(WORDS) == ["Teodor Vance, here"]
    numbers = {one.text: n for n, one in enumerate(seen(WORDS))}
    first, blank = numbers["Teodor"], numbers[" "]
    assert first < blank
    blank, last = first + 1, first + 2
    copy = put(WORDS, [(first, 0, 6, "[PERSON_1]"), (blank, 0, 1, ""), (last, 0, 5, "")])
    said = json.loads(copy)["blocks"][0]["c"][:4]
    assert [one.get("c", one["t"]) for one in said] == ["[PERSON_1]", "", ",", "SoftBreak"]
    assert words(copy) == ["[PERSON_1], here"]


def test_what_elements_of_pandoc_are_called_is_no_text():
    assert not {"Str", "Space", "Para", "Emph", "t", "c"} & {one.text for one in seen(WORDS)}
    other = WORDS.replace('"Emph"', '"Teodor"')
    assert "Teodor" in [one.text for one in seen(other) if one.label == "t"]


def test_ids_of_cells_stay_ids_and_programs_are_no_people():
    source = (
        '{"cells":[{"id":"teo-1","source":["a"]}],"metadata":{"kernelspec":{"name":"ipython"},'
        '"language_info":{"codemirror_mode":{"name":"ipython"}},"name":"Teo"}}'
    )
    found = {one.text: one for one in seen(source, "a.ipynb")}
    assert found["teo-1"].slot is Slot.IDENTIFIER
    assert (found["teo-1"].label, found["ipython"].label, found["Teo"].label) == ("", "", "name")
    assert seen(source, "a.json")[2].slot is Slot.TEXT
