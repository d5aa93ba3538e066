"""What the tests of attacks share: an address to be removed, and calls of the system that fail."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

ADDRESS = "teodor.vance@example.org"


def failing(code: int, *calls: str) -> Callable[[pytest.MonkeyPatch], None]:
    """Return a function that makes calls of the system fail with an error."""

    def arrange(monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*given: Any, **named: Any) -> Any:
            raise OSError(code, os.strerror(code))

        for call in calls:
            monkeypatch.setattr(os, call, fail)

    return arrange
