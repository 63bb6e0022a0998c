# Eight verbs. `make demo` and `make test` are all that a newcomer needs; everything they install stays in .venv.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test test-influx soak check fix docs flash system-packages

demo: .venv/demo  ## run the whole chain on real readings; KEEP=1 leaves it running; INFLUX=URL TOKEN_FILE=FILE copies it
	@$(if $(INFLUX),$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[influxdb]')
	@$(BIN)/seepline demo $(if $(KEEP),--keep) $(if $(INFLUX),--influx $(INFLUX) --influx-token-file $(TOKEN_FILE)) \
	  $(if $(ORG),--influx-org $(ORG)) $(if $(BUCKET),--influx-bucket $(BUCKET))

test: system-packages .venv/dev typings  ## everything that CI runs: style, types, layers, then all tests
	@$(MAKE) --no-print-directory check
	@$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

test-influx: .venv/dev  ## what a real InfluxDB does with us: URL=http://... TOKEN_FILE=FILE [ORG=] [BUCKET=], a bucket of its own
	@$(BIN)/python -m tests.real_influxdb $(URL) --token-file $(TOKEN_FILE) $(if $(ORG),--org $(ORG)) $(if $(BUCKET),--bucket $(BUCKET))

soak: system-packages .venv/dev  ## the long forms: 60 kills, a million rows; minutes now, hours once more of them exist
	@$(BIN)/pytest -m soak --timeout=7200
	@$(BIN)/mutmut run >mutants.log 2>&1; $(BIN)/mutmut results

check: .venv/dev typings  ## style, types, layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/basedpyright
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports

fix: .venv/dev  ## let ruff mend what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs: .venv/dev  ## write the generated pages again (register map, quantities, command line)
	@$(BIN)/python docs/generate.py

flash: .venv/dev  ## copy the logger program to an ESP32 (PORT=/dev/ttyUSB0)
	@$(BIN)/python fieldtool/flash.py $(if $(PORT),--port $(PORT))

system-packages:  # first, so that whoever lacks one hears it before anything is downloaded
	@.ci/system-packages

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Seepline needs Python 3.11 or later; $(PYTHON) is older or missing. Try: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv .venv || \
	  { rm -rf .venv; echo "No virtual environment could be made. On Debian: sudo apt-get install python3-venv"; exit 1; }

.venv/demo: .venv/bin/python pyproject.toml
	@echo "Installing what the demo needs into .venv (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[demo]'
	@touch $@

.venv/dev: .venv/bin/python pyproject.toml
	@echo "Installing what development and tests need into .venv (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@ .venv/demo

typings: firmware/stubs.txt | .venv/dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade --target typings -r firmware/stubs.txt
	@touch typings
