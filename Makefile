# Everything a person runs from the root. `make test` needs cargo, a C compiler, python3 and a package index for pip, and for the Go part
# Go and a module proxy; nothing else. The oldest Rust is tried where rustup has it.

CARGO ?= cargo
PYTHON ?= python3
VENV := .venv
WHEELS := target/wheels
PROGRAM := target/quick/drainrs
PROGRAM_OF_ROWS := target/debug/examples/index_rows
LIBRARY := target/debug/deps
INSTALLED := $(CURDIR)/target/installed
LINKED := CGO_ENABLED=1 PKG_CONFIG_PATH=$(INSTALLED)/lib/pkgconfig LD_LIBRARY_PATH=$(INSTALLED)/lib
GO_CLEAN := badly=$$(gofmt -l .) && { test -z "$$badly" || { echo "gofmt would change: $$badly"; exit 1; }; }

.PHONY: test lint rust docs c go wheel python drain3 drain3-diff index-sql accuracy detect explore bench bench-python clean

# What the continuous integration runs. The wheel is built first and everything in Python runs against it.
test: lint features msrv rust docs c go wheel python drain3 index-sql soak-briefly fuzz-briefly

# With all features; `features` has every other set of them, none among them.
lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --all-features --quiet -- -D warnings

rust:
	$(CARGO) test --workspace --all-features --quiet

docs:
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc -p drainrs --no-deps --all-features --quiet

# The C library that the Rust tests have built, as programs in C use it: static and shared, under valgrind and sanitizers,
# installed and found by CMake and pkg-config.
c: $(PROGRAM_OF_ROWS)
	drainrs-c/ctest/run.sh --lib $(LIBRARY)

# The Go package over both its engines, the processor, and a real Collector with it. The linked engine takes the C library that the Rust
# tests have built.
go: $(PROGRAM_OF_ROWS)
	@if command -v go >/dev/null; then $(MAKE) --no-print-directory go-tests; else echo "no Go toolchain here: the Go package is not tested"; fi

.PHONY: go-tests
go-tests:
	drainrs-c/install.sh $(INSTALLED) --built $(LIBRARY) >/dev/null
	cd drainrs-c/go && $(GO_CLEAN) && CGO_ENABLED=0 go vet ./... && CGO_ENABLED=0 go test ./...
	cd drainrs-c/go && $(LINKED) go vet -tags drainrs_cgo ./... && $(LINKED) GODEBUG=cgocheck=1 go test -race -tags drainrs_cgo ./...
	cd drainrs-c/go/otelprocessor && $(GO_CLEAN) && go vet ./... && go test ./...
	cd drainrs-c/go/otelprocessor/cmd/otelcol-drainrs && $(GO_CLEAN) && CGO_ENABLED=0 go vet ./... && CGO_ENABLED=0 go test ./...

# What comes from others, and what others rely on. Tools that the machine has not got are built into target/tools: some minutes, once.
DENY := 0.20.2
HACK := 0.6.46
SEMVER := 0.51.0
# These two belong together: the tool reads what that compiler's rustdoc writes.
API := 0.52.0
API_NIGHTLY := nightly-2026-05-20

.PHONY: supply deny advisories features msrv public-api semver
supply: deny advisories features msrv public-api semver

# Licences, versions and sources of everything in Cargo.lock: .deny.toml has the rules and their reasons.
deny:
	@deny=$$(.ci/tool cargo-deny $(DENY)) && $$deny --all-features --locked --config .deny.toml check -D warnings licenses bans sources

# Known weaknesses. The database comes from another host than the crates: out of reach, nothing is known, and this says so.
advisories:
	@deny=$$(.ci/tool cargo-deny $(DENY)) && if $$deny --all-features --config .deny.toml fetch db; \
	then $$deny --all-features --locked --config .deny.toml check advisories; \
	else echo "SKIPPED: the database of advisories is out of reach, so the dependencies were not looked up in it"; fi

# Every combination of features, with the lints. Development dependencies add nothing to it: cargo's third resolver leaves them out.
features:
	@hack=$$(.ci/tool cargo-hack $(HACK)) && $$hack hack clippy --locked -p drainrs -p drainrs-c --feature-powerset --exclude-features default --quiet -- -D warnings

# The oldest Rust that Cargo.toml promises compiles the library, all its features and the C library.
MSRV := $(shell sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
msrv:
	@test -n "$(MSRV)" || { echo "Cargo.toml has no rust-version"; exit 1; }
	@grep -q 'Rust ($(MSRV) or later)' README.md || { echo "README.md names another Rust than $(MSRV), which Cargo.toml promises"; exit 1; }
	@if cargo +$(MSRV) --version >/dev/null 2>&1 || rustup toolchain install $(MSRV) --profile minimal >/dev/null 2>&1; \
	then cargo +$(MSRV) check --locked -p drainrs -p drainrs-c --all-features --quiet && echo "compiles with $$(cargo +$(MSRV) --version)"; \
	else echo "SKIPPED: Rust $(MSRV) is neither here nor to be had by rustup"; fi

# The public interface, an item a line: make public-api compares, make public-api UPDATE=1 writes it down.
PUBLIC_API := drainrs/public-api.txt
public-api:
	@rustc +$(API_NIGHTLY) --version >/dev/null 2>&1 || rustup toolchain install $(API_NIGHTLY) --profile minimal
	@mkdir -p target && api=$$(.ci/tool cargo-public-api $(API)) && .ci/public-api $$api $(API_NIGHTLY) >target/public-api.txt
ifdef UPDATE
	@cp target/public-api.txt $(PUBLIC_API) && echo "$(PUBLIC_API): $$(wc -l <$(PUBLIC_API)) lines written"
else
	@diff -u --label written-down --label found $(PUBLIC_API) target/public-api.txt || { \
	echo "The public interface is not what $(PUBLIC_API) says. If that is meant: make public-api UPDATE=1, and a line in CHANGELOG.md."; exit 1; }
	@echo "the public interface is what $(PUBLIC_API) says: $$(wc -l <$(PUBLIC_API)) lines"
endif

# Whether a program that compiles with a former version compiles with this one: the last version's tag, or make semver BASE=revision.
BASE ?= $(shell git describe --tags --abbrev=0 --match 'v[0-9]*' 2>/dev/null)
semver:
ifeq ($(BASE),)
	@echo "SKIPPED: no version has a tag yet, so there is nothing to be compatible with; make semver BASE=revision compares with any"
else
	@semver=$$(.ci/tool cargo-semver-checks $(SEMVER)) && $$semver semver-checks -p drainrs --all-features --baseline-rev $(BASE)
endif

# The library as WebAssembly, which the Go package carries.
.PHONY: wasm
wasm:
	drainrs-c/go/build-wasm.sh

# The C library for programs of one's own: make install-c PREFIX=/usr/local [PROFILE=quick].
PREFIX ?= /usr/local
.PHONY: install-c
install-c:
	drainrs-c/install.sh $(PREFIX)

# The wheel, and a fresh environment around it: with the peer, who reads Arrow, who checks types. Link-time optimisation takes
# as long as all the rest of the build for some percent of speed, and so does a crate in one piece: `make wheel LTO=fat` has what is
# published and measured.
LTO ?= off
UNITS := $(if $(filter off,$(LTO)),16,1)
.PHONY: wheel
wheel:
	rm -rf $(WHEELS) $(VENV)
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check 'maturin>=1.9.4,<2'
	CARGO_PROFILE_RELEASE_LTO=$(LTO) CARGO_PROFILE_RELEASE_CODEGEN_UNITS=$(UNITS) $(VENV)/bin/maturin build --quiet --release --manifest-path drainrs-py/Cargo.toml --out $(WHEELS)
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

# The fuzzer on all targets, so many seconds each, as many side by side as there are processors:
# make fuzz SECONDS=60 [TARGETS="parser restore"].
SECONDS ?= 60
.PHONY: fuzz fuzz-briefly
fuzz:
	fuzz/run.sh $(SECONDS) $(TARGETS)

fuzz-briefly:
	@if cargo +nightly --version >/dev/null 2>&1 || rustup toolchain install nightly --profile minimal >/dev/null 2>&1; then \
	  FUZZ_BRIEFLY=1 fuzz/run.sh 4; else echo "no nightly compiler here: nothing is fuzzed"; fi

# A long run with restarts, merges and other settings on many threads: make soak MINUTES=60. The brief one is the tests' own build.
MINUTES ?= 10
.PHONY: soak soak-briefly
soak:
	$(CARGO) run --profile quick -p drainrs-bench --example soak --quiet -- --minutes $(MINUTES)

soak-briefly: $(PROGRAM_OF_ROWS)
	target/debug/examples/soak --minutes 0.3 --threads 2

# Memory over many lines of random shapes: make flat LINES=100000000.
LINES ?= 100000000
.PHONY: flat
flat:
	$(CARGO) run --profile quick -p drainrs-bench --example flat --quiet -- $(LINES)

bench:
	$(CARGO) bench -p drainrs-bench

# How slow the worst lines are that somebody can think of, beside usual ones: make bench-hostile [OPTIONS="--stage miner --worst 20"].
.PHONY: bench-hostile
bench-hostile:
	$(CARGO) run --release -p drainrs-bench --example hostile --quiet -- $(OPTIONS)

# The C library and both engines of Go beside the Rust library: make bench-doors [LOGS=path].
.PHONY: bench-doors
bench-doors:
	$(CARGO) build --release -p drainrs-bench --example throughput --quiet
	drainrs-c/install.sh $(INSTALLED) >/dev/null
	$(CC) -O2 -std=c99 -Idrainrs-c/include drainrs-c/benches/batch.c -o target/release/batch target/release/libdrainrs_c.a -lpthread -ldl -lm
	cd drainrs-c/go && CGO_ENABLED=0 go test -c -o ../../target/release/go-wasm . && $(LINKED) go test -a -c -tags drainrs_cgo -o ../../target/release/go-cgo .
	LD_LIBRARY_PATH=$(INSTALLED)/lib $(PYTHON) benches/doors.py target/release $(LOGS)

# The wheel beside the Rust library and beside Drain3: make bench-python [LOGS=path].
bench-python:
	$(MAKE) wheel LTO=fat
	$(CARGO) build --release -p drainrs-bench --example throughput --quiet
	$(VENV)/bin/python drainrs-py/benches/speed.py --program target/release/examples/throughput $(LOGS)

clean:
	$(CARGO) clean
	rm -rf $(VENV)
