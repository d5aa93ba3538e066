"""Marked copies: what people do with marks comes back as decisions, and nothing else does."""

from __future__ import annotations

import io
import re

import pytest
import yaml
from marking import Proposal

from redactor import redact_folder
from redactor.errors import DecisionsError, MarksError
from redactor.formats.budget import unlimited
from redactor.formats.tree import Reading, root
from redactor.proposals.places import Place
from redactor.proposals.returned import returned
from redactor.proposals.writing import marked_copy
from redactor.report.evidence import gather
from redactor.review.worklist import drawn_from

LETTER = """Dear Ms Vance,

Mr Teodor Vance wrote to us from teodor.vance@example.org on Tuesday; his number is 020 7946 0321.
We answered Teodor Vance the same day. The nick ochreplume was seen, and (a kettle) once more.
"""
PAGE = """<!DOCTYPE html><html><head><title>Teodor Vance</title></head><body>
<p>Mr Teodor <b>Vance</b> wrote &amp; met Jane&nbsp;Marsh.<br>See
<a href="x" title="Teodor Vance">his mail</a>. <mark>Note</mark>
Ask Teodor Vance about (a kettle).</p></body></html>
"""
KINDS = {"text": ("a.txt", LETTER), "page": ("a.html", PAGE)}


def said(rows, decision):
    return [row for row in rows if row["decision"] == decision]


@pytest.fixture
def of(tmp_path):
    """Return a function from the source of a document to a run with its marked copy."""
    return lambda name, source: Proposal.of(tmp_path, **{name.replace(".", "_"): source.encode()})


def without(at, name, text):
    """Return a change that takes the marks around a text away, whatever is between its words."""
    if name.endswith(".txt"):
        pattern = rf"⟦[^|⟧]*\|({re.escape(text)})⟧"
    else:
        pattern = rf"<mark data-redactor-id[^>]*>({text})</mark>"
    return lambda data: re.sub(pattern, r"\1", data.decode(), count=1).encode()


def around(name, text, nth=1):
    """Return a change that marks a text that has no mark."""
    opened, closed = (
        ("⟦HANDLE|", "⟧") if name.endswith(".txt") else ('<mark title="HANDLE">', "</mark>")
    )

    def change(data):
        parts = data.decode().split(text)
        return (text.join(parts[:nth]) + opened + text + closed + text.join(parts[nth:])).encode()

    return change


@pytest.mark.parametrize("kind", KINDS)
class TestWhatPeopleDo:
    def test_untouched_marks_change_no_byte_of_the_copies(self, of, kind):
        name, source = KINDS[kind]
        at = of(name, source)
        before = at.copies
        rows, counts = at.decided(at.folder)
        assert counts.confirmed == len(rows) > 2
        at.burn_in(at.folder)
        assert at.copies == before
        assert at.problems == []

    def test_a_mark_that_is_taken_away_keeps_its_text_and_it_alone(self, of, kind):
        name, source = KINDS[kind]
        at = of(name, source)
        path = at.edit(name, without(at, name, "Jane&nbsp;Marsh" if kind == "page" else "Vance"))
        _rows, counts = at.decided(path)
        assert (counts.restored, counts.added) == (1, 0)
        assert at.burn_in(path).exit_code == 0
        copy = at.copies[name].decode()
        assert ("Jane&nbsp;Marsh" if kind == "page" else "Dear Ms Vance") in copy
        assert "Teodor Vance" not in copy
        assert at.problems == []

    def test_a_mark_that_is_added_removes_this_text_and_no_other(self, of, kind):
        name, source = KINDS[kind]
        at = of(name, source)
        word = "(a kettle)"
        path = at.edit(name, around(name, word))
        rows, counts = at.decided(path)
        assert (counts.restored, counts.added) == (0, 1)
        [row] = said(rows, "add")
        assert (row["text"], row["type"], row["where"]) == (word, "HANDLE", "here")
        assert at.burn_in(path).exit_code == 0
        copy = at.copies[name].decode()
        assert re.search(r"\[HANDLE_\w{8}\]", copy)
        assert word not in copy
        assert at.problems == []

    def test_a_mark_that_is_moved_is_both(self, of, kind):
        name, source = KINDS[kind]
        at = of(name, source)
        old = "Jane&nbsp;Marsh" if kind == "page" else "020 7946 0321"
        away, there = without(at, name, old), around(name, "Tuesday" if kind == "text" else "wrote")
        path = at.edit(name, lambda data: there(away(data)))
        _rows, counts = at.decided(path)
        assert (counts.restored, counts.added) == (1, 1)
        assert at.burn_in(path).exit_code == 0
        copy = at.copies[name].decode()
        assert old in copy
        assert ("Tuesday" if kind == "text" else "wrote") not in copy
        assert at.problems == []

    def test_another_text_is_refused_by_its_line(self, of, kind):
        name, source = KINDS[kind]
        at = of(name, source)
        path = at.edit(name, lambda data: data.replace(b"once", b"0nce").replace(b"Ask", b"asked"))
        wrong = r"another text than its document, from line \d on"
        with pytest.raises(MarksError, match=wrong) as refused:
            at.decided(path)
        assert not re.search("Vance|Teodor|once|Ask", str(refused.value))

    def test_one_of_another_run_is_refused(self, of, kind, tmp_path):
        name, source = KINDS[kind]
        at = of(name, source)
        path = at.edit(
            name, lambda data: re.sub(rb"(:)[0-9a-f]{32}", rb"\g<1>" + b"0" * 32, data, count=1)
        )
        with pytest.raises(MarksError, match="another document or run"):
            at.decided(path)

    def test_private_and_never_among_the_copies(self, of, kind):
        name, source = KINDS[kind]
        at = of(name, source)
        modes = {path.stat().st_mode & 0o777 for path in at.folder.rglob("*") if path.is_file()}
        folders = {path.stat().st_mode & 0o777 for path in at.folder.rglob("*") if path.is_dir()}
        assert (modes, folders) == ({0o600}, {0o700})
        assert b"NOT REDACTED" in (at.folder / name).read_bytes()[:600]
        assert b"data-redactor" not in at.copies[name]
        assert [path.name for path in (at.base / "out").iterdir()] == [name]


class TestPlaces:
    """What one document is enough for."""

    def marks(self, of, change):
        at = of("a.txt", LETTER)
        path = at.edit("a.txt", lambda data: change(data.decode()).encode())
        return at, path

    def test_a_mark_may_shrink(self, of):
        at, path = self.marks(
            of, lambda text: re.sub(r"(⟦PERSON 2-\w+\|)Teodor ", r"Teodor \1", text)
        )
        _rows, counts = at.decided(path)
        assert (counts.restored, counts.added) == (1, 1)
        assert at.burn_in(path).exit_code == 0
        copy = at.copies["a.txt"].decode()
        assert re.search(r"\nMr Teodor \[PERSON_\w{8}\] wrote to us from \[EMAIL", copy)
        assert at.problems == []

    def test_a_mark_may_grow(self, of):
        grown = lambda text: re.sub(r"Mr (⟦PERSON 2-\w+\|)", r"\1Mr ", text)  # noqa: E731
        at, path = self.marks(of, grown)
        _rows, counts = at.decided(path)
        assert (counts.restored, counts.added) == (0, 1)
        assert at.burn_in(path).exit_code == 0
        assert re.search(r"\n\n\[PERSON_\w{8}\] wrote", at.copies["a.txt"].decode())
        assert at.problems == []

    def test_a_mark_may_slide(self, of):
        slid = lambda text: re.sub(  # noqa: E731
            r"(⟦PERSON 2-\w+\|)Teodor (Vance)⟧ wrote", r"Teodor \1\2 wrote⟧", text
        )
        at, path = self.marks(of, slid)
        assert at.burn_in(path).exit_code == 0
        assert re.search(r"\nMr Teodor \[PERSON_\w{8}\] to us", at.copies["a.txt"].decode())
        assert at.problems == []

    def test_another_type_is_a_change(self, of):
        at, path = self.marks(of, lambda text: text.replace("⟦PERSON 1-", "⟦HANDLE 1-"))
        rows, counts = at.decided(path)
        assert (counts.changed, said(rows, "change")[0]["type"]) == (1, "HANDLE")
        assert at.burn_in(path).exit_code == 0
        assert at.copies["a.txt"].startswith(b"Dear Ms [HANDLE_")

    def test_blanks_and_line_ends_of_an_editor_change_nothing(self, of):
        at, path = self.marks(of, lambda text: "\ufeff" + text.replace("\n", "\r\n").rstrip())
        rows, counts = at.decided(path)
        assert counts.confirmed == len(rows)

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            (
                lambda text: text.replace("Vance⟧,", "Vance,"),
                "half of a mark, or one in another, line",
            ),
            (lambda text: text.replace("⟦PERSON 1-", "PERSON 1-"), "half of a mark"),
            (lambda text: text.rstrip() + "⟦", "half of a mark"),
            (lambda text: text.replace("⟦PERSON 1-", "⟦PERSON x1-"), "words are changed, line 2"),
            (
                lambda text: re.sub(r"⟦PERSON 1-\w+", "⟦PERSON 99-abcd", text),
                "another document or run",
            ),
            (lambda text: text.replace("Tuesday", "Tuesday⟦|;⟧"), "without a letter"),
            (lambda text: text.partition("\n")[2], "lost its first line|lost the first line"),
            (
                lambda text: text.partition("\n")[2].replace("⟦", "").replace("⟧", ""),
                "no marked copy",
            ),
        ],
    )
    def test_a_broken_copy_is_refused(self, of, change, why):
        at, path = self.marks(of, change)
        with pytest.raises(MarksError, match=why):
            at.decided(path)

    def test_a_mark_that_is_copied_within_its_document_marks_more(self, of):
        at, path = self.marks(of, lambda text: re.sub(r"seen", "⟦PERSON 1-KEY|seen⟧", text))
        key = re.search(r"1-\w{4}", (at.folder / "a.txt").read_text("utf-8"))[0]
        path.write_text(path.read_text("utf-8").replace("1-KEY", key), "utf-8")
        rows, counts = at.decided(path)
        assert (counts.restored, counts.added) == (0, 1)
        assert said(rows, "add")[0]["type"] == "PERSON"

    def test_what_is_added_at_one_place_alone_is_said_to_be_at_others(self, of):
        at, path = self.marks(of, lambda text: text.replace("the same", "⟦|the⟧ same"))
        _, counts = at.decided(path)
        assert counts.elsewhere == 1  # "The nick"
        assert any("at 1 other places, " in one for one in counts.sentences)
        path.write_text(path.read_text("utf-8").replace("The nick ⟦", "⟦|The⟧ nick ⟦"), "utf-8")
        assert at.decided(path)[1].elsewhere == 0

    def test_other_brackets_are_taken_where_a_text_has_these(self, of):
        at = of("a.txt", LETTER + "⟦x⟧\n")
        assert (at.folder / "a.txt").read_text("utf-8").startswith("⟪PRIVATE")
        rows, counts = at.decided(at.folder)
        assert counts.confirmed == len(rows) > 3

    def test_after_another_run_an_old_copy_is_refused(self, of):
        at = of("a.txt", LETTER)
        at.burn_in(at.folder)
        with pytest.raises(MarksError, match="redacted anew"):
            at.decided(at.folder)


def test_a_format_without_marks_is_named(tmp_path):
    at = Proposal.of(tmp_path, a_json=b'{"name": "Teodor Vance"}')
    [outcome] = at.result.outcomes
    assert "no marks are made in JSON" in outcome.no_marks
    assert outcome.unmarked == 1
    with pytest.raises(MarksError, match="cannot be read: "):
        at.read(at.folder)


def test_by_commands_from_marks_to_copies(cli, tmp_path):
    source, out = tmp_path / "src", tmp_path / "out"
    source.mkdir()
    (source / "a.txt").write_text(LETTER, "utf-8")
    (source / "b.html").write_text(PAGE, "utf-8")
    (source / "c.eml").write_text("Subject: x\n\nTeodor Vance\n", "utf-8")
    run = cli("redact", source, "--out", out, "--propose", "--workers", "1")
    audit = tmp_path / "out.audit"
    assert run.code == 0
    assert f"proposals: {audit / 'proposed'} (marked, NOT redacted: keep it private)" in run.out
    assert "no marked copy: c.eml: no marks are made in E-mail messages" in run.out
    assert "without a mark: 2 places of b.html" in run.out
    path = audit / "proposed" / "a.txt"
    text = re.sub(r"⟦PERSON 1-\w+\|Vance⟧", "Vance", path.read_text("utf-8"))
    path.write_text(text.replace("Tuesday", "⟦|Tuesday⟧"), "utf-8")
    before = (out / "b.html").read_bytes()
    said = cli("review", "--from", audit / "proposed", "--reviewer", "RO", "--format", "csv")
    assert said.code == 0, said.err
    assert "marks: 8 left, 1 taken away, 1 added" in said.out
    assert "review: 2 places in these documents have no mark" in said.out
    decisions = audit / "decisions-1.csv"
    assert decisions.stat().st_mode & 0o777 == 0o600
    again = cli("redact", source, "--out", out, "--decisions", decisions, "--workers", "1")
    assert again.code == 0, again.err
    assert (out / "b.html").read_bytes() == before
    copy = (out / "a.txt").read_text("utf-8")
    assert copy.startswith("Dear Ms Vance,")
    assert re.search(r"on \[DENY_LIST_\w{8}\]; his", copy)
    assert cli("verify", out).code == 0
    assert not re.search(rb"Vance|Tuesday", (audit / "audit.jsonl").read_bytes())
    for wrong, code in (
        (("review", "--from", path), 3),  # the document was redacted anew
        (("review", audit, "--from", source / "a.txt"), 3),
        (("review", "--from", source / "a.txt"), 2),
        (("review", audit, "--reviewer", "RO"), 2),
        (("review", audit, "--from", path, "--all"), 2),
        (("redact", "-", "--propose"), 2),
    ):
        run = cli(*wrong)
        assert run.code == code, wrong
        assert not re.search("Vance|Teodor|Tuesday", run.err)


def test_a_copy_that_is_too_large_is_refused(tmp_path):
    at = Proposal.of(tmp_path, a_txt=LETTER.encode())
    with pytest.raises(MarksError, match=r"cannot be read: the document has \d+ bytes"):
        returned(at.folder / "a.txt", at.audit, 100)


def test_of_two_copies_of_one_document_the_one_counts_that_was_changed(tmp_path):
    at = Proposal.of(tmp_path, a_txt=LETTER.encode())
    one = at.edit("a.txt", without(at, "a.txt", "Vance"))
    second = one.parent / "b.txt"
    second.write_bytes((at.folder / "a.txt").read_bytes())
    assert at.decided(one.parent)[1].restored == 1
    second.write_bytes(around("a.txt", "Tuesday")(second.read_bytes()))
    with pytest.raises(MarksError, match="are marked copies of one document"):
        at.read(one.parent)


def test_a_wider_row_takes_no_notice_of_the_span(tmp_path):
    at = Proposal.of(tmp_path, a_txt=f"{LETTER}Room 0321 is free.\n".encode())
    path = at.edit("a.txt", around("a.txt", "0321", nth=2))
    assert at.decided(path)[1].elsewhere == 0  # the telephone is marked as it was
    at.burn_in(path, where="document")
    assert "0321" not in at.copies["a.txt"].decode()


@pytest.mark.parametrize(
    ("encoding", "text"),
    [("cp1252", "Mr Teodor Vance, café\r\n"), ("utf-16", "Mr Teodor Vance — “x”\n")],
)
def test_texts_of_other_encodings_are_marked_in_utf_8(encoding, text):
    source = io.BytesIO(text.encode(encoding))
    place = Place("0" * 24 + ":1", "3f2a" * 12, "PERSON", "(b)(6)", "text", 3, 15)
    node = root(source, "a.txt", Reading(unlimited()))
    copy = marked_copy(node, "a.txt", ("0" * 24, "1" * 32), [place], {})
    assert "Mr ⟦PERSON (b)(6) 1-3f2a|Teodor Vance⟧" in copy.data.decode()


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"text": "lighthouse"}, "does not stand at this place of the source"),
        ({"part": "2"}, "does not stand at this place of the source"),
        ({"line": 1}, "has a span and a line"),
        ({"part": ""}, "by a span of no part"),
        ({"span": "9-9"}, "by a span of no part, or of no characters"),
        ({"span": "9"}, "is no span of characters"),
    ],
)
def test_a_row_that_fits_no_place_is_refused(tmp_path, row, why):
    at = Proposal.of(tmp_path, a_txt=b"The old lighthouse was shut.\n")
    file = at.base / "decisions.yaml"
    whole = {"decision": "add", "file": "a.txt", "part": "text", "text": "old", "span": "4-7"}
    content = {"drawn": str(drawn_from(gather(at.audit))), "reviewer": "RO", "rows": [whole | row]}
    file.write_text(yaml.safe_dump(content), "utf-8")
    with pytest.raises(DecisionsError, match=why):
        redact_folder(
            at.base / "src", at.base / "out", workers=1, decisions=[file], key=at.audit / "key"
        )
