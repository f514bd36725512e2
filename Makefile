# Without make: python3 bootstrap.py reports, and so on (on Windows: py bootstrap.py reports).
PYTHON ?= python3
ARGS ?=
.PHONY: help reports site test env lab lint lock bench

help:
	@$(PYTHON) bootstrap.py help

reports site test env lab lint lock bench:
	@$(PYTHON) bootstrap.py $@ $(ARGS)
