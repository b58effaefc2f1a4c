# `make` alone lists what there is. Everything runs from .venv, which `make setup` makes; nothing asks a question.

bin := .venv/bin
export PYTHONUTF8 := 1

# Processes that run the tests: make tests WORKERS=4
WORKERS ?= auto

# What is proven: make prove SHARE=2/4 for the second of four shares, PROVE=--quick for no more than what is needed
SHARE ?= 1/1
PROVE ?=

# Test modules and the package itself are compiled once, not by each process that the tests start.
tests proof prove: export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup demo serve test lint format types imports tests docs proof prove fix bench kill9 pictures lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: setup ## one certificate from request to revocation, on a real token, told step by step
	@$(bin)/mockca demo

serve: setup ## the authority on http://127.0.0.1:8400
	@$(bin)/mockca serve

setup: ## install what is missing: system packages, .venv
	@tools/setup

test: setup lint format types imports docs tests ## every gate, in order

lint: setup ## gate: ruff check
	@$(bin)/ruff check

format: setup ## gate: ruff format
	@$(bin)/ruff format --check

types: setup ## gate: mypy --strict
	@$(bin)/mypy

imports: setup ## gate: the arrows between packages
	@$(bin)/lint-imports

tests: setup ## gate: pytest, branch coverage
	@$(bin)/pytest -n $(WORKERS) --cov

docs: setup ## gate: the documentation as a site, build/site; no link leads nowhere
	@NO_MKDOCS_2_WARNING=1 $(bin)/mkdocs build --quiet

pictures: setup ## the documentation's pictures, anew
	@tools/pictures

proof: setup ## gate: each check of the suites catches a deliberate defect, tried in process
	@$(bin)/pytest tests/mutants/test_proof.py tests/conformance/test_prove.py -m "proof or not proof" -n $(WORKERS)

prove: setup ## the same over HTTP, with the matrix of checks and defects
	@$(bin)/conformance prove --mock $(bin)/mockca --share $(SHARE) $(PROVE)

fix: setup ## repair what ruff can repair by itself
	@$(bin)/ruff check --fix
	@$(bin)/ruff format

# Not installed by set-up, because Debian's nginx begins to serve as soon as it is there.
bench: setup ## the benchmarks, each beside its limit or peer (needs nginx and wrk)
	@for script in benchmarks/[a-z]*.py; do \
		case $$script in */kill9.py) continue ;; esac; \
		echo; echo "== $$script"; $(bin)/python $$script || exit 1; \
	done

kill9: setup ## kill the server amid 200 issuances, 20 times, and count what was lost
	@$(bin)/python benchmarks/kill9.py

lock: ## renew requirements.lock (needs uv)
	@tools/lock

clean: ## remove .venv and caches; data in var/ stays
	@rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.* htmlcov
