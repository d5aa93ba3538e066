"""What the parts of a package are, by their names and first bytes."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from redactor.errors import EncryptedDocument, InputError, UnsupportedFormat
from redactor.formats.picture import kind_of
from redactor.formats.signatures import medium_of

HEAD = 1 << 10
"""Bytes of a part that are looked at."""

# Pictures of the document, settings of printers, what add-ins keep with a sheet, and what a program
# makes anew: not in the copy.
_DROPPED = re.compile(
    r"(?:docProps/thumbnail\.\w+|(?:[\w ]+/)*printerSettings/[\w.-]+\.bin|(?:[\w ]+/)*Thumbnails/.+"
    r"|xl/(?:\w+/)*customProperty\d*\.bin"
    r"|ObjectReplacements/.+|layout-cache|(?:.*/)?__MACOSX/.*|(?:.*/)?\.DS_Store|(?:.*/)?Thumbs\.db|[\w/]*\[trash\]/.+)",
    re.IGNORECASE,
)
# Parts whose bytes no format reads, with the reason.
_UNREADABLE = (
    (re.compile(r"(?:.*/)?vbaProject\w*\.bin", re.IGNORECASE), "holds macros (VBA)"),
    (re.compile(r"(?:.*/)?activeX/.*\.bin", re.IGNORECASE), "holds an ActiveX control"),
    (
        re.compile(
            r"_xmlsignatures/.+|META-INF/(?:document|macro|package)?signatures\.xml"
            r"|(?:.*/)?vbaProjectSignature\w*\.bin",
            re.IGNORECASE,
        ),
        "holds a digital signature, which does not outlast an edit",
    ),
)
# Fonts, also those that are obfuscated (ECMA-376 part 4, 2.8.1), and files of sounds and films.
_MEDIA_SUFFIXES = {
    suffix: kind
    for kind, suffixes in {
        "font": ".odttf .fntdata .eot .ttf .otf .woff .woff2",
        "sound": ".mp3 .m4a .wav .wma .ogg",
        "film": ".mp4 .m4v .avi .mov .wmv .webm",
    }.items()
    for suffix in suffixes.split()
}
_IMAGE = re.compile(r"(?:.*/)?(?:media|Pictures|images?)/[^/]+", re.IGNORECASE)
_MIMETYPE = re.compile(rb"application/[\w.+-]{1,100}\s?")

# Without these a document does not open, so a copy cannot be without them.
_ESSENTIAL = re.compile(
    r"\[Content_Types\]\.xml|(?:.*/)?_rels/[^/]*\.rels|word/document\d*\.xml|xl/workbook\d*\.xml"
    r"|xl/worksheets/sheet\d+\.xml|xl/sharedStrings\.xml|ppt/presentation\d*\.xml"
    r"|ppt/slides/slide\d+\.xml|ppt/slide(?:Master|Layout)s/.+\.xml|content\.xml|styles\.xml"
    r"|META-INF/(?:manifest|container)\.xml|mimetype|.+\.opf",
    re.IGNORECASE,
)

# Words in the names of parts that programs give; a part with any other word is named by a person.
_WORDS = frozenset(
    """
    accelerator active activex activexcontrol android app authors bak basic bibliography bin binary
    bitmaps book calc cache chain changes chapter chart charts chartsheet chartsheets chartex cjk
    col colors colorschemes comment commentauthors comments commentsextended commentsextensible
    commentsids config configurations connections container content contents contenttypes control
    controls core cover css ctrlprops current custom customization customui customxml data
    definition dialog dialogs dialogsheets diagrams display doc docprops document documenttasks
    drawing drawings embedded embeddings encryption endnotes epub exbin excel ext extended
    extensible externallink externallinks featurepropertybag floater font fonts fonttable footer
    footnotes formulas glossary handoutmaster handoutmasters header headings htm html ids image
    imagemap images img index inf ink item itemprops js keywords language layout layouts legacy
    lib library line links list local macro macros manifest master masters mediafile media
    menubar meta metadata microsoft microsoftex microsoftexcel microsoftpowerpoint microsoftword
    mimetype model module ms msword named names nav ncx note notes notesmaster notesmasters
    notesslide notesslides number numbering object objects ods odt odp oebps ole oleobject
    oleobjects opf ops options ot otf package packages page pages part people pers person persons
    pic picture pictures pivot pivotcache pivotcachedefinition pivotcacherecords pivottable
    pivottables popup
    popupmenu powerpoint ppt pptx presentation presprops print printer printersettings progressbar
    prop properties props queries query querytable querytables quick quickstyle rdf record records
    rels relationships remote replacements revision revisionheaders revisionlog revisions richdata
    richstyles rdrichvalue rdrichvaluestructure rdrichvaluetypes rdsupportingpropertybag root row
    script scripts section sections setting settings shape shared sharedstrings sheet sheets sig
    slicer slicercache slicercaches slicers slide slidelayout slidelayouts slidemaster slidemasters
    slides smil standard start statusbar story string strings structure style styles
    styleswitheffects stylesheet subdoc summary svg table tablestyles tables tablesinglecells tag
    tags taskpanes task text textures theme themeoverride themes thumb thumbnail thumbnails
    threadedcomment threadedcomments timeline timelinecache timelinecaches timelines title titlepage
    toc toolbar toolpanel ttf txt types usernames userinfo usershapes vba vbadata vbaproject version
    versionlist versions viewprops view vml vmldrawing webextension webextensions websettings word
    workbook worksheet worksheets xhtml xl xlsb xls xlsx docx xlsm docm pptm xml xmlmaps
    xmlsignatures jpeg jpg png gif bmp emf wmf tif tiff wdp ico webp emz wmz pdf mp svm with
    """.split()
)
_RUN = re.compile(r"[^\W\d_]+")
_HEXADECIMAL = re.compile(r"[a-fA-F]{1,8}|[A-Za-z]{1,2}")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def is_standard_name(name: str) -> bool:
    """Tell whether the name of a part is one that programs give: no personal data."""
    return all(
        run.lower() in _WORDS
        or _HEXADECIMAL.fullmatch(run)
        or all(word.lower() in _WORDS for word in _CAMEL.split(run))
        for run in _RUN.findall(name)
    )


def is_dropped(name: str) -> bool:
    """Tell whether a part is left out of copies: a thumbnail, settings of a printer."""
    return _DROPPED.fullmatch(name) is not None


def is_essential(name: str) -> bool:
    """Tell whether a document does not open without a part."""
    return _ESSENTIAL.fullmatch(name) is not None


def is_copied(name: str, head: bytes, size: int) -> bool:
    """Tell whether a part is copied as it is: it is empty, a drawing, a sound, a font, a type."""
    if not size:
        return True
    if name == "mimetype":
        return _MIMETYPE.fullmatch(head) is not None
    return medium_of_part(name, head) != ""


def medium_of_part(name: str, head: bytes) -> str:
    """Return what of a picture, sound, film or font is not examined; empty for other parts.

    Pictures whose metadata is taken out are documents of their own.
    """
    if kind_of(head):
        return ""
    suffix = PurePosixPath(name).suffix.lower()
    if head and suffix in _MEDIA_SUFFIXES and not head.lstrip().startswith(b"<"):
        return medium_of(head) or _MEDIA_SUFFIXES[suffix]
    packed_drawing = suffix in {".emz", ".wmz"} and head.startswith(b"\x1f\x8b")
    return "pixels" if packed_drawing else medium_of(head)


def refusal_of(name: str) -> InputError | None:
    """Return the error for a part that no format reads, by its name."""
    for pattern, reason in _UNREADABLE:
        if pattern.fullmatch(name):
            return UnsupportedFormat(reason)
    return None


# Suffixes of parts by which formats are chosen; what else begins as XML does is XML.
_TYPED = frozenset(
    ".xml .rels .vml .xhtml .html .htm .svg .opf .ncx .txt .csv .json .md .docx .xlsx .pptx .odt"
    " .ods .odp .odg .zip .eml .rtf .pdf .doc .xls .ppt .bin".split()
)


def hint_of(name: str, head: bytes) -> str:
    """Return a file name without words whose suffix is that of the type of a part."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in {".css", ".js"}:
        return "part.txt"
    if suffix not in _TYPED and head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return "part.xml"
    return f"part{suffix}" if suffix[1:].isalnum() and suffix.isascii() else "part"


def check_manifest(data: bytes) -> None:
    """Raise EncryptedDocument for a manifest of OpenDocument that states encryption."""
    if b"encryption-data" in data:
        raise EncryptedDocument("the document is encrypted")
