"""Copies of messages and mailboxes, written as the pipeline writes them."""

from __future__ import annotations

import email
import io
import re
from email import policy

from redactor.errors import InputError
from redactor.formats import Container, Tokenized
from redactor.formats.budget import unlimited
from redactor.formats.rewriting import Edits, LeftOut, TreeEdit, TreeWriter
from redactor.formats.tree import Reading, Unexamined, root, walk
from redactor.model import Edit
from redactor.operators import render
from redactor.pipeline.copy_check import check_bytes, check_reading


class Memory:
    """A draft in memory."""

    def __init__(self):
        self.data = io.BytesIO()

    def write(self, data):
        self.data.write(data)

    def read_back(self):
        return io.BytesIO(self.data.getvalue())


def nodes(data, name):
    reading = Reading(unlimited())
    return walk(root(io.BytesIO(data), name, reading), reading)


def members(data, name):
    """Return the documents below a file, and the errors of those that are not examined."""
    found = list(nodes(data, name))[1:]
    found = [one.error if isinstance(one, Unexamined) else one for one in found]
    inner = [one for one in found if not isinstance(one, InputError) and len(one.path) > 1]
    return [one for one in found if one not in inner]


def words(rng, share):
    """Return what chooses a share of the words of a token."""

    def choose(token):
        found = re.finditer(r"\w{4,}", token.text)
        return [match.span() for match in found if rng.random() < share]

    return choose


def copied(data, name, choose=lambda token: (), *, omit=False):
    """Return a copy in which the chosen spans of every text are replaced, checked as always."""
    edits, omitted = [], []
    for node in nodes(data, name):
        if isinstance(node, Unexamined):
            assert omit or not choose, node.error
            omitted.append(node.path)
        elif isinstance(node.format, Tokenized):
            edits += _edits_of(node, choose)
        else:
            assert isinstance(node.format, Container)
    draft, reading = Memory(), Reading(unlimited())
    source = io.BytesIO(data)
    chosen = Edits(iter(edits), {})
    writer = TreeWriter(
        chosen, reading, left_out=LeftOut(frozenset(omitted)), check=_check, note=list
    )
    writer.write(root(source, name, reading), draft, draft.read_back)
    chosen.require_done()
    return draft.data.getvalue()


def _edits_of(node, choose):
    tokens = node.format.tokens(node.source, node.layout)
    for number, token in enumerate(one for one in tokens if one.text is not None):
        for start, end in choose(token):
            replacement = render("[PERSON_7FQ2M9XA]", token.slot)
            yield TreeEdit(node.path, Edit(number, start, end, replacement))


def _check(node, draft, written):
    check_bytes(node.source, draft, written)
    check_reading(node, draft, written)


def seen_by_email(data, name):
    """Return all that the standard library sees in a message or a mailbox."""
    if not name.endswith(".mbox"):
        return _seen(data)
    return "".join(_seen(part) for part in re.split(rb"(?m)^(?=From )", data))


def _seen(data):
    message = email.message_from_bytes(data, policy=policy.default)
    texts = [message.get_unixfrom() or ""]
    for part in message.walk():
        texts += (f"{name}: {value}" for name, value in part.items())
        texts += [part.get_filename() or "", part.preamble or "", part.epilogue or ""]
        if not part.is_multipart():
            body = part.get_payload(decode=True) or b""
            charset = part.get_content_charset() or "utf-8"
            texts.append(body.decode(charset, "replace"))
            texts.append(str(part.get_payload()))
    return "\n".join(texts)
