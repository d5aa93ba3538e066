"""Files of a run are held as small rows, and come back as they were."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from redactor.errors import InputError
from redactor.model import Job, SourcePath
from redactor.source_files import Jobs, SourceFile, SourceFiles
from redactor.sources import listed

AT = SourcePath(Path("/src"), 1, 2, ("inner", "a.txt"))
OUT = Path("/out")
JOB = Job(
    Path("/src/inner/a.txt"), OUT / "top/inner/a.txt", "top/inner/a.txt", at=AT, out=OUT, size=7
)
ENTRIES = {
    "plain": SourceFile(JOB),
    "excluded": SourceFile(JOB, excluded=True),
    "renamed": SourceFile(replace(JOB, shown="top/b.txt", target=OUT / "top/b.txt")),
    "converted": SourceFile(replace(JOB, convert="docx", recorded="1" * 64)),
    "from the working folder": SourceFile(
        replace(JOB, source=Path("inner/a.txt"), name="inner/a.txt", target=OUT / "inner/a.txt")
    ),
    "with half a character": SourceFile(
        replace(
            JOB,
            source=Path("/src/\udcff.txt"),
            name="\udcff.txt",
            target=OUT / "\udcff.txt",
            at=replace(AT, names=("\udcff.txt",)),
        )
    ),
    "with archives": SourceFile(replace(JOB, archives=(JOB,))),
    "elsewhere": SourceFile(replace(JOB, target=Path("/other/a.txt"))),
    "a link": SourceFile(replace(JOB, at=replace(AT, names=("else", "b.txt")))),
    "without a place": SourceFile(replace(JOB, at=None)),
    "without OUT": SourceFile(replace(JOB, out=None)),
    "rehearsed": SourceFile(replace(JOB, rehearse=True)),
    "empty": SourceFile(replace(JOB, at=replace(AT, names=()))),
}


@pytest.mark.parametrize("kind", ENTRIES)
def test_a_file_comes_back_as_it_was(kind):
    entry = ENTRIES[kind]
    files = SourceFiles([entry, entry])
    assert list(files) == [entry, entry]
    assert files[-1] == entry
    assert files[:1] == [entry]
    row = files.row(1)
    job = entry.job
    assert row == (job.name, job.shown_name, job.size, entry.is_document)


def test_one_that_cannot_be_read_keeps_its_reason():
    [entry] = SourceFiles([SourceFile(JOB, InputError("a folder"))])
    assert str(entry.problem) == "a folder"
    assert not entry.is_document
    assert len(Jobs(SourceFiles([entry]))) == 0


def test_what_is_listed_is_held_small(tmp_path):
    for number in range(50):
        (tmp_path / f"{number}.txt").write_text("x" * (number % 7))
    (tmp_path / "link.txt").symlink_to("1.txt")
    files = listed([tmp_path], OUT)
    assert [files[at].job.name for at in files.others] == ["link.txt"]
    assert [row.name for row in files.rows()] == [one.job.name for one in files]
    with pytest.raises(IndexError):
        files[len(files)]


def test_jobs_are_in_order_of_size_and_found_by_name(tmp_path):
    for number in range(30):
        (tmp_path / f"{number:02}.txt").write_text("x" * (number % 3))
    (tmp_path / ".redactorignore").write_text("07.txt\n")
    files = listed([tmp_path], OUT)
    jobs, numbers = Jobs(files), files.numbers()
    assert len(jobs) == 29
    assert [(-one.size, one.name) for one in jobs] == sorted((-one.size, one.name) for one in jobs)
    assert list(jobs.sizes) == [one.size for one in jobs]
    assert jobs[3:5] == [jobs[3], jobs[4]]
    assert [jobs[jobs.numbers()[one.name]] for one in jobs] == list(jobs)
    assert [numbers[row.name] for row in files.rows()] == list(range(1, 31))
    assert numbers.get("none.txt") is None
    assert list(numbers) == [row.name for row in files.rows()]


def test_names_with_the_same_hash_are_told_apart(monkeypatch):
    monkeypatch.setattr("redactor.source_files.hash", lambda _: 7, raising=False)
    jobs = [replace(JOB, name=f"{one}.txt", at=None) for one in range(5)]
    numbers = SourceFiles(map(SourceFile, jobs)).numbers()
    assert [numbers[one.name] for one in jobs] == [1, 2, 3, 4, 5]
    assert "5.txt" not in numbers
