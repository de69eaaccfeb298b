//! The fuzzer's targets on inputs that are always there: the golden cases, some thousand mutations of them, and all inputs that
//! once broke a promise.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cases::explored;
use crate::fuzzed::{TARGETS, seeds};

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// `SplitMix64`.
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB)
}

/// An input with a few bytes changed, a piece doubled or left out, or the end of another input.
fn mutated(input: &[u8], other: &[u8], state: &mut u64) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..=random(state) % 4 {
        if bytes.is_empty() {
            break;
        }
        let at = random(state) as usize % bytes.len();
        let end = at + random(state) as usize % (bytes.len() - at + 1).min(64);
        match random(state) % 6 {
            0 => bytes[at] = random(state) as u8,
            1 => bytes[at] ^= 1 << (random(state) % 8),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            4 => bytes.truncate(at),
            _ => bytes.extend_from_slice(&other[random(state) as usize % (other.len() + 1)..]),
        }
    }
    bytes.truncate(1 << 15);
    bytes
}

#[test]
fn golden_cases_and_what_becomes_of_them_keep_every_promise() {
    let seeds = seeds(&golden());
    assert_eq!(seeds.keys().count(), TARGETS.len(), "every target has seeds");
    let mut state = 1;
    for (name, target) in TARGETS {
        let own = &seeds[name];
        own.iter().for_each(|seed| target(seed));
        for n in 0..150 * explored() as usize {
            let other = &own[random(&mut state) as usize % own.len()];
            target(&mutated(&own[n % own.len()], other, &mut state));
        }
    }
}

#[test]
fn inputs_that_once_broke_a_promise_do_so_no_more() {
    let folder = golden().join("fuzz");
    let mut tried = 0;
    for (name, target) in TARGETS {
        // A target that never broke has no folder.
        for entry in fs::read_dir(folder.join(name)).into_iter().flatten() {
            target(&fs::read(entry.unwrap().path()).unwrap());
            tried += 1;
        }
    }
    assert_eq!(tried, walked(&folder), "every input belongs to a target");
}

/// The number of files in all folders below a folder.
fn walked(folder: &Path) -> usize {
    let folders = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    folders.map(|folder| fs::read_dir(folder).unwrap().count()).sum()
}
