# make run serves the app, make cluster serves it by several processes behind HAProxy, make test passes the tests, and
# make test-everywhere those of the page as they are answered elsewhere; all install what they need first, once, but for
# HAProxy (apt-get install haproxy).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run cluster test test-everywhere check audit format clean

run: $(VENV)/.run-ready
	$(BIN)/python app.py $(ARGS)

cluster: $(VENV)/.run-ready
	$(BIN)/python -m deploy.cluster $(ARGS)

test: $(VENV)/.test-ready
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile $(ARGS)

# What make test tries on a page that a server answers: on one that answers itself, and on the static site.
test-everywhere: test-by-browser test-by-site

test-by-%: $(VENV)/.test-ready
	$(BIN)/python -m pytest tests/browser --answered-by $* --numprocesses 2 --dist loadfile $(ARGS)

check: $(VENV)/.test-ready
	scripts/check

audit: $(VENV)/.test-ready
	$(BIN)/python -m scripts.audit

format: $(VENV)/.test-ready
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis

$(VENV)/.run-ready: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --requirement requirements.txt
	touch $@

$(VENV)/.test-ready: requirements-dev.txt $(VENV)/.run-ready
	$(BIN)/python -m pip install --quiet --requirement requirements-dev.txt
	touch $@
