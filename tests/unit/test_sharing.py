"""One large document, searched by several: the copy and the records are those of one alone."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from multiprocessing import Pipe
from pathlib import Path
from threading import Thread

import pytest
from command_line import SECONDS
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from redactor.analysis import unit
from redactor.audit import AuditLog, read
from redactor.config.policy import load_policy
from redactor.files import PRIVATE_FOLDER, make_folder
from redactor.keys import Key
from redactor.model import Job, Status
from redactor.pipeline import RunContext, redact
from redactor.pipeline.sharing import HelpedSearch, Share, help_with, is_shareable

KEY = Key(b"k" * 32)
LINES = [
    f"Dear Mr Teodor Vance, write to clerk{number}@example.org, said Ilse Brandt.\n"
    f"Vance rang 212-555-01{number:02}, and nobody answered that evening in the harbour.\n"
    for number in range(16)
]


def mailbox(lines):
    head = "From clerk@example.org Fri Jan  2 03:04:05 2026\nSubject: Minutes\n\n"
    return "".join(f"{head}{line}\n" for line in lines).encode()


def table(lines):
    sink = io.StringIO()
    csv.writer(sink).writerows([("id", "note"), *enumerate(lines)])
    return sink.getvalue().encode()


def json_lines(lines):
    return "".join(
        json.dumps({"id": n, "note": one}) + "\n" for n, one in enumerate(lines)
    ).encode()


def archive(lines):
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as made:
        for number, line in enumerate(lines):
            made.writestr(zipfile.ZipInfo(f"{number}.txt"), line)
            made.writestr(zipfile.ZipInfo(f"{number}.bin"), bytes(range(256)) * 9)
    return sink.getvalue()


def web_archive(lines):
    sink = io.BytesIO()
    writer = WARCWriter(sink, gzip=True)
    for number, line in enumerate(lines):
        http = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        page = io.BytesIO(f"<p>{line}</p>".encode())
        at = f"http://example.org/{number}"
        record = writer.create_warc_record(at, "response", page, http_headers=http)
        writer.write_record(record)
        record.raw_stream.close()
    return sink.getvalue()


DOCUMENTS = {
    "a.mbox": mailbox,
    "a.csv": table,
    "a.jsonl": json_lines,
    "a.zip": archive,
    "a.warc.gz": web_archive,
    "a.txt": lambda lines: "".join(lines).encode(),
}


@pytest.fixture(autouse=True)
def small_windows(monkeypatch):
    """Let a text of a kilobyte have several windows."""
    monkeypatch.setattr(unit, "WINDOW", 500)
    monkeypatch.setattr(unit, "OVERLAP", 100)
    monkeypatch.setattr(unit, "CONTEXT", 50)


class Counted(HelpedSearch):
    """Counts the windows, and those that a helper knew."""

    def __init__(self, arrivals):
        super().__init__(arrivals)
        self.asked = self.known = 0

    def findings(self, unit, segment):
        found = super().findings(unit, segment)
        self.asked += 1
        self.known += found is not None
        return found


def redacted(folder, name, data, begin=lambda *_: ()):
    """Return copy, records and outcome of a document, and what was asked of helpers.

    `begin` is given the job and its settings, and returns the function that yields arrivals.
    """
    make_folder(folder / "audit", mode=PRIVATE_FOLDER)
    (folder / name).write_bytes(data)
    policy = load_policy("default")
    settings = RunContext(policy, KEY, AuditLog.create(folder / "audit", KEY))
    job = Job(folder / name, folder / "out" / name, name)
    arrivals = begin(job, settings) or tuple
    with Counted(arrivals) as elsewhere:
        outcome = redact(job, settings, elsewhere=elsewhere)
    copy = job.target.read_bytes() if job.target.exists() else b""
    records = [{k: v for k, v in one.items() if k != "time"} for one in read(folder / "audit")]
    return (copy, records, outcome), elsewhere


def helped(number=2, after=0, end=None, source=None):
    """Return a beginning with helpers, who come when the owner has asked `after` times.

    `end` is what the pipe of a helper is wrapped in; `source` is another document that it reads.
    """

    def begin(job, settings):
        calls = iter(range(10**9))
        read_by_helper = Job(source, job.target, job.name) if source else job

        def arrivals():
            if next(calls) != after:
                return
            for share in (Share(one, number) for one in range(number)):
                ours, theirs = Pipe()
                pipe = end(theirs) if end else theirs
                task = (read_by_helper, settings, share, pipe)
                Thread(target=help_with, args=task, daemon=True).start()
                ours.poll(SECONDS)  # until it asks
                yield share, ours

        return arrivals

    return begin


@pytest.fixture(params=DOCUMENTS)
def document(request, tmp_path):
    """Return name, bytes, and what one worker alone makes of them."""
    data = DOCUMENTS[request.param](LINES)
    alone, _ = redacted(make_folder_of(tmp_path / "alone"), request.param, data)
    return request.param, data, alone


def make_folder_of(path):
    path.mkdir()
    return path


def test_the_copy_and_records_are_those_of_one_alone(document, tmp_path):
    name, data, alone = document
    assert b"Vance" not in alone[0]
    assert alone[2].status in {Status.REDACTED, Status.PARTIAL, Status.FAILED}
    shared, search = redacted(make_folder_of(tmp_path / "shared"), name, data, helped())
    assert shared == alone
    assert search.asked > 7
    assert search.known > search.asked / 4


def test_helpers_may_come_at_any_time(document, tmp_path):
    name, data, alone = document
    late, search = redacted(make_folder_of(tmp_path / "late"), name, data, helped(3, after=3))
    assert late == alone
    assert search.known < search.asked


class Broken:
    """A helper's end of a pipe, which breaks after so many results."""

    def __init__(self, pipe, results=1):
        self._pipe, self._left = pipe, results

    def send(self, message):
        if isinstance(message, tuple):
            self._left -= 1
            if self._left < 0:
                raise BrokenPipeError
        self._pipe.send(message)

    def recv(self):
        return self._pipe.recv()

    def close(self):
        self._pipe.close()


def test_a_helper_that_dies_changes_nothing(document, tmp_path):
    name, data, alone = document
    broken, search = redacted(
        make_folder_of(tmp_path / "broken"), name, data, helped(2, end=Broken)
    )
    assert broken == alone
    assert search.known <= 2


def test_what_a_helper_found_in_another_text_is_not_used(document, tmp_path):
    name, data, alone = document
    other = tmp_path / name
    other.write_bytes(DOCUMENTS[name]([one.replace("harbour", "kitchen") for one in LINES]))
    apart, search = redacted(make_folder_of(tmp_path / "apart"), name, data, helped(source=other))
    assert apart == alone
    assert search.known < 3, "a head of HTTP may be the same"


@pytest.mark.parametrize("helpers", [1, 2, 3, 7])
def test_shares_are_apart_and_the_owner_has_half_of_one(helpers):
    cycle = 2 * helpers + 1
    holders = [
        [one for one in range(helpers) if Share(one, helpers).has(window)]
        for window in range(5 * cycle)
    ]
    assert all(len(one) <= 1 for one in holders)
    assert sum(not one for one in holders) == 5
    assert all(holders.count([one]) == 10 for one in range(helpers))


def test_what_costs_as_much_to_read_as_to_search_is_not_shared(tmp_path):
    settings = RunContext(load_policy("default"), KEY, AuditLog.create(folder_in(tmp_path), KEY))
    job = Job(Path("a"), Path("b"), "a")
    assert is_shareable(job, settings)
    assert not is_shareable(Job(Path("a"), Path("b"), "a", convert="docx"), settings)
    assert not is_shareable(Job(Path("a"), Path("b"), "a", archives=(job,)), settings)


def folder_in(path):
    make_folder(path / "audit", mode=PRIVATE_FOLDER)
    return path / "audit"


def test_pipes_are_closed_when_the_document_is_done():
    ours, theirs = Pipe()
    whole = unit.text_unit("Nothing")
    with theirs:
        with HelpedSearch(lambda: iter([(Share(0, 1), ours)])) as search:
            assert search.findings(whole, next(whole.windows)) is None
        assert ours.closed
        with pytest.raises(EOFError):
            theirs.recv()
