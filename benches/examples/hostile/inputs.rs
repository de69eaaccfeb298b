//! Inputs made to be slow: each is the worst that could be thought of for some part of the way.

use drainrs::TokenKey;
use drainrs_bench::corpus::Random;

/// Lines, and what they are.
pub struct Input {
    /// What it is.
    pub name: String,
    /// The lines.
    pub lines: Vec<Vec<u8>>,
}

/// As long as a line may be before it is cut.
const LINE: usize = 64 << 10;

/// Repeated to a line: runs that a scanner might walk again from each of their places.
const UNITS: [&str; 66] = [
    "7",
    "/",
    ":",
    "@",
    "\\",
    "-",
    "_",
    "a",
    "f",
    "a@",
    "a.",
    "1.",
    "1:",
    "1,",
    "1-",
    "1/",
    "1_",
    "1, ",
    "a1",
    "1a",
    "f1-",
    "::",
    "a:1",
    "/a:",
    "://",
    "ab://",
    "100,",
    "%20",
    "1e",
    "1h",
    "x@y.zz",
    "-bcd2f",
    "12:",
    "Jan 1 ",
    "0x",
    "00-",
    "1 ms ",
    "<",
    "~/",
    "../",
    "v1.",
    "1234-",
    "\u{e9}",
    "ffffffff",
    "ffffffff-",
    " ",
    "1 KB",
    "/a?",
    "1.1.1.1.a-",
    "10:15,",
    "a_1_-",
    "[",
    "(",
    "{",
    "\"",
    "'",
    "{\"a\":",
    "[1,",
    "a=",
    "a=\"",
    "\\\"",
    "[\"a\",",
    "<a>",
    "| ",
    "password=",
    "-----BEGIN ",
];

fn repeated(unit: &str, length: usize) -> Vec<u8> {
    let mut line = unit.as_bytes().repeat(length / unit.len() + 1);
    line.truncate(length);
    line
}

fn word(random: &mut Random, letters: u64) -> Vec<u8> {
    (0..letters).map(|_| b'g' + random.below(20) as u8).collect()
}

fn sentence(random: &mut Random, words: u64, letters: u64) -> Vec<u8> {
    (0..words).flat_map(|_| [word(random, letters), b" ".to_vec()].concat()).collect()
}

const STATES: [&str; 12] =
    ["failed", "started", "stopped", "closed", "open", "denied", "ready", "lost", "down", "up", "idle", "ok"];

/// Sixteen bytes whose key is that of all tokens made here, by the published arithmetic of token keys: the second half undoes what
/// the first half did. Without a secret this costs an attacker nothing.
fn colliding(random: &mut Random) -> Vec<u8> {
    const K: [u64; 2] = [0x243F_6A88_85A3_08D3, 0x1319_8A2E_0370_7345];
    let fine = |bytes: &[u8]| bytes.iter().all(|b| *b >= 0x80 || b.is_ascii_lowercase());
    loop {
        let first = word(random, 8);
        let begun = K[0] ^ 16 ^ first.iter().rev().fold(0, |word, b| word << 8 | u64::from(*b));
        let product = u128::from(begun) * u128::from(K[1]);
        let second = ((product as u64) ^ (product >> 64) as u64 ^ 0x7A7A_7A7A_7A7A_7A7A).to_le_bytes();
        if fine(&second) {
            return [first, second.to_vec()].concat();
        }
    }
}

/// All inputs, each of about so many bytes.
pub fn inputs(bytes: usize) -> Vec<Input> {
    let random = &mut Random::new(7);
    let mut inputs: Vec<Input> = Vec::new();
    let mut add = |name: &str, lines: Vec<Vec<u8>>| inputs.push(Input { name: name.to_owned(), lines });
    // Until there are enough bytes.
    let fill = |make: &mut dyn FnMut(usize) -> Vec<u8>| {
        let (mut lines, mut size) = (Vec::new(), 0);
        while size < bytes {
            let line = make(lines.len());
            size += line.len().max(8);
            lines.push(line);
        }
        lines
    };
    for unit in UNITS {
        add(&format!("{unit:?} again and again"), fill(&mut |_| repeated(unit, LINE)));
    }
    add("empty lines", fill(&mut |_| Vec::new()));
    add("one byte a line", fill(&mut |n| vec![b'a' + (n % 26) as u8]));
    add("any bytes", fill(&mut |_| (0..200).map(|_| random.bits() as u8).collect()));
    add("100,000 tokens", fill(&mut |n| format!("{} ", n % 7).repeat(100_000).into_bytes()));
    add(
        "an object, 10,000 deep",
        fill(&mut |_| [repeated("{\"a\":", 50_000), b"1".to_vec(), repeated("}", 10_000)].concat()),
    );
    add(
        "lists, 30,000 deep",
        fill(&mut |_| [b"{\"a\":".to_vec(), repeated("[", 30_000), repeated("]", 30_000), b"}".to_vec()].concat()),
    );
    add(
        "an object of 4,000 keys",
        fill(&mut |n| {
            let keys: Vec<String> = (0..4000).map(|key| format!("\"k{key}\":{n}")).collect();
            format!("{{{}}}", keys.join(",")).into_bytes()
        }),
    );
    add(
        "a text of escapes",
        fill(&mut |_| [&b"{\"msg\":\""[..], &repeated("\\n\\\"\\u00e9", 40_000), b"\"}"].concat()),
    );
    add("4,000 pairs", fill(&mut |n| (0..4000).flat_map(|key| format!("k{key}={n} ").into_bytes()).collect()));
    add(
        "objects over many lines, never closed",
        fill(&mut |n| if n % 1000 == 0 { b"{".to_vec() } else { b"  \"a\": [".to_vec() }),
    );
    add(
        "a trace without end",
        fill(&mut |n| {
            if n == 0 { b"java.lang.Error: x".to_vec() } else { format!("\tat a.b.C.d(C.java:{n})").into_bytes() }
        }),
    );
    add("causes without end", fill(&mut |n| format!("Caused by: a.b.Error{}: x", n % 3).into_bytes()));
    add(
        "pieces of containers' lines",
        fill(&mut |n| format!("2024-03-01T10:00:00.1Z stdout P part {n} of it").into_bytes()),
    );
    add(
        "docker's lines of one event",
        fill(&mut |n| {
            format!("{{\"log\":\"  at a.b(C.java:{n})\\n\",\"stream\":\"stdout\",\"time\":\"2024-03-01T10:00:00Z\"}}")
                .into_bytes()
        }),
    );
    add(
        "headers that nearly match",
        fill(&mut |n| {
            format!("2024-03-01 10:00:0{} 10.0.0.1 - - [01/Mar/2024:10:00:00 +0000 \"GET", n % 10).into_bytes()
        }),
    );
    add("words that never come again", fill(&mut |_| sentence(random, 8, 7)));
    add("500 words that never come again", fill(&mut |_| sentence(random, 500, 6)));
    add(
        "one leaf, states in every place",
        fill(&mut |_| {
            let states: Vec<&str> = (0..10).map(|_| random.pick(&STATES)).collect();
            states.join(" ").into_bytes()
        }),
    );
    add(
        "one leaf, one of two states in every place",
        fill(&mut |_| {
            let states: Vec<&str> = (0..24).map(|_| random.pick(&STATES[..2])).collect();
            states.join(" ").into_bytes()
        }),
    );
    add(
        "one leaf, one word differs",
        fill(&mut |_| {
            [
                b"the state of the unit is now ".to_vec(),
                word(random, 9).to_ascii_uppercase(),
                b" as it was asked for".to_vec(),
            ]
            .concat()
        }),
    );
    add(
        "widening in every place",
        fill(&mut |n| {
            format!("user {} did x{n} with id{n} on {}:{n} for /a/b{n}", n % 9999, random.below(99)).into_bytes()
        }),
    );
    add(
        "tokens of one hash",
        fill(&mut |_| (0..8).flat_map(|_| [colliding(random), b" ".to_vec()].concat()).collect()),
    );
    add(
        "services and threads that never come again",
        fill(&mut |n| {
            let mut line = b"2024-03-01T10:00:00Z ERROR 1 --- [".to_vec();
            line.extend([word(random, 9), format!("] [t-{n}] c.s.Main : lost {n} of it").into_bytes()].concat());
            line
        }),
    );
    add(
        "texts as values, each another",
        fill(&mut |n| {
            format!(
                "job{} ended with id={} and key={}",
                n % 50,
                n.wrapping_mul(7919),
                String::from_utf8_lossy(&word(random, 40))
            )
            .into_bytes()
        }),
    );
    // The arithmetic above is that of the library: otherwise its row would show nothing.
    let (one, two) = (colliding(random), colliding(random));
    assert!(one != two && TokenKey::of(&one) == TokenKey::of(&two) || cfg!(not(test)));
    inputs
}
