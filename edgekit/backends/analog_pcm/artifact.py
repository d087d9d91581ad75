"""The files of a build: target conductances as arrays, the tiles as JSON; read without trust."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from edgekit import arrays, files
from edgekit.backends.analog_pcm.mapping import Layer, Tile
from edgekit.backends.analog_pcm.options import Options
from edgekit.errors import InputError
from edgekit.graph import Graph

MODEL, FLOATS, MAP, TILES = "model.tflite", "network.tflite", "conductances.npz", "tiles.json"
FIX = "build it with `edgekit build --target analog-pcm`"


def save(folder: Path, layers: Sequence[Layer], options: Options) -> None:
    """Write conductances.npz (`LLL_TTT_positive` and `_negative`, µS; `LLL_scale`) and tiles.json. Same bytes always.

    Raises:
        MachineError: the folder cannot be written. InputError: more tiles than an array file may hold.
    """
    held: dict[str, Any] = {}
    for place, layer in enumerate(layers):
        held[f"{place:03}_scale"] = layer.scale
        for index, tile in enumerate(layer.tiles):
            held[f"{place:03}_{index:03}_positive"] = tile.positive
            held[f"{place:03}_{index:03}_negative"] = tile.negative
    if len(held) > arrays.MAX_ARRAYS:
        raise InputError("[target.analog-pcm]", f"{len(held)} arrays of tiles, {arrays.MAX_ARRAYS} can be read back",
                         "use larger tiles")  # fmt: skip
    arrays.save_arrays(folder / MAP, held)
    about = {"options": options.model_dump(mode="json"), **described(layers, options)}
    files.write_atomic(folder / TILES, (json.dumps(about, indent=1) + "\n").encode())


def described(layers: Sequence[Layer], options: Options) -> dict[str, Any]:
    """The tile map as JSON: per layer its tiles with their place, cells in use, and full scales."""
    cells = options.tile_rows * options.tile_columns
    rows = [
        {
            "layer": layer.name,
            "op": layer.op,
            "full_scale": layer.full_scale,
            "utilization": sum(t.weights for t in layer.tiles) / (cells * len(layer.tiles)),
            "tiles": [
                {"rows": list(t.rows), "columns": list(t.columns), "weights": t.weights, "full_scale": t.full_scale}
                for t in layer.tiles
            ],
        }
        for layer in layers
    ]
    count = sum(len(layer.tiles) for layer in layers)
    weights = sum(t.weights for layer in layers for t in layer.tiles)
    return {
        "tiles": count, "weights": weights, "devices": 2 * weights,
        "utilization": weights / (cells * count) if count else 0.0, "layers": rows,
    }  # fmt: skip


def load(folder: Path) -> tuple[Graph, list[Layer], Options]:
    """The float graph, its layers on tiles and the options of a build. Raises InputError."""
    from edgekit.frontend.tflite import load as load_model

    try:
        about = json.loads((folder / TILES).read_text("utf-8"))
        options = Options.model_validate(about["options"])
        held = arrays.load_arrays(folder / MAP)
        layers = [_layer(place, row, held, options) for place, row in enumerate(about["layers"])]
        graph = load_model(folder / FLOATS)
    except InputError:
        raise
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise InputError(str(folder), f"holds no whole build of analog-pcm: {str(error)[:200]}", FIX) from error
    producers = graph.producers()
    for layer in layers:
        if layer.name not in producers or producers[layer.name].op.name != layer.op:
            raise InputError(str(folder / TILES), f"names the layer {layer.name[:80]!r}, the network has none", FIX)
    return graph, layers, options


def _layer(place: int, row: dict[str, Any], held: dict[str, Any], options: Options) -> Layer:
    tiles = []
    for index, one in enumerate(row["tiles"]):
        rows, columns = ((int(a), int(b)) for a, b in (one["rows"], one["columns"]))
        pair = [np.asarray(held[f"{place:03}_{index:03}_{side}"], np.float32) for side in ("positive", "negative")]
        shape = (rows[1] - rows[0], columns[1] - columns[0])
        for side in pair:
            if side.shape != shape or not np.isfinite(side).all() or side.min() < 0:
                raise ValueError(f"conductances of {row['layer']!s:.80} do not fit its tiles")
            if side.max() > options.g_max * 1.001:
                raise ValueError(f"conductances of {row['layer']!s:.80} exceed g_max")
        tiles.append(Tile(rows, columns, pair[0], pair[1], int(one["weights"]), float(one["full_scale"])))
    scale = np.asarray(held[f"{place:03}_scale"], np.float32)
    return Layer(str(row["layer"]), str(row["op"]), scale, tuple(tiles), float(row["full_scale"]))
