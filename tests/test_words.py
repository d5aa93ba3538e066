"""The words of the project: docstrings say what is returned, in the nouns of the glossary."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import redactor

ROOT = Path(redactor.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))

# Words with a private meaning, which readers have to guess: a value is redacted or kept, not one
# that "goes" or "stays"; a person is a person; results are returned, and nobody is "told" of them.
PRIVATE = re.compile(
    r"\b(?:told|gathered|somebody|by a hair"
    r"|(?:what|who) (?:goes?|stays?)(?! (?:on|with|into|to|through)\b))\b"
)
CODE = re.compile(r"`[^`]*`")


def private_words(text: str) -> list[str]:
    return PRIVATE.findall(CODE.sub("", text))


def docstrings(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            name = getattr(node, "name", "the module")
            yield name, ast.get_docstring(node) or ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("Return what stays in a document.", ["what stays"], id="kept"),
        pytest.param("Return who goes, and why.", ["who goes"], id="redacted"),
        pytest.param("Yield what was told of somebody.", ["told", "somebody"], id="two"),
        pytest.param("Return the state, which goes on.", [], id="ordinary words"),
        pytest.param("Return what goes into the log.", [], id="with a preposition"),
        pytest.param("Return the text in `told`.", [], id="a name of code"),
    ],
)
def test_private_words_are_seen(text, found):
    assert private_words(text) == found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_docstring_uses_a_private_word(path):
    used = {name: words for name, text in docstrings(path) if (words := private_words(text))}
    assert used == {}
