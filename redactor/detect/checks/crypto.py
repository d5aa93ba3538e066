"""Checksums of the addresses of crypto-currencies, each as its project publishes it."""

from __future__ import annotations

from hashlib import sha256

# The alphabets of base58, of Ripple's variant, and of bech32 (BIP 173), in the order of values.
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_RIPPLE = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
# The generator of bech32's checksum (BIP 173).
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_ENDS = (1, 0x2BC830A3)  # of BIP 173, and of BIP 350
# Characters of a text that is decoded; an extended key (BIP 32) has 111.
_LONGEST = 128


def base58_address(text: str) -> bool:
    """Tell whether a text is an address in base58 with its checksum, of Bitcoin and its like."""
    return _checked(text, _BASE58) or _checked(text, _RIPPLE)


def bech32_address(text: str) -> bool:
    """Tell whether a text is an address in bech32 (BIP 173) or bech32m (BIP 350)."""
    if text not in (text.lower(), text.upper()) or len(text) > _LONGEST:
        return False
    prefix, mark, data = text.lower().rpartition("1")
    if not (prefix and mark and len(data) > 6 and set(data) <= set(_BECH32)):
        return False
    high, low = [ord(sign) >> 5 for sign in prefix], [ord(sign) & 31 for sign in prefix]
    return _polymod([*high, 0, *low, *map(_BECH32.index, data)]) in _BECH32_ENDS


def base58_key(text: str) -> bool:
    """Tell whether a text is a key of 32 bytes in base58, as Solana's addresses are."""
    decoded = _decoded(text, _BASE58)
    return decoded is not None and len(decoded) == 32


def _checked(text: str, alphabet: str) -> bool:
    decoded = _decoded(text, alphabet)
    if decoded is None or len(decoded) != 25:
        return False
    return sha256(sha256(decoded[:-4]).digest()).digest()[:4] == decoded[-4:]


def _decoded(text: str, alphabet: str) -> bytes | None:
    """Return the bytes of base58, or None if it is none; the first sign of the alphabet is zero."""
    if len(text) > _LONGEST or not set(text) <= set(alphabet):
        return None
    number = 0
    for sign in text:
        number = 58 * number + alphabet.index(sign)
    noughts = len(text) - len(text.lstrip(alphabet[0]))
    return bytes(noughts) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for bit, term in enumerate(_GENERATOR):
            check ^= term if top >> bit & 1 else 0
    return check
