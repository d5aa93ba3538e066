"""The house rules of the tests themselves."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from command_line import _invoked
from steps import growth, steps

TESTS = Path(__file__).parent
README = (TESTS / "README.md").read_text("utf-8")
FILES = [*TESTS.rglob("test_*.py"), *TESTS.rglob("conftest.py")]
CLOCKS = re.compile(r"\b(perf_counter|process_time|thread_time|monotonic|time\.time)(_ns)?\b")


def test_no_test_is_judged_by_a_clock():
    """It would fail on a machine that does something else: see `steps.py` for what to count."""
    using = {path.name for path in FILES if CLOCKS.search(path.read_text("utf-8"))}
    assert using == {"test_house.py"}  # which has the pattern


@pytest.mark.parametrize(
    ("work", "grows"),
    [
        pytest.param(lambda size: [at for at in range(size)], 2, id="linear"),  # noqa: C416
        pytest.param(lambda size: [at for at in range(size) for _ in range(size)], 4, id="square"),
        pytest.param(lambda size: [str.upper("a") for _ in range(size)], 2, id="calls of C"),
        pytest.param(lambda size: size + 1, 1, id="constant"),
    ],
)
def test_steps_are_counted(work, grows):
    assert growth(work, 500) == pytest.approx(grows, rel=0.05)
    assert steps(work, 500) == steps(work, 500) > 0


def test_every_folder_and_case_file_stands_in_the_readme():
    folders = {path.parent.relative_to(TESTS).as_posix() for path in FILES} - {"."}
    cases = {f"cases/{path.name}" for path in (TESTS / "cases").iterdir()}
    assert not [one for one in sorted(folders | cases) if f"`{one}`" not in README]


def test_what_the_readme_names_is_there():
    named = re.findall(r"`((?:\w+/)*\w+\.(?:py|jsonl|txt|md))(?:::\w+)?`", README)
    assert named
    assert not [one for one in named if not (TESTS / one).exists()]


def test_what_the_readme_says_proves_a_law_is_a_test():
    named = re.findall(r"`((?:\w+/)*\w+\.py)::(\w+)`", README)
    assert len(named) > 10
    missing = [f"{file}::{test}" for file, test in named if f"def {test}(" not in _text(file)]
    assert missing == []


def test_what_the_threat_model_names_is_a_test_in_every_row():
    page = (TESTS.parent / "redactor" / "SECURITY.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ")][1:]
    named = [re.findall(r"`((?:\w+/)*\w+\.py)::(\w+)`", row) for row in rows]
    assert len(rows) > 10
    assert [len(one) for one in named] == [1] * len(rows)
    missing = [f"{file}::{test}" for [(file, test)] in named if f"def {test}(" not in _text(file)]
    assert missing == []


def _text(file: str) -> str:
    return (TESTS / file).read_text("utf-8")


def test_what_a_command_imports_in_this_process_stays_imported(monkeypatch):
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    before = sys.modules["__main__"]
    with _invoked(["--help"]):
        import colorsys

        assert sys.modules["__main__"] is not before
    assert sys.modules["colorsys"] is colorsys
    assert sys.modules["__main__"] is before
