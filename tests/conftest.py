"""What every test has in common: no network, one package and engine, the command line."""

from __future__ import annotations

import os
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from unittest.mock import patch

import marks
import pytest
import regex
from command_line import CommandLine, Process, SerialTeam
from forked import ForkedProcess, Template
from hypothesis import HealthCheck, settings
from pytest_socket import disable_socket, enable_socket

import redactor
from redactor.config.rules import bundled_rules, parse_rules
from redactor.detect.prefilter import factors, table
from redactor.detect.rules import PATTERN_FLAGS
from redactor.errors import RedactorError

TESTED = Path(redactor.__file__).resolve().parent

# An example that takes more than 0.2 s, or is slow to be drawn, is no failure: no test is judged by
# a clock.
settings.register_profile("redactor", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("redactor")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(marks)
    _let_processes_import(TESTED.parent)
    _keep_bytecode()
    if not hasattr(config, "workerinput"):  # once, not in each process of pytest-xdist
        with suppress(OSError, RedactorError):  # without it each process derives what it needs
            _tabulate_factors(config)


def _keep_bytecode() -> None:
    """Let processes find the package compiled: otherwise each of some hundred does it anew."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_report_header() -> str:
    return f"redactor: {redactor.__version__} from {TESTED}, here and in the processes of the tests"


def _let_processes_import(folder: Path) -> None:
    """Put a folder first on the path of every process that a test starts.

    `python -m pytest` imports the checkout it is started in, which is no process's own folder: they
    would test what is installed. That needs no help, and would hide the standard library's modules.
    """
    installed = {Path(sysconfig.get_path(name)).resolve() for name in ("purelib", "platlib")}
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if folder not in installed and paths[0] != str(folder):
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(folder), *paths)))


def _tabulate_factors(config: pytest.Config) -> None:
    """Write the table of required factors that a wheel has, if a checkout lacks it.

    Otherwise every process that a test starts would derive them anew, which takes ten seconds; and
    half a second for the patterns of Presidio, which the table of a wheel lacks.
    """
    rules = bundled_rules()
    files = b"".join(path.read_bytes() for path in sorted(rules.rglob("*.yaml")))
    digest = sha256(files + version("presidio-analyzer").encode()).hexdigest()
    if table.is_complete() and config.cache.get("redactor/factors", "") == digest:
        return
    from redactor.detect.presidio.adapters import adapter_for
    from redactor.detect.presidio.registry import registry

    patterns = [regex.compile(rule.pattern, PATTERN_FLAGS) for rule in parse_rules(rules)]
    for one in registry().recognizers:
        patterns += adapter_for(one).patterns
    if not table.is_complete(patterns):
        factors.tabulate(patterns, table.TABLE)
    config.cache.set("redactor/factors", digest)


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    """Block sockets, but for those that worker processes are talked to through."""
    disable_socket(allow_unix_socket=True)
    yield
    enable_socket()


@pytest.fixture(scope="session", autouse=True)
def _workers_here() -> Iterator[None]:
    """Let this process do the work of a run, where the detectors are loaded already."""
    with patch("redactor.batch.Team", SerialTeam), patch("redactor.dry_run.Team", SerialTeam):
        yield


@pytest.fixture(scope="session")
def analyzer() -> object:
    """Return an examiner under the default policy, its detectors loaded once."""
    from redactor.analysis.analyzer import Analyzer
    from redactor.config.policy import load_policy

    return Analyzer(load_policy("default"))


@pytest.fixture(scope="session")
def cli(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """Return the command line, run in this process."""
    return CommandLine(tmp_path_factory.mktemp("elsewhere"))


@pytest.fixture(scope="session")
def process_cli(tmp_path_factory: pytest.TempPathFactory) -> Process:
    """Return the command line, each command a process: for tests of what only a process has."""
    return Process(tmp_path_factory.mktemp("elsewhere"))


@pytest.fixture(scope="session")
def forked_cli(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkedProcess]:
    """Return the command line, each command a process forked from one that has the detectors."""
    template = Template()
    yield ForkedProcess(tmp_path_factory.mktemp("elsewhere"), template)
    template.close()


@pytest.fixture(scope="session")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "collection.key"
    path.write_text(bytes(range(32)).hex() + "\n")
    path.chmod(0o600)
    return path


@pytest.fixture(scope="session")
def other_key_file(key_file: Path) -> Path:
    path = key_file.with_name("other.key")
    path.write_text("ab" * 32 + "\n")
    return path


@pytest.fixture(scope="session")
def files() -> Callable[[Path], dict[str, bytes]]:
    """Return a function from a folder to the bytes of every file below it, by path."""
    return _files


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
