"""Spark as the place where tasks are done. What of it holds a key or a name is never in a plan.

The plan of a job is `range` and one Python function. Settings, with key and lists, and the paths of
documents reach the executors by broadcast: values that are in no plan, log or page of Spark's.
"""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from redactor.errors import UsageError
from redactor.runners.spark.executor import Result, Shared, results
from redactor.runners.spark.tasks import Task
from redactor.runners.spark.team import JobFailed

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_SCHEMA = "result binary"

_SETTINGS = {
    "spark.app.name": "redactor",
    # Broadcasts of Python lie in files of the driver and of every executor while a job runs.
    "spark.io.encryption.enabled": "true",
    "spark.io.encryption.keySizeBits": "256",
}
"""What holds unless the user says otherwise."""

_LOCAL_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}
"""The same, where driver and executors are on this machine: nobody else can reach them."""

LOCAL = "local[*,4]"
"""Without a master: all cores of this machine, and four attempts of a task, as on a cluster."""


def require_spark() -> None:
    """Raise UsageError unless PySpark and Java are installed."""
    if not all(map(find_spec, ("pyspark", "pandas", "pyarrow"))):
        raise _missing("PySpark", "pip install 'redactor[spark]'")
    if not _java():
        raise _missing("Java", "Install Java 17 or later, or set JAVA_HOME")


def _missing(what: str, hint: str) -> UsageError:
    error = UsageError(f"{what} is not installed, which Spark needs")
    error.hint = hint
    return error


def _java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=str(Path(home) / "bin") if home else None) is not None


def session(master: str | None = None) -> SparkSession:
    """Return a session for a run, or that of `spark-submit`. Raises UsageError."""
    require_spark()
    from py4j.protocol import Py4JError
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    try:
        SparkContext._ensure_initialized()  # noqa: SLF001  # else no default of the user is known
        conf = SparkConf()
        conf.setMaster(master or conf.get("spark.master") or LOCAL)
        local = str(conf.get("spark.master")).startswith("local")
        for name, value in (_SETTINGS | (_LOCAL_SETTINGS if local else {})).items():
            conf.setIfMissing(name, value)
        conf.set("spark.ui.showConsoleProgress", "false")  # there is a bar of our own
        found = SparkSession.builder.config(conf=conf).getOrCreate()
    except (Py4JError, PySparkException):
        raise _missing("A Spark that starts", "Look at --master, and what Spark said") from None
    found.sparkContext.setLogLevel("ERROR")
    return found


def notices(of: SparkSession) -> Iterator[str]:
    """Yield what of a session lets others read the key of the collection."""
    conf = of.sparkContext.getConf()
    if str(conf.get("spark.io.encryption.enabled", "false")) != "true":
        yield "the key lies unencrypted in Spark's local files: set spark.io.encryption.enabled"
    local = of.sparkContext.master.startswith("local")
    if not local and str(conf.get("spark.network.crypto.enabled", "false")) != "true":
        yield (
            "the key goes to the executors unencrypted: set spark.authenticate and "
            "spark.network.crypto.enabled"
        )


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
