# The one door for developers: `make` says what it opens.
.PHONY: help up test test-quick fuzz lint types fmt bench docs shots lock migration clean
export PYTHON ?= python3
BIN = .venv/bin

help: ## Print this
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' Makefile

up: ## Start a league with this clone's history in it (REPO=path PORT=8000 DATA=./data)
	@tools/environment.sh run
	@exec $(BIN)/python tools/up.py

test: ## Run every test of both packages, on SQLite and PostgreSQL, with a real browser
	@tools/environment.sh test && tools/programs.sh && $(BIN)/python tools/suite.py

test-quick: ## Run for two minutes what changed and what is cheap: on SQLite, without a browser
	@tools/environment.sh test && $(BIN)/python tools/suite.py --quick

fuzz: ## Ask each operation of the API 500 made requests, and each writing route 32 at once (CASES=500 SEED=19)
	@tools/environment.sh test && cd backend && LEAGUE_FUZZ_CASES=$(or $(CASES),500) LEAGUE_FUZZ_SEED=$(or $(SEED),19) \
		../$(BIN)/python -m pytest -q -n auto --dist worksteal tests/attacks/test_generated_requests.py tests/attacks/test_parallel_writes.py

lint: ## Check style, the order of imports, the house rules and the spelling
	@tools/environment.sh test && tools/lint.sh

types: ## Check types, strictly
	@tools/environment.sh test && $(BIN)/mypy
	@$(BIN)/mypy backend/tests/make.py tools/faults.py tools/lint.py tools/quick.py tools/suite.py tools/up.py

fmt: ## Format the code, and mend what can be mended by itself
	@tools/environment.sh test && $(BIN)/ruff check --quiet --fix; $(BIN)/ruff format --quiet

bench: ## Measure the scan, the ingest and a whole sync, as ratios (REPO=path for a real history)
	@tools/environment.sh test && tools/chromium.sh && tools/debian.sh wrk:wrk && tools/bench.sh

docs: ## Build the site of docs/ into build/docs; a link that leads nowhere fails
	@tools/environment.sh test && $(BIN)/mkdocs build --quiet --strict

shots: ## Take the screenshots of every page into build/shots
	@tools/environment.sh test && tools/chromium.sh && cd backend && PYTHONPATH=tests ../$(BIN)/python tests/web/shots.py

lock: ## Make the lock files again from the packages' needs
	@tools/environment.sh test && tools/lock.sh

migration: ## Write a migration for what changed in the tables (m="what it does")
	@tools/environment.sh test && tools/migration.sh "$(m)"

clean: ## Remove what can be made again; the league in ./data stays
	@rm -rf .venv build dist .*_cache */.*_cache; find . -name __pycache__ -exec rm -rf {} +
