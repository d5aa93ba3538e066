"""A desk for reviewers: documents redacted in this process, and decisions about them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Callable[..., Desk]:
    """Return a function from documents by name to a desk on which they were redacted."""
    return lambda policy="default", **texts: Desk.of(tmp_path, texts, policy)
