"""`redactor formats`: every type of document that is read, and what of it is examined."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from redactor.cli.errors import errors
from redactor.cli.options import DebugOption
from redactor.cli.output import say, write_out


def formats(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
    debug: DebugOption = False,
) -> None:
    """Show every type of document that is read: its suffixes, what is and what is not examined."""
    with errors(debug=debug):
        from redactor.formats import listed_formats

        rows = [
            {
                "format": one.name,
                "title": one.title,
                "suffixes": sorted(one.suffixes),
                "examined": one.examined,
                "not_examined": one.not_examined,
            }
            for one in listed_formats()
        ]
        if as_json:
            write_out(f"{json.dumps(rows, indent=2)}\n".encode())
            return
        for row in rows:
            say(f"{row['title']}", f"  {' '.join(row['suffixes'])}")
            say(f"  examined: {row['examined']}")
            say(f"  not examined: {row['not_examined'] or 'nothing is left out'}")
