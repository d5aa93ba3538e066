"""Jobs of Spark itself, in a process of their own: prints as JSON what the tests look at.

Called with a folder to work in, and a key file.
"""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from pyspark.errors import PySparkException, StreamingQueryException
from pyspark.sql import DataFrame, SparkSession

from redactor.errors import RedactorError
from redactor.runners.spark import redact

TEXTS = [
    "Write to ilse@example.org, or to teo@example.org.",
    None,
    "The tide was low.",
    "Write to ilse@example.org, or to teo@example.org.",
    "",
]
LARGE = 2**53 + 1  # a double would round it
POLICY = "small.yaml"


def session(folder: Path) -> SparkSession:
    (folder / "events").mkdir()
    settings = {
        "spark.master": "local[2]",
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.io.encryption.enabled": "true",
        "spark.eventLog.enabled": "true",
        "spark.eventLog.compress": "false",  # it is searched
        "spark.eventLog.dir": (folder / "events").as_uri(),
        "spark.sql.session.timeZone": "UTC",
    }
    builder = SparkSession.builder.appName("jobs")
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def letters(spark: SparkSession) -> DataFrame:
    kinds = (
        "id long, text string, seen timestamp, paid decimal(20,2), tags array<string>, "
        "more struct<a:int,b:map<string,double>>, page binary"
    )
    rows = [
        (
            LARGE if number % 2 else None,
            text,
            datetime(2031, 5, 4, 12, 0, number, tzinfo=UTC) if number else None,
            Decimal("12345678901234567.89"),
            ["to ilse@example.org", None, "low"] if number else None,
            (number, {"x": 0.1}),
            b'{"mail": "ilse@example.org"}' if number else None,
        )
        for number, text in enumerate(TEXTS)
    ]
    return spark.createDataFrame(rows, kinds)


def shown(table: DataFrame) -> list[Any]:
    return [[repr(value) for value in row] for row in table.collect()]


def whole_table(spark: SparkSession, given: dict[str, Any]) -> dict[str, Any]:
    before = letters(spark)
    after = redact(before, ["text", "tags", "page"], counts="found", errors="lost", **given)
    plan = spark._jvm.PythonSQLUtils.explainString(after._jdf.queryExecution(), "extended")
    rows = after.collect()
    return {
        "plan": plan,
        "schema": [before.schema.jsonValue()["fields"], after.schema.jsonValue()["fields"]],
        "others": [shown(one.select("id", "seen", "paid", "more")) for one in (before, after)],
        "rows": [
            [row.text, row.tags, row.page and row.page.decode(), row.found, row.lost]
            for row in rows
        ],
    }


def broken(spark: SparkSession, given: dict[str, Any]) -> dict[str, Any]:
    table = spark.sql("select cast(X'696C7365FF406578616D706C65' as string) as text")
    rows = redact(table, "text", errors="lost", **given).collect()
    try:
        redact(table, "text", **given).collect()
        said = ""
    except PySparkException as error:
        said = str(error)
    return {"lost": [[row.text, row.lost] for row in rows], "said": said}


def refused(spark: SparkSession, given: dict[str, Any]) -> list[str]:
    table = letters(spark)
    calls = ({"column": "nothing"}, {"column": "id"}, {"column": "text", "counts": "id"})
    said = []
    for call in calls:
        try:
            redact(table, **call, **given)
        except RedactorError as error:
            said.append(str(error))
    return said


def streamed(spark: SparkSession, folder: Path, given: dict[str, Any]) -> list[int]:
    """Return how many rows a stream wrote: killed after its first batch, and gone on with."""
    for number in range(3):
        (folder / "in").mkdir(exist_ok=True)
        (folder / "in" / f"{number}.txt").write_text(f"Write to ilse{number}@example.org.\n")
    counts = []
    for stop in (True, False):
        stream = spark.readStream.option("maxFilesPerTrigger", 1).text(str(folder / "in"))

        def write(table: DataFrame, number: int, stop: bool = stop) -> None:
            if stop and number:
                raise InterruptedError
            target = str(folder / "batches" / f"{number:03}")
            redact(table, "value", **given).write.mode("overwrite").parquet(target)

        query = (
            stream.writeStream.foreachBatch(write)
            .option("checkpointLocation", str(folder / "checkpoint"))
            .trigger(availableNow=True)
            .start()
        )
        with suppress(StreamingQueryException) if stop else nullcontext():
            query.awaitTermination()
        counts.append(spark.read.parquet(str(folder / "batches" / "*")).count())
    return counts


def main() -> None:
    folder = Path(sys.argv[1])
    given = {"policy": folder / POLICY, "key": Path(sys.argv[2])}
    spark = session(folder)
    spark.sparkContext.setLogLevel("OFF")
    try:
        said = {
            "table": whole_table(spark, given),
            "broken": broken(spark, given),
            "refused": refused(spark, given),
            "streamed": streamed(spark, folder, given),
        }
    finally:
        spark.stop()
    sys.stdout.write(json.dumps(said))


main()
