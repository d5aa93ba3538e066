"""Every operator in a run over the seeds, and what is encrypted put back by the key alone."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from redactor.audit import read
from redactor.errors import ExitCode
from redactor.keys import Key

SEEDS = Path(__file__).parents[2] / "seeds"
OWN = """
from presidio_anonymizer.operators import Operator, OperatorType

class Own(Operator):
    def operate(self, text=None, params=None):
        return {returned}

    def validate(self, params=None):
        pass

    def operator_name(self):
        return "own"

    def operator_type(self):
        return OperatorType.Anonymize
"""
EVERY = """
name: every
about: Every operator.
codes: gdpr
placeholder: [code]
remove:
  PERSON: {action: surrogate}
  EMAIL_ADDRESS: {action: surrogate}
  PHONE_NUMBER: {action: {operator: mask, chars_to_mask: 6}}
  DATE_TIME: {action: date_shift}
  DATE_OF_BIRTH: {action: generalise}
  AGE: {action: generalise}
  STREET_ADDRESS: {action: generalise}
  US_ZIP_CODE: {action: generalise}
  IBAN_CODE: {action: surrogate}
  CREDIT_CARD: {action: surrogate}
  US_SSN: {action: hash}
  UK_NHS: {action: encrypt}
  IP_ADDRESS: {action: redact}
  ORGANIZATION: {action: {operator: replace, new_value: '[a body]'}}
  USERNAME: {action: number}
  HANDLE: {action: label}
  CREDENTIAL: {action: mask}
  NRP: {action: {operator: 'site_operators:Own'}}
"""
SEALED = """
name: sealed
about: All of it encrypted.
action: encrypt
threshold: 0.4
remove: {PERSON: , PHONE_NUMBER: , EMAIL_ADDRESS: }
unlisted: keep
"""
LETTER = "Dear Teodor Vance,\r\n\r\nring me: (212) 555-0142. Vance knows.\r\n"


@pytest.fixture(scope="module")
def world(cli, tmp_path_factory):
    """Return a folder with policies, a key and operators of one's own."""
    base = tmp_path_factory.mktemp("world")
    (base / "every.yaml").write_text(EVERY)
    (base / "sealed.yaml").write_text(SEALED)
    (base / "site_operators.py").write_text(OWN.format(returned='"somebody"'))
    Key(bytes(range(32))).save(base / "key")
    Key(bytes(32)).save(base / "other")
    return base


def with_modules(folder):
    """Return a change of environment in which the modules of a folder are found."""
    found = [str(folder), os.environ.get("PYTHONPATH", "")]
    return {"PYTHONPATH": os.pathsep.join(filter(None, found))}


def redact(cli, world, source, out, policy, **process):
    return cli(
        *("redact", source, "--out", out, "--policy", world / policy),
        *("--key-file", world / "key", "--workers", "1"),
        **process,
    )


def restore(cli, world, out, *more, key="key", reason="Appeal 2031-17"):
    return cli("restore", out, "--key-file", world / key, "--reason", reason, *more)


@pytest.fixture(scope="module")
def sealed(cli, world):
    """Return a finished output in which all that was removed is encrypted."""
    (world / "src").mkdir()
    (world / "src/a.txt").write_bytes(LETTER.encode())
    (world / "src/b.txt").write_bytes(b"\xff\xfe" + LETTER.encode("utf-16-le"))
    run = redact(cli, world, world / "src", world / "out", "sealed.yaml")
    assert run.code == ExitCode.DONE, run.err
    return world / "out"


def test_the_seeds_go_through_every_operator_and_verify(cli, forked_cli, world):
    env = with_modules(world)
    run = redact(forked_cli, world, SEEDS, world / "seeds", "every.yaml", env=env)
    assert run.code in {ExitCode.DONE, ExitCode.INPUT}, run.err  # some seeds are of no known format
    assert "operator" not in run.err
    verified = cli("verify", world / "seeds", "--key-file", world / "key")
    assert verified.code == ExitCode.DONE, verified.err
    log = read(world / "seeds.audit", Key.load(world / "key"))
    actions = {record["action"] for record in log if record["type"] == "redaction"}
    assert {"surrogate", "date_shift", "generalise", "mask", "hash", "encrypt"} <= actions
    assert {"replace", "redact", "custom", "number", "pseudonym", "keep"} <= actions


def test_what_is_encrypted_comes_back_byte_for_byte_by_the_key_alone(cli, world, sealed):
    assert b"Vance" not in (sealed / "a.txt").read_bytes()
    run = restore(cli, world, sealed, "--to", world / "back")
    assert run.code == ExitCode.DONE, run.err
    for name in ("a.txt", "b.txt"):
        assert (world / "back" / name).read_bytes() == (world / "src" / name).read_bytes()
    log = (world / "out.audit" / "audit.jsonl").read_text()
    records = [one for one in map(json.loads, log.splitlines()) if one["type"] == "restore"]
    assert [(one["reason"], "vault" in one, "identity" in one) for one in records] == [
        ("Appeal 2031-17", False, False)
    ] * 2
    assert "Vance" not in log
    assert cli("verify", sealed, "--key-file", world / "key").code == ExitCode.DONE
    assert cli("audit", "verify", world / "out.audit").code == ExitCode.DONE


def test_one_redaction_comes_back_alone(cli, world, sealed):
    log = (world / "out.audit" / "audit.jsonl").read_text().splitlines()
    every = [one for one in map(json.loads, log) if one["type"] == "redaction"]
    chosen = next(one["id"] for one in every if one["entity"] == "PHONE_NUMBER")
    run = restore(cli, world, sealed, "--to", world / "one", "--only", chosen)
    assert run.code == ExitCode.DONE, run.err
    [path] = (world / "one").iterdir()
    data = path.read_bytes().replace(b"\0", b"")
    assert b"(212) 555-0142" in data
    assert b"Vance" not in data


REFUSED = {
    "another key": ({"key": "other"}, ExitCode.CONFIG),
    "a reason that tells": ({"reason": "Is it Teodor Vance?"}, ExitCode.USAGE),
}


@pytest.mark.parametrize(("changed", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_leaves_nothing(cli, world, sealed, changed, code):
    run = restore(cli, world, sealed, "--to", world / "to", **changed)
    assert run.code == code
    assert "Vance" not in run.err
    assert not (world / "to").exists()


def test_a_copy_that_was_changed_is_not_restored(cli, world, sealed, tmp_path):
    shutil.copytree(sealed, tmp_path / "out")
    shutil.copytree(world / "out.audit", tmp_path / "out.audit")
    (tmp_path / "out/a.txt").write_text("changed")
    run = restore(cli, world, tmp_path / "out", "--to", tmp_path / "to")
    assert run.code == ExitCode.OUTPUT
    assert [path.name for path in (tmp_path / "to").iterdir()] == ["b.txt"]


def test_an_operator_that_fails_costs_its_document_alone(cli, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "src").mkdir()
    (tmp_path / "src/calm.txt").write_text("Nothing happened.\n")
    (tmp_path / "src/letter.txt").write_text(LETTER)
    (tmp_path / "bad_operators.py").write_text(OWN.format(returned="int(text)"))
    (tmp_path / "bad.yaml").write_text(
        "name: bad\nabout: A bad operator.\nremove:\n"
        "  PERSON: {action: {operator: 'bad_operators:Own'}}\nunlisted: keep\n"
    )
    run = cli(
        *("redact", tmp_path / "src", "--out", tmp_path / "out", "--policy", tmp_path / "bad.yaml"),
        *("--workers", "1"),
    )
    assert run.code == ExitCode.INPUT
    assert "letter.txt: the operator bad_operators:Own failed (ValueError), on a PERSON" in run.err
    assert "Vance" not in run.err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["calm.txt"]


def test_the_policy_check_lists_what_a_general_action_is_not_for(cli, tmp_path):
    policy = tmp_path / "own.yaml"
    policy.write_text(
        "name: own\nabout: A test.\naction: surrogate\nremove: {PERSON: , CREDENTIAL: }\n"
    )
    run = cli("policy", "check", policy)
    assert run.code == ExitCode.DONE, run.err
    assert "`surrogate` is not for these, which get a label: CREDENTIAL" in run.out
