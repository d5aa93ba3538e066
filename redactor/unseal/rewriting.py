"""Copies written anew: a document with some edits, read as it was when it was redacted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import BinaryIO

from redactor.audit.vault import SealedDocument, SealedRedaction
from redactor.files import Draft
from redactor.formats import FORMATS, Container, Layout
from redactor.formats.budget import unlimited
from redactor.formats.rewriting import Edits, LeftOut, TreeEdit, TreeWriter, Written
from redactor.formats.tree import Node, Path, Reading, composed_paths, root
from redactor.model import Edit
from redactor.pipeline.copy_check import check_reading, check_rest

__all__ = ["rewrite", "rewrite_source"]


def rewrite(
    source: BinaryIO,
    layouts: Mapping[Path, Layout],
    edits: Edits,
    draft: Draft,
    *,
    left_out: LeftOut | None = None,
) -> None:
    """Write a document with edits, and check its bytes outside them and its texts.

    Raises OutputError, and as the formats do.
    """
    node = root(source, "", Reading(unlimited(), layouts=layouts))
    reading = Reading(unlimited(), layouts=layouts)
    writer = TreeWriter(
        edits, reading, left_out=left_out or LeftOut(), check=_check, note=lambda _: None
    )
    writer.write(node, draft, draft.read_back)
    edits.require_done()


def _check(node: Node, copy: BinaryIO, written: Written) -> None:
    check_rest(node, copy, written)
    check_reading(node, copy, written)


def rewrite_source(
    source: BinaryIO, about: SealedDocument, redactions: Iterable[SealedRedaction], draft: Draft
) -> None:
    """Write a sealed source with some of its redactions; with all of them it is the copy."""
    layouts = {path: Layout(name, settings) for path, name, settings in about.layouts}
    edits = _edits(redactions, layouts)
    composed = composed_paths(layouts.items())
    left_out = LeftOut(frozenset(about.omitted), frozenset(about.blanked), composed)
    rewrite(source, layouts, edits, draft, left_out=left_out)


def _edits(redactions: Iterable[SealedRedaction], layouts: Mapping[Path, Layout]) -> Edits:
    """Return the edits of redactions: those of documents as they are written, of names by path."""
    streamed: list[TreeEdit] = []
    names: dict[Path, list[Edit]] = {}
    for one in redactions:
        inside = one.path in layouts and layouts[one.path].format in _CONTAINERS
        for edit in one.edits:
            if edit.segment < 0 or inside:
                names.setdefault(one.path, []).append(edit)
            else:
                streamed.append(TreeEdit(one.path, edit))
    streamed.sort(key=lambda one: (one.path, one.edit.segment, one.edit.start))
    return Edits(streamed, names)


_CONTAINERS = frozenset(form.name for form in FORMATS if isinstance(form, Container))
