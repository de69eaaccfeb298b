//! Numbers as people read them: `12 ms`, `1.5 MB`, `4,210`, `one in 10^7`.

use std::fmt;

use crate::text::Unit;

/// A number in its base unit, with three or four digits that matter.
pub(super) struct Shown(pub(super) f64, pub(super) Unit);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const TIMES: [(f64, &str); 6] =
            [(86_400.0, " d"), (3600.0, " h"), (60.0, " min"), (1.0, " s"), (1e-3, " ms"), (1e-6, " us")];
        const SIZES: [(f64, &str); 5] = [(1e15, " PB"), (1e12, " TB"), (1e9, " GB"), (1e6, " MB"), (1e3, " kB")];
        let Shown(value, unit) = *self;
        let steps: &[(f64, &str)] = match unit {
            Unit::Seconds => &TIMES,
            Unit::Bytes => &SIZES,
            Unit::Plain | Unit::Percent => &[],
        };
        let smallest = if unit == Unit::Seconds && value != 0.0 { (1e-9, " ns") } else { (1.0, unit.suffix()) };
        // Two whole units at least: 90 s rather than 1.5 min.
        let fits =
            |step: &&(f64, &str)| value.abs() >= step.0 * if step.0 > 1.0 && unit == Unit::Seconds { 2.0 } else { 1.0 };
        let (factor, suffix) = steps.iter().find(fits).copied().unwrap_or(smallest);
        plain(value / factor, f)?;
        f.write_str(suffix)
    }
}

/// A plain number: grouped by thousands, rounded to four digits or to a whole number; powers of ten where it is huge or tiny.
fn plain(value: f64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let size = value.abs();
    if size >= 1e15 || (size > 0.0 && size < 1e-4) {
        return write!(f, "{value:.2e}");
    }
    if size >= 1000.0 || value.fract().abs() < f64::EPSILON {
        let sign = if value < 0.0 { "-" } else { "" };
        #[allow(clippy::cast_sign_loss, reason = "a size is not negative")]
        let whole = size.round() as u64;
        return write!(f, "{sign}{}", Grouped(whole));
    }
    let digits = match size {
        100.0.. => 1,
        1.0.. => 2,
        0.1.. => 3,
        _ => 5,
    };
    let text = format!("{value:.digits$}");
    f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
}

/// A count with its thousands grouped.
pub(super) struct Grouped(pub(super) u64);

impl fmt::Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        let mut at = digits.len() % 3;
        f.write_str(digits.get(..at).unwrap_or_default())?;
        while let Some(group) = digits.get(at..at + 3) {
            if at > 0 {
                f.write_str(",")?;
            }
            f.write_str(group)?;
            at += 3;
        }
        Ok(())
    }
}

/// How rare a surprise is.
pub(super) struct OneIn(pub(super) f64);

impl fmt::Display for OneIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let power = self.0.floor();
        if power > 30.0 { f.write_str("less than one in 10^30") } else { write!(f, "one in 10^{power:.0}") }
    }
}

/// The head of a text, of at most so many bytes, on one line.
pub(super) fn head(text: &[u8], bytes: usize) -> String {
    let mut end = text.len().min(bytes);
    while end < text.len() && end > bytes.saturating_sub(3) && text.get(end).is_some_and(|byte| byte & 0xC0 == 0x80) {
        end -= 1;
    }
    String::from_utf8_lossy(text.get(..end).unwrap_or_default())
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        let shown = |value, unit| Shown(value, unit).to_string();
        for (value, unit, text) in [
            (50_000.0, Unit::Plain, "50,000"),
            (-1_234.5, Unit::Plain, "-1,235"),
            (12.3456, Unit::Plain, "12.35"),
            (0.0, Unit::Plain, "0"),
            (0.25, Unit::Plain, "0.25"),
            (1e20, Unit::Plain, "1.00e20"),
            (50.0, Unit::Seconds, "50 s"),
            (0.05, Unit::Seconds, "50 ms"),
            (90.0, Unit::Seconds, "90 s"),
            (7200.0, Unit::Seconds, "2 h"),
            (2.5e-6, Unit::Seconds, "2.5 us"),
            (0.0, Unit::Seconds, "0 s"),
            (1_500_000.0, Unit::Bytes, "1.5 MB"),
            (999.0, Unit::Bytes, "999 B"),
            (99.5, Unit::Percent, "99.5%"),
        ] {
            assert_eq!(shown(value, unit), text);
        }
        assert_eq!(OneIn(7.9).to_string(), "one in 10^7");
        assert_eq!(OneIn(300.0).to_string(), "less than one in 10^30");
        assert_eq!(Grouped(0).to_string(), "0");
        assert_eq!(head("aé".as_bytes(), 2), "a");
        assert_eq!(head(b"a\nb\xFF", 10), "a b\u{fffd}");
    }
}
