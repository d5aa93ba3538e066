r"""Letters that TeX writes with commands are read; escapes of programs are none."""

from __future__ import annotations

import pytest

from redactor.detect.deobfuscation.tex import tex_letters

LETTERS = {
    r"H\"older": "Hölder",
    r"H{\"o}lder": "Hölder",
    r"H\"{o}lder": "Hölder",
    r"S\o rli": "Sørli",
    r"S{\o}rli": "Sørli",
    r"\L{}ukasz": "Łukasz",
    r"Erd\H{o}s": "Erdős",
    r"Ho\v{r}\'ak": "Hořák",
    r"Garc\'{\i}a": "García",
    r"Garc{\'\i}a": "García",
    r"fran\c{c}ois": "françois",
    r"Gau\ss": "Gauß",
    r"H\"older\\Institut": "Hölder\nInstitut",
    r"{\"address\": \"Example\"}": r"{\"address\": \"Example\"}",
    r"C:\old\\x": r"C:\old\\x",
    r"it\'n": "itń",
}


@pytest.mark.parametrize("source", LETTERS)
def test_a_text_with_the_letters(source):
    text = source
    for start, end, letter in reversed(list(tex_letters(source))):
        text = text[:start] + letter + text[end:]
    assert text == LETTERS[source]
