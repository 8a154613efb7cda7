"""The command line: the verbs of Python with the same options. No mathematics, and no torch until a verb needs it."""

from .main import main

__all__ = ["main"]
