//! A list of strings as Python writes it: what `ast.literal_eval` makes of `["_", '\x3d', r"\."]`.

/// The strings of a list, a tuple or a set; the characters of a single string, because Drain3 iterates over what it reads.
pub(super) fn strings(text: &str) -> Result<Vec<String>, String> {
    let mut reader = Reader { rest: text.trim_start_matches([' ', '\t']) };
    reader.blanks();
    let close = match reader.peek() {
        Some('[') => ']',
        Some('(') => ')',
        Some('{') => '}',
        _ => {
            let single = reader.string()?;
            return reader.end().map(|()| single.chars().map(String::from).collect());
        }
    };
    reader.take();
    let mut found = Vec::new();
    let mut commas = 0;
    loop {
        reader.blanks();
        if reader.eat(close) {
            break;
        }
        if found.len() > commas {
            return Err(format!("expected a comma or {close} before {:?}", reader.rest));
        }
        found.push(reader.string()?);
        reader.blanks();
        if reader.eat(',') {
            commas += 1;
        }
    }
    reader.end()?;
    match (close, commas, found.first()) {
        // Parentheses without a comma are no tuple.
        (')', 0, Some(only)) => Ok(only.chars().map(String::from).collect()),
        ('}', _, None) => Ok(Vec::new()), // an empty dictionary
        // A set has no order, and Drain3's result would depend on it.
        ('}', ..) => Err("a set has no order; write a list".to_owned()),
        _ => Ok(found),
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn take(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn eat(&mut self, wanted: char) -> bool {
        let fits = self.peek() == Some(wanted);
        if fits {
            self.take();
        }
        fits
    }

    /// White space and comments.
    fn blanks(&mut self) {
        loop {
            self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r', '\x0c']);
            if !self.rest.starts_with('#') {
                return;
            }
            self.rest = self.rest.find('\n').map_or("", |end| &self.rest[end..]);
        }
    }

    fn end(&mut self) -> Result<(), String> {
        self.blanks();
        if self.rest.is_empty() { Ok(()) } else { Err(format!("unexpected {:?}", self.rest)) }
    }

    /// One or more string literals side by side, which Python joins.
    fn string(&mut self) -> Result<String, String> {
        let mut value = String::new();
        self.piece(&mut value)?;
        loop {
            self.blanks();
            let quote = self.rest.find(['"', '\'']);
            let prefix = quote.and_then(|end| self.rest.get(..end));
            if !prefix.is_some_and(|prefix| prefix.len() <= 2 && prefix.chars().all(|c| c.is_ascii_alphabetic())) {
                return Ok(value);
            }
            self.piece(&mut value)?;
        }
    }

    fn piece(&mut self, value: &mut String) -> Result<(), String> {
        let mut raw = false;
        match self.peek() {
            Some('r' | 'R') => {
                raw = true;
                self.take();
            }
            Some('u' | 'U') => {
                self.take();
            }
            _ => {}
        }
        let quote = match self.peek() {
            Some(quote @ ('"' | '\'')) => quote,
            Some(_) => return Err(format!("expected a string at {:?}", self.rest)),
            None => return Err("expected a string at the end".to_owned()),
        };
        let triple: String = std::iter::repeat_n(quote, 3).collect();
        let is_triple = self.rest.starts_with(&triple);
        let end = if is_triple { triple.as_str() } else { &triple[..1] };
        self.rest = self.rest.strip_prefix(end).unwrap_or_default();
        loop {
            if let Some(after) = self.rest.strip_prefix(end) {
                self.rest = after;
                return Ok(());
            }
            match self.take() {
                None => return Err("a string is not closed".to_owned()),
                Some('\n') if !is_triple => return Err("a string is not closed on its line".to_owned()),
                Some('\\') if raw => {
                    value.push('\\');
                    value.extend(self.take());
                }
                Some('\\') => self.escape(value)?,
                Some(c) => value.push(c),
            }
        }
    }

    fn escape(&mut self, value: &mut String) -> Result<(), String> {
        let Some(c) = self.take() else { return Err("a string is not closed".to_owned()) };
        let code = match c {
            '\n' => return Ok(()),
            '\\' | '\'' | '"' => u32::from(c),
            'a' => 7,
            'b' => 8,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'v' => 11,
            'x' => self.hex(2)?,
            'u' => self.hex(4)?,
            'U' => self.hex(8)?,
            'N' => return Err("\\N{...} is not supported; write the character".to_owned()),
            '0'..='7' => {
                let mut digits = c.to_string();
                while let Some(digit @ '0'..='7') = self.peek()
                    && digits.len() < 3
                {
                    digits.push(digit);
                    self.take();
                }
                u32::from_str_radix(&digits, 8).unwrap_or_default()
            }
            other => {
                // Python keeps the backslash of an escape that it does not know.
                value.push('\\');
                u32::from(other)
            }
        };
        value.push(char::from_u32(code).ok_or_else(|| format!("U+{code:X} is not a character"))?);
        Ok(())
    }

    fn hex(&mut self, count: usize) -> Result<u32, String> {
        let digits: String = self.rest.chars().take(count).take_while(char::is_ascii_hexdigit).collect();
        self.rest = &self.rest[digits.len()..];
        let value = u32::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == count);
        value.ok_or_else(|| format!("an escape needs {count} digits, found {digits:?}"))
    }
}

#[cfg(test)]
mod tests {
    use super::strings;

    #[test]
    fn literals_are_read_as_python_reads_them() {
        for (text, expected) in [
            ("[]", vec![]),
            ("()", vec![]),
            ("['a', \"b\"]", vec!["a", "b"]),
            ("('a',)", vec!["a"]),
            ("('ab')", vec!["a", "b"]),
            ("'ab'", vec!["a", "b"]),
            ("['a' 'b', # no\n 'c']", vec!["ab", "c"]),
            (r"['\t', '\x41\102', '\.', r'\\', '\'']", vec!["\t", "AB", "\\.", "\\\\", "'"]),
            ("['''a'b''', \"\"]", vec!["a'b", ""]),
        ] {
            assert_eq!(strings(text).unwrap(), expected, "{text}");
        }
        for bad in ["", "[", "['a'", "['a' 1]", "[1]", "[b'a']", "['a']x", r"['\x1']", "[,]", "{'a'}", "['a\nb']", "a"]
        {
            assert!(strings(bad).is_err(), "{bad}");
        }
    }
}
