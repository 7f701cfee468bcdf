# `make` lists the targets. Nothing is installed outside .venv.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
# Figures of publishers from which `make reference` builds the embedded edition.
DATA ?= ../shared/data
# Language and date of `make report`; without a date it answers for the newest one it can.
LANG_ID ?= en
ASOF ?=
# An interpreter to use instead of the first one found that is new enough.
PYTHON ?=
PIP_TOOLS := pip-tools==7.6.2

PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --progress-bar off
PIP_COMPILE := CUSTOM_COMPILE_COMMAND="make lock" $(VENV)-lock/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

.PHONY: help venv dev report test lint format bench soak lock reference messages docs clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

# --- environments ----------------------------------------------------------------------------
venv: $(VENV)/.runtime ## .venv with the locked runtime and the package itself
dev: $(VENV)/.dev ## the same with the tools of tests and checks

$(BIN)/python:
	@PYTHON="$(PYTHON)" tools/make_venv.sh $(VENV)

$(VENV)/.runtime: requirements/lock.txt pyproject.toml | $(BIN)/python
	@echo "debtcycle: installing the locked runtime ..."
	@tools/install_lock.sh $(BIN)/python requirements/lock.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@
	@echo "debtcycle: $(VENV) is ready."

$(VENV)/.dev: requirements/dev.txt $(VENV)/.runtime
	@echo "debtcycle: installing the locked tools of the tests ..."
	@tools/install_lock.sh $(BIN)/python requirements/dev.txt
	@touch $@

# --- use -------------------------------------------------------------------------------------
report: $(VENV)/.runtime ## the judgement with its evidence (LANG_ID=zh for Chinese, ASOF=YYYY-MM-DD)
	@$(BIN)/debtcycle report --lang $(LANG_ID) $(if $(ASOF),--as-of $(ASOF))

# --- checks ----------------------------------------------------------------------------------
test: $(VENV)/.dev ## the whole suite and the gate of coverage
	@$(BIN)/python -m pytest -q -n 2 --cov --cov-report=
	@$(BIN)/python -m coverage json -q -o $(VENV)/coverage.json
	@$(BIN)/python tools/coverage_gate.py $(VENV)/coverage.json

lint: $(VENV)/.dev ## format, style, types and direction of imports
	@$(BIN)/ruff format --check --quiet . || { echo "run 'make format'"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

format: $(VENV)/.dev ## rewrite what the formatter and the safe fixes can
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

soak: $(VENV)/.dev ## the long random runs
	@$(BIN)/python -m pytest -q -m soak || { rc=$$?; [ $$rc -eq 5 ] && echo "no test is marked soak" || exit $$rc; }

bench: $(VENV)/.dev ## time what must be fast and print it
	@set -e; shopt -s nullglob; for file in benchmarks/bench_*.py; do $(BIN)/python "$$file"; done

# --- things made from other things -----------------------------------------------------------
# The oldest supported Python resolves, so that the pins hold on the newer ones too; hashes of
# every file of a version are kept, addresses are not.
lock: ## pin every requirement again, with hashes and without addresses
	@PYTHON="$(or $(PYTHON),python3.11)" tools/make_venv.sh $(VENV)-lock
	@$(VENV)-lock/bin/python -m pip install -qq --disable-pip-version-check $(PIP_TOOLS)
	@$(PIP_COMPILE) --extra all --build-deps-for wheel --build-deps-for editable \
		--output-file requirements/lock.txt pyproject.toml
	@$(PIP_COMPILE) --extra all --extra dev --build-deps-for wheel --build-deps-for editable \
		--constraint requirements/lock.txt --output-file requirements/dev.txt pyproject.toml

reference: $(VENV)/.runtime ## rebuild the embedded edition from DATA
	@$(BIN)/debtcycle reference build $(DATA)

messages: $(VENV)/.dev ## compile the texts of both languages
	@$(BIN)/python tools/compile_messages.py

docs: $(VENV)/.runtime ## write the pages of docs/ that are generated
	@set -e; shopt -s nullglob; for file in docs/make_*.py; do $(BIN)/python "$$file"; done

clean: ## remove the environments and all caches
	@rm -rf $(VENV) $(VENV)-lock build dist htmlcov .coverage* .hypothesis .import_linter_cache \
		.mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
