"""Containers at hand: what their two readers see, and copies of them."""

from __future__ import annotations

import hashlib
import io

from redactor.formats import Entry, Hints, format_for
from redactor.formats.budget import unlimited


class Opened:
    """A container: its format and layout, made out from its bytes and its name."""

    def __init__(self, data: bytes, name: str = "", layout=None) -> None:
        self.data = data
        self.form, self.layout = format_for(io.BytesIO(data), Hints(name))
        self.layout = layout or self.layout

    def members(self, budget=None):
        return list(self.form.members(io.BytesIO(self.data), self.layout, budget or unlimited()))

    def texts(self):
        return [one.text for one in self.form.texts(io.BytesIO(self.data), self.layout)]

    def seen(self):
        """Return what the format reads; the last entry has the container's own texts."""
        read = [
            Entry(
                tuple(text.text for text in member.texts),
                sha(b"" if member.copied else contents(member)),
            )
            for member in self.members()
        ]
        return [*read, Entry(tuple(self.texts()), "")]

    def reread(self):
        """Return what the independent reader sees."""
        return list(self.form.entries(io.BytesIO(self.data), self.layout))

    def copy(self, changes=None, own=None, left_out=()):
        """Return a copy; `changes` are texts and content of members, by their numbers."""
        source, sink = io.BytesIO(self.data), io.BytesIO()
        packer = self.form.packer(source, self.layout, sink)
        for member in self.form.members(source, self.layout, unlimited()):
            if member.number in left_out:
                continue
            if member.number in (changes or {}):
                texts, new = changes[member.number]
                packer.replace(member, texts, None if new is None else io.BytesIO(new))
            else:
                packer.keep(member)
        packer.finish(self.texts() if own is None else own)
        return sink.getvalue()

    def all_changed(self, content: bytes):
        """Return a copy in which every text and every content is another, and what it must hold."""
        changes, expected = {}, self.seen()
        for member in self.members():
            texts = [_other(one.text) for one in member.texts]
            new = None if member.copied else content
            changes[member.number] = texts, new
            digest = expected[member.number - 1].sha256 if new is None else sha(new)
            expected[member.number - 1] = Entry(tuple(texts), digest)
        own = [_other(text) for text in self.texts()]
        expected[-1] = Entry(tuple(own), "")
        return self.copy(changes, own), expected


def _other(text: str) -> str:
    return f"new/{sha(text.encode())[:8]}é"


def contents(member) -> bytes:
    with member.open() as file:
        return file.read()


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
