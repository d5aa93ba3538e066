"""The trained encoder as an ONNX graph, and its quantisation to eight bits.

The graph is built from the fused operations of onnxruntime, which is smaller and faster than a
traced one. Embeddings are stored in eight bits with a scale for each row. The matrices are
quantised by onnxruntime: activations dynamically, weights with a scale for each column and in the
range of seven bits, since processors with AVX2 but without VNNI add two products in sixteen bits
and would overflow (`reduce_range` in onnxruntime's documentation of quantisation).
"""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from redactor.training.encoder.classes import CLASSES
from redactor.training.encoder.network import HEADS, SHALLOWEST, Encoder, Layer

Floats = NDArray[np.float32]
# Versions: LayerNormalization is in opset 17, which belongs to version 8 of the format or later.
_OPSET, _MICROSOFT, _IR = 17, 1, 9


class Graph:
    """Nodes and weights, added one by one."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def weight(self, name: str, values: NDArray[np.generic]) -> str:
        """Add a constant and return its name."""
        self.weights.append(numpy_helper.from_array(values, name))
        return name

    def add(self, kind: str, inputs: list[str], output: str, domain: str = "", **how: Any) -> str:
        """Add an operation and return the name of its output."""
        node = helper.make_node(
            kind, inputs, [output], name=f"{output}.{kind}", domain=domain, **how
        )
        self.nodes.append(node)
        return output


def onnx_of(model: Encoder, depth: int) -> onnx.ModelProto:
    """Return the graph of the first `depth` layers, with all but the embeddings in 32 bits."""
    graph = Graph()
    hidden = _embedded(graph, model)
    for number in range(depth):
        layer = model.layers[number]
        if not isinstance(layer, Layer):
            raise TypeError(type(layer))
        hidden = _layer(graph, layer, hidden, f"layer{number}")
    head = model.heads[depth - SHALLOWEST]
    scores = _linear(graph, head, hidden, "head")
    graph.add("Identity", [scores], "scores")
    return _model(graph)


def _model(graph: Graph) -> onnx.ModelProto:
    shape = ["batch", "length"]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, shape)
        for name in ("ids", "cases", "gaps")
    ]
    inputs.append(helper.make_tensor_value_info("real", TensorProto.INT32, shape))
    output = helper.make_tensor_value_info("scores", TensorProto.FLOAT, [*shape, len(CLASSES)])
    made = helper.make_graph(graph.nodes, "names", inputs, [output], graph.weights)
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid("com.microsoft", _MICROSOFT)]
    return helper.make_model(made, opset_imports=opsets, ir_version=_IR)


def _embedded(graph: Graph, model: Encoder) -> str:
    rows, scales = _rows(_array(model.pieces.weight))
    graph.weight("pieces", rows)
    graph.weight("scales", scales)
    graph.add("Gather", ["pieces", "ids"], "piece8")
    graph.add("Cast", ["piece8"], "piece32", to=TensorProto.FLOAT)
    graph.add("Gather", ["scales", "ids"], "scale")
    total = graph.add("Mul", ["piece32", "scale"], "piece")
    for name, table, at in (
        ("case", model.cases.weight, "cases"),
        ("gap", model.gaps.weight, "gaps"),
        ("place", model.positions.weight, _places(graph)),
    ):
        values = graph.weight(f"{name}.table", _array(table))
        found = graph.add("Gather", [values, at], name)
        total = graph.add("Add", [total, found], f"with.{name}")
    norm = [
        graph.weight("norm.scale", _array(model.norm.weight)),
        graph.weight("norm.shift", _array(model.norm.bias)),
    ]
    return graph.add("LayerNormalization", [total, *norm], "embedded", axis=-1, epsilon=1e-12)


def _places(graph: Graph) -> str:
    """Add the positions 0, 1, ... of the pieces, and return their name."""
    zero, one = (graph.weight(f"int.{n}", np.asarray(n, np.int64)) for n in (0, 1))
    graph.add("Shape", ["ids"], "shape")
    length = graph.add("Gather", ["shape", one], "length", axis=0)
    return graph.add("Range", [zero, length, one], "places")


def _layer(graph: Graph, layer: Layer, hidden: str, name: str) -> str:
    taken = [
        graph.weight(f"{name}.qkv", _array(layer.query_key_value.weight).T.copy()),
        graph.weight(f"{name}.qkv.bias", _array(layer.query_key_value.bias)),
    ]
    seen = graph.add(
        "Attention",
        [hidden, *taken, "real"],
        f"{name}.seen",
        "com.microsoft",
        num_heads=HEADS,
    )
    hidden = _half(graph, layer.output, layer.norm, (seen, hidden), f"{name}.first")
    inner = _times(graph, layer.inner, hidden, f"{name}.inner")
    bias = graph.weight(f"{name}.inner.bias", _array(layer.inner.bias))
    inner = graph.add("BiasGelu", [inner, bias], f"{name}.gelu", "com.microsoft")
    return _half(graph, layer.outer, layer.last_norm, (inner, hidden), f"{name}.second")


def _half(
    graph: Graph, linear: nn.Linear, norm: nn.LayerNorm, both: tuple[str, str], name: str
) -> str:
    """Add a matrix product, its residual connection and layer normalisation."""
    value, around = both
    product = _times(graph, linear, value, f"{name}.product")
    given = [
        graph.weight(f"{name}.scale", _array(norm.weight)),
        graph.weight(f"{name}.shift", _array(norm.bias)),
        graph.weight(f"{name}.bias", _array(linear.bias)),
    ]
    kind = "SkipLayerNormalization"
    return graph.add(kind, [product, around, *given], name, "com.microsoft", epsilon=1e-12)


def _linear(graph: Graph, linear: nn.Module, value: str, name: str) -> str:
    if not isinstance(linear, nn.Linear):
        raise TypeError(type(linear))
    product = _times(graph, linear, value, f"{name}.product")
    return graph.add("Add", [product, graph.weight(f"{name}.bias", _array(linear.bias))], name)


def _times(graph: Graph, linear: nn.Linear, value: str, name: str) -> str:
    matrix = graph.weight(f"{name}.matrix", _array(linear.weight).T.copy())
    return graph.add("MatMul", [value, matrix], name)


def _array(values: Tensor) -> Floats:
    return np.ascontiguousarray(values.detach().float().numpy())


def _rows(table: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Return a table in eight bits and the scale of each row."""
    scales = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-8) / 127
    return np.round(table / scales).astype(np.int8), scales.astype(np.float32)


def quantised(model: onnx.ModelProto, whole: frozenset[str] = frozenset()) -> onnx.ModelProto:
    """Return the graph with eight-bit matrices, except for the operations named in `whole`."""
    with tempfile.TemporaryDirectory() as folder:
        plain, small = (Path(folder) / name for name in ("plain.onnx", "small.onnx"))
        onnx.save(model, plain)
        quantize_dynamic(
            plain,
            small,
            op_types_to_quantize=["MatMul", "Attention"],
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=sorted(whole),
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )
        return onnx.load(small)
