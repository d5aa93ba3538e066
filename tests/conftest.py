"""What every test has in common: no network."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_socket import disable_socket, enable_socket


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "wheel: builds and installs the wheel (pip needs its index)")


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
