"""One of the runners that contend for a board: leases the place, computes, prints one line of JSON."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np

from edgekit.backends.c import vehicle
from edgekit.device.lease import lease
from edgekit.errors import ToolError


def main(place: str, folder: str, wait: str, runs: str) -> None:
    rng = np.random.default_rng(3)
    try:
        with lease(place, wait=float(wait)) as port, vehicle.start(Path(folder), port) as board:
            begun = time.monotonic()
            shapes = {name: board.graph.tensors[name].shape for name in board.graph.inputs}
            exact = True
            for _ in range(int(runs)):
                inputs = {name: rng.integers(-128, 128, shape).astype(np.int8) for name, shape in shapes.items()}
                exact &= board.verify(inputs).first_difference is None
            print(json.dumps({"exact": exact, "port": port, "begun": begun, "ended": time.monotonic()}))
    except ToolError as error:
        print(json.dumps({"error": str(error)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
