#!/usr/bin/env bash
# Builds the fuzz targets and runs each for some seconds, as many side by side as there are processors:
#   fuzz/run.sh SECONDS [TARGET ...]
# Prints a line per target. An input that broke a promise is left in fuzz/artifacts/TARGET/, with what it takes to keep it as a case.
# The target `c` is built with the address sanitizer; the others are safe Rust, where it finds nothing and makes all ten times slower.
# FUZZ_BRIEFLY=1 builds all of them once, without.
set -euo pipefail
cd "$(dirname "$0")"
seconds=${1:?say for how long: run.sh SECONDS [TARGET ...]}
shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=($(ls targets | sed 's/\.rs$//'))

cargo +nightly --version >/dev/null 2>&1 || rustup toolchain install nightly --profile minimal >/dev/null 2>&1 ||
  { echo "fuzzing needs a nightly compiler: rustup toolchain install nightly"; exit 1; }
cargo_fuzz=$(../.ci/tool cargo-fuzz 0.13.2)

# Their own places: other flags build everything anew.
base=${FUZZ_TARGET_DIR:-$PWD/../target/fuzz}
built=$(rustc -vV | sed -n 's/^host: //p')/release
build() {
  CARGO_TARGET_DIR=$base/$1 RUSTUP_TOOLCHAIN=nightly "$cargo_fuzz" build --fuzz-dir . --sanitizer "$1" --codegen-units 16 ${2:+"$2"} >"$base-$1.log" 2>&1 ||
    { cat "$base-$1.log"; exit 1; }
}
mkdir -p "$base"
build none
programs=$base/none/$built
c=$programs/c
if [ -z "${FUZZ_BRIEFLY:-}" ] && [[ " ${targets[*]} " == *" c "* ]]; then
  build address c
  c=$base/address/$built/c
fi
"$programs/seed" corpus

one() {
  target=$1
  mkdir -p "corpus/$target" "artifacts/$target"
  log=artifacts/$target.log
  status=0
  program=$programs/$target
  [ "$target" = c ] && program=$c
  "$program" "corpus/$target" -artifact_prefix="artifacts/$target/" -max_total_time="$seconds" -timeout=20 \
    -rss_limit_mb=2048 -max_len=16384 -print_final_stats=1 -verbosity=1 >"$log" 2>&1 || status=$?
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  printf '%-12s %10s executions, %6s inputs kept%s\n' "$target" "${runs:-?}" "$(ls "corpus/$target" | wc -l)" \
    "$([ $status = 0 ] || echo ", BROKEN")"
  [ $status = 0 ] && return
  grep -v '^#' "$log" | grep -m 3 -E "panicked at|ERROR|SUMMARY" -A 2 || tail -n 5 "$log"
  for input in "artifacts/$target"/*; do
    [ -e "$input" ] && echo "  mend it, then keep it: cp fuzz/$input drainrs/tests/golden/fuzz/$target/"
  done
  return 1
}
export -f one
export programs seconds c
printf '%s\n' "${targets[@]}" | xargs -P "${JOBS:-$(nproc)}" -I{} bash -c 'one {}'
