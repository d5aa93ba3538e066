"""The policy of a run, and the name model that it chooses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from redactor.model.actions import Action, EntityPolicy, Exemption
from redactor.model.columns import Columns
from redactor.model.limits import Limits
from redactor.model.lists import AllowedPerson, TermList
from redactor.model.rules import Recognizer
from redactor.model.seeing import Seeing

MODEL_KINDS = ("spacy", "huggingface", "gliner")


@dataclass(frozen=True, slots=True)
class NameModel:
    """The name model of a policy. `labels` maps its labels to entities, beside the usual ones.

    `kind` is `spacy` (a shipped model, an installed package or a folder), `huggingface` or
    `gliner` (a folder). `score` is given to all findings of a model without probabilities.
    """

    name: str = "accurate"
    kind: str = "spacy"
    labels: tuple[tuple[str, str], ...] = ()
    score: float | None = None

    @classmethod
    def named(cls, text: str) -> NameModel:
        """Return the model that a setting names: `fast`, `spacy:NAME` or `huggingface:FOLDER`."""
        kind, _, name = text.partition(":")
        return cls(name, kind) if kind in MODEL_KINDS and name else cls(text)


# `[PERSON]`, and `<PERSON>` as Presidio writes it: one pair of brackets around the whole value.
_BRACKETED = re.compile(r"\[[^\[\]<>]+\]|<[^\[\]<>]+>")


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings of a run: which entities are redacted, how, and which people and terms are kept.

    `allow_list` are the people who are kept; `restricted` are those who are redacted until a
    restriction on them has ended, and kept from then on.

    Terms of `deny_list` are redacted even if their entity or their person is kept; `allowed_terms`
    are kept, unless they are part of a longer value that is redacted.

    `parts` is the treatment of a document with a part that cannot be examined: the document is
    refused, or its copy omits the part. `media` is that of a document with pictures, sounds, films
    or fonts, whose content is not examined: its copy keeps or omits them, or it is refused.
    `seeing` says how pixels are examined: the languages of OCR, and pages that become pictures.
    By `convert`, LibreOffice makes what can be read of old documents of Office.
    `names` is that of names of files and folders: copies have them redacted, or keep them.
    `link` tells how far a person is known: in one document, or in all of a run. `subjects` are
    those on the allow list whose own data is kept in all of it.
    `titles` is that of "Dr" before a removed name and of "Jr" after it. `countries` are those whose
    rules and recognisers are run, beside the ones for every country; None stands for all countries.
    `recognizers` are Presidio's, as configured in files, beside its own that always run. `columns`
    are those of tables, and keys of JSON, which are treated by name.

    `digest` is the SHA-256 of the policy's content, for the log. `as_of` is the day for which
    expired restrictions were determined; if it is None, none has expired. `exemptions` are those of
    the policy and of its code set, by code. `places` are the file and line of each entity.
    """

    name: str
    about: str
    entity_policies: Mapping[str, EntityPolicy] = field(hash=False)
    unlisted: EntityPolicy
    model: NameModel = NameModel()
    limits: Limits = field(default_factory=Limits)
    allow_list: tuple[AllowedPerson, ...] = field(default=(), repr=False)
    restricted: tuple[AllowedPerson, ...] = field(default=(), repr=False)
    titles: Literal["keep", "remove"] = "keep"
    parts: Literal["refuse", "omit"] = "refuse"
    media: Literal["keep", "omit", "refuse"] = "refuse"
    seeing: Seeing = field(default_factory=Seeing)
    convert: bool = False
    names: Literal["redact", "keep"] = "redact"
    link: Literal["document", "collection"] = "document"
    subjects: tuple[AllowedPerson, ...] = field(default=(), repr=False)
    countries: frozenset[str] | None = None
    deny_list: TermList = field(default_factory=TermList)
    allowed_terms: TermList = field(default_factory=TermList)
    recognizers: tuple[Recognizer, ...] = ()
    columns: Columns = field(default_factory=Columns)
    digest: str = ""
    as_of: date | None = None
    exemptions: Mapping[str, Exemption] = field(default_factory=dict, compare=False, repr=False)
    places: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def entity_policy(self, entity: str) -> EntityPolicy:
        """Return the settings for an entity; those of `unlisted` if it has none of its own."""
        return self.entity_policies.get(entity, self.unlisted)

    def removes(self, entity: str) -> bool:
        """Tell whether findings of an entity are redacted, if their score reaches the threshold."""
        return self.seeks(entity) and not self.entity_policy(entity).expired

    def seeks(self, entity: str) -> bool:
        """Tell whether an entity is detected: it is redacted, or a restriction on it has ended."""
        return self.entity_policy(entity).action is not Action.KEEP

    def removal(self, entity: str) -> EntityPolicy:
        """Return settings that redact an entity, even if it is kept: for terms of the deny list."""
        ways = (self.entity_policy(entity), self.unlisted, EntityPolicy(Action.PSEUDONYM, 0.0))
        return next(way for way in ways if way.action is not Action.KEEP)

    @property
    def labels(self) -> frozenset[str]:
        """Return the bracketed labels of the operator `replace`, without brackets: `NAME`."""
        every = (*self.entity_policies.values(), self.unlisted)
        values = {
            str(value)
            for one in every
            if one.action is Action.REPLACE
            for name, value in one.parameters
            if name == "new_value"
        }
        between = {value[1:-1] for value in values if _BRACKETED.fullmatch(value)}
        return frozenset(between)

    @property
    def codes(self) -> frozenset[str]:
        """Return the exemption codes that placeholders may show."""
        every = (*self.entity_policies.values(), self.unlisted)
        return frozenset(one.exemption.code for one in every if "code" in one.shows) - {""}
