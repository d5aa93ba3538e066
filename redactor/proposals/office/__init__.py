"""Marked copies of office documents: brackets in the text, `⟦PERSON 7-3f2a|Teodor Vance⟧`.

In Word the running text has comments instead, and the brackets are where Word has no comments: in
headers, footers, notes, text boxes and comments. In OpenDocument text, in sheets and slides
everything is marked by brackets. Numbers, results of formulas and fields, charts, properties and
what is no text of a page have no mark.
"""

from redactor.proposals.office.reading import opened, pair_of, read
from redactor.proposals.office.writing import Sheet, Source

__all__ = ["Sheet", "Source", "opened", "pair_of", "read"]
