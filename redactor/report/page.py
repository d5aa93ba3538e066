"""The report for a reviewer: one HTML file with every fact of a log, private like the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from redactor.audit.records import Json
from redactor.report.copies import Context, contexts
from redactor.report.evidence import Evidence
from redactor.report.meaning import Meanings, meanings, review, unexamined
from redactor.report.names import escaped
from redactor.report.render import data, render
from redactor.report.summary import Document, Redaction, Run, Summary

MOST_BARS = 15  # of a chart; what is beyond is one bar

# The fields of a run that a page shows, with their titles, in this order.
_FACTS = (
    ("started", "Started"),
    ("policy", "Policy"),
    ("as_of", "Restrictions as of"),
    ("tool", "redactor version"),
    ("model", "Name model"),
    ("model_version", "Model version"),
    ("key_id", "Key id"),
    ("run", "Run id"),
    ("policy_digest", "Digest of the policy"),
    ("rules_digest", "Digest of the rules"),
    ("model_digest", "Digest of the model"),
)
# Each action of a policy in the past tense, for the reader of one redaction.
_ACTIONS = {
    "pseudonym": "replaced by a pseudonym",
    "label": "replaced by a label",
    "number": "replaced by a number",
    "mask": "masked",
    "keep": "found and kept",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart: its share of the longest, in percent, and what it may be filtered by."""

    label: str
    count: int
    percent: float
    about: str = ""
    value: str = ""


def report(evidence: Evidence, rules: Sequence[Path] = ()) -> str:
    """Return the page. Raises RuleError for a folder of rules that cannot be read."""
    summary, about = evidence.summary, meanings(evidence.summary, rules)
    standing, removals = summary.standing, summary.removals
    named = Counter(evidence.name(one.document) for one in removals)
    return render(
        "report.html",
        script="report.js",
        title=escaped((evidence.copies or evidence.audit).name),
        state=evidence.state,
        unfinished=summary.unfinished,
        sealed=bool(summary.sealed),
        names=bool(evidence.names),
        same_rules=about.same_rules,
        runs=[(run, _facts(run)) for run in summary.runs],
        others=summary.others,
        unexamined=unexamined(evidence),
        media=[(evidence.name(one.id), one.media_in_words) for one in summary.latest if one.media],
        read=[(evidence.name(one.id), one.read_in_words) for one in summary.latest if one.read],
        converted=[
            (evidence.name(one.id), one.converted) for one in summary.latest if one.converted
        ],
        excluded=[evidence.name(one.id) for one in summary.latest if one.status == "excluded"],
        documents=sum(1 for one in summary.latest if one.has_copy),
        removed=len(removals),
        kept=len(standing) - len(removals),
        ruled=sum(one.decision != "auto" for one in standing),
        superseded=len(summary.redactions) - len(standing),
        doubtful=sum(bool(one.review) for one in removals),
        unsure=sum("keep" in one.review and not one.removed for one in summary.redactions),
        lifted=sum(bool(one.restrict_until) and not one.removed for one in standing),
        uncoded=sum(not one.code for one in removals),
        by_type=_bars(summary.by("entity")),
        by_file=_bars(sorted(named.items(), key=lambda item: (-item[1], item[0]))),
        by_rule=_bars([one for one in summary.by("source") if one[0]], about, most=len(removals)),
        by_code=_bars([(code, n) for code, n in summary.by("code") if code]),
        scores=_histogram(summary.scores()),
        data=data(_payload(evidence, about)),
    )


def _facts(run: Run) -> list[tuple[str, str]]:
    facts = [(label, str(getattr(run.start, name) or "")) for name, label in _FACTS]
    finished = run.end.finished if run.end else ""
    facts.insert(1, ("Finished", finished or "NOT FINISHED: no end of this run is recorded"))
    if run.resumed:
        facts.insert(2, ("Broken off, and gone on with", ", ".join(run.resumed)))
    facts.append(("Exit code", str(run.end.exit_code) if run.end else ""))
    return [(label, value) for label, value in facts if value]


def _bars(
    counts: Sequence[tuple[str, int]], about: Meanings | None = None, most: int = MOST_BARS
) -> list[Bar]:
    longest = max((count for _, count in counts), default=1)
    bars = [
        Bar(label, count, 100 * count / longest, about.source(label) if about else "", label)
        for label, count in counts[:most]
    ]
    if rest := counts[most:]:
        count = sum(count for _, count in rest)
        bars.append(Bar(f"{len(rest)} others", count, min(100.0, 100 * count / longest)))
    return bars


def _histogram(scores: Sequence[int]) -> list[Bar]:
    longest = max((*scores, 1))
    ends = [f"{n / 10:.1f} to {n / 10 + 0.1:.1f}" for n in range(len(scores))]
    return [Bar(end, n, 100 * n / longest) for end, n in zip(ends, scores, strict=True)]


class _Words:
    """Texts that occur often, each once; a row has their numbers."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def __call__(self, word: str) -> int:
        return self.numbers.setdefault(word, len(self.numbers))


def _payload(evidence: Evidence, about: Meanings) -> dict[str, Json]:
    words = _Words()
    around, missing = contexts(evidence)
    rows: list[Json] = [
        _row(
            one,
            evidence,
            words,
            around.get((one.run, one.id)),
            missing.get(f"{one.run}:{one.document}", "no such place in the copy"),
        )
        for one in evidence.summary.standing
    ]
    documents = _documents(evidence, words)
    rules: dict[str, Json] = {
        source: about.source(source)
        for source in sorted(
            {each for one in evidence.summary.standing for each in (one.source, *one.because)}
            - {""}
        )
    }
    return {"words": list(words.numbers), "rows": rows, "documents": documents, "rules": rules}


def _row(
    one: Redaction, evidence: Evidence, words: _Words, context: Context | None, missing: str
) -> Json:
    shown = context or Context("", one.placeholder, "")
    if context and one.placeholder and context.place != one.placeholder:
        missing = "the copy does not have the placeholder here"
        shown = Context("", one.placeholder, "")
        context = None
    who = f"{one.decision}{f' by {one.reviewer}' if one.reviewer else ''}"
    because = [source for source in one.because if source != one.source]
    return [
        words(evidence.name(one.document)),
        words(one.part),
        one.line or 0,
        one.start,
        one.end,
        words(one.entity),
        words(one.source),
        words("\n".join(because)),
        None if one.score is None else round(one.score, 2),
        words(_ACTIONS.get(one.action, one.action)),
        int(one.removed),
        words(one.amount),
        words(one.scope),
        words(who),
        words("; ".join(review(each) for each in one.review)),
        words(one.code),
        words("\n".join(part for part in (one.basis, one.reason) if part)),
        words(one.restrict_until),
        one.run + 1,
        one.id.rpartition(":")[2],
        "" if context else words(missing),
        shown.before,
        shown.place,
        shown.after,
        words(one.note),
        words(_before(one)),
    ]


def _before(one: Redaction) -> str:
    """Return what had been decided about a place before a person did."""
    said = dict(one.earlier)
    if not said:
        return ""
    number = one.supersedes.rpartition(":")[2]
    action = said.get("action", "")
    who = said.get("reviewer") or ("the policy" if said.get("decision") == "auto" else "")
    parts = [
        _ACTIONS.get(action, action),
        said.get("entity", "").replace("_", " "),
        said.get("code", ""),
        f"{said.get('decision', '')} by {who}" if said.get("decision") != "auto" else f"by {who}",
        f"no. {number}" if number else "",
    ]
    return ", ".join(part for part in parts if part)


def _documents(evidence: Evidence, words: _Words) -> Json:
    summary = evidence.summary
    removed, kept, doubtful = _counted(summary)
    return [
        [
            words(evidence.name(one.id)),
            words(one.status),
            removed[one.run, one.id],
            None if summary.sealed else kept[one.run, one.id],
            None if summary.sealed else doubtful[one.run, one.id],
            words(_proof(one.verified, one.checks)),
            words("; ".join(_not_examined(one))),
            one.sha256,
            one.run + 1,
        ]
        for one in summary.latest
    ]


def _not_examined(one: Document) -> list[str]:
    """Return what of a document was not examined, each in words."""
    parts = [f"{part}: {code}" for part, code in one.not_examined]
    said = (
        one.media_in_words,
        one.read_in_words,
        one.converted_in_words,
        one.dropped_in_words,
        one.mistyped_in_words,
    )
    return [*parts, *filter(None, said)]


def _counted(summary: Summary) -> tuple[Counter[tuple[int, str]], ...]:
    """Count by run and document: what was removed, kept, and is to be looked at."""
    rows = summary.standing
    return (
        Counter((one.run, one.document) for one in rows if one.removed),
        Counter((one.run, one.document) for one in rows if not one.removed),
        Counter((one.run, one.document) for one in rows if one.review),
    )


def _proof(result: str, checks: Sequence[str]) -> str:
    return f"{result}: {', '.join(checks)}" if result else "no copy"
