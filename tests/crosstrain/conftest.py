"""Recipes on four bright corners, as the trainer's tests have them, and the command line in this process."""

from tests.cli.conftest import cli
from tests.train.conftest import recipe

__all__ = ["cli", "recipe"]
