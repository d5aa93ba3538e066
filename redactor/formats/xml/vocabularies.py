"""What is known of some vocabularies of XML: where a text begins and ends, and what is no text.

A vocabulary is chosen by the namespaces that the root element names. What no row knows is read by
the rule for any XML: text joins across the elements in it, if there is text beside them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from redactor.formats.html.names import BLOCKS, CELLS
from redactor.model import Kind, Slot


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A vocabulary; all names are local ones, without prefix.

    The content of `paragraphs` is one text, whatever elements are in it but `blocks`. If there are
    `texts`, only those elements have text of a paragraph, each of its kind. `gaps` are empty
    elements in the place of a character. Texts and values that look technical are skipped, if
    `terse` says that most are; `shown` are attributes with text, `hidden` attributes and elements
    without. `quiet` elements give no label to their texts. `slots` are those of texts and
    attributes.
    """

    name: str
    namespaces: re.Pattern[str]
    paragraphs: frozenset[str] = frozenset()
    blocks: frozenset[str] = frozenset()
    texts: Mapping[str, Kind] = field(default_factory=dict)
    gaps: Mapping[str, str] = field(default_factory=dict)
    terse: bool = False
    shown: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    quiet: frozenset[str] = frozenset()
    slots: Mapping[str, Slot] = field(default_factory=dict)


# Namespaces of standards, by host; a namespace of other people is examined.
STANDARD_NAMESPACE = re.compile(
    r"(?:https?://(?:[\w-]+\.)*(?:w3|openxmlformats|microsoft|purl|oasis-open|loc|tei-c|oclc|adobe"
    r"|opengis|topografix|garmin|google|itunes|apple|dublincore|mathml|sourceforge|inkscape|daisy"
    r"|idpf|xmlsoap|openoffice|libreoffice|documentfoundation|apache|iso|openarchives|rssboard)"
    r"\.(?:org|com|gov|net|ch|int)(?:[/#][^@~]*)?|urn:[\w:.-]+)"
)


def is_standard_namespace(name: str, value: str) -> bool:
    """Tell whether an attribute declares namespaces of standards alone."""
    declares = name == "xmlns" or name.startswith("xmlns:") or name.endswith(":schemaLocation")
    return declares and all(map(STANDARD_NAMESPACE.fullmatch, value.split()))


# Elements of TEI, EAD, DocBook and DITA that hold paragraphs of their own, beside those of HTML.
_MORE_BLOCKS = (
    "ab argument back bibl bibliolist biblioentry byline caption castItem castList cell chapter"
    " closer dateline docAuthor docDate docTitle entry epigraph example figDesc glossentry group"
    " head item itemizedlist l label lg linegroup list listitem mediaobject monogr msItem note"
    " opener orderedlist para postscript programlisting q quote row salute sect1 sect2 sect3"
    " sect4 section signed simpara sp speaker stage table teiHeader text title titlePage titlePart"
    " trailer"
).split()
_QUIET = (BLOCKS | CELLS | {"a", "b", "i", "em", "strong", "span", "div", "p", "t", "text"}) - {
    "address",
    "title",
}
_URLS = dict.fromkeys(
    "Target href src action url uri location xmlUrl htmlUrl schemaLocation link".split(), Slot.URL
)

ANY = Vocabulary(
    "any",
    re.compile(r"(?!)"),
    blocks=frozenset(_MORE_BLOCKS) | BLOCKS | CELLS,
    gaps={"lb": "\n", "br": "\n"},
    quiet=frozenset(_QUIET) | {"para", "ab", "l", "seg", "hi", "item", "value", "tspan"},
    slots=_URLS,
)

VOCABULARIES = (ANY,)


def vocabulary_of(root: str) -> Vocabulary:
    """Return the vocabulary of a document by its first tag."""
    return next((one for one in VOCABULARIES if one.namespaces.search(root)), ANY)


def vocabulary_named(name: str) -> Vocabulary:
    """Return the vocabulary of that name; that of any XML for a name of another version."""
    return next((one for one in VOCABULARIES if one.name == name), ANY)
