# `make run` serves Find&Go with a demo country; `make test` passes all tests. Both set up what they need.
#
#   make run     PORT=8000 CUSTOMERS=20000        make lint     ruff
#   make test    DATABASE_URL=mysql://… ARGS=…    make layers   who may import whom
#   make frontend      the agents' app            make frontend-test   what it computes
#   make browser needs Chromium                   make schema   docs/openapi.yaml
#   make lab     every shape of migration, back   make clean    .venv and caches, never var/
#   make setup   only the tests' packages         make kill   the same, killed at every statement
#   make storm   attacks: made-up requests, hostile files, killed imports, eight writers; STORM=release for the long ones

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.SILENT:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
PORT ?= 8000
CUSTOMERS ?= 20000
WORKERS ?= auto
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
START := $(shell date +%s)
export PYTHONUNBUFFERED := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export DJANGO_RUNSERVER_HIDE_WARNING := true

# Installed is what a stamp in .venv says, by the content of the requirements: a change installs anew.
hash = $(shell cat $(1) | sha256sum | cut -c1-12)
PRODUCT := $(VENV)/.product-$(call hash,requirements.txt)
DEV := $(VENV)/.dev-$(call hash,requirements.txt requirements/dev.txt)
MYSQL := $(VENV)/.mysql-$(call hash,requirements.txt requirements/mysql.txt)
NPM := frontend/node_modules/.installed-$(call hash,frontend/package-lock.json)

# For the recipes: `say` prints with the seconds since the start; `install` shows what pip is at, and its warnings
# (kept in .venv/pip.log) only where it failed.
define tools
say() { printf '[%3d s] %s\n' "$$(( $$(date +%s) - $(START) ))" "$$*"; }
install() {
    say "Installing $$1 …"; shift
    if ! $(BIN)/python -m pip install "$$@" 2>$(VENV)/pip.log | while read -r line; do
        case "$$line" in
            Collecting*) line="$${line#Collecting }"; [ ! -t 1 ] || printf '\r\033[K        %s' "$${line%% *}" ;;
            Installing\ collected*) [ ! -t 1 ] || printf '\r\033[K'; say "Unpacking $$(tr -dc , <<<"$$line" | wc -c) packages …" ;;
        esac
    done; then
        cat $(VENV)/pip.log >&2
        say "Packages could not be installed: see above (the network, or no wheel for this machine)."; return 1
    fi
    [ ! -t 1 ] || printf '\r\033[K'
}
npm() ( # in frontend/, with the Node of .venv; silent unless it fails
    cd frontend
    NO_COLOR=1 PATH="$(CURDIR)/$(BIN):$$PATH" command npm "$$@" >../$(VENV)/npm.log 2>&1 || { cat ../$(VENV)/npm.log >&2; return 1; }
)
endef

.PHONY: help run test lab kill storm frontend frontend-test browser lint layers schema screenshots setup clean
.PHONY: venv product driver npm-packages python port

help:
	sed -n '1,/^$$/s/^# \{0,1\}//p' Makefile

run: port product
	$(tools)
	$(MAKE) START=$(START) frontend || say "The agents' app is not built, so /app/ says so; all else works. Again: make frontend"
	grep -qs '^ *DEBUG=' .env || export DEBUG="$${DEBUG:-on}"
	say "Preparing the database …"
	$(BIN)/python manage.py release --noinput --verbosity 0 2>$(VENV)/release.log || [ $$? = 8 ] || { cat $(VENV)/release.log >&2; exit 1; }
	say "Looking for the demo country …"
	$(BIN)/python manage.py demo --if-empty --customers "$(CUSTOMERS)"
	say "Find&Go is at http://127.0.0.1:$(PORT) (field app: /app/, API: /api/docs/, admin: /admin/). Ctrl-C stops it; the data stays in var/."
	exec $(BIN)/python manage.py runserver --noreload --skip-checks "127.0.0.1:$(PORT)"

test: setup driver
	$(tools)
	database="$${DATABASE_URL:-sqlite}"
	say "Testing on $${database%%:*} …"
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

# Every shape of migration operation forward, back and forward, through the commands: minutes, not seconds.
lab: setup driver
	$(BIN)/python -m pytest -n $(WORKERS) -m slow tests/releases $(ARGS)

# The same, killed at every statement and resumed: hours. KILL_SECONDS and KILL_STRIDE make a sample of it.
kill: setup driver
	KILL_SECONDS=$${KILL_SECONDS:-1e9} KILL_STRIDE=$${KILL_STRIDE:-1} $(BIN)/python -m pytest -s -m kill tests/releases $(ARGS)

# What strangers, accidents and crowds do: STORM=ci in minutes, STORM=release (the default) as long as it takes.
storm: setup driver
	STORM=$${STORM:-release} $(BIN)/python -m pytest -n $(WORKERS) --durations=0 --durations-min=5 -m "(storm or fuzz) and not alone" $(ARGS)
	STORM=$${STORM:-release} $(BIN)/python -m pytest -m alone tests/files tests/workorders/test_lost_updates.py
	# Last: the shell becomes the last command, which then counts the memory of those before it as its children's.
	STORM=$${STORM:-release} $(BIN)/python -m pytest -s -m alone tests/storm

# The agents' app, where something of it has changed: its sources, or the schema that its types are made from.
frontend: npm-packages
	$(tools)
	made="$$(find frontend docs/openapi.yaml \( -name node_modules -o -path frontend/dist -o -path frontend/src/api.d.ts \) -prune \
	    -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-12)"
	[ ! -e "frontend/dist/.built-$$made" ] || [ ! -e frontend/dist/app/sw.js ] || exit 0
	say "Building the agents' app …"
	rm -f frontend/dist/.built-*
	npm run build
	touch "frontend/dist/.built-$$made"

frontend-test: npm-packages
	$(tools)
	say "Testing the agents' app …"
	npm test $(if $(ARGS),-- $(ARGS))
	grep -E '^ *Tests ' $(VENV)/npm.log || true

browser: setup driver frontend
	$(BIN)/python -m pytest -n $(WORKERS) -m browser $(ARGS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet . || { echo "Some files are not formatted: .venv/bin/ruff format ." >&2; exit 1; }

layers: setup
	$(BIN)/lint-imports

schema: setup
	$(BIN)/python manage.py spectacular --validate --file docs/openapi.yaml

screenshots: setup
	$(BIN)/python docs/screenshots.py $(ARGS)

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .import_linter_cache .hypothesis staticfiles
	rm -rf frontend/node_modules frontend/dist frontend/src/api.d.ts
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ----------------------------------------------------------------------------------------------------------------------

product: venv
	[ ! -e $(PRODUCT) ] || exit 0
	$(tools)
	install "Find&Go's packages (wheels, no compiler)" --only-binary :all: -r requirements.txt
	rm -f $(VENV)/.product-*
	touch $(PRODUCT)

setup: venv
	[ ! -e $(DEV) ] || exit 0
	$(tools)
	install "Find&Go's packages and those of the tests" --only-binary :all: -r requirements/dev.txt
	rm -f $(VENV)/.dev-* $(VENV)/.product-*
	touch $(DEV) $(PRODUCT)

# mysqlclient compiles where its headers are; everywhere else PyMySQL does its work.
driver: setup
	case "$${DATABASE_URL:-}" in mysql*) ;; *) exit 0 ;; esac
	[ ! -e $(MYSQL) ] || exit 0
	$(tools)
	headers() { for name in mysqlclient mariadb libmariadb; do pkg-config --exists $$name 2>/dev/null && return; done; return 1; }
	if ! command -v "$${CC:-gcc}" >/dev/null || ! headers; then
	    say "No compiler or headers for mysqlclient (see requirements/mysql.txt): going on with PyMySQL"; exit 0
	fi
	if ! install "mysqlclient" -r requirements/mysql.txt; then say "Going on with PyMySQL"; exit 0; fi
	rm -f $(VENV)/.mysql-*
	touch $(MYSQL)

# By the lock file, which knows each package's checksum; none of them has anything to run when it is installed.
npm-packages: product
	[ ! -e $(NPM) ] || exit 0
	$(tools)
	say "Installing the packages of the agents' app …"
	if ! npm ci --ignore-scripts --fetch-retry-mintimeout 1000 --fetch-retry-maxtimeout 5000; then
	    say "npm's packages could not be installed: see above (the network?)."; exit 1
	fi
	touch $(NPM)

# A virtual environment that works here: one that was copied, or whose Python is gone, is made anew.
venv: python
	if $(BIN)/python -c 'import pip, sys; sys.exit(sys.prefix == sys.base_prefix)' 2>/dev/null; then exit 0; fi
	$(tools)
	say "Making $(VENV) …"
	rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)

python:
	if ! command -v $(PYTHON) >/dev/null; then
	    echo "Find&Go needs Python 3.11 or later. Install it: apt-get install python3 python3-venv" >&2; exit 1
	fi
	if ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
	    echo "Find&Go needs Python 3.11 or later; $(PYTHON) is $$($(PYTHON) -V)." >&2
	    echo "Install a later one (apt-get install python3.11 python3.11-venv) and say: make PYTHON=python3.11 …" >&2; exit 1
	fi
	if ! $(PYTHON) -c 'import venv, ensurepip' 2>/dev/null; then
	    echo "Python's venv is missing. Install it: apt-get install python3-venv" >&2; exit 1
	fi

port: python
	if ! [[ "$(PORT)" =~ ^[0-9]{1,5}$$ ]] || ! (( 10#$(PORT) >= 1 && 10#$(PORT) <= 65535 )); then
	    echo "PORT=$(PORT) is no port: it is a whole number from 1 to 65535." >&2; exit 1
	fi
	if (exec 3<>/dev/tcp/127.0.0.1/$(PORT)) 2>/dev/null; then
	    echo "Something answers on port $(PORT) of 127.0.0.1 already. Stop it, or take another: make run PORT=$$(( 10#$(PORT) % 65535 + 1 ))" >&2; exit 1
	fi
