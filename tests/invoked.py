"""Commands run in the tests' own process by Typer's runner, and the line that an error is."""

from __future__ import annotations

import re
from pathlib import Path

from typer.testing import CliRunner

from redactor.cli import app
from redactor.errors import ExitCode


def invoke(*arguments: str | Path, stdin: str | bytes = ""):
    """Return the result of a command, much faster than another process would."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)


def assert_one_line(code: ExitCode, said: tuple[int, str, str], *words: str) -> None:
    """Hold an error to one line that has the words, begins with our name and ends with advice."""
    exit_code, out, err = said
    assert (exit_code, out) == (int(code), ""), err
    assert re.fullmatch(r"redactor: [^\n]+\. [^\n]+\n", err), err
    assert not [word for word in words if word not in err], err
