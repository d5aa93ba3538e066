"""The fields of a policy file and their types; their meaning is that of `Policy`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from redactor.config.actions import ActionField
from redactor.config.codes import ExemptionFields
from redactor.config.document import Country, Strict
from redactor.model import DEEPEST, Limits, RasterPages, check_languages

__all__ = ["ColumnFields", "EntityFields", "ModelFields", "PolicyFields"]

_Score = Annotated[float, Field(ge=0, le=1)]
_Countries = Annotated[list[Country], AfterValidator(lambda given: sorted(set(given)))]


class EntityFields(ExemptionFields):
    """The settings for one entity; those that are None are the general ones."""

    action: ActionField | None = None
    threshold: _Score | None = None
    review: _Score | None = None


class ColumnFields(Strict):
    """The treatment of a column that is one entity."""

    action: ActionField
    entity: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,39}$")] = "COLUMN"


def _treatment(given: object) -> object:
    """Return a word for a column unchanged; one of an action as its fields."""
    word = isinstance(given, str) and given not in {"keep", "detect"}
    return {"action": given} if word else given


class ModelFields(Strict):
    """The name model: one of the three kinds, its labels and score."""

    spacy: str | None = None
    huggingface: str | None = None
    gliner: str | None = None
    labels: dict[str, str] = Field(default_factory=dict)
    score: _Score | None = None


class LimitFields(Strict):
    """The limits, by default those of `Limits`."""

    file_bytes: Annotated[int, Field(gt=0)] = Limits().file_bytes
    rule_seconds: Annotated[float, Field(gt=0)] = Limits().rule_seconds
    tree_bytes: Annotated[int, Field(gt=0)] = Limits().tree_bytes
    members: Annotated[int, Field(gt=0)] = Limits().members
    depth: Annotated[int, Field(ge=0, le=DEEPEST)] = Limits().depth
    ratio: Annotated[int, Field(gt=0)] = Limits().ratio
    tree_seconds: Annotated[float, Field(gt=0)] = Limits().tree_seconds
    document_seconds: Annotated[float, Field(gt=0)] = Limits().document_seconds
    memory_bytes: Annotated[int, Field(gt=0)] = Limits().memory_bytes
    opaque_bytes: Annotated[int, Field(gt=0)] = Limits().opaque_bytes


class PolicyFields(ExemptionFields):
    """A policy file: its general settings, entities and lists."""

    name: str
    about: str
    codes: str | None = None
    action: ActionField = "pseudonym"
    threshold: _Score = 0.4
    review: _Score | None = None
    remove: dict[str, EntityFields | None]
    keep: list[str] = Field(default_factory=list)
    unlisted: Literal["remove", "keep"] = "remove"
    model: str | ModelFields | None = None
    limits: LimitFields = LimitFields()
    allow_list: str | list[Any] | None = None
    deny_list: str | list[Annotated[str, Field(min_length=1)]] | None = None
    recognizers: str | list[Any] | None = None
    columns: dict[
        Annotated[str, Field(min_length=1)],
        Annotated[Literal["keep", "detect"] | ColumnFields, BeforeValidator(_treatment)],
    ] = Field(default_factory=dict)
    titles: Literal["keep", "remove"] = "keep"
    parts: Literal["refuse", "omit"] = "refuse"
    media: Literal["keep", "omit", "refuse"] = "refuse"
    ocr: Annotated[str, AfterValidator(check_languages)] | None = None
    raster: RasterPages = "none"
    convert: bool = False
    names: Literal["redact", "keep"] = "redact"
    link: Literal["document", "collection"] = "document"
    countries: _Countries | None = None
