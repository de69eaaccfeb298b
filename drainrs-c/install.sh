#!/usr/bin/env bash
# Installs the C library: the header, libdrainrs.a, libdrainrs.so, and what pkg-config and CMake need to find them.
#
#     install.sh PREFIX [--target-dir DIR] [--built DIR]
#
#     --target-dir DIR    where cargo builds; CARGO_TARGET_DIR and then the workspace's if not given
#     --built DIR         build nothing: take libdrainrs_c.a and libdrainrs_c.so from there
#
# PROFILE is cargo's profile: release (the default, fully optimised, takes minutes) or quick (nearly as fast, soon built).
# LIBDIR is the folder of libraries under PREFIX, lib if not given. DESTDIR goes before PREFIX, for packagers.
# Where cargo-c is installed it builds and installs; without it cargo alone does.
set -euo pipefail

usage() {
    sed -n 's/^#  *\(install.sh.*\)/usage: \1/p' "$0" >&2
    exit 2
}

root=$(cd "$(dirname "$0")" && pwd)
profile=${PROFILE:-release}
cargo=${CARGO:-cargo}
prefix=
built=
target=
while [ $# -gt 0 ]; do
    case $1 in
        --target-dir) target=${2:?}; shift 2 ;;
        --built) built=${2:?}; shift 2 ;;
        -*) usage ;;
        *) [ -z "$prefix" ] || usage; prefix=$1; shift ;;
    esac
done
[ -n "$prefix" ] || usage
case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac # files that are installed name it
libdir=$prefix/${LIBDIR:-lib}
to=${DESTDIR:-}
[ -z "$target" ] || export CARGO_TARGET_DIR=$target

define() { # a number of the header
    sed -n "s/^#define $1 //p" "$root/include/drainrs.h"
}
interface=$(define DRAINRS_ABI_VERSION)
version=$(define DRAINRS_VERSION_MAJOR).$(define DRAINRS_VERSION_MINOR).$(define DRAINRS_VERSION_PATCH)

# What a program needs besides libdrainrs.a: what Rust's own library needs, for no other part of it is native.
native_libraries() {
    printf '' | rustc --crate-type staticlib --print native-static-libs -o "$scratch/empty.a" - 2>&1 |
        sed -n 's/.*native-static-libs: *//p' | tr -s ' '
}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
private=$(cd "$root" && native_libraries)

fill() { # a file with places for what is known here
    sed -e "s|@PREFIX@|$prefix|g" -e "s|@LIBDIR@|$libdir|g" -e "s|@VERSION@|$version|g" -e "s|@INTERFACE@|$interface|g" \
        -e "s|@PRIVATE@|$private|g" -e "s|@PRIVATE_LIST@|${private// /;}|g" "$1"
}

if [ -z "$built" ] && "$cargo" cinstall --version >/dev/null 2>&1; then
    (cd "$root" && "$cargo" cinstall --profile "$profile" --prefix "$prefix" --libdir "$libdir" ${to:+--destdir "$to"})
else
    if [ -z "$built" ]; then
        # By name, without the Rust library that the tests link: link-time optimisation does not work for all three at once.
        (cd "$root" && "$cargo" rustc --lib --profile "$profile" --crate-type staticlib,cdylib)
        case $profile in dev | test) folder=debug ;; *) folder=$profile ;; esac
        built=$("$cargo" metadata --manifest-path "$root/Cargo.toml" --format-version 1 --no-deps |
            sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/$folder
    fi
    [ -f "$built/libdrainrs_c.so" ] || { echo "no libdrainrs_c.so in $built; where libraries are called otherwise, install with cargo-c" >&2; exit 1; }
    mkdir -p "$to$prefix/include" "$to$libdir/pkgconfig"
    install -m 644 "$root/include/drainrs.h" "$to$prefix/include/drainrs.h"
    install -m 644 "$built/libdrainrs_c.a" "$to$libdir/libdrainrs.a"
    install -m 755 "$built/libdrainrs_c.so" "$to$libdir/libdrainrs.so.$version"
    ln -sf "libdrainrs.so.$version" "$to$libdir/libdrainrs.so.$interface"
    ln -sf "libdrainrs.so.$interface" "$to$libdir/libdrainrs.so"
    fill "$root/cmake/drainrs.pc.in" >"$to$libdir/pkgconfig/drainrs.pc"
fi
mkdir -p "$to$libdir/cmake/drainrs"
fill "$root/cmake/drainrsConfig.cmake.in" >"$to$libdir/cmake/drainrs/drainrsConfig.cmake"
fill "$root/cmake/drainrsConfigVersion.cmake.in" >"$to$libdir/cmake/drainrs/drainrsConfigVersion.cmake"
echo "libdrainrs $version is in $to$prefix"
