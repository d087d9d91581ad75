"""What a network is worth on chips that age: mean and standard deviation over chips that are programmed anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from edgekit.backends._contract import Samples
from edgekit.backends.analog_pcm.chip import Chip, ideal
from edgekit.backends.analog_pcm.device import Array
from edgekit.backends.analog_pcm.mapping import Layer
from edgekit.backends.analog_pcm.network import Network
from edgekit.backends.analog_pcm.options import Options
from edgekit.graph import Graph
from edgekit.metrics import labels, metric_of, score

NOT_RUN = "NOT RUN"


def measure(graph: Graph, layers: Sequence[Layer], data: Samples | None, options: Options) -> dict[str, Any]:
    """Scores of `options.chips` chips at `options.times`, of the noiseless chip, and of the float network.

    Returns:
        JSON: `metric`, `samples`, `chips`, `float`, `converters` (no noise, real converters), and per time `seconds`,
        `mean`, `deviation` (of single chips, n - 1), `worst`, `best`, `agreement` (share of equal classes, mean). The
        status NOT RUN with a reason where there is no labelled test data.
    """
    if data is None or data.x is None or data.y is None or not len(data.y):
        return {"status": NOT_RUN, "reason": "no labelled test data"}
    x = {name: array[: options.samples] for name, array in data.x.items()}
    y, given = data.y[: options.samples], next(iter(x.values()))
    network, first = Network(graph, layers, options), graph.outputs[0]

    def outputs(states: Any, converters: bool = True) -> Array:
        return network.run(x, states, converters)[first]

    none = ideal(layers, options)
    exact = outputs(none, converters=False)
    found: dict[str, Any] = {
        "metric": metric_of(exact, given, y, data.classes),
        "samples": len(y),
        "chips": options.chips,
        "float": score(exact, given, y, data.classes),
        "converters": score(outputs(none), given, y, data.classes),
    }
    table: list[list[tuple[float, float]]] = [[] for _ in options.times]
    for number in range(options.chips):
        chip = Chip(layers, options, number)
        for row, age in zip(table, options.times, strict=True):
            made = outputs(chip.at(age))
            row.append((score(made, given, y, data.classes), _agreement(made, exact, data.classes)))
    found["times"] = [_row(age, row) for age, row in zip(options.times, table, strict=True)]
    return found


def _agreement(made: Array, exact: Array, classes: int) -> float:
    return float((labels(made, classes) == labels(exact, classes)).mean()) if classes else 0.0


def _row(age: float, chips: Sequence[tuple[float, float]]) -> dict[str, float]:
    scores = np.array([score for score, _ in chips])
    return {
        "seconds": age,
        "mean": float(scores.mean()),
        "deviation": float(scores.std(ddof=1)),
        "lowest": float(scores.min()),
        "highest": float(scores.max()),
        "agreement": float(np.mean([same for _, same in chips])),
    }


def sentence(found: Mapping[str, Any]) -> str:
    """One line for people."""
    from edgekit.report.analog import span, value

    if "reason" in found:
        return f"accuracy over time: {found['status']}, {found['reason']}"
    parts = [f"{value(found, row['mean'])} ± {value(found, row['deviation'])} after {span(row['seconds'])}"
             for row in found["times"]]  # fmt: skip
    real = value(found, found["float"])
    return f"{found['metric']} of {found['chips']} simulated chips (float {real}): {', '.join(parts)}"
