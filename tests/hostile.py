"""Texts made to cost as much as they can: each is as long as one asks for."""

from __future__ import annotations

from collections.abc import Callable

# Each of these is repeated until it is long; what stands before a bar comes once, before all.

# of the normalised view
VIEWS = {
    "one letter": "a",
    "ampersands": "&",
    "entities": "&amp;",
    "one entity, nested deep": "&|amp;",
    "entities that never end": "&#",
    "per cent signs": "%",
    "one escape, nested deep": "%|25",
    "cut off UTF-8": "%C3",
    "backslashes": "\\",
    "escapes of programs": "\\u0040",
    "marks of quotation": "\n|>",
    "quoted lines": "\n > > ",
    "at signs at line ends": "@\n",
    "a hyphen and spaces": "a-| ",
    "one combining mark": "a|\u0301",
    "combining marks out of order": "a|\u0301\u0316",
    "look-alikes": "a|а",
    "zero width": "\u200b",
}

# of other readings: encodings, letters apart, backwards
READINGS = {
    "letter-spaced all over": "a ",
    "single digits all over": "1 ",
    "soft line breaks": "=\n",
    "escapes": "=40",
    "letters and digits": "O0",
    "short ones": "1O ",
    "backwards on one line": "eht dna ",
    "one word backwards": "eht ",
    "signs": "@a ",
    "links backwards": "//:ptth ",
    "overrides": "\u202e",
    "one run of base64": "A",
    "many runs of base64": "aWxzZUBiLm5ldCBpbHNlQGIubmV0 ",
    "one run of hexadecimal": "4142",
    "pairs of hexadecimal": "41 ",
    "digits at line ends": "ab1\n",
    "underscores at line ends": "a_\n",
    "wrapped base64": "A" * 76 + "\n",
}

# of the shipped rules
RULES = {
    "at signs": "@",
    "long local part": "|a",
    "dotted": "a.",
    "digits": "1",
    "digits and dashes": "1-",
    "digits and blanks": "1 ",
    "digits in pairs": "12 34-",
    "capitalised words": "Aa ",
    "capitals and commas": "Name: |Aa Bb, ",
    "initials": "A.",
    "spaces": "@| ",
    "line ends": "\n",
    "labels": "password: name: born in call ",
    "one label": "password ",
    "labels with signs": "password: id: tel: ",
    "key after key": "-----BEGIN PRIVATE KEY-----",
    "angle brackets": "<a@",
    "brackets": "(at) [dot] ",
    "paths": "x.ab/users/",
    "at and dot": "a at a dot ",
    "number words": "one ",
    "house numbers": "12 Aa Aa Aa ",
    "nested escapes": "&amp;|amp;",
    "escapes in escapes": "%25|25",
    "escapes of programs": "\\u005c|u005c",
    "handles": "@ab ",
    "quotes": '"a": "b", ',
    "one long line": "The meeting of the board at 9 was called off, said A. Vance (44). ",
}

# of Presidio's recognisers
PATTERNS = {
    "at-signs": "@",
    "letters and at-signs": "a@",
    "a local part": "a",
    "hyphens": "-a",
    "letters, digits and hyphens": "a1-",
    "single digits": "1 ",
    "noughts": "0 ",
    "digits that may be numbers": "2 0 2 5 5 5 ",
    "plus signs": "+1 ",
    "a run of digits": "1",
    "phone numbers": "020 7946 0958 ",
    "brackets": "(1",
    "extensions": "1 ext 2 ",
    "number signs": "1   #",
    "letters of extensions": "1xxx",
    "time stamps": "2012-01-02 08 ",
    "words with colons": "0a:",
    "stop words": "a 123456789 the ",
    "addresses of sites": "http://a.",
    "schemes": "http:// ",
    "dots": "a.",
    "domains": "a.co",
    "quotes": "'",
    "quoted sites": '"a.co/',
    "addresses": "a@b.co,",
    "addresses in sites": "/a@b.co?q=",
    "labels": "prior  authorization  no. : ",
    "groups of hexadecimal digits": "0a0a0a0a-",
    "account numbers": "AB12CDEF",
    "dates": "1/1/2001 ",
    "lines": "1\n",
}

# and single things that are as long as one asks for
LONG_THINGS: dict[str, Callable[[int], str]] = {
    "a local part": lambda size: "a" * size + "@example.org",
    "a host": lambda size: "x@" + "a-" * (size // 2),
    "blanks before a number": lambda size: "rx" + " " * size + "123456",
    "lines before a number": lambda size: "claim no" + "\n" * size + "123456",
    "a row of parts": lambda size: "abcdef-" * (size // 7) + "1",
    "signs before a word": lambda size: "!" * size + "a@b.co",
}

# of addresses that grow to whole blocks
BLOCKS = ["Ashby, ", "A ", "OH 4321 ", "Flat ", "\n", "Aa-", "7 ", "'"]


def repeated(unit: str, size: int) -> str:
    """Return a text of about `size` characters: what stands before a bar, and the rest, often."""
    before, _, often = unit.rpartition("|")
    return before + often * (size // len(often))
