# What people type: `make run` shows the program at work, `make test` proves it. Needs Python >= 3.11 and make.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PYTEST ?= -q

.DEFAULT_GOAL := help
.PHONY: help run test lint types layers dependencies check gates bench install-systemd clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

run: $(VENV)/.run ## set up, then show the whole job on a local vendor site
	@$(BIN)/policy-monitor demo

test: $(VENV)/.dev ## set up, then run all tests
	$(BIN)/python $(if $(COVERAGE),-m coverage run )-m pytest $(PYTEST)

lint: $(VENV)/.dev ## style: ruff check and ruff format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev ## types: mypy --strict
	$(BIN)/mypy

layers: $(VENV)/.dev ## who may import whom: import-linter
	$(BIN)/lint-imports

dependencies: $(VENV)/.dev ## declared and imported packages are the same: deptry
	$(BIN)/deptry .

check: lint types layers dependencies test ## all of the above

gates: $(VENV)/.dev ## scores on the labelled corpus against their floors
	$(BIN)/python tests/eval/gates.py

bench: $(VENV)/.dev ## what it costs, as ratios
	$(BIN)/python -m bench

install-systemd: ## install for the whole machine (as root): docs/guides/install.md
	sh systemd/install.sh

clean: ## remove the virtual environment and what tools left behind
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache htmlcov .coverage*

# Set-up runs once, and again when pyproject.toml changes.
$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python >= 3.11 is needed; name one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	@$(BIN)/python -m compileall -q monitor  # where Python may write no bytecode, each start would do it
	@touch $@

$(VENV)/.dev: $(VENV)/.python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@$(BIN)/python -m compileall -q monitor
	@touch $@ $(VENV)/.run
