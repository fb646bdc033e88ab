# The hub from one command. `make` alone lists what there is. Variables named HUB_* reach every program.

SHELL := /bin/sh
PYTHON_DIRS := shared services deploy tests
bin := .local/venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup setup-tests setup-peers run demo contracts-wheel test test-deploy test-deploy-short check check-format check-lint check-types check-files check-imports \
  check-dependencies check-generated check-units coverage mutants release-contracts eventcatalog fmt lock faults faults-short bench audit up check-settings down logs ps \
  migrate backup restore upgrade doctor uninstall sign-in clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install the Python packages of `make run` into .local/venv
	@deploy/hub_local/setup.sh run

setup-tests:
	@deploy/hub_local/setup.sh tests

setup-peers:
	@deploy/hub_local/setup.sh peers

run: setup ## Run the whole hub on this machine with a demonstration, until Ctrl-C (TODAY=2026-11-29 for another day)
	@$(bin)/python -m hub_demo.local run $(if $(TODAY),--today '$(TODAY)')

demo: setup ## Do the same, print the figures and stop
	@$(bin)/python -m hub_demo.local demo $(if $(TODAY),--today '$(TODAY)')

contracts-wheel: setup-tests ## Build the wheel of the published language for subscribers, in .local/dist
	@$(bin)/python -m pip --disable-pip-version-check wheel --quiet --no-deps --no-build-isolation --wheel-dir .local/dist shared/hub_contracts
	@ls .local/dist/mathshub_contracts-*.whl

# Two workers, as CI has two cores; each starts a RabbitMQ and a PostgreSQL of its own (tests/support/spreading.py).
WORKERS ?= 2

test: setup-tests ## Run every test, with real RabbitMQ and PostgreSQL
	@$(bin)/python -m pytest --numprocesses $(WORKERS) --no-loadscope-reorder $(ARGS)

COVERED := kernel contracts messaging platform enrolment visits notifications reporting hubctl operations architecture

# EVENTLET_NO_GREENDNS: coverage imports eventlet before a service could say so. A run for each package: coverage's table of
# greenlets and the end of a thread that had some can wait for each other for ever (greenlet 3, Python 3.11), seen twice in one.
coverage: setup-tests ## Measure what the tests reach in every package, services they start included (about 20 minutes, by hand)
	@rm -rf .local/coverage && mkdir -p .local/coverage
	@for package in $(COVERED); do \
	  echo "== tests/$$package"; \
	  EVENTLET_NO_GREENDNS=yes $(bin)/python -W ignore -m coverage run -m pytest --quiet tests/$$package $(ARGS) || exit 1; \
	done
	@$(bin)/python -m coverage combine --quiet
	@$(bin)/python -m tests.support.coverage_page

mutants: setup-tests ## Change the code that was changed, one place at a time: tests must notice (SEED=7 ARGS="--since HEAD~3 --limit 20")
	@$(bin)/python -m tests.mutants $(ARGS)

test-deploy: setup-tests ## Deploy the hub with docker compose and try it (needs root and a Docker engine)
	@HUB_TEST_DEPLOY=1 $(bin)/python -m pytest --timeout 0 tests/deploy $(ARGS)

test-deploy-short: setup-tests ## Do so in a few minutes: one day, a crash, a backup and a restore
	@HUB_TEST_DEPLOY=1 $(bin)/python -m pytest tests/deploy/test_in_short.py $(ARGS)

check: setup-tests ## Check format, style, types, imports, dependencies, generated files, secrets and units; no servers needed
	@$(MAKE) --no-print-directory --jobs=2 --keep-going --output-sync=target check-types check-units check-format check-lint \
	  check-imports check-dependencies check-generated check-files
	@echo "all is well"

check-format:
	@$(bin)/ruff format --quiet --check --diff $(PYTHON_DIRS)

check-lint:
	@$(bin)/ruff check --quiet $(PYTHON_DIRS)

check-types:
	@$(bin)/mypy --no-error-summary $(PYTHON_DIRS)

check-files:
	@$(bin)/hadolint deploy/Dockerfile
	@$(bin)/shellcheck --external-sources --check-sourced --source-path=SCRIPTDIR deploy/*.sh deploy/hub_local/*.sh deploy/postgres/*.sh .ci/run
	@$(bin)/yamllint --strict deploy .pre-commit-config.yaml
	@git ls-files -z | xargs -0 $(bin)/detect-secrets-hook --no-verify

check-imports:
	@$(bin)/lint-imports

check-dependencies:
	@$(bin)/python -m hub_local.dependencies

check-generated:
	@$(bin)/python -W ignore -m hub_local.releases --check
	@$(bin)/python -m hub_contracts.generate --check

check-units:
	@$(bin)/python -m pytest --quiet --no-header -m "not servers and not long"

faults: setup-peers ## Kill, starve and cut everything, ours and two others; writes docs/reliability.md (BROKER=container: on the deployed images)
	@$(bin)/python -m tests.faults --write --broker $(or $(BROKER),node) $(ARGS)

faults-short: setup-tests ## Do so in a few minutes: ours only, few events, only cases that take seconds
	@$(bin)/python -m tests.faults --system ours --short --events 200 --examples 1 --steps 8 --broker $(or $(BROKER),node) $(ARGS)

bench: setup-peers ## Measure ours, FastStream, plain nameko and the limit side by side; writes docs/performance.md
	@$(bin)/python -m tests.bench --write $(ARGS)

# DEMO=1: the same for a demonstration hub next to the real one.
export HUB_DEMO := $(or $(DEMO),$(HUB_DEMO),0)

up: ## Start the hub with docker compose (DEMO=1: with an invented year)
	@deploy/compose.sh up

check-settings: ## Check all settings and secrets with this release's images, without changing the running hub
	@deploy/compose.sh check-settings

down: ## Stop it; its data stays
	@deploy/compose.sh down

logs: ## Show the logs of its containers (ARGS=reporting for one)
	@deploy/compose.sh logs $(ARGS)

ps: ## Show its containers
	@deploy/compose.sh ps

migrate: ## Apply the outstanding migrations of its databases
	@deploy/compose.sh migrate

backup: ## Write a backup of all of it (FOLDER=/mnt/backups for another folder than deploy/backups)
	@deploy/compose.sh backup $(FOLDER)

restore: ## Restore a hub from a backup: make restore ARCHIVE=…
	@deploy/compose.sh restore $(ARCHIVE)

upgrade: ## Upgrade it to the release that is checked out: check, back up, migrate, start, verify
	@deploy/compose.sh upgrade

doctor: ## Report faults of it, each with its remedy
	@deploy/compose.sh doctor

uninstall: ## Delete it, after listing everything and asking
	@deploy/compose.sh uninstall

sign-in: ## Print a sign-in link: make sign-in WHO=ada ROLE=hub_lead
	@deploy/compose.sh hubctl sign-in "$(or $(WHO),operator)" --role "$(or $(ROLE),hub_admin)"

release-contracts: setup-tests ## Store events, samples and HTTP interfaces as the next release (docs/releases)
	@$(bin)/python -W ignore -m hub_local.releases --store

eventcatalog: setup ## Write the catalogue of events for EventCatalog: make eventcatalog FOLDER=…
	@$(bin)/python -m hub_contracts.eventcatalog $(if $(FOLDER),'$(FOLDER)',$(error FOLDER=… names the folder to write))

fmt: setup-tests ## Format the code and fix lint findings
	@$(bin)/ruff check --quiet --fix --exit-zero $(PYTHON_DIRS)
	@$(bin)/ruff format --quiet $(PYTHON_DIRS)

lock: setup-tests ## Write the lock files from the pyproject.toml files (ARGS=--upgrade selects the newest versions)
	@$(bin)/python -m hub_local.lock $(ARGS)

audit: setup-tests ## List known vulnerabilities of the locked packages (needs PyPI)
	@$(bin)/python -m hub_local.audit

clean: ## Delete .local/ (data, logs, secrets, Python packages) and caches of tools
	@deploy/hub_local/clean.sh
