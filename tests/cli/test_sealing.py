"""The sealed vault on the command line: redact --seal-to, audit reveal, restore; and `kill -9`."""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyrage
import pytest
from command_line import SECONDS, wait_until

from redactor.audit import AuditLog, PublicKey, check, read
from redactor.audit.slots import check_vault
from redactor.audit.vault import LENGTH_BYTES, MAGIC, Slot
from redactor.errors import ExitCode
from redactor.keys import Key

LETTER = "Dear Mr Teodor Vance,\r\nwrite to teodor.vance@example.org, or ring 212-555-0198.\r\n"
OTHER = "\ufeffD\xe8s Mardi, M. Teodor Vance (219-09-9981) \u2014 absent.\n"
FILLER = "The tide was low and the harbour was empty.\n"
# Four digits by themselves occur in digests by chance.
SECRETS = (b"Vance", b"vance", b"-0198", b"5550198", b"-9981", b"219099981")


@dataclass(frozen=True)
class Place:
    """A folder with a source that was redacted and sealed, and keys."""

    base: Path

    @property
    def audit(self) -> Path:
        return self.base / "out.audit"

    @property
    def records(self) -> list[dict[str, object]]:
        return list(read(self.audit))

    def redaction(self, entity: str) -> str:
        found = [r for r in self.records if r["type"] == "redaction" and r["entity"] == entity]
        return str(found[0]["id"])

    @property
    def log_files(self) -> dict[str, bytes]:
        names = ("audit.jsonl", "heads.jsonl", "leaves.bin")
        return {name: (self.audit / name).read_bytes() for name in names}


def write_keys(base: Path) -> None:
    for name in ("ours", "theirs"):
        secret = pyrage.x25519.Identity.generate()
        (base / f"{name}.id").write_text(f"# a key\n{secret}\n")
        (base / f"{name}.pub").write_text(f"{secret.to_public()}\n")
    locked = pyrage.passphrase.encrypt((base / "ours.id").read_bytes(), "sesame")
    (base / "locked.id").write_bytes(locked)
    (base / "empty.id").write_text("# nothing\n")


@pytest.fixture(scope="module")
def sealed(forked_cli, tmp_path_factory, key_file) -> Place:
    base = tmp_path_factory.mktemp("sealed")
    write_keys(base)
    (base / "src/inner").mkdir(parents=True)
    (base / "src/letter.txt").write_bytes(LETTER.encode())
    (base / "src/inner/wide.txt").write_bytes(OTHER.encode("utf-16-le"))
    (base / "src/calm.txt").write_text(FILLER)
    run = forked_cli(
        *("redact", "src", "--out", "out", "--key-file", key_file, "--workers", "2"),
        *("--seal-to", "ours.pub"),
        cwd=base,
    )
    assert (run.code, run.err) == (ExitCode.DONE, "")
    return Place(base)


@pytest.fixture
def place(sealed, tmp_path) -> Place:
    """The same, in a folder of its own that a test may change."""
    shutil.copytree(sealed.base, tmp_path / "place")
    return Place(tmp_path / "place")


def test_the_run_says_to_whom_and_every_document_has_its_slot(sealed):
    start, *_ = sealed.records
    assert start["sealed_to"] == [(sealed.base / "ours.pub").read_text().strip()]
    assert "--seal-to" in start["command"]
    documents = [record for record in sealed.records if record["type"] == "document"]
    slots = {path.name for path in (sealed.audit / "vault").iterdir()}
    assert len(documents) == 3
    assert {record["vault"] for record in documents} == slots


def test_no_file_beside_the_copies_holds_a_word(sealed):
    found = [path for path in sealed.audit.rglob("*") if path.is_file() and path.name != "key"]
    data = b"".join(path.read_bytes() for path in found)
    secrets = [*SECRETS, *(word.decode().encode("utf-16-le") for word in SECRETS), b"src/"]
    assert not [secret for secret in secrets if secret in data]
    assert b"AGE-SECRET" not in data


def test_the_copies_do_not_depend_on_sealing_nor_on_workers(sealed, cli, key_file, files, tmp_path):
    plain = cli(
        *("redact", sealed.base / "src", "--out", tmp_path / "out", "--key-file", key_file),
        *("--workers", "1"),
    )
    assert plain.code == ExitCode.DONE
    assert files(tmp_path / "out") == files(sealed.base / "out")
    assert not (tmp_path / "out.audit/vault").exists()


def test_both_verifications_look_at_the_vault(place, cli, key_file):
    public = cli("audit", "verify", "out.audit", cwd=place.base)
    assert "the vault is whole: 3 slots" in public.out
    [slot, *_] = sorted((place.audit / "vault").iterdir())
    slot.write_bytes(slot.read_bytes()[:-3])
    for arguments in (("audit", "verify", "out.audit"), ("verify", "out", "--key-file", key_file)):
        run = cli(*arguments, cwd=place.base)
        assert run.code == ExitCode.OUTPUT
        [line] = run.error_lines
        assert line.startswith("redactor: the vault is damaged at document ")
    assert cli("audit", "verify", "out.audit", "--log-only", cwd=place.base).code == ExitCode.DONE


def revealed(cli, place, redaction, key_file, *more, identity="ours.id", reason="Appeal 2031-17"):
    return cli(
        *("audit", "reveal", redaction, "out.audit", "--identity", identity),
        *("--key-file", key_file, "--reason", reason, *more),
        cwd=place.base,
    )


def test_reveal_prints_the_text_and_records_who_and_why(place, cli, key_file):
    run = revealed(cli, place, place.redaction("US_SSN"), key_file, "--who", "J. Reader")
    assert (run.code, run.out, run.err) == (ExitCode.DONE, "219-09-9981\n", "")
    last = place.records[-1]
    assert (last["type"], last["who"], last["reason"]) == ("reveal", "J. Reader", "Appeal 2031-17")
    assert last["id"] == place.redaction("US_SSN")
    assert b"-9981" not in (place.audit / "audit.jsonl").read_bytes()
    for arguments in (("audit", "verify", "out.audit"), ("verify", "out", "--key-file", key_file)):
        assert cli(*arguments, cwd=place.base).code == ExitCode.DONE


def test_who_is_the_login_name_unless_said(place, cli, key_file):
    run = cli(
        *(
            "audit",
            "reveal",
            place.redaction("EMAIL_ADDRESS"),
            "out.audit",
            "--identity",
            "ours.id",
        ),
        *("--key-file", key_file, "--reason", "x"),
        cwd=place.base,
        env={"LOGNAME": "reviewer7"},
    )
    assert (run.code, run.out) == (ExitCode.DONE, "teodor.vance@example.org\n")
    assert place.records[-1]["who"] == "reviewer7"


def test_restore_gives_back_every_source_byte_for_byte(place, cli, key_file, files):
    run = cli(
        *("restore", "out", "--identity", "ours.id", "--key-file", key_file, "--reason", "Review"),
        cwd=place.base,
    )
    assert (run.code, run.err) == (ExitCode.DONE, "")
    assert run.out.startswith("3 restored, 0 not\n")
    assert files(place.base / "out.restored") == files(place.base / "src")
    assert (place.base / "out.restored").stat().st_mode & 0o777 == 0o700
    assert [record["type"] for record in place.records[-3:]] == ["restore"] * 3
    assert cli("verify", "out", "--key-file", key_file, cwd=place.base).code == ExitCode.DONE


def test_restore_gives_back_one_place(place, cli, key_file, files):
    before = files(place.base / "out")
    run = cli(
        *("restore", "out", "--identity", "ours.id", "--key-file", key_file, "--reason", "Release"),
        *("--only", place.redaction("PHONE_NUMBER"), "--to", "released", "--quiet"),
        cwd=place.base,
    )
    assert (run.code, run.out, run.err) == (ExitCode.DONE, "", "")
    [(name, data)] = files(place.base / "released").items()
    assert name == "letter.txt"
    assert b"212-555-0198" in data
    assert b"Vance" not in data
    assert files(place.base / "out") == before


def test_a_changed_copy_is_refused_by_name(place, cli, key_file, files):
    copy = place.base / "out/letter.txt"
    copy.write_bytes(copy.read_bytes() + b"\n")
    run = cli(
        *("restore", "out", "--identity", "ours.id", "--key-file", key_file, "--reason", "Review"),
        cwd=place.base,
    )
    assert run.code == ExitCode.OUTPUT
    [line] = run.error_lines
    assert line.startswith("not restored: letter.txt: it is not the copy that was recorded")
    assert set(files(place.base / "out.restored")) == {"calm.txt", "inner/wide.txt"}


# --- bad input -------------------------------------------------------------------------------


def cut_slot(place):
    for slot in (place.audit / "vault").iterdir():
        slot.write_bytes(slot.read_bytes()[:60])


def edit_slot(place):
    """Change the last byte of the last entry: what follows it is the source."""
    for slot in (place.audit / "vault").iterdir():
        entries = list(Slot(place.audit, slot.name).entries())
        at = len(MAGIC) + sum(LENGTH_BYTES + len(entry) for entry in entries) - 1
        data = slot.read_bytes()
        slot.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])


def lose_vault(place):
    shutil.rmtree(place.audit / "vault")


def newer_vault(place):
    for slot in (place.audit / "vault").iterdir():
        slot.write_bytes(slot.read_bytes().replace(MAGIC, b"redactor vault 7\n"))


def newer_log(place):
    path = place.audit / "audit.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"format":3', b'"format":4'))


def damaged_log(place):
    path = place.audit / "audit.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"parts_examined":1', b'"parts_examined":2'))


def nothing(_place):
    pass


# what is done first, what is given, the exit code, and words of the message
BAD = {
    "no identity file": (nothing, {"identity": "none.id"}, ExitCode.CONFIG, "cannot read"),
    "an empty identity": (nothing, {"identity": "empty.id"}, ExitCode.CONFIG, "no identity"),
    "a public key": (nothing, {"identity": "ours.pub"}, ExitCode.CONFIG, "no identity"),
    "an identity that opens nothing": (
        nothing,
        {"identity": "theirs.id"},
        ExitCode.CONFIG,
        "opens nothing",
    ),
    "no terminal for a passphrase": (
        nothing,
        {"identity": "locked.id"},
        ExitCode.USAGE,
        "passphrase",
    ),
    "another key": (nothing, {"key_file": "other"}, ExitCode.CONFIG, "another key"),
    "no key": (nothing, {"key_file": "none"}, ExitCode.CONFIG, "key file"),
    "a vault that was cut": (cut_slot, {}, ExitCode.INPUT, "vault"),
    "a vault that was edited": (edit_slot, {}, ExitCode.INPUT, "signed"),
    "a vault that is gone": (lose_vault, {}, ExitCode.INPUT, "missing"),
    "a newer vault": (newer_vault, {}, ExitCode.INPUT, "newer version"),
    "a newer log": (newer_log, {}, ExitCode.INPUT, "newer version"),
    "a damaged log": (damaged_log, {}, ExitCode.OUTPUT, "edited"),
    "an empty reason": (nothing, {"reason": ""}, ExitCode.USAGE, "reason"),
    "a reason of two lines": (nothing, {"reason": "a\nb"}, ExitCode.USAGE, "one line"),
    "a reason too long": (nothing, {"reason": "a" * 501}, ExitCode.USAGE, "500"),
    "a reason that tells": (nothing, {"reason": "SSN 219 099 981"}, ExitCode.USAGE, "removed"),
}


ALSO_OF_RESTORE = (
    "an identity that opens nothing",
    "another key",
    "a vault that was edited",
    "a vault that is gone",
    "a newer vault",
    "a newer log",
    "a damaged log",
    "a reason that tells",
)


@pytest.mark.parametrize(
    ("do", "name"),
    [*(("reveal", name) for name in BAD), *(("restore", name) for name in ALSO_OF_RESTORE)],
)
def test_bad_input_leaves_the_log_as_it_was(place, cli, key_file, other_key_file, name, do):  # noqa: PLR0917
    prepare, changes, code, words = BAD[name]
    redaction = wide_redaction(place)
    prepare(place)
    before = place.log_files
    given = {"identity": "ours.id", "key_file": key_file, "reason": "Review"} | changes
    given |= {"key_file": other_key_file} if given["key_file"] == "other" else {}
    what = ("audit", "reveal", redaction, "out.audit") if do == "reveal" else ("restore", "out")
    run = cli(
        *(*what, "--identity", given["identity"], "--key-file", given["key_file"]),
        *("--reason", given["reason"]),
        cwd=place.base,
    )
    assert run.code == code, run.err
    assert [line for line in run.error_lines if words in line], run.err
    assert not [secret for secret in SECRETS if secret.decode() in run.out + run.err]
    assert place.log_files == before
    assert not (place.base / "out.restored").exists()


def wide_redaction(place: Place) -> str:
    """Return the last entry of its slot: one that a cut or an edit at the end spoils."""
    last = {r["document"]: str(r["id"]) for r in place.records if r["type"] == "redaction"}
    return last[place.redaction("US_SSN").partition(":")[0]]


def test_ids_that_are_not_there(place, cli, key_file):
    assert revealed(cli, place, "00" * 12 + ":1", key_file).code == ExitCode.USAGE
    run = cli(
        *("restore", "out", "--identity", "ours.id", "--key-file", key_file, "--reason", "x"),
        *("--only", "00" * 12),
        cwd=place.base,
    )
    assert (run.code, run.out) == (ExitCode.USAGE, "")


# what is given to --seal-to, the exit code, and words of the message
NO_RECIPIENTS = {
    "a secret key": ("secret", ExitCode.CONFIG, "secret key"),
    "a file of secrets": ("ours.id", ExitCode.CONFIG, "secret key"),
    "half a key": ("age1qqqq", ExitCode.CONFIG, "no public key"),
    "no file": ("none.pub", ExitCode.CONFIG, "cannot read"),
}


@pytest.mark.parametrize("name", NO_RECIPIENTS)
def test_nothing_begins_without_a_public_key(place, cli, name):
    given, code, words = NO_RECIPIENTS[name]
    secret = (place.base / "ours.id").read_text().split()[-1]
    given = secret if given == "secret" else given
    run = cli("redact", "src", "--out", "new", "--seal-to", given, cwd=place.base)
    assert (run.code, run.out) == (code, "")
    assert words in run.err
    assert secret not in run.err
    assert not (place.base / "new").exists()
    assert not (place.base / "new.audit").exists()


def test_standard_input_is_not_sealed(sealed, cli):
    run = cli("redact", "-", "--seal-to", "ours.pub", cwd=sealed.base, stdin=b"x")
    assert (run.code, run.out) == (ExitCode.USAGE, "")


WITHOUT = "import sys\nsys.modules['pyrage'] = None\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("redact", "src", "--out", "new", "--seal-to", "age1x"),
        ("audit", "reveal", "x:1", "out.audit", "--identity", "ours.id", "--reason", "x"),
        ("restore", "out", "--identity", "ours.id", "--reason", "x"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_without_the_extra_the_error_says_which(place, process_cli, key_file, arguments):
    (place.base / "sitecustomize.py").write_text(WITHOUT)
    path = os.pathsep.join(filter(None, (str(place.base), os.environ.get("PYTHONPATH", ""))))
    more = () if arguments[0] == "redact" else ("--key-file", key_file)
    run = process_cli(*arguments, *more, cwd=place.base, env={"PYTHONPATH": path})
    assert (run.code, run.out) == (ExitCode.USAGE, "")
    assert "pip install 'redactor[vault]'" in run.err
    assert (
        process_cli("audit", "verify", "out.audit", cwd=place.base, env={"PYTHONPATH": path}).code
        == 0
    )


# --- a terminal ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [(b"sesame\n", 0, b"teodor.vance@example.org\n"), (b"wrong-one\n", 3, b"")],
)
def test_a_passphrase_is_asked_for_without_an_echo(place, process_cli, key_file, typed, code, said):  # noqa: PLR0917
    leader, follower = pty.openpty()
    process = process_cli.start(
        *("audit", "reveal", place.redaction("EMAIL_ADDRESS"), "out.audit"),
        *("--identity", "locked.id", "--key-file", key_file, "--reason", "Review"),
        cwd=place.base,
        stdin=follower,
        stderr=follower,
    )
    os.close(follower)
    shown = b""
    while b"identity: " not in shown:
        shown += os.read(leader, 1000)
    os.write(leader, typed)
    out, _ = process.communicate(timeout=SECONDS)
    assert (process.returncode, out) == (code, said)
    with suppress(OSError):
        shown += os.read(leader, 1000)
    assert typed.strip() not in shown
    os.close(leader)


# --- kill -9 ---------------------------------------------------------------------------------


@pytest.mark.parametrize("copies", [1, 4])
def test_after_a_kill_no_copy_lacks_its_slot_and_no_record_names_one_that_is_gone(
    cli, forked_cli, tmp_path, key_file, copies
):
    write_keys(tmp_path)
    source, out, audit = tmp_path / "src", tmp_path / "out", tmp_path / "out.audit"
    source.mkdir()
    for number in range(10):
        (source / f"{number}.txt").write_bytes(LETTER.encode() + FILLER.encode() * 90)
    process = forked_cli.start(
        *("redact", source, "--out", out, "--key-file", key_file, "--workers", "2"),
        *("--seal-to", tmp_path / "ours.pub"),
    )
    wait_until(lambda: len(list(out.glob("*.txt"))) >= copies)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=SECONDS)
    time.sleep(0.5)  # workers outlive their parent by a moment
    assert not [path for path in tmp_path.rglob("*") if path.name.endswith(".draft")]
    key = Key.load(key_file)
    AuditLog.open(audit, key)
    assert check(audit, PublicKey.of(key)).damage is None
    report = check_vault(audit)
    assert report.damage == ()
    assert report.slots >= len(list(out.glob("*.txt"))) >= copies
    assert report.unnamed <= 2  # one a worker: sealed, not yet recorded
    run = cli(
        *("restore", out, "--identity", tmp_path / "ours.id", "--key-file", key_file),
        *("--reason", "After the crash", "--to", tmp_path / "back"),
    )
    done = {path.name for path in out.glob("*.txt")}
    assert {path.name for path in (tmp_path / "back").iterdir()} == done
    assert all((tmp_path / "back" / n).read_bytes() == (source / n).read_bytes() for n in done)
    assert run.code in (ExitCode.DONE, ExitCode.OUTPUT)  # a record may lack its copy


def test_json_of_show_names_what_reveal_takes(sealed, cli, key_file):
    run = cli("audit", "show", "out.audit", "--json", "--key-file", key_file, cwd=sealed.base)
    ids = {json.loads(line)["id"] for line in run.out.splitlines()}
    assert sealed.redaction("PERSON") in ids


def test_the_vault_follows_what_reviewers_decide(place, cli, key_file):
    """The next round is sealed to the same people, and what was removed before stays readable."""
    start, *_ = place.records
    phone = place.redaction("PHONE_NUMBER")
    record = next(r for r in place.records if r.get("id") == phone)
    row = {
        "id": phone,
        "check": f"{record['place']}.{record['fingerprint']}",
        "decision": "restore",
        "reviewer": "RO",
    }
    decisions = {"drawn": f"1:{start['run']}:{start['key_id']}:", "rows": [row]}
    (place.base / "decided.yaml").write_text(json.dumps(decisions))
    run = cli(
        *("redact", "src", "--out", "out", "--key-file", key_file, "--workers", "2"),
        *("--decisions", "decided.yaml"),
        cwd=place.base,
    )
    assert run.code == ExitCode.DONE, run.err
    assert b"212-555-0198" in (place.base / "out/letter.txt").read_bytes()
    begun = [r for r in place.records if r["type"] == "run-start"]
    assert [r["sealed_to"] for r in begun] == [start["sealed_to"]] * 2
    assert check_vault(place.audit).sentence.startswith("the vault is whole: 6 slots")
    assert revealed(cli, place, phone, key_file).out == "212-555-0198\n"
    again = [r for r in place.records if r["type"] == "redaction" and r["entity"] == "US_SSN"][-1]
    assert again["id"] != place.redaction("US_SSN")
    assert revealed(cli, place, again["id"], key_file).out == "219-09-9981\n"
    run = cli(
        *("restore", "out", "--identity", "ours.id", "--key-file", key_file, "--reason", "Review"),
        cwd=place.base,
    )
    assert (run.code, run.err) == (ExitCode.DONE, "")
    for name in ("letter.txt", "inner/wide.txt", "calm.txt"):
        back = (place.base / "out.restored" / name).read_bytes()
        assert back == (place.base / "src" / name).read_bytes()
