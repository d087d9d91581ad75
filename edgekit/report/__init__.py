"""Reports for people."""

from edgekit.report.html import render

__all__ = ["render"]
