"""What the second reader of a PDF yields is apart: no word is made of two texts."""

from __future__ import annotations

import io

import pikepdf

from redactor.analysis.word_runs import WordRuns
from redactor.formats.base import Layout
from redactor.formats.pdf import Pdf


def test_strings_of_a_document_are_not_run_together():
    pdf = pikepdf.new()
    pdf.add_blank_page()
    for key in ("/Author", "/Title", "/Subject"):
        pdf.docinfo[key] = "Vance"
    source = io.BytesIO()
    pdf.save(source)
    seen = Pdf().extract(source, Layout("pdf"))
    assert WordRuns(["vance"]).among(seen) == {"vance"}
