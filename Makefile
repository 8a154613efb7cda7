# A fresh machine needs Python 3.11 or newer, pip and make; everything else goes into $(VENV).
#
#   make demo                                     install, fit on bundled digits, write a report
#   make PYTHON=python3.12 VENV=/tmp/jamjae test  another interpreter, another place
#   make PIP_ARGS="--index-url https://download.pytorch.org/whl/cpu --extra-index-url https://pypi.org/simple" demo
#   make VENV="$VIRTUAL_ENV" CONSTRAINTS=/dev/null demo     an environment of yours; the torch in it stays

PYTHON ?= python3
VENV ?= .venv
CONSTRAINTS ?= constraints.txt
PIP_ARGS ?=
ARGS ?=
WORKERS ?= 2
BENCH ?= .venv-bench

BIN := $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check
INSTALL = $(PIP) install --quiet -c $(CONSTRAINTS) $(PIP_ARGS)
PYTEST = OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n $(WORKERS)

# One stamp a step: the second `make setup` looks at dates and does nothing.
PACKAGE := $(VENV)/.jamjae-package
TOOLS := $(VENV)/.jamjae-tools

.PHONY: setup web build release-check demo test test-all test-security check format bench bench-faults bench-modes bench-quality bench-imputation bench-anomaly bench-explorer bench-stream browser-tools docs gallery examples clean bench-peers

setup: $(TOOLS)

demo: $(PACKAGE)
	$(BIN)/jamjae demo $(ARGS)

test: $(TOOLS)
	$(PYTEST) $(ARGS)

# With an hour of load on the explorer's server; SOAK=600 for ten minutes.
test-all: $(TOOLS)
	JAMJAE_SOAK=$(or $(SOAK),3600) $(PYTEST) -m "" $(ARGS)

# The explorer's server: every attack and load it is tested against, and how many. SOAK=3600 adds an hour of load.
test-security: $(TOOLS)
	$(PYTEST) -s tests/test_explorer_security.py $(ARGS)
	JAMJAE_SOAK=$(SOAK) $(PYTEST) -n 0 -s tests/test_explorer_load.py $(if $(SOAK),-m "") $(ARGS)

check: $(TOOLS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(TOOLS)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(BENCH)/.jamjae-bench
	$(BENCH)/bin/python -m benchmarks $(ARGS)

bench-faults: $(PACKAGE)
	$(BIN)/python -m benchmarks.faults $(ARGS)

bench-modes: $(PACKAGE)
	$(BIN)/python -m benchmarks.modes $(ARGS)

bench-quality: $(PACKAGE)
	$(BIN)/python -m benchmarks.quality $(ARGS)

# The tables of ADBench in $JAMJAE_DATA/adbench, or ARGS="--data FOLDER".
bench-anomaly: $(BENCH)/.jamjae-bench
	$(BENCH)/bin/python -m benchmarks.anomaly $(ARGS)

# What the pages say about other projects; ARGS="--only pythae" for one of them.
bench-peers: $(BENCH)/.jamjae-bench
	$(BENCH)/bin/python -m benchmarks.peers $(ARGS)

# JAMJAE_DATA names the folder in which adbench/ holds the tables.
bench-imputation: $(PACKAGE)
	$(BIN)/python -m benchmarks.imputation $(ARGS)

bench-explorer: $(TOOLS)
	$(BIN)/python -m benchmarks.explorer $(ARGS)

bench-stream: $(PACKAGE)
	$(BIN)/python -m benchmarks.stream $(ARGS)

# What the tests of the explorer's page need besides Chromium.
browser-tools: .browser-tools/axe.min.js

.browser-tools/axe.min.js: scripts/browser_tools.py
	$(PYTHON) scripts/browser_tools.py

# The vendored JavaScript of the explorer's page, fetched from the npm registry again.
web:
	$(PYTHON) scripts/web.py

docs: $(TOOLS)
	$(BIN)/python docs/generate.py
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html
	$(BIN)/python docs/_ext/links.py docs/_build/html
	@echo "docs/_build/html/index.html"

# Wheel and sdist into dist/.
build: $(TOOLS)
	rm -rf dist
	$(BIN)/python -m hatchling build

# The files of `make build`: names, size, metadata, extras; the wheel in an empty environment, tests from the sdist.
release-check: build
	JAMJAE_DIST="$(CURDIR)/dist" $(BIN)/python -m pytest -q -m "" tests/test_package.py tests/test_repository.py $(ARGS)

# The pictures of the README's gallery, from the chapters of the book.
gallery: $(TOOLS)
	$(BIN)/python scripts/gallery.py

examples: $(PACKAGE)
	set -e; for script in examples/*.py; do echo "$$script"; $(BIN)/python "$$script" --smoke; done

clean:
	rm -rf build dist docs/_build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests docs examples scripts -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "jamjae needs Python 3.11 or newer; say which: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(PACKAGE): pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) -e '.[all]'
	@touch $@

# Dependency groups need pip 25.1; the pip that comes with Python 3.11 is older.
$(TOOLS): $(PACKAGE)
	$(PIP) install --quiet --upgrade "pip>=25.1"
	$(INSTALL) --group test --group check --group docs
	@touch $@

# The peers have an environment of their own; `--no-deps` keeps theirs from bringing a second torch.
$(BENCH)/.jamjae-bench: pyproject.toml constraints.txt $(wildcard benchmarks/requirements*.txt)
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet -c $(CONSTRAINTS) $(PIP_ARGS) -e . -r benchmarks/requirements.txt
	$(BENCH)/bin/python -m pip install --quiet $(PIP_ARGS) --no-deps -r benchmarks/requirements-no-deps.txt
	@touch $@
