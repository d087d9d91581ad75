"""Upsample, the forerunner of Resize."""

from __future__ import annotations

from edgekit.frontend.onnx.ops.resize import emit

__all__ = ["emit"]
