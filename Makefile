# `make book` builds the site, `make test` checks everything; both set up their environment first. `make help` lists the rest.
PYTHON ?= python3
VENV ?= .venv
LAB ?= frequency_meter
PORT ?= 8000
# Exact versions; `make setup CONSTRAINTS=` takes the newest that pyproject.toml allows.
CONSTRAINTS ?= constraints.txt
PINS := $(if $(CONSTRAINTS),-c $(CONSTRAINTS))
RUN := $(VENV)/bin/python

# The stamp's name holds a checksum of what the environment is made from: an unchanged one is never made again.
STAMP := $(VENV)/ready-$(shell cat pyproject.toml constraints.txt | cksum | cut -d ' ' -f 1)
BENCH := $(VENV)-bench
BENCH_STAMP := $(BENCH)/ready-$(shell cat tests/bench/constraints.txt | cksum | cut -d ' ' -f 1)
# uv does not read PIP_FIND_LINKS (folders or pages with wheels, separated by spaces), so it is passed on.
TORCH := $(if $(PIP_FIND_LINKS),$(foreach place,$(PIP_FIND_LINKS),--find-links $(place)),--torch-backend cpu)
# One thread for every BLAS: the course runs small problems, which more threads only slow down.
export OMP_NUM_THREADS ?= 1

.PHONY: help setup book page serve test check test-slow claims recompute calibrate restamp lab release offline mutants bench bench-explorers bench-site bench-env clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*##/  make \1\t/p' Makefile

setup: $(STAMP)  ## the environment in .venv (every other target does this first)

$(STAMP):
	@command -v git >/dev/null || { echo "git is missing: install it (Debian: apt-get install git)."; exit 1; }
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is missing: install Python 3.11 or newer (Debian: apt-get install python3 python3-venv)."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$$($(PYTHON) --version) is too old: the course needs 3.11 or newer; name another with 'make PYTHON=python3.11'."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "$(PYTHON) cannot make a virtual environment: install its venv module (Debian: apt-get install python3-venv)."; exit 1; }
	@echo "Setting up $(VENV): some minutes the first time."
	$(PYTHON) -m venv $(VENV)
	@date +%s > $(VENV)/started
	$(RUN) -m pip install --quiet --disable-pip-version-check $(PINS) uv
	$(VENV)/bin/uv pip install --python $(RUN) $(TORCH) $(PINS) -e '.[dev]'
	@rm -f $(VENV)/ready-* && touch $@
	@echo "$(VENV) is ready after $$(( $$(date +%s) - $$(cat $(VENV)/started) )) s."

book: $(STAMP)  ## the site, in _build/html
	@$(RUN) book/_ext/build.py

page: $(STAMP)  ## one page, in _build/page: make page P=book/watch_a_network_learn.ipynb
	@$(RUN) book/_ext/build.py --page "$(P)"

offline: book  ## the site as a zip that opens without a server
	@$(RUN) book/_ext/offline.py

serve: book  ## the site at http://localhost:8000
	@echo "Serving _build/html at http://localhost:$(PORT) (Ctrl-C stops it)."
	@$(RUN) -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

test: $(STAMP)  ## every check: style, units, claims, notebooks, site, browser, lab
	@$(RUN) tests/run.py

check: $(STAMP)  ## the quick checks: style, units and the notebooks that differ from the last commit
	@$(RUN) tests/run.py style layout units changed

test-slow: $(STAMP)  ## the checks that take longer, builds that are killed, and claims on seeds they have never seen
	@$(RUN) tests/run.py slow killed "spot check"

claims: $(STAMP)  ## measure the claims, into _build/claims.json
	@$(RUN) -m fbkit.ledger

recompute: $(STAMP)  ## redo a recorded claim: make recompute ID=...
	@$(RUN) -m fbkit.ledger recompute $(ID)

calibrate: $(STAMP)  ## compute a claim's window: make calibrate ID=... (all that lack one)
	@$(RUN) -m fbkit.ledger calibrate $(ID)

restamp: $(STAMP)  ## after a change of the library: do records and calibrations still hold?
	@$(RUN) -m fbkit.ledger restamp

lab: $(STAMP)  ## JupyterLab on the chapters
	@$(VENV)/bin/jupyter lab --notebook-dir book

release: $(STAMP)  ## a lab's zip for students: make release LAB=frequency_meter
	@$(RUN) -m fbkit.lab release "$(LAB)"

mutants: $(STAMP)  ## 100 small changes, each of which a test should see: make mutants COUNT=20 AREA=theory SEED=1
	@$(RUN) tests/mutants.py $(if $(COUNT),--count $(COUNT)) $(if $(AREA),--area "$(AREA)") $(if $(SEED),--seed $(SEED))

bench: $(BENCH_STAMP)  ## the theory engine against its peers; some rows: make bench ROWS="relu gelu"
	@$(BENCH)/bin/python tests/bench/theory.py $(ROWS)

bench-explorers: $(STAMP)  ## the explorers: steps a second, frames a second, round trips
	@$(RUN) tests/bench/explorers.py

bench-site: $(STAMP)  ## the built pages: kilobytes, jumps, where the explorers stand
	@$(RUN) tests/bench/site.py

bench-env: $(BENCH_STAMP)  ## the peers' environment in .venv-bench (Python 3.11 or 3.12, about 3 GB)

$(BENCH_STAMP):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] not in [(3, 11), (3, 12)])' || { echo "The peers need Python 3.11 or 3.12, not $$($(PYTHON) --version); name one with 'make bench-env PYTHON=python3.11'."; exit 1; }
	@echo "Setting up $(BENCH): some minutes the first time."
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check -c tests/bench/constraints.txt uv
	$(BENCH)/bin/uv pip install --python $(BENCH)/bin/python $(TORCH) -c tests/bench/constraints.txt neural-tangents torch scikit-fem tqdm -e .
	@rm -f $(BENCH)/ready-* && touch $@

clean:  ## remove what was built (the environment stays)
	rm -rf _build
