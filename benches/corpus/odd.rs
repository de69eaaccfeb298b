//! Lines of random shapes: nothing that one program would write, and everything that many may.

use std::io::Write as _;

use super::random::Random;

fn word(random: &mut Random, line: &mut Vec<u8>) {
    for _ in 0..random.between(1, 12) {
        line.push(b'a' + random.below(26) as u8);
    }
}

fn value(random: &mut Random, line: &mut Vec<u8>) {
    let n = random.below(1_000_000);
    let _ = match random.below(6) {
        0 => write!(line, "{n}"),
        1 => write!(line, "10.{}.{}.7", n % 250, n / 250 % 250),
        2 => write!(line, "0x{n:x}"),
        3 => write!(line, "{}.{} ms", n / 1000, n % 1000),
        4 => write!(line, "/var/{n}/log"),
        _ => write!(line, "id-{n:08x}"),
    };
}

/// A line of a random shape: a statement with values, words that never come again (one line in `births`), bytes, an object, a piece of a
/// trace.
pub fn odd_line(random: &mut Random, n: u64, births: u64, line: &mut Vec<u8>) {
    line.clear();
    let second = n / 1000;
    let _ = match random.below(20) {
        0 => write!(line, "java.io.IOException: "),
        1 => write!(line, "\tat a.b.C.d(C.java:{})", n % 99),
        2 => write!(line, "{{\"level\":\"error\",\"msg\":\"lost {}\",\"n\":{n}}}", n % 1000),
        3 if random.below(births.div_ceil(4)) == 0 => {
            line.extend((0..random.below(200)).map(|_| random.bits() as u8));
            return;
        }
        _ => {
            let (minute, level) = (second / 60, random.pick(&["INFO", "WARN", "ERROR", "DEBUG"]));
            let thread = random.skewed(5000, 3);
            write!(
                line,
                "2024-03-{:02}T{:02}:{:02}:{:02}Z {level} 1 --- [s{}] [t-{thread}] c.s.Main : ",
                1 + minute / 1440 % 28,
                minute / 60 % 24,
                minute % 60,
                second % 60,
                random.skewed(6000, 4)
            )
        }
    };
    if random.below(births) > 0 {
        // A statement of the program.
        let _ = write!(line, "statement number-{} of", (b'a' + random.skewed(20, 2) as u8) as char);
        for _ in 0..random.skewed(12, 2) {
            line.push(b' ');
            value(random, line);
        }
        return;
    }
    for _ in 0..random.skewed(80, 3) {
        word(random, line);
        line.push(b' ');
    }
}
