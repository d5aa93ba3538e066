"""Detection of HTML and XHTML by the beginning of a document."""

from __future__ import annotations

import re

# What may precede the first tag: a byte order mark, blanks, comments, an XML declaration.
_BEFORE = rb"(?:\xef\xbb\xbf)?(?:\s|<!--(?:[^-]|-(?!->))*+-->|<\?[^>]*+>)*+"
# The tags with which pages begin. Others begin texts as well: `<b>`, `<p>`.
_HTML = re.compile(_BEFORE + rb"<(?:!doctype\s+html|html|head|body)(?=[\s/>])", re.IGNORECASE)
_XML = re.compile(r"\ufeff?\s*<\?xml\s")
# UTF-16 by its byte order mark: the patterns above read single bytes.
_WIDE = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def looks_like_html(head: bytes) -> bool:
    """Tell whether the first kilobyte of a document is that of a page."""
    for mark, codec in _WIDE.items():
        if head.startswith(mark):
            head = head[2:].decode(codec, "ignore").encode("utf-8", "ignore")
    return _HTML.match(head) is not None


def looks_like_xhtml(head: str, name: str) -> bool:
    """Tell whether a page is XHTML, by its suffix or its XML declaration.

    Browsers decide by the media type, which a file does not have.
    """
    return name.lower().endswith((".xhtml", ".xht")) or _XML.match(head) is not None
