"""Pictures in a PDF: the metadata inside of their bytes is taken out, as in pictures elsewhere."""

from __future__ import annotations

from collections.abc import Container, Iterator
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name

from redactor.formats.picture import cleaned, kind_of
from redactor.formats.picture.pixels import metadata

__all__ = ["clean_pictures", "drawn_images", "picture_metadata"]

_WHOLE = frozenset({"/DCTDecode", "/DCT", "/JPXDecode"})
"""Filters whose input is a picture file: JPEG and JPEG 2000."""


def clean_pictures(pdf: pikepdf.Pdf) -> None:
    """Take the metadata out of all pictures. Raises DamagedDocument."""
    for stream, name, data in _pictures(pdf):
        new = cleaned(data)
        if new != data:
            parameters = stream.get("/DecodeParms")
            if isinstance(parameters, Array):
                parameters = parameters[len(parameters) - 1] if len(parameters) else None
            about = parameters if isinstance(parameters, Dictionary) else None
            stream.write(new, filter=Name(name), decode_parms=about)


def drawn_images(
    pdf: pikepdf.Pdf, but: Container[tuple[int, int]] = ()
) -> Iterator[pikepdf.Object]:
    """Yield the pictures, but for some, and for those that say where others are seen through."""
    streams = [one for one in pdf.objects if isinstance(one, pikepdf.Stream)]
    masks = {
        value.objgen
        for one in streams
        for key in ("/SMask", "/Mask")
        if isinstance(value := one.get(key), pikepdf.Stream)
    }
    for one in streams:
        if one.get("/Subtype") == "/Image" and one.objgen not in masks and one.objgen not in but:
            yield one


def picture_metadata(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Yield what Pillow sees in the pictures of a document beside their pixels."""
    for _, _, data in _pictures(pdf):
        yield from metadata(BytesIO(data))


def _pictures(pdf: pikepdf.Pdf) -> Iterator[tuple[pikepdf.Object, str, bytes]]:
    """Yield the streams that are picture files, the filter that reads each, and its bytes."""
    for obj in pdf.objects:
        if not isinstance(obj, pikepdf.Stream) or "/Filter" not in obj:
            continue
        stated = obj["/Filter"]
        filters = [str(one) for one in stated] if isinstance(stated, Array) else [str(stated)]
        if not filters or filters[-1] not in _WHOLE:
            continue
        data = obj.read_raw_bytes()
        if filters[:-1]:
            packed = pdf.make_stream(data)
            packed["/Filter"] = Array([Name(one) for one in filters[:-1]])
            data = packed.read_bytes()
        if kind_of(data[:16]):
            yield obj, filters[-1], data
