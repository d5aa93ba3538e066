"""A shipped model as a network again, to be trained on: the inverse of `export`."""

from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor, nn

from redactor.training.encoder.classes import CLASSES
from redactor.training.encoder.network import Encoder, Layer

Weights = dict[str, NDArray[np.generic]]


def restored(model: Path, depth: int) -> Encoder:
    """The network of a pipeline's folder, its eight-bit weights as numbers of 32 bits."""
    graph = onnx.load(model / "name_encoder/model.onnx").graph
    found = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    made = Encoder(len(CLASSES), depth)
    made.pieces.weight.data.copy_(
        _tensor(found["pieces"].astype(np.float32) * found["scales"].astype(np.float32))
    )
    tables = (("case", made.cases), ("gap", made.gaps), ("place", made.positions))
    for name, table in tables:
        table.weight.data.copy_(_tensor(found[f"{name}.table"]))
    _norm(made.norm, found, "norm")
    for number, layer in enumerate(made.layers):
        assert isinstance(layer, Layer)  # noqa: S101 - ModuleList forgets its type
        _layer(layer, found, f"layer{number}")
    for head in made.heads:
        assert isinstance(head, nn.Linear)  # noqa: S101
        head.weight.data.copy_(_matrix(found, "head.product.matrix"))
        head.bias.data.copy_(_tensor(found["head.bias"]))
    return made


def _layer(layer: Layer, found: Weights, name: str) -> None:
    layer.query_key_value.weight.data.copy_(_matrix(found, f"{name}.qkv"))
    layer.query_key_value.bias.data.copy_(_tensor(found[f"{name}.qkv.bias"]))
    layer.inner.weight.data.copy_(_matrix(found, f"{name}.inner.matrix"))
    layer.inner.bias.data.copy_(_tensor(found[f"{name}.inner.bias"]))
    halves = (
        (layer.output, layer.norm, f"{name}.first"),
        (layer.outer, layer.last_norm, f"{name}.second"),
    )
    for linear, norm, half in halves:
        linear.weight.data.copy_(_matrix(found, f"{half}.product.matrix"))
        linear.bias.data.copy_(_tensor(found[f"{half}.bias"]))
        _norm(norm, found, half)


def _norm(norm: nn.LayerNorm, found: Weights, name: str) -> None:
    norm.weight.data.copy_(_tensor(found[f"{name}.scale"]))
    norm.bias.data.copy_(_tensor(found[f"{name}.shift"]))


def _matrix(found: Weights, name: str) -> Tensor:
    """The weights of a linear layer, of which the graph has the transpose in eight bits."""
    whole = found[f"{name}_quantized"].astype(np.float32)
    zero = found[f"{name}_zero_point"].astype(np.float32)
    scale = found[f"{name}_scale"].astype(np.float32)
    return _tensor(((whole - zero) * scale).T)


def _tensor(values: NDArray[np.generic]) -> Tensor:
    return torch.from_numpy(np.array(values, dtype=np.float32))
