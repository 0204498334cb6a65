# One verb per chore, the same for people and CI. `make run` and `make test` need only Python >= 3.11 and Node >= 20.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := .make

# What fails is said, and run once more alone: peers and browsers share few cores with everything else.
tests = $(BIN)/python -m pytest $(1) $(2) || { echo "once more, alone:"; $(BIN)/python -m pytest $(1) -v --lf --lfnf none; }

.PHONY: help run dev setup page wheel peers test snapshots check fix lock gen docs bench bench-crash clean

help: ## what there is
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

$(STAMP)/venv: requirements.lock
	@mkdir -p $(STAMP)
	@bash scripts/venv "$(PYTHON)" $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -r requirements.lock
	@touch $@

$(STAMP)/package: $(STAMP)/venv pyproject.toml setup.py $(wildcard src/vedette/kernel/*.cpp src/vedette/kernel/*.hpp)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -c "import vedette.kernel"
	@$(BIN)/python -m compileall -q src/vedette
	@touch $@

$(STAMP)/dev: $(STAMP)/venv requirements-dev.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -r requirements-dev.lock
	@touch $@

$(STAMP)/node: web/package-lock.json
	@mkdir -p $(STAMP)
	@cd web && npm ci --no-audit --no-fund --silent
	@touch $@

$(STAMP)/page: $(STAMP)/node $(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' 2>/dev/null)
	@cd web && npm run --silent build
	@touch $@

setup: $(STAMP)/package $(STAMP)/dev $(STAMP)/node ## everything the other verbs need

page: $(STAMP)/page ## build the page into the package

dev: $(STAMP)/package $(STAMP)/node ## server and page on http://127.0.0.1:9189, both follow changes of their files
	@exec $(BIN)/python scripts/dev.py

run: $(STAMP)/package $(STAMP)/page ## set up, build the page, start on http://127.0.0.1:9000
	@$(BIN)/python -m compileall -q src/vedette
	@exec $(BIN)/vedette serve --data data

wheel: $(STAMP)/package $(STAMP)/page ## a wheel with page and kernels in dist/
	@rm -rf build dist
	@$(BIN)/python -m pip wheel -q --disable-pip-version-check --no-deps --no-build-isolation -w dist .
	@ls dist

peers: ## programs that tests and benchmarks run against, from Debian
	@bash scripts/peers
	@timeout 300 bash scripts/newest-peers $(STAMP)/peers || echo "the newest peers are not to be had here: those installed are taken"

test: setup page peers ## run everything
	@$(call tests,--ignore=tests/e2e,-n 2)
	@$(call tests,tests/e2e)
	@cd web && npm run --silent test

snapshots: setup ## take the pictures of all kinds of widgets anew, after a change of their looks that is meant
	@$(BIN)/python -m pytest tests/e2e/test_widget_snapshots.py --update-golden
	@git --no-pager diff --stat -- tests/e2e/snapshots

check: setup ## format, lint, types, import contract, sizes
	@$(BIN)/ruff format --check -q . && $(BIN)/ruff check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache > $(STAMP)/imports.log || { cat $(STAMP)/imports.log; exit 1; }
	@$(BIN)/python -m pytest -q -p no:cacheprovider tests/arch/test_sizes.py tests/arch/test_names.py
	@cd web && npm run --silent lint && npm run --silent types
	@echo "check: ok"

fix: setup ## format and mend what can be mended by itself
	@$(BIN)/ruff format -q . && $(BIN)/ruff check -q --fix .
	@cd web && npm run --silent fix

lock: $(STAMP)/venv ## resolve the dependencies anew
	@bash scripts/lock

gen: $(STAMP)/package $(STAMP)/node ## regenerate *.gen.* and the reference pages
	@$(BIN)/python scripts/generate.py
	@cd web && npm run --silent gen > /dev/null

docs: gen ## reference pages and the pictures of the documentation
	@$(BIN)/python scripts/screenshots.py

bench: setup page peers ## workloads beside their peers; BENCH="name ..." picks some
	@$(BIN)/python -m bench.run $(BENCH)

bench-crash: setup peers ## 200 and more cycles of kill -9 under ingest
	@$(BIN)/python -m pytest -m crash tests/crash --crash-cycles=200

clean: ## remove what the other verbs made
	@rm -rf $(VENV) $(STAMP) build dist src/*.egg-info src/vedette/page web/node_modules web/dist
