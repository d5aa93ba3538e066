"""What the clock says, on a machine that does nothing else: run by hand, no part of the suite.

    pytest -n 0 -s tests/benchmarks/timed.py

The suite counts steps of Python and calls of C (`tests/steps.py`); what a pattern does inside one
call only the clock can tell. The bounds are several times what two idle cores need.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from itertools import product

import pytest
from hostile import BLOCKS, LONG_THINGS, PATTERNS, READINGS, RULES, VIEWS, repeated

from redactor.audit import AuditLog, PublicKey, RedactionRecord, check
from redactor.config.rules import bundled_rules, parse_rules
from redactor.decide import DENIED
from redactor.detect.addresses.blocks import ENTITY, whole_blocks
from redactor.detect.deobfuscation.views import alternate_views
from redactor.detect.lists.phrases import ListedTerms
from redactor.detect.presidio.detector import PresidioDetector
from redactor.detect.rules.detector import RuleDetector
from redactor.keys import Key
from redactor.model import Action, Finding
from redactor.text import View, view

CORE = "14 Cooper Lane"


def seconds(call: Callable[[], object], tries: int = 2) -> float:
    """Return the least processor time of this thread that a call takes."""
    took = []
    for _ in range(tries):
        begin = time.thread_time()
        call()
        took.append(time.thread_time() - begin)
    return min(took)


def cases(**tables: dict[str, str]) -> dict[str, tuple[str, str]]:
    return {f"{of}, {n}": (of, unit) for of, table in tables.items() for n, unit in table.items()}


@pytest.fixture(scope="module")
def readers() -> dict[str, Callable[[str], object]]:
    """What reads a text, by kind."""
    shipped, presidio = (
        RuleDetector(parse_rules(bundled_rules()), seconds=600),
        PresidioDetector(600),
    )
    return {
        "view": view,
        "readings": lambda text: list(alternate_views(text, view(text))),
        "rules": lambda text: shipped.find(view(text)),
        "presidio": lambda text: presidio.find(View(text, (0,), (0,), (len(text),))),
    }


TEXTS = cases(view=VIEWS, readings=READINGS, rules=RULES, presidio=PATTERNS)


@pytest.mark.parametrize("case", TEXTS)
def test_twice_the_hostile_text_takes_about_twice_the_time(readers, case):
    of, unit = TEXTS[case]

    def took(size):
        text = repeated(unit, size)
        return seconds(lambda: readers[of](text))

    size = 10_000
    while (once := took(size)) < 0.03 and size < 1_000_000:
        size *= 2
    assert took(2 * size) < 3 * once + 0.05


@pytest.mark.parametrize("made", LONG_THINGS.values(), ids=LONG_THINGS)
def test_so_it_is_with_a_single_long_thing(readers, made):
    once = seconds(lambda: readers["presidio"](made(20_000)))
    assert seconds(lambda: readers["presidio"](made(80_000))) < 6 * once + 0.1


# what is long: who reads it, the text, and how many seconds it may take
LONG = {
    "at signs": ("presidio", "@" * 1_000_000, 5.0),
    "an address": ("rules", "x " + "a" * 100_000 + "@example.org", 5.0),
    **{f"view: {name}": ("view", repeated(unit, 1_000_000), 2.0) for name, unit in VIEWS.items()},
    **{
        f"readings: {name}": ("readings", repeated(unit, 1_000_000), 10.0)
        for name, unit in READINGS.items()
    },
}


@pytest.mark.parametrize("case", LONG)
def test_a_very_long_text_takes_seconds(readers, case):
    of, text, most = LONG[case]
    assert seconds(lambda: readers[of](text), tries=1) < most


def test_shipped_rules_load_quickly():
    assert seconds(lambda: RuleDetector(parse_rules(bundled_rules())), tries=1) < 10


@pytest.mark.parametrize("filler", BLOCKS)
def test_an_address_grows_quickly_in_a_long_text(filler):
    text = filler * 20_000 + CORE + ", " + filler * 20_000
    start = text.index(CORE)
    found = Finding(0, start, start + len(CORE), ENTITY, 0.6, "rule:x")
    seen = view(text)
    assert seconds(lambda: list(whole_blocks(seen, [found]))) < 1


def test_a_hundred_thousand_terms_cost_no_more_than_one():
    parts = [a + b for a, b in product("bdfgklmnprst", "aeiou")]
    made = product(parts, repeat=3)
    names = [f"{''.join(one).title()} {parts[n % 60]}x" for n, one in enumerate(made)][:100_000]
    vocabulary = ["the", "house", "of", names[7].split()[0], "may"]
    text = view(" ".join(random.Random(3).choices(vocabulary, k=100_000)))
    many = ListedTerms([(name, "X") for name in names], DENIED)
    one = ListedTerms([(names[7], "X")], DENIED)
    assert seconds(lambda: many.find(text), 3) < 3 * seconds(lambda: one.find(text), 3) + 0.05


def test_a_hundred_thousand_records_are_written_and_verified_at_speed(tmp_path):
    """Twenty microseconds each to write, ten seconds in all to verify; the best of five."""
    key = Key(bytes(32))
    records = [
        RedactionRecord(
            f"d1:{n}",
            "d1",
            "text",
            n,
            n + 1,
            "PERSON",
            "rule:x",
            "0",
            0.9,
            Action.LABEL,
            "1-4",
            "0",
        )
        for n in range(20_000)
    ]
    log = AuditLog.create(tmp_path / "audit", key)
    assert seconds(lambda: log.append(records), 5) / len(records) < 20e-6
    assert seconds(lambda: check(log.folder, PublicKey.of(key)), 1) < 10
