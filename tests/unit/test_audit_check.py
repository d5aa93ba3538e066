"""The audit log under attack: every tampering is noticed, named, and told with its place."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from audit_cases import (
    COUNT,
    KEY,
    OTHER_KEY,
    OTHER_PUBLIC,
    PUBLIC,
    Lines,
    edited,
    log_lines,
    redaction,
    rewrite,
    run_start,
    write_log,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from redactor.audit import AuditLog, Damage, LogReport, LogTooNew, Pin, RunEnd, check, to_fields
from redactor.audit import folder as audit_folder
from redactor.audit.heads import FIRST, Head, decode_head, sign_head
from redactor.audit.merkle import Frontier, leaf_hash
from redactor.audit.reading import heads_of
from redactor.errors import KeyFileError, OutputError, UsageError

DOCUMENT = "d1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_log(tmp_path / "audit")


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Another log of the same key: another run, with as many records and appends."""
    log = AuditLog.create(tmp_path / "other", KEY)
    log.append([replace(run_start(), run="r2"), *(redaction(number, "d2") for number in range(4))])
    log.append([redaction(number, "d2") for number in range(4, COUNT)])
    return log.folder


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """A folder whose log one test tampers with many times, and its files as they were."""
    folder = write_log(tmp_path_factory.mktemp("sound") / "audit")
    return folder, {name: (folder / name).read_bytes() for name in FILES}


FILES = ("audit.jsonl", "leaves.bin", "heads.jsonl")


def dropped(at: int, count: int = 1) -> Callable[[Lines], Lines]:
    return lambda lines: lines[:at] + lines[at + count :]


def swapped(one: int, other: int) -> Callable[[Lines], Lines]:
    def swap(lines: Lines) -> Lines:
        lines[one], lines[other] = lines[other], lines[one]
        return lines

    return swap


def with_line(at: int, change: Callable[[bytes], bytes]) -> Callable[[Lines], Lines]:
    return lambda lines: [*lines[:at], change(lines[at]), *lines[at + 1 :]]


MADE_UP = b'{"type":"redaction"}\n'
TAMPERING: dict[str, tuple[Callable[[Lines], Lines], Damage, int]] = {
    "first dropped": (dropped(0), Damage.DROPPED, 0),
    "a middle one dropped": (dropped(6), Damage.DROPPED, 6),
    "a whole document dropped": (dropped(1, 11), Damage.DROPPED, 1),
    "two swapped": (swapped(4, 5), Damage.REORDERED, 4),
    "two far apart swapped": (swapped(2, 11), Damage.REORDERED, 2),
    "last two swapped": (swapped(COUNT - 2, COUNT - 1), Damage.REORDERED, COUNT - 2),
    "all reversed": (lambda lines: lines[::-1], Damage.REORDERED, 0),
    "one repeated": (lambda lines: [*lines[:5], lines[4], *lines[5:]], Damage.INSERTED, 5),
    "first repeated at the end": (lambda lines: [*lines, lines[0]], Damage.INSERTED, COUNT),
    "one made up": (lambda lines: [*lines[:7], MADE_UP, *lines[7:]], Damage.INSERTED, 7),
    "one made up in front": (lambda lines: [MADE_UP, *lines], Damage.INSERTED, 0),
    "one made up at the end": (lambda lines: [*lines, MADE_UP], Damage.TORN, COUNT),
    "one cut off the tail": (lambda lines: lines[:-1], Damage.TRUNCATED, COUNT - 1),
    "ten cut off the tail": (lambda lines: lines[:-10], Damage.TRUNCATED, COUNT - 10),
    "emptied": (lambda _: [], Damage.TRUNCATED, 0),
    "cut within the last line": (
        with_line(COUNT - 1, lambda _: b'{"mac"'),
        Damage.TRUNCATED,
        COUNT - 1,
    ),
    "cut before the last line end": (
        lambda lines: [*lines[:-1], lines[-1][:-1]],
        Damage.TRUNCATED,
        COUNT - 1,
    ),
    "cut within a middle line": (lambda lines: [*lines[:7], lines[7][:40]], Damage.TRUNCATED, 7),
    "half a line more": (lambda lines: [*lines, lines[0][:20]], Damage.TORN, COUNT),
    "a line end gone in the middle": (with_line(3, bytes.rstrip), Damage.EDITED, 3),
    "an empty line": (lambda lines: [*lines, b"\n"], Damage.TORN, COUNT),
    "an empty line in the middle": (
        lambda lines: [*lines[:4], b"\n", *lines[4:]],
        Damage.INSERTED,
        4,
    ),
    "a space too many": (
        with_line(3, lambda line: line.replace(b":", b": ", 1)),
        Damage.EDITED,
        3,
    ),
    "written anew with spaces": (
        lambda lines: [json.dumps(json.loads(line)).encode() + b"\n" for line in lines],
        Damage.EDITED,
        0,
    ),
    "an escape too many": (
        with_line(3, lambda line: line.replace(b"PERSON", b"\\u0050ERSON", 1)),
        Damage.EDITED,
        3,
    ),
    "a name given twice": (
        with_line(3, lambda line: line.replace(b'"start":2', b'"start":9,"start":2')),
        Damage.EDITED,
        3,
    ),
    "a carriage return": (
        with_line(0, lambda line: line.replace(b"\n", b"\r\n")),
        Damage.EDITED,
        0,
    ),
    "carriage returns everywhere": (
        lambda lines: [line.replace(b"\n", b"\r\n") for line in lines],
        Damage.EDITED,
        0,
    ),
    "no object": (with_line(0, lambda _: b"[1,2]\n"), Damage.EDITED, 0),
    "no JSON": (with_line(2, lambda _: b"Jane Planted\n"), Damage.EDITED, 2),
    "no UTF-8": (with_line(2, lambda _: b"\xff\xfe\x00\n"), Damage.EDITED, 2),
    "an endless number": (with_line(2, lambda _: b"9" * 9_999 + b"\n"), Damage.EDITED, 2),
    "a bottomless list": (with_line(2, lambda _: b"[" * 99_999 + b"\n"), Damage.EDITED, 2),
    "half a character": (with_line(2, lambda _: b'{"n":"\\ud800"}\n'), Damage.EDITED, 2),
    "a line without an end in sight": (
        lambda lines: [*lines[:2], b"x" * (3 * audit_folder.LONGEST_LINE), *lines[2:]],
        Damage.INSERTED,
        2,
    ),
}


@pytest.mark.parametrize("name", TAMPERING)
def test_tampering_with_records_is_named(folder: Path, name: str) -> None:
    tamper, damage, at = TAMPERING[name]
    rewrite(folder, tamper(log_lines(folder)))
    report = check(folder, PUBLIC)
    assert (report.damage, report.at, report.records) == (damage, at, at)
    assert f"{damage.value} at record {at}" in report.sentence
    assert "Planted" not in report.sentence


RECORD_FIELDS = list(to_fields(redaction(1)))


@pytest.mark.parametrize("name", RECORD_FIELDS)
def test_an_edit_of_any_field_shows(folder: Path, name: str) -> None:
    rewrite(folder, with_line(6, lambda line: edited(line, name))(log_lines(folder)))
    report = check(folder, PUBLIC)
    assert (report.damage, report.at, report.records) == (Damage.EDITED, 6, 6)
    assert name == "document" or report.document == DOCUMENT


def test_what_an_edited_record_says_is_not_printed(folder: Path) -> None:
    forged = b'{"document":"\\u001b[2J Jane Planted"}\n'
    rewrite(folder, with_line(6, lambda _: forged)(log_lines(folder)))
    assert check(folder, PUBLIC).document == DOCUMENT  # of the record before


def leaves_made_anew(folder: Path) -> None:
    """Make leaves.bin agree with the records, as who knows the format would."""
    lines = log_lines(folder)
    (folder / "leaves.bin").write_bytes(b"".join(leaf_hash(line[:-1]) for line in lines))


# With the leaves made anew, a head still tells which append it was: records 5 to 13.
COVERED: dict[str, tuple[Callable[[Lines], Lines], Damage, tuple[int, int]]] = {
    "edited": (with_line(6, lambda line: edited(line, "end")), Damage.EDITED, (5, 14)),
    "edited in the first append": (
        with_line(2, lambda line: edited(line, "end")),
        Damage.EDITED,
        (0, 5),
    ),
    "swapped": (swapped(6, 7), Damage.EDITED, (5, 14)),
    "dropped": (dropped(2), Damage.DROPPED, (0, 5)),
    "inserted": (lambda lines: [*lines[:7], MADE_UP, *lines[7:]], Damage.INSERTED, (5, 14)),
    "truncated": (lambda lines: lines[:-3], Damage.TRUNCATED, (5, 14)),
}


@pytest.mark.parametrize("name", COVERED)
def test_tampering_that_is_covered_up_is_named_to_the_append(folder: Path, name: str) -> None:
    tamper, damage, (at, until) = COVERED[name]
    rewrite(folder, tamper(log_lines(folder)))
    leaves_made_anew(folder)
    report = check(folder, PUBLIC)
    assert (report.damage, report.at, report.until, report.records) == (damage, at, until, at)
    assert f"at record {at}, or at one up to {until - 1}" in report.sentence


# What concerns more files, or another log


def shorten(folder: Path, size: int, *names: str) -> None:
    """Cut files back to what they were when the log had so many records."""
    (head,) = [head for head in heads_of(folder) if head.size == size]
    lengths = {
        "audit.jsonl": head.length,
        "leaves.bin": 32 * size,
        "heads.jsonl": sum(
            len(line)
            for line in log_lines(folder, "heads.jsonl")
            if decode_head(line[:-1]).size <= size
        ),
    }
    for name in names:
        (folder / name).write_bytes((folder / name).read_bytes()[: lengths[name]])


def change_heads(folder: Path, change: Callable[[Lines], Lines]) -> None:
    rewrite(folder, change(log_lines(folder, "heads.jsonl")), "heads.jsonl")


def graft(folder: Path, other: Path) -> None:
    """Put the second append of another log in the place of this one's."""
    for name in FILES:
        shorten(folder, 5, name)
        length = len((folder / name).read_bytes())
        before = other.parent / "shortened"
        shutil.copytree(other, before)
        shorten(before, 5, name)
        tail = (other / name).read_bytes()[len((before / name).read_bytes()) :]
        shutil.rmtree(before)
        (folder / name).write_bytes((folder / name).read_bytes()[:length] + tail)


def resigned(folder: Path, *, all_of_them: bool) -> None:
    """Sign heads again with another key."""
    before: Head | None = None
    lines: Lines = log_lines(folder, "heads.jsonl")
    leaves = [leaf_hash(line[:-1]) for line in log_lines(folder)]
    for number, line in enumerate(lines):
        head = decode_head(line[:-1])
        if all_of_them or number == len(lines) - 1:
            tree = Frontier.of(leaves[: head.size])
            head = sign_head(OTHER_KEY, before, tree, length=head.length, run=head.run)
            lines[number] = head.encode() + b"\n"
        before = head
    rewrite(folder, lines, "heads.jsonl")


def replaced(name: str) -> Callable[[Path, Path], None]:
    return lambda folder, other: shutil.copy(other / name, folder / name)


def with_other_line(folder: Path, other: Path) -> None:
    lines = log_lines(folder)
    rewrite(folder, [*lines[:6], log_lines(other)[6], *lines[6:]])


def of_other_log(folder: Path, other: Path) -> None:
    change_heads(folder, lambda heads: [*heads[:2], log_lines(other, "heads.jsonl")[2]])


SIGNATURE = '"signature":"'


def head_edited(at: int, name: str) -> Callable[[Path, Path], None]:
    def change(folder: Path, other: Path) -> None:
        change_heads(folder, with_line(at, lambda line: edited(line, name)))

    return change


Tamper = Callable[[Path, Path], object]
DEEPER: dict[str, tuple[Tamper, Damage, int]] = {
    "a line of another log": (with_other_line, Damage.INSERTED, 6),
    "another run's tail": (graft, Damage.GRAFTED, 5),
    "the last head of another log": (of_other_log, Damage.GRAFTED, 5),
    "the heads of another log": (replaced("heads.jsonl"), Damage.GRAFTED, 0),
    "the leaves of another log": (replaced("leaves.bin"), Damage.LEAVES, 0),
    "records and leaves cut": (
        lambda folder, _: shorten(folder, 5, "audit.jsonl", "leaves.bin"),
        Damage.TRUNCATED,
        5,
    ),
    "records and heads cut": (
        lambda folder, _: shorten(folder, 5, "audit.jsonl", "heads.jsonl"),
        Damage.TORN,
        5,
    ),
    "heads cut": (lambda folder, _: shorten(folder, 5, "heads.jsonl"), Damage.TORN, 5),
    "heads emptied": (lambda folder, _: change_heads(folder, lambda _: []), Damage.UNSIGNED, 0),
    "heads gone": (lambda folder, _: (folder / "heads.jsonl").unlink(), Damage.UNSIGNED, 0),
    "no heads": (
        lambda folder, _: change_heads(folder, lambda _: [b"Jane Planted\n"]),
        Damage.FORGED,
        0,
    ),
    "a head taken out": (
        lambda folder, _: change_heads(folder, lambda heads: [heads[0], heads[2]]),
        Damage.UNSIGNED,
        0,
    ),
    "the first head taken out": (
        lambda folder, _: change_heads(folder, lambda heads: heads[1:]),
        Damage.FORGED,
        0,
    ),
    "heads swapped": (
        lambda folder, _: change_heads(folder, lambda heads: [heads[0], heads[2], heads[1]]),
        Damage.UNSIGNED,
        0,
    ),
    "half a head more": (
        lambda folder, _: change_heads(folder, lambda heads: [*heads, heads[0][:30]]),
        Damage.TORN,
        COUNT,
    ),
    "a head twice": (
        lambda folder, _: change_heads(folder, lambda heads: [*heads, heads[2]]),
        Damage.GRAFTED,
        COUNT,
    ),
    "the last head signed by another": (
        lambda folder, _: resigned(folder, all_of_them=False),
        Damage.FORGED,
        5,
    ),
    "a signature edited": (head_edited(2, "signature"), Damage.FORGED, 5),
    "an earlier signature edited": (head_edited(1, "signature"), Damage.FORGED, 0),
    "a root edited": (head_edited(2, "root"), Damage.FORGED, 5),
    "a size edited": (head_edited(2, "size"), Damage.FORGED, 5),
    "a time edited": (head_edited(1, "time"), Damage.FORGED, 0),
    "a torn count edited": (head_edited(2, "torn"), Damage.FORGED, 5),
    "a key id edited": (head_edited(2, "key"), Damage.FORGED, 5),
    "a space in a head": (
        lambda folder, _: change_heads(
            folder, with_line(2, lambda line: line.replace(b",", b", ", 1))
        ),
        Damage.FORGED,
        5,
    ),
    "a leaf edited": (
        lambda folder, _: (folder / "leaves.bin").write_bytes(
            (folder / "leaves.bin").read_bytes()[: 32 * 7].ljust(32 * COUNT, b"x")
        ),
        Damage.LEAVES,
        7,
    ),
    "leaves emptied": (
        lambda folder, _: (folder / "leaves.bin").write_bytes(b""),
        Damage.LEAVES,
        0,
    ),
    "leaves gone": (lambda folder, _: (folder / "leaves.bin").unlink(), Damage.LEAVES, 0),
    "leaves too many": (
        lambda folder, _: (folder / "leaves.bin").write_bytes(
            (folder / "leaves.bin").read_bytes() + bytes(32)
        ),
        Damage.TORN,
        COUNT,
    ),
}


@pytest.mark.parametrize("name", DEEPER)
def test_tampering_with_heads_and_leaves_is_named(folder: Path, other: Path, name: str) -> None:
    tamper, damage, at = DEEPER[name]
    tamper(folder, other)
    report = check(folder, PUBLIC)
    assert (report.damage, report.at) == (damage, at)
    assert "Planted" not in report.sentence


def test_a_graft_is_no_part_of_what_is_sound(folder: Path, other: Path) -> None:
    graft(folder, other)
    assert check(folder, PUBLIC).records == 5


@pytest.mark.parametrize("all_of_them", [True, False])
def test_a_log_under_another_public_key_is_refused(folder: Path, all_of_them: bool) -> None:
    if all_of_them:
        resigned(folder, all_of_them=True)
        assert check(folder, OTHER_PUBLIC).damage is None
    with pytest.raises(KeyFileError, match="another key"):
        check(folder, PUBLIC if all_of_them else OTHER_PUBLIC)


def test_records_that_are_gone_are_no_log(folder: Path) -> None:
    (folder / "audit.jsonl").unlink()
    with pytest.raises(OutputError, match="there is no audit log"):
        check(folder, PUBLIC)


# What only a head that was kept elsewhere can show


def pin_of(folder: Path) -> Pin:
    return heads_of(folder)[-1].pin


def test_a_pinned_head_of_any_age_is_found_again(folder: Path) -> None:
    for head in heads_of(folder):
        for pin in (head.pin, replace(head.pin, size=None), replace(head.pin, key=None)):
            assert check(folder, PUBLIC, pin).damage is None
    AuditLog.open(folder, KEY).append([redaction(1)])
    assert check(folder, PUBLIC, head.pin).damage is None


def test_an_older_head_with_its_shorter_log_shows_against_the_pinned_one(folder: Path) -> None:
    pin = pin_of(folder)
    shorten(folder, 5, *FILES)
    assert check(folder, PUBLIC) == LogReport(5, head=heads_of(folder)[-1])
    report = check(folder, PUBLIC, pin)
    assert (report.damage, report.at, report.until) == (Damage.REPLAYED, 5, COUNT)
    assert check(folder, PUBLIC, replace(pin, size=None)).damage is Damage.REPLAYED


def test_heads_that_were_cut_show_against_the_pinned_one(folder: Path) -> None:
    pin = pin_of(folder)
    shorten(folder, 5, "heads.jsonl")
    assert check(folder, PUBLIC, pin).damage is Damage.REPLAYED


def test_a_log_written_anew_shows_against_the_pinned_head(folder: Path, other: Path) -> None:
    pin = pin_of(folder)
    assert check(other, PUBLIC).damage is None
    report = check(other, PUBLIC, pin)
    assert (report.damage, report.at, report.records) == (Damage.FORKED, None, 0)
    assert "written anew" in report.sentence


def test_a_pinned_head_of_another_key_is_refused(folder: Path) -> None:
    with pytest.raises(KeyFileError, match="pinned head"):
        check(folder, PUBLIC, replace(pin_of(folder), key=OTHER_PUBLIC.id))


def test_a_pin_is_one_line_that_reads_back(folder: Path) -> None:
    pin, line = pin_of(folder), log_lines(folder, "heads.jsonl")[-1].decode()
    assert str(pin) == f"{COUNT}:{pin.root}:{PUBLIC.id}"
    assert Pin.parse(f" {pin}\n") == Pin.parse(line) == pin
    assert Pin.parse(pin.root) == Pin(pin.root)


@pytest.mark.parametrize("text", ["", "14", "14:ab", "x" * 64, "-1:" + "0" * 64, "Jane Planted"])
def test_what_is_no_pin_is_refused_unquoted(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        Pin.parse(text)
    assert "Planted" not in str(caught.value)


def test_interrupted_appends_that_were_sealed_are_reported(folder: Path) -> None:
    with (folder / "audit.jsonl").open("ab") as log:
        log.write(b'{"half')
    AuditLog.open(folder, KEY).append([RunEnd("r1", "t", (), 0, 0)])
    report = check(folder, PUBLIC)
    assert (report.damage, report.sealed, report.records) == (None, 1, COUNT + 3)
    assert "1 lines of interrupted appends are sealed" in report.sentence
    rewrite(folder, with_line(COUNT, lambda _: b'{"hale\n')(log_lines(folder)))
    assert (check(folder, PUBLIC).damage, check(folder, PUBLIC).at) == (Damage.EDITED, COUNT)


def test_the_first_head_follows_none(folder: Path) -> None:
    first = heads_of(folder)[0]
    assert (first.size, first.previous) == (0, FIRST)


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_no_change_of_any_bytes_goes_unnoticed(
    sound: tuple[Path, dict[str, bytes]], name: str, data: st.DataObject
) -> None:
    folder, files = sound
    for other, content in files.items():
        (folder / other).write_bytes(content)
    written = files[name]
    start = data.draw(st.integers(0, len(written)))
    end = data.draw(st.integers(start, min(len(written), start + 3)))
    new = data.draw(st.binary(max_size=3).filter(lambda new: new != written[start:end]))
    (folder / name).write_bytes(written[:start] + new + written[end:])
    try:
        assert check(folder, PUBLIC).damage is not None
    except KeyFileError:
        assert name == "heads.jsonl"
    except LogTooNew:  # it is refused: the number of the format was changed
        assert b'"format":' in written[:start]
