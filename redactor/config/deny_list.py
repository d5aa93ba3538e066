"""Deny lists: terms that are redacted, whatever else is found.

Errors name lines, and quote nothing.

Plain text has one term a line; a line of `#` alone, or with a blank after it, is a comment. CSV
(`.csv`) has a header row with `term` and, if wanted, `type`: the entity of the term, as PERSON or
CASE_NUMBER. A term without a type has the entity DENY_LIST.

Terms that differ only in case, accents or a possessive ending are equal. A repeated term counts
once; with two types it contradicts itself. A term of one character is refused: it would be redacted
everywhere.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from redactor.config.document import NotReadableError
from redactor.config.listing import joined_problems, read_text, table
from redactor.errors import DenyListError
from redactor.model import Policy, TermList
from redactor.text import normalize, view

__all__ = ["DENY_LIST", "load_deny_list", "term_list", "term_problem", "with_deny_list"]

DENY_LIST = "DENY_LIST"
"""The entity of a denied term that has no type of its own."""

Row = tuple[int, str, str]
"""The line of a term, the term, and its type."""

_LONGEST = 200  # characters of a term; a longer one might not fit in one window of a text
# The name of an entity: PERSON, CASE_NUMBER.
_ENTITY = re.compile(r"[A-Z][A-Z0-9_]{0,40}")
# A term that the view does not change, as most terms of a long list: it is not normalised.
_PLAIN = re.compile("[a-zA-Z0-9 ]+")
# A sign that distinguishes terms, as in "C++" and "C"; the others may separate words.
_SIGN = re.compile(r"[^\w\s.,;:'\"()*/_-]")
# A possessive ending: "Vance's", "the Vances'".
_POSSESSIVE = re.compile(r"(?<=\w)['\u2019][sS]?\s*\Z")


def load_deny_list(path: Path) -> tuple[tuple[str, str], ...]:
    """Return the terms of a file, each with its entity. Raises DenyListError."""
    listed = f"the deny list {path}"
    text = read_text(path, listed, DenyListError)
    try:
        rows = list(_csv(text) if path.suffix.lower() == ".csv" else _plain(text))
    except NotReadableError as error:
        raise DenyListError(f"{listed} {error}") from None
    return parse_terms(rows, listed, "line")


def parse_terms(rows: Sequence[Row], listed: str, unit: str) -> tuple[tuple[str, str], ...]:
    """Return the terms of a list called `listed`, whose rows are counted in `unit`s.

    Raises DenyListError for every wrong row, and for an empty list.
    """
    known: dict[str, tuple[int, str, str]] = {}
    wrong = []
    for number, given, entity in rows:
        term = _POSSESSIVE.sub("", given.strip())
        first = known.setdefault(_key(term), (number, entity, term))
        if problem := term_problem(term, entity):
            wrong.append(f"{unit} {number}: {problem}")
        elif first[1] != entity:
            wrong.append(f"{unit} {number}: another type for the term of {unit} {first[0]}")
    if wrong:
        raise DenyListError(f"{listed}, {joined_problems(wrong)}")
    if not known:
        raise DenyListError(f"{listed} names no term")
    return tuple((term, entity) for _, entity, term in known.values())


def term_problem(term: str, entity: str) -> str:
    """Return the problem of a term or its type; an empty text if there is none."""
    seen = _seen(term)
    if not _ENTITY.fullmatch(entity):
        return "a type is written in capitals, as PERSON and CASE_NUMBER"
    if not normalize(seen):
        return "a term without a letter or digit"
    if len(seen.strip()) < 2:
        return "a term of one character would be removed everywhere"
    return "a term of more than 200 characters" if len(term) > _LONGEST else ""


def _key(term: str) -> str:
    """Return the canonical form by which terms are equal: words and distinguishing signs."""
    seen = _seen(term)
    return normalize(seen) + "".join(_SIGN.findall(seen))


def _seen(term: str) -> str:
    return term if _PLAIN.fullmatch(term) else view(term).text


def _plain(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.splitlines(), 1):
        term = line.strip()
        if term and term != "#" and not term.startswith("# "):
            yield number, term, DENY_LIST


def _csv(text: str) -> Iterator[Row]:
    for number, row in table(text, ("term", "type"), "term"):
        yield number, row.get("term", ""), row.get("type", DENY_LIST).strip()


def term_list(terms: Iterable[tuple[str, str]]) -> TermList:
    """Return terms, sorted, as a list with its digest; an empty list has none."""
    listed = tuple(sorted(set(terms)))
    content = json.dumps(listed)
    return TermList(listed, hashlib.sha256(content.encode()).hexdigest()) if listed else TermList()


def with_deny_list(policy: Policy, terms: Iterable[tuple[str, str]]) -> Policy:
    """Return a policy that also redacts these terms. Raises DenyListError.

    Its digest depends on the terms, and not on their order. A term that is on the allow list too is
    refused.
    """
    added = set(terms) - set(policy.deny_list.terms)
    if not added:
        return policy
    types = {_key(term): entity for term, entity in policy.deny_list.terms}
    if types and any(types.get(_key(term), entity) != entity for term, entity in added):
        raise DenyListError("two deny lists contradict each other about a type")
    changed = replace(
        policy,
        deny_list=term_list({*policy.deny_list.terms, *added}),
        digest=_digest(policy.digest, term_list(added).digest),
    )
    check_apart(changed)
    check_exemptions(changed)
    return changed


def check_apart(policy: Policy) -> None:
    """Raise DenyListError for a term that is on both lists."""
    kept = {
        normalize(name)
        for person in (*policy.allow_list, *policy.restricted)
        for name in person.names
    }
    kept |= {normalize(term) for term, _ in policy.allowed_terms.terms}
    both = sum(normalize(term) in kept for term, _ in policy.deny_list.terms) if kept else 0
    if both:
        terms = "1 term of the deny list is" if both == 1 else f"{both} terms of the deny list are"
        raise DenyListError(f"{terms} on an allow list as well")


def check_exemptions(policy: Policy) -> None:
    """Raise DenyListError for a term in a code, basis or reason: the log would contain it."""
    denied = {normalize(term) for term, _ in policy.deny_list.terms}
    exemptions = {one.exemption for one in (*policy.entity_policies.values(), policy.unlisted)}
    texts = {text for one in exemptions for text in (one.code, one.basis, one.reason) if text}
    if any(not denied.isdisjoint(_runs(normalize(text).split())) for text in texts):
        raise DenyListError("a code, basis or reason in the policy holds a term of the deny list")


def _runs(words: Sequence[str]) -> Iterator[str]:
    """Yield every run of consecutive words."""
    for start in range(len(words)):
        yield from (" ".join(words[start:end]) for end in range(start + 1, len(words) + 1))


def _digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
