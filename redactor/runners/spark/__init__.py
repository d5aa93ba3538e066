"""Beyond one machine: the same work on a cluster of Apache Spark, with the same bytes and records.

Two ways in. `redact` is for tables in a job of the user's own (`columns`). `redactor spark` is for
documents on a disk that all machines share: it is `redactor redact` with other workers, so plan,
resume, update, decisions and vault are those of `redactor.batch`, which knows nothing of Spark.

A run of documents:

    driver    lists the sources, plans, and shares tasks out: some documents each (`tasks`)
    executor  redacts them as a local worker does, in a process of its own (`executor`), into a
              folder that no other attempt of a task uses: verified drafts, and records as lines
    driver    once a task has ended: reads each draft back and compares it with its record,
              appends the records to the log, flushed to the disk, then moves the drafts (`team`,
              `accepting`)

What follows from that order:

- **a record is on the disk before its copy appears**, since the driver alone writes to OUT and to
  the log, and it does so as the local runner does;
- **each document exactly once**, however often a task was tried: Spark hands the driver one result
  of a task. What other attempts wrote, late or twice, lies in folders that are deleted;
- **a killed driver** loses what it had not recorded, two micro-batches at most. The log says what
  is done, and `--resume` goes on from it, with Spark or without;
- **a killed executor** costs its tasks another attempt. A document that kills its process is tried
  twice and given up by the local supervision inside the task, with the same reason; one that takes
  the whole executor with it is found by halving the micro-batch that failed, and given up as well;
- **the log is the same**: tasks are accepted in the order of the plan, so its records follow one
  another as in a local run with one worker.

Nothing is shuffled. The settings, key included, are broadcast, and so are the paths of documents;
neither is in a plan, a log or a page of Spark's (`cluster`). Results hold records, no text.
"""

from redactor.runners.spark.columns import redact

__all__ = ["redact"]
