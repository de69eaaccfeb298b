//! The name that programs look for when they load the shared library: it tells the version of the interface.

use std::env;

/// `DRAINRS_ABI_VERSION`; the C tests compare the two. cargo-c, which gives a name of its own, is told to make it the same.
const INTERFACE: u32 = 0;

#[allow(clippy::disallowed_methods, reason = "this is the environment of the build, not the host's")]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    match env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("linux" | "freebsd" | "netbsd" | "openbsd" | "dragonfly" | "solaris" | "illumos" | "android") => {
            println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libdrainrs.so.{INTERFACE}");
        }
        Ok("macos") => {
            println!("cargo::rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libdrainrs.{INTERFACE}.dylib");
        }
        _ => {}
    }
}
