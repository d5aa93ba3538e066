"""Restoring, as a law: any document comes back, and any part of it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st
from vault_cases import (
    KEY,
    files,
    order,
    sealed_run,
)

from redactor.audit import (
    document_id,
)
from redactor.formats import Encoding, Layout
from redactor.unseal import restore

CODECS = {
    "utf-8": ("utf-8", b""),
    "utf-8 with a mark": ("utf-8", b"\xef\xbb\xbf"),
    "utf-16": ("utf-16-le", b"\xff\xfe"),
    "utf-16, big end first": ("utf-16-be", b"\xfe\xff"),
    "utf-32": ("utf-32-le", b"\xff\xfe\0\0"),
    "utf-32, big end first": ("utf-32-be", b"\0\0\xfe\xff"),
    "cp1252": ("cp1252", b""),
    "latin-1": ("latin-1", b""),
    "utf-16 without a mark": ("utf-16-le", b""),
    "cp037": ("cp037", b""),
    "shift_jis": ("shift_jis", b""),
    "koi8-r": ("koi8-r", b""),
    "gb18030": ("gb18030", b""),
}
PIECES = st.sampled_from(
    [
        "\n",
        "\r\n",
        "\r",
        "\x0b",
        "\x85",
        " ",
        "\t",
        "\0",
        "Vance",
        "é",
        "Ж",
        "名前",
        "😀",
        "e\u0301",
        "—",
    ]
)


def laid_out(codec: str, mark: bytes = b"") -> Layout:
    return Layout("text", (("encoding", str(Encoding(codec, mark))),))


@st.composite
def cases(draw):
    """Draw a text in an encoding that can write it, and spans that do not overlap."""
    codec, mark = CODECS[draw(st.sampled_from(sorted(CODECS)))]
    drawn = "".join(draw(st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=20)))
    text = drawn.encode(codec, "ignore").decode(codec, "ignore")
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=12)))
    spans = tuple(zip(cuts[::2], cuts[1::2], strict=False))
    keep = draw(st.sets(st.integers(1, max(1, len(spans)))))
    return mark + text.encode(codec), laid_out(codec, mark), spans, keep


@settings(max_examples=120, deadline=None)
@given(cases())
@example((b"", laid_out("utf-8"), (), set()))
@example((b"\xe9", laid_out("latin-1"), ((0, 1),), {1}))
@example(
    (
        "\ud83d\ude00".encode("utf-16-le", "surrogatepass"),
        laid_out("utf-16-le"),
        ((0, 1),),
        {1},
    )
)
def test_any_document_comes_back_and_any_part_of_it(case):
    data, layout, spans, keep = case
    with tempfile.TemporaryDirectory() as folder:
        run = sealed_run(Path(folder), {"a.txt": (data, spans)}, layout=layout)
        done = restore(order(run))
        assert done.problems == ()
        assert files(run.base / "to") == {"a.txt": data}
        chosen = [number for number in keep if number <= len(spans)]
        if chosen:
            part = order(run, *(run.id("a.txt", n) for n in chosen), to=run.base / "part")
            assert restore(part).problems == ()
            assert (run.base / "part/a.txt").read_bytes() == partly(data, layout, spans, chosen)


def partly(data: bytes, layout: Layout, spans, chosen) -> bytes:
    """Return what a text looks like from which only the others are removed."""
    encoding = Encoding.parse(layout.setting("encoding"))
    codec, mark = encoding.codec, encoding.mark
    text, out, at = data[len(mark) :].decode(codec), "", 0
    for number, (start, end) in enumerate(spans, 1):
        out += text[at:start] + (text[start:end] if number in chosen else f"[PERSON_{number}]")
        at = end
    return mark + (out + text[at:]).encode(codec)


def test_names_of_files_may_be_any_bytes(tmp_path):
    name = os.fsdecode(b"caf\xe9.txt")
    run = sealed_run(tmp_path, {name: (b"Ann.\n", ((0, 3),))})
    assert restore(order(run)).restored == (name,)
    assert document_id(KEY, name) == run.id(name)
