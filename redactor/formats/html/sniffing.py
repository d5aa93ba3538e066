"""Whether a document is a page, judged by how it begins."""

from __future__ import annotations

import re

# What may stand before the first tag: blanks, comments, a declaration of XML.
_BEFORE = rb"(?:\xef\xbb\xbf)?(?:\s|<!--(?:[^-]|-(?!->))*+-->|<\?[^>]*+>)*+"
_HTML = re.compile(_BEFORE + rb"<(?:!doctype\s+html|html|head|body)(?=[\s/>])", re.IGNORECASE)
_XML = re.compile(r"\ufeff?\s*<\?xml\s")
_WIDE = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def looks_like_html(head: bytes) -> bool:
    """Tell whether the first kilobyte of a document is that of a page."""
    for mark, codec in _WIDE.items():
        if head.startswith(mark):
            head = head[2:].decode(codec, "ignore").encode("utf-8", "ignore")
    return _HTML.match(head) is not None


def looks_like_xhtml(head: str, name: str) -> bool:
    """Tell whether browsers would read a page by the rules of XML, as far as a file shows it."""
    return name.lower().endswith((".xhtml", ".xht")) or _XML.match(head) is not None
