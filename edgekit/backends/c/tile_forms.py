"""Forms of a layer's tiles: what each costs, and which of them together are cheapest within some bytes of scratch.

Tiles of one layer that pack its weights alike share them in flash; so the packing is chosen once for all of them
where that is worth it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c import counts
from edgekit.backends.c.call import Alias, Call
from edgekit.backends.c.counts import NOTHING, Cost
from edgekit.backends.c.emission import Tile, candidates_of
from edgekit.backends.c.folds import Fold
from edgekit.graph import Graph, Node

GUESSED = 2  # instructions per multiply-accumulate of kernels that were not measured
CALL_INSTRUCTIONS = 150  # of a tile's call whose kernel was not measured


@dataclass(frozen=True)
class Form:
    """One way to compute a layer or a tile, with its predicted cost and the bytes of its arrays by content."""

    call: Call | Alias
    cost: Cost
    constants: Mapping[bytes, int]

    @property
    def scratch(self) -> int:
        return self.call.scratch if isinstance(self.call, Call) else 0

    @property
    def file(self) -> str:
        return self.call.file if isinstance(self.call, Call) else ""


@dataclass(frozen=True)
class Picked:
    """The forms of some tiles: their most scratch, and time with what their constants are worth."""

    calls: Mapping[Tile, Call]
    scratch: int
    cost: float


class Forms:
    """Of a graph's layers and their tiles, of the kernels that are allowed.

    Args:
        calls: the layers' own, one by one. rate: time that a byte of constants is worth.
        level: the compiler's. kernels: files; where a tile has no other form, it takes the one it has.
    """

    def __init__(
        self, graph: Graph, calls: Sequence[Call | Alias], core: str, level: str, folded: Mapping[int, Fold],
        rate: float = 0.0, kernels: Collection[str] | None = None, known: Forms | None = None,
    ) -> None:  # fmt: skip
        self.graph, self.calls, self.core, self.level, self.folded = graph, calls, core, level, folded
        self.rate, self.kernels = rate, kernels
        self._found: dict[tuple[int, Tile | None], list[Form]] = {} if known is None else known._found
        self._own: dict[int, Form] = {} if known is None else known._own
        self._arrays: dict[bytes, NDArray[Any]] = {} if known is None else known._arrays
        self._estimates: dict[int, Cost] = {} if known is None else known._estimates  # the forms are kept
        self._picked: dict[tuple[int, tuple[tuple[Tile, int], ...]], list[Picked]] = {}

    def own(self, i: int) -> Form:
        """The call of node i as a whole."""
        if i not in self._own:
            self._own[i] = self._form(self.calls[i], self.known(self.calls[i], self.graph.nodes[i]))
        return self._own[i]

    def known(self, call: Call | Alias, node: Node) -> Cost:
        """The cost of a call; what was not measured is guessed from the layer's size."""
        if isinstance(call, Alias):
            return NOTHING
        found = counts.cost(call, self.core, self.level)
        guess = float(GUESSED * node.op.macs(self.graph.node_inputs(node), self.graph.node_outputs(node)))
        return Cost(guess, guess) if found is None else found

    def estimate(self, call: Call) -> Cost:
        """The cost of one of the forms."""
        return self._estimates[id(call)]

    def whole(self, i: int) -> list[Form]:
        """Of node i as a whole, its own call among them."""
        return [self.own(i), *self._allowed(i, None)]

    def worth(self, form: Form) -> float:
        """Time, and what its constants are worth."""
        return form.cost.time + self.rate * sum(form.constants.values())

    def picked(self, i: int, tiles: Mapping[Tile, int]) -> list[Picked]:
        """For so many calls of each tile of node i: the cheapest forms for less and less scratch."""
        key = (i, tuple(sorted(tiles.items(), key=repr)))
        if key not in self._picked:
            found: list[Picked] = []
            forms = {tile: self._allowed(i, tile) for tile in tiles}
            least = max(min(f.scratch for f in some) for some in forms.values())
            for room in sorted({f.scratch for some in forms.values() for f in some if f.scratch >= least}):
                made = self._cheapest(
                    {tile: [f for f in some if f.scratch <= room] for tile, some in forms.items()}, tiles
                )
                if not found or made.cost < found[-1].cost:
                    found.append(made)
            self._picked[key] = found
        return self._picked[key]

    def _cheapest(self, forms: Mapping[Tile, Sequence[Form]], tiles: Mapping[Tile, int]) -> Picked:
        """Each tile's fastest, or as many as possible with the same constants."""

        def cost(chosen: Mapping[Tile, Form]) -> float:
            constants = {key: size for form in chosen.values() for key, size in form.constants.items()}
            return sum(f.cost.time * tiles[t] for t, f in chosen.items()) + self.rate * sum(constants.values())

        def fastest(some: Sequence[Form]) -> Form:
            return min(some, key=lambda form: form.cost.rank)

        trials = [{tile: fastest(some) for tile, some in forms.items()}]
        if self.rate and len(forms) > 1:
            for packing in {frozenset(f.constants) for some in forms.values() for f in some}:
                alike = {t: [f for f in some if frozenset(f.constants) == packing] for t, some in forms.items()}
                trials.append({t: fastest(alike[t] or forms[t]) for t in forms})
        best = min(trials, key=cost)
        calls = {tile: form.call for tile, form in best.items() if isinstance(form.call, Call)}
        return Picked(calls, max(form.scratch for form in best.values()), cost(best))

    def _allowed(self, i: int, tile: Tile | None) -> list[Form]:
        if (i, tile) not in self._found:
            self._found[i, tile] = self._forms(i, tile)
        found = self._found[i, tile]
        return [f for f in found if self.kernels is None or not f.file or f.file in self.kernels] or found

    def _forms(self, i: int, tile: Tile | None) -> list[Form]:
        """All forms with an estimate; the first alone where there is none for one of them."""
        fold = self.folded.get(i - 1)
        node = self.graph.nodes[i] if fold is None or tile is None else fold.node
        if tile is not None and fold is not None:
            tile = replace(tile, left=fold.left)
        calls = candidates_of(self.graph, node, self.core, tile=tile)
        known = [counts.cost(c, self.core, self.level) if isinstance(c, Call) else NOTHING for c in calls]
        found = [self._form(c, cost) for c, cost in zip(calls, known, strict=True) if cost is not None]
        if len(found) == len(calls):
            return found
        guess = self.known(self.calls[i], self.graph.nodes[i])
        if tile is not None:  # its share of the layer's rows, and a call
            rows = self.graph.tensors[self.graph.nodes[i].name].shape[1]
            share = guess.time * tile.out_rows / rows + CALL_INSTRUCTIONS
            guess = Cost(share, share)
        return [self._form(calls[0], guess)]

    def _form(self, call: Call | Alias, cost: Cost) -> Form:
        """With arrays that are kept once, however many tiles have equal ones."""
        if isinstance(call, Alias):
            return Form(call, cost, {})
        fields, constants = dict(call.fields), {}
        for name, value in fields.items():
            if isinstance(value, np.ndarray):
                key = hashlib.blake2b(value.tobytes(), digest_size=16).digest() + value.dtype.str.encode()
                fields[name] = self._arrays.setdefault(key + str(value.shape).encode(), value)
                constants[key] = value.nbytes
        made = replace(call, fields=fields)
        self._estimates[id(made)] = cost
        return Form(made, cost, constants)
