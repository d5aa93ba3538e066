"""Options that several commands share, and what they are turned into."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from redactor.model import Policy

PolicyOption = Annotated[
    str, typer.Option("--policy", metavar="NAME|FILE", help="A shipped policy, or a policy file.")
]
KeepOption = Annotated[
    Path | None,
    typer.Option("--keep", metavar="FILE", help="Who stays: a name a line, or CSV, YAML."),
]
RemoveOption = Annotated[
    Path | None,
    typer.Option("--remove", metavar="FILE", help="Terms that go: one a line, or CSV: term, type."),
]
RulesOption = Annotated[
    list[Path] | None,
    typer.Option("--rules", metavar="FOLDER", help="More rules, beside the shipped ones."),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="NAME",
        help="The name model: accurate, fast, a spaCy package or a folder; else the policy's.",
    ),
]
KeyOption = Annotated[
    Path | None, typer.Option("--key-file", metavar="FILE", help="The collection's key.")
]
EncodingOption = Annotated[
    str | None,
    typer.Option("--encoding", help="For texts without a byte order mark that are not UTF-8."),
]
AsOfOption = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        formats=["%Y-%m-%d"],
        help="The day it is taken to be (today, UTC): restrictions that ended before are lifted.",
    ),
]
IdentityOption = Annotated[
    Path,
    typer.Option(
        "--identity",
        metavar="FILE",
        help="A private key of age or SSH that the vault is sealed to.",
    ),
]
OptionalIdentityOption = Annotated[
    Path | None,
    typer.Option(
        "--identity",
        metavar="FILE",
        help="A private key of age or SSH that the vault is sealed to; else values are decrypted.",
    ),
]
ReasonOption = Annotated[
    str, typer.Option("--reason", metavar="TEXT", help="Why, in one line, for the log.")
]
WhoOption = Annotated[
    str | None,
    typer.Option("--who", metavar="NAME", help="Who opens it, for the log; else the login name."),
]
DebugOption = Annotated[
    bool, typer.Option("--debug", help="Show the traceback of an error (never document text).")
]


def chosen_policy(
    policy: str,
    keep: Path | None = None,
    model: str | None = None,
    remove: Path | None = None,
    as_of: datetime | None = None,
) -> Policy:
    """Return the policy that the options name, with lists, name model and day."""
    from redactor.api import prepare_policy

    day = as_of.date() if as_of else None
    return prepare_policy(policy, keep or (), model, remove or (), day)
