"""The meaning of the short names in a log, in a sentence each.

A rule explains itself (`about` in its file). The present rules may differ from those of the run:
then an explanation is of the present rule, and `Meanings.same_rules` is false.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from redactor import errors
from redactor.config.rules import bundled_rules, parse_rules
from redactor.files import tree_digest
from redactor.report.evidence import Evidence
from redactor.report.summary import Summary

# The methods by which `redactor.detect.coreference` links a mention to a person: `link:initial`.
_LINKS = {
    "full name": "The full name of a person who was found elsewhere in the document",
    "surname first": "Surname before given name, of a person who was found elsewhere",
    "initial": "A name with an initial, of a person who was found elsewhere",
    "initials": "The initials of a person who was found elsewhere",
    "letters": "A name spelled letter by letter, of a person who was found elsewhere",
    "speaker": "A speaker's name before what they say, of a person who was found elsewhere",
    "family": "A family by the surname of a person who was found elsewhere",
    "name": "The surname or given name alone, of a person who was found elsewhere",
    "short": "A nickname or short form, of a person who was found elsewhere",
    "address": "A person's name inside an e-mail address or account name",
    "file name": "A person after whom the file is named",
    "value": "Another place where a value stands that was found elsewhere in the document",
    "collection": "Another document of the collection has this person, or several of this name",
    "glued": "A person's name glued together with other words",
}
_AND = " + "  # between a rule and what it was found together with
# The sources of findings other than rules, by the words before the name in `Finding.source`.
_KINDS = {
    "presidio": "Microsoft Presidio's recogniser {name}",
    "model": "The name model {name} read this as a name; the score says how sure it was",
    "link": "Linked by redactor: {name}",
    "list:remove": "A term of the user's own deny list",
    "list:keep": "A value of the user's own allow list",
    "list:keep-person": "The own data of a person who is kept in the whole collection",
    "review": "A text that a reviewer added",
}
# The reasons for a review: the values of `Decision.review`, and that of near misses.
_REVIEWS = {
    "score": "the score is low",
    "link": "it could be another person's",
    "keep": "it is uncertain whether this is the person on the allow list",
    "near": "it was kept, but its score is just below the threshold",
}


@dataclass(frozen=True, slots=True)
class Meanings:
    """Sentences for sources; `same_rules` tells whether the present rules are those of the log."""

    abouts: Mapping[str, str]
    same_rules: bool

    def source(self, source: str) -> str:
        """Return what a source of findings is, in a sentence."""
        kind, _, name = source.partition(":")
        if kind == "rule":
            about = self.abouts.get(name.partition(_AND)[0])
            return f"{about.rstrip('.')}." if about else f"The rule {name}, which is not at hand."
        if kind == "link":
            return f"{_LINKS.get(name, f'Linked by redactor: {name}')}."
        sentence = _KINDS.get(source) or _KINDS.get(kind, "{name}")
        return f"{sentence.format(name=name or source)}."


def meanings(summary: Summary, rules: Sequence[Path] = ()) -> Meanings:
    """Return what the names in a log mean, by the shipped rules and those in more folders.

    A file among them holds recognisers of Presidio's kind, which are known by their names. Raises
    RuleError for a folder of rules that cannot be read.
    """
    paths = (bundled_rules(), *rules)
    folders = [path for path in paths if not path.is_file()]
    abouts = {rule.id: rule.about for folder in folders for rule in parse_rules(folder)}
    recorded = {run.start.rules_digest for run in summary.runs}
    return Meanings(abouts, recorded <= {tree_digest(paths)})


def reason(code: str) -> str:
    """Return why something was not examined, in a sentence; `code` is the name of an error."""
    if code == "Excluded":
        return "Left out on purpose: named in .redactorignore."
    kind = _error(code)
    return (kind.__doc__ or code).strip().partition("\n")[0] if kind else code


def _error(code: str) -> type[errors.RedactorError] | None:
    kind = getattr(errors, code, None)
    return kind if isinstance(kind, type) and issubclass(kind, errors.RedactorError) else None


def review(code: str) -> str:
    """Return why a person should look at a place."""
    return _REVIEWS.get(code, code)


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that was not examined: name and part, why, and what to do about it."""

    name: str
    part: str
    why: str
    advice: str
    uri: str = ""


def unexamined(evidence: Evidence) -> list[Missing]:
    """Return everything that was not examined, but for what was left out on purpose."""
    return [
        Missing(
            evidence.name(document.id),
            part,
            reason(code),
            kind.hint if kind else "",
            evidence.uri(document.id),
        )
        for document in evidence.summary.unexamined
        if document.status not in {"excluded", "withdrawn"}
        for part, code in (document.not_examined or (("document", document.status),))
        for kind in (_error(code),)
    ]
