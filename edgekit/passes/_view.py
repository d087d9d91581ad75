"""Where a value lies: a tensor, and the reshape and transpose that would make the value of it."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.graph.operator import Shape


@dataclass(frozen=True)
class View:
    """The value reshape(transpose(reshape(tensor, inner), perm), outer) of a tensor of the new graph."""

    tensor: str
    inner: Shape
    perm: tuple[int, ...]
    outer: Shape

    @property
    def permuted(self) -> Shape:
        return tuple(self.inner[i] for i in self.perm)

    @property
    def is_reshape(self) -> bool:
        """Whether the transpose moves dimensions of length 1 only, so that no element moves."""
        moved = [i for i in self.perm if self.inner[i] != 1]
        return moved == sorted(moved)

    def is_transpose(self, shape: Shape) -> bool:
        """Whether it is a transpose of the tensor of `shape` and nothing else."""
        return self.inner == shape and self.outer == self.permuted

    def axes(self, shape: Shape) -> tuple[int, ...] | None:
        """The axis of the tensor of `shape` that each axis of the value is, where all others of the tensor have length
        1; None where the value is more than a transpose, but for these."""
        if self.inner != shape:
            return None
        found, left = list[int](), list(self.perm)
        for size in self.outer:
            while left and shape[left[0]] == 1 != size:
                left.pop(0)
            if not left or shape[left[0]] != size:
                return None
            found.append(left.pop(0))
        return tuple(found) if all(shape[i] == 1 for i in left) else None

    def same_as(self, other: View) -> bool:
        return (self.inner, self.perm, self.outer) == (other.inner, other.perm, other.outer)


def straight(tensor: str, inner: Shape, outer: Shape) -> View:
    """A view without a transpose."""
    return View(tensor, inner, tuple(range(len(inner))), outer)


def transposed(view: View, perm: tuple[int, ...]) -> View | None:
    """The view's value transposed, as a view; None where it is not one."""
    if view.outer == view.permuted:
        both = tuple(view.perm[i] for i in perm)
        return View(view.tensor, view.inner, both, tuple(view.outer[i] for i in perm))
    if view.is_reshape:
        return View(view.tensor, view.outer, perm, tuple(view.outer[i] for i in perm))
    padded = _with_ones(view)
    return None if padded is None else transposed(padded, perm)


def _with_ones(view: View) -> View | None:
    """The same value with dimensions of length 1 where `outer` has them; None where it differs by more than these."""
    long = [i for i, size in enumerate(view.inner) if size != 1]
    turned = [i for i in view.perm if view.inner[i] != 1]
    if [view.inner[i] for i in turned] != [size for size in view.outer if size != 1]:
        return None
    ones = iter(range(len(long), len(view.outer)))
    places = iter(long.index(i) for i in turned)
    perm = tuple(next(ones if size == 1 else places) for size in view.outer)
    return View(view.tensor, (*(view.inner[i] for i in long), *[1] * (len(perm) - len(long))), perm, view.outer)


def inverse(perm: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(perm.index(i) for i in range(len(perm)))
