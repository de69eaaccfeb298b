//! The words of a text, with all that varies put under one mark.

use crate::text::scan::host::{host_port, is_host, known_domain_end};

/// What stands for a number, an identifier, an address, a path. It is in no word.
pub(super) const MARK: &[u8] = b"#";

/// Gives the words of a text, in order; stretches of what varies are one [`MARK`]. A placeholder of a template, `<NUM>` or
/// `<*>`, varies too, so that a template has the words of its lines. Gives whether there were more than `max` words.
pub(super) fn words(text: &[u8], max: usize, mut give: impl FnMut(&[u8])) -> bool {
    let mut left = max;
    let mut marked = false;
    // Gives a word, or a mark unless the word before was one; false when there is no room.
    let mut put = |word: Option<&[u8]>| {
        if word.is_none() && marked {
            return true;
        }
        if left == 0 {
            return false;
        }
        left -= 1;
        marked = word.is_none();
        give(word.unwrap_or(MARK));
        true
    };
    let mut end = 0;
    for chunk in text.split(|&byte| ends_chunk(byte)) {
        let start = end;
        end = start + chunk.len();
        let in_brackets = start > 0 && text.get(start - 1) == Some(&b'<') && text.get(end) == Some(&b'>');
        end += 1;
        if (in_brackets && is_placeholder(chunk)) || varies(chunk) {
            if !put(None) {
                return true;
            }
            continue;
        }
        for run in chunk.split(|&byte| !is_word(byte)).filter(|run| !run.is_empty()) {
            if !put(name_of(run)) {
                return true;
            }
        }
    }
    false
}

/// Whether it is what a template writes between `<` and `>`.
fn is_placeholder(name: &[u8]) -> bool {
    let is_name = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
    name == b"*" || (!name.is_empty() && name.iter().all(is_name))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// Whether an address, a path or an identifier cannot go on behind it.
fn ends_chunk(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b"\"'`()[]{}<>,;=|".contains(&byte)
}

/// Whether a chunk as a whole is an address, a path or an identifier.
fn varies(chunk: &[u8]) -> bool {
    let is_url = || chunk.windows(3).any(|three| three == b"://");
    let is_path = || {
        let rooted = matches!(chunk, [b'/', ..] | [b'.' | b'~', b'/', ..] | [b'.', b'.', b'/', ..]);
        let on_a_drive = matches!(chunk, [drive, b':', b'\\', ..] if drive.is_ascii_alphabetic());
        on_a_drive || (rooted && chunk.split(|&byte| byte == b'/').count() >= 3)
    };
    let is_mail = || {
        chunk
            .iter()
            .position(|&byte| byte == b'@')
            .is_some_and(|at| at > 0 && chunk.iter().skip(at).any(|&b| b == b'.'))
    };
    // Hardware addresses, IPv6, UUIDs: groups of hexadecimal digits, some of which may be letters alone.
    let is_groups = || {
        let separators = chunk.iter().filter(|&&byte| byte == b':' || byte == b'-').count();
        let digits = chunk.iter().any(u8::is_ascii_hexdigit);
        digits && separators >= 2 && chunk.iter().all(|&byte| byte.is_ascii_hexdigit() || byte == b':' || byte == b'-')
    };
    // Hosts: with a port, or with an ending that is only theirs.
    let is_host = || {
        let name = chunk.strip_suffix(b":").unwrap_or(chunk);
        let name = name.strip_suffix(b".").unwrap_or(name);
        if known_domain_end(name, 0, &mut 0) == Some(name.len()) {
            return true;
        }
        let colon = name.iter().rposition(|&byte| byte == b':');
        colon.is_some_and(|at| {
            host_port(name, at) == Some(name.len()) && is_host(name.get(..at).unwrap_or_default(), name.len() - at - 1)
        })
    };
    let may = chunk.iter().any(|byte| b"./\\@:-".contains(byte));
    may && (is_url() || is_path() || is_mail() || is_groups() || is_host())
}

/// A run of letters and digits as a word: itself if it has no digits, its letters if it is a name with its number (`node12`),
/// `None` if it is a number or an identifier. Letters that could be hexadecimal digits are no name.
fn name_of(run: &[u8]) -> Option<&[u8]> {
    let Some(digits_at) = run.iter().position(u8::is_ascii_digit) else {
        let long_hex = run.len() >= 8 && run.iter().all(u8::is_ascii_hexdigit);
        return (!long_hex).then_some(run);
    };
    let (name, number) = run.split_at_checked(digits_at)?;
    let is_name = name.len() >= 2 && !name.iter().all(u8::is_ascii_hexdigit);
    (is_name && number.iter().all(u8::is_ascii_digit)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let mut out = Vec::new();
        words(text.as_bytes(), 64, |word| out.push(String::from_utf8_lossy(word).into_owned()));
        out.join(" ")
    }

    #[test]
    fn what_varies_is_one_mark() {
        for (text, wanted) in [
            ("Connection refused 192.168.1.10:5432", "Connection refused #"),
            ("blk_-1608999687919862906 src: /10.250.19.102:54106", "blk # src #"),
            ("R02-M1-N0-C:J12-U11 parity error", "# C # parity error"),
            ("took 50ms (12.5 %) of 3 s", "took # of # s"),
            ("worker12 on node3 met 0x0054eb8, e4b1", "worker on node met #"),
            ("aa:bb:cc:dd:ee:ff at fe80::a", "# at #"),
            ("deadbeef-dead-beef-dead-beefdeadbeef", "#"),
            ("loading /bgl/apps/followup/x.rts: no such file", "loading # no such file"),
            ("get https://a.example/b?c=d by bob@mail.example", "get # d by #"),
            ("proxy.cse.cuhk.edu.hk:5070 open, www.example.com: closed", "# open # closed"),
            ("com.example.Type.method of workerEnv.init() ok.", "com example Type method of workerEnv init ok"),
            ("and/or cache_miss rate=high", "and or cache miss rate high"),
            ("Ошибка: 3 попытки", "Ошибка # попытки"),
            ("session <*> of <IP>:<NUM> in <init>", "session # of # in init"),
            ("... --- !!!", ""),
            ("", ""),
        ] {
            assert_eq!(shown(text), wanted, "{text}");
        }
    }

    #[test]
    fn no_more_words_than_asked_for() {
        let count = |text: &str, max| {
            let mut count = 0;
            let cut = words(text.as_bytes(), max, |_| count += 1);
            (count, cut)
        };
        assert_eq!(count("a b c", 3), (3, false));
        assert_eq!(count("a b c d", 3), (3, true));
        assert_eq!(count("a b 1 2 3", 3), (3, false), "the mark goes on");
    }
}
