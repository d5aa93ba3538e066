"""Numbers of vehicles."""

from __future__ import annotations

# The values of letters, and the weights of the 17 positions (49 CFR 565.15).
_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "12345678123457923456789"), strict=True))
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_CHECK = 8  # the place of the check digit


def vin(text: str) -> bool:
    """Tell whether a text is a vehicle identification number with its North American check digit.

    Seventeen letters and digits without I, O and Q (ISO 3779); the check is that of 49 CFR 565.
    """
    code = text.upper()
    if not vin_shape(code):
        return False
    total = sum(
        weight * (int(sign) if sign.isdigit() else _VALUES[sign])
        for weight, sign in zip(_WEIGHTS, code, strict=True)
    )
    return code[_CHECK] == "0123456789X"[total % 11]


def vin_shape(text: str) -> bool:
    """Tell whether a text has the signs of a vehicle identification number, letters and digits."""
    code = text.upper()
    known = all(sign in _VALUES or sign in "0123456789" for sign in code)
    mixed = any(map(str.isdigit, code)) and any(map(str.isalpha, code))
    return len(code) == len(_WEIGHTS) and known and mixed and len(set(code)) > 4
