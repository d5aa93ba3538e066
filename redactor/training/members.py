"""The words of the name lists, for the gazetteer features of the fast model (`ner.gazetteer`).

Each list is split into words as a tokenizer would, in lower case, with and without accents. A usual
name is one that several lists have, or the short list of a country: the long lists are noisy, and
half of the capitalised words of a text are on one of them. A word that occurs only inside names of
places ("New" in "New York") is left out if it is an ordinary word.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path

from redactor.detect.ner.gazetteer import KINDS, filter_of
from redactor.training.names import is_name, rows

_LISTED = 3  # entries, each from another list, that make a name a usual one
_OFTEN = 5  # organisations in whose names a word must occur
_CODE = 2  # letters of a country
_EDGES = "'\u2019\"().,"


def filters(names: Path) -> list[bytes]:
    """The Bloom filter of each list in the folder `names`, in the order of `KINDS`."""
    found = members(names)
    return [filter_of(found[kind]) for kind in KINDS]


def members(names: Path) -> dict[str, set[str]]:
    """The words of each list."""
    ordinary = set(
        (files("redactor.detect.checks") / "common_words.txt").read_text("utf-8").split()
    )
    found = {"ordinary": ordinary, "place": _places(names, ordinary)}
    for kind, file in (("given", "given_names"), ("surname", "surnames")):
        entries = list(rows(names / f"{file}.tsv.gz"))
        found[kind] = _words(value for value, _ in entries)
        popular = _words(value for value, attrs in entries if _popular(attrs))
        found[f"usual_{kind}"] = popular | _repeated((value for value, _ in entries), _LISTED)
    values = (value for value, _ in rows(names / "organisations.tsv.gz"))
    found["organisation"] = _repeated(values, _OFTEN)
    return found


def _popular(attrs: str) -> bool:
    """Whether an entry comes from the short lists of one country each."""
    country = attrs.split("|", maxsplit=1)[0]
    return len(country) == _CODE and country.isupper()


def _words(values: Iterable[str]) -> set[str]:
    return {form for value in values for form in forms(value)}


def _repeated(values: Iterable[str], times: int) -> set[str]:
    counts = Counter(form for value in values for form in set(forms(value)))
    return {word for word, count in counts.items() if count >= times}


def forms(value: str) -> Iterator[str]:
    """The capitalised words of a name as look-up keys: lower case, with and without accents."""
    for part in value.split():
        for word in {part, *part.split("-")}:
            bare = word.strip(_EDGES)
            if is_name(bare):
                yield bare.lower()
                yield folded(bare.lower())


def folded(word: str) -> str:
    """The word without its accents."""
    apart = unicodedata.normalize("NFKD", word)
    return "".join(char for char in apart if not unicodedata.combining(char))


def _places(names: Path, ordinary: set[str]) -> set[str]:
    values = [value for value, _ in rows(names / "places.tsv.gz")]
    whole = _words(value for value in values if " " not in value)
    return whole | (_words(values) - ordinary)
