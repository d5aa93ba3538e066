"""The marks of tests, given to them by the fixtures they use and by where they stand."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path, PurePosixPath

import pytest

TESTS = Path(__file__).parent

MARKS = {
    "quick": "no process, no name model, no whole run: the everyday answer, within a minute",
    "process": "starts processes, since a process is what is tested",
    "wheel": "builds and installs the wheel (pip needs its index)",
}

# fixtures that start processes
STARTING = {"process_cli", "forked_cli", "chromium", "python", "authority", "killed"}

# fixtures that load all detectors, redact something, or make something large
HEAVY = {"analyzer", "cli", "desk", "large", "large_page"}

# folders and files below tests/ that load the engine, or take more than seven seconds: no test of
# theirs is quick, and `-m quick` does not even import them
SLOW = {
    "benchmarks",
    "cli/test_exit_codes.py",
    "cli/test_faults.py",
    "cli/test_verify_exit_codes.py",
    "detection",
    "formats/conversion",
    "formats/html",
    "formats/mail/test_mail_redacted.py",
    "formats/media",
    "formats/office/test_office.py",
    "formats/picture/test_heif_copies.py",
    "formats/parquet",
    "formats/picture/test_picture.py",
    "formats/test_laws.py",
    "formats/test_tree.py",
    "formats/zip",
    "operators/test_custom.py",
    "operators/test_placeholders.py",
    "operators/test_policies.py",
    "properties",
    "review/test_marked_fields.py",
    "review/test_marked_drawings.py",
    "review/test_marked_office.py",
    "review/test_marked_papers.py",
    "review/test_marked_word.py",
    "review/test_marks.py",
    "rules/test_rules.py",
    "safety",
    "spark",
    "test_api.py",
    "test_wheel.py",
    "unit/test_allowed_people.py",
    "unit/test_audit_check.py",
    "unit/test_audit_log.py",
    "unit/test_audit_log_crashes.py",
    "unit/test_deny_list.py",
    "unit/test_encoder.py",
    "unit/test_evaluation_systems.py",
    "unit/test_examine_readings.py",
    "unit/test_listed.py",
    "unit/test_models.py",
    "unit/test_names_models.py",
    "unit/test_names_review.py",
    "unit/test_naming.py",
    "unit/test_pipeline.py",
    "unit/test_policy.py",
    "unit/test_presidio.py",
    "unit/test_readings.py",
    "unit/test_recognizers.py",
    "unit/test_rule_detector.py",
    "unit/test_sharing.py",
    "unit/test_training_fast.py",
    "unit/test_unseal.py",
    "unit/test_unseal_laws.py",
    "unit/test_unseal_trees.py",
    "unit/test_vault.py",
    "unit/test_vault_keys.py",
    "unit/test_value_labels.py",
    "unit/test_view.py",
    "unit/test_walls.py",
}

# the files that take longest, which begin first: one that begins last is waited for by all
LONGEST = (
    "rules/test_rules.py",
    "test_wheel.py",
    "detection/test_evasion.py",
    "cli/test_exit_codes.py",
    "unit/test_presidio.py",
    "properties/test_prefilter.py",
    "formats/test_laws.py",
    "safety/test_failing_machine.py",
    "review/test_rulings.py",
    "test_tested_package.py",
)


@cache  # asked for each test of a file
def is_slow(path: PurePosixPath) -> bool:
    """Tell whether a path below tests/ is a folder or file of which no test is quick."""
    return any(path.is_relative_to(slow) for slow in SLOW)


def starts_processes(items: Collection[pytest.Item]) -> set[Path]:
    """Return the files of tests that import `subprocess` and do not say which of them use it."""
    importing = {i.path for i in items if hasattr(getattr(i, "module", None), "subprocess")}
    return importing - {i.path for i in items if i.get_closest_marker("process")}


def pytest_configure(config: pytest.Config) -> None:
    for name, meaning in MARKS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what is never quick when nothing else is asked for: importing it takes a while."""
    if config.option.markexpr != "quick" or not collection_path.is_relative_to(TESTS):
        return None
    return is_slow(_below(collection_path)) or None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    starting = starts_processes(items)
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if fixtures & STARTING or item.path in starting:
            item.add_marker("process")
        slow = fixtures & HEAVY or is_slow(_below(item.path))
        if not (slow or any(item.get_closest_marker(name) for name in MARKS)):
            item.add_marker("quick")
    order = {TESTS / name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path, len(order)))


def _below(path: Path) -> PurePosixPath:
    return PurePosixPath(path.relative_to(TESTS))


class _Processes:
    """Whether a process may be started: a hook of the interpreter cannot be taken back."""

    allowed = True

    @classmethod
    def hook(cls, event: str, _: object) -> None:
        if event == "subprocess.Popen" and not cls.allowed:
            raise RuntimeError("a test that starts processes is marked `process`")


sys.addaudithook(_Processes.hook)


@pytest.fixture(autouse=True)
def _quick_as_marked(request: pytest.FixtureRequest) -> Iterator[None]:
    """Hold tests to it in a run of `-m quick`: no process is started, no engine asked for."""
    if request.config.option.markexpr != "quick":
        yield
        return
    before = _times_asked_for_detectors()
    _Processes.allowed = False
    yield
    _Processes.allowed = True
    assert _times_asked_for_detectors() == before, "no quick test: its file belongs into marks.py"


def _times_asked_for_detectors() -> int:
    module = sys.modules.get("redactor.analysis.detectors")
    info = module.load_detectors.cache_info() if module else (0, 0)
    return info[0] + info[1]
