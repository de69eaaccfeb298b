//! Names of hosts, and what is written like one and is none: source files, qualified names of Java.

use super::{byte, digits_end, is_digit, is_word};

/// The longest name of a host.
const LONGEST: usize = 253;

/// The colon and the port of one to five digits behind a name that ends at `end`.
pub(crate) fn host_port(text: &[u8], end: usize) -> Option<usize> {
    if byte(text, end) != b':' {
        return None;
    }
    let port = digits_end(text, end + 1);
    let next = byte(text, port);
    let goes_on = is_word(next) || (matches!(next, b'.' | b':') && is_digit(byte(text, port + 1)));
    ((2..=6).contains(&(port - end)) && !goes_on).then_some(port)
}

/// Whether a byte may stand in the name of a host.
fn is_name_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.')
}

/// The start of the name of a host that ends at `end`, not before `floor`: labels of letters, digits and inner dashes. Not
/// one that is the end of a path, of a name with underscores or of something longer.
pub(crate) fn host_start(text: &[u8], end: usize, floor: usize) -> Option<usize> {
    let mut start = end;
    while start > floor && is_name_byte(byte(text, start - 1)) {
        if end - start == LONGEST {
            return None;
        }
        start -= 1;
    }
    let before = if start > floor { byte(text, start - 1) } else { 0 };
    let name = text.get(start..end)?;
    let part = is_word(before) || matches!(before, b'_' | b'/' | b'\\' | b'$' | b'%' | b'+' | b'~');
    let labels = || name.split(|b| *b == b'.').all(|label| !label.is_empty() && !is_edged(label));
    (!part && labels()).then_some(start)
}

/// Whether a dash stands at an edge of a label.
fn is_edged(label: &[u8]) -> bool {
    label.starts_with(b"-") || label.ends_with(b"-")
}

/// The end of the labels from `at` on, which stands inside a name, if the last one is a domain that names end with.
///
/// `reach` remembers how far the name was followed when it was asked about an earlier place in it: names full of digits are
/// asked about at each of them.
#[inline]
pub(crate) fn known_domain_end(text: &[u8], at: usize, reach: &mut usize) -> Option<usize> {
    let most = at + LONGEST;
    let mut end = at.max(*reach);
    while end < most && is_name_byte(byte(text, end)) {
        end += 1;
    }
    *reach = end;
    let name = text.get(at..end)?;
    // A full stop belongs to the sentence.
    let name = name.strip_suffix(b".").unwrap_or(name);
    if !matches!(name.last()? | 0x20, b'm' | b't' | b'g' | b'u' | b'v' | b'l' | b'n' | b'p' | b'a') {
        return None;
    }
    let last = name.len().saturating_sub(LONGEST_DOMAIN + 1);
    let dot = last + name.get(last..)?.iter().rposition(|b| *b == b'.')?;
    let end = at + name.len();
    let next = byte(text, end);
    let known = is_domain(name.get(dot + 1..)?) && !matches!(next, b'@' | b'_' | b'(') && !is_word(next);
    known.then_some(end)
}

/// The end of the name that begins with the IPv4 address which ends at `end`, as providers name their customers' lines:
/// `188.135.1.2.dynamic.example.net`. Not if the rest is the extension of a file.
#[inline]
pub(crate) fn address_name_end(text: &[u8], end: usize) -> Option<usize> {
    let goes_on = matches!(byte(text, end), b'.' | b'-') && byte(text, end + 1).is_ascii_alphabetic();
    if goes_on { name_behind(text, end) } else { None }
}

#[inline(never)]
fn name_behind(text: &[u8], end: usize) -> Option<usize> {
    let rest = text.get(end + 1..)?;
    let len = rest.iter().take(LONGEST).take_while(|b| is_name_byte(**b)).count();
    let next = byte(rest, len);
    if len == LONGEST || is_word(next) || matches!(next, b'@' | b'_' | b'(') {
        return None;
    }
    let rest = rest.get(..len)?;
    // Marks at the end belong to the sentence.
    let name = rest.get(..=rest.iter().rposition(u8::is_ascii_alphanumeric)?)?;
    let mut labels = name.rsplit(|b| matches!(b, b'.' | b'-'));
    let last = labels.next()?;
    // Some extensions are countries, too: those have two letters, and names before them.
    let country = last.len() == 2 && labels.count() >= 2;
    (country || !is_file(last)).then_some(end + 1 + name.len())
}

/// Last labels of names that are believed without a port.
const DOMAINS: [&[u8]; 10] = [b"com", b"net", b"org", b"edu", b"gov", b"local", b"internal", b"lan", b"corp", b"arpa"];

/// None of them is longer.
const LONGEST_DOMAIN: usize = 8;

/// Whether a label is one of them.
fn is_domain(label: &[u8]) -> bool {
    DOMAINS.iter().any(|known| label.eq_ignore_ascii_case(known))
}

/// Whether `name`, before a port, is that of a host: with dots, or with a dash and a digit.
pub(crate) fn is_host(name: &[u8], port_digits: usize) -> bool {
    let Some(dot) = name.iter().rposition(|b| *b == b'.') else {
        return port_digits >= 2
            && name.first().is_some_and(u8::is_ascii_alphabetic)
            && name.contains(&b'-')
            && name.iter().any(|b| is_digit(*b));
    };
    let last = name.get(dot + 1..).unwrap_or_default();
    let lower = (2..=24).contains(&last.len()) && last.iter().all(u8::is_ascii_lowercase);
    if !lower || is_source(last) {
        return false;
    }
    let mut later = name.split(|b| *b == b'.').skip(1);
    // `com.example.Type.method` has capitals behind the first dot, and nothing else that tells a host.
    let qualified = later.any(|label| label.iter().any(u8::is_ascii_uppercase));
    let numbered = || name.iter().any(|b| is_digit(*b) || *b == b'-');
    let domain = || is_domain(last) || matches!(last, b"mil" | b"int" | b"io");
    let country = || last.len() == 2 && name.split(|b| *b == b'.').count() > 2;
    !qualified || numbered() || domain() || country()
}

/// Extensions of source files: a line's number stands behind those, not a port.
fn is_source(extension: &[u8]) -> bool {
    const EXTENSIONS: [&[u8]; 62] = [
        b"java", b"rs", b"go", b"py", b"pyx", b"cc", b"cpp", b"cxx", b"hh", b"hpp", b"hxx", b"js", b"mjs", b"cjs",
        b"jsx", b"ts", b"tsx", b"kt", b"kts", b"scala", b"groovy", b"clj", b"rb", b"erb", b"php", b"cs", b"fs", b"vb",
        b"swift", b"mm", b"lua", b"pl", b"pm", b"sh", b"bash", b"sql", b"vue", b"svelte", b"dart", b"ex", b"exs",
        b"erl", b"hs", b"ml", b"nim", b"zig", b"jl", b"proto", b"html", b"css", b"scss", b"xml", b"json", b"yml",
        b"yaml", b"toml", b"conf", b"cfg", b"ini", b"txt", b"log", b"inc",
    ];
    EXTENSIONS.contains(&extension)
}

/// Extensions of any files that may be named after an address.
fn is_file(extension: &[u8]) -> bool {
    const EXTENSIONS: [&[u8]; 24] = [
        b"bak", b"crt", b"csv", b"dat", b"db", b"deb", b"err", b"exe", b"gz", b"htm", b"jar", b"key", b"lock", b"out",
        b"pcap", b"pem", b"pid", b"rpm", b"so", b"tar", b"tgz", b"tmp", b"war", b"zip",
    ];
    EXTENSIONS.contains(&extension) || is_source(extension)
}
