"""The help a user reads, what it costs, and the README that has to agree with it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer

import redactor
from redactor.cli import app
from redactor.errors import ExitCode
from redactor.formats import FORMATS, listed_formats

README = Path(__file__).parents[2] / "README.md"
HEAVY = (
    "spacy",
    "presidio_analyzer",
    "pydantic",
    "rich",
    "thinc",
    "numpy",
    "yaml",
    "regex",
    "jinja2",
)


def _commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from _commands(inner, f"{path} {name}")


COMMANDS = dict(_commands(typer.main.get_command(app), "redactor"))
WORKING = [path for path, command in COMMANDS.items() if not hasattr(command, "commands")]
PARAMETERS = {
    f"{path} {parameter.name}": parameter
    for path, command in COMMANDS.items()
    for parameter in command.params
}


def test_there_are_the_commands_the_issue_names():
    assert set(COMMANDS) == {
        "redactor",
        "redactor redact",
        "redactor review",
        "redactor scan",
        "redactor spark",
        "redactor check",
        "redactor verify",
        "redactor status",
        "redactor restore",
        "redactor audit",
        "redactor audit show",
        "redactor audit lookup",
        "redactor audit reveal",
        "redactor audit report",
        "redactor audit sample",
        "redactor audit export",
        "redactor audit verify",
        "redactor audit prove",
        "redactor evaluate",
        "redactor rules",
        "redactor rules explain",
        "redactor rules list",
        "redactor rules new",
        "redactor rules test",
        "redactor policy",
        "redactor formats",
        "redactor policy list",
        "redactor policy show",
        "redactor policy check",
        "redactor model",
        "redactor model list",
        "redactor model path",
        "redactor model show",
    }


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_has_help(path):
    assert len((COMMANDS[path].help or "").split()) > 2


def test_every_option_and_argument_has_help():
    words = {name: getattr(one, "help", None) or "" for name, one in PARAMETERS.items()}
    assert [name for name, text in words.items() if len(text.split()) < 2] == []


@pytest.mark.process
def test_help_costs_nothing_heavy():
    code = f"import sys, redactor.cli; print(*set({HEAVY}) & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_help_names_every_exit_code_and_where_formats_are_listed(process_cli):
    run = process_cli("--help")
    said = " ".join(run.out.split()).lower()
    assert (run.code, run.err) == (0, "")
    assert not [code for code in ExitCode if f"{code.value} " not in said]
    assert "`redactor formats`" in said


def test_every_type_of_file_is_listed_with_what_is_and_is_not_examined(cli):
    said = cli("formats").out
    for one in listed_formats():
        assert (
            f"{one.title}\n  {' '.join(sorted(one.suffixes))}\n  examined: {one.examined}\n" in said
        )
        assert one.not_examined in said
    rows = json.loads(cli("formats", "--json").out)
    assert [row["format"] for row in rows] == [one.name for one in listed_formats()]
    assert {one.name for one in FORMATS} - {row["format"] for row in rows} == {
        "mail-header",
        "media",
        "web-header",
    }


def test_version(process_cli):
    run = process_cli("--version")
    assert (run.code, run.out, run.err) == (0, f"redactor {redactor.__version__}\n", "")


@pytest.mark.parametrize("path", WORKING)
def test_the_readme_names_every_command(path):
    assert path in README.read_text("utf-8")


def test_the_readme_has_the_exit_codes():
    rows = list(_table_under("exit codes", README.read_text("utf-8")))
    codes = [row[0].strip("` ") for row in rows[2:]]
    assert sorted(codes, key=int) == [str(code.value) for code in ExitCode]
    assert not [row for row in rows[2:] if not "".join(row[1:]).strip()]


def _table_under(heading: str, text: str) -> Iterator[list[str]]:
    """Yield the cells of the first table below a heading, its two head rows first."""
    _, found, below = text.lower().partition(f"{heading}\n")
    assert found, f"no heading {heading}"
    started = False
    for line in below.splitlines():
        if line.startswith("|"):
            started = True
            yield [cell.strip() for cell in line.strip("|").split("|")]
        elif started or line.startswith("#"):
            return
