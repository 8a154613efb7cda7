"""Runs in the browser: a server on this machine and the page that asks it, or the page as one file."""

from .begin import explore
from .notebook import widget
from .saved import save

__all__ = ["explore", "save", "widget"]
