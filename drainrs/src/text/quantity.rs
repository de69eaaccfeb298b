//! What a number with its unit is worth: `50ms`, `0.05 s` and `50,000 us` are the same length of time.
//!
//! Takes the whole text of a value; gives a finite number in the base unit of its kind: seconds, bytes, percent, or plain.
//! Everything that the scanner (`scan::number`) takes for a number, a size, a length of time or a percentage is understood;
//! hexadecimal numbers, dates and lists are not quantities. `KB` is 1,000 bytes and `KiB` 1,024; `Mb` and `Mbps` are bits; what
//! is counted per second (`MB/s`) counts like what is counted. A number that is written twice, `1190 bytes (1.16 KB)`, is
//! worth what stands first.

use super::scan::{byte, is_digit};

/// The base unit of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Unit {
    /// A number of nothing that is said.
    #[default]
    Plain = 0,
    /// A length of time.
    Seconds = 1,
    /// An amount of data, or of data per second.
    Bytes = 2,
    /// A share of 100.
    Percent = 3,
}

impl Unit {
    /// How it is written behind a number: with a blank where one belongs there.
    ///
    /// ```
    /// assert_eq!(format!("{}{}", 2.5, drainrs::score::Unit::Seconds.suffix()), "2.5 s");
    /// ```
    pub fn suffix(self) -> &'static str {
        match self {
            Unit::Plain => "",
            Unit::Seconds => " s",
            Unit::Bytes => " B",
            Unit::Percent => "%",
        }
    }
}

/// A number in the base unit of its kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Quantity {
    pub(crate) value: f64,
    pub(crate) unit: Unit,
}

/// What a text is worth, if all of it is a quantity.
#[inline]
pub(crate) fn quantity(text: &[u8]) -> Option<Quantity> {
    // `<5ms`: less than, but that is all that is known.
    signed(text.strip_prefix(b"<").unwrap_or(text), true)
}

/// A number with its sign; `restated`: it may be said twice.
#[inline]
fn signed(text: &[u8], restated: bool) -> Option<Quantity> {
    let (negative, text) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let (number, end) = decimal(text)?;
    let mut found = Quantity { value: number, unit: Unit::Plain };
    if end < text.len() {
        found = with_unit(number, text.get(end..)?, restated)?;
    }
    if negative {
        found.value = -found.value;
    }
    found.value.is_finite().then_some(found)
}

/// A number and what stands behind it.
fn with_unit(number: f64, rest: &[u8], restated: bool) -> Option<Quantity> {
    let of = |unit, factor: f64| Quantity { value: number * factor, unit };
    if rest == b"%" {
        return Some(of(Unit::Percent, 1.0));
    }
    if restated && let [head @ .., b')'] = rest {
        // Said twice: the second number tells the unit where the first has none.
        let open = head.windows(2).position(|pair| pair == b" (")?;
        let again = signed(head.get(open + 2..)?, false)?;
        return match head.get(..open)? {
            b"" => Some(of(again.unit, 1.0)),
            unit => with_unit(number, unit, false),
        };
    }
    let unit = rest.strip_prefix(b" ").unwrap_or(rest);
    if let Some(factor) = seconds(unit) {
        return Some(of(Unit::Seconds, factor));
    }
    if let Some(factor) = bytes(unit) {
        return Some(of(Unit::Bytes, factor));
    }
    composite(number, rest)
}

/// `1h2m3.5s`: lengths of time, one behind the other.
fn composite(number: f64, rest: &[u8]) -> Option<Quantity> {
    let (mut sum, mut number, mut rest) = (0.0, number, rest);
    loop {
        let letters = rest.iter().take_while(|b| !is_digit(**b)).count();
        sum += number * seconds(rest.get(..letters)?)?;
        rest = rest.get(letters..)?;
        if rest.is_empty() {
            return Some(Quantity { value: sum, unit: Unit::Seconds });
        }
        let (next, end) = decimal(rest)?;
        number = next;
        rest = rest.get(end..)?;
    }
}

/// Seconds in a unit of time.
fn seconds(unit: &[u8]) -> Option<f64> {
    Some(match unit {
        b"ns" => 1e-9,
        b"us" | b"\xC2\xB5s" | b"\xCE\xBCs" => 1e-6,
        b"ms" | b"msec" | b"msecs" => 1e-3,
        b"s" | b"sec" | b"secs" | b"second" | b"seconds" => 1.0,
        b"m" | b"min" | b"mins" | b"minute" | b"minutes" => 60.0,
        b"h" | b"hour" | b"hours" => 3600.0,
        b"d" | b"day" | b"days" => 86_400.0,
        _ => return None,
    })
}

/// Bytes in a unit of data, perhaps per second.
fn bytes(unit: &[u8]) -> Option<f64> {
    let unit = unit.strip_suffix(b"/s").unwrap_or(unit);
    if matches!(unit, b"B" | b"byte" | b"bytes" | b"Byte" | b"Bytes") {
        return Some(1.0);
    }
    let (prefix, rest) = unit.split_first()?;
    let power = match prefix {
        b'k' | b'K' => 1,
        b'm' | b'M' => 2,
        b'g' | b'G' => 3,
        b'T' => 4,
        b'P' => 5,
        _ => return None,
    };
    let (thousand, rest) = rest.strip_prefix(b"i").map_or((1000.0_f64, rest), |rest| (1024.0, rest));
    let one = match rest {
        // `7680M`
        b"" | b"B" => 1.0,
        b"b" | b"bps" => 0.125,
        _ => return None,
    };
    Some((0..power).fold(one, |product, _| product * thousand))
}

/// More digits than these are only counted.
const MAX_DIGITS: u32 = 19;

/// The decimal number that a text begins with and where it ends: digits, groups of thousands, a fraction, an exponent.
#[inline]
fn decimal(text: &[u8]) -> Option<(f64, usize)> {
    let mut digits = Digits::default();
    let mut end = digits.take(text, 0);
    if end == 0 {
        return None;
    }
    if byte(text, end) == b',' && end <= 3 {
        while byte(text, end) == b',' {
            let group = digits.take(text, end + 1);
            if group - end != 4 {
                return None;
            }
            end = group;
        }
    }
    let mut power = 0_i64;
    if byte(text, end) == b'.' && is_digit(byte(text, end + 1)) {
        let start = end + 1;
        end = digits.take(text, start);
        power -= i64::from((end - start).min(1 << 30) as u32);
    }
    power += i64::from(digits.dropped);
    if byte(text, end) | 0x20 == b'e' {
        let sign = byte(text, end + 1);
        let start = end + 1 + usize::from(matches!(sign, b'+' | b'-'));
        let mut exponent = Digits::default();
        let after = exponent.take(text, start);
        if after > start {
            let size = if exponent.dropped > 0 { 1_000_000 } else { i64::from(exponent.value.min(1_000_000) as u32) };
            power += if sign == b'-' { -size } else { size };
            end = after;
        }
    }
    Some((scaled(digits.value, power), end))
}

/// Digits read so far: as a number, and how many had no room in it.
#[derive(Debug, Default)]
struct Digits {
    value: u64,
    count: u32,
    dropped: u32,
}

impl Digits {
    /// Reads the digits from `at` on; gives their end.
    #[inline]
    fn take(&mut self, text: &[u8], at: usize) -> usize {
        let mut end = at;
        while is_digit(byte(text, end)) {
            if self.count < MAX_DIGITS {
                self.value = self.value * 10 + u64::from(byte(text, end) - b'0');
                self.count += u32::from(self.value > 0);
            } else {
                self.dropped += 1;
            }
            end += 1;
        }
        end
    }
}

/// `value * 10^power`, right to the last bit where a plain number of a log would be, and nearly so everywhere.
#[inline]
fn scaled(value: u64, power: i64) -> f64 {
    const POWERS: [f64; 23] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ];
    let mut number = value as f64;
    let mut left = power.unsigned_abs();
    // Nothing to scale, or so far that the result is 0 or infinite.
    while left > 0 && number != 0.0 && number.is_finite() {
        let step = left.min(22);
        let factor = POWERS.get(step as usize).copied().unwrap_or(1.0);
        number = if power < 0 { number / factor } else { number * factor };
        left -= step;
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::scan::number as scanner;

    fn worth(text: &str) -> Option<(f64, Unit)> {
        quantity(text.as_bytes()).map(|found| (found.value, found.unit))
    }

    #[test]
    fn plain_numbers() {
        for (text, value) in [
            ("0", 0.0),
            ("42", 42.0),
            ("-5", -5.0),
            ("+12", 12.0),
            ("-0.25", -0.25),
            ("4,150,908", 4_150_908.0),
            ("1,234.50", 1234.5),
            ("1e-5", 1e-5),
            ("2.5E+10", 2.5e10),
            ("000123", 123.0),
            ("0.000000000000000000000001", 1e-24),
            ("1e308", 1e308),
            ("1e-999999999999999999999999", 0.0),
            ("9007199254740993", 9_007_199_254_740_992.0),
            ("123456789012345678901234567890", 1.234_567_890_123_456_8e29),
            ("0.1", 0.1),
        ] {
            let (found, unit) = worth(text).unwrap();
            assert!((found - value).abs() <= value.abs() * f64::EPSILON, "{text}: {found}");
            assert_eq!(unit, Unit::Plain, "{text}");
        }
    }

    #[test]
    fn units() {
        for (text, value, unit) in [
            ("50ms", 0.05, Unit::Seconds),
            ("50 s", 50.0, Unit::Seconds),
            ("7\u{b5}s", 7e-6, Unit::Seconds),
            ("7\u{3bc}s", 7e-6, Unit::Seconds),
            ("250us", 250e-6, Unit::Seconds),
            ("8ns", 8e-9, Unit::Seconds),
            ("<1 sec", 1.0, Unit::Seconds),
            ("2 hours", 7200.0, Unit::Seconds),
            ("3d", 259_200.0, Unit::Seconds),
            ("1h2m3.5s", 3723.5, Unit::Seconds),
            ("-2h45m", -9900.0, Unit::Seconds),
            ("10B", 10.0, Unit::Bytes),
            ("67108864 bytes", 67_108_864.0, Unit::Bytes),
            ("2.1 KB", 2100.0, Unit::Bytes),
            ("7MiB", 7_340_032.0, Unit::Bytes),
            ("125312k", 125_312_000.0, Unit::Bytes),
            ("100Mbps", 12_500_000.0, Unit::Bytes),
            ("10MB/s", 10_000_000.0, Unit::Bytes),
            ("1190 bytes (1.16 KB)", 1190.0, Unit::Bytes),
            ("2048 (2 KiB)", 2048.0, Unit::Bytes),
            ("93%", 93.0, Unit::Percent),
        ] {
            let (found, its) = worth(text).unwrap_or_else(|| panic!("{text} is a quantity"));
            assert!((found - value).abs() <= value.abs() * 1e-12, "{text}: {found}");
            assert_eq!(its, unit, "{text}");
        }
    }

    #[test]
    fn what_is_no_quantity() {
        for text in [
            "",
            "-",
            "<",
            "0x1f",
            "abc",
            "1.2.3",
            "1,2",
            "1,2345",
            "5 apples",
            "10:20:30",
            "2024-05-06",
            "1e999",
            "--5",
            "5 ",
            " 5",
            "5ms3",
            "5 (",
            "5 )",
            "(5)",
            "5 (x)",
            "5%%",
            "1h2",
            "NaN",
            "inf",
            "1_000",
            "\u{661}",
        ] {
            assert_eq!(worth(text), None, "{text}");
        }
        assert_eq!(quantity(b"\xFF5"), None);
        assert_eq!(worth(&format!("{}5{}", "1 (".repeat(100_000), ")".repeat(100_000))), None, "said twice, no more");
    }

    #[test]
    fn what_the_scanner_takes_is_understood() {
        let numbers = ["7", "12", "1250", "3.25", "4,150,908", "10.5"];
        let units = [
            "",
            "%",
            "B",
            "KB",
            "kb",
            "MiB",
            "Gbps",
            "MB/s",
            " bytes",
            " byte",
            "k",
            "M",
            "Tb",
            "P",
            "PiB",
            "ns",
            "us",
            "ms",
            " ms",
            "msec",
            "msecs",
            "s",
            "sec",
            "secs",
            " seconds",
            " sec",
            "m",
            "min",
            "mins",
            " minutes",
            "h",
            " hours",
            "d",
            " day",
            "\u{b5}s",
            "h30m",
            "m30.5s",
            "d1h1m1s1ms1us1ns",
            "e5",
            "E-3",
            "e+7",
        ];
        let mut taken = 0;
        for text in numbers.iter().flat_map(|number| units.iter().map(move |unit| format!("{number}{unit}"))) {
            let digits = crate::text::scan::digits_end(text.as_bytes(), 0);
            let end = scanner::decimal_end(text.as_bytes(), 0, digits);
            let Some((end, kind)) = scanner::quantity(text.as_bytes(), end) else { continue };
            if end < text.len() {
                continue;
            }
            taken += 1;
            let unit = match kind {
                scanner::Quantity::Number => Unit::Plain,
                scanner::Quantity::Size => Unit::Bytes,
                scanner::Quantity::Duration => Unit::Seconds,
                scanner::Quantity::Percent => Unit::Percent,
            };
            assert_eq!(worth(&text).map(|found| found.1), Some(unit), "{text}");
        }
        assert!(taken > 200, "{taken}");
    }
}
