"""Planted values run through everything: none may turn up anywhere but in its source.

Looked for as it is, in lower case, reversed, in base64 and hex, and as a plain digest: in what is
printed, in every file beside the copies, in the temporary folder, in log records, in every `repr`.
"""

from __future__ import annotations

import base64
import gc
import hashlib
import logging
import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from forked import ForkedProcess
from typer.testing import CliRunner

from redactor import Key, redact_text
from redactor.analysis.analyzer import Analyzer
from redactor.analysis.unit import text_unit
from redactor.audit import AuditLog, read
from redactor.audit.records import BANDS
from redactor.cli import app
from redactor.config.policy import load_policy
from redactor.config.rules import bundled_rules
from redactor.detect.ner.detector import NameDetector
from redactor.errors import ExitCode, RedactorError
from redactor.files import Spool
from redactor.formats import Layout
from redactor.formats.budget import unlimited
from redactor.formats.tree import Reading, copy_texts, root
from redactor.model import Job, Status
from redactor.pipeline import RunContext, redact, write
from redactor.pipeline.examination import Found
from redactor.text import view

CANARIES = (
    "Zebediah Quixworthy",
    "Quixworthy",
    "zq.plover@example.org",
    "plover",
    "@zebquix_canary",
    "zebquix",
    "646-555-0187",
    "5550187",
    "219-09-9981",
    "219099981",
    "4539 1488 0343 6467",
    "4539148803436467",
    "GB93 QUIX 1234 5698 7654 32",
    "203.0.113.177",
    "correct-Horse-Vx9",
    "17 Umbrella Crescent",
)
KEPT = "Ottoline Kestrelwing"  # a public figure: stays in the copies, and in them alone
LETTER = """Dear Mr Zebediah Quixworthy,

write to zq.plover@example.org or call 646-555-0187. Follow @zebquix_canary on Mastodon.
SSN 219-09-9981, card 4539 1488 0343 6467, IBAN GB93 QUIX 1234 5698 7654 32.
Log in from 203.0.113.177 with the password: correct-Horse-Vx9
Home: 17 Umbrella Crescent, Eastwick. Quixworthy signed; Ottoline Kestrelwing was there.
"""
HASHES = ("md5", "sha1", "sha256")

# A detector that fails as carelessly as anybody's code may.
BROKEN_DETECTOR = """
import redactor.detect.ner.detector as names

def find(self, view, segment=0, offset=0):
    raise ValueError(view.text)

names.NameDetector.find = find
"""


def _forms(canary: str) -> set[bytes]:
    plain = {canary, canary.lower(), canary.upper(), canary[::-1], canary.encode().hex()}
    digests = {
        hashlib.new(name, form.encode()).hexdigest()
        for name in HASHES
        for form in (canary, canary.lower())
    }
    wide = {canary.encode(codec) for codec in ("utf-16-le", "utf-16-be")}
    return {form.encode() for form in plain | digests} | _base64(canary.encode()) | wide


def _base64(data: bytes) -> set[bytes]:
    """Return what the base64 of any text that holds `data` must hold, at each of three offsets.

    All characters whose six bits are of the data: fewer are met by chance, in random keys.
    """
    coded = (base64.b64encode(bytes(lead) + data + bytes(2)) for lead in range(3))
    return {one[-(-8 * lead // 6) : 8 * (lead + len(data)) // 6] for lead, one in enumerate(coded)}


FORMS = {form: canary for canary in (*CANARIES, KEPT) for form in _forms(canary)}


def found_in(data: bytes | str) -> list[str]:
    data = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    return sorted({canary for form, canary in FORMS.items() if form in data})


# what hides a canary, and how
HIDING = {
    "as it is": b"x Zebediah Quixworthy x",
    "lower case": b"x zebediah quixworthy x",
    "reversed": b"yhtrowxiuQ haidebeZ",
    "base64": base64.b64encode(b"xy Zebediah Quixworthy"),
    "hex": b"Zebediah Quixworthy".hex().encode(),
    "a digest": hashlib.sha1(b"Zebediah Quixworthy").hexdigest().encode(),
}


@pytest.mark.parametrize("way", HIDING)
def test_this_search_finds_a_canary(way):
    assert "Zebediah Quixworthy" in found_in(HIDING[way])
    assert found_in(b"The tide was low.") == []


def test_no_canary_stands_in_our_own_rules():
    """Else it would be seen wherever a rule is shown."""
    rules = [path.read_text("utf-8") for path in bundled_rules().rglob("*.yaml")]
    assert rules
    assert found_in("".join(rules)) == []


# --- the command line -----------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    base: Path
    outputs: dict[str, tuple[int, bytes]]


@pytest.fixture(scope="module")
def place(forked_cli, tmp_path_factory):
    """Everything once: a run that works, ones that fail, and the files they leave."""
    base = tmp_path_factory.mktemp("canary")
    for folder in ("src/inner", "temp", "site"):
        (base / folder).mkdir(parents=True)
    (base / "src/inner/quixworthy.txt").write_text(LETTER)
    (base / "src/wide.txt").write_bytes(LETTER.encode("utf-16"))
    (base / "src/broken.txt").write_bytes(b"\xef\xbb\xbf" + LETTER.encode() + b"\xff\xfe")
    (base / "src/document.docx").write_text(LETTER)
    (base / "site/sitecustomize.py").write_text(BROKEN_DETECTOR)
    (base / "keep.txt").write_text(f"{KEPT}\n")
    paths = (str(base / "site"), os.environ.get("PYTHONPATH", ""))
    site = {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
    redacted = ("redact", "src", "--workers", "1", "--allow-list", "keep.txt", "--debug", "--out")
    outputs = {
        "a run": _run(forked_cli, base, *redacted, "out"),
        "a run with a broken detector": _run(forked_cli, base, *redacted, "failed", **site),
        "a scan with a broken detector": _run(forked_cli, base, "scan", "src", "--debug", **site),
        "verify": _run(forked_cli, base, "verify", "out", "--debug"),
    }
    return Place(base, outputs)


def _run(
    forked_cli: ForkedProcess, base: Path, *arguments: str, **changes: str
) -> tuple[int, bytes]:
    done = forked_cli(*arguments, cwd=base, env={"TMPDIR": str(base / "temp")} | changes)
    return done.code, done.raw_out + done.raw_err.replace(b"quixworthy.txt", b"[the name]")


# what was run: the exit codes it may have
RUNS = {
    "a run": {ExitCode.INPUT},
    "a run with a broken detector": {ExitCode.BUG},
    "a scan with a broken detector": {ExitCode.BUG},
    "verify": {ExitCode.DONE},
}


@pytest.mark.parametrize("name", RUNS)
def test_nothing_is_printed(place, name):
    code, printed = place.outputs[name]
    assert code in RUNS[name], printed
    assert printed
    assert found_in(printed) == []


def test_the_broken_detector_was_met(place):
    assert b"unexpected ValueError" in place.outputs["a run with a broken detector"][1]


@pytest.mark.parametrize("out", ["out", "failed"])
def test_nothing_is_in_the_audit(place, out):
    """Nor is the file's name, nor a plain digest of a source."""
    sources = [path.read_bytes() for path in (place.base / "src").rglob("*") if path.is_file()]
    digests = {hashlib.new(name, data).hexdigest() for name in HASHES for data in sources}
    audit = list((place.base / f"{out}.audit").iterdir())
    assert {"audit.jsonl", "leaves.bin", "heads.jsonl", "audit.pub", "key"} <= {
        path.name for path in audit
    }
    for path in audit:
        text = path.read_text("latin-1")  # leaves.bin is no text
        assert found_in(text) == []
        assert not [digest for digest in digests if digest in text]
        assert "broken.txt" not in text


def test_the_log_has_no_exact_length(place):
    audit = place.base / "out.audit"
    records = read(audit, Key.load(audit / "key"))
    redactions = [record for record in records if record["type"] == "redaction"]
    removed = [record for record in redactions if record["action"] != "keep"]
    assert len(removed) > 15
    assert not [key for record in redactions for key in record if "len" in key or "size" in key]
    assert {record["amount"] for record in redactions} <= {band for _, band in BANDS}
    assert all(r["end"] - r["start"] == len(r["placeholder"]) for r in removed)


def test_the_copies_hold_who_was_kept_and_nobody_else(place):
    copies = {path.name: path for path in (place.base / "out").rglob("*") if path.is_file()}
    [renamed] = copies.keys() - {"wide.txt"}
    assert found_in(renamed) == []
    assert found_in(copies[renamed].read_bytes()) == [KEPT]
    assert found_in(copies["wide.txt"].read_bytes()) == [KEPT]
    assert not [path for path in (place.base / "failed").rglob("*") if path.is_file()]


def test_nothing_is_left_in_the_temporary_folder(place):
    assert list((place.base / "temp").iterdir()) == []


@pytest.mark.parametrize("arguments", [("scan",), ("scan", "--json")], ids=" ".join)
def test_scan_shows_no_text(place, arguments):
    result = CliRunner().invoke(app, [*arguments, str(place.base / "src/wide.txt")])
    assert "EMAIL_ADDRESS" in result.stdout
    assert found_in(result.output) == []


# what is wrong with a file of the user's: the option, and what it says
FILES = {
    "a policy's treatment": ("--policy", "name: p\nabout: a\nremove:\n  PERSON: {canary}\n"),
    "a policy's score": ("--policy", "name: p\nabout: a\nthreshold: {canary}\nremove: {{}}\n"),
    "a policy's comment": ("--policy", "name: p\nabout: [{canary}\n"),
    "a policy that is a text": ("--policy", "{canary}\n"),
    "a key": ("--key-file", "{canary}\n"),
    "a rule's pattern": ("--rules", "entity: X\nabout: a\npattern: '({canary}'\nscore: 1\n"),
    "a rule's example": (
        "--rules",
        "entity: X\nabout: a\npattern: abc\nscore: 1.0\nfinds: ['[[{canary}]]']\nignores: [d]\n",
    ),
    "a rule's score": ("--rules", "entity: X\nabout: a\npattern: abc\nscore: {canary}\n"),
    "a rule's YAML": ("--rules", "entity: X\nfinds: [ {canary}\n"),
    "a rule's key": ("--rules", "entity: X\n? {canary}\n: 1\n"),
}


@pytest.mark.parametrize("debug", [(), ("--debug",)], ids=["plain", "debug"])
@pytest.mark.parametrize("name", FILES)
def test_errors_quote_no_file_of_the_user(tmp_path, name, debug):
    option, text = FILES[name]
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "file.yaml").write_text(text.format(canary="Zebediah Quixworthy"))
    given = folder if option == "--rules" else folder / "file.yaml"
    command = ["redact", "-", option, str(given), *debug]
    result = CliRunner().invoke(app, command, input="The tide was low.")
    assert result.exit_code == ExitCode.CONFIG, result.output
    assert "file.yaml" in result.output or "rule file" in result.output
    assert found_in(result.output) == []


# --- the library ----------------------------------------------------------------------------


def test_no_record_of_any_logger(caplog):
    """Every logger there is, set to say all it can, while a text is redacted."""
    redact_text("The tide was low.")  # so that every library has made its loggers
    caplog.set_level(logging.DEBUG)
    for name in list(logging.root.manager.loggerDict):
        caplog.set_level(logging.DEBUG, logger=name)
    logging.getLogger("redactor.test").debug("this one is caught")
    copy = redact_text(LETTER, policy="strict", allow=[KEPT])
    assert "Quixworthy" not in copy
    assert "this one is caught" in caplog.text
    assert found_in(caplog.text) == []


QUOTING = {
    ValueError: ExitCode.BUG,
    UnicodeError: ExitCode.BUG,
    RecursionError: ExitCode.BUG,
    MemoryError: ExitCode.INPUT,
    OSError: ExitCode.INPUT,
}


@pytest.mark.parametrize("kind", QUOTING)
def test_a_detector_that_quotes_the_text_in_its_error(tmp_path, monkeypatch, kind, capfd):
    def find(self, view, *_):
        raise kind(view.text)

    monkeypatch.setattr(NameDetector, "find", find)
    (tmp_path / "letter.txt").write_text(LETTER)
    key = Key.new()
    log = AuditLog.create(tmp_path / "out.audit", key)
    settings = RunContext(load_policy("default"), key, log)
    job = Job(tmp_path / "letter.txt", tmp_path / "out/letter.txt", "letter.txt")
    outcome = redact(job, settings)
    assert (outcome.status, outcome.code) == (Status.FAILED, QUOTING[kind])
    assert list(job.target.parent.iterdir()) == []
    assert found_in(repr(outcome)) == []
    assert found_in((tmp_path / "out.audit/audit.jsonl").read_text()) == []
    assert found_in("".join(capfd.readouterr())) == []


def test_no_repr(tmp_path):
    """Of any object of ours that came alive while a document was worked on."""
    older = gc.get_objects()  # held, so that no newer one has the id of a dead one
    known = set(map(id, older))
    policy = load_policy("default")
    analyzer = Analyzer(policy)
    (tmp_path / "letter.txt").write_text(LETTER)
    key, unit = Key(LETTER.encode()[:32]), text_unit(LETTER)
    with (tmp_path / "letter.txt").open("rb") as source, Spool() as draft, Found() as found:
        node = root(source, "letter.txt", Reading(unlimited()))
        tokens = list(node.format.tokens(source, node.layout))
        write(source, "letter.txt", analyzer, key, draft, found, lambda: Reading(unlimited()))
        redactions = list(found.redactions())
    analysis = analyzer.analyze(unit)
    alive = [
        policy,
        analyzer,
        view(LETTER),
        node,
        *tokens,
        unit,
        *unit.windows,
        *unit.pieces,
        analysis,
    ]
    alive += [*analysis.removals, *redactions, *(edit for one in redactions for edit in one.edits)]
    newer = [it for it in gc.get_objects() if id(it) not in known]
    alive += [it for it in newer if str(type(it).__module__).startswith("redactor.")]
    shown = {(type(it).__qualname__, repr(it)) for it in alive}  # many are alike: each once
    names = {name for name, _ in shown}
    assert {"TextWindow", "View", "Finding", "Decision", "Edit", "Removal", "Redaction"} <= names
    assert {"Analysis", "Token", "Node", "Unit", "Piece", "SourceText"} <= names
    assert {"Policy", "Analyzer", "OccurrenceFinder"} <= names
    assert {text for _, text in shown if found_in(text)} == set()


def test_errors_of_ours_carry_no_cause_with_text(tmp_path):
    """A codec's error holds all it was given; ours may not hand it on."""
    with (tmp_path / "broken.txt").open("w+b") as file:
        file.write(b"\xef\xbb\xbf" + LETTER.encode() + b"\xff\xfe")
        with pytest.raises(RedactorError) as caught:
            list(copy_texts(file, {(): Layout("text", (("encoding", "utf-8+bom"),))}))
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert found_in(str(caught.value)) == []
