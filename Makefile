# The verbs a person types. Each sets up .venv by itself; nothing else is installed by hand.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
DEMO ?= $(HOME)/tandem-demo
LAB ?= $(HOME)/tandem-lab
SITE ?= $(HOME)/tandem-site
BENCH ?= build/bench

.PHONY: help install demo lab lessons site test bench lint clean
.DEFAULT_GOAL := help

help:
	@echo "make install  set up .venv with both frameworks and the tools; the others do it by themselves"
	@echo "make demo     build the lessons, grade a class of sample submissions, show the report"
	@echo "make lab      open JupyterLab in your own copy of the lessons ($(LAB))"
	@echo "make lessons  rebuild lessons/ from solutions/"
	@echo "make site     build the lessons as a website in $(SITE)"
	@echo "make test     run all tests"
	@echo "make bench    time the grader beside stock nbgrader and otter-grader (an hour; results in $(BENCH))"
	@echo "make lint     run ruff over code and notebooks"

# torch goes first and pinned: with it installed, nothing later pulls in a build with gigabytes of CUDA.
$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Tandem needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing both frameworks and the tools; this takes a few minutes the first time."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check torch==2.13.0
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[all]"
	@touch $@

install: $(READY)

demo: $(READY) lessons
	$(BIN)/autograder demo $(DEMO)

lab: $(READY)
	$(BIN)/course lab $(LAB)

lessons: $(READY)
	$(BIN)/autograder lessons

test: $(READY) lint
	$(BIN)/autograder lessons --check
	$(BIN)/python -m pytest -n 2 --dist loadgroup

site: $(READY) lessons
	$(BIN)/autograder site $(SITE)

bench: $(READY)
	$(BIN)/autograder bench $(BENCH)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

clean:
	rm -rf .venv build *.egg-info
