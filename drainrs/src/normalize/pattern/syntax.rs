//! Reads a pattern as Python's `re` reads it (3.11, `str` patterns) into a tree that both engines are made from.

use super::set::CharSet;

/// Nesting beyond this is refused: the tree is walked recursively.
const MAX_DEPTH: u32 = 100;

/// A pattern as a tree. Classes already contain what the flags add to them.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Set(CharSet),
    Concat(Vec<Node>),
    Alt(Vec<Node>),
    Repeat {
        node: Box<Node>,
        min: u32,
        max: Option<u32>,
        kind: Greed,
    },
    /// A capturing group with its number, or a group for precedence only.
    Group(Option<u32>, Box<Node>),
    Look {
        behind: bool,
        negative: bool,
        node: Box<Node>,
    },
    Atomic(Box<Node>),
    Backref {
        group: u32,
        fold: bool,
    },
    IfGroup {
        group: u32,
        yes: Box<Node>,
        no: Box<Node>,
    },
    Assert(Assertion),
}

/// How a repetition chooses between one more and enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Greed {
    Greedy,
    Lazy,
    Possessive,
}

/// An assertion about the place between two characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Assertion {
    /// `\A`, and `^` without `(?m)`.
    Start,
    /// `\Z`.
    End,
    /// `$` without `(?m)`: the end, or before a newline at the end.
    EndOrNewline,
    /// `^` under `(?m)`.
    LineStart,
    /// `$` under `(?m)`.
    LineEnd,
    /// `\b`, or `\B` when `negative`.
    Word { negative: bool, ascii: bool },
}

impl Node {
    pub(super) fn empty() -> Node {
        Node::Concat(Vec::new())
    }

    /// The smallest and largest number of characters of a match; `None` stands for no limit.
    pub(super) fn width(&self) -> (u32, Option<u32>) {
        match self {
            Node::Set(_) => (1, Some(1)),
            Node::Concat(nodes) => nodes.iter().fold((0, Some(0)), |sum, node| {
                let width = node.width();
                let max = sum.1.zip(width.1).and_then(|(a, b): (u32, u32)| a.checked_add(b));
                (sum.0.saturating_add(width.0), max)
            }),
            Node::Alt(nodes) => {
                let widths = || nodes.iter().map(Node::width);
                let max = widths().map(|w| w.1).try_fold(0, |most, max| Some(most.max(max?)));
                (widths().map(|w| w.0).min().unwrap_or(0), max)
            }
            Node::Repeat { node, min, max, .. } => {
                let width = node.width();
                let most = match (width.1, max) {
                    (Some(0), _) => Some(0),
                    (Some(each), Some(times)) => each.checked_mul(*times),
                    _ => None,
                };
                (width.0.saturating_mul(*min), most)
            }
            Node::Group(_, node) | Node::Atomic(node) => node.width(),
            Node::Backref { .. } => (0, None),
            Node::IfGroup { yes, no, .. } => {
                let (yes, no) = (yes.width(), no.width());
                (yes.0.min(no.0), yes.1.zip(no.1).map(|(a, b)| a.max(b)))
            }
            Node::Look { .. } | Node::Assert(_) => (0, Some(0)),
        }
    }

    /// Whether a match may be empty.
    pub(super) fn is_nullable(&self) -> bool {
        self.width().0 == 0
    }
}

/// What was read.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) node: Node,
    /// The number of capturing groups.
    pub(super) groups: u32,
    /// Whether a group's text matters: a backreference or a condition.
    pub(super) uses_groups: bool,
}

/// Reads a pattern.
pub(super) fn parse(pattern: &str) -> Result<Parsed, String> {
    let mut reader = Reader {
        text: pattern.chars().collect(),
        at: 0,
        names: Vec::new(),
        open: Vec::new(),
        groups: 0,
        uses_groups: false,
    };
    let node = reader.alternatives(&mut Flags::default(), 0)?;
    if reader.at < reader.text.len() {
        return Err(reader.wrong("unbalanced parenthesis"));
    }
    Ok(Parsed { node, groups: reader.groups, uses_groups: reader.uses_groups })
}

#[allow(clippy::struct_excessive_bools, reason = "they are independent switches")]
#[derive(Debug, Clone, Copy, Default)]
struct Flags {
    ignore_case: bool,
    multi_line: bool,
    dot_all: bool,
    verbose: bool,
    ascii: bool,
}

struct Reader {
    text: Vec<char>,
    at: usize,
    names: Vec<(String, u32)>,
    /// The groups that are not closed yet.
    open: Vec<u32>,
    groups: u32,
    uses_groups: bool,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek();
        self.at += usize::from(c.is_some());
        c
    }

    fn eat(&mut self, wanted: &str) -> bool {
        let fits = wanted.chars().enumerate().all(|(i, c)| self.text.get(self.at + i) == Some(&c));
        if fits {
            self.at += wanted.chars().count();
        }
        fits
    }

    fn wrong(&self, what: &str) -> String {
        format!("{what} at position {}", self.at)
    }

    /// Everything up to a character, which is taken too.
    fn until(&mut self, end: char) -> Result<String, String> {
        let mut found = String::new();
        loop {
            match self.next() {
                Some(c) if c == end => return Ok(found),
                Some(c) => found.push(c),
                None => return Err(self.wrong(&format!("missing {end}"))),
            }
        }
    }

    fn alternatives(&mut self, flags: &mut Flags, depth: u32) -> Result<Node, String> {
        if depth > MAX_DEPTH {
            return Err(format!("more than {MAX_DEPTH} nested groups"));
        }
        let mut branches = vec![self.sequence(flags, depth, depth == 0)?];
        while self.eat("|") {
            branches.push(self.sequence(flags, depth, false)?);
        }
        Ok(match branches.pop() {
            Some(only) if branches.is_empty() => only,
            last => Node::Alt(branches.into_iter().chain(last).collect()),
        })
    }

    fn sequence(&mut self, flags: &mut Flags, depth: u32, first: bool) -> Result<Node, String> {
        let mut nodes = Vec::new();
        while let Some(c) = self.peek() {
            if matches!(c, '|' | ')') {
                break;
            }
            self.at += 1;
            if flags.verbose {
                if matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c') {
                    continue;
                }
                if c == '#' {
                    while self.next().is_some_and(|c| c != '\n') {}
                    continue;
                }
            }
            match c {
                '\\' => nodes.push(self.escape(*flags)?),
                '[' => nodes.push(self.class(*flags)?),
                '.' => nodes.push(Node::Set(if flags.dot_all { CharSet::all() } else { CharSet::one('\n').negated() })),
                '^' if flags.multi_line => nodes.push(Node::Assert(Assertion::LineStart)),
                '^' => nodes.push(Node::Assert(Assertion::Start)),
                '$' if flags.multi_line => nodes.push(Node::Assert(Assertion::LineEnd)),
                '$' => nodes.push(Node::Assert(Assertion::EndOrNewline)),
                '(' => {
                    let leading = first && nodes.is_empty();
                    if let Some(node) = self.group(flags, depth, leading)? {
                        nodes.push(node);
                    }
                }
                '*' | '+' | '?' | '{' => match self.bounds(c)? {
                    Some((min, max)) => {
                        let node = self.repeat(nodes.pop(), min, max)?;
                        nodes.push(node);
                    }
                    None => nodes.push(literal('{', *flags)),
                },
                _ => nodes.push(literal(c, *flags)),
            }
        }
        Ok(match nodes.pop() {
            Some(only) if nodes.is_empty() => only,
            last => Node::Concat(nodes.into_iter().chain(last).collect()),
        })
    }

    /// The bounds of a quantifier whose first character was taken; `None` for a brace that is only a brace.
    fn bounds(&mut self, c: char) -> Result<Option<(u32, Option<u32>)>, String> {
        match c {
            '*' => return Ok(Some((0, None))),
            '+' => return Ok(Some((1, None))),
            '?' => return Ok(Some((0, Some(1)))),
            _ => {}
        }
        let here = self.at;
        if self.peek() == Some('}') {
            return Ok(None);
        }
        let low = self.digits(usize::MAX);
        let high = if self.eat(",") { self.digits(usize::MAX) } else { low.clone() };
        if !self.eat("}") {
            self.at = here;
            return Ok(None);
        }
        let number = |digits: &str| {
            digits.parse::<u32>().map_err(|_| format!("the repetition number {digits} at position {here} is too large"))
        };
        let min = if low.is_empty() { 0 } else { number(&low)? };
        let max = if high.is_empty() { None } else { Some(number(&high)?) };
        if max.is_some_and(|max| max < min) {
            return Err(self.wrong("min repeat greater than max repeat"));
        }
        Ok(Some((min, max)))
    }

    fn digits(&mut self, most: usize) -> String {
        let mut found = String::new();
        while let Some(c) = self.peek().filter(char::is_ascii_digit)
            && found.len() < most
        {
            found.push(c);
            self.at += 1;
        }
        found
    }

    fn repeat(&mut self, node: Option<Node>, min: u32, max: Option<u32>) -> Result<Node, String> {
        match &node {
            None | Some(Node::Assert(_)) => return Err(self.wrong("nothing to repeat")),
            Some(Node::Repeat { .. }) => return Err(self.wrong("multiple repeat")),
            Some(_) => {}
        }
        let kind = if self.eat("?") {
            Greed::Lazy
        } else if self.eat("+") {
            Greed::Possessive
        } else {
            Greed::Greedy
        };
        Ok(Node::Repeat { node: Box::new(node.unwrap_or_else(Node::empty)), min, max, kind })
    }

    /// What follows an opening parenthesis. `None` for a comment or for global flags.
    fn group(&mut self, flags: &mut Flags, depth: u32, leading: bool) -> Result<Option<Node>, String> {
        if !self.eat("?") {
            return self.capture(*flags, depth, None).map(Some);
        }
        if self.eat("#") {
            return self.until(')').map(|_| None);
        }
        if self.eat("P<") {
            let name = self.until('>')?;
            self.check_name(&name)?;
            if self.names.iter().any(|(known, _)| *known == name) {
                return Err(self.wrong(&format!("the group name {name} is defined twice")));
            }
            return self.capture(*flags, depth, Some(name)).map(Some);
        }
        if self.eat("P=") {
            let name = self.until(')')?;
            let group = self.names.iter().find(|(known, _)| *known == name).map(|known| known.1);
            let group = group.ok_or_else(|| self.wrong(&format!("unknown group name {name}")))?;
            return self.backref(group, *flags).map(Some);
        }
        for (mark, behind, negative) in
            [("<=", true, false), ("<!", true, true), ("=", false, false), ("!", false, true)]
        {
            if self.eat(mark) {
                let node = self.inner(*flags, depth)?;
                let (min, max) = node.width();
                if behind && max != Some(min) {
                    return Err(self.wrong("look-behind requires fixed-width pattern"));
                }
                return Ok(Some(Node::Look { behind, negative, node: Box::new(node) }));
            }
        }
        if self.eat(">") {
            return Ok(Some(Node::Atomic(Box::new(self.inner(*flags, depth)?))));
        }
        if self.eat("(") {
            return self.condition(*flags, depth).map(Some);
        }
        self.flags(flags, depth, leading)
    }

    /// The rest of a group up to its parenthesis.
    fn inner(&mut self, mut flags: Flags, depth: u32) -> Result<Node, String> {
        let node = self.alternatives(&mut flags, depth + 1)?;
        if self.eat(")") { Ok(node) } else { Err(self.wrong("missing ), unterminated subpattern")) }
    }

    fn capture(&mut self, flags: Flags, depth: u32, name: Option<String>) -> Result<Node, String> {
        self.groups += 1;
        let group = self.groups;
        self.names.extend(name.map(|name| (name, group)));
        self.open.push(group);
        let node = self.inner(flags, depth)?;
        self.open.pop();
        Ok(Node::Group(Some(group), Box::new(node)))
    }

    fn check_name(&self, name: &str) -> Result<(), String> {
        let good = !name.starts_with(|c: char| c.is_ascii_digit())
            && !name.is_empty()
            && name.chars().all(|c| c == '_' || c.is_alphanumeric());
        if good { Ok(()) } else { Err(self.wrong(&format!("bad character in group name {name:?}"))) }
    }

    fn backref(&mut self, group: u32, flags: Flags) -> Result<Node, String> {
        if group == 0 || group > self.groups {
            return Err(self.wrong(&format!("invalid group reference {group}")));
        }
        if self.open.contains(&group) {
            return Err(self.wrong("cannot refer to an open group"));
        }
        self.uses_groups = true;
        Ok(Node::Backref { group, fold: flags.ignore_case })
    }

    fn condition(&mut self, flags: Flags, depth: u32) -> Result<Node, String> {
        let name = self.until(')')?;
        let known = self.names.iter().find(|(known, _)| *known == name).map(|known| known.1);
        let group = known.or_else(|| name.parse().ok()).filter(|&group| group > 0);
        let group = group.ok_or_else(|| self.wrong(&format!("unknown group {name}")))?;
        self.uses_groups = true;
        let (yes, no) = match self.inner(flags, depth)? {
            Node::Alt(mut branches) if branches.len() == 2 => {
                let no = branches.pop().unwrap_or_else(Node::empty);
                (branches.pop().unwrap_or_else(Node::empty), no)
            }
            Node::Alt(_) => return Err(self.wrong("conditional backref with more than two branches")),
            yes => (yes, Node::empty()),
        };
        Ok(Node::IfGroup { group, yes: Box::new(yes), no: Box::new(no) })
    }

    /// `(?i)` for all that follows, `(?i:...)` for a group.
    fn flags(&mut self, flags: &mut Flags, depth: u32, leading: bool) -> Result<Option<Node>, String> {
        let mut new = *flags;
        let mut on = true;
        loop {
            match self.next() {
                Some('i') => new.ignore_case = on,
                Some('m') => new.multi_line = on,
                Some('s') => new.dot_all = on,
                Some('x') => new.verbose = on,
                Some('a') if on => new.ascii = true,
                Some('u') if on => new.ascii = false,
                Some('-') if on => on = false,
                Some(')') if on && leading => {
                    *flags = new;
                    return Ok(None);
                }
                Some(')') if on => {
                    return Err(self.wrong("global flags not at the start of the expression: move them to the start"));
                }
                Some(':') => return Ok(Some(Node::Group(None, Box::new(self.inner(new, depth)?)))),
                Some(c) => return Err(self.wrong(&format!("unknown extension ?{c}"))),
                None => return Err(self.wrong("unexpected end of pattern")),
            }
        }
    }

    fn escape(&mut self, flags: Flags) -> Result<Node, String> {
        let Some(c) = self.next() else { return Err(self.wrong("bad escape (end of pattern)")) };
        let word = |negative| Node::Assert(Assertion::Word { negative, ascii: flags.ascii });
        if let Some(set) = category(c, flags) {
            return Ok(Node::Set(set));
        }
        Ok(match c {
            'A' => Node::Assert(Assertion::Start),
            'Z' => Node::Assert(Assertion::End),
            'b' => word(false),
            'B' => word(true),
            '0' => {
                let rest = self.octal(2);
                self.character(u32::from_str_radix(&format!("0{rest}"), 8).unwrap_or(0), flags)?
            }
            '1'..='9' => {
                let start = self.at - 1;
                let next: String = self.text.iter().skip(start).take(3).collect();
                if next.len() == 3 && next.chars().all(|c| ('0'..='7').contains(&c)) {
                    self.at = start + 3;
                    let code = u32::from_str_radix(&next, 8).unwrap_or(u32::MAX);
                    if code > 0o377 {
                        return Err(self.wrong("octal escape value outside of range 0-0o377"));
                    }
                    return self.character(code, flags);
                }
                self.at = start;
                let digits = self.digits(2);
                self.backref(digits.parse().unwrap_or(0), flags)?
            }
            _ => literal(self.plain_escape(c)?, flags),
        })
    }

    fn octal(&mut self, most: usize) -> String {
        let mut found = String::new();
        while let Some(c) = self.peek().filter(|c| ('0'..='7').contains(c))
            && found.len() < most
        {
            found.push(c);
            self.at += 1;
        }
        found
    }

    fn character(&self, code: u32, flags: Flags) -> Result<Node, String> {
        char::from_u32(code).map(|c| literal(c, flags)).ok_or_else(|| self.wrong("not a character"))
    }

    /// The escapes that mean one character, inside and outside of a class.
    fn plain_escape(&mut self, c: char) -> Result<char, String> {
        let hex = match c {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            'a' => return Ok('\x07'),
            'f' => return Ok('\x0c'),
            'n' => return Ok('\n'),
            'r' => return Ok('\r'),
            't' => return Ok('\t'),
            'v' => return Ok('\x0b'),
            _ if c.is_ascii_alphanumeric() => return Err(self.wrong(&format!("bad escape \\{c}"))),
            _ => return Ok(c),
        };
        let digits: String = self.text.iter().skip(self.at).take(hex).collect();
        let code = if digits.len() == hex && digits.chars().all(|c| c.is_ascii_hexdigit()) {
            u32::from_str_radix(&digits, 16).ok()
        } else {
            None
        };
        self.at += digits.len();
        code.and_then(char::from_u32).ok_or_else(|| self.wrong(&format!("incomplete or bad escape \\{c}{digits}")))
    }

    fn class(&mut self, flags: Flags) -> Result<Node, String> {
        let opened = self.at;
        let negative = self.eat("^");
        let mut set = CharSet::default();
        let start = self.at;
        loop {
            let first = match self.next() {
                Some(']') if self.at > start + 1 => break,
                Some(c) => self.class_item(c, flags)?,
                None => return Err(format!("unterminated character set at position {opened}")),
            };
            if self.peek() == Some('-') && self.text.get(self.at + 1).is_some_and(|&c| c != ']') {
                self.at += 1;
                let last = self.next().unwrap_or('-');
                match (first, self.class_item(last, flags)?) {
                    (Item::One(first), Item::One(last)) if first <= last => set.add(first.into(), last.into()),
                    _ => return Err(self.wrong("bad character range")),
                }
                continue;
            }
            match first {
                Item::One(c) => set.add(c.into(), c.into()),
                Item::Many(many) => set.union(&many),
            }
        }
        if flags.ignore_case {
            set.fold_case(flags.ascii);
        }
        Ok(Node::Set(if negative { set.negated() } else { set }))
    }

    fn class_item(&mut self, c: char, flags: Flags) -> Result<Item, String> {
        if c != '\\' {
            return Ok(Item::One(c));
        }
        let Some(c) = self.next() else { return Err(self.wrong("unterminated character set")) };
        if let Some(set) = category(c, flags) {
            return Ok(Item::Many(set));
        }
        match c {
            'b' => Ok(Item::One('\x08')),
            '0'..='7' => {
                self.at -= 1;
                let code = u32::from_str_radix(&self.octal(3), 8).unwrap_or(u32::MAX);
                let c = char::from_u32(code).filter(|_| code <= 0o377);
                c.map(Item::One).ok_or_else(|| self.wrong("octal escape value outside of range 0-0o377"))
            }
            _ => self.plain_escape(c).map(Item::One),
        }
    }
}

/// A part of a class: what a range may begin or end with, or what it may not.
enum Item {
    One(char),
    Many(CharSet),
}

/// The classes that have a letter.
fn category(c: char, flags: Flags) -> Option<CharSet> {
    Some(match c {
        'd' => CharSet::digits(flags.ascii),
        'D' => CharSet::digits(flags.ascii).negated(),
        's' => CharSet::spaces(flags.ascii),
        'S' => CharSet::spaces(flags.ascii).negated(),
        'w' => CharSet::word(flags.ascii),
        'W' => CharSet::word(flags.ascii).negated(),
        _ => return None,
    })
}

fn literal(c: char, flags: Flags) -> Node {
    let mut set = CharSet::one(c);
    if flags.ignore_case {
        set.fold_case(flags.ascii);
    }
    Node::Set(set)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_python_refuses_is_refused_with_a_reason() {
        for (pattern, reason) in [
            ("*a", "nothing to repeat"),
            ("a**", "multiple repeat"),
            ("^*", "nothing to repeat"),
            ("(a", "missing )"),
            ("a)", "unbalanced parenthesis"),
            ("[a", "unterminated character set"),
            ("[z-a]", "bad character range"),
            ("[\\d-z]", "bad character range"),
            ("a{3,2}", "min repeat greater"),
            ("(?<=a+)b", "look-behind requires fixed-width"),
            ("a(?i)", "move them to the start"),
            ("\\q", "bad escape"),
            ("\\z", "bad escape"),
            ("\\p{L}", "bad escape"),
            ("\\1(a)", "invalid group reference"),
            ("(a\\1)", "open group"),
            ("(?P<n>a)(?P<n>b)", "defined twice"),
            ("(?P<1>a)", "bad character in group name"),
            ("(?P=n)", "unknown group name"),
            ("\\x1", "bad escape"),
            ("(?z)", "unknown extension"),
            ("\\", "end of pattern"),
        ] {
            let error = parse(pattern).unwrap_err();
            assert!(error.contains(reason), "{pattern}: {error}");
        }
        assert!(parse(&"(".repeat(5000)).is_err());
    }

    #[test]
    fn braces_and_brackets_are_read_as_python_reads_them() {
        for pattern in ["a{", "a{}", "a{,}", "a{,3}", "a{x}", "[]a]", "[^]]", "[a-]", "[-a]", "[[a]", "{", "(?x) a # b"]
        {
            parse(pattern).unwrap();
        }
    }

    #[test]
    fn widths_are_in_characters() {
        assert_eq!(parse("a(?:b|cd)?").unwrap().node.width(), (1, Some(3)));
        assert_eq!(parse("(?=a)\\d+").unwrap().node.width(), (1, None));
        assert!(parse("a*|b").unwrap().node.is_nullable());
    }
}
