"""What is known of some vocabularies of XML: where a text begins and ends, and what is no text.

A vocabulary is chosen by the namespaces that the root element names. What no row knows is read by
the rule for any XML: text joins across the elements in it, if there is text beside them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from redactor.formats.html.names import BLOCKS, CELLS
from redactor.formats.html.page import is_standard_value
from redactor.formats.xml.common_words import is_common_name
from redactor.formats.xml.formulas import ESCAPED
from redactor.model import Kind, Slot


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A vocabulary; all names are local ones, without prefix.

    The content of `paragraphs` is one text, whatever elements are in it but `blocks`. If there are
    `texts`, only those elements have text of a paragraph, each of its kind. `gaps` are empty
    elements in the place of a character. Texts and values that look technical are skipped, if
    `terse` says that most are; `shown` are attributes with text, `hidden` attributes and elements
    without. `quiet` elements give no label to their texts. `slots` are those of texts and
    attributes. `cells` says that numbers are looked for in cells, and `formulas` are
    elements and attributes with names of sheets and strings.
    """

    name: str
    namespaces: re.Pattern[str]
    paragraphs: frozenset[str] = frozenset()
    blocks: frozenset[str] = frozenset()
    texts: Mapping[str, Kind] = field(default_factory=dict)
    gaps: Mapping[str, str] = field(default_factory=dict)
    terse: bool = False
    cells: bool = False
    shown: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    quiet: frozenset[str] = frozenset()
    slots: Mapping[str, Slot] = field(default_factory=dict)
    formulas: frozenset[str] = frozenset()

    def shows(
        self, name: str, value: str, within: tuple[str, str], *, external: bool = False
    ) -> bool:
        """Tell whether the value of an attribute is a text.

        `within` are the element around the attribute's own and that itself, `external` says that
        the target of a relationship is no part of the package.
        """
        if not WORDS.search(value) or name in {"xml:space", "xml:lang"}:
            return False
        if is_standard_namespace(name, value):
            return False
        local = name.rpartition(":")[2]
        if self.terse:
            return self._shows(local, value, *within, external=external)
        return not _MEASURE.fullmatch(value) and not is_standard_value(local.lower(), value)

    def _shows(self, local: str, value: str, above: str, element: str, *, external: bool) -> bool:
        if element == "Relationship":
            return local == "Target" and external
        for known in (f"{above}/{element}/{local}", f"{element}/{local}", local):
            if known in self.shown:
                given = known in _NAMED_BY_PROGRAMS and is_common_name(value)
                return not given and not _BY_PROGRAMS.fullmatch(value)
            if known in self.hidden:
                return is_style_name(local, element) and _is_own_style(value)
        if _REPLACEMENT.search(value):
            return True
        technical = _TECHNICAL.fullmatch(value) or STANDARD_NAMESPACE.fullmatch(value)
        return not technical and not _FEW_LETTERS.fullmatch(value)

    def has_formula(self, local: str, element: str) -> bool:
        """Tell whether an attribute has names of sheets and strings in it."""
        return local in self.formulas or f"{element}/{local}" in self.formulas

    @staticmethod
    def is_technical(text: str, element: str) -> bool:
        """Tell whether a text outside paragraphs is a number, a truth value, a word of programs."""
        if element == "lpstr" and is_common_name(text):
            return True
        return _TECHNICAL_TEXT.fullmatch(text) is not None

    @staticmethod
    def is_standard_field(text: str) -> bool:
        """Tell whether the instruction of a field holds no text of a person."""
        return _STANDARD_FIELD.fullmatch(text) is not None


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


# Short numbers with a unit, and what has no letter or digit at all.
_MEASURE = re.compile(r"[+-]?[\d.]{1,5}(?:px|pt|em|ex|cm|mm|in|%)?")
# A value without blanks, mail address or URL: a code of the vocabulary.
_TECHNICAL = re.compile(r"(?!.*:/)[\w.:#%,;*+/()\[\]{}$!-]*")
# No three letters in a row: numbers, coordinates.
_FEW_LETTERS = re.compile(r"(?!.*[^\W\d_]{3}).*", re.DOTALL)
# Texts of a vocabulary of codes: numbers, truth values.
_TECHNICAL_TEXT = re.compile(
    r"\s*(?:[+-]?\d{1,6}(?:\.\d+)?(?:E[+-]?\d+)?|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)?|true"
    r"|false|\d{1,6} ?[a-z]{2,3})\s*"
)
# A replacement where no bracket can be: a text of a copy that would look like a code.
_REPLACEMENT = re.compile(r"\b[A-Z][A-Z_]{2,40}_[A-Z0-9]{1,8}\b|redacted")
EXTERNAL = re.compile(r"TargetMode=[\"']External[\"']")
# A letter or digit. A stretch without one holds no name and no number.
WORDS = re.compile(r"[^\W_]")
HEADERS = frozenset("oddHeader oddFooter evenHeader evenFooter firstHeader firstFooter".split())
"""Elements with the header or footer of a sheet, which has codes between its texts."""

_STYLES = frozenset({"style", "master-page", "page-layout", "list-style"})


def is_style_name(local: str, element: str) -> bool:
    """Tell whether an attribute has the name of a style in OpenDocument."""
    own = local == "name" and element in _STYLES
    return own or local.endswith("style-name") or local == "master-page-name"


def _is_own_style(value: str) -> bool:
    own = ESCAPED.search(value) or _REPLACEMENT.search(value)
    return own is not None and not is_common_name(ESCAPED.sub(" ", value))


# Attributes that hold names of styles, shapes and layouts, by most of which no person is named.
_BY_PROGRAMS = re.compile(r"_(?:GoBack|Toc|Ref|Hlk|ENREF|PictureBullets|MailAutoSig|xlnm\.)\w*")
# Instructions of fields without a text: numbers of pages, entries of contents.
_STANDARD_FIELD = re.compile(
    r"\s*(?:PAGE|NUMPAGES|SECTIONPAGES|DATE|TIME|SEQ \w+|TOC|FORM(?:TEXT|CHECKBOX|DROPDOWN)"
    r"|(?:PAGE)?REF _\w+|HYPERLINK \\l \"_\w+\"|CREATEDATE|SAVEDATE"
    r"|PRINTDATE|AUTHOR|TITLE|FILENAME)"
    r"(?:\s*\\\S(?:\s*\"?[\w\s./:,-]{1,20}\"?)?)*\s*"
)
_NAMED_BY_PROGRAMS = frozenset({"name", "style/name/val", "display-name", "table/displayName"})

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
# Names of places in a document and pointers to them, which have no brackets (TEI, DocBook, EPUB).
_IDS = dict.fromkeys(
    "id idref idrefs linkend linkends endterm rid refid unique-identifier toc target"
    " corresp".split(),
    Slot.IDENTIFIER,
)

ANY = Vocabulary(
    "any",
    re.compile(r"(?!)"),
    blocks=frozenset(_MORE_BLOCKS) | BLOCKS | CELLS,
    gaps={"lb": "\n", "br": "\n"},
    quiet=frozenset(_QUIET) | {"para", "ab", "l", "seg", "hi", "item", "value", "tspan"},
    slots=_URLS | _IDS,
)

_OFFICE_SHOWN = (
    "title descr name author initials userId userName displayName instr displayText value tooltip"
    " display location anchor docLocation string alt caption prompt error promptTitle errorTitle"
    " description statusText text textlink url href src label alias command connection sourceFile"
    " uniqueName sourceCaption dispName providerId clippath"
    " alias/val tag/val docVar/val docVar/name style/name/val default/val result/val query/val"
    " udl/val connectString/val mailSubject/val addressFieldName/val helpText/val statusText/val"
    " s/v filter/val customFilter/val sheetName/val suffix/val docPart/val Relationship/Target"
    " fullName/val givenName/val table/displayName"
).split()
# Fonts, formulas of shapes, names that programs give, and what the package says of its parts.
_OFFICE_HIDDEN = (
    "ascii hAnsi cs eastAsia typeface panose fmla formatCode action ContentType PartName Extension"
    " Type Id ProgID DrawAspect rsidR rsidRPr rsidRDefault rsidP rsidTr paraId textId durableId"
    " style path points coordsize adj usb0 usb1 usb2 usb3 csb0 csb1 mathFont/val"
    " compatSetting/name styleLbl/name layoutNode/name constr/refForName constr/forName"
    " forEach/name if/name else/name alg/name presOf/name"
    " lsdException/name font/name name/val gd/name clrScheme/name fontScheme/name fmtScheme/name"
    " altName/val numFmt/val lvlText/val Override/PartName tableStyleInfo/name"
    " posOffset pctWidth pctHeight pctPosHOffset pctPosVOffset TotalTime Pages Words Characters"
    " Lines Paragraphs CharactersWithSpaces AppVersion DocSecurity Slides Notes HiddenSlides"
    " Application ScaleCrop Anchor"
).split()
_NAMES_IN_FORMULAS = dict.fromkeys(
    "f formula formula1 formula2 definedName lpstr sheet/name location anchor sheetName/val"
    " textlink worksheetSource/sheet sqref bookmarkStart/name".split(),
    Slot.IDENTIFIER,
)

OFFICE = Vocabulary(
    "office",
    re.compile(
        r"openxmlformats\.org|purl\.oclc\.org/ooxml|schemas\.microsoft\.com/(?:office|visio)"
        r"|urn:schemas-microsoft-com:(?:office|vml)"
    ),
    paragraphs=frozenset({"p", "si", "is", "text", "rich"}),
    blocks=frozenset("rPh txbxContent AlternateContent Choice Fallback comment".split()),
    texts={
        "t": Kind.BODY,
        "delText": Kind.METADATA,
        "instrText": Kind.SCRIPT,
        "delInstrText": Kind.SCRIPT,
    },
    gaps={"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"},
    terse=True,
    cells=True,
    shown=frozenset(_OFFICE_SHOWN),
    hidden=frozenset(_OFFICE_HIDDEN),
    quiet=frozenset("p t v text si is lpstr lpwstr pt div span font sheetName f formula".split()),
    slots=_URLS
    | _NAMES_IN_FORMULAS
    | {
        "Target": Slot.URL,
        "instrText": Slot.URL,
        "delInstrText": Slot.URL,
        "instr": Slot.URL,
        "definedName/name": Slot.FILE_NAME,
        "table/name": Slot.FILE_NAME,
        "table/displayName": Slot.FILE_NAME,
    },
    formulas=frozenset("f formula formula1 formula2 definedName location textlink".split()),
)

_ODF_SHOWN = (
    "name string-value author creator title label value formula display-name href description"
    " help-message cell-range-address print-ranges base-cell-address target-range-address"
    " ref-name condition values-cell-range-address label-cell-address cell-address"
).split()
_ODF_HIDDEN = (
    "font-name font-name-asian font-name-complex font-family font-family-asian"
    " font-family-complex style-name data-style-name parent-style-name next-style-name"
    " master-page-name page-layout-name font-style-name list-style-name text-style-name"
    " default-style-name d viewBox points full-path media-type enhanced-path glue-points"
    " transform equation/formula class mimetype value-type"
    " style/name list-style/name page-layout/name master-page/name font-face/name"
    " number-style/name text-style/name date-style/name time-style/name boolean-style/name"
    " currency-style/name percentage-style/name gradient/name marker/name hatch/name"
    " fill-image/name stroke-dash/name opacity/name table-template/name equation/name"
    " presentation-page-layout/name config-item/name config-item-set/name"
    " config-item-map-indexed/name config-item-map-named/name generator editing-cycles"
    " editing-duration number"
).split()

OPENDOCUMENT = Vocabulary(
    "opendocument",
    re.compile(r"urn:oasis:names:tc:opendocument|openoffice\.org/(?:2000|2001|2004)"),
    paragraphs=frozenset({"p", "h"}),
    blocks=frozenset("annotation note note-citation note-body text-box ruby-text frame".split()),
    gaps={"tab": "\t", "line-break": "\n", "s": " "},
    terse=True,
    cells=True,
    shown=frozenset(_ODF_SHOWN),
    hidden=frozenset(_ODF_HIDDEN),
    quiet=frozenset("p h span a list-item config-item".split()),
    slots=_URLS
    | dict.fromkeys(
        "table/name formula cell-range-address print-ranges base-cell-address ref-name"
        " target-range-address bookmark/name bookmark-start/name bookmark-end/name".split(),
        Slot.IDENTIFIER,
    )
    | {"display-name": Slot.FILE_NAME},
    formulas=frozenset(
        "formula cell-range-address print-ranges base-cell-address target-range-address condition"
        " values-cell-range-address label-cell-address condition/value cell-address".split()
    ),
)

SVG = Vocabulary(
    "svg",
    re.compile(r"<(?:\w+:)?svg[\s>]"),
    paragraphs=frozenset("text title desc flowPara p".split()),
    blocks=frozenset({"flowRoot", "metadata"}),
    gaps={"br": "\n"},
    quiet=frozenset("text tspan title desc g style script flowPara p".split()),
    slots=_URLS | _IDS,
)

VOCABULARIES = (SVG, OFFICE, OPENDOCUMENT, ANY)
"""In this order: a drawing of an office program has namespaces of that as well."""


def vocabulary_of(root: str) -> Vocabulary:
    """Return the vocabulary of a document by its first tag."""
    return next((one for one in VOCABULARIES if one.namespaces.search(root)), ANY)


def vocabulary_named(name: str) -> Vocabulary:
    """Return the vocabulary of that name; that of any XML for a name of another version."""
    return next((one for one in VOCABULARIES if one.name == name), ANY)
