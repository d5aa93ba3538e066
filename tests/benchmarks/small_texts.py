"""What a thousand small texts cost, beside the same text in one piece.

    python tests/benchmarks/small_texts.py FILE.jsonl.gz    # rows with `text`, as of a corpus

Prints the processor seconds of 64,000 characters as one text, one paragraph, a thousand paragraphs,
and a thousand cells of a table, whose texts are fields of their own.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from html import escape

from redactor import Key, Redactor

_LENGTH, _COUNT = 64, 1000


def pieces(path: str) -> list[str]:
    """Return a thousand pieces of 64 characters of a corpus."""
    text = ""
    with gzip.open(path, "rt", encoding="utf-8") as rows:
        for row in rows:
            text += json.loads(row)["text"].replace("\n", " ") + " "
            if len(text) > _LENGTH * _COUNT:
                break
    return [text[at * _LENGTH : (at + 1) * _LENGTH] for at in range(_COUNT)]


def main() -> None:
    """Measure each form of the text twice, and print the lesser time."""
    texts = pieces(sys.argv[1])
    html = [escape(text) for text in texts]
    cells = "".join(f"<tr><td>{text}</td></tr>\n" for text in html)
    forms = {
        "one text": "".join(texts),
        "one paragraph": f"<!DOCTYPE html><p>{''.join(html)}</p>",
        "paragraphs": "<!DOCTYPE html>" + "".join(f"<p>{text}</p>\n" for text in html),
        "cells": f"<!DOCTYPE html><table>{cells}</table>",
    }
    redactor = Redactor(key=Key(bytes(32)))
    redactor.redact("Ilse Marsh came.")  # so that all is loaded
    for name, form in forms.items():
        took = []
        for _ in range(2):
            began = time.process_time()
            redactor.redact_bytes(form.encode())
            took.append(time.process_time() - began)
        print(f"{name:15s} {min(took):6.2f} s", flush=True)


if __name__ == "__main__":
    main()
