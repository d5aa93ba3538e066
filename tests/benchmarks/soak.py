"""A run that is killed again and again, and resumed each time, beside one that nobody disturbs.

    python tests/benchmarks/soak.py FOLDER DOCUMENTS KILLS [--policy default] [--seed 1]

Kills (`kill -9`) fall at random places of the run, on a worker, on the parent, on all at once, and
on a run that has just been resumed. In the end both outputs are compared byte for byte, and both
logs record for record, but for what no two runs have in common. Prints a line of JSON for each.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

sys.path.insert(0, str(Path(__file__).parents[1]))

from command_line import without_proxies, workers_of
from soak_folder import fill

from redactor.audit import PublicKey, check, read
from redactor.audit.folder import LOG
from redactor.keys import Key

RULES = """\
name: soak
about: What rules find, without the name model.
unlisted: keep
media: keep
remove: {EMAIL_ADDRESS: , PHONE_NUMBER: , HANDLE: , CREDENTIAL: , IP_ADDRESS: , PROFILE_URL: }
"""
UNLIKE = frozenset({"run", "started", "resumed", "finished", "workers", "command", "data"})
"""Fields in which two logs of the same documents differ: of runs, times, ciphertexts."""
ENDED = (0, 4)  # exit codes of a run that came to its end
VICTIMS = ("worker", "worker", "parent", "all", "resumed")
"""Who is killed, each of these as often; `resumed` is the parent, and that of the next run too."""
PAUSE = 0.005


@dataclass(frozen=True)
class Command:
    """A run: its sources, output and settings."""

    source: Path
    out: Path
    policy: str
    key_file: Path

    @property
    def log(self) -> Path:
        return self.out.with_name(f"{self.out.name}.audit") / LOG

    def start(self, *more: str) -> subprocess.Popen[bytes]:
        """Start it in a process group of its own."""
        named = ("--policy", self.policy, "--key-file", str(self.key_file), "--progress", "none")
        command = [sys.executable, "-m", "redactor", "redact", str(self.source)]
        with self.out.with_name(f"{self.out.name}.said").open("ab") as said:
            return subprocess.Popen(
                [*command, "--out", str(self.out), *named, *more],
                stdout=said,
                stderr=said,
                env=without_proxies(),
                start_new_session=True,
            )

    def written(self) -> int:
        """Return the length of the log in bytes, by which the run's progress is told."""
        return self.log.stat().st_size if self.log.exists() else 0


def undisturbed(command: Command) -> int:
    """Run to the end, and return the exit code."""
    return command.start().wait()


def disturbed(command: Command, kills: int, length: int, draw: random.Random) -> Counter[str]:
    """Run to the end with so many kills, resumed after each; return who was killed how often.

    `length` is what the log has in the end, to place the kills.
    """
    process, killed = command.start(), Counter[str]()
    for moment in sorted(draw.randrange(length) for _ in range(kills)):
        while process.poll() is None and command.written() < moment:
            time.sleep(PAUSE)
        time.sleep(draw.random() / 5)
        victim = draw.choice(VICTIMS)
        if process.poll() is not None:  # it ended in between: too late for this kill
            killed["none"] += 1
        elif victim == "worker":
            _kill_worker(process, draw)
            killed[victim] += 1
        else:
            process = _killed(command, process, victim, draw)
            killed[victim] += 1 + (victim == "resumed")
    while (code := process.wait()) not in ENDED:
        raise SystemExit(f"the run ended with {code}")
    return killed


def _kill_worker(process: subprocess.Popen[bytes], draw: random.Random) -> None:
    workers = workers_of(process.pid)
    if workers:
        os.kill(draw.choice(workers), signal.SIGKILL)


def _killed(
    command: Command, process: subprocess.Popen[bytes], victim: str, draw: random.Random
) -> subprocess.Popen[bytes]:
    """Kill a run, and the one that resumes it as well if that is asked; return the next."""
    _end(process, everybody=victim == "all")
    resumed = command.start("--resume")
    if victim == "resumed":
        time.sleep(draw.random() * 8)
        _end(resumed, everybody=False)
        resumed = command.start("--resume")
    return resumed


def _end(process: subprocess.Popen[bytes], *, everybody: bool) -> None:
    workers = workers_of(process.pid) if process.poll() is None else []
    if process.poll() is None:
        (os.killpg if everybody else os.kill)(process.pid, signal.SIGKILL)
    process.wait()
    while any(Path(f"/proc/{one}").exists() for one in workers):  # they end with their parent
        time.sleep(PAUSE)


def copies(out: Path) -> dict[str, str]:
    """Return the digest of every file of an output, drafts and all, by its path."""
    return {
        path.relative_to(out).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in out.rglob("*")
        if path.is_file()
    }


def content(audit: Path, key: Key) -> Counter[str]:
    """Return the records of a log, but for what no two logs have in common."""
    return Counter(
        json.dumps({k: v for k, v in one.items() if k not in UNLIKE}, sort_keys=True, default=str)
        for one in read(audit, key)
        if one["type"] not in {"run-resume", "recovery"}
    )


def differences(first: Command, second: Command) -> dict[str, int]:
    """Count what two outputs, and their logs, do not have in common."""
    key = Key.load(first.key_file)
    one, two = copies(first.out), copies(second.out)
    logs = [content(each.log.parent, key) for each in (first, second)]
    damaged = [check(each.log.parent, PublicKey.of(key)).damage for each in (first, second)]
    return {
        "copies": len(one),
        "records": logs[0].total(),
        "copies that differ": sum(one.get(n) != two.get(n) for n in one.keys() | two.keys()),
        "records that differ": ((logs[0] - logs[1]) + (logs[1] - logs[0])).total(),
        "damaged logs": sum(each is not None for each in damaged),
    }


def main() -> None:
    """Make the folder, run both, and compare them."""
    asked = argparse.ArgumentParser()
    asked.add_argument("folder", type=Path)
    asked.add_argument("documents", type=int)
    asked.add_argument("kills", type=int)
    asked.add_argument("--policy")
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    base: Path = given.folder
    base.mkdir(parents=True)
    (base / "soak.yaml").write_text(RULES)
    (base / "soak.key").write_text(bytes(range(32)).hex() + "\n")
    (base / "soak.key").chmod(0o600)
    source = fill(base / "src", given.documents)
    policy = given.policy or str(base / "soak.yaml")
    calm = Command(source, base / "calm", policy, base / "soak.key")
    wild = Command(source, base / "wild", policy, base / "soak.key")
    began = time.monotonic()
    code = undisturbed(calm)
    _say("undisturbed", began, code=code)
    began = time.monotonic()
    killed = disturbed(wild, given.kills, calm.written(), random.Random(given.seed))
    _say("killed", began, **killed)
    _say("compared", time.monotonic(), **differences(calm, wild))


def _say(what: str, began: float, **more: int) -> None:
    spent = getrusage(RUSAGE_CHILDREN)
    row = {"run": what, "s": round(time.monotonic() - began)}
    row["processor s so far"] = round(spent.ru_utime + spent.ru_stime)
    print(json.dumps(row | more), flush=True)


if __name__ == "__main__":
    main()
