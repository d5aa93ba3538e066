"""Marked running text of Word: each place is highlighted and has a comment, `PERSON 7-3f2a`.

The comment is the mark; the highlight is for the eye. A person takes a comment away, moves it, or
adds one: `redact`, `PERSON` or another type, or `redact PERSON`. A comment that begins with `note`
is none, nor is one that the document had before; any other is refused. Headers, footers, notes,
text boxes and comments have brackets (`redactor.proposals.office`), since Word has no comments
in most of these.
"""
