"""Runs on a cluster in this process, and what they are compared with."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from unittest.mock import patch

import pytest
from cluster_here import DOCUMENTS, POLICY
from command_line import SerialTeam

from redactor.batch import BatchRequest, redact_batch
from redactor.config.policy import load_policy
from redactor.runners.spark import executor, tasks
from redactor.runners.spark.team import SparkTeam


@pytest.fixture(autouse=True)
def _worker_here():
    small = patch.multiple(tasks, MOST_DOCUMENTS=2, ROUNDS=2)  # so that there are some
    with patch.object(executor, "Team", SerialTeam), small:
        yield
        executor._dismiss()


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("spark") / "letters"
    (folder / "sub").mkdir(parents=True)
    for number in range(DOCUMENTS):
        name = f"sub/{number}.txt" if number % 2 else f"{number}.txt"
        (folder / name).write_text(f"Write to ilse{number}@example.org.\n" * (number % 3 + 1))
    (folder / "0.txt").chmod(0o640)
    (folder / "calm.txt").write_text("The tide was low.\n")
    (folder / "broken.txt").write_bytes(b"\xff\xfe\x00")
    return folder


@pytest.fixture(scope="module")
def policy_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("policies") / "small.yaml"
    path.write_text(POLICY)
    return path


@pytest.fixture(scope="module")
def ask(source, policy_file, key_file):
    """Return a function that makes the request of a run into a folder."""
    policy = load_policy(str(policy_file))
    return lambda out, **more: BatchRequest((source,), out, policy, key_file=key_file, **more)


@pytest.fixture(scope="module")
def local(ask, source):
    """One undisturbed run of the local runner: its result and its folder."""
    out = source.with_name("local")
    return redact_batch(ask(out)), out


@pytest.fixture
def on_cluster(ask, tmp_path):
    """Return a function that runs a request, by itself, on a cluster."""
    return lambda cluster, **more: redact_batch(
        ask(tmp_path / "out", **more), team=lambda settings, _: SparkTeam(settings, cluster)
    )


@pytest.fixture(scope="session")
def _java():
    for name, there in {"pyspark": find_spec("pyspark"), "java": shutil.which("java")}.items():
        if not there:
            pytest.skip(f"{name} is not installed, which tests of Spark itself need")
