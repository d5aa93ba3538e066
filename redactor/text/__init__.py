r"""One normalised view of a text, with exact offsets back to the source.

Detectors match on the view, so that no rule carries tricks of its own against disguises:

- compatibility forms are folded (NFKC, by cluster of a base and its combining marks), and so are
  digits of any script, Unicode dashes, quotation marks, spaces and line ends;
- form feeds, vertical tabs and the separators of ASCII are blanks;
- zero-width characters, soft hyphens, other controls and the escape sequences by which terminals
  show colours are dropped, and so are strokes through letters, heaps of marks upon them, and marks
  upon digits and signs;
- letters of other scripts that look like Latin ones are folded inside words that also hold Latin
  letters, and only there: a word wholly in Cyrillic stays Cyrillic;
- HTML entities, percent-escapes and the escapes of JSON and of programs (`\u0040`, `\x40`) are
  decoded, also nested ones;
- the `> ` before the lines of a quoted message is dropped;
- a word broken over a line end is joined: `exam-⏎ple` is `example`, `219-⏎09` and `219⏎-09` are
  `219-09`, and a line end straight after the `@` of an address is dropped;
- a letter a in a circle before a host is the `@` that people write so.

Every character of the view knows the span of source that produced it. Mapping `start:end` of the
view back covers exactly the source of those characters (and of whatever was dropped between
them): the property tests hold this for any text.

A view is a list of *runs*. In most of them view and source go in step, one character each, even
where the character itself was folded; only where lengths differ (an entity, a ligature, a letter
with combining marks) does a run stand for a piece of source as a whole. Plain text is one run.
"""

from redactor.text.hidden import HIDDEN, SEPARATORS
from redactor.text.views import View, plain, view
from redactor.text.words import (
    Word,
    as_words,
    mask_symbol_runs,
    normalize,
    normalized_tokens,
    words,
)

__all__ = [
    "HIDDEN",
    "SEPARATORS",
    "View",
    "Word",
    "as_words",
    "mask_symbol_runs",
    "normalize",
    "normalized_tokens",
    "plain",
    "view",
    "words",
]
