"""The marks of tests, given to them by the fixtures they use and by where they stand."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

import pytest

TESTS = Path(__file__).parent

MARKS = {
    "quick": "no process, no name model, no whole run: the everyday answer, within a minute",
    "process": "starts processes, since a process is what is tested",
    "wheel": "builds and installs the wheel (pip needs its index)",
}

# fixtures that start processes
STARTING = {"process_cli", "chromium", "python", "authority", "killed"}

# fixtures that load all detectors, redact something, or make something large
HEAVY = {"analyzer", "cli", "desk", "large", "large_page"}

# folders and files, below tests/, of which no test is quick: `-m quick` does not even import them
SLOW = {
    "benchmarks",
    "safety",
    "test_wheel.py",
}


def is_slow(path: PurePosixPath) -> bool:
    """Tell whether a path below tests/ is a folder or file of which no test is quick."""
    return any(path.is_relative_to(slow) for slow in SLOW)


def _marks(path: PurePosixPath, fixtures: Collection[str], given: Collection[str]) -> set[str]:
    """Return the marks of a test of the file at `path` below tests/, and those it was given."""
    found = set(given) & MARKS.keys()
    if STARTING.intersection(fixtures):
        found.add("process")
    if not (found or HEAVY.intersection(fixtures) or is_slow(path)):
        found.add("quick")
    return found


def _below(path: Path) -> PurePosixPath:
    return PurePosixPath(path.relative_to(TESTS))


def pytest_configure(config: pytest.Config) -> None:
    for name, meaning in MARKS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what is never quick when nothing else is asked for: importing it takes a while."""
    if config.option.markexpr != "quick" or not collection_path.is_relative_to(TESTS):
        return None
    return is_slow(_below(collection_path)) or None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        given = {mark.name for mark in item.iter_markers()}
        for mark in _marks(_below(item.path), getattr(item, "fixturenames", ()), given):
            item.add_marker(mark)


class _Processes:
    """Whether a process may be started: a hook of the interpreter cannot be taken back."""

    allowed = True

    @classmethod
    def hook(cls, event: str, _: object) -> None:
        if event == "subprocess.Popen" and not cls.allowed:
            raise RuntimeError("a test that starts processes is marked `process`")


sys.addaudithook(_Processes.hook)


@pytest.fixture(autouse=True)
def _as_marked(request: pytest.FixtureRequest) -> Iterator[None]:
    """Hold a test to its marks: no process without `process`, no engine in a `quick` one."""
    given = {mark.name for mark in request.node.iter_markers()}
    before = _times_asked_for_detectors()
    _Processes.allowed = bool(given & {"process", "wheel"})
    yield
    _Processes.allowed = True
    assert "quick" not in given or _times_asked_for_detectors() == before, "this is no quick test"


def _times_asked_for_detectors() -> int:
    module = sys.modules.get("redactor.analysis.detectors")
    info = module.load_detectors.cache_info() if module else (0, 0)
    return info[0] + info[1]
