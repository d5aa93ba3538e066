"""A session of Spark for a run: that it can start, and that it keeps the key from others."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from redactor.errors import UsageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

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

_UNNAMED = "local[*]"  # what Spark itself takes then: one attempt


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
        named = master or conf.get("spark.master", _UNNAMED)
        conf.setMaster(LOCAL if named == _UNNAMED else str(named))
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
