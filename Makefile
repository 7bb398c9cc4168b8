# Careline. `make run` is all that a newcomer needs; `make help` lists the rest.
PYTHON ?= python3
SETUP := $(PYTHON) -m deploy.bootstrap

.DEFAULT_GOAL := help
.PHONY: help run setup tools test lint bench clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## set up what is missing, start everything, stay until Ctrl-C
	@exec $(SETUP) run

setup: ## set up what is missing (environments, front end, weights, dialogue model)
	@$(SETUP) setup

tools: ## the same, with the tools for tests and lint
	@$(SETUP) setup --dev

test: tools ## every test, on the real processes
	@deploy/test $(ARGS)

lint: tools ## ruff, mypy, YAML, Dockerfiles, front end types
	@deploy/lint

bench: tools ## measure this machine: emergency and answer latency against a baseline
	@.venv/bin/python -m deploy.bench

clean: ## remove all that set-up and builds made; conversations in .careline/redis stay
	@$(PYTHON) -m deploy.bootstrap.clean
