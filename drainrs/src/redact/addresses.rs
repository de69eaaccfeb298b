//! Addresses of persons and machines: e-mail, IP, hardware, host names, and user names in paths.

use std::net::{Ipv4Addr, Ipv6Addr};

use memchr::{memchr_iter, memmem};

use super::rules::{BuiltIn, Hits};
use crate::text::scan::{byte, digits_end, host, ip, is_digit, is_hex, word_end};

/// The longest local part, and the longest domain, that are taken. Longer ones than the standard allows are secrets no less.
const MAX_PART: usize = 320;

/// The length of the letter with a mark (`é`, `ø`, `ł`) that ends before `at` in the raw text; 0 if there is none.
fn marked_letter_before(raw: &[u8], at: usize) -> usize {
    let pair = at.checked_sub(2).and_then(|from| raw.get(from..at));
    if matches!(pair, Some([0xC3..=0xC9, 0x80..=0xBF])) { 2 } else { 0 }
}

fn marked_letter_at(raw: &[u8], at: usize) -> usize {
    if matches!(raw.get(at..at + 2), Some([0xC3..=0xC9, 0x80..=0xBF])) { 2 } else { 0 }
}

/// E-mail addresses, found from the `@` or its percent code. `raw` is the text as it is, with letters beyond ASCII. Those whose
/// `@` ends one of the given user names of URLs are none.
pub(super) fn emails(raw: &[u8], userinfo_ends: &[usize], hits: &mut Hits) {
    let mut floor = 0;
    let encoded = memmem::find_iter(raw, b"%40").map(|at| (at, 3));
    let mut signs: Vec<(usize, usize)> = memchr_iter(b'@', raw).map(|at| (at, 1)).chain(encoded).collect();
    signs.sort_unstable();
    for (at, len) in signs {
        if at < floor || userinfo_ends.binary_search(&at).is_ok() {
            continue;
        }
        let Some(start) = local_start(raw, at, floor) else { continue };
        let Some(end) = domain_end(raw, at + len) else { continue };
        // The account of a forge's machine is nobody's address.
        if &raw[start..at] != b"git" {
            hits.add(BuiltIn::Email, start, end);
        }
        floor = end;
    }
}

fn local_start(raw: &[u8], at: usize, floor: usize) -> Option<usize> {
    let mut start = at;
    while start > floor && at - start < MAX_PART {
        let b = byte(raw, start - 1);
        let marked = marked_letter_before(raw, start);
        if b.is_ascii_alphanumeric()
            || matches!(b, b'.' | b'_' | b'%' | b'+' | b'-' | b'\'' | b'!' | b'#' | b'$' | b'*' | b'~')
        {
            start -= 1;
        } else if marked > 0 && start - marked >= floor {
            start -= marked;
        } else {
            break;
        }
    }
    // Marks at the front belong to what is around.
    while start < at && byte(raw, start).is_ascii_punctuation() && byte(raw, start) != b'_' {
        start += 1;
    }
    (start < at).then_some(start)
}

/// The end of the labels from `at` on: a dot at least, and a last label of letters. Not a version, such as `1.2.tgz`.
fn domain_end(raw: &[u8], at: usize) -> Option<usize> {
    let (mut end, mut last, mut numeric, mut labels) = (at, at, 0, 0);
    loop {
        let start = end;
        while end - at < MAX_PART {
            let step = if byte(raw, end).is_ascii_alphanumeric() || byte(raw, end) == b'-' {
                1
            } else {
                marked_letter_at(raw, end)
            };
            if step == 0 {
                break;
            }
            end += step;
        }
        if end == start {
            break;
        }
        labels += 1;
        numeric += usize::from(raw[start..end].iter().all(u8::is_ascii_digit));
        last = start;
        let goes_on = byte(raw, end) == b'.'
            && (byte(raw, end + 1).is_ascii_alphanumeric() || marked_letter_at(raw, end + 1) > 0);
        if !goes_on {
            break;
        }
        end += 1;
    }
    let top = raw.get(last..end)?;
    let letters = top.iter().all(|b| b.is_ascii_alphabetic() || *b >= 0x80) || top.starts_with(b"xn--");
    let version = numeric >= 2 && numeric + 1 == labels;
    (labels >= 2 && (2..=63).contains(&top.len()) && letters && !version).then_some(end)
}

/// IPv4 and IPv6 addresses, without port and prefix length.
pub(super) fn ips(text: &[u8], keep_private: bool, hits: &mut Hits) {
    let mut from = 0;
    while let Some(at) = memchr::memchr2(b'.', b':', text.get(from..).unwrap_or_default()) {
        let mark = from + at;
        from = mark + 1;
        let found = if byte(text, mark) == b'.' { ipv4_around(text, mark) } else { ipv6_around(text, mark) };
        if let Some((start, end)) = found {
            from = from.max(end);
            if !(keep_private && is_private(&text[start..end])) {
                hits.add(BuiltIn::Ip, start, end);
            }
        }
    }
}

/// The IPv4 address whose first dot this is.
fn ipv4_around(text: &[u8], dot: usize) -> Option<(usize, usize)> {
    let digits = text[..dot].iter().rev().take(4).take_while(|b| is_digit(**b)).count();
    let start = dot - digits;
    let left = start.checked_sub(1).map_or(0, |at| byte(text, at));
    let left2 = start.checked_sub(2).map_or(0, |at| byte(text, at));
    let glued = left.is_ascii_alphabetic() || (left == b'.' && left2.is_ascii_alphanumeric());
    if !(1..=3).contains(&digits) || glued || is_version(&text[..start]) {
        return None;
    }
    // A colon and a hexadecimal group before belong to an IPv6 address, which is seen first.
    ip::ipv4(text, start).filter(|end| !is_stage(&text[*end..])).map(|end| (start, end))
}

/// Whether a version goes on with its stage: `1.2.3.4-rc1`.
fn is_stage(rest: &[u8]) -> bool {
    const STAGES: [&[u8]; 8] = [b"rc", b"alpha", b"beta", b"snapshot", b"pre", b"dev", b"release", b"final"];
    let Some(rest) = rest.strip_prefix(b"-") else { return false };
    let word = &rest[..rest.iter().take(9).take_while(|b| b.is_ascii_alphabetic()).count()];
    STAGES.iter().any(|stage| word.eq_ignore_ascii_case(stage))
}

/// Whether what stands before a number of four parts says that it is a version.
fn is_version(before: &[u8]) -> bool {
    const PRODUCTS: [&[u8]; 15] = [
        b"rv",
        b"coolnovo",
        b"iron",
        b"chrome",
        b"chromium",
        b"edg",
        b"edge",
        b"opr",
        b"safari",
        b"firefox",
        b"crios",
        b"headlesschrome",
        b"version",
        b"yabrowser",
        b"electron",
    ];
    let marks = before.iter().rev().take(3).take_while(|b| matches!(b, b'/' | b'=' | b':' | b' ' | b'"')).count();
    let name = &before[..before.len() - marks];
    let len = name.iter().rev().take(16).take_while(|b| b.is_ascii_alphabetic()).count();
    let name = name[name.len() - len..].to_ascii_lowercase();
    marks > 0 && (PRODUCTS.contains(&name.as_slice()) || name == b"ver" || name.ends_with(b"browser"))
}

/// The IPv6 address whose first colon this is.
fn ipv6_around(text: &[u8], colon: usize) -> Option<(usize, usize)> {
    let digits = text[..colon].iter().rev().take(5).take_while(|b| is_hex(**b)).count();
    let start = colon - digits;
    let left = start.checked_sub(1).map_or(0, |at| byte(text, at));
    if digits > 4 || left.is_ascii_alphanumeric() || left == b':' || left == b'_' {
        return None;
    }
    let stop = start + text[start..].iter().take(46).take_while(|b| is_hex(**b) || matches!(b, b':' | b'.')).count();
    // What a parenthesis follows may be a call, `Fee::add2()`; with three colons it is none.
    let beside = byte(text, stop) == b'(' && memchr_iter(b':', &text[start..stop]).count() > 2;
    let mut end = ip::ipv6(if beside { &text[..stop] } else { text }, start)?;
    if let Some(cut) = text[start..end].iter().position(|b| matches!(b, b'/' | b'%')) {
        end = start + cut;
    }
    // `abc::def` is a path of some language as well.
    let address = &text[start..end];
    let plausible = address.iter().any(u8::is_ascii_digit) || memchr_iter(b':', address).count() > 2;
    // Eight pairs are a hardware address of that length, or a fingerprint.
    let pairs = address.split(|b| *b == b':').all(|group| group.len() == 2);
    (plausible && !pairs).then_some((start, end))
}

/// The address that a text says.
fn v6(text: &[u8]) -> Option<Ipv6Addr> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// The address that a text says; with zeros before its numbers, too.
fn v4(text: &[u8]) -> Option<Ipv4Addr> {
    let mut octets = [0_u8; 4];
    let mut parts = std::str::from_utf8(text).ok()?.split('.');
    for octet in &mut octets {
        *octet = parts.next()?.parse().ok()?;
    }
    parts.next().is_none().then(|| octets.into())
}

/// One spelling for each address.
pub(super) fn canonical_ip(text: &[u8]) -> Option<String> {
    v4(text).map(|ip| ip.to_string()).or_else(|| v6(text).map(|ip| ip.to_string()))
}

/// Whether an address says nothing outside of its network: private, loopback, link-local, unspecified.
fn is_private(text: &[u8]) -> bool {
    let v4_private = |ip: Ipv4Addr| ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified();
    if let Some(ip) = v4(text) {
        return v4_private(ip);
    }
    v6(text).is_some_and(|ip| {
        let own = ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local();
        own || ip.to_ipv4_mapped().is_some_and(v4_private)
    })
}

/// Whether an address is reserved for documentation.
pub(super) fn is_example_ip(text: &[u8]) -> bool {
    v4(text).is_some_and(|ip| ip.is_documentation())
        || v6(text).is_some_and(|ip| ip.segments()[..2] == [0x2001, 0x0db8])
}

/// Hardware addresses.
pub(super) fn macs(text: &[u8], hits: &mut Hits) {
    let mut from = 0;
    while from + 14 <= text.len() {
        let start = from;
        from += 1;
        let glued = start > 0 && matches!(byte(text, start - 1), b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b':' | b'-');
        if !is_hex(byte(text, start)) || glued {
            continue;
        }
        if let Some(end) = ip::mac(text, start).or_else(|| ip::dotted_mac(text, start)) {
            hits.add(BuiltIn::Mac, start, end);
            from = end;
        } else {
            from = word_end(text, start).max(from);
        }
    }
}

/// Names of hosts: those that end with a domain that is well known, and those with a port.
pub(super) fn hosts(text: &[u8], hits: &mut Hits) {
    let name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.iter().position(u8::is_ascii_alphanumeric)) {
        let start = from + at;
        let end = start + text[start..].iter().take_while(|b| name(**b)).count();
        from = end;
        let bounded = end - start <= 253;
        let known = if bounded { host::known_domain_end(text, start, &mut 0) } else { None };
        let with_port = || {
            let port = host::host_port(text, end)?;
            let good = bounded && text[start..end].contains(&b'.') && host::is_host(&text[start..end], port - end - 1);
            good.then_some(end)
        };
        let Some(end) = known.or_else(with_port) else { continue };
        let address = ip::ipv4(text, start).is_some() || digits_end(text, start) == end;
        // A URL's host stands behind slashes, where otherwise the rest of a path would.
        let of_url = start >= 3 && &text[start - 3..start] == b"://";
        let begin = if of_url { Some(start) } else { host::host_start(text, end, 0) };
        if let Some(begin) = begin
            && !address
        {
            hits.add(BuiltIn::Host, begin, end);
        }
    }
}

/// The name in `/home/name`, `/Users/name` and `C:\Users\name`.
pub(super) fn user_paths(text: &[u8], hits: &mut Hits) {
    const FOLDERS: [&[u8]; 5] = [b"/home/", b"/Users/", b"\\Users\\", b"\\\\Users\\\\", b":/Users/"];
    for folder in FOLDERS {
        for at in memmem::find_iter(text, folder) {
            let start = at + folder.len();
            let name = |b: u8| {
                b > b' '
                    && !matches!(
                        b,
                        b'/' | b'\\'
                            | b'"'
                            | b'\''
                            | b':'
                            | b'<'
                            | b'>'
                            | b','
                            | b';'
                            | b')'
                            | b'('
                            | b'|'
                            | b'*'
                            | b'?'
                    )
            };
            let end = start + text[start..].iter().take(64).take_while(|b| name(**b)).count();
            if !matches!(&text[start..end], b"." | b".." | b"Public" | b"Default" | b"Shared") {
                hits.add(BuiltIn::UserPath, start, end);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(rule: impl Fn(&[u8], &mut Hits), text: &str) -> Vec<String> {
        let mut hits = Hits::default();
        rule(text.as_bytes(), &mut hits);
        hits.0.iter().map(|hit| text[hit.start..hit.end].to_owned()).collect()
    }

    #[test]
    fn emails_in_any_surroundings() {
        let emails = |text: &str| found(|text, hits| emails(text, &[], hits), text);
        assert_eq!(emails("mailto:Ann.B+x@mail.shop.test, <bob@b.io>."), ["Ann.B+x@mail.shop.test", "bob@b.io"]);
        assert_eq!(emails("邮箱user@example.com已发送 jürgen@müller.de"), ["user@example.com", "jürgen@müller.de"]);
        assert_eq!(emails("?m=ann%40shop.test&x"), ["ann%40shop.test"]);
        for none in ["Foo@2bd79ce", "user@host", "lodash@4.17.21.tgz", "git@github.com:a/b", "@@@", "a@b.1"] {
            assert!(emails(none).is_empty(), "{none}");
        }
    }

    #[test]
    fn addresses_and_what_resembles_them() {
        let ips = |text: &str| found(|text, hits| ips(text, false, hits), text);
        assert_eq!(ips("from /10.0.0.7:50010 to 192.0.2.1."), ["10.0.0.7", "192.0.2.1"]);
        assert_eq!(
            ips("[2001:db8::1]:443 ::ffff:10.0.0.7 fe80::1%eth0 ::1"),
            ["2001:db8::1", "::ffff:10.0.0.7", "fe80::1", "::1"]
        );
        for none in
            ["1.2.3.4.5", "v1.2.3.4", "12:34:56", "Chrome/120.0.0.0", "std::abc", "version 1.2.3.4", "300.1.1.1"]
        {
            assert!(ips(none).is_empty(), "{none} {:?}", ips(none));
        }
    }
}
