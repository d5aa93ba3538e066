"""Office documents: packages of XML parts, by one engine; a class says what each kind is."""

from __future__ import annotations

from redactor.formats.office.package import Package

__all__ = ["Epub", "OfficeOpenXml", "OpenDocument"]

_NOT_EXAMINED = "pictures, sounds, films and fonts (by `media`)"


class OfficeOpenXml(Package):
    """Documents of Word, Excel and PowerPoint (ECMA-376, ISO/IEC 29500), and their like."""

    name = "ooxml"
    title = "Word, Excel and PowerPoint documents"
    suffixes = frozenset(
        ".docx .docm .dotx .dotm .xlsx .xlsm .xltx .xltm .pptx .pptm .potx .potm .ppsx .ppsm"
        " .thmx .vsdx .vssx .vstx .vsdm".split()
    )
    examined = (
        "text across runs, tables, notes, comments, tracked changes, fields, links, properties,"
        " cells and caches, charts, slides, embedded documents"
    )
    not_examined = (
        f"{_NOT_EXAMINED}; macros, OLE objects, ActiveX, signatures (each named); thumbnails and"
        " printer settings are dropped"
    )


class OpenDocument(Package):
    """Documents of OpenDocument (ISO/IEC 26300): text, sheets, presentations, drawings."""

    name = "odf"
    title = "OpenDocument text, sheets, presentations, drawings"
    suffixes = frozenset(
        ".odt .ods .odp .odg .odf .odc .odm .ott .ots .otp .otg .oth .sxw .sxc .sxi .stw".split()
    )
    examined = (
        "text across spans, tables, notes, annotations, tracked changes, fields, properties, cells,"
        " charts, macros"
    )
    not_examined = (
        f"{_NOT_EXAMINED}; OLE objects, signatures (each named); thumbnails and pictures of objects"
        " are dropped"
    )


class Epub(Package):
    """Electronic books (EPUB 2 and 3)."""

    name = "epub"
    title = "EPUB books"
    suffixes = frozenset({".epub"})
    examined = "pages, contents, metadata, styles and scripts"
    not_examined = _NOT_EXAMINED
