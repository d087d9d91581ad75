# Everything from an empty clone: Python 3.11 or newer, gcc and make are enough; `make test` installs the cross compiler and
# the emulator when it runs as root, and says what to install when not.
# pip's own variables work: PIP_FIND_LINKS or PIP_EXTRA_INDEX_URL may name a place of PyTorch wheels without CUDA.
PYTHON ?= python3
VENV   ?= .venv
TARGET ?= coral
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --disable-pip-version-check --quiet -c constraints.txt
SPEC   := pyproject.toml constraints.txt
# a process per core, each with a half of neighbouring tests, so that what a file shares is made once; the faster one helps
SPREAD := -n logical --maxprocesses 8 --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help build tools test test-all bench docs wheel clean
.DELETE_ON_ERROR:

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "error: $(PYTHON) is older than 3.11; next: make PYTHON=/path/to/python3.11"; exit 5; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(SPEC) | $(VENV)/bin/python
	@echo "installing into $(VENV); the first time takes minutes"
	$(PIP) -e '.[train,tflite-micro]'
	@touch $@

$(VENV)/.installed-dev: $(SPEC) $(VENV)/.installed
	$(PIP) -e '.[train,search,tensorboard,tflite-micro,firmware,dev]'
	@touch $@

$(VENV)/.installed-all: $(SPEC) $(VENV)/.installed-dev
	$(PIP) -e '.[train,search,tensorboard,tflite-micro,ethos-u,openvino,hexagon,movidius,firmware,dev]'
	@touch $@

build: $(VENV)/.installed ## install into .venv, then train, quantize, prove and package the default recipe
	$(BIN)/edgekit build --target $(TARGET)

tools:
	@sh ci/tools.sh

test: tools $(VENV)/.installed-dev ## ruff, mypy and the tests, all but the slow ones
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest $(SPREAD)

test-all: tools $(VENV)/.installed-all ## the slow tests too
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -m ''

bench: $(VENV)/.installed-dev ## every benchmark in benchmarks/
	@for file in $$(grep -l '^def main' benchmarks/*.py); do \
	  $(BIN)/python -m "benchmarks.$$(basename $$file .py)" || exit 1; done

docs: $(VENV)/.installed-dev ## write the generated parts of README.md and docs/ anew
	$(BIN)/python -m ci.docs

wheel: $(VENV)/.installed-dev ## dist/*.whl and dist/*.tar.gz
	$(BIN)/python -m build --outdir dist

clean: ## remove what make made
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
