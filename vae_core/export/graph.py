"""One ONNX graph in the making: nodes are added as functions are called, and values are known by their names."""

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET = 18
IR_VERSION = 9  # of the file format that came with that opset
FEW = 64  # numbers of a weight that stay in single precision
HALF_LIMIT = 60_000.0  # magnitude past which half precision would be infinite
BITS = 14  # of a number in a network's matrix: pictures are as near as with half precision, and fewer bytes are sent
BYTE = 8  # bits
BATCH = "N"
TYPES = {np.float32: TensorProto.FLOAT, np.uint8: TensorProto.UINT8, np.bool_: TensorProto.BOOL}


class Graph:
    """The first axis of every input and output is the batch, of any size. Learned numbers have the bits that are asked
    for, of 8 to 16, or are as they are where none is."""

    def __init__(self, name: str, bits: int | None = BITS) -> None:
        self.name = name
        self._bits = bits
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []
        self._constants: dict[Any, str] = {}
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []

    def input(self, name: str, *shape: int) -> str:
        self._inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, [BATCH, *shape]))
        return name

    def output(self, name: str, value: str, *shape: int, kind: type = np.float32) -> None:
        self._nodes.append(helper.make_node("Identity", [value], [name]))
        self._outputs.append(helper.make_tensor_value_info(name, TYPES[kind], [BATCH, *shape]))

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """One node with one output."""
        return self.split(kind, *inputs, outputs=1, **attributes)[0]

    def cast(self, value: str, kind: type) -> str:
        return self.op("Cast", value, to=TYPES[kind])

    def split(self, kind: str, *inputs: str, outputs: int, **attributes: Any) -> list[str]:
        """One node with several outputs."""
        names = [f"{kind.lower()}{len(self._nodes)}_{k}" for k in range(outputs)]
        self._nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names

    def weight(self, values: NDArray[Any]) -> str:
        """Learned numbers, many of them in half precision: a runtime widens these once, when it loads the graph."""
        values = np.asarray(values, dtype=np.float32)
        if self._bits is None or values.size <= FEW or np.abs(values).max() > HALF_LIMIT:
            return self.constant(values)
        return self.cast(self.constant(values.astype(np.float16)), np.float32)

    def matrix(self, values: NDArray[Any], axis: int = 0) -> str:
        """Many learned numbers as whole ones, with a scale for each place on `axis`. The bits past the first eight are
        a tensor of their own: high with high and low with low they pack well, and a runtime puts them together once,
        when it loads the graph."""
        values, bits = np.asarray(values, dtype=np.float32), self._bits
        if bits is None or values.size <= FEW:
            return self.constant(values)
        largest = np.abs(values).max(axis=tuple(k for k in range(values.ndim) if k != axis), keepdims=True)
        scale = np.where(largest > 0, largest, np.float32(1)) / np.float32(2 ** (bits - 1) - 1)
        high, low = np.divmod(np.rint(values / scale), 2.0 ** (bits - BYTE))
        whole = self.cast(self.constant(high.astype(np.int8)), np.float32)
        if bits > BYTE:
            rest = self.cast(self.constant(low.astype(np.uint8)), np.float32)
            whole = self.op("Add", self.op("Mul", whole, self.number(2.0 ** (bits - BYTE))), rest)
        return self.op("Mul", whole, self.constant(scale))

    def constant(self, values: NDArray[Any]) -> str:
        """Numbers as they are; the same ones are there once."""
        values = np.ascontiguousarray(values)
        name = self._constants.setdefault((values.tobytes(), values.shape, values.dtype), f"weight{len(self._weights)}")
        if name == f"weight{len(self._weights)}":
            self._weights.append(numpy_helper.from_array(values, name))
        return name

    def number(self, value: float) -> str:
        return self.constant(np.array(value, dtype=np.float32))

    def reshape(self, value: str, *shape: int) -> str:
        return self.op("Reshape", value, self.constant(np.array(shape, dtype=np.int64)))

    def gather(self, value: str, places: NDArray[np.integer], axis: int = 0) -> str:
        """What lies at these places of an axis, in their shape."""
        return self.op("Gather", value, self.constant(places.astype(np.int64)), axis=axis)

    def total(self, value: str, kind: str = "ReduceSum", keep: bool = False) -> str:
        """(N, K) -> (N,), or (N, 1)."""
        return self.op(kind, value, self.constant(np.array([1], dtype=np.int64)), keepdims=int(keep))

    def columns(self, value: str, chosen: NDArray[np.integer]) -> str:
        """(N, K) -> (N, as many as are chosen)."""
        return self.gather(value, chosen, axis=1)

    def to_bytes(self) -> bytes:
        """The file, checked."""
        graph = helper.make_graph(self._nodes, self.name, self._inputs, self._outputs, self._weights)
        opset = [helper.make_opsetid("", OPSET)]
        model = helper.make_model(graph, opset_imports=opset, ir_version=IR_VERSION, producer_name="vae_core")
        onnx.checker.check_model(model, full_check=True)
        return model.SerializeToString()
