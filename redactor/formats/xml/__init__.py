"""XML: text across elements, attributes, comments and sections, with exact bytes.

A tokenizer that keeps positions finds the texts, and edits are written into their bytes: a parser
that serialises would change a document even without edits. Another parser, expat, checks first that
the document is well-formed, so that both read the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO

from redactor.formats.base import Hints, Layout, Token, Tokenized
from redactor.formats.html import decoded
from redactor.formats.html.charset import codec_of, page_encoding
from redactor.formats.html.pieces import tokens_of
from redactor.formats.text import Encoding, Text
from redactor.formats.xml.document import Document
from redactor.formats.xml.reader import mixed_elements, texts
from redactor.formats.xml.vocabularies import vocabulary_named, vocabulary_of

__all__ = ["Xml"]

# The declaration, or a document type that is none of HTML: pages were recognised before.
_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml\s|!DOCTYPE\s+[A-Za-z])")
# `<svg xmlns="...">`: what begins so is XML, if it is well-formed to its end.
_ELEMENT = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--(?:[^-]|-(?!->))*+-->\s*)*+"
    rb"<[A-Za-z_][\w.:-]*+\s(?:[^<>]*?\s)?xmlns(?::[\w.-]+)?\s*=\s*[\"']"
)
_WIDE = {
    b"\xff\xfe": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
    b"<\0?\0": "utf-16-le",
    b"\0<\0?": "utf-16-be",
}
_DECLARED = re.compile(r"\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")


class Xml(Tokenized):
    """XML documents."""

    name = "xml"
    title = "XML (SVG, feeds, EAD, TEI, METS, MODS, GPX, KML, plist, flat OpenDocument)"
    suffixes = frozenset(
        ".xml .xsl .xslt .xsd .svg .rss .atom .rdf .gpx .kml .plist .tei .ead .mets .mods .fodt"
        " .fods .fodp .fodg .opf .ncx .resx .ui .xliff .xlf .tmx .dae .vml .rels .wsdl .opml .xmp"
        " .musicxml .dbk .dita .xul .xaml .csproj .nuspec".split()
    )
    examined = "text across elements, attributes, comments, sections, instructions"
    not_examined = "names of elements and attributes; documents that declare entities (refused)"

    def layout(self, source: BinaryIO, hints: Hints) -> Layout:
        """Return the encoding, the vocabulary and the elements with text beside elements.

        Raises EncodingError, DamagedDocument for what is not well-formed, UnsupportedFormat.
        """
        encoding = _encoding(source, hints.encoding)
        mixed, root = mixed_elements(decoded(source, encoding))
        known = vocabulary_of(root)
        settings = [("encoding", str(encoding)), ("vocabulary", known.name)]
        if mixed and not known.paragraphs:
            settings.append(("mixed", " ".join(map(str, mixed))))
        return Layout(self.name, tuple(settings))

    def is_known_by(self, head: bytes) -> bool:
        """Tell whether a document begins with an XML declaration, or a document type."""
        for mark, codec in _WIDE.items():
            if head.startswith(mark):
                head = head.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
                head = head.decode(codec, "ignore").encode("utf-8", "ignore")
        return _BEGINS.match(head) is not None

    def resembles(self, head: bytes, name: str) -> bool:
        """Tell whether a document begins with an element that names its vocabulary."""
        suffix = PurePosixPath(name).suffix.lower()
        return suffix not in Text.suffixes and _ELEMENT.match(head) is not None

    def tokens(self, source: BinaryIO, layout: Layout) -> Iterator[Token]:
        """Yield the tokens of a document; markup that follows markup is one token."""
        encoding = Encoding.parse(layout.setting("encoding"))
        if encoding.mark:
            yield Token(encoding.mark)
        document = Document(
            vocabulary_named(layout.setting("vocabulary")),
            frozenset(map(int, layout.setting("mixed").split())),
        )
        yield from tokens_of(document.pieces(decoded(source, encoding)), encoding)

    def extract(self, source: BinaryIO, layout: Layout) -> Iterator[str]:
        """Yield the texts of a document as expat reads them."""
        encoding = Encoding.parse(layout.setting("encoding"))
        known = vocabulary_named(layout.setting("vocabulary"))
        return texts(decoded(source, encoding), known)


def _encoding(source: BinaryIO, named: str | None) -> Encoding:
    """Return the encoding: by its mark, as named, as declared, or UTF-8. Raises EncodingError."""
    source.seek(0)
    head = source.read(4)
    wide = _WIDE.get(head)
    return page_encoding(source, wide or named, _declared)


def _declared(source: BinaryIO) -> str | None:
    """Return the codec that the declaration names, if it is known."""
    source.seek(0)
    found = _DECLARED.match(source.read(1 << 10).decode("latin-1"))
    return codec_of(found[1]) if found else None
