"""Encryption that can be undone with the collection key alone, and is the same in every run.

AES-SIV (RFC 5297) with two keys of 256 bits, derived from the collection key for this purpose, and
the entity as associated data. It needs no random vector: the same text of the same entity is the
same token, so that the same source gives the same copy. What that tells is what a pseudonym tells,
that two texts are equal. It is authenticated: a token that was changed, or that another key made,
does not open.

The text is filled up to a multiple of 32 bytes less one, so that most names and numbers have
tokens of one length.
"""

from __future__ import annotations

import re
from base64 import b32decode, b32encode
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from presidio_anonymizer.operators import OperatorType

from redactor.keys import Key
from redactor.operators.placeholders import ENCRYPTED
from redactor.operators.tokens import Ours

_KEY_BYTES = 64
_BLOCK = 32
_END = b"\x80"  # after the text, before the filling: ISO/IEC 7816-4
# A token as a copy has it: between brackets, perhaps with the code and the amount after it; or,
# where there may be none, bare (`redactor.operators.slots`).
_TOKEN = re.compile(rf"(?P<entity>[A-Z][A-Z0-9_]*)[:-](?P<token>{ENCRYPTED})(?![A-Z0-9])")


class InvalidToken(Exception):
    """A token that this key did not make, or that was changed."""


class Encrypt(Ours):
    """The text itself, encrypted: `[PERSON:...]`."""

    NAME = "encrypt"

    def operate(self, text: str, params: dict[str, Any] | None = None) -> str:
        """Return the token of a text."""
        given = params or {}
        entity = given["entity_type"]
        filled = text.encode("utf-8", "surrogatepass") + _END
        filled += bytes(-len(filled) % _BLOCK)
        data = _cipher(given["key"]).encrypt(filled, [entity.encode()])
        return f"[{entity}:{b32encode(data).decode().rstrip('=')}]"


class Decrypt(Ours):
    """The counterpart of `encrypt`, for Presidio's DeanonymizeEngine."""

    NAME = "decrypt"

    def operate(self, text: str, params: dict[str, Any] | None = None) -> str:
        """Return the text of a token without its brackets. Raises InvalidToken."""
        given = params or {}
        try:
            data = b32decode(text + "=" * (-len(text) % 8))
            filled = _cipher(given["key"]).decrypt(data, [given["entity_type"].encode()])
        except (ValueError, InvalidTag):
            raise InvalidToken("the token is not of this key") from None
        return filled.rstrip(b"\0")[: -len(_END)].decode("utf-8", "surrogatepass")

    def operator_type(self) -> OperatorType:
        """Return that it undoes."""
        return OperatorType.Deanonymize


@lru_cache(maxsize=4)
def _cipher(key: Key) -> AESSIV:
    return AESSIV(key.derive("encrypt", _KEY_BYTES))


def token_in(placeholder: str) -> tuple[str, str] | None:
    """Return entity and encrypted text of a placeholder that `encrypt` made; None of others."""
    match = _TOKEN.search(placeholder)
    return (match["entity"], match["token"]) if match else None
