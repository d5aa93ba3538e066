"""A cluster in this process, for what of the Spark runner is no matter of Spark's."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from threading import Lock

from redactor.runners.spark import executor

POLICY = "name: small\nabout: For tests.\nremove:\n  EMAIL_ADDRESS:\n"
DOCUMENTS = 9
OF_RUNS = ("run-start", "run-resume", "run-end")


class ClusterHere:
    """Does tasks in this process; what would go over a network is pickled."""

    slots = 1
    lives = True

    def __init__(self):
        self.jobs = []
        self.cancelled = 0
        self._one_by_one = Lock()

    def share(self, shared):
        self._shared = pickle.dumps(shared)

    def run(self, tasks):
        with self._one_by_one:
            self.jobs.append([job.name for task in tasks for _, job in task])
            return [one for task in tasks for one in self.results(task)]

    def results(self, task):
        given = pickle.loads(pickle.dumps(task)), pickle.loads(self._shared)
        return pickle.loads(pickle.dumps(list(executor.results(*given))))

    def cancel(self):
        self.cancelled += 1


def records(out: Path) -> list[bytes]:
    """Return the lines of a log that are about documents."""
    lines = out.with_name(f"{out.name}.audit").joinpath("audit.jsonl").read_bytes().splitlines()
    return [line for line in lines if json.loads(line)["type"] not in OF_RUNS]


def modes(out: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mode for path in out.rglob("*.txt")}
