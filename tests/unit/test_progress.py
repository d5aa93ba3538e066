"""What a run says of itself: numbers that add up, and a stream that may be lost."""

from __future__ import annotations

import errno
import io
import json

import pytest
from rich.console import Console

from redactor.cli.progress import (
    Bars,
    Lines,
    ProgressForm,
    found_in_words,
    in_words,
    size,
    watched,
    working_in_words,
)
from redactor.errors import UsageError
from redactor.progress import Begun, Done, Finished, Gathered, Started, Tally, Warned, unwatched

EVENTS = (
    Started(4, 3_000, workers=2, done=1),
    Begun(1, 7, 2_000),
    Begun(2, 3, 1_000),
    Done(7, 2_000, "redacted", (("PERSON", 2),)),
    Begun(1, 9, 0),
    Done(9, 0, "failed", exit_code=4),
    Warned("odd"),
)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Terminal(io.StringIO):
    """A terminal, which takes no more after so many pieces."""

    def __init__(self, takes: int = 10**6) -> None:
        super().__init__()
        self.takes = takes

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.takes -= 1
        if self.takes < 0:
            raise OSError(errno.EIO, "the terminal was closed")
        return super().write(text)


def tally(*events) -> Tally:
    made = Tally()
    for event in events:
        made.add(event)
    return made


def drawn(bars: Bars, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(bars.picture())
    return console.file.getvalue()


def test_events_add_up():
    made = tally(*EVENTS)
    assert (made.done, made.bytes, dict(made.found)) == (2, 2_000, {"PERSON": 2})
    assert dict(made.outcomes) == {"redacted": 1, "failed": 1}
    assert made.working == {2: Begun(2, 3, 1_000)}


def test_a_document_is_in_one_hand_when_its_worker_died():
    assert tally(Begun(1, 7, 5), Begun(2, 7, 5)).working == {2: Begun(2, 7, 5)}


@pytest.mark.parametrize(
    ("events", "elapsed", "left"),
    [
        pytest.param(EVENTS[:3], 60, None, id="nothing is done"),
        pytest.param(EVENTS, 1, None, id="too early"),
        pytest.param([Started(2, 9_200, 1), Done(1, 4_600, "clean")], 30, 30, id="half of it"),
        pytest.param(
            [Started(2, 9_200, 2), Begun(2, 2, 4_600), Done(1, 4_600, "clean")],
            30,
            10,
            id="half of it, and the rest in hand",
        ),
        pytest.param([Started(1, 9, 1), Done(1, 9, "clean")], 30, 0, id="all of it"),
        pytest.param([Started(1, 9, 1), Done(1, 99, "clean")], 30, 0, id="a source that grew"),
        pytest.param(
            [Started(1_001, 1_000_000, 1), Done(1, 1_000_000, "clean")], 100, 39.98, id="small ones"
        ),
    ],
)
def test_the_time_left_is_that_of_the_bytes(events, elapsed, left):
    assert tally(*events).seconds_left(elapsed) == pytest.approx(left, abs=0.01)


def test_bars_show_numbers_and_nothing_else():
    clock = Clock()
    bars = Bars(clock)
    assert drawn(bars) == "looking at the sources, loading the detectors\n"
    for event in EVENTS:
        bars.add(event)
    clock.now = 50
    head, found, working = drawn(bars).splitlines()
    assert head.startswith("documents ")
    assert head.rstrip().endswith(" 3 of 4   0.000 MB/s  about 10 s left")
    assert (found, working) == ("found     PERSON 2", "working   2: document 3 (1.0 kB)")


@pytest.mark.parametrize("width", [1, 2, 7, 40])
def test_bars_fit_into_any_terminal(width):
    bars = Bars(Clock())
    for event in EVENTS:
        bars.add(event)
    assert all(len(line) <= width for line in drawn(bars, width).splitlines())


def test_many_types_and_workers_are_counted():
    found = tally(Done(1, 1, "clean", tuple((f"T{n:02}", 1) for n in range(11)))).found
    assert found_in_words(found) == ", ".join([*(f"T0{n} 1" for n in range(8)), "3 more types"])
    assert working_in_words({n: Begun(n, n, 1) for n in range(10)}).endswith("7 (1 bytes), 2 more")
    assert found_in_words(tally().found) == "nothing yet"


def test_the_name_of_a_type_gives_a_terminal_no_orders():
    found = tally(Done(1, 1, "clean", (("A\x1b[31m", 1),))).found
    assert "\x1b" not in found_in_words(found)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.4, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (3_540, "59 min"),
        (3_599, "1 h 0 min"),
        (12_000, "3 h 20 min"),
        (360_000, "4 days 4 h"),
    ],
)
def test_a_time_is_said_as_exactly_as_one_needs_it(seconds, said):
    assert in_words(seconds) == said


def test_a_size_is_said_in_its_unit():
    said = [size(n) for n in (0, 999, 12_345, 2_100_000, 5_000_000_000)]
    assert said == ["0 bytes", "999 bytes", "12.3 kB", "2.1 MB", "5.0 GB"]


def test_each_event_is_a_line_of_json():
    clock, stream = Clock(), io.StringIO()
    lines = Lines(stream, clock)
    clock.now = 1.25
    for event in (*EVENTS, Finished(4)):
        lines.add(event)
    assert [json.loads(line) for line in stream.getvalue().splitlines()] == [
        {
            "event": "started",
            "seconds": 1.2,
            "schema": 1,
            "documents": 4,
            "bytes": 3_000,
            "workers": 2,
            "done": 1,
        },
        {
            "event": "document",
            "seconds": 1.2,
            "number": 7,
            "bytes": 2_000,
            "outcome": "redacted",
            "exit_code": 0,
            "found": {"PERSON": 2},
        },
        {
            "event": "document",
            "seconds": 1.2,
            "number": 9,
            "bytes": 0,
            "outcome": "failed",
            "exit_code": 4,
            "found": {},
        },
        {"event": "warning", "seconds": 1.2, "message": "odd"},
        {
            "event": "finished",
            "seconds": 1.2,
            "exit_code": 4,
            "outcomes": {"failed": 1, "redacted": 1},
            "found": {"PERSON": 2},
        },
    ]


@pytest.mark.parametrize("form", [ProgressForm.BARS, ProgressForm.JSON])
@pytest.mark.parametrize("takes", [0, 1, 3])
def test_a_terminal_that_was_closed_stops_nothing(monkeypatch, form, takes):
    monkeypatch.setattr("sys.stderr", Terminal(takes))
    monkeypatch.setenv("TERM", "xterm")
    with watched(form) as watch:
        for event in EVENTS:
            watch(event)


def test_a_stream_that_was_closed_stops_nothing(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    with watched(ProgressForm.JSON) as watch:
        stream.close()
        watch(Warned("odd"))


def test_bars_are_gone_in_the_end(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with watched(ProgressForm.BARS) as watch:
        for event in EVENTS:
            watch(event)
    said = terminal.getvalue()
    assert "3 of 4" in said
    assert said.endswith("\x1b[2K")  # the line where the cursor is now was erased


@pytest.mark.parametrize(
    ("form", "quiet", "term", "stream"),
    [
        pytest.param(ProgressForm.BARS, False, "xterm", io.StringIO, id="no terminal"),
        pytest.param(ProgressForm.BARS, False, "dumb", Terminal, id="a dumb terminal"),
        pytest.param(ProgressForm.BARS, True, "xterm", Terminal, id="quiet"),
        pytest.param(ProgressForm.NONE, False, "xterm", Terminal, id="none"),
    ],
)
def test_nothing_is_drawn_where_nobody_looks(monkeypatch, form, quiet, term, stream):
    monkeypatch.setattr("sys.stderr", made := stream())
    monkeypatch.setenv("TERM", term)
    with watched(form, quiet=quiet) as watch:
        assert watch is unwatched
        watch(EVENTS[0])
    assert made.getvalue() == ""


def test_quiet_and_events_exclude_each_other():
    with (
        pytest.raises(UsageError, match="exclude each other"),
        watched(ProgressForm.JSON, quiet=True),
    ):
        pass


def test_before_the_work_begins_it_is_said_how_many_documents_were_read_for_their_people():
    bars = Bars(Clock())
    bars.add(Gathered(1_204, 20_000))
    assert str(bars.picture()) == "reading for people: 1,204 of 20,000 documents"
