# Two commands do everything: `make serve` and `make test`. Both need only Python 3.11+ with pip; uv is used when present.
PYTHON ?= python3
BIN := .venv/bin

ifneq ($(shell command -v uv 2>/dev/null),)
new_venv = uv venv --quiet --python $(PYTHON) .venv
install = uv pip install --quiet --compile-bytecode --python $(BIN)/python
else
# `--python` lets the pip outside install into the venv: no ensurepip needed (Debian ships without), and 3 s saved.
new_venv = $(PYTHON) -m venv --without-pip .venv
install = $(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check
endif

.PHONY: serve test bench contract lint lock
.DELETE_ON_ERROR:

serve: .venv/.runtime
	@exec $(BIN)/dxi serve

test: .venv/.dev
	$(BIN)/python -m pytest -n auto $(PYTEST_ARGS)

bench: .venv/.dev
	$(BIN)/python -m tests.benchmarks $(BENCH_ARGS)

# docs/openapi.json, what clients were made from: takes additions over and refuses what would break them.
contract: .venv/.dev
	$(BIN)/python -m tests.web.contract

lint: .venv/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hadolint Dockerfile

# A stamp for each lock, so that a start with nothing new installs nothing.
.venv/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 ...")'
	@test -x $(BIN)/python || $(new_venv)
	@touch $@

.venv/.runtime: requirements.lock pyproject.toml | .venv/.python
	$(install) --require-hashes -r requirements.lock
	$(install) --no-deps -e .
	@$(BIN)/python -m compileall -q app migrations
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.runtime
	$(install) --require-hashes -r requirements-dev.lock
	@touch $@

# Both locks hold hashes and no address of a registry; LOCK_ARGS=--upgrade takes newer versions.
compile = uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate $(LOCK_ARGS) pyproject.toml
lock:
	$(compile) --output-file requirements.lock
	$(compile) --extra dev --constraint requirements.lock --output-file requirements-dev.lock
