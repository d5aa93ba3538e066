"""What pictures show, as text: tesseract reads it, a program of the system that is run here.

Nothing of ours reads letters in pixels. Tesseract gets a picture and gives back its words with
their boxes, over pipes: no file is written, and no network is used.
"""

from redactor.formats.ocr.tesseract import (
    check_ocr,
    describe_ocr,
)
from redactor.formats.ocr.words import Box, Labelled, Paragraph, Word, boxes_of, merged, paragraphs

__all__ = [
    "Box",
    "Labelled",
    "Paragraph",
    "Word",
    "boxes_of",
    "check_ocr",
    "describe_ocr",
    "merged",
    "paragraphs",
]
