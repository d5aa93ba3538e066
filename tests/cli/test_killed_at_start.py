"""`kill -9` at any step between a run's first folder and its first record: what is said of it."""

from __future__ import annotations

import subprocess
import sys
from itertools import groupby
from pathlib import Path

import pytest
from invoked import invoke

from redactor.audit import AuditLog, RunStart, require_begun
from redactor.audit.folder import HEADS, LEAVES, LOG, NothingRecorded
from redactor.errors import ExitCode, OutputError
from redactor.keys import Key

KEY = Key(bytes(range(32)))

# Begins a run in a child for each call of the system that changes a file, and kills it there.
BEGIN = """
import os, signal, sys
from pathlib import Path

from redactor import beginning
from redactor.audit import AuditLog, RunStart
from redactor.audit.vault import Vault
from redactor.config.policy import load_policy
from redactor.keys import Key
from redactor.pipeline import RunContext

STEPS = ("mkdir", "chmod", "open", "fsync", "unlink", "replace", "truncate", "write")
START = RunStart("r", "t", "0", "p", "", "", "m", "0", "", (), "", 1, ())


def begin(base, kill_at):
    left = [kill_at]

    def counted(call):
        def step(*arguments, **named):
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments, **named)
        return step

    key, audit = Key.new(), base / "out.audit"
    policy = load_policy("default")
    vault = Vault(audit / "vault", ())
    settings = RunContext(policy, key, AuditLog(audit, key), vault=vault)
    for name in STEPS:
        setattr(os, name, counted(getattr(os, name)))
    beginning.begin(base / "out", settings, START, key_file=None)
    os._exit(0)


for number in range(200):
    base = Path(sys.argv[1], f"{number:03}")
    base.mkdir()
    child = os.fork()
    if child == 0:
        begin(base, number)
    if os.waitpid(child, 0)[1] == 0:
        break
"""


def said(*arguments: str | Path) -> str:
    """Return the one line that a command says as it ends with 5."""
    result = invoke(*arguments)
    assert (result.exit_code, result.stdout) == (ExitCode.OUTPUT, ""), result.output
    [line] = result.stderr.splitlines()
    return line


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """A folder for every step that a run was killed at, in order; the last run began."""
    base = tmp_path_factory.mktemp("killed")
    subprocess.run([sys.executable, "-c", BEGIN, base], check=True, timeout=300)
    return sorted(base.iterdir())


# what the three commands say, in the order that a run goes through
STAGES = {
    "nothing recorded": (5, 5, 5, "broken off before it recorded anything"),
    "a record cut short": (5, 5, 5, "torn at record 0"),
    "begun": (5, 5, 5, "THE RUN DID NOT END"),
}


def test_a_run_killed_at_any_step_before_its_first_record(killed):
    first, *folders = killed
    assert list(first.iterdir()) == []
    assert len({_state(folder / "out.audit") for folder in folders}) >= 12
    stages = [_stage(folder) for folder in folders]
    assert [stage for stage, _ in groupby(stages)] == list(STAGES)
    assert stages.count("nothing recorded") >= 15


def _stage(folder: Path) -> str:
    """Return what stage a run was killed at, by what every command says of it."""
    audit, out = folder / "out.audit", folder / "out"
    commands = (("audit", "verify", audit), ("audit", "show", audit), ("verify", out))
    results = [invoke(*command) for command in commands]
    codes = tuple(result.exit_code for result in results)
    stages = [
        name
        for name, (*expected, words) in STAGES.items()
        if codes == tuple(expected) and all(words in result.stderr for result in results)
    ]
    assert len(stages) == 1, [result.output for result in results]
    return stages[0]


def _state(audit: Path) -> tuple[tuple[str, bool], ...]:
    """Return the names of a folder's files, and which of them hold anything."""
    return tuple(sorted((path.name, path.stat().st_size > 0) for path in audit.iterdir()))


# --- a log that was there, and was taken away ------------------------------------------------


@pytest.fixture
def audit(tmp_path):
    log = AuditLog.create(tmp_path / "out.audit", KEY)
    log.append([RunStart("r", "t", "0", "p", "", "", "m", "0", "", (), KEY.id, 1, ())])
    return log.folder


def _without(*names: str):
    return lambda audit: [(audit / name).unlink() for name in names]


def _slot(audit: Path) -> None:
    _without(LOG, LEAVES, HEADS)(audit)
    (audit / "vault").mkdir()
    (audit / "vault" / ("0" * 64)).write_bytes(b"sealed")


# what was taken: what a trace of a record is left in
TAKEN = {
    "nothing": lambda _: None,
    "the log": _without(LOG),
    "the log and its heads": _without(LOG, HEADS),
    "the log and its leaves": _without(LOG, LEAVES),
    "all but a sealed slot": _slot,
    "all, and the heads written anew": lambda a: (
        _without(LOG, LEAVES)(a),
        (a / HEADS).write_bytes(b"{}\n"),
    ),
}


@pytest.mark.parametrize("what", TAKEN)
def test_a_log_of_which_a_trace_is_left_is_not_taken_for_one_that_never_began(audit, what):
    TAKEN[what](audit)
    require_begun(audit)


def test_a_log_without_a_trace_is_said_to_hold_nothing_and_copies_to_be_evidence(audit):
    _without(LOG, LEAVES, HEADS)(audit)
    with pytest.raises(NothingRecorded) as caught:
        require_begun(audit)
    assert "If the output folder holds copies all the same, the log was taken" in caught.value.hint


def test_a_folder_that_is_not_there_has_no_log(tmp_path):
    with pytest.raises(OutputError, match="there is no audit log") as caught:
        require_begun(tmp_path / "out.audit")
    assert not isinstance(caught.value, NothingRecorded)


@pytest.mark.parametrize("command", ["show", "verify", "report", "sample"])
def test_a_log_without_a_record_says_so_before_any_key_is_asked_for(tmp_path, command):
    AuditLog.create(tmp_path / "out.audit", KEY)
    assert "broken off before" in said("audit", command, tmp_path / "out.audit")
