"""`python -m jamjae.cli` is `jamjae`."""

import sys

from .main import main

sys.exit(main())
