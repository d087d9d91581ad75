"""One file per tool, named like it, with its declaration `TOOL`."""
