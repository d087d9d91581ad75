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
    return None


def inverse(perm: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(perm.index(i) for i in range(len(perm)))
