VENV := .venv
PYTHON := $(VENV)/bin/python
INSTALL := $(PYTHON) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: setup demo test fuzz stress check bench model fix picture clean

$(VENV)/bin/python:
	python3 -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(INSTALL) --editable .
	touch $@

$(VENV)/.developed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(INSTALL) --editable '.[dev]'
	touch $@ $(VENV)/.installed

setup: $(VENV)/.developed                  ## everything development needs, in .venv

demo: $(VENV)/.installed                   ## build the demonstration study, run every stage, open it
	@$(VENV)/bin/qualbench demo demo --exports exports

# Each worker has a PostgreSQL and a demonstration of its own.
WORKERS = -n auto --maxprocesses 4 --dist loadfile

test: setup                                ## the tests but for the slow ones
	$(PYTHON) -m pytest $(WORKERS)

fuzz: setup                                ## the property tests on other examples than the usual ones
	QUALBENCH_EXAMPLES=fuzz $(PYTHON) -m pytest $(WORKERS) -m "hypothesis and (slow or not slow)"

stress: setup                              ## eight people at work for a minute, the server cut off in the middle
	QUALBENCH_STRESS=60 $(PYTHON) -m pytest tests/team/test_eight_at_once.py -m slow -s

check: setup                               ## what .ci/run decides on
	$(VENV)/bin/ruff format --check qualbench tests tools
	$(VENV)/bin/ruff check qualbench tests tools
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-logo
	$(PYTHON) -m pytest $(WORKERS) -m "slow or not slow"

model: setup                               ## train the recognisers anew: make model GUM=gum_cc_by.jsonl
	$(INSTALL) --editable '.[model]'
	OMP_NUM_THREADS=1 $(PYTHON) tools/model/build_model.py --gum $(GUM) --out qualbench/data/recognisers

fix: setup                                 ## format, and mend what ruff can mend
	$(VENV)/bin/ruff format qualbench tests tools
	$(VENV)/bin/ruff check --fix qualbench tests tools

bench: setup                               ## speed, as ratios within one run
	$(PYTHON) -m pytest tests/bench --override-ini addopts= -q

picture: $(VENV)/.installed                ## draw docs/pictures anew with the app itself
	$(PYTHON) docs/pictures/draw.py

clean:
	rm -rf $(VENV) demo exports/* build dist
