//! How many tokens a text has, without a tokenizer: a bound that holds for all, and an estimate.

/// A host's way to count the tokens of a text.
pub type CountTokens<'a> = &'a dyn Fn(&str) -> usize;

/// At most so many: one per byte. No tokenizer that works on bytes makes more, whatever the text.
///
/// ```
/// assert_eq!(drainrs::prompt::tokens_at_most("disk full"), 9);
/// ```
pub fn tokens_at_most(text: &str) -> usize {
    text.len()
}

/// About so many, rather too many: letters count a token for every three of a word, digits for every two of a number, and
/// any other character by itself, a blank before a word for nothing. For tokenizers with large vocabularies of English.
///
/// ```
/// use drainrs::prompt::tokens_about;
/// assert_eq!(tokens_about("disk full"), 4);
/// assert_eq!(tokens_about("took 1234 ms"), 2 + 2 + 1);
/// ```
pub fn tokens_about(text: &str) -> usize {
    let mut tokens = 0;
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        let run = |wanted: fn(&u8) -> bool, bytes: &mut std::iter::Peekable<std::str::Bytes<'_>>| {
            let mut length = 1_usize;
            while bytes.next_if(wanted).is_some() {
                length += 1;
            }
            length
        };
        tokens += match byte {
            b if b.is_ascii_alphabetic() => run(u8::is_ascii_alphabetic, &mut bytes).div_ceil(3),
            b if b.is_ascii_digit() => run(u8::is_ascii_digit, &mut bytes).div_ceil(2),
            b' ' => usize::from(!bytes.peek().is_some_and(u8::is_ascii_alphanumeric)),
            _ => 1,
        };
    }
    tokens
}
