"""Reviewers' decisions about findings of a document, applied: pure but for reading the document.

The rules:

- a row is about the finding of a record, identified by a keyed code of position, type and text. A
  row whose finding does not exist, or has another fingerprint, is *stale*: an error, never a guess;
- rows of one review are equal in rank, and must not contradict each other; a later review starts
  from the result of an earlier one, and overrides it;
- within a review, narrow scope overrides wide: this finding, this document, everywhere;
- a *restored* finding is kept, and it alone: every other occurrence of the value is still
  redacted, and the verification of the copy accepts exactly the restored ones. `document` and
  `everywhere` restore the same text of the same type, which is what the reviewer was asked about,
  not a person's other names;
- an *added* text is redacted like one on a deny list: under any policy, in every alternate view,
  and, if it names a person, with that person's other names;
- a decision that cannot be carried out to the letter (a restored value that is part of something
  longer which is redacted) is an error.
"""

from redactor.decisions.applier import DecisionApplier, place_of
from redactor.decisions.notes import check_notes
from redactor.decisions.rows import ReviewDecisions

__all__ = ["DecisionApplier", "ReviewDecisions", "check_notes", "place_of"]
