"""`redactor model`: see the name models that are shipped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from redactor.cli.errors import errors
from redactor.cli.options import DebugOption
from redactor.cli.output import say, table

if TYPE_CHECKING:
    from redactor.detect.ner.models import About

model_app = typer.Typer(no_args_is_help=True, help="See the name models.")
_Name = Annotated[
    str, typer.Argument(metavar="[NAME]", help="accurate, fast, a spaCy package or a folder.")
]


@model_app.command("list")
def model_list(debug: DebugOption = False) -> None:
    """Show the models that are shipped; the one with a star is used if nothing else is said."""
    with errors(debug=debug):
        from redactor.detect.ner.models import SHIPPED, about
        from redactor.model import NameModel

        default = NameModel().name
        table(
            ("", "model", "pipeline", "version", "size", "labels", "licence"),
            [
                ("*" if name == default else "", name, *_row(about(NameModel(name))))
                for name in SHIPPED
            ],
        )


def _row(found: About) -> tuple[str, str, str, str, str]:
    size = f"{found.size / 1e6:.1f} MB"
    return found.name, found.version, size, " ".join(found.labels), found.licence


@model_app.command("show")
def model_show(name: _Name = "accurate", debug: DebugOption = False) -> None:
    """Say what a model is, whether its files are as they were made, and where its card is."""
    with errors(debug=debug):
        from redactor.detect.ner.models import CARD, about, check_sums
        from redactor.model import NameModel

        found = about(NameModel(name))
        check_sums(found.folder)
        card = found.folder / CARD
        rows = zip(("pipeline", "version", "size", "labels", "licence"), _row(found), strict=True)
        for word, value in (*rows, ("digest", found.digest), ("folder", str(found.folder))):
            say(f"{word + ':':10}{value}")
        if card.is_file():
            say("", *card.read_text("utf-8").rstrip().splitlines())


@model_app.command("path")
def model_path(name: _Name = "accurate", debug: DebugOption = False) -> None:
    """Print the folder of a pipeline, which `spacy.load` takes."""
    with errors(debug=debug):
        from redactor.detect.ner.models import folder_of
        from redactor.model import NameModel

        say(str(folder_of(NameModel(name))))
