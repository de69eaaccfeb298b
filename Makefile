# Everything a person runs from the root. `make test` needs cargo, python3 and a package index for pip; nothing else.

CARGO ?= cargo
PYTHON ?= python3
VENV := .venv
WHEELS := target/wheels
PROGRAM := target/quick/drainrs
PROGRAM_OF_ROWS := target/debug/examples/index_rows

.PHONY: test lint rust features docs wheel python drain3 drain3-diff index-sql accuracy detect explore bench bench-python clean

# What the continuous integration runs. The wheel is built first and everything in Python runs against it.
test: lint rust features docs wheel python drain3 index-sql

lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --all-features --quiet -- -D warnings

rust:
	$(CARGO) test --workspace --all-features --quiet

# A library user compiles no program.
features:
	$(CARGO) check -p drainrs --quiet

docs:
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc -p drainrs --no-deps --all-features --quiet

# The wheel, and a fresh environment around it: with the peer, who reads Arrow, who checks types. Link-time optimisation takes
# as long as all the rest of the build for some percent of speed: `make wheel LTO=fat` has what is published and measured.
LTO ?= off
.PHONY: wheel
wheel:
	rm -rf $(WHEELS) $(VENV)
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check 'maturin>=1.9.4,<2'
	CARGO_PROFILE_RELEASE_LTO=$(LTO) $(VENV)/bin/maturin build --quiet --release --manifest-path drainrs-py/Cargo.toml --out $(WHEELS)
	@ls -l $(WHEELS)/*.whl | awk '{ printf "wheel: %s, %.1f MB\n", $$NF, $$5 / 1e6 }'
	$(VENV)/bin/pip install --quiet --disable-pip-version-check "$$(ls $(WHEELS)/*.whl)[test]"
	touch $(VENV)/ready

$(VENV)/ready:
	$(MAKE) wheel

# The tests of the wheel. They run from another folder, so that nothing but the wheel is imported.
python: $(VENV)/ready
	cd drainrs-py/tests && ../../$(VENV)/bin/python -m pytest -c ../pyproject.toml --rootdir .. .

.PHONY: $(PROGRAM)
$(PROGRAM):
	$(CARGO) build --profile quick -p drainrs --all-features --quiet

# The real Drain3 beside the program that comes with the wheel: random settings times generated logs, equal line by line.
drain3: $(VENV)/ready
	$(VENV)/bin/python drainrs/tests/drain3/differential.py --program $(VENV)/bin/drainrs --configs 150 --seed 1
	$(VENV)/bin/python drainrs/tests/drain3/differential.py --program $(VENV)/bin/drainrs --configs 100 --seed 2 --states

# The same over any log files: make drain3-diff LOGS=path (a file or a folder of *.log).
drain3-diff: $(VENV)/ready
	@test -n "$(LOGS)" || { echo "say which logs: make drain3-diff LOGS=path"; exit 2; }
	$(VENV)/bin/python drainrs/tests/drain3/differential.py --program $(VENV)/bin/drainrs --logs $(LOGS)

.PHONY: $(PROGRAM_OF_ROWS)
$(PROGRAM_OF_ROWS):
	$(CARGO) test --workspace --all-features --no-run --quiet # the tests' own build, examples included

# Template indexes as SQLite, Python's csv and pyarrow read them.
index-sql: $(VENV)/ready $(PROGRAM_OF_ROWS)
	$(VENV)/bin/python drainrs/tests/index/sqlite.py --program $(PROGRAM_OF_ROWS)

# Grouping and template accuracy on labelled sets laid out as SET/SET_2k.log_structured.csv:
# make accuracy LOGHUB=path
accuracy: $(PROGRAM)
	@test -n "$(LOGHUB)" || { echo "say where the labelled sets are: make accuracy LOGHUB=path"; exit 2; }
	python3 benches/accuracy.py --program $(PROGRAM) $(LOGHUB)

# How well the scorers detect, on labelled data: make detect DATA=path [LOGHUB=path].
detect:
	@test -n "$(DATA)" || { echo "say where the labelled data is: make detect DATA=path"; exit 2; }
	$(CARGO) run --profile quick -p drainrs-bench --example detect --quiet -- $(DATA) $(if $(LOGHUB),--loghub $(LOGHUB))

# The properties with twenty times as many cases, other ones each time.
explore:
	DRAINRS_EXPLORE=20 $(CARGO) test --release -p drainrs --test it

bench:
	$(CARGO) bench -p drainrs-bench

# The wheel beside the Rust library and beside Drain3: make bench-python [LOGS=path].
bench-python:
	$(MAKE) wheel LTO=fat
	$(CARGO) build --release -p drainrs-bench --example throughput --quiet
	$(VENV)/bin/python drainrs-py/benches/speed.py --program target/release/examples/throughput $(LOGS)

clean:
	$(CARGO) clean
	rm -rf $(VENV)

# The C library that the Rust tests have built, as programs in C use it: static and shared, under valgrind and sanitizers,
# installed and found by CMake and pkg-config.
.PHONY: c
c:
	$(CARGO) test --workspace --all-features --no-run --quiet
	drainrs-c/ctest/run.sh --lib target/debug/deps

# The C library for programs of one's own: make install-c PREFIX=/usr/local [PROFILE=quick].
PREFIX ?= /usr/local
.PHONY: install-c
install-c:
	drainrs-c/install.sh $(PREFIX)
