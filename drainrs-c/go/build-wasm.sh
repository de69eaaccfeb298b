#!/bin/sh
# Builds drainrs.wasm, which is committed and embedded into the Go package, from the C library. To be run wherever the library changed.
#
#   drainrs-c/go/build-wasm.sh
#
# Needed: Rust with the target, `rustup target add wasm32-unknown-unknown`. Where that cannot be had, this says so and keeps the file that is
# committed.
#
# Optimised for speed: about a tenth faster than for size, and a third larger, which every process that uses it pays once, when it compiles it.
set -eu
cd "$(dirname "$0")"
target=wasm32-unknown-unknown
into=internal/abi/drainrs.wasm

if ! rustc --print target-libdir --target "$target" >/dev/null 2>&1 || ! [ -d "$(rustc --print target-libdir --target "$target")" ]; then
	echo "build-wasm.sh: Rust has no target $target here: $into stays as it is committed" >&2
	exit 0
fi

RUSTFLAGS="-C target-feature=+simd128,+bulk-memory,+sign-ext,+nontrapping-fptoint,+mutable-globals -C link-arg=--strip-all" \
CARGO_PROFILE_RELEASE_DEBUG=none \
CARGO_PROFILE_RELEASE_OPT_LEVEL=3 \
	cargo rustc --manifest-path ../../Cargo.toml -p drainrs-c --lib --release --target "$target" --crate-type cdylib

folder=$(cargo metadata --manifest-path ../../Cargo.toml --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
cp "$folder/$target/release/drainrs_c.wasm" "$into"
chmod 644 "$into"
ls -l "$into"
