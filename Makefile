# Each verb sets up what it needs on a machine that has python3, make and a package index.
SHELL := /bin/bash
# uv where there is one; otherwise our own, in a venv beside the project.
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
RUN := $(UV) run --no-sync
READY := .venv/.ready
.DEFAULT_GOAL := help

.PHONY: help demo test test-bluez lint bench bench-counting chaos property mutation clean personalities

help:  ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.uv/bin/uv:
	python3 -m venv .uv
	.uv/bin/python -m pip install --quiet --disable-pip-version-check uv

$(READY): pyproject.toml uv.lock $(filter .uv/bin/uv,$(UV))
	$(UV) sync --quiet --locked --compile-bytecode
	@touch $@

demo: $(READY)  ## a whole session on the simulated treadmill, in under a minute once set up
	$(RUN) eccentread run --machine sim --pace 14 --yes --seed 7

test: $(READY)  ## every test, in virtual time; all branches of the codec and of safety
	$(RUN) pytest --numprocesses=auto
	$(RUN) pytest --quiet tests/unit/ftms tests/unit/safety tests/property \
		--cov=eccentread.ftms --cov=eccentread.safety --cov-branch --cov-report=term --cov-fail-under=100

test-bluez: $(READY)  ## the program on the real BlueZ, in an emulated computer; takes Debian and root
	$(RUN) python tests/bluez

lint: $(READY)  ## style, types and the rules of the house
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) pyright
	$(RUN) lint-imports

personalities: $(READY)  ## every simulated machine: found, controlled, locked or refused, stopped
	$(RUN) pytest --quiet --capture=no tests/system/test_personality_table.py

SEEDS := 10000
chaos: $(READY)  ## sessions with random faults; SEEDS=10000 (40 minutes on two cores), or one of them: SEED=1234, CASE=FILE
	PYTHONPATH=tests/support $(RUN) python -m chaos \
		$(if $(CASE),--case $(CASE),$(if $(SEED),--seed $(SEED),--seeds $(SEEDS)))

property: $(READY)  ## a million steps of what may move a belt and when it must stop; about 6 minutes
	$(RUN) pytest --quiet --timeout=0 --hypothesis-profile=long tests/property/test_safety_state_machine.py

mutation: $(READY)  ## each small change of safety must make a test fail; 7 minutes on two free cores, half an hour on busy ones
	$(UV) run --locked --group mutation python tests/mutation

bench: $(READY)  ## benchmarks; they print ratios
	$(RUN) python -m benchmarks

SETS := 400
SEED_FROM := 10000
ARCHETYPES := ABCDEF
REPORTS := all
SCENARIOS := all
bench-counting: $(READY)  ## docs/counting.md anew: SETS=400 a cell (a day on two cores; 10: half an hour), ARCHETYPES=ABCDEF, REPORTS="4Hz .01,1Hz .01"
	$(RUN) python -m benchmarks counting --page --sets $(SETS) --seed $(SEED_FROM) \
		--archetypes "$(ARCHETYPES)" --reports "$(REPORTS)" --scenarios "$(SCENARIOS)"

clean:  ## forget the environment
	rm -rf .venv .uv .bluez .pytest_cache .hypothesis .ruff_cache .import_linter_cache .coverage
