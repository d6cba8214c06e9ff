# The two commands of the README: `make norway` and `make test`. Both set up what they need.
.PHONY: norway test bench install lock clean
.DEFAULT_GOAL := norway

PYTHON := .venv/bin/python
DOSSIER := .venv/bin/dossier

norway: install
	$(DOSSIER) build samples/ecg-patch -m no -o out

test: install .venv/tested-tools
	$(PYTHON) -m ruff check
	$(PYTHON) -m mypy
	$(PYTHON) -m pytest

# Ratios against the plain way of doing the same, written to docs/benchmarks.md; some half an hour.
bench: install
	$(PYTHON) -m tests.bench
	$(PYTHON) -m tests.bench.launch

# A virtual environment with the project, from the lock file; made again when one of them changes.
install: .venv/installed

.venv/installed: requirements.lock pyproject.toml .ci/setup
	bash .ci/setup
	@touch $@

# The validators of the conformance tests. The script makes the file once it has them all; until then it is tried again.
.venv/tested-tools: .venv/installed .ci/setup-tests
	bash .ci/setup-tests

# Rewrites the lock file from pyproject.toml, for every supported system. Needs uv.
lock:
	uv pip compile pyproject.toml --extra test --universal --generate-hashes --no-header --no-emit-index-url --no-annotate -o requirements.lock

clean:
	rm -rf .venv out dist
