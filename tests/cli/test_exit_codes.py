"""Every exit code, and every kind of bad input: what is said, what is left, and what is not."""

from __future__ import annotations

import ctypes
import json
import os
import re
import resource
from collections.abc import Callable
from pathlib import Path

import pytest
from invoked import assert_one_line, invoke

from redactor.analysis.analyzer import Analyzer
from redactor.audit import (
    AuditLog,
    document_id,
)
from redactor.config.policy import load_policy
from redactor.errors import ExitCode
from redactor.keys import Key
from redactor.model import Job, Status
from redactor.pipeline import RunContext, redact

ADDRESS = "teodor.vance@example.org"
LETTER = f"Dear Mr Teodor Vance,\nwrite to {ADDRESS}.\nThe tide was low.\n"
CALM = "The tide was low.\n"
ALONE = ("--workers", "1")
POLICY = "name: small\nabout: For tests.\nremove:\n  EMAIL_ADDRESS:\n"
PR_CAPBSET_DROP = 24
OVERRIDES = (1, 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH: what lets root read every file


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
