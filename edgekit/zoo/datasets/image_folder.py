"""Images in one folder per class, in a folder, a zip or a tar archive."""

from __future__ import annotations

from edgekit.errors import InputError
from edgekit.recipe import DataSection
from edgekit.zoo.data import Data
from edgekit.zoo.files import Files, path_of
from edgekit.zoo.images import load_images
from edgekit.zoo.options import options


def load(section: DataSection) -> Data:
    """`CLASS/*.png`, or `train/CLASS/*.png` with `test/` and perhaps `validation/` beside it.

    x (N, H, W, 3), or (N, H, W, 1) with option `grey = true`, in 0..1. Option `size = [H, W]` resizes; without it all
    images must have one size. Classes are the folders' names in alphabetical order.

    Raises:
        InputError: nothing there, a damaged image, images of different sizes.
        ToolError: Pillow is not installed.
    """
    chosen = options(section, size=list, grey=False)
    return load_images(section, Files.open(path_of(section)), (), _size(chosen.size), chosen.grey)


def _size(value: list[object] | None) -> tuple[int, int] | None:
    if value is None:
        return None
    if len(value) == 2 and all(type(n) is int and 1 <= n <= 4096 for n in value):
        return int(str(value[0])), int(str(value[1]))
    raise InputError("[data] options of image_folder", f"size must be [H, W] in 1..4096, found {value!r}")
