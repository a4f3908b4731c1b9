.DEFAULT_GOAL := help
.PHONY: help run test docs faults soak bench previous lock clean
PYTHON ?= python3
BIN := .venv/bin
INSTALL = $(BIN)/pip install -q --disable-pip-version-check --require-hashes
CLIENTS := tests/clients
GENERATORS := .venv/generators
ENGINES := .venv/engines
# Databases of tests need no disk (those of tests/faults do): where memory is ample, it holds them;
# elsewhere eatmydata, if it is there, lets nothing wait for the disk.
IN_MEMORY := $(shell df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 6000000 {print "TMPDIR=/dev/shm GOTMPDIR=/tmp"}')
UNFORCED := $(or $(IN_MEMORY),$(shell command -v eatmydata))
PIN = uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-header --no-emit-index-url
LOCK = $(PIN) pyproject.toml --extra install

help: ## what you can do here
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

run: .venv/run ## start the service on http://127.0.0.1:8000, with sample data on a fresh folder
	@$(BIN)/xinnuo migrate
	@$(BIN)/xinnuo demo --only-if-empty
	@XINNUO_OPERATOR_PORT=$${XINNUO_OPERATOR_PORT:-8001} $(BIN)/xinnuo serve

test: .venv/dev $(GENERATORS)/ready $(ENGINES)/ready ## style, types, import contracts and every test: what CI runs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(UNFORCED) $(BIN)/pytest --ignore tests/faults -n 2 --dist loadfile
	$(BIN)/pytest tests/faults -n 2 --dist loadfile

faults: .venv/dev ## only races, kills, outages and disk faults, in small counts (about four minutes)
	$(BIN)/pytest tests/faults

soak: .venv/dev ## the same in full counts, with progress and the figures (hours)
	XINNUO_SOAK=1 $(BIN)/pytest --capture=sys tests/faults tests/accidents/backups tests/accidents/releases tests/typed/test_values.py tests/api/http/test_typed_texts.py tests/api/desk/test_refusals_alike.py tests/api/cli/test_imports.py

bench: .venv/dev ## the benchmarks, both sides in one run
	$(BIN)/python -m tests.benchmarks

docs: .venv/dev ## rewrite the generated parts of the READMEs, and api/openapi/openapi.json
	$(BIN)/python -m tests.test_docs

previous: .venv/run ## at each release: keep a wheel of it, which the next one is tested beside
	rm -f tests/golden/previous_release/*.whl
	$(BIN)/python -m hatchling build -t wheel -d tests/golden/previous_release

lock: ## pin what pyproject.toml asks for, with hashes (needs the tool `uv`)
	$(LOCK) --extra dev -o requirements-dev.txt
	$(LOCK) -c requirements-dev.txt -o requirements.txt
	$(PIN) --group pyproject.toml:clients -o $(CLIENTS)/requirements.txt
	cd $(CLIENTS)/typescript && npm install --package-lock-only --no-fund --omit-lockfile-registry-resolved
	cd tests/browser/engines && npm install --package-lock-only --no-fund --ignore-scripts --omit-lockfile-registry-resolved

clean: ## forget the virtual environment and the local data
	rm -rf .venv data

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/run: .venv/bin/python requirements.txt pyproject.toml
	@echo "正在安装依赖(首次约一分钟)……"
	@$(INSTALL) -r requirements.txt
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: .venv/run requirements-dev.txt
	@echo "正在安装测试工具……"
	@$(INSTALL) -r requirements-dev.txt
	@touch $@

# What generates and checks clients: apart, because its libraries are not those of the service.
$(GENERATORS)/ready: $(CLIENTS)/requirements.txt $(CLIENTS)/typescript/package-lock.json
	@echo "正在安装客户端生成工具……"
	@$(PYTHON) -m venv $(GENERATORS)
	@$(GENERATORS)/bin/pip install -q --disable-pip-version-check --require-hashes -r $(CLIENTS)/requirements.txt
	@cp $(CLIENTS)/typescript/package*.json $(GENERATORS)/
	@cd $(GENERATORS) && PATH="$$PWD/bin:$$PATH" npm ci --silent --no-fund --no-audit
	@touch $@

# What judges the pages in a browser; it runs with the Node of the generators.
$(ENGINES)/ready: tests/browser/engines/package-lock.json $(GENERATORS)/ready
	@echo "正在安装网页检查工具……"
	@mkdir -p $(ENGINES)
	@cp tests/browser/engines/package*.json $(ENGINES)/
	@cd $(ENGINES) && PATH="$(CURDIR)/$(GENERATORS)/bin:$$PATH" npm ci --silent --no-fund --no-audit --ignore-scripts
	@touch $@
