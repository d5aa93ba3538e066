r"""A prefilter for regular expressions: each is tried only where a match of it can start.

A text of one megabyte has a million positions, and 203 rules. Nearly all of them need something
that is rare: `passport(?: no)? ([A-Z]\d{8})` needs the literal "passport", and eight digits within
a dozen characters. Such a *required factor* is what RE2's FilteredRE2 calls an atom, Hyperscan a
literal factor and Rust's regex crate a required literal. All literals of all patterns are found in
one pass over the text (Aho-Corasick); a pattern is tried only at positions that a factor allows.

Three names are public:

- `required_factors(pattern, flags)` returns what every match of a pattern of the `regex` module
  holds: sets of alternatives, and how far an attempt can look.
- `Prefilter(patterns)` finds what `finditer` of each of its patterns finds.
- `repetitions(pattern, flags)` yields what a pattern repeats, and a text that leads to it.

How it is done, from the pattern to the match:

1. `dialect` puts a pattern in terms of the standard library's `re`, `parse_tree` parses it, and
   `derivation` reads the tree: `charsets` knows characters, `pattern_info` and `char_runs` combine
   parts, `unparse` and `prefix` write down what must follow a factor. `factor` is the result.
2. `text_index` finds the literals of all patterns in a text, in lower case and with 0 for every
   digit, and checks what is required of them: case, word edges, what follows.
3. `candidates` turns the occurrences of the rarest factors into ranges of positions.

What is promised, and by which test it is held:

- *Nothing is lost and nothing added*: tests/properties/test_prefilter.py compares with `finditer`,
  for patterns put together at random and for all patterns in use.
- *What cannot be read is tried everywhere*: an unknown construct, flag or node of the parse tree,
  and a Python whose parser was not tested, mean no factors at all; the findings are the same, more
  slowly: tests/rules/test_factors.py.
- *The table changes nothing*: the factors of the shipped rules are worked out when the package is
  built; see `table`, tests/rules/test_factors.py and tests/test_wheel.py.
- *Linear time*: every attempt is bounded in width or has a timer, and all share a `TimeBudget`.

Why no library does this. Measured with the rules alone, in megabytes of news per CPU second:
`regex` by itself 0.07, plain literals and digits 0.26, as it is here 1.3. RE2's `Set` (google-re2
1.1.20251105) found the same at 0.32 with lookarounds left out, but its cache of states overflowed
with other sizes of text, where 100 kB took 3 to 12 seconds. Hyperscan 0.9.1 did not finish
compiling single patterns with Unicode properties in 500 seconds. `rure` 0.2.2 has no wheels for
current systems.
"""

from redactor.detect.prefilter.factors import required_factors
from redactor.detect.prefilter.prefilter import Prefilter
from redactor.detect.prefilter.repeats import repetitions

__all__ = ["Prefilter", "repetitions", "required_factors"]
