"""The rewrites of `views`: each function yields the spans of a text to rewrite, in order.

With a span comes the text that replaces it; of text written backwards, the span alone. Each
function goes through a text once, and searches first for signs that are rare or quick to find.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from redactor.text import view

Span = tuple[int, int]

Change = tuple[int, int, str]
"""A span of a text, and what stands there in the reading."""

LONGEST = 4_000
"""Characters between the first and the last place of one reading."""

_WORD = 40  # characters before a place in which what it belongs to must begin


# A sign that stands alone: no other sign follows but punctuation.
_ALONE = r"""\S(?![^\s.,;:!?)\]"'])"""
# Three signs alone, one after the other, with which letter-spaced text begins: " i l s".
_SEED = re.compile(rf" \S {{1,3}}\S {{1,3}}{_ALONE}")
# The single signs before a seed, and a whole letter-spaced part of five signs or more.
_SPACED_BEFORE = re.compile(r"(?:(?<!\S)\S {1,4}){1,100}$")
_SPACED = re.compile(rf"\S(?: {{1,4}}{_ALONE}){{4,400}}+")
_GAP = re.compile(" +")
# Between two words of pandoc's `native`: Str "Ilse", Space, Str "Brandt".
_NATIVE = re.compile(
    r'"\s{0,80},\s{0,80}(?:Space|SoftBreak|LineBreak)\s{0,80},\s{0,80}Str\s{1,80}"'
)
# A hashtag of several words, and the first letter of each behind a small one.
_HASHTAG = re.compile(r"#[^\W\d_][^\W_]{2,80}")
_CAPITAL = re.compile(r"(?<=[a-zß-öø-ÿ])[A-ZÀ-ÖØ-Þ](?=[^\W\d_])")
# A label before a number on its line: "SSN: ", "call ", "Konto-Nr. ".
_NUMBER_LABEL = re.compile(
    r"(?i)\b(?:ssn|security|tele(?:phone|fon)|phone|tel|cell|mobile|fax|call|ring|card|account|acct"
    r"|number|nummer|no|nr|id|passport|pin|iban|code|routing)\b[^\n]{0,12}$"
)


def spaced(runs: Iterable[re.Match[str]]) -> Iterator[Change]:
    """Yield the blanks inside letter-spaced words; wider ones separate words."""
    for run in runs:
        if any(map(str.isalpha, run.group())):
            yield from _blanks(run)


def hashtags(text: str) -> Iterator[Change]:
    """Yield a blank before each word of a hashtag that begins with a capital, but the first."""
    if "#" in text:
        for tag in _HASHTAG.finditer(text):
            for word in _CAPITAL.finditer(text, *tag.span()):
                yield word.start(), word.end(), f" {word.group()}"


def spaced_digits(runs: Iterable[re.Match[str]]) -> Iterator[Change]:
    """Yield the blanks inside rows of single digits after a label; others are tables or puzzles."""
    for run in runs:
        text, at = run.string, run.start()
        if not any(map(str.isalpha, run.group())):
            begin = max(at - _LONG_LINE, text.rfind("\n", 0, at) + 1)
            if _NUMBER_LABEL.search(text, begin, at):
                yield from _blanks(run)


def spaced_runs(text: str) -> Iterator[re.Match[str]]:
    """Yield the letter-spaced parts of a text."""
    # The seed is tried at every blank. Of a page of blanks that is quicker with one between words.
    if text.count(" ") * 2 > len(text) and not _SEED.search(f" {' '.join(text.split())} "):
        return
    done = 0
    while seed := _SEED.search(text, done):
        earlier = _SPACED_BEFORE.search(
            text, max(seed.start() - _LONG_LINE, done), seed.start() + 1
        )
        run = _SPACED.match(text, earlier.start() if earlier else seed.start() + 1)
        if run:
            yield run
        done = run.end() if run else seed.start() + 1


def _blanks(run: re.Match[str]) -> Iterator[Change]:
    """Yield the blanks of a letter-spaced part.

    Narrow ones are removed, wider ones become one blank.
    """
    gaps = list(_GAP.finditer(run.string, *run.span()))
    narrow = min(len(gap.group()) for gap in gaps)
    for gap in gaps:
        yield *gap.span(), "" if len(gap.group()) == narrow else " "


_LONG_LINE = 200  # characters of a line that are looked at
# Each of these begins with the line end; what stands before it is told by another pattern, put to
# the end of that line.
# A host continued on the next line, "anna@mail" and "server.example.org".
_HOST_GOES_ON = re.compile(r"\n[ \t]{0,12}+(?=[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}\.[a-z]{2,24}\b)")
_HOST = re.compile(r"\w@[\w-]{1,63}$")
# A local part continued on the next line, "anna.van" and "ce@example.org".
_ADDRESS_GOES_ON = re.compile(r"\n[ \t]{0,12}+(?=[\w.+-]{1,64}@[\w-]{1,63}\.\w)")
_LOCAL_PART = re.compile(r"(?<![\w@/.])\w{1,40}(?:[._][\w-]{1,40}){0,4}(?:_|[._][a-zA-Z-]{1,40})$")
# A link continued after a sign that ends no link, "https://example.org/a/" and "b".
_LINK_GOES_ON = re.compile(r"\n[ \t]{0,12}+(?=[a-z0-9@%_~-])")
_LINK = re.compile(r"(?:://|\bwww\.|\.(?:com|org|net|me|social)/)\S*[/_=&?%~+]$|@\w{2,40}_$")
# A link whose next line has a stroke, "https://example.org" and "people/anna".
_PATH_GOES_ON = re.compile(r"\n[ \t]{0,12}+(?=[\w%-]{1,40}/[\w/%.-])")
_PATH = re.compile(r"(?:://|\bwww\.)\S*\w$")
# Groups of a number continued on the next line, after a label or the beginning of an IBAN.
# A line that begins with a date or a time is another message of a chat.
_NUMBER_GOES_ON = re.compile(
    r"\n[ \t]{0,12}+(?=\(?\d|[A-Z]{4}\b)"
    r"(?!\d{1,2}(?:/\d{1,2}/\d\d|\.\d{1,2}\.(?:19|20)\d\d|:\d\d)|\d{4}-\d\d-\d\d)"
)
_LABELLED_NUMBER = re.compile(r"[^\W\d_]\D{0,40}(?:[\d(][\d ()./+-]{0,40})?\d[ \t]?$")
_IBAN_BEGUN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){0,7}[ \t]?$")


# Signs of these that are rarer than line ends, before one or behind it.
_HOST_ENDS = re.compile(r"@[\w-]{1,63}\n")
_LINK_ENDS = re.compile(r"[/_=&?%~+]\n")
_ADDRESS_HOST = re.compile(r"@[\w-]{1,63}\.\w")
_STROKE = re.compile(r"/[\w/%.-]")
_NEAR = 1 + 12 + 64  # characters from a line end to the sign behind it, at most


def next_line(text: str) -> Iterator[Change]:
    """Yield the line ends inside addresses and links."""
    found: set[Span] = set()
    if "@" in text:
        found.update(_ends(_HOST_GOES_ON, _HOST, text, _line_ends(_HOST_ENDS, text)))
        addresses = _line_ends_before(_ADDRESS_HOST, text)
        found.update(_ends(_ADDRESS_GOES_ON, _LOCAL_PART, text, addresses))
    if "/" in text or "www." in text or "_\n" in text:
        found.update(_ends(_LINK_GOES_ON, _LINK, text, _line_ends(_LINK_ENDS, text)))
    if "://" in text or "www." in text:
        found.update(_ends(_PATH_GOES_ON, _PATH, text, _line_ends_before(_STROKE, text)))
    yield from ((start, end, "") for start, end in sorted(found))


def next_digits(text: str) -> Iterator[Change]:
    """Yield the line ends inside numbers; a line of numbers alone is a row of a table."""
    places = [match.start() for match in _NUMBER_GOES_ON.finditer(text)]
    found = {
        *_ends(_NUMBER_GOES_ON, _LABELLED_NUMBER, text, places),
        *_ends(_NUMBER_GOES_ON, _IBAN_BEGUN, text, places),
    }
    yield from ((start, end, " ") for start, end in sorted(found))


def _line_ends(before: re.Pattern[str], text: str) -> Iterator[int]:
    """Yield the line ends that a pattern ends with."""
    return (match.end() - 1 for match in before.finditer(text))


def _line_ends_before(sign: re.Pattern[str], text: str) -> Iterator[int]:
    """Yield the last line end before each sign of a pattern, if it is near."""
    for match in sign.finditer(text):
        end = text.rfind("\n", max(match.start() - _NEAR, 0), match.start())
        if end >= 0:
            yield end


def _ends(
    goes_on: re.Pattern[str], before: re.Pattern[str], text: str, places: Iterable[int]
) -> Iterator[Span]:
    """Yield those line ends that a pattern fits, if the text before them on the line fits too."""
    for end in places:
        match = goes_on.match(text, end)
        if match and before.search(text, max(end - _LONG_LINE, text.rfind("\n", 0, end) + 1), end):
            yield match.span()


_HIDDEN = 3  # escapes in a row
# A soft line break of quoted-printable, or escapes in a row: "=40".
_PRINTABLE = re.compile(r"=(?:\n|[0-9A-F]{2}(?:=[0-9A-F]{2}){0,1000}+)")
# Escapes of RTF in a row, "\'40", and octal ones of programs, "\100".
_RTF = re.compile(r"(?:\\'[0-9a-fA-F]{2}){1,1000}+")
_OCTAL = re.compile(r"(?:\\[0-3][0-7]{2}){1,1000}+")
# A run of UTF-7: "+AEA-" is "@".
_UTF7 = re.compile(r"\+[A-Za-z0-9+/]{3,2000}+(?:-|(?![\w+/]))")
_LATIN = 0x250  # code points beyond those of Latin letters


def quoted_printable(text: str) -> Iterator[Change]:
    """Yield the escapes of quoted-printable, and its line ends.

    Letters and digits are escaped only to hide something: `max-age=31` is no escape.
    """
    for match in _PRINTABLE.finditer(text):
        if match.group() == "=\n":
            yield *match.span(), ""
        else:
            yield from _escapes(match.start(), 3, bytes.fromhex(match.group().replace("=", "")))


def program_escapes(text: str) -> Iterator[Change]:
    """Yield the escapes of RTF, and the octal ones of programs, as those of quoted-printable."""
    if "\\" not in text:
        return
    found = [(m.start(), bytes.fromhex(m.group().replace("\\'", ""))) for m in _RTF.finditer(text)]
    for match in _OCTAL.finditer(text):
        codes = match.group().split("\\")[1:]
        found.append((match.start(), bytes(int(code, 8) for code in codes)))
    for start, data in sorted(found):
        yield from _escapes(start, 4, data)


def native_words(text: str) -> Iterator[Change]:
    """Yield what pandoc's `native` has between the words of a text, each a string of its own."""
    if ' "' in text and "Str" in text:
        yield from ((*found.span(), " ") for found in _NATIVE.finditer(text))


def utf7(text: str) -> Iterator[Change]:
    """Yield the runs of UTF-7 that stand for Latin letters and signs."""
    for match in _UTF7.finditer(text) if "+" in text else ():
        try:
            said = match.group().encode().decode("utf-7")
        except UnicodeDecodeError:
            continue
        if said and all(
            ord(char) < _LATIN and (char.isprintable() or char in "\t\r\n") for char in said
        ):
            yield *match.span(), said


def _escapes(start: int, width: int, data: bytes) -> Iterator[Change]:
    """Yield escaped bytes, each as long as `width`, a character at a time."""
    ordinary = any(map(str.isalnum, data.decode("ascii", "ignore")))
    if ordinary and len(data) < _HIDDEN:
        return
    try:
        chars = [(char, len(char.encode())) for char in data.decode()]
    except UnicodeDecodeError:
        chars = [(char, 1) for char in data.decode("cp1252", "replace")]
    if not all(char.isprintable() or char in "\t\r\n" for char, _ in chars):
        return
    for char, size in chars:
        yield start, start + width * size, view(char).text
        start += width * size


# Cyrillic letters stand here as well: among digits the view has no reason to fold them.
_AS_DIGITS = str.maketrans("OoQОоIl|!SsBZz", "00000111155822")
# A digit beside a letter that looks like one.
_AMONG_DIGITS = re.compile(r"[0-9](?:(?<=[OoQОоIl|!SsBZz].)|(?=[ .()/-]?[OoQОоIl|!SsBZz]))")
# A number of digits and letters that look like digits, in groups.
_MIXED = re.compile(
    r"(?:(?<![^\W_])|(?<=[A-Z]{2}[0-9]{2}[A-Z]{4}))[0-9OoQОоIl|!SsBZz]{1,24}+"  # or in an IBAN
    r"(?:[ .()/+-]{1,2}[0-9OoQОоIl|!SsBZz]{1,24}+){0,12}+(?![^\W_])"
)
# The letters that look like digits.
_LETTERS = re.compile(r"[OoQОоIl|!SsBZz]")
_FEWEST = 6  # digits of a number that is worth a guess


def misread(text: str) -> Iterator[Change]:
    """Yield the letters among digits that look like digits.

    `4OOO`. Two signs in five must be digits.
    """
    done = 0
    while seed := _AMONG_DIGITS.search(text, done):
        number = _MIXED.search(text, max(done, seed.start() - _WORD), seed.end() + _LONG_LINE)
        done = max(number.end() if number else 0, seed.end())
        if number and _is_number(number.group()):
            for letter in _LETTERS.finditer(text, *number.span()):
                yield *letter.span(), letter.group().translate(_AS_DIGITS)


def _is_number(signs: str) -> bool:
    """Tell whether signs are mixed of digits and letters, with enough digits."""
    count = sum(map(str.isalnum, signs))
    digits = sum(map(str.isdigit, signs))
    return count >= _FEWEST and count * 2 <= digits * 5 < count * 5


# An address written backwards, "gro.elpmaxe@anna": its host is before the sign.
_BACKWARDS_AT = re.compile(r"@[\w+-]{1,64}(?![\w.])")
_BACKWARDS_HOST = re.compile(r"(?<![\w.])[a-z]{2,6}\.[\w.-]{1,80}$")
# "https://" written backwards, with which such a link ends.
_BACKWARDS_LINK = re.compile(r"//:s?ptth(?!\S)")
_NO_BLANKS = re.compile(r"\S{0,200}$")
# "the", "and", "that", "with", "from", "this", "you"; "und", "nicht"; "pour", "dans"; "para", "los"
_BACKWARDS = "eht dna taht htiw morf siht uoy dnu thcin ruop snad arap sol".split()
_BACKWARDS_WORD = re.compile(rf"\b(?:{'|'.join(_BACKWARDS)})\b")


def backwards(text: str) -> Iterator[Span]:
    """Yield the spans of text written backwards.

    Addresses, links, and lines with two such words.
    """
    yield from _grown(_BACKWARDS_AT, _BACKWARDS_HOST, text)
    yield from _grown(_BACKWARDS_LINK, _NO_BLANKS, text)
    # The blanks are searched for second: of a page of blanks each would be one that might do.
    if any(word in text and f" {word} " in text for word in _BACKWARDS):
        yield from _backwards_lines(text)


def _grown(pattern: re.Pattern[str], before: re.Pattern[str], text: str) -> Iterator[Span]:
    """Yield the spans of a pattern together with the text before it, if that fits."""
    for match in pattern.finditer(text):
        left = before.search(text, max(match.start() - _LONG_LINE, 0), match.start())
        if left:
            yield left.start(), match.end()


def _backwards_lines(text: str) -> Iterator[Span]:
    """Yield the lines with two different words written backwards."""
    done = 0
    for match in _BACKWARDS_WORD.finditer(text):
        if match.start() < done:
            continue
        begin = max(match.start() - LONGEST, done)
        start = max(begin, text.rfind("\n", begin, match.start()) + 1)
        end = text.find("\n", match.end(), match.end() + LONGEST)
        done = end if end >= 0 else min(match.end() + LONGEST, len(text))
        if len({word.group() for word in _BACKWARDS_WORD.finditer(text, start, done)}) > 1:
            yield start, done
