"""A PDF as bytes: reachable objects alone, in one revision."""

from __future__ import annotations

import io
import warnings

import pikepdf

from redactor.errors import OutputError

__all__ = ["save", "saved"]


def save(pdf: pikepdf.Pdf) -> bytes:
    """Return a document: reachable objects alone, in one revision, the same bytes every time."""
    try:
        draft = saved(pdf)
        # Written twice: the order of what qpdf adds to a stream is settled, and a copy of a copy is
        # the same file.
        with pikepdf.open(draft) as again:
            return saved(again).getvalue()
    except pikepdf.PdfError:
        raise OutputError("the copy of the PDF could not be written") from None


def saved(pdf: pikepdf.Pdf) -> io.BytesIO:
    """Return a document as it is written once; others than `save` read it on."""
    copy = io.BytesIO()
    if "/ID" in pdf.trailer:
        del pdf.trailer["/ID"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of widgets that are in no form: they were so before
        pdf.save(copy, deterministic_id=True, encryption=False, fix_metadata_version=False)
    copy.seek(0)
    return copy
