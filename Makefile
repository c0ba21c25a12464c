# Everything runs in .venv, made on first use from the hashed lock; nothing else is needed than python >= 3.11 and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export Q SIZES FOLDER OUT ENGINES

.PHONY: ask chat telegram install test check lint eval bench lock clean

# Hỏi một câu: make ask Q="Ai là bí thư?"
ask: $(VENV)/installed
	@$(BIN)/hoibao ask "$$Q"

chat: $(VENV)/installed
	@$(BIN)/hoibao chat

# Cần TELEGRAM_BOT_TOKEN trong .env hoặc trong môi trường
telegram: $(VENV)/installed
	@$(BIN)/hoibao telegram

install: $(VENV)/installed

test: $(VENV)/installed-dev
	$(BIN)/pytest --numprocesses auto --dist loadscope

check: lint test

lint: $(VENV)/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

eval: $(VENV)/installed-dev
	$(BIN)/hoibao eval tests/gold/seeds_*.jsonl
	$(BIN)/hoibao eval tests/gold/layouts_dev.jsonl --corpus tests/layouts

# Everything, or a part: make bench ONLY=index SIZES="1000 10000" FOLDER=/big/disk OUT=build/bench
bench: $(VENV)/installed-bench
	$(BIN)/python -m tests.bench $(ONLY)

# New exact versions for all supported Pythons; the lock names no registry.
lock: $(VENV)/installed-dev
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --group build --extra telegram --output-file requirements.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --group build --group dev --extra eval --extra qdrant --extra telegram --output-file requirements-dev.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --constraint requirements-dev.lock --group build --group dev --group bench --extra eval --extra qdrant --extra telegram \
	  --output-file requirements-bench.lock pyproject.toml

clean:
	rm -rf $(VENV)

$(VENV)/installed: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Cài đặt Hỏi Báo (chỉ lần đầu)…" >&2
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/installed-dev: requirements-dev.lock $(VENV)/installed
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

# The engines that are compared; where one of them cannot be installed, the benchmark says so and goes on.
$(VENV)/installed-bench: requirements-bench.lock $(VENV)/installed-dev
	-@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	@touch $@
