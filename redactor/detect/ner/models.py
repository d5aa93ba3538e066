"""Name models: the shipped ones, the folders of others, their integrity, and their metadata.

A model is a spaCy pipeline that is shipped, installed or in a folder, or a folder with a Hugging
Face token classifier or a GLiNER model (see `transformers`). Nothing is ever downloaded: a missing
model is an error that says how to get it.

A shipped folder carries `SHA256SUMS`, in the format of sha256sum, over all its files but `*.md`.
Where there is one, each file is checked against it before it is read.

A scored pipeline sets `doc.spans["names"]`, spaCy's convention for scored spans: candidates, of
which some may be unlikely, with `attrs["scores"]`. Of any other pipeline, `doc.ents` is read.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version as version_of
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from redactor.errors import ModelError
from redactor.files import sha256, tree_digest, walk
from redactor.model import NameModel

if TYPE_CHECKING:  # it takes a second, and only who loads a model needs it
    from spacy.language import Language
    from spacy.tokens import Doc

    from redactor.detect.ner.component import NameEncoder

SHIPPED: Mapping[str, str] = MappingProxyType(
    {
        "accurate": "en_names_accurate",
        "fast": "en_names_fast",
    }
)
"""Name of each shipped model, and its folder below `redactor/models`."""

SUMS = "SHA256SUMS"
CARD = "MODEL_CARD.md"
GROUP = "names"
BATCH = 32  # texts in memory at a time
_CHUNKS = 1 << 12  # that are remembered with their tokens
_CHUNK = re.compile(r"\S+")


class Named(NamedTuple):
    """Characters `start:end` of a text, a name by the model's own label.

    `score` is its probability, or None if the model has none.
    """

    start: int
    end: int
    label: str
    score: float | None


class Reader(Protocol):
    """A loaded model. `labels` are all that it can give.

    `scored` tells whether with probabilities.
    """

    name: str
    labels: frozenset[str]
    scored: bool

    def read(self, texts: Iterable[str]) -> Iterator[list[Named]]:
        """Yield the names of each text."""


@dataclass(frozen=True, slots=True)
class About:
    """The metadata in a model's folder. `size` is in bytes, of everything in the folder."""

    folder: Path
    name: str
    version: str
    labels: tuple[str, ...]
    licence: str
    size: int

    @property
    def digest(self) -> str:
        """The SHA-256 over the names and contents of all files."""
        return tree_digest([self.folder])


def shipped(name: str = NameModel().name) -> Path:
    """Return the folder of a shipped pipeline, which `spacy.load` takes."""
    return Path(__file__).parents[2] / "models" / SHIPPED[name]


def folder_of(model: NameModel) -> Path:
    """Return the folder of a model. Raises ModelError when there is none."""
    if model.kind == "spacy" and model.name in SHIPPED:
        return shipped(model.name)
    if model.kind == "spacy" and model.name and _is_package(model.name):
        return _package_folder(model.name)
    folder = Path(model.name)
    if not model.name or not folder.is_dir():
        raise ModelError(_missing(model))
    return folder


def _is_package(name: str) -> bool:
    from spacy.util import is_package

    return is_package(name)


def _package_folder(name: str) -> Path:
    """Return the folder of the pipeline in an installed package."""
    from spacy.util import get_package_path

    try:
        folder = Path(get_package_path(name))
    except Exception as error:  # noqa: BLE001  # importing a package runs its code
        raise ModelError(f"the package {name} is broken ({type(error).__name__})") from None
    meta = _meta(folder)
    inner = folder / f"{meta.get('lang')}_{meta.get('name')}-{meta.get('version')}"
    return inner if inner.is_dir() else folder


def _missing(model: NameModel) -> str:
    """Return the message for a model that is missing, and how to get it."""
    name = model.name
    match model.kind:
        case "spacy":
            return (
                f"the name model {name} is neither shipped ({', '.join(SHIPPED)}), nor an "
                f"installed spaCy package, nor a folder; spaCy's own packages are installed by "
                f"`python -m spacy download {name}`"
            )
        case kind:
            return (
                f"the {kind} model {name} is no folder here, and nothing is downloaded; "
                f"`hf download {name} --local-dir FOLDER` fetches one beforehand"
            )


def about(model: NameModel) -> About:
    """Return the metadata of a model, without loading it. Raises ModelError."""
    folder = folder_of(model)
    size = sum(path.stat().st_size for path in walk(folder) if path.is_file())
    if model.kind != "spacy":
        return About(folder, folder.resolve().name, "unknown", (), "unknown", size)
    meta = _meta(folder)
    groups = meta.get("labels", {}).values() if isinstance(meta.get("labels"), dict) else ()
    labels = {str(label) for group in groups for label in group}
    licence = str(meta.get("license") or "unknown")
    version = str(meta.get("version") or "unknown")
    return About(folder, str(meta["name"]), version, tuple(sorted(labels)), licence, size)


def describe_model(model: NameModel) -> tuple[str, str, str]:
    """Return name, version and digest of a model, without loading it. Raises ModelError."""
    found = about(model)
    return found.name, found.version, found.digest


def _meta(folder: Path) -> dict[str, Any]:
    """Return the `meta.json` of a pipeline. Raises ModelError."""
    try:
        meta = json.loads((folder / "meta.json").read_text("utf-8"))
    except (OSError, ValueError):
        meta = None
    if not isinstance(meta, dict) or not meta.get("name"):
        raise ModelError(f"{folder.name} is no spaCy pipeline: its meta.json is missing or damaged")
    return meta


def load_pipeline(model: NameModel) -> Language:
    """Return a spaCy pipeline, checked for integrity and version. Raises ModelError."""
    import spacy
    from spacy.util import is_compatible_version

    folder = folder_of(model)
    meta = _meta(folder)
    wanted = str(meta.get("spacy_version", ""))
    running = version_of("spacy")
    if not is_compatible_version(running, wanted):
        raise ModelError(
            f"the name model {model.name} is of another version: it asks for spaCy {wanted}, "
            f"and this is {running}"
        )
    check_sums(folder)
    try:
        return spacy.load(folder)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  # whatever a damaged file makes its reader raise
        raise ModelError(
            f"the name model {model.name} is damaged, or needs a package that is not installed "
            f"({type(error).__name__})"
        ) from None


def write_sums(folder: Path) -> None:
    """Write the digests of a finished model into its folder."""
    rows = [f"{digest}  {name}\n" for name, digest in sorted(_digests(folder).items())]
    (folder / SUMS).write_text("".join(rows), "utf-8")


def check_sums(folder: Path) -> None:
    """Raise ModelError unless the files of a folder are those its `SHA256SUMS` lists.

    A model of others may have no such list; one that was shipped always has.
    """
    try:
        rows = (folder / SUMS).read_text("utf-8").splitlines()
    except FileNotFoundError:
        if folder in map(shipped, SHIPPED):
            raise ModelError(f"the name model {folder.name} is incomplete: no {SUMS}") from None
        return
    except (OSError, ValueError):
        raise ModelError(f"the name model {folder.name} is damaged: {SUMS}") from None
    listed = {row[66:]: row[:64] for row in rows}
    found = _digests(folder)
    for name in sorted(listed.keys() | found.keys()):
        if name not in found:
            raise ModelError(f"the name model {folder.name} is incomplete: no {name}")
        if found[name] != listed.get(name):
            raise ModelError(f"the name model {folder.name} is not as it was made: {name}")


def _digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file but the list itself and Markdown."""
    digests = {}
    for path in walk(folder):
        if path.is_file() and path.suffix != ".md" and path != folder / SUMS:
            with path.open("rb") as file:
                digests[path.relative_to(folder).as_posix()] = sha256(file)
    return digests


class SpacyReader:
    """A spaCy pipeline, shipped or not, as a reader."""

    def __init__(self, model: NameModel) -> None:
        """Load the pipeline. Raises ModelError."""
        self._nlp = load_pipeline(model)
        self.name = str(self._nlp.meta["name"])
        self.labels = _labels(self._nlp)
        self.scored = GROUP in self._nlp("Ada").spans
        self._encoder = _encoder(self._nlp)
        self._tokens = lru_cache(maxsize=_CHUNKS)(self._tokenized)

    def read(self, texts: Iterable[str]) -> Iterator[list[Named]]:
        """Yield the names of each text."""
        if self._encoder is not None:
            yield from self._read_alone(self._encoder, texts)
            return
        for doc in self._nlp.pipe(texts, batch_size=BATCH):
            yield list(_scored(doc) if self.scored else _entities(doc))

    def _read_alone(self, encoder: NameEncoder, texts: Iterable[str]) -> Iterator[list[Named]]:
        """Yield the names of each text, which is cut into tokens only where a name begins or ends.

        That takes a tenth of the time of the model; no other component needs the tokens.
        """
        rest = iter(texts)
        while batch := list(islice(rest, BATCH)):
            for text, found in zip(batch, encoder.predict(batch), strict=True):
                chunks = [chunk.span() for chunk in _CHUNK.finditer(text)] if found else []
                scored: dict[tuple[int, int, str], float] = {}
                for one in found:
                    start, _ = self._token(text, chunks, one.start)
                    _, end = self._token(text, chunks, one.end - 1)
                    span, score = (start, end, one.label), encoder.score(one)
                    scored[span] = max(score, scored.get(span, 0.0))
                yield [Named(*span, score) for span, score in scored.items()]

    def _token(self, text: str, chunks: Sequence[tuple[int, int]], at: int) -> tuple[int, int]:
        """Return the token of spaCy's at a position: it never reaches across white space."""
        low, high = chunks[max(0, bisect_right(chunks, (at, len(text))) - 1)]
        tokens = self._tokens(text[low:high]) if low <= at < high else ()
        found = (one for one in tokens if one[0] <= at - low < one[1])
        start, end = next(found, (at - low, at - low + 1))
        return low + start, low + end

    def _tokenized(self, chunk: str) -> tuple[tuple[int, int], ...]:
        """Return the spans of the tokens of a text without white space."""
        return tuple((token.idx, token.idx + len(token)) for token in self._nlp.tokenizer(chunk))


def _encoder(nlp: Language) -> NameEncoder | None:
    """Return our encoder, if it is all that a pipeline has."""
    from redactor.detect.ner.component import NameEncoder

    alone = len(nlp.pipe_names) == 1
    return next((one for _, one in nlp.pipeline if alone and isinstance(one, NameEncoder)), None)


def _labels(nlp: Language) -> frozenset[str]:
    """Return the labels of the components that find names. Raises ModelError if none does."""
    finders = [name for name in nlp.pipe_names if "doc.ents" in nlp.get_pipe_meta(name).assigns]
    by_component = nlp.pipe_labels
    labels = frozenset(str(label) for name in finders for label in by_component.get(name, ()))
    if not labels:
        raise ModelError(f"the pipeline {nlp.meta['name']} has no component that finds names")
    return labels


def _scored(doc: Doc) -> Iterator[Named]:
    """Yield the scored spans of a document."""
    group = doc.spans[GROUP]
    for span, score in zip(group, group.attrs["scores"], strict=True):
        yield Named(span.start_char, span.end_char, span.label_, float(score))


def _entities(doc: Doc) -> Iterator[Named]:
    """Yield the entities of a document, without scores."""
    for span in doc.ents:
        yield Named(span.start_char, span.end_char, span.label_, None)
