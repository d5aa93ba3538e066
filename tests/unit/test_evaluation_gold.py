"""Gold as it is read, and what is said of gold that cannot be."""

from __future__ import annotations

import gzip
import json

import pytest

from redactor.errors import ExitCode, GoldError
from redactor.evaluation.gold import labels_of, read_gold
from redactor.evaluation.labels import class_of

ENTITIES = frozenset({"PERSON", "ORGANIZATION", "US_SSN", "SHELF_MARK"})
TEXT = "Teodor Vance met Ms Okonjo."
SECRET = "Teodor"


def _record(*spans: dict, **more: object) -> dict:
    return {"text": TEXT, "spans": list(spans)} | more


def _span(start: int, end: int, label: str = "PERSON", **more: object) -> dict:
    return {"start": start, "end": end, "label": label} | more


def _file(folder, *rows: object, name: str = "gold.jsonl"):
    path = folder / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def _read(path):
    return read_gold(path, ENTITIES)


def test_records_of_one_document_belong_together(tmp_path):
    rows = [
        _record(_span(0, 12), doc_id="a"),
        _record(_span(20, 26), doc_id="b"),
        _record(doc_id="a"),
        _record(),
        _record(doc_id=""),
        _record(doc_id=7),
    ]
    documents = _read(_file(tmp_path, *rows))
    numbers = [[record.number for record in document.records] for document in documents]
    assert numbers == [[1, 3], [2], [4], [5], [6]]


def test_a_record_without_a_name_is_not_the_one_named_by_its_number(tmp_path):
    rows = [_record(_span(0, 12)), _record(doc_id="1"), _record(doc_id="#1")]
    assert len(_read(_file(tmp_path, *rows))) == 3


def test_compressed_gold_reads_the_same(tmp_path):
    plain = _file(tmp_path, _record(_span(0, 12)))
    packed = tmp_path / "gold.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert _read(packed) == _read(plain)


def test_labels_of_every_vocabulary_come_to_one(tmp_path):
    names = ("PERSON", "ORGANIZATION", "US_SSN", "CODE", "DEM", "DATETIME", "QUANTITY", "AGE")
    (document,) = _read(_file(tmp_path, _record(*(_span(0, 6, name) for name in names))))
    classes = [mention.label for mention in document.records[0].mentions]
    assert classes == ["PERSON", "ORG", "ID", "ID", "NORP", "DATE", "QUANTITY", "AGE"]
    assert labels_of([document])["ID"] == 2


def test_an_entity_of_a_users_own_rule_is_a_class(tmp_path):
    (document,) = _read(_file(tmp_path, _record(_span(0, 6, "SHELF_MARK"))))
    assert labels_of([document]) == {"SHELF_MARK": 1}
    assert class_of("UK_POSTCODE") == "ADDRESS"
    assert class_of("ZZ_NUMBER") == "ID"


def test_what_identifies_directly_is_known_from_either_word(tmp_path):
    spans = (
        _span(0, 6, direct=True),
        _span(0, 7, direct=False),
        _span(0, 8, identifier_type="NO_MASK"),
        _span(0, 9),
    )
    (document,) = _read(_file(tmp_path, _record(*spans)))
    kinds = [mention.kind for mention in document.records[0].mentions]
    assert kinds == ["DIRECT", "QUASI", "NO_MASK", ""]


def test_who_is_meant_is_told_by_the_gold_or_by_the_words(tmp_path):
    row = {"text": "Vance, VANCE, Okonjo", "spans": [_span(0, 5), _span(7, 12), _span(14, 20)]}
    named = row | {"spans": [_span(0, 5, entity_id="x"), _span(14, 20, entity_id="x")]}
    one, two = (_read(_file(tmp_path, r))[0].records[0].mentions for r in (row, named))
    assert len({mention.refers for mention in one}) == 2
    assert len({mention.refers for mention in two}) == 1


def test_titles_are_no_part_of_a_name_whatever_the_gold_says(tmp_path):
    spans = (_span(17, 26), _span(20, 26), _span(17, 19), _span(13, 26, "ORGANIZATION"))
    (document,) = _read(_file(tmp_path, _record(*spans)))
    places = [(mention.start, mention.end) for mention in document.records[0].mentions]
    assert sorted(places) == [(13, 26), (17, 19), (20, 26), (20, 26)]


def _folder(base, document: object = "letter.txt", **gold: object):
    mention = {"start": 0, "end": 4, "type": "PERSON", "direct": True, "text": "Zoë "}
    (base / "letter.txt").write_bytes("Zoë Vance".encode("cp1252"))
    said = {"document": document, "mentions": [mention]} | gold
    (base / "letter.gold.json").write_text(json.dumps(said), "utf-8")
    return base


def test_a_folder_is_read_as_the_pipeline_reads_its_documents(tmp_path):
    (document,) = _read(_folder(tmp_path))
    assert document.records[0].text == "Zoë Vance"
    assert labels_of([document]) == {"PERSON": 1}


BAD_RECORDS = {
    "out of range": (_record(_span(0, 99)), "span 1 is out of range"),
    "negative": (_record(_span(-3, 4)), "span 1 is out of range"),
    "empty": (_record(_span(0, 6), _span(4, 4)), "span 2 is out of range"),
    "turned round": (_record(_span(6, 0)), "span 1 is out of range"),
    "no numbers": (_record(_span("0", 6)), "whole numbers"),
    "truth for a number": (_record(_span(0, 6) | {"start": True}), "whole numbers"),
    "unknown label": (_record(_span(0, 6, SECRET)), "a label that is not known"),
    "label of another type": (_record(_span(0, 6, [1])), "a label that is not known"),
    "no text": ({"spans": []}, "has no `text`"),
    "no spans": ({"text": TEXT}, "no list of spans"),
    "a list": ([TEXT], "is no object"),
    "a span that is none": (_record(TEXT), "span 1 is no object"),
    "another text": (_record(_span(0, 6, text=SECRET + "!")), "another text"),
    "odd kind": (_record(_span(0, 6, identifier_type=SECRET)), "neither true nor false"),
    "odd direct": (_record(_span(0, 6, direct=SECRET)), "neither true nor false"),
    "odd document": (_record(doc_id=[SECRET]), "no name"),
    "lone surrogate": ({"text": f"{SECRET}\ud800", "spans": []}, "lone surrogates"),
}


@pytest.mark.parametrize(("row", "said"), BAD_RECORDS.values(), ids=BAD_RECORDS)
def test_a_bad_record_is_named_by_its_number_and_never_quoted(row, said, tmp_path):
    path = _file(tmp_path, _record(_span(0, 12)), row)
    with pytest.raises(GoldError, match=said) as caught:
        _read(path)
    assert "record 2" in str(caught.value)
    assert SECRET not in f"{caught.value!r} {caught.value.__cause__}"
    assert caught.value.exit_code is ExitCode.CONFIG


BAD_FILES = {
    "nothing": (b"", "no record"),
    "blank lines": (b"\n \n", "no record"),
    "nothing marked": (json.dumps(_record()).encode(), "nothing is marked"),
    "no JSON": (b'{"text": "Teodor', "record 1 is no JSON"),
    "no UTF-8": (b'{"text": "Teodor \xff"}', "record 1 is no JSON"),
    "too deep": (b"[" * 100_000, "record 1 is no JSON"),
}


@pytest.mark.parametrize(("data", "said"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file_is_said_to_be_one(data, said, tmp_path):
    path = tmp_path / "gold.jsonl"
    path.write_bytes(data)
    with pytest.raises(GoldError, match=said) as caught:
        _read(path)
    assert SECRET not in str(caught.value)


def test_a_file_cut_short_and_one_that_is_not_there(tmp_path):
    path = tmp_path / "gold.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(_record(_span(0, 12))).encode() * 50)[:-20])
    with pytest.raises(GoldError, match="cannot be read"):
        _read(path)
    with pytest.raises(GoldError, match="cannot be read at all"):
        _read(tmp_path / "missing.jsonl")


BAD_FOLDERS = {
    "no document": ({"document": None}, "names no file"),
    "missing": ({"document": "other.txt"}, "cannot read the document"),
    "outside": ({"document": "../letter.txt"}, "outside the folder"),
    "no mentions": ({"mentions": None}, "record 1: has no list of spans"),
}


@pytest.mark.parametrize(("changes", "said"), BAD_FOLDERS.values(), ids=BAD_FOLDERS)
def test_a_bad_folder_is_said_to_be_one(changes, said, tmp_path):
    with pytest.raises(GoldError, match=said):
        _read(_folder(tmp_path, **changes))


def test_an_empty_folder_has_no_record(tmp_path):
    with pytest.raises(GoldError, match="no record"):
        _read(tmp_path)


def test_no_repr_shows_a_text_or_a_name(tmp_path):
    row = _record(_span(0, 12, entity_id=SECRET), doc_id=SECRET)
    assert SECRET not in repr(_read(_file(tmp_path, row)))
