"""Spark itself: columns of tables, a run of documents, and one whose processes are killed.

Where PySpark or Java is not installed these tests are skipped, by name.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from cluster_here import POLICY, records
from command_line import SECONDS, wait_until, without_proxies

from redactor import Redactor
from redactor.errors import ExitCode
from redactor.keys import Key

pytestmark = pytest.mark.usefixtures("_java")
JOBS = Path(__file__).with_name("jobs.py")
TEXT = "Write to ilse@example.org, or to teo@example.org."


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("jobs")
    (folder / "small.yaml").write_text(POLICY)
    return folder


@pytest.fixture(scope="module")
def jobs(_java, folder, key_file):
    done = subprocess.run(
        [sys.executable, str(JOBS), str(folder), str(key_file)],
        capture_output=True,
        text=True,
        env=without_proxies(),
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout) | {"printed": done.stderr}


@pytest.mark.process
def test_the_tokens_are_those_of_the_local_runner_and_nulls_stay(jobs, folder, key_file):
    redactor = Redactor(policy=str(folder / "small.yaml"), key=key_file)
    one, page = (redactor.redact(text).text for text in (TEXT, "to ilse@example.org"))
    mail = redactor.redact_bytes(b'{"mail": "ilse@example.org"}').decode()
    rows = jobs["table"]["rows"]
    assert [row[0] for row in rows] == [one, None, "The tide was low.", one, ""]
    assert [row[1] for row in rows] == [None] + [[page, None, "low"]] * 4
    assert [row[2] for row in rows] == [None] + [mail] * 4
    assert [row[3].get("EMAIL_ADDRESS", 0) for row in rows] == [2, 2, 2, 4, 2]
    assert [row[4] for row in rows] == [None] * 5


@pytest.mark.process
def test_other_columns_keep_types_nulls_and_every_digit(jobs):
    before, after = jobs["table"]["schema"]
    assert [one["name"] for one in after[len(before) :]] == ["found", "lost"]
    assert after[: len(before)] == before
    assert jobs["table"]["others"][0] == jobs["table"]["others"][1]
    assert "9007199254740993" in str(jobs["table"]["others"])


@pytest.mark.process
def test_neither_key_nor_text_is_in_a_plan_or_the_log_of_events(jobs, folder, key_file):
    secret = Key.load(key_file).secret
    events = b"".join(
        path.read_bytes() for path in (folder / "events").rglob("*") if path.is_file()
    )
    assert b"SparkListenerJobEnd" in events
    seen = jobs["table"]["plan"].encode() + jobs["printed"].encode() + events
    assert b"MapInArrow" in seen
    for known in (secret, secret.hex().encode(), repr(secret)[2:-1].encode(), b"ilse@example"):
        assert known not in seen


@pytest.mark.process
def test_a_value_that_cannot_be_examined_is_null_with_its_reason_or_fails_the_job(jobs):
    [[text, lost]] = jobs["broken"]["lost"]
    assert (text, lost) == (None, "text: EncodingError")
    assert "column text: " in jobs["broken"]["said"]
    assert "ilse" not in jobs["broken"]["said"] + jobs["printed"]


@pytest.mark.process
def test_columns_that_hold_no_texts_are_refused(jobs):
    assert [re.sub(r"[^ \w].*", "", said) for said in jobs["refused"]] == [
        "the table has no column nothing",
        "column id is bigint",
        "two columns would have the same name",
    ]


@pytest.mark.process
def test_a_stream_that_was_killed_goes_on_from_its_checkpoint(jobs):
    assert jobs["streamed"] == [1, 3]


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    source = tmp_path_factory.mktemp("many") / "src"
    source.mkdir()
    for number in range(60):
        (source / f"{number}.txt").write_text(f"Write to ilse{number}@example.org.\n")
    (source / "long.txt").write_text("Write to ilse@example.org.\n" * 2_000)  # beside short ones
    return source


@pytest.fixture(scope="module")
def options(many, folder, key_file):
    return ("--key-file", key_file, "--policy", folder / "small.yaml", many, "--out")


@pytest.fixture(scope="module")
def complete(_java, cli, many, options):
    """An undisturbed run of the local runner."""
    out = many.with_name("complete")
    assert cli("redact", *options, out, "--workers", "1").code == 0
    return out


def below(pid: int) -> Iterator[int]:
    """Yield the processes that one started, and those that they started, by Linux' own list."""
    for children in Path("/proc").glob(f"{pid}/task/*/children"):  # Java starts them by threads
        with suppress(OSError):
            for child in children.read_text().split():
                yield int(child)
                yield from below(int(child))


def at_work(pid: int) -> list[int]:
    """Return the workers below a process that redact."""
    lines = {one: _line(one) for one in below(pid)}
    return [one for one, line in lines.items() if b"runners.local" in line]


def _line(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes in /proc")
def test_a_worker_and_then_the_driver_killed_and_the_run_gone_on_with(
    process_cli, many, options, complete, files
):
    out = many.with_name("out")
    run = ("spark", *options, out, "--master", "local[2]")
    driver = process_cli.start(*run)
    staging = out.with_name("out.audit") / "staging"
    wait_until(lambda: driver.poll() is not None or list(staging.rglob("*.draft")))
    workers = at_work(driver.pid)
    with suppress(ProcessLookupError):
        os.kill(workers[0], signal.SIGKILL)
    wait_until(lambda: driver.poll() is not None or files(out))
    driver.kill()
    driver.communicate(timeout=SECONDS)
    done = process_cli(*run, "--resume")
    assert done.code == ExitCode.DONE, done.err
    assert files(out) == files(complete)
    assert sorted(records(out)) == sorted(records(complete))
    assert not staging.exists()
