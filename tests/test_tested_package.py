"""The package that tests import is the one that the processes they start import."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import redactor

ROOT = Path(__file__).parents[1]


@pytest.mark.process
def test_a_process_elsewhere_imports_the_same_package(tmp_path):
    command = [sys.executable, "-c", "import redactor; print(redactor.__file__)"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert Path(done.stdout.strip()).samefile(redactor.__file__)


@pytest.mark.process
def test_pytest_started_in_a_checkout_tests_it_everywhere_and_says_so():
    """Without PYTHONPATH, as its users start it."""
    elsewhere = f"{__file__}::{test_a_process_elsewhere_imports_the_same_package.__name__}"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "0", elsewhere],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert f"redactor: {redactor.__version__} from {ROOT / 'redactor'}, here and" in done.stdout
