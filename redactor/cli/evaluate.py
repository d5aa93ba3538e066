"""`redactor evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from redactor.cli.errors import errors
from redactor.cli.figures import Shown, print_figures, print_json
from redactor.cli.options import (
    DebugOption,
    PolicyOption,
    RulesOption,
    chosen_policy,
    chosen_rules,
)
from redactor.cli.output import progress_bar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redactor.evaluation.measure import Measured, Scope
    from redactor.evaluation.systems import System


def evaluate(  # noqa: PLR0913  # one parameter an option
    gold: Annotated[
        Path, typer.Argument(metavar="GOLD", help="A .jsonl or .jsonl.gz file, or a folder.")
    ],
    policy: PolicyOption = "default",
    model: Annotated[
        str | None, typer.Option("--model", metavar="NAME", help="Another name model.")
    ] = None,
    rules: RulesOption = None,
    compare: Annotated[
        list[str] | None,
        typer.Option(
            "--compare",
            metavar="SYSTEM",
            help="Also stock, stock:PACKAGE, spacy:PACKAGE or model:NAME; may be repeated.",
        ),
    ] = None,
    types: Annotated[
        list[str] | None,
        typer.Option("--type", metavar="CLASS", help="Only this class; may be repeated."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Only the first so many documents.")
    ] = None,
    bootstrap: Annotated[
        int, typer.Option("--bootstrap", min=0, help="Resamples for the intervals; 0 for none.")
    ] = 1000,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    show_text: Annotated[
        bool, typer.Option("--show-text", help="Print what was missed: somebody's text.")
    ] = False,
    debug: DebugOption = False,
) -> None:
    """Measure what would be removed against GOLD, texts in which people marked what is personal.

    \b
    Examples:
      redactor evaluate gold.jsonl.gz
      redactor evaluate seeds --policy strict --json
      redactor evaluate gold.jsonl --compare stock --compare spacy:en_core_web_lg

    GOLD is a file with a JSON object a line, {"text", "spans": [{"start", "end", "label"}],
    "doc_id"}, or a folder of NAME.gold.json files ("document", "mentions") beside their documents.
    Labels are PERSON, ORG, LOC, NORP, DATE, EMAIL, PHONE, ADDRESS, HANDLE, ID, or names of
    entities. Only classes that GOLD marks and the policy removes are judged.

    A mention is touched if something of it goes, covered if nothing of it is left. Recall and
    precision count a removal of the mention's own class that overlaps it; strict ones, that equals
    it. stock is Presidio as it comes, with the policy's name model; stock:PACKAGE with an installed
    spaCy pipeline; spacy:PACKAGE that pipeline alone. All go through the same policy.
    """
    with errors(debug=debug):
        from redactor.analysis.analyzer import Analyzer
        from redactor.evaluation.gold import read_gold
        from redactor.evaluation.measure import scope
        from redactor.evaluation.systems import compared, ours

        chosen, folders = chosen_policy(policy, model=model), chosen_rules(rules)
        analyzer = Analyzer(chosen, folders)
        entities = analyzer.detectors.entities
        among = scope(read_gold(gold, entities), chosen, entities, types or (), limit)
        systems = [ours(analyzer), *(compared(word, chosen, folders) for word in compare or ())]
        measured = list(_measured(systems, among, bootstrap))
        shown = Shown(among, measured, chosen.name, bootstrap, show_text)
        print_json(shown) if as_json else print_figures(shown)


def _measured(systems: Sequence[System], among: Scope, resamples: int) -> Iterator[Measured]:
    from redactor.evaluation.measure import measure

    done, total = 0, len(systems) * len(among.documents)
    with progress_bar(shown=True) as progress:

        def step() -> None:
            nonlocal done
            done += 1
            progress(done, total)

        for system in systems:
            yield measure(system, among, resamples, step)
