//! What Python means by white space and by a digit: Drain3's tokens and its "does this token hold a digit" depend on it.
//!
//! Both differ from Rust's own: `str.isspace` counts the separators U+001C to U+001F, and `str.isdigit` counts superscripts
//! and circled digits (`\u{b2}`, `\u{2460}`) but no fractions and no Roman numerals.

/// The digits beyond ASCII (Unicode 14, the version of the Python releases in wide use): first and last of each run.
/// Written by `for c in range(0x80, 0x110000): chr(c).isdigit()`.
#[rustfmt::skip]
const DIGITS: [(u32, u32); 80] = [
    (0x00B2, 0x00B3),
    (0x00B9, 0x00B9),
    (0x0660, 0x0669),
    (0x06F0, 0x06F9),
    (0x07C0, 0x07C9),
    (0x0966, 0x096F),
    (0x09E6, 0x09EF),
    (0x0A66, 0x0A6F),
    (0x0AE6, 0x0AEF),
    (0x0B66, 0x0B6F),
    (0x0BE6, 0x0BEF),
    (0x0C66, 0x0C6F),
    (0x0CE6, 0x0CEF),
    (0x0D66, 0x0D6F),
    (0x0DE6, 0x0DEF),
    (0x0E50, 0x0E59),
    (0x0ED0, 0x0ED9),
    (0x0F20, 0x0F29),
    (0x1040, 0x1049),
    (0x1090, 0x1099),
    (0x1369, 0x1371),
    (0x17E0, 0x17E9),
    (0x1810, 0x1819),
    (0x1946, 0x194F),
    (0x19D0, 0x19DA),
    (0x1A80, 0x1A89),
    (0x1A90, 0x1A99),
    (0x1B50, 0x1B59),
    (0x1BB0, 0x1BB9),
    (0x1C40, 0x1C49),
    (0x1C50, 0x1C59),
    (0x2070, 0x2070),
    (0x2074, 0x2079),
    (0x2080, 0x2089),
    (0x2460, 0x2468),
    (0x2474, 0x247C),
    (0x2488, 0x2490),
    (0x24EA, 0x24EA),
    (0x24F5, 0x24FD),
    (0x24FF, 0x24FF),
    (0x2776, 0x277E),
    (0x2780, 0x2788),
    (0x278A, 0x2792),
    (0xA620, 0xA629),
    (0xA8D0, 0xA8D9),
    (0xA900, 0xA909),
    (0xA9D0, 0xA9D9),
    (0xA9F0, 0xA9F9),
    (0xAA50, 0xAA59),
    (0xABF0, 0xABF9),
    (0xFF10, 0xFF19),
    (0x104A0, 0x104A9),
    (0x10A40, 0x10A43),
    (0x10D30, 0x10D39),
    (0x10E60, 0x10E68),
    (0x11052, 0x1105A),
    (0x11066, 0x1106F),
    (0x110F0, 0x110F9),
    (0x11136, 0x1113F),
    (0x111D0, 0x111D9),
    (0x112F0, 0x112F9),
    (0x11450, 0x11459),
    (0x114D0, 0x114D9),
    (0x11650, 0x11659),
    (0x116C0, 0x116C9),
    (0x11730, 0x11739),
    (0x118E0, 0x118E9),
    (0x11950, 0x11959),
    (0x11C50, 0x11C59),
    (0x11D50, 0x11D59),
    (0x11DA0, 0x11DA9),
    (0x16A60, 0x16A69),
    (0x16AC0, 0x16AC9),
    (0x16B50, 0x16B59),
    (0x1D7CE, 0x1D7FF),
    (0x1E140, 0x1E149),
    (0x1E2F0, 0x1E2F9),
    (0x1E950, 0x1E959),
    (0x1F100, 0x1F10A),
    (0x1FBF0, 0x1FBF9),
];

/// Whether a character is white space for `str.strip` and `str.split` without arguments, and for `\s`.
#[inline]
pub(crate) fn python_space(c: char) -> bool {
    match u32::from(c) {
        code @ 0..0x80 => ascii_space(code as u8),
        0x85 | 0xA0 | 0x1680 | 0x2000..=0x200A | 0x2028 | 0x2029 | 0x202F | 0x205F | 0x3000 => true,
        _ => false,
    }
}

/// The same for one ASCII byte; bytes of longer characters are not white space.
#[inline]
pub(crate) const fn ascii_space(byte: u8) -> bool {
    matches!(byte, b' ' | 0x09..=0x0D | 0x1C..=0x1F)
}

/// Whether a token holds a digit: Python's `any(c.isdigit() for c in token)`. Invalid UTF-8 is no digit.
pub(crate) fn has_digit(token: &[u8]) -> bool {
    if token.iter().any(u8::is_ascii_digit) {
        return true;
    }
    // Tokens are short: one more look at the bytes costs less than decoding them.
    !token.is_ascii() && token.utf8_chunks().any(|chunk| chunk.valid().chars().any(wide_digit))
}

fn wide_digit(c: char) -> bool {
    let code = u32::from(c);
    let at = DIGITS.partition_point(|&(_, last)| last < code);
    DIGITS.get(at).is_some_and(|&(first, _)| first <= code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_of_python() {
        for yes in ["a1", "0", "x\u{b2}", "\u{663}", "\u{2460}", "\u{ff19}", "\u{1d7ce}", "\u{1fbf9}"] {
            assert!(has_digit(yes.as_bytes()), "{yes}");
        }
        for no in ["", "abc", "\u{bd}", "\u{2167}", "\u{4e09}", "\u{7f}\u{80}", "\u{1fbfa}"] {
            assert!(!has_digit(no.as_bytes()), "{no}");
        }
        assert!(has_digit(b"\xff\xb21"));
        assert!(!has_digit(b"\xff\xb2"));
    }

    #[test]
    fn white_space_is_that_of_python() {
        let found = (0..0x11_0000).filter_map(char::from_u32).filter(|&c| python_space(c)).count();
        assert_eq!(found, 29);
        assert!(python_space('\u{1c}') && python_space('\u{85}') && !python_space('\u{200b}'));
    }
}
