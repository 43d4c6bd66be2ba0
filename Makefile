# Every target is one line and sets up what it needs; a second run does not reinstall. ARGS goes to the command behind it.
.DEFAULT_GOAL := help
.PHONY: help demo test lint types docs bench faults lock charts clean setup-demo setup-all
PYTHON = $(or $(firstword $(shell for p in python3 python3.13 python3.12 python3.11; do $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$p; done)),$(error setup: Python 3.11, 3.12 or 3.13 is needed. Run: sudo apt-get install -y python3))
UV ?= uv
BIN := .venv/bin

help: ## This list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 14

demo: setup-demo ## From raw tables to explained proposals on a synthetic lender (ARGS="--lang fr")
	@$(BIN)/garant demo $(ARGS)

test: setup-all ## All tests but the long fault matrices (ARGS="-k cutoff")
	@$(BIN)/python -m pytest -n 4 --dist loadgroup $(ARGS)

lint: setup-all ## Rules, format, and the direction of imports
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports --no-logo

types: setup-all ## Types, strict
	@$(BIN)/basedpyright --pythonpath $(BIN)/python $(ARGS)

docs: setup-all ## The papers as pages in build/docs; a link or an anchor that leads nowhere ends it
	@$(BIN)/python tools/papers.py build/docs

bench: setup-all ## Benchmarks, one after the other; figures go to benchmarks/results
	@for script in benchmarks/*.py; do test ! -e "$$script" || $(BIN)/python "$$script" || exit; done

faults: setup-all ## The long matrices of planted failures
	@$(BIN)/python -m pytest -m faults $(ARGS) || { test $$? -eq 5 && echo "No fault matrix in this version."; }

screenshots: setup-all ## Pictures of every page for the docs, from the demo
	@$(BIN)/python tools/screenshots.py

lock: ## Resolve requirements/*.txt again (needs uv; ARGS="--upgrade" or ARGS="--upgrade-package numpy")
	@UV=$(UV) tools/lock.sh $(ARGS)

charts: ## Build the charts of the pages again from frontend/ and require that nothing changes (needs npm)
	@cd frontend && npm ci && npm run build && git diff --exit-code . ../src/garant/dashboard/static

clean: ## Remove caches and builds (.venv stays: remove it by hand to start over)
	@rm -rf build dist .hypothesis .import_linter_cache .pytest_cache .ruff_cache && find src tests tools -name __pycache__ -prune -exec rm -rf {} +

setup-demo:
	@$(PYTHON) tools/set_up.py demo

setup-all:
	@$(PYTHON) tools/set_up.py all
