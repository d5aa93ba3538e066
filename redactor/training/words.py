"""Rebuild the list of ordinary words: `python -m redactor.training words --corpora DIR --out FILE`.

A word is ordinary if it occurs in lower case at least three times in the training texts. Months and
days are added: they are capitalised, and ordinary.
"""

import calendar
import gzip
import json
import re
from collections import Counter
from pathlib import Path

CORPORA = ("gmb__all.repaired", "uner_ewt__train", "wikigold__all", "litbank__all", "tab__train")
OFTEN = 3  # occurrences; fewer may be misprints
# A word in lower case that is no part of an address, a handle or a hyphenated word.
_LOWER = re.compile(r"(?<![\w@#./'-])[a-z]{2,}(?![\w@])")


def ordinary(corpora: Path) -> list[str]:
    """Return the ordinary words, sorted."""
    counts: Counter[str] = Counter()
    for name in CORPORA:
        with gzip.open(corpora / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                counts.update(_LOWER.findall(json.loads(line)["text"]))
    words = {word for word, count in counts.items() if count >= OFTEN}
    dates = (calendar.month_name, calendar.month_abbr, calendar.day_name, calendar.day_abbr)
    return sorted(words | {name.lower() for names in dates for name in names if name} | {"sept"})
