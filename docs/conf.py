"""Sphinx: the pages are Markdown; the catalogue is written by `generate.py`."""

import jamjae

project = "jamjae"
author = "The jamjae developers"
copyright = author
release = version = jamjae.__version__

extensions = ["myst_parser"]
exclude_patterns = ["_build"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "jamjae (잠재)"
