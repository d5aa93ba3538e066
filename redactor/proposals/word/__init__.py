"""Marked copies of Word documents: each place is highlighted and has a comment, `PERSON 7-3f2a`.

The comment is the mark; the highlight is for the eye. A person takes a comment away, moves it, or
adds one: `redact`, `PERSON` or another type, or `redact PERSON`. A comment that begins with `note`
is none, nor is one that the document had before; any other is refused. Marks are in the running
text, where Word has comments: not in headers, notes, text boxes and properties.
"""

from redactor.proposals.word.package import Package
from redactor.proposals.word.reading import comments_of, read
from redactor.proposals.word.writing import Sheet

__all__ = ["Package", "Sheet", "comments_of", "read"]
