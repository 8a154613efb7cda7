"""Runs in the browser: a server on this machine, and the page that asks it."""

from .begin import explore

__all__ = ["explore"]
