"""Placeholders: what they look like, and how one is recognised in a text. Pure.

A pseudonym is the entity and 40 bits of HMAC(key, entity, canonical value), in Crockford's
base 32: `[PERSON_7FQ2M9XA]`. The same value has the same token in every file, worker and run,
with no coordination, and nobody without the key can compute it. Its width tells nothing of the
value's. A number, `[PERSON_1]`, goes by the order in one document and skips those that the source
already uses. A hash is the entity and all digits of a salted digest. An encrypted value stands
after a colon, `[PERSON:...]`. A label is the entity alone; a mask is always as wide as any other.

Where a policy shows the code of an exemption, or the amount, they stand after the entity, as in
`[PERSON_7FQ2M9XA (b)(6) 10-19 characters]`; a mask gives way to them, `[(b)(6) 10-19 characters]`,
and still names no entity. The amount is a band, as in the log, never a length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from redactor.keys import Key
from redactor.model import BANDS, Decision, amount

MASK = "XXXXXXXX"
NO_HOST = "redacted.invalid"
"""The host of mailboxes, which no mail can reach: RFC 2606 reserves `.invalid`."""

_UNIT = "characters"
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TOKEN_BYTES = 5
# Ciphertext in base32, which may stand in any file name: 16 bytes of the synthetic vector and 32 or
# more of padded text, so that it is never shorter than 77 characters.
ENCRYPTED = r"[A-Z2-7]{77,}"
# A SHA-256 or SHA-512 in hexadecimal digits, as Presidio's `hash` gives it.
_HASHED = r"[0-9a-f]{64}(?:[0-9a-f]{64})?"
# What every placeholder has: a bracket before it, a mask, or the mark behind an entity. The set
# comes first because the search for one is quick, and one character is consumed, so that a sign
# inside another is found too: `_XXXXXXXX`.
_SIGN = re.compile(
    rf"[\[<X_-](?:(?<=[\[<])|(?<=X)(?<!XX)(?={MASK[1:]})"
    rf"|(?<=_)(?=[{_DIGITS}]{{8}}|{_HASHED})|(?<=-)(?={ENCRYPTED}))"
)


def token(key: Key, entity: str, value: str) -> str:
    """Return the pseudonym of a canonical value."""
    return f"[{entity}_{base32(key.mac('pseudonym', entity, value))}]"


def base32(digest: bytes) -> str:
    """Return the first 40 bits of a digest as eight digits that nobody mixes up."""
    bits = int.from_bytes(digest[:_TOKEN_BYTES], "big")
    return "".join(_DIGITS[bits >> shift & 31] for shift in range(35, -1, -5))


def with_details(placeholder: str, decision: Decision) -> str:
    """Return a placeholder with the code and the amount that its decision shows."""
    details = list(_details(decision))
    if not details:
        return placeholder
    name = "" if placeholder == MASK else placeholder[1:-1]
    return f"[{' '.join(filter(None, (name, *details)))}]"


def shown_amount(placeholder: str) -> str:
    """Return the band that a placeholder shows: `[PERSON 10-19 characters]` -> `10-19`, or none."""
    return next((band for _, band in BANDS if placeholder.endswith(f"{band} {_UNIT}]")), "")


def _details(decision: Decision) -> Iterator[str]:
    if "code" in decision.shows and decision.exemption.code:
        yield decision.exemption.code
    if "amount" in decision.shows:
        yield f"{amount(decision.end - decision.start)} {_UNIT}"


def placeholders(
    text: str, entities: Iterable[str], codes: Iterable[str] = ()
) -> Iterator[re.Match[str]]:
    """Yield what looks like a replacement of ours (or of a kindred tool) in a text.

    The group `name` is the entity with its number or token, or None where there is none. Only known
    entities and codes count: `<MARSH>` is a name between brackets, and so is `[PERSON MARSH]`. A
    mask counts wherever it stands, be it ours or not.
    """
    known = frozenset(entities)
    done, shape, bare = 0, _shape(known, frozenset(codes)), _bare(known)
    for start in _starts(text, known):
        behind_another = start == done > 0
        if start >= done and (
            found := shape.match(text, start) or (behind_another and bare.match(text, start))
        ):
            yield found
            done = found.end()


def _starts(text: str, entities: frozenset[str]) -> list[int]:
    """Return every position at which a placeholder may begin, in order: few, in most texts.

    The whole pattern, tried at every character, took a third of the time of a run.
    """
    starts: set[int] = set()
    for sign in _SIGN.finditer(text):
        at = sign.start()
        if text[at] in "_-":  # behind the entity of one without brackets
            starts.update(at - len(one) for one in entities if text.endswith(one, 0, at))
        else:
            starts.add(at)
    return sorted(starts)


@lru_cache(maxsize=8)
def _shape(entities: frozenset[str], codes: frozenset[str]) -> re.Pattern[str]:
    known = _one_of(entities)
    bands = _one_of(f"{band} {_UNIT}" for _, band in BANDS)
    code = _one_of(codes)
    marks = rf"_(?:\d{{1,6}}|[{_DIGITS}]{{8}}|{_HASHED})|:{ENCRYPTED}"
    name = rf"(?P<name>{known}(?:{marks})?)"
    shown = rf"{name}(?: {code})?(?: {bands})?|{code}(?: {bands})?|{bands}"
    # An escape may be before one without brackets, as of a blank: `CV%20PERSON_7FQ2M9XA`.
    free = r"(?:(?<![A-Za-z0-9])|(?<=[%=][0-9A-Fa-f]{2}))"
    bare = free + _core(entities)
    return re.compile(rf"[\[<](?:{shown})[\]>]|{bare}|(?<!X){MASK}(?!X)")


@lru_cache(maxsize=8)
def _bare(entities: frozenset[str]) -> re.Pattern[str]:
    """Return the pattern of a placeholder without brackets that stands right behind another."""
    return re.compile(rf"(?P<name>(?!))?{_core(entities)}")


def _core(entities: frozenset[str]) -> str:
    """Return the pattern of a placeholder without brackets, as in URLs and file names.

    A pseudonym is known by its eight digits. A mailbox has a host behind them, which would be a web
    address by itself. Behind it another may stand, where two parts of one mailbox were removed.
    """
    core = rf"{_one_of(entities)}(?:_(?:[{_DIGITS}]{{8}}|{_HASHED})|-{ENCRYPTED})"
    return rf"{core}(?:@{re.escape(NO_HOST)})?(?:(?![A-Za-z0-9])|(?={core}))"


def _one_of(words: Iterable[str]) -> str:
    """Return a pattern of any of some words, the longest first; of none, one that never fits."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return f"(?:{'|'.join(map(re.escape, ordered)) or '(?!)'})"
