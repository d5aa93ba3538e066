"""OCR: what a picture shows is examined, and pixels of what is removed are gone."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from dataclasses import replace

import pikepdf
import pypdfium2
import pytest
from ocr_building import LINES, KnowsWords, beside_text, bytes_of, hidden, letter, saved, scan
from pikepdf import Array, Dictionary, Name, String
from PIL import Image, ImageChops

from redactor.analysis.analyzer import Analyzer
from redactor.api import prepare_policy, redact_bytes
from redactor.audit import AuditLog, read
from redactor.config.policy import load_policy
from redactor.errors import (
    ExitCode,
    InputError,
    LeakError,
    MediaNotExamined,
    OutputError,
    PolicyError,
    ProgramUnavailable,
    UnsupportedFormat,
)
from redactor.files import PRIVATE_FOLDER, make_folder
from redactor.formats.ocr import Box, Labelled, check_ocr, tesseract
from redactor.formats.ocr.tesseract import table_of_words
from redactor.formats.picture import burning, covers
from redactor.formats.picture.own_labels import own_labels, painted
from redactor.keys import Key
from redactor.model import Job, Status
from redactor.pipeline import RunContext, redact
from redactor.verify import verify_output

KEY = Key(bytes(range(32)))
SEEING = "redactor.formats.picture.seeing.table_of_words"
REMOVED = {"Teodor", "Vance,", "ilse@example.org"}

if os.environ.get("CI"):
    assert shutil.which("tesseract"), "CI installs tesseract: see .ci/run"
real = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")


@pytest.fixture(scope="module")
def reads(analyzer) -> Analyzer:
    """Return an examiner under the default policy with OCR."""
    return Analyzer(prepare_policy("default", ocr="eng"))


@pytest.fixture
def knows(monkeypatch) -> KnowsWords:
    found = KnowsWords(letter())
    monkeypatch.setattr(SEEING, found)
    return found


def places(words, removed=REMOVED):
    return {word: box for word, box, _ in words if word in removed}


def black(image: Image.Image, box) -> bool:
    """Tell whether a place is black but for labels of ours, which are read letter by letter."""
    grey = image.convert("L")
    return painted(grey, own_labels(grey)).crop(box).getextrema()[1] < 40


PICTURES = {
    "PNG in grey": ("PNG", "L"),
    "PNG of bits": ("PNG", "1"),
    "PNG with colours": ("PNG", "RGB"),
    "PNG with a table of colours": ("PNG", "P"),
    "PNG that is seen through": ("PNG", "RGBA"),
    "JPEG": ("JPEG", "L"),
    "JPEG with colours": ("JPEG", "RGB"),
    "JPEG in CMYK": ("JPEG", "CMYK"),
    "GIF": ("GIF", "P"),
    "WebP": ("WEBP", "RGB"),
    "TIFF": ("TIFF", "1"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_the_pixels_of_what_is_removed_are_gone_and_no_others(name, knows, reads):
    kind, mode = PICTURES[name]
    source = saved(knows.letter.image.convert(mode), kind)
    copy = Image.open(io.BytesIO(redact_bytes(source, reads, KEY)))
    before = Image.open(io.BytesIO(source))
    assert (copy.format, copy.mode, copy.size) == (kind, before.mode, before.size)
    for box in places(knows.letter.words).values():
        assert black(copy, box)
    changed = ImageChops.difference(copy.convert("L"), before.convert("L"))
    changed = changed.point(lambda level: 255 if level > (0 if kind != "JPEG" else 40) else 0)
    for word, box, _ in knows.letter.words:
        if word not in REMOVED:
            left, top, right, bottom = box
            assert changed.crop((left + 4, top, right - 4, bottom)).getbbox() is None, word


def test_every_page_of_a_tiff_is_read(knows, reads):
    pages = [knows.letter.image] * 2
    source = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    with Image.open(io.BytesIO(redact_bytes(source, reads, KEY))) as copy:
        assert copy.n_frames == 2
        for number in range(2):
            copy.seek(number)
            assert all(black(copy, box) for box in places(knows.letter.words).values())


def test_a_picture_without_findings_keeps_its_bytes_but_for_metadata(monkeypatch, reads):
    drawn = letter("about the harbour")
    monkeypatch.setattr(SEEING, KnowsWords(drawn))
    source = saved(drawn.image, "PNG")
    assert redact_bytes(source, reads, KEY) == source


def test_a_box_that_is_not_drawn_is_noticed(monkeypatch, knows, reads):
    monkeypatch.setattr(burning, "drawn_over", lambda frame, mask, colour=None: frame)
    with pytest.raises(OutputError, match="not of one colour"):
        redact_bytes(saved(knows.letter.image, "PNG"), reads, KEY)


def test_a_box_at_another_place_is_noticed(monkeypatch, knows, reads):
    def shifted(image, boxes):
        found = ((one.text, one.box) for one in grown(image, boxes))
        by = 70
        return [
            Labelled(Box(box.left, box.top + by, box.right, box.bottom + by), text)
            for text, box in found
        ]

    grown = covers.grown
    monkeypatch.setattr(covers, "grown", shifted)
    with pytest.raises(LeakError):
        redact_bytes(saved(knows.letter.image, "PNG"), reads, KEY)


def test_other_pixels_than_those_of_boxes_do_not_change(monkeypatch, knows, reads):
    def spoiled(frame, mask, colour=None):
        found = drawn_over(frame, mask)
        found.putpixel((5, 5), 200)
        return found

    drawn_over = burning.drawn_over
    monkeypatch.setattr(burning, "drawn_over", spoiled)
    with pytest.raises(OutputError, match="outside the boxes"):
        redact_bytes(saved(knows.letter.image, "PNG"), reads, KEY)


@pytest.mark.parametrize("media", ["keep", "omit", "refuse"])
def test_what_is_not_read_surely_is_treated_as_the_policy_says(media, knows, reads):
    knows.confidence = 30.0
    examiner = Analyzer(replace(reads.policy, media=media))
    source = saved(knows.letter.image, "PNG")
    if media == "refuse":
        with pytest.raises(MediaNotExamined, match="the pixels of 1 picture"):
            redact_bytes(source, examiner, KEY)
        return
    with Image.open(io.BytesIO(redact_bytes(source, examiner, KEY))) as copy:
        assert copy.size == ((1, 1) if media == "omit" else knows.letter.image.size)


def test_text_that_transparency_hides_is_read(monkeypatch, reads):
    drawn = letter()
    clear = Image.new("L", drawn.image.size, 0)
    source = Image.merge("LA", (drawn.image, clear))
    knows = KnowsWords(drawn)
    monkeypatch.setattr(SEEING, knows)
    with Image.open(io.BytesIO(redact_bytes(saved(source, "PNG"), reads, KEY))) as copy:
        grey = copy.getchannel("L")
    assert all(black(grey, box) for box in places(drawn.words).values())


def rendered(data: bytes, dpi: int = 150) -> Image.Image:
    """Return the first page, a pixel a point, of which boxes with labels are black all over.

    It is drawn as finely as the picture that it became: labels are read letter by letter.
    """
    page = pypdfium2.PdfDocument(data)[0]
    image = page.render(scale=dpi / 72).to_pil().convert("L")
    size = tuple(map(round, page.get_size()))
    return painted(image, own_labels(image)).resize(size, Image.Resampling.BOX)


def text_of(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    return document[0].get_textpage().get_text_range()


LAYER = hidden((30, 210, "Dear Mr Teodor Vance,"), (30, 140, "write to ilse@example.org"))


def test_both_layers_of_a_scan_are_redacted(knows, reads):
    copy = redact_bytes(bytes_of(scan(knows.letter, layer=LAYER)), reads, KEY)
    image, text = rendered(copy), text_of(copy)
    assert all(black(image, box) for box in places(knows.letter.words).values())
    assert not any(one in text for one in ("Teodor", "Vance", "ilse"))
    assert "Dear Mr [PERSON_" in text
    assert not black(image, knows.letter.words[0][1])


def test_the_name_of_the_layer_that_a_burned_picture_is_in_stays_where_it_was(knows, reads):
    pdf = scan(knows.letter, layer=LAYER, pages=2)
    group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Background")))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([group]), D=Dictionary(ON=Array([group])))
    pdf.pages[0].Resources.XObject.Im.OC = group
    copy = redact_bytes(bytes_of(pdf), reads, KEY)
    assert "Dear Mr [PERSON_" in text_of(copy)
    with pikepdf.open(io.BytesIO(copy)) as after:
        assert str(after.Root.OCProperties.OCGs[0].Name) == "Background"
        sizes = [int(one.Width) for one in after.pages[0].Resources.XObject.values()]
    assert 1 in sizes
    assert knows.letter.image.width not in sizes


def test_a_scan_without_findings_is_as_it_was(monkeypatch, reads):
    drawn = letter("about the harbour")
    monkeypatch.setattr(SEEING, KnowsWords(drawn))
    once = redact_bytes(bytes_of(scan(drawn)), reads, KEY)
    assert redact_bytes(once, reads, KEY) == once
    with pikepdf.open(io.BytesIO(once)) as pdf:
        assert pdf.pages[0].Resources.XObject.Im.read_bytes() == drawn.image.tobytes()


def test_what_recognised_text_alone_says_is_burned_where_it_says(monkeypatch, reads):
    drawn = letter("Dear Mr Xx~~~ ~~~~~,")
    monkeypatch.setattr(SEEING, KnowsWords(letter("about the harbour")))
    source = bytes_of(scan(drawn, layer=hidden((30, 210, "Dear Mr Teodor Vance,"))))
    image = rendered(redact_bytes(source, reads, KEY))
    assert black(image, (160, 20, 300, 60))


def test_recognised_text_that_says_badly_what_is_removed_is_refused(knows, reads):
    source = bytes_of(scan(knows.letter, layer=hidden((30, 140, "write to ilseexarnple.org"))))
    with pytest.raises(UnsupportedFormat, match="recognised text of page 1 may still say"):
        redact_bytes(source, reads, KEY)


def test_a_turned_scan_is_burned_where_it_is_seen(knows, reads):
    upright = knows.letter
    sideways = letter()
    sideways.image = upright.image.transpose(Image.Transpose.ROTATE_90)
    copy = redact_bytes(bytes_of(scan(sideways, turned=90)), reads, KEY)
    image = rendered(copy)
    assert image.size == upright.image.size
    assert all(black(image, box) for box in places(upright.words).values())


def test_a_picture_that_is_shown_elsewhere_too_is_no_leak(knows, reads):
    pdf = scan(knows.letter)
    pdf.Root.Spare = pdf.pages[0].Resources.XObject.Im
    with pytest.raises(UnsupportedFormat, match="used elsewhere"):
        redact_bytes(bytes_of(pdf), reads, KEY)


def test_inherited_resources_keep_no_picture(knows, reads):
    pdf = scan(knows.letter, pages=2)
    for page in pdf.pages:
        page.obj.Parent.Resources = page.obj.Resources
        del page.obj["/Resources"]
    copy = redact_bytes(bytes_of(pdf), reads, KEY)
    with pikepdf.open(io.BytesIO(copy)) as after:
        images = [o for o in after.objects if isinstance(o, pikepdf.Stream) and "/Width" in o]
        assert len(images) == 2
        assert all(one.read_raw_bytes() != knows.letter.image.tobytes() for one in images)


def without_map(drawn) -> bytes:
    """Return a page of the letter, and letters of a font that says of none which it is."""
    pdf = scan(drawn)
    page, about = pdf.pages[0], {"/Type": Name.Font, "/BaseFont": Name("/ABCDEF+Some")}
    ordering = pikepdf.Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0)
    below = pikepdf.Dictionary({**about, "/Subtype": Name.CIDFontType2, "/CIDSystemInfo": ordering})
    below.FontDescriptor = pikepdf.Dictionary(Type=Name.FontDescriptor, Flags=4)
    font = {"/Subtype": Name.Type0, "/Encoding": Name("/Identity-H")}
    page.Resources.Font.F2 = pikepdf.Dictionary({**about, **font})
    page.Resources.Font.F2.DescendantFonts = pikepdf.Array([below])
    text = b" BT /F2 12 Tf 20 20 Td <0102030405> Tj ET"
    page.Contents = pdf.make_stream(page.Contents.read_bytes() + text)
    return bytes_of(pdf)


@pytest.mark.parametrize("raster", ["unreadable", "all"])
def test_pages_that_cannot_be_read_become_pictures(raster, knows, analyzer):
    source = without_map(knows.letter)
    with pytest.raises(UnsupportedFormat, match="Unicode map"):
        redact_bytes(source, analyzer, KEY)
    examiner = Analyzer(prepare_policy("default", ocr="eng", raster=raster))
    copy = redact_bytes(source, examiner, KEY)
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        assert [key for key in pdf.pages[0].Resources.keys()] == ["/XObject"]  # noqa: C416, SIM118
        assert not any("/Font" in one for one in pdf.objects if isinstance(one, pikepdf.Dictionary))
    image = rendered(copy, 200)
    assert all(black(image, box) for box in places(knows.letter.words).values())
    assert redact_bytes(copy, examiner, KEY) == copy


def test_pages_become_no_pictures_that_nothing_reads():
    with pytest.raises(PolicyError, match="OCR"):
        prepare_policy("default", raster="all")


def test_a_picture_on_a_page_of_text_is_burned_in_its_place(knows, reads):
    copy = redact_bytes(beside_text(knows.letter), reads, KEY)
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        image = pikepdf.PdfImage(pdf.pages[0].Resources.XObject.Im).as_pil_image()
    assert all(black(image, box) for box in places(knows.letter.words).values())
    assert "as it was" in text_of(copy)


def desk(folder, source: bytes, policy):
    """Redact a picture into a folder; return the outcome, and the record of the document."""
    out, audit = folder / "out", folder / "out.audit"
    (folder / "a.png").write_bytes(source)
    make_folder(audit, mode=PRIVATE_FOLDER)
    log = AuditLog.create(audit, KEY)
    outcome = redact(Job(folder / "a.png", out / "a.png", "a.png"), RunContext(policy, KEY, log))
    problems = {one.code for one in verify_output(out, audit, KEY)}
    assert problems <= {ExitCode.OUTPUT}  # the run has no end
    return outcome, next(one for one in read(audit) if one["type"] == "document")


def test_log_and_outcome_say_that_pixels_were_read(tmp_path, knows, reads):
    outcome, record = desk(tmp_path, saved(knows.letter.image, "PNG"), reads.policy)
    assert (outcome.status, outcome.media, outcome.read) == (Status.REDACTED, (), (("text", 1),))
    assert record["pixels_read"] == [["text", "text"]]
    assert record["layout"] == {"kind": "png", "ocr": "eng"}


def test_log_and_outcome_say_that_no_text_was_seen(tmp_path, knows, reads):
    knows.letter.words.clear()
    outcome, record = desk(tmp_path, saved(knows.letter.image, "PNG"), reads.policy)
    assert (outcome.status, outcome.read) == (Status.CLEAN, (("no text", 1),))
    assert record["pixels_read"] == [["text", "no text"]]


def test_without_tesseract_no_run_begins(monkeypatch, tmp_path, cli):
    (tmp_path / "a.png").write_bytes(saved(letter().image, "PNG"))
    monkeypatch.setattr(tesseract, "_PROGRAM", "no-such-program")
    tesseract._installed.cache_clear()  # what is installed is asked once
    done = cli("redact", tmp_path / "a.png", "--out", tmp_path / "out", "--ocr", "eng")
    tesseract._installed.cache_clear()
    assert done.code == 3
    assert "is not installed" in done.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "error",
    [subprocess.CalledProcessError(1, "tesseract"), subprocess.TimeoutExpired("tesseract", 1)],
)
def test_a_picture_that_tesseract_fails_on_is_not_examined(monkeypatch, error):
    def fails(*_, **__):
        raise error

    monkeypatch.setattr(tesseract, "_run", fails)
    with pytest.raises(InputError, match="tesseract"):
        table_of_words(b"P5 1 1 255\n\0", "eng", 3)


@real
def test_a_language_that_is_not_installed_is_named():
    with pytest.raises(ProgramUnavailable, match="xyz"):
        check_ocr("xyz")


@real
def test_tesseract_itself_reads_a_letter_and_its_copy(tmp_path, cli):
    drawn = letter()
    (tmp_path / "a.png").write_bytes(saved(drawn.image, "PNG"))
    done = cli("redact", tmp_path / "a.png", "--out", tmp_path / "out", "--ocr", "eng")
    assert done.code == 0, done.err
    assert "examined by tesseract" in done.out
    with Image.open(tmp_path / "out" / "a.png") as copy:
        for word, box in places(drawn.words, {"Teodor", "Vance,", "ilse@example.org"}).items():
            assert black(copy, box), word
        assert not black(copy, drawn.words[0][1])
    start = next(one for one in read(tmp_path / "out.audit") if one["type"] == "run-start")
    assert start["versions"]["ocr"].startswith("tesseract 5")
    log = b"".join(one.read_bytes() for one in (tmp_path / "out.audit").iterdir() if one.is_file())
    assert b"Teodor" not in log


def test_the_default_policy_reads_no_pixels():
    assert load_policy("default").seeing.ocr == ""
    assert LINES
