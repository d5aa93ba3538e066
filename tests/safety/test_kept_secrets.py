"""What a process holds stays in it, and what is odd about a run is said.

Memory that a crash would write to a file, keys that are guessed, models and rules that were
exchanged, clocks that are set, names that give a terminal orders, modules of the current folder.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from attacks import ADDRESS
from command_line import wait_until, workers_of

from redactor.audit import AuditLog, PublicKey, RunEnd, check
from redactor.audit.manifest import write_manifest
from redactor.cli.output import shown_line
from redactor.config import rules as rules_module
from redactor.config.policy import load_policy
from redactor.config.rules import BundleDamaged, bundled_rules, check_bundled, rule_sums
from redactor.detect.ner import models
from redactor.errors import ExitCode, KeyFileError, ModelError
from redactor.keys import Key
from redactor.notices import clock_notices, in_order, policy_notices

ALONE = ("--workers", "1")
ESC = "\x1b[31m\x1b]0;owned\x07"


def run(cli, source, out, small, *more, **how):
    return cli("redact", source, "--out", out, "--policy", small, *ALONE, *more, **how)


# --- memory ---------------------------------------------------------------------------------


@pytest.mark.process
def test_a_process_keeps_its_memory_to_itself():
    code = """
import ctypes, resource
from redactor.process import keep_memory_private
keep_memory_private()
print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "(0, 0) 0\n"


@pytest.mark.process
def test_a_worker_that_crashes_leaves_no_core_file(process_cli, small, tmp_path):
    """218 MB of it lay in the current folder, with the text and the key in it."""
    folder = tmp_path / "long"
    folder.mkdir()
    (folder / "a.txt").write_text(f"Write to {ADDRESS} about the tide.\n" * 20_000)
    process = process_cli.start(
        *("redact", folder, "--out", tmp_path / "out", "--policy", small, *ALONE),
        cwd=folder.parent,
        preexec_fn=_cores_allowed,
    )
    wait_until((tmp_path / "out.audit/audit.jsonl").exists)
    [worker] = workers_of(process.pid)
    for pid in (process.pid, worker):
        limits = Path(f"/proc/{pid}/limits").read_text()
        assert re.search(r"Max core file size +0 +0 ", limits)
    os.kill(worker, signal.SIGSEGV)
    wait_until(lambda: workers_of(process.pid) != [worker])
    process.kill()  # another worker would begin anew
    process.communicate()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("core")]


def _cores_allowed():
    import resource

    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


# --- keys -----------------------------------------------------------------------------------


def key_file(tmp_path, digits, mode=0o600):
    path = tmp_path / "k"
    path.write_text(digits + "\n")
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    ("digits", "mode", "said"),
    [
        ("0" * 64, 0o600, "no random one"),
        ("ab" * 32, 0o600, "no random one"),
        ("0123456789abcdef" * 4, 0o600, "no random one"),
        (bytes(range(32)).hex(), 0o644, "can be read by others: `chmod 600` it"),
        (bytes(range(32)).hex(), 0o666, "can be read and written by others: `chmod 600` it"),
        (bytes(range(32)).hex(), 0o600, ""),
    ],
)
def test_a_key_that_is_weak_or_open_to_others_is_told(  # noqa: PLR0917
    cli, source, small, tmp_path, digits, mode, said
):
    path = key_file(tmp_path, digits, mode)
    done = run(cli, source, tmp_path / "out", small, "--key-file", path)
    assert done.code == ExitCode.DONE
    assert (said in done.err) if said else done.err == ""
    assert digits not in done.err


def test_the_digits_of_a_key_are_wiped_after_they_were_read(tmp_path, monkeypatch):
    read = []
    original = rules_module.read_regular.__globals__["read_buffer"]
    monkeypatch.setattr(
        "redactor.keys.read_buffer", lambda *given: read.append(original(*given)) or read[0]
    )
    key = Key.load(key_file(tmp_path, bytes(range(32)).hex()))
    assert key.secret == bytes(range(32))
    assert bytes(read[0]) == bytes(len(read[0])) != b""


# --- models and rules -----------------------------------------------------------------------


@pytest.mark.parametrize("damage", ["digests deleted", "digests of another", "a model changed"])
def test_a_shipped_model_without_its_digests_does_not_load(tmp_path, monkeypatch, damage):
    """Its list of digests was deleted, and four bytes of the network changed: it loaded."""
    name = models.SHIPPED["fast"]
    shutil.copytree(models.shipped("fast"), tmp_path / name)
    monkeypatch.setattr(models, "shipped", lambda one: tmp_path / models.SHIPPED[one])
    sums = tmp_path / name / models.SUMS
    models.check_sums(tmp_path / name)
    match damage:
        case "digests deleted":
            sums.unlink()
        case "digests of another":
            sums.write_text(sums.read_text().replace("a", "b"))
        case "a model changed":
            (tmp_path / name / "config.cfg").write_text("changed")
    with pytest.raises(ModelError):
        models.load_pipeline(replace(load_policy("default").model, name="fast"))


DAMAGES = {
    "a rule deleted": lambda rules: next(iter(sorted(rules.rglob("*.yaml")))).unlink(),
    "a rule changed": lambda rules: next(iter(sorted(rules.rglob("*.yaml")))).write_text("x: 1"),
    "a rule added": lambda rules: (rules / "more.yaml").write_text("x: 1"),
    "no digests": lambda rules: (rules.parent / rules_module.SUMS).unlink(),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_shipped_rules_that_are_not_those_of_the_package_do_not_load(tmp_path, monkeypatch, name):
    package = tmp_path / "redactor"
    shutil.copytree(bundled_rules(), package / "rules")
    (package / "config").mkdir()
    listed = "\n".join(rule_sums(package / "rules")) + "\n"
    (package / rules_module.SUMS).write_text(listed)
    monkeypatch.setattr(rules_module, "_PACKAGE", package)
    check_bundled()
    DAMAGES[name](package / "rules")
    with pytest.raises(BundleDamaged):
        check_bundled()


# --- clocks ---------------------------------------------------------------------------------

DATED = "name: dated\nabout: For tests.\nremove:\n  EMAIL_ADDRESS: {restrict_until: 2030-12-31}\n"


def test_what_a_date_has_lifted_is_said_in_summary_and_report(cli, source, tmp_path):
    """A clock in the future published names, and the summary listed only what was removed."""
    policy = tmp_path / "dated.yaml"
    policy.write_text(DATED)
    people = tmp_path / "people.csv"
    people.write_text("name,restrict_until\nTeodor Vance,2029-06-30\n")
    lists = ("--as-of", "2099-01-01", "--allow-list", people)
    done = run(cli, source, tmp_path / "out", policy, *lists)
    assert done.code == ExitCode.DONE
    said = "no longer restricted on 2099-01-01, and kept: EMAIL_ADDRESS, 1 people of the allow list"
    assert said in done.out.splitlines()
    assert said in cli("scan", source, "--policy", policy, *lists).err
    assert cli("audit", "report", tmp_path / "out.audit").code == ExitCode.DONE
    page = (tmp_path / "out.audit/report.html").read_text()
    assert "1 place was kept since a restriction had ended" in page


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (datetime(1999, 1, 1, tzinfo=UTC), "", "before this program was installed"),
        (datetime(2099, 1, 1, tzinfo=UTC), "", "ten years after"),
        (datetime.now(UTC), "2098-01-01T00:00:00Z", "before the log's last record"),
        (datetime.now(UTC), "no time at all", ""),
        (datetime.now(UTC), "", ""),
    ],
)
def test_a_clock_that_is_far_off_is_told(now, before, said):
    told = list(clock_notices(now, before))
    assert len(told) == bool(said)
    assert said in "".join(told)


def test_times_that_run_backwards_are_said(cli, source, small, tmp_path, monkeypatch):
    out = tmp_path / "out"
    with monkeypatch.context() as future:
        future.setattr("redactor.audit.heads.now", lambda: "2050-01-01T00:00:00Z")
        future.setattr("redactor.audit.log.now", lambda: "2050-01-01T00:00:00Z")
        assert run(cli, source, out, small).code == ExitCode.DONE
    key = Key.load(tmp_path / "out.audit/key")
    before = check(tmp_path / "out.audit", PublicKey.of(key))
    assert not before.backwards
    AuditLog.open(tmp_path / "out.audit", key).append([RunEnd("x", "", (), 0, 0)])
    write_manifest(tmp_path / "out.audit")
    for command in (("audit", "verify"), ("verify",)):
        target = out if command == ("verify",) else tmp_path / "out.audit"
        done = cli(*command, target)
        assert done.code == ExitCode.DONE
        assert "its times run backwards" in done.out + done.err
    cli("audit", "report", tmp_path / "out.audit")
    assert "times run backwards" in (tmp_path / "out.audit/report.html").read_text()


def test_a_clock_that_is_set_back_a_little_is_none_that_runs_backwards():
    assert in_order(["2031-01-01T00:00:59Z", "2031-01-01T00:00:00Z", "", "x"][:2])
    assert not in_order(["2031-01-01T00:02:00Z", "2031-01-01T00:00:00Z"])


# --- policies -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("threshold: 1.0\nremove:\n  EMAIL_ADDRESS:\n", "removes next to nothing"),
        (
            "remove:\n  EMAIL_ADDRESS:\n  PHONE_NUMBER: {threshold: 0.95}\n",
            "next to nothing is removed of: PHONE_NUMBER",
        ),
        ("remove:\n  EMAIL_ADDRESS:\n", ""),
    ],
)
def test_a_policy_that_removes_next_to_nothing_is_told(cli, source, tmp_path, settings, said):
    policy = tmp_path / "odd.yaml"
    policy.write_text(f"name: odd\nabout: For tests.\n{settings}")
    for command in (
        ("redact", source, "--out", tmp_path / "out", "--policy", policy, *ALONE),
        ("scan", source, "--policy", policy),
        ("policy", "check", policy),
    ):
        done = cli(*command)
        assert done.code == ExitCode.DONE, done.err
        assert (said in done.err) if said else "warning" not in done.err


def test_an_allow_list_that_is_none_is_told(cli, source, small, tmp_path):
    """`--allow-list /etc/passwd` was a fine list of names."""
    listed = tmp_path / "passwd"
    listed.write_text("root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1::/:/sbin/nologin\n")
    done = cli("scan", source, "--policy", small, "--allow-list", listed)
    assert "2 people of the allow list have signs that no name has" in done.err
    assert "root" not in done.err


def test_no_shipped_policy_is_odd():
    for name in ("default", "strict", "hipaa"):
        assert not list(policy_notices(replace(load_policy(name), as_of=date(2031, 1, 1))))


# --- names ----------------------------------------------------------------------------------

ODD = (b"esc" + ESC.encode() + b".txt", b"inv\xff.txt", b"two\nlines.txt", "r\u202el.txt".encode())


@pytest.fixture(scope="module")
def odd(cli, tmp_path_factory):
    """A run over names of all kinds; of each a copy, and one file that has none."""
    base = tmp_path_factory.mktemp("odd")
    (base / "src").mkdir()
    for name in ODD:
        path = os.path.join(os.fsencode(base / "src"), name)  # noqa: PTH118  # names of bytes
        with open(path, "w") as file:  # noqa: PTH123
            file.write(f"Write to {ADDRESS}.\n")
        with open(path[:-4] + b".docx", "w") as file:  # noqa: PTH123
            file.write("x")
    (base / "small.yaml").write_text("name: small\nabout: For tests.\nremove:\n  EMAIL_ADDRESS:\n")
    done = run(cli, base / "src", base / "out", base / "small.yaml")
    assert done.code == ExitCode.INPUT
    return base, done


def assert_harmless(*texts):
    for text in texts:
        assert not [char for char in text if not char.isprintable() and char not in "\n\r\t"]


COMMANDS = {
    "verify": ("verify", "out"),
    "verify with more": ("verify", "out"),
    "scan": ("scan", "src", "--policy", "small.yaml"),
    "scan --json": ("scan", "src", "--policy", "small.yaml", "--json"),
    "scan --sarif": ("scan", "src", "--policy", "small.yaml", "--sarif"),
    "show": ("audit", "show", "out.audit", "--source", "src"),
    "show --json": ("audit", "show", "out.audit", "--source", "src", "--json"),
    "lookup": ("audit", "lookup", ADDRESS, "out.audit"),
    "twice": ("redact", "src", "src", "--out", "more"),
    "no such source": ("scan", f"no{ESC}\nredactor: all is well"),
    "no such policy": ("scan", "src", "--policy", f"no{ESC}"),
    "no such option": ("scan", f"--no{ESC}"),
    "no such number": ("redact", "src", "--out", "x", "--workers", f"{ESC}"),
    "no such command": (f"no{ESC}",),
    **{
        f"export {form}": ("audit", "export", "out.audit", "--source", "src", "--format", form)
        for form in ("csv", "vaughn", "premis", "sarif")
    },
}


@pytest.mark.parametrize("name", COMMANDS)
def test_no_name_gives_a_terminal_orders(cli, odd, name):
    base, first = odd
    assert_harmless(first.out, first.err)
    if name == "verify with more":
        shutil.copytree(base / "out", base / "again", dirs_exist_ok=True)
        (base / "out" / f"more{ESC}").write_text("x")
    done = cli(*COMMANDS[name], cwd=base)
    (base / "out" / f"more{ESC}").unlink(missing_ok=True)
    out = done.out.replace("\u202e", "") if name == "export premis" else done.out  # XML holds it
    assert_harmless(out, done.err)
    assert "all is well" not in [line[10:] for line in done.error_lines]


def test_every_name_is_one_line_of_what_failed(odd):
    _, done = odd
    assert len(done.error_lines) == len(ODD)
    assert all(line.startswith("not examined: ") for line in done.error_lines)


def test_tables_hold_any_name(cli, odd):
    base, _ = odd
    done = cli("audit", "export", "out.audit", "--format", "csv", cwd=base)
    rows = list(csv.DictReader(io.StringIO(done.out, newline="")))
    assert sorted(row["file"] for row in rows) == [
        r"esc\x1b[31m\x1b]0;owned\x07.txt",
        r"inv\xff.txt",
        r"r\u202el.txt",
        r"two\nlines.txt".replace(r"\n", r"\x0a"),
    ]


def test_sarif_has_the_bytes_of_any_name(cli, odd):
    base, _ = odd
    done = cli("audit", "export", "out.audit", "--source", "src", "--format", "sarif", cwd=base)
    assert done.code == ExitCode.DONE
    [made] = json.loads(done.out)["runs"]
    uris = {
        one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for one in (*made["results"], *made["invocations"][0]["toolExecutionNotifications"])
    }
    assert {"inv%FF.txt", "inv%FF.docx", "two%0Alines.txt"} <= uris
    scanned = json.loads(cli(*COMMANDS["scan --sarif"], cwd=base).out)
    assert "inv%FF.txt" in json.dumps(scanned)


def test_xml_and_html_hold_any_name(cli, odd):
    base, _ = odd
    premis = cli("audit", "export", "out.audit", "--format", "premis", cwd=base)
    names = [one.text for one in ET.fromstring(premis.out).iter() if "Name" in one.tag]
    assert "inv\ufffd.txt" in names
    assert cli("audit", "report", "out.audit", cwd=base).code == ExitCode.DONE
    assert r"inv\\xff.txt" in (base / "out.audit/report.html").read_text("utf-8")


def test_a_bag_holds_any_name(cli, odd):
    bagit = pytest.importorskip("bagit")
    base, _ = odd
    done = cli("audit", "export", "out.audit", "--format", "bagit", "--out", "bag", cwd=base)
    assert done.code == ExitCode.DONE, done.err
    assert (base / "bag/data" / r"inv\xff.txt").is_file()
    assert bagit.Bag(str(base / "bag")).is_valid()


@pytest.mark.parametrize("suffix", ["csv", "yaml"])
def test_files_for_people_hold_any_name(cli, odd, suffix):
    base, _ = odd
    for given in (("review", "out.audit", "--all"), ("audit", "sample", "out.audit")):
        target = base / f"{given[-2]}.{suffix}"
        done = cli(*given, *(("--max-miss", "50") if "sample" in given else ()), "--out", target)
        assert done.code != ExitCode.BUG


def test_a_line_that_is_printed_is_one_line():
    assert shown_line("a\nb\tc\x9b\u2028\ud800") == "a\ufffdb\tc\ufffd\ufffd\ufffd"


def test_only_one_module_prints():
    """All that is printed passes `say` or `write_out`, which leave nothing to a terminal."""
    folder = Path(shown_line.__code__.co_filename).parent
    printing = re.compile(r"typer\.(echo|secho)|sys\.std(out|err)\.(write|buffer)|\bprint\(")
    found = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        if printing.search(path.read_text("utf-8"))
    }
    assert found == {"output.py"}


# --- what stands beside the log -------------------------------------------------------------


@pytest.fixture
def done(cli, source, small, tmp_path):
    assert run(cli, source, tmp_path / "out", small).code == ExitCode.DONE
    return tmp_path


@pytest.mark.parametrize("kind", ["of another key", "garbage", "gone"])
def test_an_exchanged_public_key_is_told(cli, done, kind):
    """Who verifies the log with it later is told that another key wrote it."""
    path = done / "out.audit/audit.pub"
    match kind:
        case "of another key":
            path.write_bytes(PublicKey.of(Key.new()).pem)
        case "garbage":
            path.write_bytes(b"x" * 200)
        case "gone":
            path.unlink()
    told = cli("verify", done / "out")
    assert told.code == ExitCode.OUTPUT
    assert "audit.pub" in told.err


def test_a_line_that_somebody_added_during_a_run_is_told(cli, source, small, tmp_path, meanwhile):
    """It is sealed, so that nothing rests on it; the run said nothing."""
    log = tmp_path / "out.audit/audit.jsonl"

    def add():
        with log.open("a") as file:
            file.write('{"type":"document"}\n')

    meanwhile(add)
    first = run(cli, source, tmp_path / "out", small)
    assert first.code == ExitCode.DONE
    assert "1 lines stood in the log that no run wrote whole" in first.err
    told = cli("verify", tmp_path / "out")
    assert told.code == ExitCode.DONE
    assert "1 lines of interrupted appends are sealed" in told.err


def test_a_record_that_is_gone_is_laid_to_the_document_it_was_of(cli, source, small, tmp_path):
    """The next document's record stands in its place."""
    for name in "abc":
        (source / f"{name}.txt").write_text(f"Write to {ADDRESS}, or to x{ADDRESS}.\n")
    assert run(cli, source, tmp_path / "out", small).code == ExitCode.DONE
    log = tmp_path / "out.audit/audit.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    records = [json.loads(line) for line in lines]
    at = next(
        number
        for number, (one, after) in enumerate(itertools.pairwise(records))
        if one["type"] == "redaction" and after["type"] == "document"
    )
    log.write_bytes(b"".join(lines[:at] + lines[at + 1 :]))
    told = cli("audit", "verify", tmp_path / "out.audit")
    assert told.code == ExitCode.OUTPUT
    assert f"dropped at record {at} (document {records[at]['document']})" in told.err


# --- the current folder ---------------------------------------------------------------------


@pytest.mark.process
def test_no_module_of_the_current_folder_is_imported(process_cli, tmp_path):
    """`python -m redactor` puts that folder first on the path: a `typer.py` in it was run."""
    for name in ("typer", "dataclasses", "yaml", "presidio_analyzer", "spacy", "numpy"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('a module of the current folder')")
    (tmp_path / "a.txt").write_text(f"Write to {ADDRESS}.\n")
    done = process_cli("redact", "a.txt", "--out", "out", *ALONE, cwd=tmp_path)
    assert (done.code, done.err) == (ExitCode.DONE, "")


def test_a_key_file_error_quotes_nothing(tmp_path):
    with pytest.raises(KeyFileError) as refused:
        Key.load(key_file(tmp_path, "correct horse"))
    assert "horse" not in str(refused.value)
