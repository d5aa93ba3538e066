"""Marked copies: documents with a mark at each place that is to be removed, for people to change.

A person deletes marks, adds or moves some in a program of their own; what was done is read back as
decisions (`redactor review --from`). The texts of the document and the places of its marks are kept
beside the marked copies, so that nothing rests on what a program makes of the file:

- a mark is known by its key, the number and the first digits of the location id of its record;
- a place is known by its letters and digits. Blanks, signs, fonts and file formats may change, but
  no letter of the text may: it is then refused, by the place of the first that differs.
"""
