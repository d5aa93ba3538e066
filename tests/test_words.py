"""The words of the project: docstrings say what is returned, in the nouns of the glossary."""

from __future__ import annotations

import ast
import io
import re
import tokenize
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

# In these folders more is held, in comments and in names as well: a text occurs, a recogniser is
# run, a value is personal data, a person is not somebody.
STRICT_FOLDERS = ("model", "formats", "config", "training", "detect/rules", "detect/presidio")
STRICT = re.compile(
    r"\b(?:told|gathered|(?:some|any|no)bod(?:y|ies)|by a hair|goes|stays|stands?|asked|asks"
    r"|askers?|tamed?|rulings?)\b(?! (?:for|on|into)\b)"
)
STRICT_FILES = [
    path
    for path in FILES
    if (name := path.relative_to(ROOT).as_posix()).startswith(STRICT_FOLDERS)
    and not name.startswith("models/")
]


def private_words(text: str) -> list[str]:
    return PRIVATE.findall(CODE.sub("", text))


def strictly_private_words(source: str) -> list[str]:
    """Return the words of docstrings, comments and names that the field does not use."""
    nodes = list(ast.walk(ast.parse(source)))
    texts = [ast.get_docstring(node) or "" for node in nodes if isinstance(node, DOCUMENTED)]
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    texts += [token.string for token in tokens if token.type == tokenize.COMMENT]
    names = [node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    names += [node.arg for node in nodes if isinstance(node, ast.arg)]
    names += [node.id for node in nodes if isinstance(node, ast.Name)]
    texts += [name.lower().replace("_", " ") for name in names]
    return [word for text in texts for word in STRICT.findall(CODE.sub("", text))]


DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef


def docstrings(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, DOCUMENTED):
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


def test_no_docstring_uses_a_private_word():
    used = {
        (path.relative_to(ROOT).as_posix(), name): words
        for path in FILES
        for name, text in docstrings(path)
        if (words := private_words(text))
    }
    assert used == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        pytest.param('"""Return where a name stands."""', ["stands"], id="a docstring"),
        pytest.param("x = 1  # nobody asked", ["nobody", "asked"], id="a comment"),
        pytest.param("def find(told): ...", ["told"], id="a parameter"),
        pytest.param("what_goes = 1", ["goes"], id="a variable"),
        pytest.param("class Asker: ...", ["asker"], id="a class"),
        pytest.param("# None stands for all", [], id="the sign of something"),
        pytest.param("told = 'what stays'  # `goes`", ["told"], id="messages and code are exempt"),
    ],
)
def test_strictly_private_words_are_seen(source, found):
    assert strictly_private_words(source) == found


def test_the_field_s_words_are_used_throughout():
    found = {
        path.relative_to(ROOT).as_posix(): words
        for path in STRICT_FILES
        if (words := strictly_private_words(path.read_text("utf-8")))
    }
    assert found == {}
