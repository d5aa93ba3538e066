"""The keys of indexes: an address with its host in reverse (SURT), as most indexers write it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_WWW = re.compile(r"www\d*\.")
_PORTS = {"http": ":80", "https": ":443"}


def surt(address: str) -> str:
    """Return the key of an address: `org,example)/a?b=1` for `http://www.example.org/A?b=1`.

    Other indexers write some keys otherwise; those are texts of their own.
    """
    scheme, colon, _ = address.partition("://")
    if not colon or scheme.lower() not in _PORTS:
        return address
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return address
    host = parts.netloc.rpartition("@")[2].lower().removesuffix(_PORTS[parts.scheme])
    name, port, number = _WWW.sub("", host, count=1).partition(":")
    path = parts.path.lower().rstrip("/") or "/"
    query = "&".join(sorted(parts.query.lower().split("&"))) if parts.query else ""
    reverse = ",".join(reversed(name.rstrip(".").split(".")))
    return f"{reverse}{port}{number}){path}{'?' + query if query else ''}"
