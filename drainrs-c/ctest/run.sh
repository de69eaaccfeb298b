#!/usr/bin/env bash
# Compiles the C tests and the examples against a library that is built, and runs them.
#
#     ctest/run.sh --lib DIR     DIR has libdrainrs_c.a and libdrainrs_c.so, as `cargo build -p drainrs-c` makes them
#
# CC and CXX are the compilers. What a machine lacks (valgrind, sanitizers, CMake, pkg-config) is said and left out.
set -uo pipefail
export RUST_BACKTRACE=0 # a panic on purpose needs no explanation
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
header=$root/include/drainrs.h
log=$root/../drainrs/src/program/sample.log
CC=${CC:-cc}
CXX=${CXX:-c++}
lib=
while [ $# -gt 0 ]; do
    case $1 in
        --lib) lib=$(cd "$2" && pwd) || exit 2; shift 2 ;;
        *) sed -n 's/^#  *\(ctest.*\)/usage: \1/p' "$0"; exit 2 ;;
    esac
done
for file in libdrainrs_c.a libdrainrs_c.so; do
    [ -f "$lib/$file" ] || { echo "no $file in '$lib': build it first, and say --lib DIR"; exit 2; }
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

# Runs a command and says in one line whether it succeeded; what it wrote follows only if not.
try() {
    local name=$1
    shift
    if "$@" >"$work/said" 2>&1; then
        echo "ok    $name"
        passed=$((passed + 1))
    else
        echo "FAIL  $name"
        sed 's/^/      | /' "$work/said" | tail -n 60
        failed=$((failed + 1))
    fi
}

left_out() {
    echo "----  $1 left out: $2"
}

have() {
    command -v "$1" >/dev/null
}

# What programs load is named by its SONAME.
mkdir -p "$work/lib"
soname=libdrainrs.so.$(sed -n 's/^#define DRAINRS_ABI_VERSION //p' "$header")
ln -s "$lib/libdrainrs_c.a" "$work/lib/libdrainrs.a"
ln -s "$lib/libdrainrs_c.so" "$work/lib/libdrainrs.so"
ln -s "$lib/libdrainrs_c.so" "$work/lib/$soname"
strict=(-std=c99 -Wall -Wextra -Wpedantic -Werror -g -O1 "-I$root/include" "-I$here")
# Without the debug information of the library: it makes programs of a hundred megabytes, and their names stay readable.
static=("$work/lib/libdrainrs.a" -Wl,--strip-debug -lpthread -ldl -lm)
shared=("-L$work/lib" "-Wl,-rpath,$work/lib" -ldrainrs -lpthread)

# --- The header and the library ------------------------------------------------------------------------------------------

header_alone() { # language, standard, compiler
    "$3" "-std=$2" -x "$1" -Wall -Wextra -Wpedantic -Werror -fsyntax-only "$header"
}
for standard in c99 c11 c2x; do
    if echo | "$CC" "-std=$standard" -x c -fsyntax-only - 2>/dev/null; then
        try "header as $standard" header_alone c "$standard" "$CC"
    else
        left_out "header as $standard" "the compiler does not know it"
    fi
done
if have "$CXX"; then
    try "header as c++17" header_alone c++ c++17 "$CXX"
else
    left_out "header as c++17" "no C++ compiler"
fi

exported() {
    nm -D --defined-only "$lib/libdrainrs_c.so" | awk '{ print $3 }' | sort
}
symbols() {
    exported | grep -v '^drainrs_testing_' | diff - "$root/abi/symbols.txt"
}
declared() {
    grep -o '\bdrainrs_[a-z0-9_]*(' "$header" | tr -d '(' | sort -u | diff - "$root/abi/symbols.txt"
}
soname() {
    readelf -d "$lib/libdrainrs_c.so" | grep -F "SONAME" | grep -qF "[$soname]"
}
try "exported symbols are abi/symbols.txt" symbols
try "the header declares abi/symbols.txt" declared
try "SONAME is the interface's version" soname

# --- The programs --------------------------------------------------------------------------------------------------------

programs=(nulls)
awk -f "$here/nulls.awk" "$header" >"$work/nulls.c"
for source in "$here"/*.c; do
    name=$(basename "$source" .c)
    if [ "$name" = panic ] && ! exported | grep -q '^drainrs_testing_panic$'; then
        left_out panic "the library was built without the feature 'testing'"
        continue
    fi
    programs+=("$name")
done

source_of() {
    if [ -f "$here/$1.c" ]; then echo "$here/$1.c"; else echo "$work/$1.c"; fi
}
compiled() { # program, variant, arguments...
    local program=$1 variant=$2
    shift 2
    "$CC" "${strict[@]}" "$(source_of "$program")" -o "$work/$program-$variant" "$@"
}
compiled_and_run() { # program, variant, arguments...
    compiled "$@" && "$work/$1-$2"
}
can_run_with() {
    echo 'int main(void) { return 0; }' | "$CC" -x c "$@" - -o "$work/can" 2>/dev/null && "$work/can" 2>/dev/null
}

for program in "${programs[@]}"; do
    try "$program, static" compiled_and_run "$program" static "${static[@]}"
done
for program in "${programs[@]}"; do
    try "$program, shared" compiled_and_run "$program" shared "${shared[@]}"
done

if have valgrind; then
    for program in "${programs[@]}"; do
        try "$program, valgrind" valgrind --quiet --leak-check=full --errors-for-leak-kinds=definite,indirect,possible \
            --error-exitcode=99 "$work/$program-static"
    done
else
    left_out "valgrind" "not installed"
fi

memory=(-fsanitize=address,undefined -fno-sanitize-recover=all)
if can_run_with "${memory[@]}"; then
    for program in "${programs[@]}"; do
        try "$program, address and undefined sanitizers" compiled_and_run "$program" asan "${memory[@]}" "${shared[@]}"
    done
else
    left_out "address and undefined sanitizers" "the compiler or the machine does not do them"
fi

# The library's own locks cannot be seen from outside, so what it copies under them is taken on trust; this checks the host's side.
if can_run_with -fsanitize=thread; then
    echo "called_from_lib:$soname" >"$work/trusted"
    export TSAN_OPTIONS="suppressions=$work/trusted"
    try "threads, thread sanitizer" compiled_and_run threads tsan -fsanitize=thread "${shared[@]}"
else
    left_out "thread sanitizer" "the compiler or the machine does not do it"
fi

# --- The examples --------------------------------------------------------------------------------------------------------

example() { # name
    "$CC" "${strict[@]}" "$root/examples/$1.c" -o "$work/$1" "${static[@]}"
}
has() { # file, line...
    local file=$1 line
    shift
    for line in "$@"; do
        grep -qF -- "$line" "$file" || { echo "no '$line' in:"; cat "$file"; return 1; }
    done
}

collector_reports() {
    "$work/collector" <"$log" >"$work/report" || return 1
    has "$work/report" "$(wc -l <"$log") lines" 'order ord-<NUM> placed: <NUM> items, total <NUM> EUR' \
        'new 24: charge for ord-<NUM> failed after <NUM> ms' '"template":"upstream payment is failing' '  events  template' &&
        tail -n 3 "$work/report" | grep -q '^ *and [0-9]* more$' &&
        sed -n '/^  events/,/ more$/p' "$work/report" | awk '/^ *[0-9]+ /{ print $1 }' | sort -rnc
}
collector_obeys_settings() {
    echo '{"filter": {"min_level": "warn"}}' >"$work/settings.json"
    "$work/collector" -c "$work/settings.json" -n 3 <"$log" >"$work/report" || return 1
    has "$work/report" 'new 1: slow statement: <NUM> ms' ' more' || return 1
    ! grep -q '^alert\|order ord-<NUM> placed' "$work/report" || return 1
    echo '{"filter": {"min_level": "loud"}}' >"$work/settings.json"
    "$work/collector" -c "$work/settings.json" <"$log" >"$work/report" 2>&1
    [ $? -eq 2 ] && has "$work/report" 'config: filter.min_level'
}
# It is told to end while its input stays open, after it has said something.
collector_ends_well() {
    local line child
    coproc collecting { exec "$work/collector"; }
    child=$collecting_PID
    exec 3<&"${collecting[0]}" 4>&"${collecting[1]}"
    printf 'disk 1 is full\ndisk 2 is full\nfan 3 stopped\n' >&4
    read -r line <&3
    kill -INT "$child"
    cat <&3 >"$work/report"
    wait "$child" || return 1
    exec 3<&- 4>&-
    [ "$line" = 'new 1: disk <NUM> is full' ] && has "$work/report" '2  disk <NUM> is full' '1  fan <NUM> stopped' '3 lines'
}
parallel_agrees() {
    "$work/parallel" -t 1 "$log" 2>"$work/one.time" | sort >"$work/one" || return 1
    "$work/parallel" -t 3 "$log" 2>"$work/three.time" | sort >"$work/three" || return 1
    "$work/parallel" -t 3 -c "$log" 2>/dev/null | sort >"$work/chunks" || return 1
    diff "$work/one" "$work/three" && has "$work/three.time" "$(wc -l <"$log") lines on 3 threads" || return 1
    local lines
    for lines in "$work/three" "$work/chunks"; do
        [ "$(awk '{ sum += $1 } END { print sum }' "$lines")" = "$(wc -l <"$log")" ] || return 1
    done
    grep -q 'charge for ord-<NUM> failed after <NUM> ms' "$work/chunks"
}
try "collector compiles" example collector
try "collector on the sample log" collector_reports
try "collector with settings" collector_obeys_settings
try "collector is told to end" collector_ends_well
try "parallel compiles" example parallel
try "parallel on the sample log" parallel_agrees

benchmark() {
    "$CC" "${strict[@]}" -O2 "$root/benches/batch.c" -o "$work/batch-speed" "${static[@]}" && "$work/batch-speed" "$log" 1
}
try "the benchmark" benchmark

# The smallest program, as the README shows it.
readme() {
    sed -n '/^```c$/,/^```$/p' "$root/README.md" | grep -v '^```' >"$work/readme.c"
    compiled readme static "${static[@]}" && "$work/readme-static" >"$work/output" &&
        sed -n '/^```text$/,/^```$/p' "$root/README.md" | grep -v '^```' | diff - "$work/output"
}
try "the program of the README" readme

# --- What is installed ---------------------------------------------------------------------------------------------------

prefix=$work/prefix
consumer=$here/consumer
try "install" "$root/install.sh" "$prefix" --built "$lib"

with_cmake() {
    cmake -S "$consumer" -B "$work/cmake" "-DCMAKE_PREFIX_PATH=$prefix" "-DCMAKE_C_COMPILER=$(command -v "$CC")" &&
        cmake --build "$work/cmake" && "$work/cmake/uses-shared" && "$work/cmake/uses-static" || return 1
    readelf -d "$work/cmake/uses-shared" | grep -F NEEDED | grep -qF "$soname" || return 1
    ! readelf -d "$work/cmake/uses-static" | grep -F NEEDED | grep -F drainrs
}
with_another_version() { # must not be found
    ! cmake -S "$consumer" -B "$work/cmake-$1" "-DCMAKE_PREFIX_PATH=$prefix" "-DWANTED=$1"
}
if have cmake; then
    try "installed, CMake" with_cmake
    try "installed, CMake, version 0.2 is refused" with_another_version 0.2
    try "installed, CMake, version 1 is refused" with_another_version 1
else
    left_out "installed, CMake" "not installed"
fi

packages() {
    PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config "$@" drainrs
}
with_pkg_config_shared() {
    # shellcheck disable=SC2046 # several words are meant
    "$CC" "$consumer/main.c" -o "$work/pkg-shared" $(packages --cflags --libs) &&
        LD_LIBRARY_PATH=$prefix/lib "$work/pkg-shared" &&
        [ "$(packages --modversion)" = "$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/../Cargo.toml" | head -n 1)" ]
}
with_pkg_config_static() {
    # shellcheck disable=SC2046
    "$CC" "$consumer/main.c" -o "$work/pkg-static" $(packages --cflags) $(packages --static --libs | sed 's/-ldrainrs/-l:libdrainrs.a/') &&
        "$work/pkg-static" && ! readelf -d "$work/pkg-static" | grep -F NEEDED | grep -F drainrs
}
if have pkg-config; then
    try "installed, pkg-config, shared" with_pkg_config_shared
    try "installed, pkg-config, static" with_pkg_config_static
else
    left_out "installed, pkg-config" "not installed"
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
