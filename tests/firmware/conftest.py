"""What tests of generated C share."""

from __future__ import annotations

import pytest

from edgekit.backends.c.options import Options
from tests.firmware import proof


@pytest.fixture
def host_as_m4(monkeypatch: pytest.MonkeyPatch) -> None:
    """Builds for the host take the forms of the Cortex-M4, whose instructions the host's headers imitate."""
    plain = proof.options_for

    def as_m4(target: str) -> Options:
        return plain(target).model_copy(update={"core": "cortex-m4"})

    monkeypatch.setattr(proof, "options_for", as_m4)
