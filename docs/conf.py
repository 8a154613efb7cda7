"""Sphinx: Markdown pages whose blocks are run; the catalogue is written by `generate.py`."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_ext"))

import jamjae

project = "jamjae"
author = "The jamjae developers"
copyright = author
release = version = jamjae.__version__

extensions = ["myst_parser", "outputs", "formulas", "languages"]
exclude_patterns = ["_build"]
templates_path = ["_templates"]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
html_math_renderer = "mathml"
html_theme = "furo"
html_title = "jamjae (잠재)"
html_static_path = ["_static"]
html_css_files = ["book.css"]
html_show_sourcelink = False
html_copy_source = False
