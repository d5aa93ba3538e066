"""Bad redactions: what a document conceals from the eye, but not from a program.

`geometry`, `concealment`, `recognised` and `boxes` know pages as what is painted on them;
`painting`, `operators`, `annotations` and `pdf` read them out of a PDF, `word` reads the runs of a
Word document. `examine` chooses by content.
"""

from redactor.badredactions.examination import examine
from redactor.badredactions.finding import Category, Finding

__all__ = ["Category", "Finding", "examine"]
