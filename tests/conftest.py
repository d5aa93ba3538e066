"""What every test has in common: no network, and one package that is tested."""

from __future__ import annotations

import os
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_socket import disable_socket, enable_socket

import redactor

TESTED = Path(redactor.__file__).resolve().parent


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "wheel: builds and installs the wheel (pip needs its index)")
    _let_processes_import(TESTED.parent)


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


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    """Block sockets, but for those that worker processes are talked to through."""
    disable_socket(allow_unix_socket=True)
    yield
    enable_socket()


@pytest.fixture(scope="session")
def analyzer() -> object:
    """Return an examiner under the default policy, its detectors loaded once."""
    from redactor.analysis.analyzer import Analyzer
    from redactor.config.policy import load_policy

    return Analyzer(load_policy("default"))
