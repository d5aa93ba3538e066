"""Every exit code, and every kind of bad input: what is said, what is left, and what is not."""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import re
import resource
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import SECONDS, wait_until, workers_of
from typer.testing import CliRunner

from redactor.analysis.analyzer import Analyzer
from redactor.audit import (
    AuditLog,
    DocumentRecord,
    RedactionRecord,
    RunEnd,
    RunStart,
    document_id,
    fingerprint,
    read,
    residue,
    with_details,
)
from redactor.cli import app
from redactor.config.policy import load_policy
from redactor.errors import ExitCode
from redactor.keys import Key
from redactor.model import Action, Job, Status, amount
from redactor.pipeline import RunContext, redact

ADDRESS = "teodor.vance@example.org"
LETTER = f"Dear Mr Teodor Vance,\nwrite to {ADDRESS}.\nThe tide was low.\n"
CALM = "The tide was low.\n"
ALONE = ("--workers", "1")
POLICY = "name: small\nabout: For tests.\nremove:\n  EMAIL_ADDRESS:\n"
PR_CAPBSET_DROP = 24
OVERRIDES = (1, 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH: what lets root read every file


def invoke(*arguments: str | Path, stdin: str | bytes = ""):
    """Run a command in this process, which is much faster than starting another."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)


def assert_one_line(code: ExitCode, said: tuple[int, str, str], *words: str) -> None:
    """Hold an error to one line that has the words, begins with our name and ends with advice."""
    exit_code, out, err = said
    assert (exit_code, out) == (int(code), ""), err
    assert re.fullmatch(r"redactor: [^\n]+\. [^\n]+\n", err), err
    assert not [word for word in words if word not in err], err


# --- 0, 2, 3 and 5: what is wrong from the start --------------------------------------------


@pytest.fixture
def place(tmp_path):
    """A folder with a source, and all kinds of files that do not do."""
    (tmp_path / "src/inner").mkdir(parents=True)
    (tmp_path / "src/letter.txt").write_text(LETTER)
    (tmp_path / "src/inner/calm.txt").write_text(CALM)
    (tmp_path / "twin").mkdir()
    (tmp_path / "twin/letter.txt").write_text(CALM)
    (tmp_path / "full").mkdir()
    (tmp_path / "full/precious.txt").write_text("precious")
    (tmp_path / "file").write_text("precious")
    (tmp_path / "dead.txt").symlink_to("nowhere")
    (tmp_path / "short.key").write_text("abcd\n")
    (tmp_path / "odd.key").write_bytes(b"\xff" * 64)
    (tmp_path / "empty.txt").write_text("# nobody\n")
    (tmp_path / "latin.txt").write_bytes(b"Jos\xe9\n")
    for name, text in POLICIES.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    (tmp_path / "no-rules").mkdir()
    return tmp_path


POLICIES = {
    "unknown-key": POLICY + "treshold: 0.5\n",
    "no-effect": POLICY + "action: mask\nkeep: [EMAIL_ADDRESS]\n",
    "bad-score": POLICY + "threshold: 7\n",
    "not-yaml": "name: [unclosed\n",
    "odd-date": POLICY.replace("For tests.", "2031-99-99"),
    "a-list": "- name\n",
    "deep": "name: " + "[" * 3000 + "]" * 3000 + "\n",
    "no-model": POLICY + "model: no_such_model\n",
}

# what is wrong: the arguments, the exit code, and words of the message
STARTS: dict[str, tuple[str, ExitCode, tuple[str, ...]]] = {
    "no source": ("nowhere --out out", ExitCode.USAGE, ("nowhere", "does not exist")),
    "a dead link": ("dead.txt --out out", ExitCode.USAGE, ("dead.txt",)),
    "no --out": ("src", ExitCode.USAGE, ("--out",)),
    "out inside source": ("src --out src/out", ExitCode.USAGE, ("src/out", "inside")),
    "source inside out": ("src/inner --out src", ExitCode.USAGE, ("src/inner", "inside")),
    "out is source": ("src --out src", ExitCode.USAGE, ("inside",)),
    "audit is source": ("src.audit --out src", ExitCode.USAGE, ("src.audit", "inside")),
    "two of one name": ("src/letter.txt twin/letter.txt --out x", ExitCode.USAGE, ("letter.txt",)),
    "stdin and --out": ("- --out out", ExitCode.USAGE, ("--out",)),
    "no such encoding": ("src --out out --encoding klingon", ExitCode.USAGE, ("klingon",)),
    "no text encoding": ("src --out out --encoding rot13", ExitCode.USAGE, ("rot13",)),
    "out not empty": ("src --out full", ExitCode.OUTPUT, ("full", "not empty")),
    "out is a file": ("src --out file", ExitCode.OUTPUT, ("file",)),
    "out under a file": ("src --out file/out", ExitCode.OUTPUT, ("file/out",)),
    "no policy": ("src --out out --policy lenient", ExitCode.CONFIG, ("lenient", "strict")),
    "no allow list": ("src --out out --allow-list nowhere", ExitCode.CONFIG, ("nowhere",)),
    "allows nobody": (
        "src --out out --allow-list empty.txt",
        ExitCode.CONFIG,
        ("empty.txt", "nobody"),
    ),
    "list in latin-1": (
        "src --out out --allow-list latin.txt",
        ExitCode.CONFIG,
        ("latin.txt",),
    ),
    "no key file": ("src --out out --key-file nowhere", ExitCode.CONFIG, ("nowhere",)),
    "short key": ("src --out out --key-file short.key", ExitCode.CONFIG, ("short.key", "no key")),
    "binary key": ("src --out out --key-file odd.key", ExitCode.CONFIG, ("odd.key",)),
    "no rules": ("src --out out --rules no-rules", ExitCode.CONFIG, ("no-rules", "no rules")),
    "no rule folder": ("src --out out --rules nowhere", ExitCode.CONFIG, ("nowhere",)),
    **{
        f"policy {name}": (f"src --out out --policy {name}.yaml", ExitCode.CONFIG, ())
        for name in POLICIES
    },
}


@pytest.mark.parametrize("name", STARTS)
def test_a_run_that_cannot_start(place, files, monkeypatch, name):
    arguments, code, words = STARTS[name]
    if name == "audit is source":
        (place / "src").rename(place / "src.audit")
    if name == "no such encoding":
        (place / "src/old.txt").write_bytes(b"Jos\xe9\n")
    monkeypatch.chdir(place)
    before = files(place)
    result = invoke("redact", *arguments.split(), *ALONE)
    assert_one_line(code, (result.exit_code, result.stdout, result.stderr), *words)
    assert files(place) == before


def test_a_run_that_cannot_start_as_a_process(process_cli, place, files):
    """The same from outside: the exit code of the process, one line, nothing on stdout."""
    before = files(place)
    run = process_cli("redact", "src", "--out", "out", "--key-file", "short.key", cwd=place)
    assert_one_line(ExitCode.CONFIG, (run.code, run.out, run.err), "short.key")
    assert files(place) == before


def test_an_unknown_option(process_cli):
    run = process_cli("redact", "--no-such-option", "x")
    assert (run.code, run.out) == (ExitCode.USAGE, "")
    assert "--no-such-option" in run.err
    assert "Traceback" not in run.err


def test_a_rule_that_fails_its_example_starts_nothing(cli, place, files):
    """And the same call, the rule mended, is not refused for what the first one left."""
    rule = place / "no-rules/badge.yaml"
    good = "entity: BADGE\nabout: A badge.\npattern: 'B-\\d{6}'\nscore: 0.9\n"
    good += "finds: ['Badge [[B-123456]].']\nignores: ['B-12']\n"
    rule.write_text(good.replace("[[B-123456]]", "[[B-123]]456"))
    arguments = ("redact", "src/inner", "--out", "out", "--rules", "no-rules", *ALONE)
    run = cli(*arguments, cwd=place)
    assert_one_line(ExitCode.CONFIG, (run.code, run.out, run.err), "badge", "finds")
    assert "Traceback" not in run.err
    rule.write_text(good)
    again = cli(*arguments, cwd=place)
    assert (again.code, again.err) == (ExitCode.DONE, "")


# --- 4: what could not be examined ----------------------------------------------------------


@pytest.fixture(scope="module")
def bad_batch(process_cli, tmp_path_factory, key_file):
    """One run over one good text and everything that cannot be examined."""
    base = tmp_path_factory.mktemp("bad")
    tree = base / "tree"
    (tree / "folder").mkdir(parents=True)
    (tree / "locked").mkdir()
    (base / "outside.txt").write_text(LETTER)
    contents = {
        "good.txt": LETTER.encode(),
        "report.docx": b"anything",
        "noname": b"\0\1" + LETTER.encode(),
        "really-a.txt": b"%PDF-1.7 " + LETTER.encode(),
        "zip.md": b"PK\x03\x04" + LETTER.encode(),
        "no-mark.txt": LETTER.encode("utf-16-le"),
        "broken.txt": b"\xef\xbb\xbf" + LETTER.encode() + b"\xff\xfe\xff",
        "odd-bytes.txt": LETTER.encode("utf-16") + b"x",
        "large.txt": LETTER.encode() * 100,
        "no-rights.txt": LETTER.encode(),
        "locked/inside.txt": LETTER.encode(),
    }
    for name, data in contents.items():
        (tree / name).write_bytes(data)
    (tree / "away.txt").symlink_to(base / "outside.txt")
    (tree / "round.txt").symlink_to("round.txt")
    (tree / "folder/up").symlink_to("..")
    (tree / "nowhere.txt").symlink_to("gone.txt")
    os.mkfifo(tree / "pipe.txt")
    policy = base / "small.yaml"
    policy.write_text(POLICY + "limits:\n  file_bytes: 5000\n")
    (tree / "no-rights.txt").chmod(0)
    (tree / "locked").chmod(0)
    run = process_cli(
        *("redact", tree, "--out", base / "out", "--policy", policy),
        *("--key-file", key_file, *ALONE),
        preexec_fn=_without_overrides,
        stdout=-1,
        stderr=-1,
    )
    (tree / "locked").chmod(0o700)
    return run, base / "out"


def _without_overrides() -> None:
    for capability in OVERRIDES:
        LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


LIBC = ctypes.CDLL(None)

# file: a word of the reason
NOT_EXAMINED = {
    "report.docx": ".docx",
    "noname": "type of this file",
    "really-a.txt": "PDF",
    "zip.md": "ZIP",
    "no-mark.txt": "UTF-16",
    "broken.txt": "utf-8",
    "odd-bytes.txt": "utf-16",
    "large.txt": "limit",
    "no-rights.txt": "Permission",
    "locked": "folder",
    "away.txt": "link",
    "round.txt": "link",
    "folder/up": "link",
    "nowhere.txt": "link",
    "pipe.txt": "regular",
}


def test_a_batch_with_bad_input_does_the_rest_and_exits_with_4(bad_batch, files):
    run, out = bad_batch
    assert run.code == ExitCode.INPUT
    assert set(files(out)) == {"good.txt"}
    assert [path.name for path in out.rglob("*") if not path.is_dir()] == ["good.txt"]
    assert f"1 redacted, 0 with nothing to remove, {len(NOT_EXAMINED)} not examined" in run.out


@pytest.mark.parametrize("name", NOT_EXAMINED)
def test_what_was_not_examined_is_named_with_reason_and_advice(bad_batch, name):
    start = f"not examined: {name}: "
    lines = [line for line in bad_batch[0].error_lines if line.startswith(start)]
    assert len(lines) == 1
    assert NOT_EXAMINED[name] in lines[0]
    assert re.search(r"\. [A-Z`][^.]+.*\.$", lines[0])


def test_nothing_else_is_said_about_bad_input(bad_batch):
    assert len(bad_batch[0].error_lines) == len(NOT_EXAMINED)


def test_what_was_not_examined_is_recorded(bad_batch, cli, key_file):
    log = Path(f"{bad_batch[1]}.audit", "audit.jsonl").read_text()
    records = [json.loads(line) for line in log.splitlines()]
    failed = [record for record in records if record.get("status") == "failed"]
    key = Key.load(key_file)
    named = {document_id(key, name) for name in NOT_EXAMINED}
    assert {record["document"] for record in failed} == named
    assert all(record["not_examined"] and "output_sha256" not in record for record in failed)
    assert records[-1]["exit_code"] == ExitCode.INPUT
    assert invoke("verify", bad_batch[1], "--key-file", key_file).exit_code == 0


def test_a_text_that_changes_while_it_is_read(tmp_path, monkeypatch):
    source, target = tmp_path / "letter.txt", tmp_path / "out/letter.txt"
    source.write_text(LETTER)
    detect_first = Analyzer.detect

    def change_and_read(self, *given):
        source.write_text(LETTER + "More.\n")
        return detect_first(self, *given)

    monkeypatch.setattr(Analyzer, "detect", change_and_read)
    key = Key.new()
    log = AuditLog.create(tmp_path / "out.audit", key)
    outcome = redact(
        Job(source, target, "letter.txt"), RunContext(load_policy("default"), key, log)
    )
    assert (outcome.status, outcome.code) == (Status.FAILED, ExitCode.INPUT)
    assert "changed" in outcome.error
    assert list(target.parent.iterdir()) == []


def test_standard_input_is_held_to_the_same_law_as_a_file():
    result = invoke("redact", "-", stdin=b"%PDF-1.7 " + LETTER.encode())
    assert_one_line(ExitCode.INPUT, (result.exit_code, result.stdout, result.stderr), "PDF")


# --- 5: what could not be written -----------------------------------------------------------


def test_a_full_disk(process_cli, tmp_path, files):
    """No file may grow past 16 KB: one copy does, and the records of another."""
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "calm.txt").write_text(CALM)
    (tree / "large.txt").write_text(LETTER + CALM * 1500)
    (tree / "dense.txt").write_text("".join(f"write to p{n}@example.org\n" for n in range(60)))
    (tree / "odd.docx").write_text(CALM)
    out = tmp_path / "out"
    run = process_cli(
        *("redact", tree, "--out", out, *ALONE), preexec_fn=_limit(1 << 14), stdout=-1, stderr=-1
    )
    assert run.code == ExitCode.OUTPUT, run.err
    assert "Traceback" not in run.err
    named = [line.split(": ")[1] for line in run.error_lines]
    assert named == ["dense.txt", "large.txt", "odd.docx"]
    assert [path.name for path in out.rglob("*")] == ["calm.txt"]
    checked = invoke("verify", out)
    assert (checked.exit_code, checked.stderr) == (0, "")


def test_a_disk_too_full_for_a_key(process_cli, tmp_path):
    (tmp_path / "calm.txt").write_text(CALM)
    arguments = ("redact", "calm.txt", "--out", "out", *ALONE)
    run = process_cli(*arguments, cwd=tmp_path, preexec_fn=_limit(20), stdout=-1, stderr=-1)
    assert_one_line(ExitCode.OUTPUT, (run.code, run.out, run.err), "out.audit")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / "calm.txt"]


def _limit(size: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_standard_output_that_takes_nothing(process_cli):
    with Path("/dev/full").open("wb") as full:
        run = process_cli("redact", "-", stdin=LETTER.encode(), stdout=full, stderr=-1)
    assert_one_line(ExitCode.OUTPUT, (run.code, run.out, run.err), "standard output")


# --- verify: 0, 3, 5 and 6 ------------------------------------------------------------------


@pytest.fixture(scope="module")
def finished(cli, tmp_path_factory, key_file):
    base = tmp_path_factory.mktemp("finished")
    (base / "src/inner").mkdir(parents=True)
    (base / "src/letter.txt").write_text(LETTER)
    (base / "src/inner/calm.txt").write_text(CALM)
    run = cli("redact", base / "src", "--out", base / "out", "--key-file", key_file, *ALONE)
    assert run.code == ExitCode.DONE, run.err
    return base / "out"


@pytest.fixture
def out(finished, tmp_path):
    """A copy of the finished output, to be damaged."""
    shutil.copytree(finished, tmp_path / "out")
    shutil.copytree(f"{finished}.audit", tmp_path / "out.audit")
    return tmp_path / "out"


def test_verify_as_a_process(process_cli, out, key_file):
    good = process_cli("verify", out, "--key-file", key_file)
    assert (good.code, good.err, str(out) in good.out) == (ExitCode.DONE, "", True)


def _append(path: Path, data: bytes) -> None:
    path.write_bytes(path.read_bytes() + data)


def _relog(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Path], object]:
    """Return a function that changes the lines of an output's log."""

    def damage(out: Path) -> None:
        log = Path(f"{out}.audit", "audit.jsonl")
        log.write_bytes(b"".join(change(log.read_bytes().splitlines(keepends=True))))

    return damage


def _put_back(out: Path) -> None:
    copy = out / "letter.txt"
    copy.write_text(re.sub(r"\[EMAIL_ADDRESS_\w+\]", ADDRESS, copy.read_text()))


def _instead(path: Path, make: Callable[[Path], object]) -> None:
    path.unlink()
    make(path)


# what was done to the output: how, and words of the complaint
DAMAGES: dict[str, tuple[Callable[[Path], object], tuple[str, ...]]] = {
    "a copy edited": (lambda out: _append(out / "letter.txt", b"x"), ("letter.txt", "recorded")),
    "a copy cut": (lambda out: (out / "inner/calm.txt").write_bytes(b""), ("inner/calm.txt",)),
    "a value put back": (_put_back, ("letter.txt",)),
    "a copy missing": (lambda out: (out / "letter.txt").unlink(), ("1 ", "missing")),
    "all gone": (shutil.rmtree, ("2 ", "missing")),
    "a file too many": (lambda out: (out / "more.txt").write_text(CALM), ("more.txt", "no record")),
    "a dead link for a copy": (
        lambda out: _instead(out / "letter.txt", lambda path: path.symlink_to("gone")),
        ("letter.txt",),
    ),
    "a pipe for a copy": (lambda out: _instead(out / "letter.txt", os.mkfifo), ("letter.txt",)),
    "a record edited": (
        _relog(lambda log: [line.replace(b'"start":', b'"start":1') for line in log]),
        ("log", "edited"),
    ),
    "the start edited": (
        _relog(lambda log: [log[0].replace(b"default", b"strict"), *log[1:]]),
        ("log", "edited", "record 0"),
    ),
    "a record dropped": (_relog(lambda log: log[:2] + log[3:]), ("log", "dropped")),
    "records swapped": (
        _relog(lambda log: [*log[:2], log[3], log[2], *log[4:]]),
        ("log", "reordered"),
    ),
    "a record twice": (_relog(lambda log: log[:3] + log[2:]), ("log", "inserted")),
    "the end cut": (_relog(lambda log: log[:-1]), ("log", "truncated")),
    "a cut end": (_relog(lambda log: [*log[:-1], log[-1][:-9]]), ("log", "truncated")),
    "a torn end": (_relog(lambda log: [*log, log[-1][:9]]), ("log", "torn")),
    "an empty log": (_relog(lambda _: []), ("log", "truncated")),
    "no heads": (lambda out: Path(f"{out}.audit", "heads.jsonl").unlink(), ("log", "head")),
    "no log": (lambda out: Path(f"{out}.audit", "audit.jsonl").unlink(), ("audit",)),
    "no audit": (lambda out: shutil.rmtree(f"{out}.audit"), ("audit",)),
}


def test_verify_quietly(out, key_file):
    quiet = invoke("verify", out, "--key-file", key_file, "--quiet")
    assert (quiet.exit_code, quiet.output) == (ExitCode.DONE, "")


@pytest.mark.parametrize("name", DAMAGES)
def test_verify_notices(out, key_file, name):
    damage, words = DAMAGES[name]
    damage(out)
    result = invoke("verify", out, "--key-file", key_file)
    assert (result.exit_code, result.stdout) == (ExitCode.OUTPUT, ""), result.stderr
    assert not [word for word in words if word not in result.stderr], result.stderr
    assert all(line.startswith("redactor: ") for line in result.stderr.splitlines())


@pytest.mark.parametrize("name", ["other.key", "short.key", "nowhere"])
def test_verify_with_the_wrong_key(out, other_key_file, name):
    (out.parent / "short.key").write_text("abcd")
    path = other_key_file if name == "other.key" else out.parent / name
    result = invoke("verify", out, "--key-file", path)
    assert_one_line(ExitCode.CONFIG, (result.exit_code, result.stdout, result.stderr))


def test_verify_finds_a_leak_that_was_recorded(cli, tmp_path, key_file):
    """The log says that a value was removed everywhere, and of just this copy, which holds it."""
    key, out = Key.load(key_file), tmp_path / "out"
    out.mkdir()
    (out / "letter.txt").write_text(LETTER)
    document = document_id(key, "letter.txt")
    digest = hashlib.sha256(LETTER.encode()).hexdigest()
    log = AuditLog.create(tmp_path / "out.audit", key)
    place = (f"{document}:1", document, "text", 0, 1)
    redaction = RedactionRecord(
        *(*place, "EMAIL_ADDRESS", "rule:email/plain", "0"),
        *(0.9, Action.PSEUDONYM, amount(24), fingerprint(key, "EMAIL_ADDRESS", ADDRESS)),
        residue=residue(key, "teodor vance example org"),
    )
    log.append(
        [
            RunStart("r", "t", "0", "p", "", "", "m", "0", "", (), key.id, 1, ()),
            DocumentRecord(
                *(document, Status.REDACTED, "text", 1),
                output_sha256=digest,
                output_bytes=len(LETTER),
                encoding="utf-8",
            ),
            *with_details(key, document, [redaction]),
            RunEnd("r", "t", (("redacted", 1),), 1, 0),
        ]
    )
    run = cli("verify", out, "--key-file", key_file)
    assert (run.code, run.out) == (ExitCode.LEAK, "")
    assert re.fullmatch(r"redactor: letter\.txt [^\n]*removed[^\n]*\n", run.err)
    assert ADDRESS not in run.err


# --- 6: leaks, and findings where none may be ----------------------------------------------


def test_a_copy_that_would_leak_is_not_published(forked_cli, tmp_path):
    """A replacement that is the value itself, as a bug might make it."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site/sitecustomize.py").write_text(
        "import redactor.operators.tokens\n"
        f"redactor.operators.tokens.token = lambda key, entity, value: {ADDRESS!r}\n"
    )
    (tmp_path / "src").mkdir()
    (tmp_path / "src/letter.txt").write_text(LETTER)
    (tmp_path / "src/calm.txt").write_text(CALM)
    (tmp_path / "src/odd.docx").write_text(CALM)
    run = forked_cli(
        *("redact", tmp_path / "src", "--out", tmp_path / "out", *ALONE),
        env=_with_site(tmp_path),
    )
    assert run.code == ExitCode.LEAK, run.err
    assert run.error_lines[0].startswith("not examined: letter.txt: a removed value is still in")
    assert [path.name for path in (tmp_path / "out").rglob("*")] == ["calm.txt"]


# name: the text, more options, the exit code
SCANS = {
    "found": (LETTER, (), ExitCode.DONE),
    "found, which fails": (LETTER, ("--fail-on-find",), ExitCode.LEAK),
    "nothing found": (CALM, ("--fail-on-find",), ExitCode.DONE),
    "found, as JSON": (LETTER, ("--fail-on-find", "--json"), ExitCode.LEAK),
}


@pytest.mark.parametrize("name", SCANS)
def test_scan(name):
    text, options, code = SCANS[name]
    result = invoke("scan", "-", *options, stdin=text)
    assert (result.exit_code, result.stderr) == (code, "")
    assert ("EMAIL_ADDRESS" in result.stdout) == (text == LETTER)
    assert ADDRESS not in result.stdout


def test_scan_names_what_it_could_not_examine(place):
    (place / "src/odd.docx").write_text(CALM)
    (place / "src/letter.txt").unlink()
    result = invoke("scan", place / "src", "--fail-on-find")
    assert result.exit_code == ExitCode.INPUT
    assert result.stderr.startswith("not examined: odd.docx: ")


# --- 1: a bug -------------------------------------------------------------------------------


@pytest.mark.parametrize("debug", [(), ("--debug",)], ids=["plain", "debug"])
def test_an_unexpected_error_shows_no_text(monkeypatch, place, debug):
    def stumble(*_: object, **__: object) -> None:
        raise ValueError(LETTER) from KeyError(LETTER)

    monkeypatch.setattr("redactor.scanning.scan_sources", stumble)
    result = invoke("scan", place / "src", *debug)
    assert (result.exit_code, result.stdout) == (ExitCode.BUG, "")
    *trace, last = result.stderr.splitlines()
    assert last.startswith("redactor: an unexpected ValueError. ")
    assert bool(trace) == bool(debug)
    assert "teodor" not in result.stderr.lower()


BROKEN_FOR_LETTERS = """
import redactor.detect.ner.detector as names

find = names.NameDetector.find

def stumble(self, view, segment=0, offset=0):
    if "teodor" in view.text.lower():
        raise ValueError(view.text)
    return find(self, view, segment, offset)

names.NameDetector.find = stumble
"""


@pytest.fixture(scope="module")
def bug_in_one(tmp_path_factory):
    """A folder with a document that meets a bug, one of no known format, and one that is sound."""
    base = tmp_path_factory.mktemp("bug")
    (base / "site").mkdir()
    (base / "site/sitecustomize.py").write_text(BROKEN_FOR_LETTERS)
    (base / "src").mkdir()
    (base / "src/letter.txt").write_text(LETTER)
    (base / "src/calm.txt").write_text(CALM)
    (base / "src/odd.docx").write_text(CALM)
    return base


def test_a_bug_in_one_document_costs_no_other_and_is_hidden_by_none(forked_cli, bug_in_one):
    out = bug_in_one / "out"
    run = forked_cli(
        *("redact", bug_in_one / "src", "--out", out, *ALONE),
        env=_with_site(bug_in_one),
    )
    assert run.code == ExitCode.BUG, run.err
    letter, odd = run.error_lines
    assert letter.startswith("not examined: letter.txt: could not be examined (an unexpected Value")
    assert letter.endswith("This is a bug: please report it, without the document.")
    assert odd.startswith("not examined: odd.docx: ")
    assert "eodor" not in run.err
    assert [path.name for path in out.rglob("*")] == ["calm.txt"]
    *_, end = read(Path(f"{out}.audit"))
    assert (end["type"], end["exit_code"]) == ("run-end", ExitCode.BUG)


def test_a_scan_goes_on_after_a_bug_in_one_document(forked_cli, bug_in_one):
    run = forked_cli("scan", bug_in_one / "src", "--json", env=_with_site(bug_in_one))
    assert run.code == ExitCode.BUG, run.err
    missing = json.loads(run.out)["not_examined"]
    assert {one["file"]: one["code"] for one in missing} == {
        "letter.txt": ExitCode.BUG,
        "odd.docx": ExitCode.INPUT,
    }
    assert "eodor" not in run.err + run.out


def _with_site(base: Path) -> dict[str, str]:
    """Return a change of environment under which processes load `base`/site first."""
    paths = (str(base / "site"), os.environ.get("PYTHONPATH", ""))
    return {"PYTHONPATH": os.pathsep.join(filter(None, paths))}


# --- 129, 130, 143: stopped by a signal -----------------------------------------------------

# when a signal comes: which, what it means, and how it is called
STOPS = {
    "at the first copy": (signal.SIGINT, ExitCode.INTERRUPTED, "interrupted"),
    "while workers start": (signal.SIGINT, ExitCode.INTERRUPTED, "interrupted"),
    "terminated at the first copy": (signal.SIGTERM, ExitCode.TERMINATED, "terminated"),
    "a terminal that is closed": (signal.SIGHUP, ExitCode.HANGUP, "the terminal was closed"),
}


@pytest.mark.parametrize("moment", STOPS)
def test_an_interrupt(process_cli, forked_cli, tmp_path, files, moment):
    """Ctrl-C goes to every process of the group."""
    sent, code, word = STOPS[moment]
    cli = process_cli if moment == "while workers start" else forked_cli
    source, out = tmp_path / "src", tmp_path / "out"
    source.mkdir()
    for number in range(40):
        (source / f"{number:02}.txt").write_text(LETTER + CALM * 30)
    process = cli.start("redact", source, "--out", out)
    if moment != "while workers start":
        wait_until(lambda: out.is_dir() and any(out.iterdir()))
    else:
        wait_until(lambda: workers_of(process.pid))
        time.sleep(0.4)
    os.killpg(process.pid, sent)
    said, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, said) == (code, b"")
    assert re.fullmatch(rf"redactor: {word}[^\n]*--resume\n", err.decode()), err.decode()
    copies = files(out)
    assert len(copies) < 40
    assert all(data.endswith(CALM.encode()) and b"teodor" not in data for data in copies.values())
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith(".")]
