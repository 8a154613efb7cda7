"""Reports: everything about a run, or several runs side by side, in one HTML file."""

from .comparison import write_comparison
from .facts import Facts
from .gather import gather
from .html import page, write
from .translation import check

__all__ = ["Facts", "check", "gather", "page", "write", "write_comparison"]
