//! Tokens that would meet in one place of a hash table if the library's functions had fixed numbers in them, as its first ones had.
//!
//! An attacker has the source, and these are the functions and numbers of that time, with which the rows below were up to two hundred
//! times slower than others. Now the numbers are a secret of each process (`docs/decisions/0011-a-secret-for-keys.md`), and the rows
//! show that what was chosen to meet does not.

use drainrs_bench::corpus::Random;

use super::shapes::{Shape, lines};

/// What mixes a position of a leaf into a key, and the multiplier of the lists of a leaf.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
const LISTS: u64 = 0xA076_1D64_78BD_642F;

/// The constants of long keys.
const K0: u64 = 0x243F_6A88_85A3_08D3;
const K1: u64 = 0x1319_8A2E_0370_7345;

/// Bits of a bucket's number that are made equal, besides the seven that a table compares first.
const BUCKET: u64 = (1 << 15) - 1;

/// Letters that no rule of the lexer takes for anything.
const LETTERS: &[u8; 32] = b"ghijkmpqrtvwxyzGHIJKLMOPQRTVWXYZ";

fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

/// What a table sees of a hash.
fn seen(hash: u64) -> u64 {
    (hash & BUCKET) | (hash >> 57 << 15)
}

/// All words of three letters, as numbers.
fn triples() -> Vec<u64> {
    let letter = |at: usize| u64::from(LETTERS[at & 31]);
    (0..1 << 15).map(|at: usize| letter(at) | letter(at >> 5) << 8 | letter(at >> 10) << 16).collect()
}

/// Words of seven letters that fall into one bucket of the lists of a leaf, at one position.
///
/// A product is the sum of the products of its parts. The bits that name the bucket are those of the low half and of the high
/// half; three letters of the middle change those of the high half alone. So for each beginning the middles that give the
/// right bucket are looked up, and one in a hundred has the right seven bits, too.
fn meeting(leaf: u64, position: u64, most: usize) -> Vec<String> {
    let place = (leaf << 32 | position).wrapping_mul(GOLDEN);
    let product = |part: u64| u128::from(part) * u128::from(LISTS);
    let high = |product: u128| (product >> 64) as u64 & BUCKET;
    let triples = triples();
    let mut middles: Vec<Vec<u64>> = vec![Vec::new(); BUCKET as usize + 1];
    for &triple in &triples {
        let part = (triple << 24) ^ (place & 0xFFFF_FF00_0000);
        middles[high(product(part)) as usize].push(triple);
    }
    let wanted = 0;
    let mut found = Vec::new();
    for &last in LETTERS {
        let end = (7 << 56 | u64::from(last) << 48) ^ (place & 0xFFFF_0000_0000_0000);
        for &first in &triples {
            let part = product((first ^ (place & 0xFF_FFFF)) | end);
            let needed = (part as u64 & BUCKET).wrapping_sub(high(part));
            for carry in 0..2 {
                for &middle in &middles[(needed.wrapping_sub(carry) & BUCKET) as usize] {
                    let key = 7 << 56 | u64::from(last) << 48 | middle << 24 | first;
                    if seen(fold(key ^ place, LISTS)) == wanted {
                        found.push(String::from_utf8_lossy(&key.to_le_bytes()[..7]).into_owned());
                        if found.len() == most {
                            return found;
                        }
                    }
                }
            }
        }
    }
    found
}

/// Two words of sixteen letters with one key: the second half of one makes up for what the first half of the other changed.
fn twins() -> (String, String) {
    let mut random = Random::new(3);
    let mut word = || (0..8).fold(0_u64, |word, _| word << 8 | u64::from(random.pick(LETTERS)));
    let state = |first: u64| fold(K0 ^ 16 ^ first, K1);
    let text = |first: u64, second: u64| {
        String::from_utf8_lossy(&[first.to_le_bytes(), second.to_le_bytes()].concat()).into_owned()
    };
    loop {
        let (first, other, second) = (word(), word(), word());
        // Only the halves of eight bytes matter that are letters again.
        let makes_up = second ^ state(first) ^ state(other);
        if first != other && makes_up.to_le_bytes().iter().all(u8::is_ascii_alphabetic) {
            return (text(first, second), text(other, makes_up));
        }
    }
}

/// Letters for a number.
fn word(number: usize) -> String {
    (0..4).map(|at: usize| char::from(LETTERS[number >> (5 * at) & 31])).collect()
}

/// How many words meet.
const WORDS: usize = 7_000;

/// A line of which twenty words are chosen.
fn in_places(choose: impl Fn(usize) -> String) -> Vec<u8> {
    let words: Vec<String> = (0..20).map(choose).collect();
    format!("we go {} on", words.join(" ")).into_bytes()
}

/// All shapes.
pub(crate) fn all() -> Vec<Shape> {
    // The first leaf of a miner is node 2: below the node of the length, and below that of the first word.
    let lists = Shape::of_templates("tokens that meet in a table, in 20 places", |bytes| {
        let words: Vec<Vec<String>> = (2..22).map(|position| meeting(2, position, WORDS)).collect();
        lines(bytes, |line| in_places(|place| words[place][(line * (2 * place + 3)) % WORDS].clone()))
    });
    let strangers = Shape::of_templates("the same without meeting", |bytes| {
        lines(bytes, |line| in_places(|place| format!("{}zzz", word((line * (2 * place + 3)) % WORDS * 7))))
    });
    let twins = Shape::of_templates("two long tokens with one key", |bytes| {
        let (one, other) = twins();
        lines(bytes, |line| match line {
            // A leaf full of templates, one with the first twin, and then the other again and again.
            0..8000 => format!("we go {} {} on and on", word(line), word(line * 3)).into_bytes(),
            8000 => format!("we go {one} by on and on").into_bytes(),
            _ => format!("we go {other} by on and on").into_bytes(),
        })
    });
    vec![lists, strangers, twins]
}
