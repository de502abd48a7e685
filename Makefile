# Two commands do all the set-up: `make rehearse` runs the main job, `make test` passes the suite's own tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed-from-lock
PIP_LOG := $(VENV)/pip.log

# Every process of the stack, and every drill, would compile all its modules again: a third of a run's time.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help rehearse test check lint drills unit benchmark lock docs install clean

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

rehearse: install  ## Verify the embedded copy of Audotics: the smoke phase, to an HTML report
	@$(BIN)/golive provide rehearsal -- $(BIN)/pytest -m smoke --env=rehearsal $(ARGS)

test: install lint  ## Pass the suite's own tests: lint, unit, plugin, architecture, every check proven red
	@$(BIN)/golive provide tests -- $(BIN)/pytest selftests -n 3 --dist worksteal -q -rs $(ARGS)

check: lint  ## Lint, types, and the tests of what changed since main's last commit (a minute at most)
	$(BIN)/python -m selftests.changed $(ARGS)

lint: install  ## ruff, mypy --strict and the floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: install  ## The fast part of the tests, without drills
	$(BIN)/pytest selftests -n 2 -q --ignore=selftests/drills $(ARGS)

drills: install  ## Every fault over every check fails exactly its lines; random pairs. Hours; goes on where it stopped
	$(BIN)/python -m selftests.drills.nightly $(ARGS)

benchmark: install  ## What golive costs, and other programs beside it; ARGS=--quick for a short form
	$(BIN)/python -m benchmarks $(ARGS)
	$(if $(findstring --quick,$(ARGS)),,$(BIN)/python -m benchmarks.network)

docs: install  ## Write the generated documents anew: manifest, references, network cases, JSON Schemas
	$(BIN)/pytest --checklist-lock -q
	$(BIN)/python -m selftests.drills.documents
	$(BIN)/python -m selftests.documents
	$(BIN)/python -m selftests.lab.record
	$(BIN)/golive schema > docs/summary.schema.json
	$(BIN)/golive schema profile > docs/profile.schema.json

# The widest is resolved first and binds the others, so that all of them agree; `make lock UPGRADE=--upgrade` renews.
RESOLVE := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header
SERVERS := postgresql valkey caddy

lock:  ## Resolve the locks anew (needs uv)
	$(RESOLVE) $(UPGRADE) --extra rehearsal --extra dev pyproject.toml --output-file requirements/dev.lock
	$(RESOLVE) -c requirements/dev.lock --extra rehearsal pyproject.toml --output-file requirements/rehearsal.lock
	$(RESOLVE) -c requirements/dev.lock pyproject.toml --output-file requirements/run.lock
	for server in $(SERVERS); do \
		$(RESOLVE) $(UPGRADE) -c requirements/dev.lock --group $$server --output-file requirements/$$server.lock || exit; \
	done

# What pip says is shown where it fails, and only there: it warns of much that is well.
define pip
$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input $(1) >$(PIP_LOG) 2>&1 || { \
	grep -v 'is ignored: it is neither a file nor a directory' $(PIP_LOG) | tail -n 20 >&2; \
	echo "pip could not install into $(VENV): its last words stand above, all of them in $(PIP_LOG)" >&2; exit 2; }
endef

install: $(STAMP)

$(STAMP): $(wildcard requirements/*.lock) pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "golive needs Python 3.11 or newer; $(PYTHON) is older. Run: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 2; }
	@$(PYTHON) -m venv $(VENV) || \
		{ echo "cannot make a virtual environment; on Debian: apt-get install python3-venv"; exit 2; }
	@echo "installing what requirements/dev.lock names into $(VENV), a minute or two"
	@$(call pip,--require-hashes -r requirements/dev.lock)
	@$(call pip,--no-deps --no-build-isolation --editable .)
	@$(BIN)/python -m rehearsal.servers
	@touch $@

clean:  ## Remove the virtual environment and recorded runs
	rm -rf $(VENV) reports/*
