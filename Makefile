# Careline. `make run` is all that a newcomer needs; `make help` lists the rest.
PYTHON ?= python3
SETUP := $(PYTHON) -m deploy.bootstrap

.DEFAULT_GOAL := help
.PHONY: help run setup tools test lint faults bench clean

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

faults: tools ## patients and nurses at work while processes are killed (FAULTS_SECONDS, 600): what was lost
	@.venv/bin/python -m tests.faults

bench: tools ## measure this machine beside baselines (ONLY="throughput growth ..." for parts)
	@.venv/bin/python -m deploy.bench $(ONLY)

clean: ## remove all that set-up and builds made; conversations in .careline/redis stay
	@$(PYTHON) -m deploy.bootstrap.clean
