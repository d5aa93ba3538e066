"""Network addresses of machines that may be a person's."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address


def ip4_address(text: str) -> bool:
    """Tell whether four numbers are an address of one machine or network, not of this or all."""
    numbers = [int(number) for number in re.findall(r"\d+", text)[:4]]
    if len(numbers) < 4 or max(numbers) > 255:
        return False
    address = IPv4Address(bytes(numbers))
    return not (address.is_loopback or numbers[0] in (0, 255))


def ip6_address(text: str) -> bool:
    """Tell whether a text is an IPv6 address of one machine or network.

    One group has three digits or more, and one of the digits is no letter: `a::b` is code.
    """
    plain = re.split("[%/]", text)[0]
    try:
        address = IPv6Address(plain)
    except AddressValueError:
        return False
    told = any(map(str.isdigit, plain)) and re.search(r"[\da-fA-F]{3}|\.", plain) is not None
    return told and not (address.is_loopback or address.is_unspecified)
