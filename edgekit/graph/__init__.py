"""The intermediate representation: `Graph`, `Node`, `Tensor`, `Quantization`, and one file per operator in `ops/`."""

from edgekit.graph.graph import Graph, Node, is_quantized
from edgekit.graph.names import brief
from edgekit.graph.operator import Operator, ShapeError, operators
from edgekit.graph.tensor import Quantization, Tensor

__all__ = ["Graph", "Node", "Operator", "Quantization", "ShapeError", "Tensor", "brief", "is_quantized", "operators"]
