"""What people decided about places of a document, carried out: pure but for reading the document.

The rules:

- a row is about the place of a record, found again by a keyed code of position, type and text. One
  that is not found, or whose fingerprint is another, is *stale*: an error, and never a guess;
- rows of one review stand side by side, and may not contradict each other; a later review starts
  from what an earlier one came to, and has the last word;
- narrow beats wide within a review: what is said of a place alone, of its document, of all;
- a *restored* place stays, and it alone: every other place of the same value still goes, and the
  verification of the copy lets through exactly these places. `document` and `everywhere` restore
  the same text of the same type, which is what the reviewer was asked about, not a person's other
  names;
- an *added* text is redacted like one on a deny list: under any policy, in every alternate view,
  and, if it names a person, with that person's other names;
- what cannot be carried out to the letter (a restored place that is part of something longer which
  goes) is an error.
"""

from redactor.decisions.applier import DecisionApplier, place_of
from redactor.decisions.notes import check_notes
from redactor.decisions.rows import ReviewDecisions

__all__ = ["DecisionApplier", "ReviewDecisions", "check_notes", "place_of"]
