"""Options that several commands share, and what they are turned into."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from redactor.cli.output import say
from redactor.cli.progress import ProgressForm
from redactor.errors import UsageError
from redactor.model import SWITCHED_OFF, RasterPages

if TYPE_CHECKING:
    from redactor.model import Policy, Recognizer

_FORMER = {"keep": "allow-list", "remove": "deny-list"}
"""Options by the names that they had before: still read, but not in the help."""


def current_name(name: str) -> str:
    """Return the present name of an option, without its dashes: `"keep" -> "allow-list"`."""
    return _FORMER.get(name, name)


class Link(Enum):
    """How far a person is known."""

    DOCUMENT = "document"
    COLLECTION = "collection"


PolicyOption = Annotated[
    str, typer.Option("--policy", metavar="NAME|FILE", help="A shipped policy, or a policy file.")
]
AllowListOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--allow-list", metavar="FILE", help="Who and what is kept: one a line, or CSV, YAML."
    ),
]
DenyListOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--deny-list", metavar="FILE", help="Terms to redact: one a line, or CSV: term, type."
    ),
]
RulesOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--rules",
        metavar="PATH",
        help="More rules: a folder of them, or a file of recognisers for Presidio.",
    ),
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
OcrOption = Annotated[
    str | None,
    typer.Option(
        "--ocr",
        metavar="LANGS",
        help="Read what pictures and scans show with tesseract, in these languages: eng+deu.",
    ),
]
RasterOption = Annotated[
    RasterPages | None,
    typer.Option(
        "--raster",
        help="Make pictures of pages of PDF that cannot be read, or of all; --ocr reads them.",
    ),
]
AsOfOption = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        formats=["%Y-%m-%d"],
        help="The day of the run (today, UTC): what was restricted until an earlier day is kept.",
    ),
]
LinkOption = Annotated[
    Link | None,
    typer.Option("--link", help="How far a person is known, if not as the policy has it."),
]
KeepPersonOption = Annotated[
    list[str] | None,
    typer.Option(
        "--keep-person",
        metavar="NAME",
        help="Whose own data stays, for a subject access request; everybody else's goes.",
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
DecisionsOption = Annotated[
    list[Path] | None,
    typer.Option("--decisions", metavar="FILE", help="Decisions of `redactor review`, each."),
]
SealToOption = Annotated[
    list[str] | None,
    typer.Option(
        "--seal-to",
        metavar="KEY|FILE",
        help="Seal what is removed to this public key (age1..., ssh-...), or to those in FILE.",
    ),
]
ResumeOption = Annotated[
    bool, typer.Option("--resume", help="Go on with a run that was broken off.")
]
UpdateOption = Annotated[
    bool,
    typer.Option(
        "--update", help="Redact what is new or changed; withdraw copies whose source is gone."
    ),
]
ReasonOption = Annotated[
    str, typer.Option("--reason", metavar="TEXT", help="Why, in one line, for the log.")
]
WhoOption = Annotated[
    str | None,
    typer.Option("--who", metavar="NAME", help="Who opens it, for the log; else the login name."),
]
ProgressOption = Annotated[
    ProgressForm,
    typer.Option(
        "--progress",
        help="On standard error: bars (on a terminal alone), a line of JSON an event, or none.",
    ),
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Say what would happen, and write nothing.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Say nothing but errors.")]
DebugOption = Annotated[
    bool, typer.Option("--debug", help="Show the traceback of an error (never document text).")
]


def chosen_policy(  # noqa: PLR0913  # one parameter an option
    policy: str,
    allow_list: Sequence[Path] | None = None,
    model: str | None = None,
    deny_list: Sequence[Path] | None = None,
    as_of: datetime | None = None,
    ocr: str | None = None,
    raster: RasterPages | None = None,
    *,
    convert: bool = False,
    link: Link | None = None,
    keep_people: Sequence[str] = (),
) -> Policy:
    """Return the policy that the options name, with lists, name model, day, OCR and linking."""
    from redactor.api import prepare_policy

    allow = _only(allow_list, "--allow-list")
    deny = _only(deny_list, "--deny-list")
    day = as_of.date() if as_of else None
    chosen = prepare_policy(
        policy,
        allow or (),
        model,
        deny or (),
        day,
        ocr,
        raster,
        convert or None,
        link=link and link.value,
        subjects=keep_people,
    )
    _tell_unused(chosen.recognizers)
    return chosen


def chosen_rules(rules: Sequence[Path] | None) -> tuple[Path, ...]:
    """Return the folders and files that --rules names; say what in them is for other languages."""
    paths = tuple(rules or ())
    if paths:
        from redactor.config.recognizers import own_recognizers

        _tell_unused(own_recognizers(paths))
    return paths


def named_options() -> list[str]:
    """Return the options of this call without their values, which may be names, for the log."""
    return [word.split("=")[0] for word in sys.argv[1:] if word.startswith("--")]


def _tell_unused(recognizers: Iterable[Recognizer]) -> None:
    """Say which recognisers are not asked, but for those that their file switches off."""
    for one in recognizers:
        if one.unused and one.unused != SWITCHED_OFF:
            say(f"redactor: {one.place}: not used: {one.unused}", err=True)


def _only(files: Sequence[Path] | None, option: str) -> Path | None:
    """Return the one file of an option. Raises UsageError for two: one would have no effect."""
    if files and len(files) > 1:
        raise UsageError(f"{option} is given twice: put both lists into one file")
    return files[0] if files else None
