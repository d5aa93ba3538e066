"""Spark as the place where tasks are done. What of it holds a key or a name is never in a plan.

The plan of a job is `range` and one Python function. Settings, with key and lists, and the paths of
documents reach the executors by broadcast: values that are in no plan, log or page of Spark's.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from redactor.runners.spark.executor import Result, Shared, results
from redactor.runners.spark.tasks import Task
from redactor.runners.spark.team import JobFailed

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_SCHEMA = "result binary"


class SparkCluster:
    """The executors of a session."""

    def __init__(self, of: SparkSession) -> None:
        self._session = of
        self._context = of.sparkContext
        self._group = f"redactor-{uuid4().hex}"
        self._shared: Any = None

    @property
    def slots(self) -> int:
        """Return how many tasks run at a time."""
        return max(1, int(self._context.defaultParallelism))

    @property
    def lives(self) -> bool:
        """Tell whether the session was not stopped."""
        gateway: Any = self._context._jsc  # noqa: SLF001  # there is no other way to ask
        with suppress(JobFailed), _failing():  # without its Java half it does not answer
            return gateway is not None and not gateway.sc().isStopped()
        return False

    def share(self, shared: Shared) -> None:
        """Broadcast the settings of the run."""
        self._shared = self._context.broadcast(shared)

    def run(self, tasks: Sequence[Task]) -> list[Result]:
        """Return the results of all tasks, one partition each. Raises JobFailed."""
        with _failing():
            given = self._context.broadcast(list(tasks))
            self._context.setJobGroup(self._group, f"{sum(map(len, tasks))} documents")
            try:
                table = self._session.range(0, len(tasks), 1, len(tasks))
                rows = table.mapInArrow(_function(given, self._shared), _SCHEMA).collect()
            finally:
                given.destroy()
        return [pickle.loads(row.result) for row in rows]  # noqa: S301  # of our tasks

    def cancel(self) -> None:
        """Give up the jobs of this run."""
        with suppress(JobFailed), _failing():
            self._context.cancelJobGroup(self._group)


@contextmanager
def _failing() -> Iterator[None]:
    """Raise JobFailed for what Spark raises: its text has a traceback, and maybe paths."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (Py4JError, PySparkException, OSError):
        raise JobFailed from None


def _function(given: Any, shared: Any) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """Return what Spark calls for each partition: rows with a task's number in, results out."""

    def work(batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow as pa

        for batch in batches:
            for number in batch.column(0).to_pylist():
                for one in results(given.value[number], shared.value):
                    yield pa.RecordBatch.from_pydict({"result": [pickle.dumps(one)]})

    return work
