//! Text for terminals: harmless, cut to a width in columns, in colour.

use unicode_width::UnicodeWidthChar;

use crate::{Class, Level, Placeholders};

/// Colours and weights, as the numbers of the escape sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    Plain,
    Bold,
    Dim,
    Red,
    BoldRed,
    Yellow,
    Green,
    Cyan,
    Blue,
    Magenta,
}

impl Ink {
    fn code(self) -> &'static str {
        match self {
            Ink::Plain => "",
            Ink::Bold => "1",
            Ink::Dim => "2",
            Ink::Red => "31",
            Ink::BoldRed => "1;31",
            Ink::Yellow => "33",
            Ink::Green => "32",
            Ink::Cyan => "36",
            Ink::Blue => "94",
            Ink::Magenta => "35",
        }
    }

    /// How a level is drawn: what matters stands out, the rest recedes.
    pub(crate) fn of_level(level: Level) -> Ink {
        match level {
            Level::Critical | Level::Fatal => Ink::BoldRed,
            Level::Error => Ink::Red,
            Level::Warn => Ink::Yellow,
            Level::Unknown | Level::Trace | Level::Debug => Ink::Dim,
            _ => Ink::Plain,
        }
    }

    /// How a placeholder is drawn: kinds of values by colour, what has no kind without.
    fn of_class(class: Class) -> Ink {
        match class {
            Class::Word => Ink::Dim,
            Class::Ip | Class::Mac | Class::Url | Class::Email => Ink::Green,
            Class::Timestamp | Class::Date | Class::Time | Class::Duration => Ink::Blue,
            Class::Path | Class::Quoted | Class::Mask(_) => Ink::Yellow,
            Class::Uuid | Class::Hex | Class::Id | Class::Pod | Class::Trace | Class::Base64 => Ink::Magenta,
            _ => Ink::Cyan,
        }
    }
}

/// Lays text out; in colour or without.
#[derive(Debug)]
pub(crate) struct Pen {
    colour: bool,
    /// The spellings of placeholders, and how they are drawn.
    spellings: Vec<(String, Ink)>,
}

impl Pen {
    pub(crate) fn new(colour: bool, placeholders: &Placeholders) -> Pen {
        let classes = (0..64).map(Class::from_index);
        let mut spellings: Vec<(String, Ink)> =
            classes.map(|class| (placeholders.spelling(class), Ink::of_class(class))).collect();
        // Unknown numbers are the wildcard, again and again; the first one of a name stays.
        let mut seen = Vec::new();
        spellings.retain(|(spelling, _)| {
            let new = !spelling.is_empty() && !seen.contains(spelling);
            seen.push(spelling.clone());
            new
        });
        Pen { colour, spellings }
    }

    /// Appends text in an ink.
    pub(crate) fn put(&self, out: &mut String, ink: Ink, text: &str) {
        if !self.colour || ink == Ink::Plain || text.is_empty() {
            out.push_str(text);
            return;
        }
        out.push_str("\u{1b}[");
        out.push_str(ink.code());
        out.push('m');
        out.push_str(text);
        out.push_str("\u{1b}[0m");
    }

    /// Appends a template of at most `width` columns. A placeholder is never cut: it is there or it is not.
    pub(crate) fn put_template(&self, out: &mut String, template: &str, width: usize) {
        let template = harmless(template);
        let fits = columns(&template) <= width;
        let mut left = if fits { width } else { width.saturating_sub(1) };
        let mut rest = template.as_str();
        while !rest.is_empty() {
            let next = self.first_placeholder(rest);
            let (plain, placeholder) = next.map_or((rest, None), |(at, hit)| (&rest[..at], Some(hit)));
            let kept = head(plain, left);
            self.put(out, Ink::Plain, kept);
            left -= columns(kept);
            let Some((spelling, ink)) =
                placeholder.filter(|(spelling, _)| kept.len() == plain.len() && columns(spelling) <= left)
            else {
                break;
            };
            self.put(out, *ink, spelling);
            left -= columns(spelling);
            rest = &rest[plain.len() + spelling.len()..];
        }
        if !fits && width > 0 {
            self.put(out, Ink::Dim, "…");
        }
    }

    fn first_placeholder(&self, text: &str) -> Option<(usize, &(String, Ink))> {
        let found = self.spellings.iter().filter_map(|known| text.find(&known.0).map(|at| (at, known)));
        // Of two at one place the longer one: a suffix may be empty.
        found.min_by_key(|(at, known)| (*at, usize::MAX - known.0.len()))
    }
}

/// What a terminal may be shown: control characters, which could move the cursor or rewrite the screen, and marks that turn
/// the direction of writing are replaced.
pub(crate) fn harmless(text: &str) -> String {
    let turns =
        |c: char| matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}');
    text.chars()
        .map(|c| match c {
            '\n' => '⏎',
            '\t' => ' ',
            c if c.is_control() || turns(c) => '·',
            c => c,
        })
        .collect()
}

/// How many columns text takes.
pub(crate) fn columns(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// The head of a text that takes at most `width` columns.
fn head(text: &str, width: usize) -> &str {
    let mut taken = 0;
    for (at, c) in text.char_indices() {
        taken += c.width().unwrap_or(0);
        if taken > width {
            return &text[..at];
        }
    }
    text
}

/// A harmless text of at most `width` columns; what is cut ends with an ellipsis.
pub(crate) fn fit(text: &str, width: usize) -> String {
    let text = harmless(text);
    if columns(&text) <= width {
        return text;
    }
    let mut cut = head(&text, width.saturating_sub(1)).to_owned();
    if width > 0 {
        cut.push('…');
    }
    cut
}

/// Blanks behind a text up to a width.
pub(crate) fn padding(text: &str, width: usize) -> String {
    " ".repeat(width.saturating_sub(columns(text)))
}

/// `12345` as `12,345`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1.3 M`, `12 k`, `950`.
pub(crate) fn rounded(number: f64) -> String {
    let (value, unit) = match number {
        n if n >= 1e9 => (n / 1e9, " G"),
        n if n >= 1e6 => (n / 1e6, " M"),
        n if n >= 1e3 => (n / 1e3, " k"),
        n => (n, ""),
    };
    if value < 9.95 && !unit.is_empty() { format!("{value:.1}{unit}") } else { format!("{value:.0}{unit}") }
}

/// Heights of eight steps; a dot where there is nothing.
pub(crate) fn sparkline(series: &[f64]) -> String {
    const STEPS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = series.iter().copied().fold(0.0, f64::max);
    let step = |value: f64| {
        #[allow(clippy::cast_sign_loss, reason = "counts are not negative")]
        let height = (value / most * 8.0).ceil() as usize;
        STEPS[height.clamp(1, 8) - 1]
    };
    // Less than a tenth of an event is the edge of a bucket, not an event.
    series.iter().map(|&value| if value > 0.1 { step(value) } else { ' ' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(template: &str, width: usize) -> String {
        let mut out = String::new();
        Pen::new(false, &Placeholders::default()).put_template(&mut out, template, width);
        out
    }

    #[test]
    fn a_placeholder_is_never_cut() {
        assert_eq!(drawn("to <IP> in <DURATION>", 40), "to <IP> in <DURATION>");
        assert_eq!(drawn("to <IP> in <DURATION>", 20), "to <IP> in …");
        assert_eq!(drawn("to <IP> in <DURATION>", 6), "to …");
        assert_eq!(drawn("a < b <c> <*>", 12), "a < b <c> …");
        assert_eq!(drawn("", 0), "");
        assert_eq!(drawn("x<IP>", 0), "");
    }

    #[test]
    fn text_is_cut_by_columns_not_bytes() {
        assert_eq!(fit("日本語ログ", 7), "日本語…");
        assert_eq!(fit("naïve", 5), "naïve");
        assert_eq!(fit("red \u{1b}[31m\n", 20), "red ·[31m⏎");
    }

    #[test]
    fn colours_are_put_around_placeholders() {
        let mut out = String::new();
        Pen::new(true, &Placeholders::default()).put_template(&mut out, "to <IP>", 20);
        assert_eq!(out, "to \u{1b}[32m<IP>\u{1b}[0m");
    }

    #[test]
    fn numbers_are_short_and_readable() {
        assert_eq!([grouped(7), grouped(1000), grouped(1_234_567)], ["7", "1,000", "1,234,567"]);
        assert_eq!(
            [rounded(950.0), rounded(1250.0), rounded(12_500.0), rounded(1.3e6)],
            ["950", "1.2 k", "12 k", "1.3 M"]
        );
        assert_eq!(sparkline(&[0.0, 1.0, 4.0, 8.0]), " ▁▄█");
    }
}
