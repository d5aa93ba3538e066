"""A small soak: 22 formats, workers and parents killed, resumed each time, as if nobody had come.

The large one is `benchmarks/soak.py`.
"""

from __future__ import annotations

import os
import random
import signal
import sys
from pathlib import Path

import pytest
from command_line import SECONDS, wait_until, workers_of

from redactor.audit import PublicKey, check
from redactor.audit.folder import LOG
from redactor.errors import ExitCode
from redactor.keys import Key

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from soak import RULES, content
from soak_folder import fill

DOCUMENTS = 44
VICTIMS = ("worker", "parent", "all")


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    base = tmp_path_factory.mktemp("soak")
    (base / "soak.yaml").write_text(RULES)
    return fill(base / "src", DOCUMENTS)


@pytest.fixture(scope="module")
def options(source, key_file):
    return ("--policy", source.with_name("soak.yaml"), "--key-file", key_file, "--workers", "2")


@pytest.fixture(scope="module")
def calm(forked_cli, source, options):
    """The output of a run that nobody disturbs."""
    out = source.with_name("calm")
    assert forked_cli("redact", source, "--out", out, *options).code in ENDED
    return out


ENDED = (ExitCode.DONE, ExitCode.INPUT)


def log_of(out: Path) -> Path:
    return Path(f"{out}.audit") / LOG


def written(out: Path) -> int:
    return log_of(out).stat().st_size if log_of(out).exists() else 0


def killed(process, victim: str) -> None:
    workers = workers_of(process.pid)
    if victim == "worker":
        os.kill(workers[0], signal.SIGKILL)
        return
    (os.killpg if victim == "all" else os.kill)(process.pid, signal.SIGKILL)
    process.communicate(timeout=SECONDS)
    wait_until(lambda: not [one for one in workers if Path(f"/proc/{one}").exists()])


def test_what_was_killed_and_resumed_ends_as_if_nobody_had_come(  # noqa: PLR0917
    forked_cli, source, options, calm, key_file, files
):
    out, length = source.with_name("wild"), written(calm)
    process = forked_cli.start("redact", source, "--out", out, *options)
    moments = sorted(random.Random(17).sample(range(length // 10, length * 2 // 3), len(VICTIMS)))
    for moment, victim in zip(moments, VICTIMS, strict=True):
        wait_until(lambda moment=moment: written(out) >= moment)
        killed(process, victim)
        if victim != "worker":
            process = forked_cli.start("redact", source, "--out", out, *options, "--resume")
    process.communicate(timeout=SECONDS)
    assert process.returncode in ENDED
    assert files(out) == files(calm)
    key = Key.load(key_file)
    assert content(log_of(out).parent, key) == content(log_of(calm).parent, key)
    assert check(log_of(out).parent, PublicKey.of(key)).damage is None
