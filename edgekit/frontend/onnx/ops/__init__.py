"""One file per ONNX operator, named like it in snake case (`QLinearConv`: `q_linear_conv.py`).

A handler offers one or both of

    emit(importer, node)          append the equivalent nodes to the graph and bind `node.outputs`
    fold(node, arrays) -> list    the outputs as arrays when every input is a constant

and `DOMAIN` where the operator is not of the standard's own domain.
"""
