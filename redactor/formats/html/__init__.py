"""HTML and XHTML: text across tags, attributes, comments, scripts, styles, with exact bytes.

A tokenizer that keeps positions finds the texts, and edits are written into their bytes. A parser
that builds a tree and serialises it would change a page even without edits.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from redactor.errors import EncodingError
from redactor.formats.base import Hints, Layout, Token, Tokenized
from redactor.formats.html.charset import page_encoding
from redactor.formats.html.lexer import lexemes
from redactor.formats.html.page import Page
from redactor.formats.html.pieces import tokens_of
from redactor.formats.html.reader import texts
from redactor.formats.html.sniffing import looks_like_html, looks_like_xhtml
from redactor.formats.text import CHUNK, Encoding

__all__ = ["Html", "decoded"]


class Html(Tokenized):
    """Web pages."""

    name = "html"
    title = "HTML and XHTML pages"
    suffixes = frozenset({".html", ".htm", ".xhtml", ".xht", ".shtml"})
    examined = "text across tags, attributes, comments, scripts, styles, names that are not known"
    not_examined = "pictures, fonts and sounds in `data:` URLs; the numbers of drawings"

    def layout(self, source: BinaryIO, hints: Hints) -> Layout:
        """Return the encoding and the syntax, `html` or `xml`. Raises EncodingError."""
        encoding = page_encoding(source, hints.encoding)
        source.seek(len(encoding.mark))
        head = source.read(1 << 10).decode(encoding.codec, "ignore")
        xml = looks_like_xhtml(head, hints.name)
        return Layout(
            self.name,
            (("encoding", str(encoding)), ("syntax", "xml" if xml else "html")),
        )

    def is_known_by(self, head: bytes) -> bool:
        """Tell whether a document begins with a doctype, or a tag that every page begins with."""
        return looks_like_html(head)

    def tokens(self, source: BinaryIO, layout: Layout) -> Iterator[Token]:
        """Yield the tokens of a page; markup that follows markup is one token."""
        encoding = Encoding.parse(layout.setting("encoding"))
        if encoding.mark:
            yield Token(encoding.mark)
        page = Page(xml=layout.setting("syntax") == "xml")
        yield from tokens_of(page.pieces(decoded(source, encoding)), encoding)

    def extract(self, source: BinaryIO, layout: Layout) -> Iterator[str]:
        """Yield the texts of a page as lexbor, the parser of selectolax, reads them."""
        encoding = Encoding.parse(layout.setting("encoding"))
        yield from texts("".join(decoded(source, encoding)))

    def is_cut_off(self, source: BinaryIO, layout: Layout) -> bool:
        """Tell whether a page ends within a tag, a comment or a script."""
        encoding = Encoding.parse(layout.setting("encoding"))
        found = lexemes(decoded(source, encoding), xml=layout.setting("syntax") == "xml")
        last = None
        for _, last in found:  # noqa: B007
            pass
        return last is not None and last.is_open


def decoded(source: BinaryIO, encoding: Encoding) -> Iterator[str]:
    """Yield a page in chunks. Raises EncodingError, which quotes nothing."""
    source.seek(len(encoding.mark))
    decoder = codecs.getincrementaldecoder(encoding.codec)()
    try:
        while data := source.read(CHUNK):
            yield decoder.decode(data)
        yield decoder.decode(b"", final=True)
    except UnicodeError:
        raise EncodingError(f"the page is not valid {encoding.codec}") from None
