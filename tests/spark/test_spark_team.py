"""The driver's side: whatever becomes of tasks, the copies are those of the local runner."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import ClassVar
from unittest.mock import patch

import pyrage
import pytest
from cluster_here import DOCUMENTS, ClusterHere, modes, records
from command_line import SerialTeam

from redactor.audit import PublicKey, check, document_id
from redactor.audit.slots import check_vault
from redactor.batch import redact_batch
from redactor.errors import ConfigError, ExitCode, InternalError, OutputError
from redactor.files import Draft
from redactor.keys import Key
from redactor.model import SourcePath
from redactor.runners.spark import accepting, executor
from redactor.runners.spark.executor import Result, local_place
from redactor.runners.spark.team import JobFailed, SparkTeam


def same(out, local, files):
    audit = out.with_name(f"{out.name}.audit")
    assert files(out) == files(local)
    assert modes(out) == modes(local)
    assert sorted(records(out)) == sorted(records(local))
    assert check(audit, PublicKey.load(audit / "audit.pub")).damage is None
    assert not (audit / "staging").exists()


def test_copies_and_records_are_those_of_the_local_runner_and_in_their_order(
    on_cluster, local, files, tmp_path
):
    result = on_cluster(ClusterHere())
    same(tmp_path / "out", local[1], files)
    assert records(tmp_path / "out") == records(local[1])
    assert result.outcomes == local[0].outcomes
    assert result.exit_code == local[0].exit_code == ExitCode.INPUT


class Twice(ClusterHere):
    """Every task is tried twice, and the second attempt is the one that Spark accepts."""

    def results(self, task):
        super().results(task)
        return super().results(task)


class Late(ClusterHere):
    """The first attempt of a task ends after the second one was accepted."""

    def results(self, task):
        accepted = super().results(task)
        executor._dismiss()  # as a process of another executor
        super().results(task)
        return accepted


@pytest.mark.parametrize("cluster", [Twice, Late])
def test_what_other_attempts_of_a_task_wrote_is_nowhere(
    on_cluster, cluster, local, files, tmp_path
):
    on_cluster(cluster())
    same(tmp_path / "out", local[1], files)


def test_a_record_is_in_the_log_before_its_copy_appears(on_cluster, local, key_file, tmp_path):
    seen = []

    def published(draft, target, *, below):
        name = target.relative_to(tmp_path / "out").as_posix()
        document = document_id(Key.load(key_file), name).encode()
        seen.append(any(document in line for line in records(tmp_path / "out")))

    with patch.object(accepting, "publish_draft", published):
        on_cluster(ClusterHere())
    assert seen == [True] * (DOCUMENTS + 1)


class Fragile(ClusterHere):
    """Jobs in which a task takes its executor with it are given up."""

    def __init__(self, *killers, times=1000):
        super().__init__()
        self.killers, self.times = killers, times

    def run(self, tasks):
        done = super().run(tasks)
        if self.times and set(self.jobs[-1]) & set(self.killers):
            self.times -= 1
            raise JobFailed
        return done


def test_a_job_that_is_given_up_once_is_done_again(on_cluster, local, files, tmp_path):
    on_cluster(Fragile("4.txt", times=1))
    same(tmp_path / "out", local[1], files)


def test_a_document_that_takes_executors_with_it_is_named_and_the_rest_is_done(
    on_cluster, local, files, tmp_path
):
    result = on_cluster(Fragile("4.txt", "sub/7.txt"))
    failed = {
        one.name: one.error for one in result.outcomes if one.code and one.name != "broken.txt"
    }
    assert set(failed) == {"4.txt", "sub/7.txt"}
    assert all("executor died on this document" in said for said in failed.values())
    left = {name: data for name, data in files(local[1]).items() if name not in failed}
    assert files(tmp_path / "out") == left
    assert result.exit_code == ExitCode.INPUT


class Gone(Fragile):
    """A cluster that is stopped as soon as it has the document in hand."""

    @property
    def lives(self):
        return self.times > 0


def test_without_a_cluster_the_rest_is_named(on_cluster, tmp_path):
    result = on_cluster(Gone("sub/1.txt", times=1))
    assert {one.name for one in result.outcomes if "no more tasks" in one.error}
    assert len(result.outcomes) == DOCUMENTS + 2


class Meddling(ClusterHere):
    """What a task wrote is changed before it is accepted."""

    def __init__(self, change):
        super().__init__()
        self.change = change

    def results(self, task):
        return [self.change(one) for one in super().results(task)]


def _appended(one: Result) -> Result:
    if one.draft:
        one.draft.write_bytes(one.draft.read_bytes() + b"ilse@example.org")
    return one


def _of_another(one: Result) -> Result:
    lines = tuple(line.replace(b'"document":"', b'"document":"0') for line in one.records)
    return replace(one, records=lines)


def _without_draft(one: Result) -> Result:
    return replace(one, draft=None)


def _no_records(one: Result) -> Result:
    return replace(one, records=(b"{}",)) if one.draft else one


@pytest.mark.parametrize("change", [_appended, _of_another, _without_draft, _no_records])
def test_a_draft_that_is_not_as_recorded_is_not_published(on_cluster, change, files, tmp_path):
    result = on_cluster(Meddling(change))
    assert files(tmp_path / "out") == {}
    assert result.exit_code == ExitCode.OUTPUT
    assert not [line for line in records(tmp_path / "out") if b'"status":"redacted"' in line]


class Interrupted(ClusterHere):
    """A driver that Ctrl-C reaches while it waits for its second micro-batch."""

    def run(self, tasks):
        if len(self.jobs) == 2:
            raise KeyboardInterrupt
        return super().run(tasks)


@pytest.mark.parametrize("going_on", [ClusterHere, None], ids=["Spark", "the local runner"])
def test_a_run_that_was_broken_off_goes_on_with_either_runner(  # noqa: PLR0917
    on_cluster, ask, local, files, tmp_path, going_on
):
    cluster = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        on_cluster(cluster)
    assert 0 < len(files(tmp_path / "out")) < DOCUMENTS
    assert cluster.cancelled
    if going_on:
        on_cluster(going_on(), resume=True)
    else:
        redact_batch(ask(tmp_path / "out", resume=True))
    same(tmp_path / "out", local[1], files)


def test_what_a_killed_run_staged_is_deleted_and_not_believed(
    on_cluster, ask, local, files, tmp_path
):
    with pytest.raises(KeyboardInterrupt), patch.object(SparkTeam, "_clear", lambda _: None):
        on_cluster(Interrupted())
    assert list((tmp_path / "out.audit" / "staging").iterdir())
    redact_batch(ask(tmp_path / "out", resume=True))
    same(tmp_path / "out", local[1], files)


def test_an_executor_with_other_versions_is_refused_before_anything_is_made(on_cluster, tmp_path):
    def other(*given, **more):
        return replace(executor_start(*given, **more), tool="9.9.9")

    executor_start = executor.run_start
    with (
        patch.object(executor, "run_start", other),
        pytest.raises(ConfigError, match=r"not as the driver: the version of redactor .*9\.9\.9"),
    ):
        on_cluster(ClusterHere())
    assert not list(tmp_path.iterdir())


class Elsewhere(ClusterHere):
    """Executors that do not see the driver's disk."""

    def share(self, shared):
        super().share(replace(shared, staging=shared.staging.with_name("not-there")))


def test_an_output_that_executors_do_not_see_is_refused(on_cluster, tmp_path):
    with pytest.raises(OutputError, match="staging folder") as caught:
        on_cluster(Elsewhere())
    assert "disk that all machines share" in caught.value.hint
    assert not list(tmp_path.iterdir())


class Unable(ClusterHere):
    """A cluster whose executors cannot load the package."""

    def run(self, tasks):
        raise JobFailed


def test_executors_that_cannot_load_the_package_are_refused(on_cluster, tmp_path):
    with pytest.raises(ConfigError, match="no executor"):
        on_cluster(Unable())
    assert not list(tmp_path.iterdir())


def test_an_unforeseen_error_in_a_task_quotes_nothing(on_cluster, local):
    def work(*_):
        raise ValueError("ilse@example.org")

    with patch.object(executor._StagedTeam, "work", work), pytest.raises(InternalError) as caught:
        on_cluster(ClusterHere())
    assert "ValueError" in str(caught.value)
    assert "ilse" not in f"{caught.value!r} {caught.value.__cause__!r}"


def test_the_place_of_a_source_has_the_disk_of_the_machine_that_reads_it(tmp_path):
    status = tmp_path.stat()
    at = SourcePath(tmp_path, status.st_dev + 1, status.st_ino, ("a.txt",))
    assert local_place(at).device == status.st_dev
    other = replace(at, inode=status.st_ino + 1)
    assert local_place(other) == other
    gone = replace(at, folder=tmp_path / "gone")
    assert local_place(gone) == gone


def test_what_is_printed_of_settings_and_results_shows_no_key(ask, tmp_path, key_file):
    shown = []

    class Shown(ClusterHere):
        def share(self, shared):
            super().share(shared)
            shown.append(repr(shared))

    redact_batch(ask(tmp_path / "o"), team=lambda settings, _: SparkTeam(settings, Shown()))
    secret = Key.load(key_file).secret
    assert shown
    assert secret.hex() not in shown[0]
    assert repr(secret) not in shown[0]


def test_the_worker_in_a_task_is_started_once_for_all_tasks_of_a_process(on_cluster):
    started = []

    class Counted(SerialTeam):
        def __enter__(self):
            started.append(pickle.dumps(self._context))
            return super().__enter__()

    with patch.object(executor, "Team", Counted):
        on_cluster(cluster := ClusterHere())
    assert len(cluster.jobs) > 2
    assert len(started) == 1


def _dying(draft, *given, published=Draft.publish, **more):
    """Publish what was recorded, and die before the copy."""
    if draft.target.suffix == ".draft":
        raise KeyboardInterrupt
    published(draft, *given, **more)


class Dying(SerialTeam):
    """A worker that dies once, between its record and its copy; the local team tries again."""

    died: ClassVar[set[str]] = set()

    def run(self, jobs):
        for job in list(jobs):
            if job.name == "2.txt" and not self.died:
                self.died.add(job.name)
                with patch.object(Draft, "publish", _dying), pytest.raises(KeyboardInterrupt):
                    list(super().run([job]))
                document = document_id(self._context.key, job.name)
                record = self._context.log.recorded_after(0, document)
                job = replace(job, recorded=record["output_sha256"])  # noqa: PLW2901
            yield from super().run([job])


def test_a_document_whose_worker_died_after_its_record_is_recorded_once(
    on_cluster, local, files, tmp_path
):
    with patch.object(executor, "Team", Dying):
        on_cluster(ClusterHere())
    assert Dying.died
    same(tmp_path / "out", local[1], files)


def test_what_is_sealed_is_in_the_vault_before_the_record_that_names_it(
    on_cluster, tmp_path, identity
):
    on_cluster(ClusterHere(), seal_to=(identity,))
    audit = tmp_path / "out.audit"
    report = check_vault(audit)
    assert (report.slots, report.damage, report.unnamed) == (DOCUMENTS + 1, (), 0)


@pytest.fixture
def identity():
    return str(pyrage.x25519.Identity.generate().to_public())
