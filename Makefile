# The project's jobs. Each sets up .venv by itself from the locks in requirements/ and is quick the second time.
#   make demo    all that one company is handed over, behind out/index.html, and a larger design in out/escalation-desk
#   make test    everything a change must pass: style, floors, types, tests, documentation
#   make fmt     put the code into the house's format
#   make lint    style, import floors and types alone
#   make docs    the documentation site into build/site
#   make bench   our solvers beside their peers, with ratios
#   make mutants changed exports and audits against their tests (minutes)
#   make lock    resolve the dependencies anew (UPGRADE=1 for the newest)
#   make clean   remove what the above made, .venv excepted

VENV ?= .venv
BIN := $(VENV)/bin
JOBS ?= auto
BRIEF ?= examples/escalation-desk/brief.yaml
OUT ?= out/$(notdir $(patsubst %/,%,$(dir $(BRIEF))))

export VENV PYTHON

.PHONY: demo test lint style floors types pytest docs bench mutants fmt lock clean help
help:
	@sed -n 's/^#   //p' Makefile

$(BIN)/.runtime: requirements/runtime.txt pyproject.toml requirements/install.sh
	@sh requirements/install.sh requirements/runtime.txt
	@touch $@

$(BIN)/.dev: $(BIN)/.runtime requirements/dev.txt
	@sh requirements/install.sh requirements/dev.txt
	@touch $@

demo: $(BIN)/.runtime
	$(BIN)/groma deliver examples/company/engagement.yaml --out out
	$(BIN)/groma design $(BRIEF) --out $(OUT)

test: lint pytest docs

lint: style floors types

style: $(BIN)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

floors: $(BIN)/.dev
	$(BIN)/lint-imports --no-logo

types: $(BIN)/.dev
	$(BIN)/pyright

pytest: $(BIN)/.dev
	$(BIN)/python -m pytest -n $(JOBS)

docs: $(BIN)/.dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet --site-dir build/site

bench: $(BIN)/.dev
	$(BIN)/python benchmarks/run.py

mutants: $(BIN)/.dev
	$(BIN)/python -m pytest -n $(JOBS) -m mutants

fmt: $(BIN)/.dev
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

lock:
	@sh requirements/lock.sh

clean:
	rm -rf build dist out .coverage .coverage.* htmlcov .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests benchmarks docs -name __pycache__ -type d -prune -exec rm -rf {} +
