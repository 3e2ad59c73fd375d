# Everything a user or CI runs. Each target makes .venv first if it is missing or out of date.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Sources are compiled once, and not by each of some hundred processes of the tests.
export PYTHONDONTWRITEBYTECODE =

.DEFAULT_GOAL := help
.PHONY: help demo test test-every check check-theory theory-coq verified bench bench-coq paper docs clean

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1  \t/'

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Leafproof needs Python 3.11 or newer; run: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@echo "compiling the searches, once (about a minute)"
	@$(BIN)/python -m verifier.provers.compiled.apart
	@touch $@

demo: $(STAMP)  ## certify a distilled tree on a real problem (MONK's 1)
	@$(BIN)/leafproof demo

test: $(STAMP)  ## the whole test suite
	$(BIN)/python -m pytest -q -n 2 --dist worksteal

test-every: $(STAMP)  ## the same with all cases of long tests, of which make test tries some
	LEAFPROOF_EVERY=1 $(BIN)/python -m pytest -q -n 2 --dist worksteal

check: $(STAMP)  ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

theory-coq: $(STAMP)  ## what Coq proves of the theory, from nothing
	$(BIN)/python -m theory.coq

check-theory: theory-coq  ## all derivations again, planted errors, the axioms in models, and what Coq proves
	$(BIN)/leafproof bounds verify --all
	LEAFPROOF_EVERY=1 $(BIN)/python -m pytest -q -n 2 --dist worksteal tests/theory/checking tests/theory/test_mutations.py

verified: $(STAMP)  ## the proof of the verified checker checked by Coq, and both builds made of it
	$(BIN)/python -m verifier.verified.extraction.make

$(VENV)/.peers: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,bench]'
	@touch $@

bench: $(VENV)/.peers  ## measurements against other tools (half an hour)
	$(BIN)/python -m tests.benchmarks

bench-coq: $(STAMP)  ## arithmetic steps of the theory, checked by Coq (skipped where Coq or Interval is missing)
	$(BIN)/python -m tests.benchmarks.coq

paper: $(STAMP)  ## the paper's table at the paper's scale: hours, and it goes on where it was ended
	$(BIN)/python -m tests.benchmarks.paper

docs: $(STAMP)  ## the documentation as a site, in build/site
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	@echo "open it with a browser: build/site/index.html"

clean:  ## remove the virtual environment and caches
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
