"""Recipes on four bright corners, as the trainer's tests have them."""

from tests.train.conftest import recipe

__all__ = ["recipe"]
