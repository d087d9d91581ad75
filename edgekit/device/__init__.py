"""Boards and emulators: the serial protocol, links, and what is measured through them."""
