# Without make: python3 bootstrap.py reports, and so on (on Windows: py bootstrap.py reports).
PYTHON ?= python3
ARGS ?=
.PHONY: help reports test env lab lint lock bench

help:
	@$(PYTHON) bootstrap.py help

reports test env lab lint lock bench:
	@$(PYTHON) bootstrap.py $@ $(ARGS)
