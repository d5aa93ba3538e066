"""Whether a text looks like a secret, or encodes one."""

from __future__ import annotations

import base64
import binascii
import re

from redactor.detect.checks.words import NO_SECRETS, PLAIN_WORDS

# Decoded user information of HTTP's basic authentication: user, colon, password.
_USERINFO = re.compile(rb"[\x20-\x39\x3b-\x7e\x80-\xff]{1,256}:[\x20-\x7e\x80-\xff]{0,256}")

# Code that gets a secret from elsewhere: "${TOKEN}", "os.environ", "get_password(".
_CODE = re.compile(
    r"[$%]?\{|\$\(|<\w|\[\w|os\.|process\.|self\.|config|getenv|env\."
    r"|(?:get|make|read|load|fetch|input|prompt|decrypt|generate|create|ask)[a-z_.]*\("
)

# The name of a variable that holds one: "nextToken", "API_KEY".
_IDENTIFIER = re.compile(
    r"[a-zA-Z]{1,30}(?:Token|Key|Secret|Password)|[A-Z]{2,20}(?:_[A-Z]{2,20}){0,3}_(?:TOKEN|KEY|SECRET)"
)


def secret(text: str) -> bool:
    """Tell whether the value after a label such as `password:` is a secret, not prose or code."""
    word = text.casefold().strip(".,;:!?'\"")
    if word in NO_SECRETS or word in PLAIN_WORDS or len(word) < 3 or len(set(word)) < 2:
        return False
    return not (_CODE.match(word) or _IDENTIFIER.fullmatch(text))


def strong_secret(text: str) -> bool:
    """Tell whether a text is a secret by its looks alone: digits or signs among letters."""
    word = text.strip(".,;:!?'\"")
    kinds = (str.isdigit, str.isalpha, lambda sign: not sign.isalnum())
    return secret(text) and len(word) >= 4 and sum(any(map(kind, word)) for kind in kinds) > 1


def base64_of_userinfo(text: str) -> bool:
    """Tell whether base64 decodes to `user:password`."""
    return any(_USERINFO.fullmatch(decoded) for decoded in _decodings(text))


def _decodings(text: str) -> list[bytes]:
    """Return what base64 may mean, from each of four places: signs in front may not belong."""
    signs = "".join(text.split()).rstrip("=").replace("-", "+").replace("_", "/")
    decoded = []
    for start in range(4):
        part = signs[start:]
        part = part[: len(part) - (len(part) % 4 == 1)]
        try:
            decoded.append(base64.b64decode(part + "=" * (-len(part) % 4)))
        except (binascii.Error, ValueError):
            continue
    return decoded
