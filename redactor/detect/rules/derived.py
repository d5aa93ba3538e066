r"""What a pattern itself says of its speed: parts that are never quick, and texts made to be slow.

Examples show what a pattern matches, and an attack that grows out of them finds what is slow about
most patterns. It misses a repetition behind a word that no example repeats: `(?s)BEGIN.*?END` is
quick until a text has a thousand times `BEGIN`. So each repetition of the parse tree gives rise to
attacks of its own: what leads to it, then what it repeats, or both over and over.

Some constructs take time out of all proportion in any pattern, and are refused as they
are: matching with errors (`{e<=2}`), and a look behind that may be of any length.
"""

from __future__ import annotations

import re
from itertools import islice

from redactor.detect.prefilter import repetitions
from redactor.detect.rules.redos import Attack

__all__ = ["derived_attacks", "never_quick"]

# Matching with errors: `{e<=2}`, `{i,d<=1}`, `{2i+1d<4}`; escapes and classes are passed over.
_TERM = r"(?:\d+<=?)?\d*[eids](?:\+\d*[eids])*(?:<=?\d+)?"
_FUZZY = re.compile(
    rf"\\[pP]\{{[^}}]*\}}|\\.|\[\^?\]?(?:\\.|[^\]\\])*+\]|(?P<fuzzy>\{{{_TERM}(?:,{_TERM})*(?::[^}}]*)?\}})",
    re.DOTALL,
)
# What a group matched once more: as long as the group, which the parse tree does not tell.
_BACKREFERENCE = re.compile(r"\(\?P=\w+\)|\\g<\w+>|\\[1-9]\d?")
_LONGEST_LOOK = 512  # characters behind; no label before a value is longer

_MANY = 16  # times that a part must be repeatable to be worth an attack
_MOST = 32  # repetitions of a pattern that are tried
_ENDS = ("", "!", "\n")


def never_quick(pattern: str, flags: int) -> str:
    """Return what makes a pattern slow whatever else it has; empty if nothing is known to."""
    if any(found["fuzzy"] for found in _FUZZY.finditer(pattern)):
        return "it matches with errors, as in {e<=2}; write out what may differ"
    bounded = _BACKREFERENCE.sub("x", pattern)
    if any(one.behind and one.most > _LONGEST_LOOK for one in repetitions(bounded, flags)):
        return (
            "it looks behind any length of text, as in (?<=a.*); give its repetitions a bound of "
            f"{_LONGEST_LOOK} at most, as in {{0,40}}"
        )
    return ""


def derived_attacks(pattern: str, flags: int) -> list[Attack]:
    """Return texts that may make a pattern slow; none for one whose parse tree is not known."""
    attacks: dict[Attack, None] = {}
    many = (one for one in repetitions(pattern, flags) if one.most >= _MANY)
    for one in islice(many, _MOST):
        units = dict.fromkeys(filter(None, (one.unit, one.unit[:1])))
        attacks |= dict.fromkeys(Attack(one.before, unit, end) for unit in units for end in _ENDS)
        again = dict.fromkeys(filter(None, (one.before, one.before + one.unit)))
        attacks |= dict.fromkeys(Attack("", unit, end) for unit in again for end in _ENDS[:2])
    return list(attacks)
