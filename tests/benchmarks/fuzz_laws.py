"""The laws of formats on documents damaged at random, without detectors: some fifty a second.

    python tests/benchmarks/fuzz_laws.py MINUTES [SEED [FORMAT]]

Documents are damaged as `fuzz.py` damages them. Words that are removed are drawn, so that what only
a name at the right place would show is met sooner. The copy must read as the source with the edits;
no other reader may see a removed word in it, unless the document breaks off. Prints what does not
hold, with its number: the same seed and number make the same example.
"""

from __future__ import annotations

import io
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "formats"), str(Path(__file__).parent)]

import fuzz  # noqa: E402  # found by the line above
from laws import rewritten  # noqa: E402
from tokenized_laws import all_replaced, applied, fields, texts_of, tokens_of  # noqa: E402

from redactor.errors import InputError, RedactorError  # noqa: E402
from redactor.formats import FORMATS, Hints, Tokenized, format_for  # noqa: E402
from redactor.formats.base import Layout, Token  # noqa: E402
from redactor.model import Edit  # noqa: E402
from redactor.operators.slots import render  # noqa: E402

_SKIPPED = {"media", "parquet"}  # without texts, or slow to read
_MOST = 20_000  # bytes of a document
_WORD = re.compile(r"[^\W\d_][^\W_]{2,}")
# Readers drop these from the midst of a name; the pipeline sees that, the pattern here does not.
_HIDDEN = frozenset("\0<")
# People of the cases. Any other word may be one of the markup as well, which readers say.
_NAME = re.compile("Kevin|Marsh|Ilse|Brandt|Teodor|Vance|Orla|Quist|Kofi", re.IGNORECASE)


def main(minutes: float, seed: int, only: str = "") -> int:
    """Try examples until the time is up; return how many did not hold."""
    end, tried, failed, number = time.monotonic() + 60 * minutes, Counter[str](), 0, 0
    examples = Examples(seed, only)
    while time.monotonic() < end:
        name, problems = examples.example(number)
        tried[name] += 1
        for problem in problems:
            failed += 1
            print(f"{seed}:{number} {name}: {problem}", flush=True)
        number += 1
    print(", ".join(f"{many} {name}" for name, many in sorted(tried.items())), f"; {failed} failed")
    return failed


class Examples(fuzz.Fuzz):
    """Damaged documents, each made by its number."""

    def __init__(self, seed: int, only: str = "") -> None:
        self._seed = seed
        forms = [one for one in FORMATS if isinstance(one, Tokenized) and one.name not in _SKIPPED]
        self._documents = [
            path
            for form in forms
            for path in fuzz._files(TESTS / "cases" / form.name)
            if path.name != "README.md" and only in form.name
        ]

    def document(self, number: int) -> tuple[random.Random, Path, bytes]:
        """Return what an example is drawn by, the file that it is made of, and its bytes."""
        draw = random.Random(f"{self._seed}:{number}")
        path = draw.choice(self._documents)
        return draw, path, self._damaged(draw, path.read_bytes()[:_MOST])

    def example(self, number: int) -> tuple[str, list[str]]:
        """Return the format of an example, and what did not hold."""
        draw, path, data = self.document(number)
        try:
            form, layout = format_for(io.BytesIO(data), Hints(f"damaged{path.suffix}"))
            if not isinstance(form, Tokenized) or form.name in _SKIPPED:
                return form.name, []
            tokens = tokens_of(form, data, layout)
        except RedactorError:
            return "refused", []
        except AssertionError as error:
            return form.name, [str(error).splitlines()[0]]
        return form.name, list(self.problems(draw, form, layout, data, tokens))

    def problems(
        self, draw: random.Random, form: Tokenized, layout: Layout, data: bytes, tokens: list[Token]
    ) -> Iterator[str]:
        """Yield what does not hold of copies without some words of a document."""
        words = sorted({one for text in fields(tokens) for one in _WORD.findall(text)})
        for _ in range(3 * bool(words)):
            gone = draw.sample(words, min(len(words), draw.choice([1, 2, 5])))
            yield from problem_of(form, layout, data, tokens, "|".join(map(re.escape, gone)))
        yield from problem_of(form, layout, data, tokens, f"(?i:{_NAME.pattern})", names=True)


def problem_of(
    form: Tokenized,
    layout: Layout,
    data: bytes,
    tokens: list[Token],
    gone: str,
    *,
    names: bool = False,
) -> Iterator[str]:
    """Yield what does not hold of the copy of a document without what a pattern finds."""
    slots = [token.slot for token in texts_of(tokens)]
    edits = [
        (number, start, end, put and render(put, slots[number]))
        for number, start, end, put in all_replaced(tokens, gone, "[PERSON_7FQ2M9XA]")
    ]
    copy, _ = rewritten(form, layout, data, [Edit(*one) for one in edits])
    try:
        read = fields(tokens_of(form, copy, layout))
        if read != fields(tokens, applied(tokens, edits)):
            yield f"reads otherwise without {gone}"
        elif names and not form.is_cut_off(io.BytesIO(data), layout):
            hidden = any(_HIDDEN.intersection(token.text or "") for token in tokens)
            seen = _NAME.findall("\n".join(form.extract(io.BytesIO(copy), layout)))
            if seen and not hidden:
                yield f"another reader sees {sorted(set(seen))}"
    except InputError:  # named, and without a copy
        return
    except RedactorError as error:
        yield f"is refused without {gone}: {error}"


if __name__ == "__main__":
    arguments = sys.argv[1:] + ["1"][: len(sys.argv) < 3]
    sys.exit(bool(main(float(arguments[0]), int(arguments[1]), *arguments[2:])))
