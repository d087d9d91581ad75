"""The zoo: data sets and networks, one file each; a new file is a new entry."""

from __future__ import annotations

from edgekit import plugins
from edgekit.errors import InputError
from edgekit.recipe import DataSection
from edgekit.zoo.data import Data, only_normal, standardized

DATASETS = "edgekit.zoo.datasets"
MODELS = "edgekit.zoo.models"


def load(section: DataSection) -> Data:
    """The data set named by `section`; see `edgekit.train.load_data`."""
    found = plugins.module(DATASETS, section.dataset)
    if found is None:
        known = ", ".join(plugins.names(DATASETS))
        raise InputError("[data] dataset", f"no data set {section.dataset!r}", f"there are: {known}")
    data: Data = found.load(section)
    if section.standardize:
        data = standardized(data)
    return only_normal(data, section.normal) if section.normal else data
