# ProxiSoins: `make` lists the targets. Needs Python 3.11 or later, make and a package registry.
PYTHON ?= python3
# Always through the interpreter: the scripts of an environment hold absolute paths.
VENV_PYTHON := .venv/bin/python
PIP := $(VENV_PYTHON) -m pip --disable-pip-version-check --quiet --quiet
# Two workers on the smallest machine we care for. The first begins with the tests in a browser,
# which wait more than they compute; who has finished takes tests from the end of the other's list.
PYTEST_FLAGS ?= -n 2 --dist worksteal --durations=20 --durations-min=5
# One lock for every platform and every Python from 3.11; setuptools builds the editable install.
LOCK := echo 'setuptools>=77' | $(VENV_PYTHON) -m uv pip compile pyproject.toml - --quiet --universal \
	--python-version 3.11 --no-header --no-annotate --no-emit-index-url --no-emit-find-links

# What set-up computes is kept under a key of this code: after a change, it would be computed again
# while the first visitor waits.
CODE = $(shell find geo data models -name '*.py' -o -path 'models/assets/*')
define PREPARE
@echo "Compiling, and computing what the first screens need (a minute, once for each version)..."
@PROXISOINS_HOME=prepared $(VENV_PYTHON) -m models.region.prepare
@[ ! -d prepared ] || chmod -R a+rX prepared
@$(VENV_PYTHON) -m models.region.prepare
@touch .venv/prepared
endef

export PYTHONUTF8 := 1

.DEFAULT_GOAL := help
.PHONY: help setup install run test campaigns test-all quick coverage test-lowest browser lint format lock audit clean

help: ## list the targets
	@echo "ProxiSoins: make TARGET"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-11s %s\n", $$1, $$2}' Makefile

setup: .venv/ready-dev .venv/prepared ## create .venv with everything, from the exact locks

install: .venv/prepared ## set up what the application needs, without the development tools

run: .venv/prepared ## set up what is missing and open the application (PORT=… to choose)
	@exec $(VENV_PYTHON) -m streamlit run server.py $(if $(PORT),--server.port $(PORT))

test: .venv/ready-dev browser ## set up what is missing, browser included, and run all tests but the campaigns
	$(VENV_PYTHON) -m pytest $(PYTEST_FLAGS) -m "not campaign"

campaigns: .venv/ready-dev browser ## run the long tests that `test` leaves out
	$(VENV_PYTHON) -m pytest $(PYTEST_FLAGS) -m campaign

test-all: .venv/ready-dev browser ## run every test, campaigns included
	$(VENV_PYTHON) -m pytest $(PYTEST_FLAGS)

quick: .venv/ready-dev ## run the tests of TESTS=… alone, without the browser, first failure first
	$(VENV_PYTHON) -m pytest -x --failed-first -m "not browser and not campaign" $(TESTS)

coverage: .venv/ready-dev browser ## run the tests (TESTS=…) and print which changed lines (since BASE=main) they reach
	$(VENV_PYTHON) -m pytest $(PYTEST_FLAGS) --cov=geo --cov=data --cov=models --cov=pages \
		--cov-report=xml $(TESTS)
	$(VENV_PYTHON) -m diff_cover.diff_cover_tool coverage.xml --compare-branch=$(or $(BASE),main)

test-lowest: .venv/ready-dev ## run the tests (TESTS=…) on the lowest versions that pyproject.toml allows
	$(VENV_PYTHON) -m uv pip compile pyproject.toml --quiet --resolution lowest-direct \
		--extra dev --extra login --extra precompute --no-header --no-annotate \
		--output-file .venv-lowest.txt
	$(VENV_PYTHON) -m uv venv --quiet --allow-existing .venv-lowest
	$(VENV_PYTHON) -m uv pip install --quiet --python .venv-lowest/bin/python -r .venv-lowest.txt
	$(VENV_PYTHON) -m uv pip install --quiet --python .venv-lowest/bin/python --no-deps -e .
	PYTHONPATH=. .venv-lowest/bin/python -m pytest -x -m "not browser and not campaign" $(TESTS)

browser: ## find a Chrome or Chromium, or install Debian's where that is allowed
	@.ci/browser --install >/dev/null || [ -z "$$PROXISOINS_REQUIRE_BROWSER" ]

lint: .venv/ready-dev ## check style, format, types and the import rules between rooms
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .
	$(VENV_PYTHON) -m mypy
	PYTHONPATH=. $(VENV_PYTHON) .venv/bin/lint-imports

format: .venv/ready-dev ## put the code in the house format
	$(VENV_PYTHON) -m ruff check --fix .
	$(VENV_PYTHON) -m ruff format .

lock: .venv/ready-dev ## compute the locks again from pyproject.toml
	$(LOCK) --extra postgres --extra login --output-file requirements.lock
	$(LOCK) --extra postgres --extra login --extra precompute --extra dev \
		--constraint requirements.lock --output-file requirements-dev.lock
	$(VENV_PYTHON) -m uv pip compile requirements.lock --quiet --no-deps --generate-hashes --universal \
		--python-version 3.11 --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
		--output-file requirements-hashed.lock

audit: .venv/ready-dev ## look for known holes of the locked packages in ADVISORIES=… (an export of OSV; no network)
	$(VENV_PYTHON) -m data.upkeep.known_holes $(ADVISORIES)

clean: ## remove the environment and everything that set-up made
	rm -rf .venv prepared static/vendor static/generated

# The stamps are dated when everything before them has succeeded.
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "ProxiSoins needs Python 3.11 or later: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv .venv \
		|| { rm -rf .venv; echo "The venv module is missing (Debian: apt-get install python3-venv)" >&2; exit 1; }

.venv/ready: requirements-hashed.lock pyproject.toml data/upkeep/assets.py | .venv/bin/python
	@echo "Installing what the application needs (a few minutes the first time)..."
	@$(PIP) install --require-hashes -r requirements-hashed.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@$(VENV_PYTHON) -m data.upkeep.assets
	$(PREPARE)
	@touch $@

# Tests ask for no more than what stands since set-up.
.venv/prepared: $(CODE) | .venv/ready
	$(PREPARE)

.venv/ready-dev: requirements-dev.lock .venv/ready
	@echo "Installing the development tools..."
	@$(PIP) install -r requirements-dev.lock
	@touch $@
