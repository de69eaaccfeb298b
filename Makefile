# Everything a person runs from the root. `make test` needs cargo, python3 and a package index for pip; nothing else.

CARGO ?= cargo
VENV := .venv
PROGRAM := target/quick/drainrs
PROGRAM_OF_ROWS := target/debug/examples/index_rows

.PHONY: test lint rust features docs drain3 drain3-diff index-sql accuracy detect explore bench clean

# What the continuous integration runs.
test: lint rust features docs drain3 index-sql

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

# The real parts in Python: the peer, and who reads Arrow.
$(VENV)/ready:
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check drain3==0.9.11 pyarrow==26.0.1
	touch $@

.PHONY: $(PROGRAM)
$(PROGRAM):
	$(CARGO) build --profile quick -p drainrs --all-features --quiet

# The real Drain3 beside the program: random settings times generated logs, equal line by line.
drain3: $(VENV)/ready $(PROGRAM)
	$(VENV)/bin/python drainrs/tests/drain3/differential.py --program $(PROGRAM) --configs 150 --seed 1
	$(VENV)/bin/python drainrs/tests/drain3/differential.py --program $(PROGRAM) --configs 100 --seed 2 --states

# The same over any log files: make drain3-diff LOGS=path (a file or a folder of *.log).
drain3-diff: $(VENV)/ready $(PROGRAM)
	@test -n "$(LOGS)" || { echo "say which logs: make drain3-diff LOGS=path"; exit 2; }
	$(VENV)/bin/python drainrs/tests/drain3/differential.py --program $(PROGRAM) --logs $(LOGS)

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

clean:
	$(CARGO) clean
	rm -rf $(VENV)
