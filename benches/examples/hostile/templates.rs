//! Lines that are chosen for the templates they make: many, near to each other, never one.

use drainrs_bench::corpus::Random;

use super::input::Input;
use super::shapes::{Shape, lines};

/// A word that no other number makes: five letters or more.
fn word(number: u64) -> String {
    let mut left = number;
    let mut word = String::new();
    for _ in 0..5 {
        word.push(char::from(b'g' + (left % 20) as u8));
        left /= 20;
    }
    word
}

/// One of the words that say which state something is in: they prove nothing until many have been seen.
const STATES: [&str; 8] = ["started", "stopped", "failed", "closed", "opened", "denied", "active", "idle"];

/// Lines of as many words as `length`, each of which `choose` picks by line and place.
fn worded(length: usize, choose: impl Fn(u64, u64, &mut Random) -> String + 'static) -> impl Fn(usize) -> Input {
    move |bytes| {
        let mut random = Random::new(7);
        lines(bytes, |line| {
            let words: Vec<String> = (0..length).map(|at| choose(line as u64, at as u64, &mut random)).collect();
            words.join(" ").into_bytes()
        })
    }
}

/// All shapes.
pub(crate) fn all() -> Vec<Shape> {
    let mut shapes = Vec::new();
    for length in [2, 8, 20, 60, 64, 300] {
        let mut add = |name: &str, make: Box<dyn Fn(usize) -> Input>| {
            shapes.push(Shape::of_templates(&format!("{name}, {length} tokens"), make));
        };
        add("words at random", Box::new(worded(length, |_, _, random| word(random.below(3_000_000)))));
        add(
            "letters at random",
            Box::new(worded(length, |_, _, random| char::from(b'a' + random.below(26) as u8).to_string())),
        );
        add(
            "one of two words in every place",
            Box::new(worded(length, |_, at, random| word(2 * at + random.below(2)))),
        );
        add(
            "one of eight states in every place",
            Box::new(worded(length, |_, _, random| random.pick(&STATES).to_owned())),
        );
        add(
            "one of two states in every place, a word before each",
            Box::new(worded(
                length,
                |_, at, random| {
                    if at % 2 == 0 { word(at) } else { STATES[random.below(2) as usize].to_owned() }
                },
            )),
        );
        add(
            "the same words but for two side by side",
            Box::new(worded(length, move |line, at, _| {
                if (at + 2) as usize >= length { word(line * 2 + at % 2 + 100_000) } else { word(at) }
            })),
        );
        add(
            "one half the same, one half at random",
            Box::new(worded(
                length,
                |_, at, random| {
                    if at % 2 == 0 { word(at) } else { word(random.below(3_000_000)) }
                },
            )),
        );
        add(
            "a little less than half the same",
            Box::new(worded(length, move |_, at, random| {
                if (at as usize) * 2 + 2 < length { word(at) } else { word(random.below(3_000_000)) }
            })),
        );
        add(
            "keys with states as values",
            Box::new(worded(length, |_, at, random| format!("{}={}", word(at), random.pick(&STATES)))),
        );
        add(
            "keys with words as values",
            Box::new(worded(length, |_, at, random| format!("{}={}", word(at), word(random.below(3_000_000))))),
        );
        add(
            "numbers among words at random",
            Box::new(worded(length, |_, at, random| {
                if at % 3 == 2 { random.below(1000).to_string() } else { word(random.below(3_000_000)) }
            })),
        );
        add(
            "one of three words, some places values",
            Box::new(worded(length, |_, at, random| match at % 4 {
                3 => format!("{}.{}", random.below(3), word(random.below(50))),
                _ => word(at * 3 + random.below(3)),
            })),
        );
        add(
            "long words at random",
            Box::new(worded(length, |_, _, random| {
                format!(
                    "{}{}{}",
                    word(random.below(3_000_000)),
                    word(random.below(3_000_000)),
                    word(random.below(3_000_000))
                )
            })),
        );
    }
    shapes.push(Shape::of_templates("a line of every length", |bytes| {
        lines(bytes, |line| "w ".repeat(line % 600 + 1).into_bytes())
    }));
    shapes.push(Shape::of_templates("values that lose their edges one by one", |bytes| {
        lines(bytes, |line| format!("got value=({}) now", "(".repeat(line % 250)).into_bytes())
    }));
    shapes.push(Shape::of_templates("a new service and session in every line", |bytes| {
        lines(bytes, |line| {
            format!("2024-05-06 12:00:{:02} INFO [thread-{line}] com.example.Service{line} - request req_{line:08x}z9 took {line} ms", line / 1000 % 60)
                .into_bytes()
        })
    }));
    shapes.push(Shape::of_templates("syslog of a new program in every line", |bytes| {
        lines(bytes, |line| {
            format!("May  6 12:00:00 host{line} prog{line}[{line}]: session {} opened", word(line as u64)).into_bytes()
        })
    }));
    shapes.push(Shape::of_templates("huge values", |bytes| {
        lines(bytes, |line| format!("took {}{} ms for /{}", line, "9".repeat(3000), "a/".repeat(1500)).into_bytes())
    }));
    shapes.push(Shape::of_templates("different values in many places", |bytes| {
        let mut random = Random::new(9);
        lines(bytes, move |_| {
            let pairs: Vec<String> = (0..60).map(|at| format!("k{}={}", word(at), random.below(1 << 40))).collect();
            pairs.join(" ").into_bytes()
        })
    }));
    shapes
}
