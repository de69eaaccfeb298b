//! The lexer as one would write it with regular expressions and no hurry.
//!
//! It walks from left to right. At each place where a value may begin (not inside a run of letters and digits) it asks the
//! rules in the order of their precedence; the first that fits is masked; a run that no rule takes is copied whole. The
//! fast lexer goes the other way round, from anchors inside the values outwards, and must come to the same text.
//!
//! What both follow: letters, digits and bytes beyond ASCII make runs and the underscore does not; values begin and end at
//! the edges of runs; a sign belongs to a number unless an operand, a closing bracket or the same sign stands before it;
//! four numbers with dots are an address unless a version is announced, three or more otherwise are a version;
//! values of one class with a comma between are one value; truth values and nulls are what is left at the end of a piece.

use regex::bytes::Regex;

struct Rule {
    name: &'static str,
    regex: Regex,
}

/// The rules, compiled.
pub(crate) struct Reference {
    rules: Vec<Rule>,
    name: Regex,
    standard: Regex,
    version_word: Regex,
    /// An address that a name begins with; the end is that of the address.
    address: Regex,
}

const TIME: &str = r"(?:\d\d:\d\d:\d\d|(?:[01]?\d|2[0-4]):[0-5]?\d:(?:[0-5]?\d|60))(?:[.,]\d{1,20}|:\d{1,3}\b)?";
const ZONE: &str = r"(?:Z|[+-](?:0\d|1[0-4])(?::?(?:00|15|30|45))?\b| [+-](?:0\d|1[0-4]):?(?:00|15|30|45)\b| (?:UTC|GMT|CET|CEST|EST|PST))?";
const MONTH: &str = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
const DAY_NAME: &str = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
const SIZE: &str = r"(?:[Bb]ytes?|B|[KkMmGgTP]i?(?:B|bps|b))(?:/s)?";
const UNIT: &str = r"(?:msecs?|mins?|secs?|µs|ms|us|ns|[smhd])";

fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b >= 0x80
}

impl Reference {
    pub(crate) fn new() -> Reference {
        let grouped = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?";
        let plain = r"\d+(?:\.\d+)?";
        let ip4 = r"(?:(?:25[0-5]|2[0-4]\d|[01]?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|[01]?\d?\d)";
        let ip6 = r"(?i:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,5}::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,5})?)";
        let label = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
        let spelled = r"(?:ms|(?:msec|second|sec|minute|min|hour|day)s?)";
        let date = r"(?:19|20|21)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:[12]\d|3[01]|0?[1-9])";
        let path = r"(?:~|\.\.?)?/(?:[\w.~$\x80-\xff][\w.\-/+%~$@#\x80-\xff]*)";
        let (url, url_end) = (r#"[^\x00-\x20"'<>`{}|\\^]"#, r#"[^\x00-\x20"'<>`{}|\\^.,;:)\]!?]"#);
        // A dash behind a year makes a date of it.
        let later_zone = ZONE.replacen("Z|[+-]", r"\+", 1);
        // The order is the precedence; the part named `value` is what is masked, the rest is what must follow.
        let table: Vec<(&str, String)> = vec![
            ("URL", format!("[A-Za-z][A-Za-z0-9+.]{{1,20}}://{url}*{url_end}")),
            ("EMAIL", r"[A-Za-z0-9._%+\-]{1,64}@(?:[A-Za-z0-9\-]+\.)+[A-Za-z]{2,24}".into()),
            ("UUID", r"(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}".into()),
            ("TRACE", r"00-[0-9a-fA-F]{32}-[0-9a-fA-F]{16}-[0-9a-fA-F]{2}".into()),
            ("MAC", r"(?i)[0-9a-f]{2}(?::[0-9a-f]{2}){5}|[0-9a-f]{2}(?:-[0-9a-f]{2}){5}".into()),
            ("HOST", format!(r"(?:{label}\.)+{label}:\d{{1,5}}")),
            ("HOST", r"[A-Za-z][A-Za-z0-9]*(?:-+[A-Za-z0-9]+)+:\d{2,5}".into()),
            ("HOST", format!(r"(?:{label}\.)+(?i:com|net|org|edu|gov|local|internal|lan|corp|arpa)")),
            ("HOST", format!(r"(?:{label}\.)*{label}/{ip4}(?::\d{{1,5}}|/(?:3[0-2]|[12]?\d))")),
            ("HOST", format!(r"(?:{label}\.)*{label}/{ip4}")),
            ("HOST", format!(r"{ip4}[.-][A-Za-z](?:[A-Za-z0-9.-]*[A-Za-z0-9])?:\d{{1,5}}")),
            ("HOST", format!(r"{ip4}[.-][A-Za-z](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")),
            ("TIMESTAMP", format!(r"{date}(?:[T _*:\-]|, ){TIME}{ZONE}")),
            ("TIMESTAMP", format!(r"(?:{DAY_NAME} )?{MONTH} {{1,2}}\d\d? {TIME}{ZONE} \d{{4}}")),
            ("TIMESTAMP", format!(r"(?:{DAY_NAME} )?{MONTH} {{1,2}}\d\d? {TIME} \d{{4}}{later_zone}")),
            ("TIMESTAMP", format!(r"(?:{DAY_NAME} )?{MONTH} {{1,2}}\d\d? {TIME}{ZONE}")),
            ("TIMESTAMP", format!(r"(?:[12]\d|3[01]|0?[1-9])/{MONTH}/20\d\d:{TIME}{ZONE}")),
            ("TIMESTAMP", format!(r"(?:0[1-9]|1[0-2])[.-](?:[12]\d|3[01]|0[1-9]) {TIME}{ZONE}")),
            ("TIMESTAMP", format!(r"(?:19|20|21)\d\d {MONTH} (?:[12]\d|3[01]|0?[1-9]) {TIME}{ZONE}")),
            ("DATE", date.into()),
            ("DATE", format!(r"(?:[12]\d|3[01]|0?[1-9])/{MONTH}/20\d\d")),
            ("TIME", format!("{TIME}{ZONE}")),
            ("TIME", r"\d\d:\d\d".into()),
            ("IP", format!("{ip6}/(?:12[0-8]|1[01][0-9]|[0-9]{{1,2}})")),
            ("IP", ip6.into()),
            ("IP", r"(?i)::[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,5}".into()),
            ("IP", format!(r"/{ip4}(?::\d{{1,5}}|/(?:3[0-2]|[12]?\d))")),
            ("IP", format!("/{ip4}")),
            ("IP", format!(r"{ip4}(?::\d{{1,5}}|/(?:3[0-2]|[12]?\d))")),
            ("IP", ip4.into()),
            ("POD", r"[bcdfghjklmnpqrstvwxz2456789]{6,10}-[bcdfghjklmnpqrstvwxz2456789]{5}".into()),
            ("POD", r"[bcdfghjklmnpqrstvwxz2456789]{5}".into()),
            ("product", r"\d+\.\d[0-9A-Za-z\x80-\xff]*(?:[-+.][0-9A-Za-z\x80-\xff]+)*".into()),
            ("VERSION", r"[vV]\d+\.\d[0-9A-Za-z\x80-\xff]*(?:[-+.][0-9A-Za-z\x80-\xff]+)*".into()),
            ("VERSION", r"\d+(?:\.\d+)+\.\d[0-9A-Za-z\x80-\xff]*(?:[-+.][0-9A-Za-z\x80-\xff]+)*".into()),
            ("HEX", r"0[xX][0-9A-Fa-f]+".into()),
            ("HEX", r"[0-9a-f]{8,}|[0-9A-F]{8,}".into()),
            ("PCT", format!("(?:{grouped})%")),
            ("PCT", format!("(?:{plain})%")),
            ("SIZE", format!(r"(?:{grouped}) ?{SIZE}")),
            ("SIZE", format!(r"(?:{plain}) ?{SIZE}")),
            ("SIZE", r"(?:\d{1,3}(?:,\d{3})+|\d+\.\d{2,}|\d{2,})[kKMGT]".into()),
            ("DURATION", format!(r"(?:{grouped}) {spelled}")),
            ("DURATION", format!(r"(?:{plain}) {spelled}")),
            ("DURATION", format!(r"(?:{grouped}){UNIT}(?:\d+(?:\.\d+)?{UNIT})*")),
            ("DURATION", format!(r"(?:{plain}){UNIT}(?:\d+(?:\.\d+)?{UNIT})*")),
            ("NUM", format!(r"(?:{plain})[eE][-+]?\d+")),
            ("HEX", r"[0-9a-f]{6,}|[0-9A-F]{6,}".into()),
            ("NUM", grouped.into()),
            ("NUM", plain.into()),
            ("PATH", format!(r"{path}?\?[0-9A-Za-z\x80-\xff/&%=](?:{url}*{url_end})?")),
            ("PATH", format!(r"{path}#[0-9A-Za-z\x80-\xff](?:{url}*{url_end})?")),
            (
                "PATH",
                r"(?:~|\.\.?)?/(?:[\w.~$\x80-\xff][\w.\-/+%~$@#\x80-\xff]*[\w/+%~$@#\x80-\xff]|[\w~$\x80-\xff])".into(),
            ),
        ];
        let regex = |pattern: &str| Regex::new(&format!("(?-u)^(?:{pattern})")).unwrap();
        Reference {
            rules: table.into_iter().map(|(name, pattern)| Rule { name, regex: regex(&pattern) }).collect(),
            name: regex(r"[0-9A-Za-z\x80-\xff]+"),
            address: regex(ip4),
            standard: Regex::new(r"(?i)(?-u)(?:^|[^0-9A-Za-z])(?:utf[-_](?:7|8|16|32)|sha[-_](?:1|2|3|224|256|384|512)|x86[-_](?:64|32)|md[-_][45]|ipv[-_][46]|java[-_](?:8|11|17|21|25)|aes[-_](?:128|192|256)|base[-_](?:32|58|64|85)|http/\d)$").unwrap(),
            version_word: Regex::new(r#"(?i)(?-u)(?:~|(?:^|[^0-9A-Za-z])(version|ver|rv)[ =:"']{1,2})$"#).unwrap(),
        }
    }

    /// The masked text of a line.
    pub(crate) fn mask(&self, line: &str) -> String {
        let text = line.as_bytes();
        let mut values: Vec<(usize, usize, &'static str)> = Vec::new();
        let mut at = 0;
        // Where the last value or the last name with numbers in it ended.
        let mut kept = 0;
        while at < text.len() {
            if let Some((start, end, name)) = self.value(text, at, values.last().map_or(0, |v| v.1)) {
                let (start, end, name) = identifier(text, start, end, name, kept).unwrap_or((start, end, name));
                at = end;
                if name != "version" {
                    kept = end;
                }
                match values.last_mut() {
                    _ if name == "version" || name == "product" => {}
                    Some(last) if last.2 == name && is_list(name, &text[last.1..start]) => last.1 = end,
                    Some(last)
                        if name == "SIZE"
                            && matches!(last.2, "NUM" | "SIZE")
                            && &text[last.1..start] == b" ("
                            && text.get(end) == Some(&b')') =>
                    {
                        (last.1, last.2, at) = (end + 1, name, end + 1);
                    }
                    _ => values.push((start, end, name)),
                }
            } else {
                let run = at + self.name.find(&text[at..]).map_or(1, |run| run.end());
                at = self.literal(text, at);
                if at > run {
                    kept = at;
                }
            }
        }
        values = constants(text, &values);
        values = blocks(text, &values);
        let mut out = String::new();
        let mut from = 0;
        for (start, end, name) in values {
            out.push_str(&line[from..start]);
            out.extend(["<", name, ">"]);
            from = end;
        }
        out + &line[from..]
    }

    /// Where a literal that begins at `at` ends: a whole run, with the numbers and dots that continue it.
    fn literal(&self, text: &[u8], at: usize) -> usize {
        let Some(run) = self.name.find(&text[at..]) else { return at + 1 };
        let mut end = at + run.end();
        let has_digit = |end: usize| text[at..end].last().is_some_and(u8::is_ascii_digit);
        if has_digit(end) && text.get(end) == Some(&b'.') && text.get(end + 1).is_some_and(u8::is_ascii_digit) {
            while let Some(&mark) = text.get(end)
                && matches!(mark, b'.' | b'-' | b'+')
                && text.get(end + 1).is_some_and(|b| is_word(*b))
            {
                end += 1 + self.name.find(&text[end + 1..]).map_or(0, |tag| tag.end());
            }
        }
        end
    }

    /// The value that begins at `at`, a sign included; `floor` is where the last one ended.
    fn value(&self, text: &[u8], at: usize, floor: usize) -> Option<(usize, usize, &'static str)> {
        if at > 0 && is_word(text[at - 1]) && (is_word(text[at]) || text[at] == b'/') {
            return None;
        }
        let sign = text[at];
        if let Some(value) = self.unsigned(text, at, floor) {
            return Some(value);
        }
        // `<1 sec`
        if sign == b'<' && (at == 0 || b" \t=([,:".contains(&text[at - 1])) {
            let signed = text.get(at + 1).is_some_and(|b| matches!(b, b'-' | b'+'));
            let number = at + 1 + usize::from(signed);
            let found = text.get(number).filter(|b| b.is_ascii_digit()).and_then(|_| self.value(text, at + 1, floor));
            return found
                .filter(|(_, end, name)| matches!(*name, "SIZE" | "DURATION") && text.get(*end) != Some(&b'>'))
                .map(|(_, end, name)| (at, end, name));
        }
        if matches!(sign, b'-' | b'+') && text.get(at + 1).is_some_and(u8::is_ascii_digit) {
            let before = if at > 0 { text[at - 1] } else { b' ' };
            let operand = is_word(before) || before == sign || matches!(before, b')' | b']' | b'>');
            let (_, end, name) = self.unsigned(text, at + 1, floor)?;
            let numeric = matches!(name, "NUM" | "SIZE" | "DURATION" | "PCT");
            return Some((if numeric && !operand { at } else { at + 1 }, end, name));
        }
        None
    }

    fn unsigned(&self, text: &[u8], at: usize, floor: usize) -> Option<(usize, usize, &'static str)> {
        let run_end = at + self.name.find(&text[at..]).map_or(0, |run| run.end());
        let fits = |rule: &Rule| {
            let end = at + rule.regex.find(&text[at..])?.end();
            self.accepts(text, at, end, run_end, floor, rule.name).then_some((at, end, rule.name))
        };
        // An address of mail may begin with what would else be the number of a standard.
        let (outer, inner) = self.rules.split_at(2);
        let standard = || text[at].is_ascii_digit() && self.standard.is_match(&text[..run_end]);
        let kept = || standard().then_some((at, run_end, "version"));
        outer.iter().find_map(fits).or_else(kept).or_else(|| inner.iter().find_map(fits))
    }

    /// What the expressions cannot say: how a value must begin, end and be made.
    fn accepts(&self, text: &[u8], at: usize, end: usize, run_end: usize, floor: usize, name: &str) -> bool {
        let byte = |at: usize| text.get(at).copied().unwrap_or(0);
        let before = |at: usize| if at > 0 { text[at - 1] } else { 0 };
        let value = &text[at..end];
        let next = byte(end);
        let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
        let letters = value.iter().filter(|b| b.is_ascii_alphabetic()).count();
        let ends_well = !is_word(next) || matches!(name, "URL" | "PATH");
        ends_well
            && match name {
                // With the domains that everybody knows it is a name like any other.
                "HOST"
                    if self.address.find(value).is_some_and(|found| {
                        let name = address_name(text, at + found.end());
                        let port = value.contains(&b':');
                        let more = matches!(next, b'.' | b':') && byte(end + 1).is_ascii_digit();
                        name == Some(end - value.iter().rev().position(|b| *b == b':').map_or(0, |port| port + 1))
                            && !(port && more)
                            && !self.announces_version(text, at, floor)
                    }) =>
                {
                    true
                }
                "HOST" if self.address.is_match(value) && !value.contains(&b':') && !known_domain(value) => false,
                "HOST" => {
                    let before = before(at);
                    let colon = value.iter().position(|b| *b == b':');
                    let slash = value.iter().position(|b| *b == b'/');
                    let name = &value[..slash.or(colon).unwrap_or(value.len())];
                    !b"-._/\\$%+~".contains(&before) && Reference::is_host(name, value, slash, text, end)
                }
                "VERSION" => {
                    let product = before(at) == b'/' && is_word(before(at - 1)) && at - 1 > floor;
                    !product
                }
                "EMAIL" => {
                    let local = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'%' | b'+' | b'-');
                    (at == floor || !local(before(at)))
                        && next != b'-'
                        && !(next == b'.' && local(byte(end + 1)) && byte(end + 1) != b'.')
                }
                "TIMESTAMP" => !(value[value.len() - 5] == b' ' && next == b'-'),
                "TIME" if value.len() == 5 && value[2] == b':' => {
                    before(at) != b':' && next != b':' && !(next == b'.' && byte(end + 1).is_ascii_digit())
                }
                "MAC" => {
                    digits > 0
                        && (next != value[2] || (next == b':' && !is_word(byte(end + 1)) && byte(end + 1) != b':'))
                        && before(at) != value[2]
                }
                "TIME" => before(at) != b':' && !(next == b':' && byte(end + 1).is_ascii_hexdigit()),
                "IP" if value.contains(&b':') && !value.contains(&b'.') => {
                    digits > 0
                        && before(at) != b':'
                        && !is_word(before(at))
                        && next != b'('
                        && !(next == b':' && (byte(end + 1).is_ascii_hexdigit() || byte(end + 1) == b':'))
                }
                "IP" => {
                    let more = is_word(byte(end + 1)) && matches!(next, b'.' | b'/' | b'-' | b':');
                    let fifth = next == b'.' && byte(end + 1).is_ascii_digit();
                    let network = more && value[1..].contains(&b'/');
                    let named = value[0] == b'/' && address_name(text, end).is_some();
                    !(fifth || network || named || self.announces_version(text, at, floor))
                }
                "POD" if value.contains(&b'-') => {
                    before(at) == b'-'
                        && is_word(before(at - 1))
                        && value[..end - at - 6].iter().any(u8::is_ascii_digit)
                }
                "POD" => before(at) == b'-' && is_word(before(at - 1)) && digits > 0 && letters > 0,
                "HEX" if value.starts_with(b"0x") || value.starts_with(b"0X") => true,
                "HEX" => letters > 0 && (digits >= 2 || value.len() >= 8 - digits),
                "DURATION" if run_end - at == end - at && value.ends_with(b"d") && before(at) == b'-' => {
                    !is_word(before(at - 1))
                }
                "NUM" => !(next == b',' && byte(end + 1).is_ascii_digit() && value.contains(&b',')),
                "product" => {
                    let name = text[..at].strip_suffix(b"/").unwrap_or_default();
                    let word = name.iter().rev().take_while(|b| is_word(**b)).last();
                    word.is_some_and(|first| !first.is_ascii_digit()) && floor < at - 1
                }
                "PATH" => self.opens_path(text, at, end),
                _ => true,
            }
    }

    /// Whether the word before `at` says that four numbers are a version.
    fn announces_version(&self, text: &[u8], at: usize, floor: usize) -> bool {
        let announced = self.version_word.captures(&text[..at]);
        announced.is_some_and(|announced| announced.get(1).is_none_or(|word| word.start() >= floor))
    }

    fn opens_path(&self, text: &[u8], at: usize, end: usize) -> bool {
        let before = if at > 0 { text[at - 1] } else { b' ' };
        let slash = at + text[at..].iter().position(|&b| b == b'/').unwrap_or(0);
        let address = self.rules.iter().filter(|rule| rule.name == "IP").any(|rule| {
            rule.regex.find(&text[slash + 1..]).is_some_and(|m| {
                m.as_bytes().contains(&b'.') && self.accepts(text, slash + 1, slash + 1 + m.end(), 0, 0, "IP")
            })
        });
        let element = before == b'<' && text[slash + 1..end].iter().all(|&b| b != b'/');
        let placeholder = before == b'>' && at > 1 && (text[at - 2].is_ascii_uppercase() || text[at - 2] == b'*');
        let element = element || placeholder;
        before <= b' ' && !address || b"\"'=([{<>,`|:".contains(&before) && !address && !element
    }

    /// Whether `name` is that of a host, in a value that ends at `end`: with an address behind a slash, a port, or neither.
    fn is_host(name: &[u8], value: &[u8], slash: Option<usize>, text: &[u8], end: usize) -> bool {
        let byte = |at: usize| text.get(at).copied().unwrap_or(0);
        let digit = name.iter().any(u8::is_ascii_digit);
        let dash = name.contains(&b'-');
        let labels: Vec<&[u8]> = name.split(|b| *b == b'.').collect();
        if slash.is_some() {
            let letter = name.iter().any(u8::is_ascii_alphabetic);
            let goes_on = (byte(end) == b'.' && byte(end + 1).is_ascii_digit()) || address_name(text, end).is_some();
            return letter
                && !goes_on
                && (value.contains(&b':') || name == b"localhost" || digit || dash || labels.len() > 1);
        }
        let last = *labels.last().unwrap();
        if !value.contains(&b':') {
            return digit
                && !matches!(byte(end), b'@' | b'_' | b'(' | b'-')
                && !(byte(end) == b'.' && byte(end + 1).is_ascii_alphanumeric());
        }
        if matches!(byte(end), b'.' | b':') && byte(end + 1).is_ascii_digit() {
            return false;
        }
        if labels.len() == 1 {
            return digit;
        }
        let sources = [
            "java", "rs", "go", "py", "cc", "cpp", "js", "ts", "rb", "php", "cs", "sh", "txt", "log", "xml", "json",
            "pl",
        ];
        let known = ["com", "net", "org", "edu", "gov", "mil", "int", "io", "local", "internal", "lan", "corp", "arpa"];
        let is = |names: &[&str]| names.iter().any(|name| name.as_bytes() == last);
        if digit && known_domain(last) {
            return true;
        }
        (2..=24).contains(&last.len())
            && last.iter().all(u8::is_ascii_lowercase)
            && !is(&sources)
            && (digit
                || dash
                || is(&known)
                || (last.len() == 2 && labels.len() > 2)
                || labels[1..].iter().all(|label| !label.iter().any(u8::is_ascii_uppercase)))
    }
}

/// The end of the name of a host that goes on behind the address which ends at `end`.
fn address_name(text: &[u8], end: usize) -> Option<usize> {
    let files = ["log", "gz", "tar", "zip", "txt", "json", "csv", "py", "rs", "sh", "db", "so", "pl", "cc"];
    let name = Regex::new(r"(?-u)^[.-][A-Za-z](?:[A-Za-z0-9.-]*[A-Za-z0-9])?([.-]*)").unwrap();
    let found = name.captures(&text[end..])?;
    let to = end + found.get(1).unwrap().start();
    let next = text.get(end + found.get(0).unwrap().end()).copied().unwrap_or(0);
    let labels: Vec<&[u8]> = text[end + 1..to].split(|b| matches!(b, b'.' | b'-')).collect();
    let last = *labels.last()?;
    let file = files.iter().any(|file| file.as_bytes() == last) && (last.len() > 2 || labels.len() < 3);
    (!file && !is_word(next) && !b"@_(".contains(&next)).then_some(to)
}

/// Whether a name ends in a domain that everybody knows.
fn known_domain(name: &[u8]) -> bool {
    let known = ["com", "net", "org", "edu", "gov", "local", "internal", "lan", "corp", "arpa"];
    let last = name.rsplit(|b| *b == b'.').next().unwrap_or_default();
    known.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(last))
}

/// The word with underscores that an integer is part of: one value, unless it names a value, a function or a constant.
fn identifier(text: &[u8], start: usize, end: usize, name: &str, kept: usize) -> Option<Value> {
    let part = |b: &u8| is_word(*b) || *b == b'_';
    let number = &text[start..end];
    if name != "NUM" || !number[1..].iter().all(|b| is_word(*b)) {
        return None;
    }
    let from = start - text[kept..start].iter().rev().take_while(|b| part(b)).count();
    let mut to = end;
    while text.get(to).is_some_and(|b| {
        part(b) || (*b == b'-' && text[to - 1] == b'_' && text.get(to + 1).is_some_and(u8::is_ascii_digit))
    }) {
        to += 1;
    }
    let word = &text[from..to];
    let (head, tail) = (&text[from..start], &text[end..to]);
    let beside = head.ends_with(b"_") || tail.starts_with(b"_");
    let named = text.get(to).is_some_and(|b| matches!(b, b'=' | b'('));
    let shouted = !head.is_empty() && head.iter().all(|b| b.is_ascii_uppercase() || *b == b'_');
    let constant = shouted && tail.is_empty() && number.len() < 6;
    let worded = [head, tail].concat().iter().any(|b| is_word(*b));
    (beside && worded && !named && !constant && word.len() <= 256).then_some((from, to, "ID"))
}

/// Whether what stands between two values of one class makes them a list.
fn is_list(name: &str, between: &[u8]) -> bool {
    matches!(between, b"," | b", ") || (between == b" " && matches!(name, "ID" | "IP" | "UUID" | "HOST" | "MAC"))
}

type Value = (usize, usize, &'static str);

/// Adds the truth values and the nulls: at the end of a piece, which every separator within a word ends.
fn constants(text: &[u8], values: &[Value]) -> Vec<Value> {
    let word = Regex::new("(?-u)(true|True|TRUE|false|False|FALSE)|(null|NULL|nil|None|undefined)").unwrap();
    let tail = Regex::new(r#"(?-u)^[)\]}>,;:.|"']*(?:[\x00-\x20]|$)"#).unwrap();
    let before = |at: usize| if at > 0 { text[at - 1] } else { b' ' };
    let mut found = values.to_vec();
    for place in word.captures_iter(text) {
        let (bool, all) = (place.get(1), place.get(0).unwrap());
        let (start, end) = (all.start(), all.end());
        let next = text.get(end).copied().unwrap_or(b' ');
        let beside = values.iter().any(|value| value.0 < end && start <= value.1 && value.1 > 0);
        if beside || is_word(before(start)) || is_word(next) {
            continue;
        }
        let cut = pieces(text, values).iter().any(|end_of_piece| {
            let closers = text.get(end..*end_of_piece).unwrap_or(b"#");
            *end_of_piece >= end && closers.iter().all(|b| b")]}>,;:.|\"'".contains(b))
        });
        if !cut && !tail.is_match(&text[end..]) {
            continue;
        }
        if bool.is_some() {
            if before(start) <= b' ' || b"=:([{<,|\"';".contains(&before(start)) {
                found.push((start, end, "BOOL"));
            }
            continue;
        }
        if all.as_bytes() == b"nil" && before(start) == b'<' && next == b'>' {
            found.push((start, end, "NULL"));
            continue;
        }
        let at = if matches!(before(start), b'"' | b'\'') { start - 1 } else { start };
        let assigned = at == start
            && before(at) <= b' '
            && at > 1
            && before(at) == b' '
            && before(at - 1) == b'='
            && !(at > 2 && b"=!<>~".contains(&before(at - 2)));
        if b"=:|,([{".contains(&before(at)) && at > 0 || assigned {
            found.push((start, end, "NULL"));
        }
    }
    found.sort_unstable();
    found
}

/// Where the words of a text are cut, given its values: behind separators, see the fast lexer.
pub(crate) fn pieces(text: &[u8], values: &[(usize, usize, &'static str)]) -> Vec<usize> {
    let byte = |at: usize| text.get(at).copied().unwrap_or(b' ');
    let masked = |at: usize| values.iter().any(|value| value.0 <= at && at < value.1);
    let separator = |at: usize| !masked(at) && b"=,:;|".contains(&byte(at));
    let operator = |at: usize| !masked(at) && b"=:|<>!~".contains(&byte(at));
    let blank = |at: usize| !masked(at) && byte(at) <= b' ';
    let core = |at: usize| masked(at) || !b"=,:;|()[]{}<>\"'".contains(&byte(at));
    let mut cuts = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let first = (0..at).rev().find(|at| blank(*at)).map_or(0, |blank| blank + 1);
        let last = (at..text.len()).find(|at| blank(*at)).unwrap_or(text.len());
        let both = (first..at).any(core) && (at + 1..last).any(core);
        let plain = matches!(byte(at), b',' | b';')
            || !((at > 0 && operator(at - 1))
                || operator(at + 1)
                || text[at + 1..].starts_with(b"//") && byte(at) == b':');
        if separator(at) && !blank(at + 1) && !separator(at + 1) && both && plain {
            cuts.push(at + 1);
            if byte(at) == b'='
                && byte(at + 1) == b'"'
                && let Some(len) = text[at + 2..].iter().take(48).position(|b| *b == b'"')
                && text[at + 2..at + 2 + len].iter().all(|b| *b != b'=' && *b >= b' ')
                && text[at + 2..at + 2 + len].split(|b| *b == b' ').count() <= 4
            {
                at += 2 + len;
            }
        }
        at += 1;
    }
    cuts
}

/// Makes one value of words such as `blk_1 blk_2`.
fn blocks(text: &[u8], values: &[Value]) -> Vec<Value> {
    let start_of = |at: usize| {
        let cuts = pieces(text, values);
        let blank = text[..at].iter().rposition(|b| *b <= b' ').map_or(0, |blank| blank + 1);
        cuts.into_iter().filter(|cut| *cut <= at).max().unwrap_or(0).max(blank)
    };
    let mut out: Vec<Value> = Vec::new();
    let mut prefix: Option<&[u8]> = None;
    for &value in values {
        let (start, end, name) = value;
        let first = start_of(start);
        let own = &text[first..start];
        let alone = own.ends_with(b"_")
            && text.get(end).is_none_or(|b| *b <= b' ')
            && !values.iter().any(|v| v.1 > first && v.1 <= start);
        match out.last_mut() {
            Some(last)
                if alone && prefix == Some(own) && last.2 == name && last.1 + 1 == first && text[last.1] == b' ' =>
            {
                last.1 = end;
            }
            _ => out.push(value),
        }
        prefix = alone.then_some(own);
    }
    out
}
