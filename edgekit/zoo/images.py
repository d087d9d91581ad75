"""Images in folders or archives, one folder per class: what `image_folder` and `cifar10` share."""

from __future__ import annotations

import io
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from edgekit.errors import InputError
from edgekit.recipe import DataSection
from edgekit.zoo.data import Array, Data, limited, split
from edgekit.zoo.extra import needed
from edgekit.zoo.files import MAX_BYTES, Files

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".ppm", ".pgm", ".tif", ".tiff")
PARTS = {"train": "train", "test": "test", "validation": "validation", "valid": "validation", "val": "validation"}
MAX_PIXELS = 64 << 20


def by_class(files: Files, suffixes: tuple[str, ...]) -> dict[str, list[tuple[str, str]]]:
    """(name, class) of the files with one of `suffixes`, by part; the class is the folder that a file lies in.

    Above the class there may be a folder named train, test or validation; without one the part is "".

    Raises:
        InputError: no file with such a suffix, or one that lies in no class folder.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for name in files.names:
        path = PurePosixPath(name)
        if path.suffix.lower() not in suffixes:
            continue
        if len(path.parts) < 2:
            raise InputError(f"{files.where}: {name}", "must lie in a folder named after its class")
        part = PARTS.get(path.parts[-3].lower(), "") if len(path.parts) > 2 else ""
        found.setdefault(part, []).append((name, path.parts[-2]))
    if not found:
        raise InputError(str(files.where), f"must hold files in class folders ({', '.join(suffixes)}), found none")
    return found


def decode(content: bytes, where: str, size: tuple[int, int] | None, grey: bool) -> Array:
    """An image file as uint8 (H, W, 3) or (H, W, 1), resized to `size` (H, W) where given (bilinear with antialias).

    Raises:
        InputError: not an image that Pillow reads, damaged, or of more than 64 million pixels.
    """
    image_module = needed("PIL.Image")
    try:
        with image_module.open(io.BytesIO(content)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise InputError(where, f"images have at most {MAX_PIXELS} pixels, found {image.width}x{image.height}")
            found = image.convert("L" if grey else "RGB")
    except InputError:
        raise
    except Exception as error:  # Pillow's decoders raise many kinds
        raise InputError(where, f"is not an image that can be read: {type(error).__name__}: {error}") from error
    if size is not None and (found.height, found.width) != size:
        found = found.resize((size[1], size[0]), image_module.Resampling.BILINEAR)
    array = np.asarray(found)
    return array[..., None] if grey else array


def load_images(
    section: DataSection, files: Files, classes: tuple[str, ...], size: tuple[int, int] | None, grey: bool
) -> Data:
    """A `Data` of all images in class folders; `classes` empty means: the folders' names, sorted.

    Raises:
        InputError: as `by_class` and `decode`; an unknown class folder; images of different sizes without `size`.
    """
    parts = by_class(files, SUFFIXES)
    names = classes or tuple(sorted({label for listed in parts.values() for _, label in listed}))
    arrays: dict[str, Any] = {}
    for part, listed in parts.items():
        for name, label in listed:
            if label not in names:
                text = f"its folder must be one of the classes, found {label!r}"
                raise InputError(f"{files.where}: {name}", text, f"classes: {', '.join(names)}")
        y = np.array([names.index(label) for _, label in listed], np.int64)
        keep = limited(y, section)
        arrays[part] = _read_all(files, [listed[i][0] for i in keep], size, grey), y[keep]
    x, y = (np.concatenate(pair) for pair in zip(*(arrays.pop(p) for p in ("", "train") if p in arrays), strict=True))
    text = f"{'grey' if grey else 'RGB'} value / 255" + (f", resized to {size[0]}x{size[1]}" if size else "")
    return split(
        section,
        x,
        y,
        test=arrays.get("test"),
        validation=arrays.get("validation"),
        classes=names,
        preprocessing=text,
    )


def _read_all(files: Files, names: list[str], size: tuple[int, int] | None, grey: bool) -> Array:
    x: Array = np.zeros(0)
    for index, name in enumerate(names):
        where = f"{files.where}: {name}"
        image = decode(files.read(name), where, size, grey)
        if index == 0:
            if len(names) * image.size * 4 > MAX_BYTES:
                text = f"{len(names)} images of {image.shape} must fit into {MAX_BYTES} bytes as float32"
                raise InputError(str(files.where), text, "set [data] limit, or a smaller size")
            x = np.empty((len(names), *image.shape), np.float32)
        if image.shape != x.shape[1:]:
            text = f"images must have one size, found {image.shape[:2]} after {x.shape[1:3]}"
            raise InputError(where, text, "set [data] options size = [H, W]")
        np.multiply(image, np.float32(1 / 255), out=x[index])
    return x
