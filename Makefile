# Each command can be run again at any time.
.PHONY: help setup run test bench assurance docs sbom audit clean

help:
	@echo "make setup   virtual environment in .venv, front end built; skips what has not changed"
	@echo "make run     set up, then PostgreSQL, demo clinic, web server and worker until Ctrl-C"
	@echo "make test    every check and every test, in the order of their speed"
	@echo "make bench   the benchmarks, one after the other, into benchmarks/RESULTS.md; half an hour on a slow machine"
	@echo "make assurance   the long tests of what must never be lost, nearly two hours on a slow machine"
	@echo "make docs    the documentation as a site, in build/site"
	@echo "make sbom    bills of materials of what ships and of all tools, into build/sbom; asks no network"
	@echo "make audit   what is known against the locked packages, and whether it is mended in time; asks OSV"
	@echo "make clean   removes what the others made, except the demo's database"

setup:
	@scripts/setup.sh

run:
	@scripts/run.sh

test:
	@scripts/test.sh

bench:
	@scripts/setup.sh
	@.venv/bin/uv sync --frozen --quiet --all-groups
	@.venv/bin/python -m scripts.bench

assurance:
	@scripts/assurance.sh

docs:
	@scripts/docs.sh

sbom:
	@scripts/setup.sh
	@.venv/bin/python -m scripts.sbom

audit:
	@scripts/setup.sh
	@.venv/bin/python -m scripts.audit

clean:
	@scripts/clean.sh
