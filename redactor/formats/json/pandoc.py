"""Documents of pandoc in JSON, each of whose words is a string of its own.

`{"t": "Str", "c": "Ilse"}, {"t": "Space"}, {"t": "Str", "c": "Brandt"}` is one text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from redactor.formats.html.escapes import Escapes

__all__ = ["BETWEEN_WORDS", "BLANK", "ELEMENTS", "STRING", "WORD"]

STRING = Escapes(in_page=False)
"""The escapes of strings."""

WORD = "Str"
BETWEEN_WORDS = frozenset({"Space", "SoftBreak", "LineBreak"})
"""The element whose text is a word, and those that stand between two."""

ELEMENTS = frozenset(
    "Plain Para LineBlock CodeBlock RawBlock BlockQuote OrderedList BulletList DefinitionList"
    " Header HorizontalRule Table Figure Div Null Str Emph Underline Strong Strikeout Superscript"
    " Subscript SmallCaps Quoted Cite Code Math RawInline Link Image Note Span SingleQuote"
    " DoubleQuote AuthorInText SuppressAuthor NormalCitation DisplayMath InlineMath AlignLeft"
    " AlignRight AlignCenter AlignDefault ColWidth ColWidthDefault DefaultStyle Example Decimal"
    " LowerRoman UpperRoman LowerAlpha UpperAlpha DefaultDelim Period OneParen TwoParens MetaMap"
    " MetaList MetaBool MetaString MetaInlines MetaBlocks".split()
)
"""What elements are called: no texts."""


@dataclass(frozen=True, slots=True)
class _Blank:
    """The blank between two words: an element without a text of its own.

    Where it is removed, an empty word takes its place: `{"t": "Str", "c": ""}`.
    """

    def escapes(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield the name of the element as a blank."""
        yield 0, len(source), " "

    def escape(self, text: str) -> str:
        """Return a word in the place of the element."""
        return f'{WORD}","c":"{STRING.escape(text)}'

    def numeric_escape(self, char: str) -> str:
        r"""Return `\uXXXX`."""
        return STRING.numeric_escape(char)


BLANK = _Blank()
