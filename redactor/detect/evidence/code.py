"""Which lines of a text are source code, where a word with a capital is seldom a name.

In the comments between them people are named as anywhere: `# Authors: ...`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

__all__ = ["CodeLines"]

NEAR = 8  # lines on either side of a line that are judged together with it
SHARE = 0.35  # of these lines, so many are code where a program stands

_SUFFIXES = frozenset(
    "py pyi js mjs cjs ts tsx jsx sql pl pm rb php sh bash zsh ps1 c h cc cpp cxx hpp cs java kt "
    "scala go rs swift lua r m mm vb css scss less".split()
)

# What begins a comment: "# ", "//", " * ", "-- ", ";; ", "% ", and the paragraphs of Perl's manual.
_COMMENT = re.compile(r"\s*(?:#(?!include)|//|/?\*|--|;;|%\s|<!--|\.\.\s|=(?:head\d|item)\b)")
# What a line of a program has and prose has not: operators, calls, sigils, brackets at its end.
_CODE = re.compile(
    r"[=!]=|[-=]>|::|&&|\|\||[+:*/.]=|</\w+>|<\w+(?:[ ][\w-]+=|/>)|\$[\w{(]|\w\((?!s\))|\w\[['\"\w]"
    r"|[{}]\s*$|[)\]'\"\w]\s*;\s*$|\)\s*:\s*$|[\[({,]\s*$(?<=['\")\]}(\[{],)|[(\[]\s*$"
    r"|^\s*[\w.$@%'\"\[\]-]+\s*=\s*\S|^\s*['\"][^'\"]*['\"]\s*[:,]|^\s*\w+\s*:\s*['\"\d\[{]|\w\.\w+\("
    r"|^\s*(?:import\s+[\w.]+\s*$|from\s+[\w.]+\s+import\b|def\s+\w|class\s+\w+\s*[:({]"
    r"|(?:else|try|finally)\s*:?\s*$|(?:elif|elsif|elseif|endif|esac|fi|typedef|struct)\b"
    r"|package\s+\w+|sub\s+\w+|#include\b|return\b\s*(?:[\w'\"(\[{-]+)?;?\s*$"
    r"|(?:var|let|const|my|our|local|export|static|public|private|void|int|char)\s+"
    r"[\w$@%(*]+\s*[=;(]"
    r"|(?:SELECT|INSERT\s+INTO|UPDATE|CREATE|ALTER|DROP|GRANT)\s+[\w*`\"]+)"
)


class CodeLines:
    """The lines of a text, each with whether it looks like source code. Judged when asked."""

    def __init__(self, text: str, file: str = "") -> None:
        """Take a text, and the name of its file, whose suffix may be that of programs."""
        self._text = text
        self._program = file.rpartition(".")[2].casefold() in _SUFFIXES

    @cached_property
    def _starts(self) -> list[int]:
        """Return the position at which each line begins."""
        return list(accumulate((len(line) + 1 for line in self._text.split("\n")), initial=0))[:-1]

    @cached_property
    def _kinds(self) -> list[bool | None]:
        """Return for each line whether it is code; None for one that is empty."""
        return [
            (_CODE.search(line) is not None and not _COMMENT.match(line)) if line.strip() else None
            for line in self._text.split("\n")
        ]

    def is_code(self, position: int) -> bool:
        """Tell whether the line at a position is source code among other such lines."""
        return self._kinds[self._line(position)] is True and self.is_near_code(position)

    def is_near_code(self, position: int) -> bool:
        """Tell whether a position is inside a program, be it in a comment there."""
        if self._program or self._mostly:
            return True
        at = self._line(position)
        near = [kind for kind in self._kinds[max(0, at - NEAR) : at + NEAR + 1] if kind is not None]
        return sum(near) >= max(2.0, SHARE * len(near))

    @cached_property
    def _mostly(self) -> bool:
        """Return whether the text as a whole is a program."""
        kinds = [kind for kind in self._kinds if kind is not None]
        return sum(kinds) >= max(NEAR, SHARE * len(kinds))

    def _line(self, position: int) -> int:
        """Return the number of the line at a position."""
        return bisect_right(self._starts, position) - 1
