"""Makes the filter of given names that rules ask (`redactor.detect.checks.given_names`).

    python -m redactor.training.given_names NAMES OUT

`NAMES` is the folder of name lists, of which `given_names.tsv.gz` is read.
"""

from __future__ import annotations

import gzip
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from redactor.detect.checks.given_names import bloom_filter
from redactor.detect.checks.words import is_common

# One word of letters, with a hyphen perhaps. Shorter ones are words of some language.
_NAME = re.compile(r"[^\W\d_]{3,20}(?:-[^\W\d_]{2,20})?")


def given_names(folder: Path) -> Iterator[str]:
    """Yield the given names of the lists in small letters, without ordinary words of English."""
    with gzip.open(folder / "given_names.tsv.gz", "rt", encoding="utf-8-sig") as lines:
        for line in lines:
            name = line.partition("\t")[0].strip().casefold()
            if _NAME.fullmatch(name) and not is_common(name):
                yield name


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:])
    target.write_bytes(bloom_filter(given_names(source)))
