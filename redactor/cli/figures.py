"""What `redactor evaluate` prints: tables for people, JSON for machines.

Text of the gold is in neither, unless the misses were asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from redactor.cli.output import say, shown_name, table

if TYPE_CHECKING:
    from redactor.evaluation.counts import Miss
    from redactor.evaluation.measure import Measured, Scope
    from redactor.evaluation.score import Figure, Group

_BY_CLASS = {
    "touched": "touched",
    "covered": "covered",
    "recall": "recall",
    "precision": "precision",
    "F1": "f1",
}
_STRICT = {"recall": "strict_recall", "precision": "strict_precision", "F1": "strict_f1"}


@dataclass(frozen=True, slots=True)
class Shown:
    """All that is printed; misses only if `show_text`."""

    among: Scope
    measured: Sequence[Measured]
    policy: str
    resamples: int
    show_text: bool


def print_figures(shown: Shown) -> None:
    """Print the figures, system beside system, with their 95 % intervals in brackets."""
    _head(shown)
    _print("By class: touched and covered by any removal; recall, precision and F1 by overlap")
    _classes(shown, _BY_CLASS)
    _print("By class, strict: the removal begins and ends where the mention does")
    _classes(shown, _STRICT)
    _print("Documents and characters; what the policy keeps counts as left for DIRECT and QUASI")
    _documents(shown)
    _print("By source: removals it took part in, and those that it alone brought")
    _sources(shown)
    if shown.show_text:
        _print("Left in the text, in part or whole")
        _missed(shown)


def _print(title: str) -> None:
    say("", title)


def _head(shown: Shown) -> None:
    among = shown.among
    records = sum(len(document.records) for document in among.documents)
    say(
        f"gold: {len(among.documents)} documents, {records} texts, {among.characters} characters, "
        f"{sum(among.marked.values())} mentions"
    )
    say(f"judged under the policy {shown.policy}: {', '.join(sorted(among.judged))}")
    if among.kept:
        say(f"not judged, since the policy keeps them: {', '.join(sorted(among.kept))}")
    if among.unsought:
        say(f"not judged, since nothing finds them: {', '.join(sorted(among.unsought))}")
    say("not judged either: any class that the gold never marks")
    say(f"in brackets: 95 % intervals, {shown.resamples} resamples of the documents")


def _classes(shown: Shown, columns: dict[str, str]) -> None:
    labels = [*sorted(shown.among.judged), "all"]
    rows = []
    for label in labels:
        for one in shown.measured:
            group = one.groups.get(f"type {label}")
            if group is None:
                continue
            cells = [_cell(group.figures[name]) for name in columns.values()]
            rows.append([label, str(group.counts.get("gold", 0)), one.system, *cells])
    table(("class", "gold", "system", *columns), rows)


def _documents(shown: Shown) -> None:
    head = (
        "system",
        "documents with a person",
        "with an untouched one",
        "removed in vain per 1000 characters",
        "DIRECT recall",
        "QUASI recall",
    )
    rows = []
    for one in shown.measured:
        text = one.groups["text"]
        rows.append(
            [
                one.system,
                str(text.counts["with_people"]),
                f"{text.counts['untouched']}: {_cell(text.figures['untouched_documents'])}",
                _cell(text.figures["beyond_per_1000"]),
                *(_identified(one, kind) for kind in ("DIRECT", "QUASI")),
            ]
        )
    table(head, rows)


def _identified(one: Measured, kind: str) -> str:
    group = one.groups.get(f"identifiers {kind}")
    return _cell(group.figures["recall"]) if group else "-"


def _sources(shown: Shown) -> None:
    rows = []
    for one in shown.measured:
        for source, group in _named(one, "source"):
            if ":" not in source:
                counts = [str(group.counts.get(kind, 0)) for kind in ("found", "alone")]
                figures = [_cell(group.figures[name]) for name in ("precision", "share")]
                rows.append([one.system, source, *counts, *figures])
    head = ("system", "source", "removals", "alone", "precision", "share of all mentions touched")
    table(head, rows)


def _missed(shown: Shown) -> None:
    rows = [
        [one.system, *(str(cell) for cell in _miss(miss).values())]
        for one in shown.measured
        for miss in one.misses
    ]
    table(("system", "document", "record", "class", "start", "end", "touched", "text"), rows)


def _miss(miss: Miss) -> dict[str, str | int | bool]:
    mention = miss.mention
    return {
        "document": shown_name(miss.document.name.removeprefix("=")),
        "record": miss.record.number,
        "class": mention.label,
        "start": mention.start,
        "end": mention.end,
        "touched": miss.touched,
        "text": shown_name(miss.record.text[mention.start : mention.end]),
    }


def _cell(figure: Figure) -> str:
    if figure.value is None:
        return "-"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.3f}"
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"


def _named(one: Measured, kind: str) -> Iterator[tuple[str, Group]]:
    """Yield the groups of a kind, without it in their names."""
    for name, group in one.groups.items():
        if name.startswith(f"{kind} "):
            yield name.removeprefix(f"{kind} "), group


def print_json(shown: Shown) -> None:
    """Print everything, with the counts that the figures come from."""
    among = shown.among
    said = {
        "gold": {
            "documents": len(among.documents),
            "records": sum(len(document.records) for document in among.documents),
            "characters": among.characters,
            "mentions": among.marked,
        },
        "policy": shown.policy,
        "judged": sorted(among.judged),
        "kept_by_the_policy": sorted(among.kept),
        "found_by_nothing": sorted(among.unsought),
        "resamples": shown.resamples,
        "systems": [_system(one, show_text=shown.show_text) for one in shown.measured],
    }
    say(*json.dumps(said, indent=1, ensure_ascii=True).splitlines())


def _system(one: Measured, *, show_text: bool) -> dict[str, object]:
    said: dict[str, object] = {
        "name": one.system,
        "classes": {name: _group(group) for name, group in _named(one, "type")},
        "sources": {name: _group(group) for name, group in _named(one, "source")},
        "identifiers": {name: _group(group) for name, group in _named(one, "identifiers")},
        "documents": _group(one.groups["text"]),
    }
    return said | ({"misses": [_miss(miss) for miss in one.misses]} if show_text else {})


def _group(group: Group) -> dict[str, object]:
    figures = {name: _rounded(figure) for name, figure in group.figures.items()}
    return {"counts": dict(group.counts), "figures": figures}


def _rounded(figure: Figure) -> dict[str, float | None]:
    return {name: None if v is None else round(v, 6) for name, v in asdict(figure).items()}
