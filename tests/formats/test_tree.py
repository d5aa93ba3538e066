"""Documents in documents: what is inside is examined, named, limited and written like the rest."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from redactor.analysis.analyzer import Analyzer
from redactor.api import prepare_policy
from redactor.audit import AuditLog, read
from redactor.errors import ExitCode
from redactor.files import PRIVATE_FOLDER, make_folder
from redactor.formats import Hints, ZipArchive, format_for
from redactor.formats.tree import as_read
from redactor.keys import Key
from redactor.model import Job, Status
from redactor.pipeline import RunContext, redact
from redactor.verify import verify_output

KEY = Key(b"k" * 32)
LETTER = "Dear Ilse Marsh,\nTeodor Vance called from 646-555-0187.\n\nYours, Kofi Mensah\n"
PAGE = """<!DOCTYPE html><meta charset=utf-8><title>News</title>
<p>Councillor <b>Teodor</b> <i>Vance</i> wrote to teodor<span></span>.vance@<b>example</b>.org.
<img src=x.png alt="Photo of Teodor Vance"><!-- editor: Ilse Marsh, 646-555-0187 -->
"""
GONE = ("Teodor", "Vance", "Ilse", "Marsh", "Kofi", "Mensah", "646-555-0187", "example.org")


def zipped(**members: bytes | str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(
                zipfile.ZipInfo(name.replace("__", "."), (2020, 1, 2, 3, 4, 6)), content
            )
    return data.getvalue()


TREE = zipped(
    page__html=PAGE,
    letter__txt=LETTER,
    plain__txt="Nothing of anybody in here.\n",
    inner__zip=zipped(Teodor_Vance__txt=LETTER, notes__txt="Nothing either.\n"),
)


class Desk:
    """A folder with one document that is redacted."""

    def __init__(self, folder, data: bytes, name: str, **settings) -> None:
        self.out, self.audit = folder / "out", folder / "out.audit"
        (folder / name).write_bytes(data)
        make_folder(self.audit, mode=PRIVATE_FOLDER)
        policy = prepare_policy("default")
        for attribute, value in settings.items():
            object.__setattr__(policy, attribute, value)
        log = AuditLog.create(self.audit, KEY)
        job = Job(folder / name, self.out / name, name)
        self.outcome = redact(job, RunContext(policy, KEY, log))

    @property
    def records(self):
        return list(read(self.audit))

    def copy(self, name: str) -> zipfile.ZipFile:
        return zipfile.ZipFile(self.out / name)


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    return Desk(tmp_path_factory.mktemp("tree"), TREE, "letters.zip")


def every_text(archive: zipfile.ZipFile) -> str:
    parts = []
    for info in archive.infolist():
        data = archive.read(info)
        parts.append(info.filename)
        if info.filename.endswith(".zip"):
            parts.append(every_text(zipfile.ZipFile(io.BytesIO(data))))
        else:
            parts.append(data.decode())
    return "\n".join(parts)


def test_what_is_found_is_removed_at_every_depth(tree):
    assert tree.outcome.status is Status.REDACTED
    text = every_text(tree.copy("letters.zip"))
    assert [gone for gone in GONE if gone in text] == []
    assert "Councillor <b>[PERSON_" in text
    assert "Nothing of anybody in here.\n" in text


def test_one_person_has_one_pseudonym_in_all_members(tree):
    text = every_text(tree.copy("letters.zip"))
    assert len({part.split("]")[0] for part in text.split("Photo of [")[1:]}) == 1
    person = text.split("Photo of [")[1].split("]")[0]
    assert text.count(person) == 5  # page, its picture, two letters, the name of one
    assert f"{person}.txt" in text


def test_members_without_findings_are_taken_over_byte_for_byte(tree):
    source = zipfile.ZipFile(io.BytesIO(TREE))
    for name in ("plain.txt",):
        one, other = source.getinfo(name), tree.copy("letters.zip").getinfo(name)
        assert (one.CRC, one.compress_size, one.date_time) == (
            other.CRC,
            other.compress_size,
            other.date_time,
        )


def test_the_log_names_the_place_of_each(tree):
    redactions = [one for one in tree.records if one["type"] == "redaction"]
    parts = {one["part"] for one in redactions}
    assert {"1", "2", "4/1", "4/1#1"} <= parts
    assert "3" not in parts
    wheres = {one.get("where") for one in redactions if one["part"] == "1"}
    assert wheres == {None, "attribute", "comment"}
    layouts = {one["part"]: one["format"] for one in tree.records if one["type"] == "part"}
    assert layouts == {
        "1": "html",
        "2": "text",
        "3": "text",
        "4": "zip",
        "4/1": "text",
        "4/2": "text",
    }


def test_the_output_is_verified_from_log_and_copies_alone(tree):
    [problem] = verify_output(tree.out, tree.audit, KEY)
    assert problem.message.startswith("THE RUN DID NOT END")


def test_positions_in_the_log_are_those_of_the_copy(tree):
    letter = tree.copy("letters.zip").read("letter.txt").decode()
    rows = [one for one in tree.records if one["type"] == "redaction" and one["part"] == "2"]
    assert rows
    for one in rows:
        assert letter[one["start"] : one["end"]] == one["placeholder"]
        assert letter.count("\n", 0, one["start"]) + 1 == one["line"]


LINKED = b"""<!DOCTYPE html><meta charset=utf-8><title>News</title>
<p>Councillor Teodor <a href="/people/teodor-vance" title="Photo of Ilse Marsh">Vance</a> wrote
to <a href="mailto:teodor.vance@example.org">teodor<b>.vance@</b>example.org</a>, and Ilse Marsh
"""


def test_a_name_across_a_link_is_one_and_positions_are_those_of_the_copy(tmp_path):
    desk = Desk(tmp_path, LINKED, "a.html")
    copy = (desk.out / "a.html").read_text()
    assert [gone for gone in GONE if gone.casefold() in copy.casefold()] == []
    assert re.search(r"Councillor \[PERSON_\w{8}\]<a href=", copy)
    page = io.BytesIO(copy.encode())
    form, layout = format_for(page, Hints("a.html"))
    text = "".join(token.text or "" for token in form.tokens(page, layout))
    rows = [one for one in desk.records if one["type"] == "redaction"]
    assert len(rows) >= 6
    for one in rows:
        assert text[one["start"] : one["end"]] == one["placeholder"]
    assert {one["line"] for one in rows} == {2, 3}


STORE = zipped(letter__txt=LETTER, store__db=b"SQLite format 3\0....", notes__txt=LETTER)


def test_a_part_that_cannot_be_examined_costs_the_document(tmp_path):
    desk = Desk(tmp_path, STORE, "letters.zip")
    assert (desk.outcome.status, desk.outcome.code) == (Status.FAILED, ExitCode.INPUT)
    assert "member 2" in desk.outcome.error
    assert "SQLite" in desk.outcome.error
    assert not (desk.out / "letters.zip").exists()


def test_it_is_left_out_where_the_policy_says_so_and_the_exit_code_tells(tmp_path):
    desk = Desk(tmp_path, STORE, "letters.zip", parts="omit")
    assert (desk.outcome.status, desk.outcome.code) == (Status.PARTIAL, ExitCode.INPUT)
    assert desk.copy("letters.zip").namelist() == ["letter.txt", "notes.txt"]
    [document] = [one for one in desk.records if one["type"] == "document"]
    assert document["not_examined"] == [["2", "UnsupportedFormat"]]
    assert document["status"] == "partial"
    places = {one["part"] for one in desk.records if one["type"] == "redaction"}
    assert places == {"1", "2"}  # as they are counted in the copy
    assert {p.code for p in verify_output(desk.out, desk.audit, KEY)} == {ExitCode.OUTPUT}


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        pytest.param({"members": 3}, "members", id="members"),
        pytest.param({"depth": 1}, "depth", id="depth"),
        pytest.param({"tree_bytes": 300}, "tree_bytes", id="bytes"),
    ],
)
def test_limits_are_those_of_the_whole_tree(tmp_path, limits, reason):
    from dataclasses import replace

    from redactor.model import Limits

    desk = Desk(tmp_path, TREE, "letters.zip", limits=replace(Limits(), **limits))
    assert (desk.outcome.status, desk.outcome.code) == (Status.FAILED, ExitCode.INPUT)
    assert reason in desk.outcome.error
    assert not (desk.out / "letters.zip").exists()


@pytest.mark.parametrize(
    "name", ["letter.txt", "Annual report 2014.txt", "minutes_of_the_board.txt", "read me.txt"]
)
def test_an_ordinary_file_name_is_nobodys(tmp_path, name):
    data = zipped(**{name.replace(".", "__"): "Nothing of anybody in here.\n"})
    desk = Desk(tmp_path, data, "a.zip")
    assert desk.copy("a.zip").namelist() == [name]


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        pytest.param("Teodor_Vance.txt", r"PERSON_\w{8}\.txt", id="a name alone"),
        pytest.param("2014-05 Teodor Vance.txt", r"2014-05 PERSON_\w{8}\.txt", id="after a date"),
        pytest.param("teodor_vance_letter.txt", r"PERSON_\w{8}_letter\.txt", id="in small letters"),
    ],
)
def test_whoever_is_named_in_a_document_goes_from_its_name(tmp_path, name, shape):
    desk = Desk(tmp_path, zipped(**{name.replace(".", "__"): LETTER}), "a.zip")
    [copied] = desk.copy("a.zip").namelist()
    assert re.fullmatch(shape, copied), copied


def test_folders_lose_the_names_of_those_who_are_removed_inside(tmp_path):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("Letters/", "")
        archive.writestr("Letters/Marsh, Ilse/", "")
        archive.writestr("Letters/Marsh, Ilse/first.txt", LETTER)
        archive.writestr("Letters/plain.txt", "Nothing of anybody in here.\n")
    desk = Desk(tmp_path, data.getvalue(), "a.zip")
    letters, folder, first, plain = desk.copy("a.zip").namelist()
    assert (letters, plain) == ("Letters/", "Letters/plain.txt")
    assert re.fullmatch(r"Letters/PERSON_\w{8}/", folder)
    assert first == f"{folder}first.txt"
    assert folder[8:-1] in desk.copy("a.zip").read(first).decode()
    assert {p.code for p in verify_output(desk.out, desk.audit, KEY)} == {ExitCode.OUTPUT}


def test_a_word_that_stays_in_another_member_is_no_leak(tmp_path):
    data = zipped(
        letter__txt="Mr Teodor Marsh called.\n", notes__txt="The marsh was dry in 2014.\n"
    )
    desk = Desk(tmp_path, data, "a.zip")
    assert "marsh was dry" in every_text(desk.copy("a.zip"))
    assert {p.code for p in verify_output(desk.out, desk.audit, KEY)} == {ExitCode.OUTPUT}


def test_two_members_that_lose_their_names_do_not_hide_each_other(tmp_path):
    data = zipped(Teodor_Vance__txt=LETTER, **{"Teodor Vance__txt": LETTER})
    desk = Desk(tmp_path, data, "a.zip")
    first, second = desk.copy("a.zip").namelist()
    assert first != second
    assert second == first.replace(".txt", "_2.txt")


def test_members_examined_together_are_linked_and_others_are_examined_by_themselves(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(ZipArchive, "together", True)
    data = zipped(
        head__txt="From: Dr Teodor Brack, editor\n",
        inner__zip=zipped(letter__txt=LETTER),
        image__xyz=b"\x7fELF\0",
        body__txt="Yesterday brack rang again.\nBrack\n",
    )
    desk = Desk(tmp_path, data, "message.zip", parts="omit")
    assert desk.outcome.status is Status.PARTIAL
    copy = desk.copy("message.zip")
    [person] = re.findall(r"PERSON_\w+", copy.read("head.txt").decode())
    assert copy.read("body.txt").decode().splitlines()[1] == f"[{person}]"
    assert "Teodor" not in every_text(zipfile.ZipFile(io.BytesIO(copy.read("inner.zip"))))
    [problem] = verify_output(desk.out, desk.audit, KEY)
    assert problem.message.startswith("THE RUN DID NOT END")


def test_a_member_that_is_damaged_at_its_end_costs_none_of_those_examined_with_it(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(ZipArchive, "together", True)
    broken = b"Dear Ilse Marsh,\n" * 9000 + b"\xff\xfe\x00\x01" * 50_000
    data = zipped(a__txt=LETTER, b__txt=broken, c__txt=LETTER)
    desk = Desk(tmp_path, data, "message.zip", parts="omit")
    assert desk.copy("message.zip").namelist() == ["a.txt", "c.txt"]
    [problem] = verify_output(desk.out, desk.audit, KEY)
    assert problem.message.startswith("THE RUN DID NOT END")


def test_many_small_texts_are_read_in_one_window(monkeypatch, analyzer):
    from redactor.analysis.unit import SourceText, unit_of

    cells = [
        SourceText(at, f"Teodor Vance wrote to the harbour office, item {at:04}")
        for at in range(1000)
    ]
    asked = []
    find = type(analyzer.detectors).find

    def counted(self, view, *given):
        asked.append(len(view.text))
        return find(self, view, *given)

    monkeypatch.setattr(type(analyzer.detectors), "find", counted)
    found = Analyzer(analyzer.policy).analyze(unit_of(cells))
    assert len(asked) == 1
    assert len({one.decision.start for one in found.removals}) == 1000


def test_what_joins_is_read_behind_what_it_continues_and_not_behind_what_is_between():
    page = '<p>Ma<b class="of-it">rsh</b><!-- Lux<br><i title="a">RES</i> --> and Ilse'
    form, layout = format_for(io.BytesIO(page.encode()), Hints("a.html"))
    tokens = (one for one in form.tokens(io.BytesIO(page.encode()), layout) if one.text is not None)
    assert re.findall(r"[\w-]+", "".join(as_read(tokens))) == (
        ["Ma", "of-it", "Marsh", "Lux", "a", "Lux", "RES", "Marsh", "and", "Ilse"]
    )
