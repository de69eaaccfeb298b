//! What leaves and what stays: secrets in their spellings, what only resembles them, numbering and restoring, limits, settings.

use drainrs::ErrorKind;
use drainrs::redact::{PseudonymKey, RedactConfig, RedactMode, RedactRule, Redaction, Redactor, SecretKind};
use proptest::prelude::*;

use crate::cases;

fn redactor(change: impl FnOnce(&mut RedactConfig)) -> Redactor {
    let mut config = RedactConfig::default();
    change(&mut config);
    Redactor::build(&config).unwrap()
}

/// The rules that are off by default, too.
fn all_rules() -> Redactor {
    redactor(|config| config.enable = ["high_entropy", "ssn", "mac", "host", "user_path"].map(str::to_owned).to_vec())
}

/// What the header of the module promises of every text.
fn check(redactor: &Redactor, text: &[u8]) {
    let found = redactor.find(text);
    let mut from = 0;
    for finding in &found {
        let (start, end) = (finding.span.start as usize, finding.span.end as usize);
        assert!(from <= start && start < end && end <= text.len(), "{finding:?} behind {from}");
        from = end;
    }
    assert_eq!(redactor.is_clean(text), found.is_empty());
    let mut task = Redaction::default();
    let once = task.redact(redactor, text);
    assert!(redactor.is_clean(once.as_bytes()), "{once:?} of {:?}", String::from_utf8_lossy(text));
    assert_eq!(redactor.redact(once.as_bytes()), once, "again, of {:?}", String::from_utf8_lossy(text));
    assert_eq!(task.restore(&once), String::from_utf8_lossy(text), "{once:?}");
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    r#in: String,
    out: String,
    #[serde(default)]
    settings: RedactConfig,
}

fn golden(file: &str) {
    let mut wrong = Vec::new();
    for case in cases::of::<Case>(file) {
        let redactor = Redactor::build(&case.settings).unwrap();
        let out = redactor.redact(case.r#in.as_bytes());
        if out != case.out {
            wrong.push(format!("{}\n     wanted {}\n     got    {out}", case.r#in, case.out));
            continue;
        }
        assert!(redactor.is_clean(out.as_bytes()), "{out}");
        assert_eq!(redactor.redact(out.as_bytes()), out, "again");
    }
    assert!(wrong.is_empty(), "{} of {file}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn pairs() {
    golden("redact/pairs.toml");
}

#[test]
fn headers_and_urls() {
    golden("redact/headers.toml");
}

#[test]
fn personal_data() {
    golden("redact/personal.toml");
}

#[test]
fn settings_at_work() {
    golden("redact/settings.toml");
}

#[test]
fn what_only_resembles_a_secret_stays() {
    #[derive(serde::Deserialize)]
    struct Stays {
        lines: Vec<String>,
    }
    let text = include_str!("../golden/redact/stays.toml");
    let stays: Stays = toml::from_str(text).unwrap();
    let redactor = redactor(|_| {});
    let changed = stays.lines.iter().map(|line| (line, redactor.redact(line.as_bytes())));
    let wrong: Vec<_> =
        changed.filter(|(line, out)| *line != out).map(|(line, out)| format!("{line}\n  {out}")).collect();
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Vendor {
    rule: String,
    prefix: String,
    alphabet: String,
    len: usize,
}

/// So many characters, none of them twice in a row.
fn body(alphabet: &str, len: usize) -> String {
    let letters: &[u8] = match alphabet {
        "base32" => b"Q2W3E4R5T6Y7UIOP",
        "hex" => b"0f1e2d3c4b5a6978",
        _ => b"a7B3c9D1e5F0g2H8j4K6",
    };
    (0..len).map(|at| char::from(letters[at * 7 % letters.len()])).collect()
}

#[test]
fn keys_of_vendors() {
    let redactor = redactor(|_| {});
    for case in cases::of::<Vendor>("redact/vendors.toml") {
        let key = case.prefix.clone() + &body(&case.alphabet, case.len);
        for (left, right) in
            [("", ""), ("x ", " y"), ("\"", "\""), ("(", ")."), ("=", ","), ("\u{e9}", "\u{e9}"), ("/", "\\n")]
        {
            let text = format!("{left}{key}{right}");
            let found = redactor.find(text.as_bytes());
            assert_eq!(
                (found.len(), found[0].rule, found[0].kind),
                (1, case.rule.as_str(), SecretKind::Token),
                "{text}"
            );
            assert_eq!(redactor.redact(text.as_bytes()), format!("{left}<TOKEN_1>{right}"), "{text}");
        }
        let cut = &key[..case.prefix.len() + 8];
        assert!(redactor.is_clean(cut.as_bytes()), "{cut} is too short");
    }
    let sendgrid = format!("SG.{}.{}", body("alnum", 22), body("alnum", 43));
    assert_eq!(redactor.find(sendgrid.as_bytes())[0].rule, "sendgrid_key");
    assert!(redactor.is_clean(format!("AKIA{}", "A".repeat(16)).as_bytes()), "all the same");
    assert!(redactor.is_clean(b"AIzaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), "all the same");
}

#[test]
fn pseudonyms_are_the_same_for_all_who_have_the_key() {
    let with = |key: u8| {
        redactor(|config| {
            config.mode = RedactMode::Pseudonym;
            config.pseudonym_key = Some(PseudonymKey::new([key; 16]));
        })
    };
    let one = with(1).redact(b"Ann@Shop.test from 2001:DB8::1 with card 4111111111111111");
    assert_eq!(one, with(1).redact(b"ann@shop.test from 2001:db8:0::1 with card 4111-1111-1111-1111"));
    assert_ne!(one, with(2).redact(b"ann@shop.test from 2001:db8::1 with card 4111111111111111"));
    assert!(one.starts_with("<EMAIL:") && one.ends_with("card <CARD_1>"), "{one}");
    assert!(with(1).is_clean(one.as_bytes()));
    assert_eq!(with(1).redact(one.as_bytes()), one);
    let mut task = Redaction::default();
    let out = task.redact(&with(1), b"password=hunter2 ann@shop.test");
    assert_eq!(task.restore(&out), "password=hunter2 ann@shop.test");
}

#[test]
fn the_key_is_never_shown() {
    let digits = "000102030405060708090a0b0c0d0e0f";
    let config = RedactConfig {
        mode: RedactMode::Pseudonym,
        pseudonym_key: Some(PseudonymKey::from_hex(digits)),
        ..RedactConfig::default()
    };
    let redactor = Redactor::build(&config).unwrap();
    let bytes = format!("{:?}", (0..16).collect::<Vec<u8>>());
    for shown in [
        format!("{config:?}"),
        format!("{redactor:?}"),
        serde_json::to_string(&config).unwrap(),
        toml::to_string(&config).unwrap(),
    ] {
        assert!(!shown.contains(digits) && !shown.contains(&bytes), "{shown}");
    }
    let short = RedactConfig { pseudonym_key: Some(PseudonymKey::from_hex(&digits[1..])), ..config.clone() };
    let error = Redactor::build(&short).unwrap_err();
    assert!(!format!("{error} {error:?}").contains(&digits[4..20]), "{error:?}");
    let read: RedactConfig =
        serde_json::from_str(&format!(r#"{{"mode":"pseudonym","pseudonym_key":"{digits}"}}"#)).unwrap();
    assert_eq!(read, config);
}

#[test]
fn a_task_hides_its_values_and_can_be_stored() {
    let redactor = redactor(|config| config.max_values = 3);
    let mut task = Redaction::default();
    task.redact(&redactor, b"<EMAIL_2> ann@shop.test password=hunter2 8.8.8.8 8.8.4.4");
    assert_eq!((task.more(), task.forged()), (1, 0));
    let shown = format!("{task:?}");
    assert!(!["ann", "hunter2", "8.8.8"].iter().any(|value| shown.contains(value)), "{shown}");
    let stored = serde_json::to_string(&task).unwrap();
    let mut back: Redaction = serde_json::from_str(&stored).unwrap();
    assert_eq!(serde_json::to_string(&back).unwrap(), stored);
    assert_eq!(format!("{back:?}"), shown);
    let next = b"ann@shop.test <EMAIL_1> <EMAIL_2> 8.8.4.4";
    let out = task.redact(&redactor, next);
    assert_eq!(out, "<EMAIL_1> <FORGED_EMAIL_1> <EMAIL_2> <IP_MORE>");
    assert_eq!(back.redact(&redactor, next), out);
    assert_eq!((back.forged(), back.value("<EMAIL_1>")), (1, Some("ann@shop.test")));
    assert!(serde_json::from_str::<Redaction>(r#"{"entries":[],"x":1}"#).is_err());
}

#[test]
fn nobody_chooses_where_a_value_is_put_back() {
    let redactor = redactor(|_| {});
    let mut task = Redaction::default();
    assert_eq!(task.redact(&redactor, b"ann@shop.test"), "<EMAIL_1>");
    let out = task.redact(&redactor, b"mail <EMAIL_1> <email_1> <<EMAIL_1>> <EMAIL_01> \xff<EMAIL_1>");
    assert!(!task.restore(&out).contains("ann@"), "{out}");
    assert_eq!(task.forged(), 3);
}

/// A wrong setting.
type Change<'a> = &'a dyn Fn(&mut RedactConfig);

#[test]
fn every_wrong_setting_is_told_by_its_path() {
    let rule = |name: &str, pattern: &str, group: Option<&str>| RedactRule {
        name: name.into(),
        pattern: pattern.into(),
        group: group.map(str::to_owned),
    };
    let told = |change: &dyn Fn(&mut RedactConfig)| {
        let mut config = RedactConfig::default();
        change(&mut config);
        let error = Redactor::build(&config).unwrap_err();
        let first = &error.problems()[0];
        (first.path.clone(), first.kind, first.message.clone())
    };
    let cases: [(Change<'_>, &str, &str); 17] = [
        (&|c| c.enable = vec!["emial".into()], "redact.enable[0]", "known are"),
        (&|c| c.disable = vec!["email".into(), "x".into()], "redact.disable[1]", "known are"),
        (&|c| (c.enable, c.disable) = (vec!["ssn".into()], vec!["ssn".into()]), "redact.enable[0]", "leave it in one"),
        (&|c| c.custom = vec![rule("employee", "x", None)], "redact.custom[0].name", "A-Z"),
        (&|c| c.custom = vec![rule("EMAIL", "x", None)], "redact.custom[0].name", "choose another"),
        (&|c| c.custom = vec![rule("A_1", "x", None)], "redact.custom[0].name", "do not end it"),
        (&|c| c.custom = vec![rule("A_MORE", "x", None)], "redact.custom[0].name", "do not end it"),
        (&|c| c.custom = vec![rule("FORGED_A", "x", None)], "redact.custom[0].name", "begin it with FORGED_"),
        (&|c| c.custom = vec![rule("A", "x", None), rule("A", "y", None)], "redact.custom[1].name", "twice"),
        (&|c| c.allow.prefixes = vec![String::new()], "redact.allow.prefixes", "remove it"),
        (&|c| c.allow.exact = vec!["x".into(); 10_001], "redact.allow.exact", "10001"),
        (&|c| c.pseudonym_bits = 41, "redact.pseudonym_bits", "write 40"),
        (&|c| c.pseudonym_bits = 0, "redact.pseudonym_bits", "write 40"),
        (&|c| c.mode = RedactMode::Pseudonym, "redact.pseudonym_key", "16 random bytes"),
        (&|c| c.pseudonym_key = Some(PseudonymKey::from_hex("zz")), "redact.pseudonym_key", "32 hexadecimal"),
        (&|c| c.max_values = 0, "redact.max_values", "1..=1000000"),
        (&|c| c.custom = vec![rule("A", "x", None); 257], "redact.custom", "join some"),
    ];
    for (change, path, remedy) in cases {
        let (told, kind, message) = told(change);
        assert_eq!((told.as_str(), kind), (path, ErrorKind::Config), "{message}");
        assert!(message.contains(remedy), "{path}: {message}");
    }
    let long = "a".repeat(4_097);
    let patterns = [("(", "pattern"), ("x*", "pattern"), (long.as_str(), "pattern"), (r"\w{1000}{1000}", "pattern")];
    for (pattern, field) in patterns {
        let (told, kind, message) = told(&|c| c.custom = vec![rule("A", pattern, None)]);
        assert_eq!((told, kind), (format!("redact.custom[0].{field}"), ErrorKind::Pattern), "{message}");
    }
    let (told_group, _, message) = told(&|c| c.custom = vec![rule("A", "(x)", Some("2"))]);
    assert_eq!(told_group, "redact.custom[0].group", "{message}");
    let every: Vec<String> = redactor(|_| {}).rules().map(str::to_owned).collect();
    let (path, _, message) = told(&|c| c.disable.clone_from(&every));
    assert_eq!(path, "redact.disable", "{message}");
    assert!(serde_json::from_str::<RedactConfig>(r#"{"enabel":[]}"#).is_err());
}

#[test]
fn limits_are_kept() {
    let redactor = redactor(|config| (config.max_values, config.max_value_bytes) = (10, 200));
    let text = (0..100).map(|i| format!("user{i}@shop.test ")).collect::<Vec<_>>().concat();
    let mut task = Redaction::default();
    let out = task.redact(&redactor, text.as_bytes());
    assert_eq!((task.values().count(), task.more(), out.matches("<EMAIL_MORE>").count()), (10, 90, 90));
    // Placeholders that stood in the text take no more room than values.
    let forged = (0..100).map(|i| format!("<IP_{i}> ")).collect::<Vec<_>>().concat();
    let mut task = Redaction::default();
    let out = task.redact(&redactor, forged.as_bytes());
    assert_eq!((task.forged(), out.matches("FORGED_").count()), (90, 90));
    let long = format!("password={} ann@shop.test", "x1".repeat(200));
    let mut task = Redaction::default();
    assert_eq!(task.redact(&redactor, long.as_bytes()), "password=<SECRET_MORE> <EMAIL_1>");
}

/// How long they take is nothing a test can judge; what reads a text again and again at each piece takes minutes, and is found by that.
#[test]
fn hostile_texts_are_read_to_their_end() {
    let redactor = all_rules();
    let pieces = [
        "@",
        "1",
        "eyJ",
        "eyJhbGciOiJIUzI1NiJ9.",
        "password=",
        "password",
        "password:",
        "a.a.a.",
        ":",
        "a:",
        "::1",
        "4111 ",
        "4111-",
        "-----BEGIN",
        "-----BEGIN PRIVATE KEY-----",
        "https://a:",
        "://",
        "%",
        "%40",
        "\"",
        "password=\"",
        "password=\\\"",
        "\\\"",
        "'",
        "<",
        "<password>",
        "<EMAIL_1>",
        "<EMAIL",
        "a@",
        "a@b.",
        ".",
        "+1 ",
        "1-",
        "DE89 ",
        "cookie: ",
        "cookie: a=b; ",
        "Set-Cookie: a; ",
        "bearer ",
        "bearer a1",
        "?token=",
        "?state=",
        "&sig=x",
        "{\"name\":\"password\",\"value\":\"",
        "<password a ",
        "password=[\"",
        "authorization: d a=\"",
        "authorization: ",
        "authorization: x ",
        "key",
        "key-",
        "token ",
        "/home/",
        "sk-",
        "xoxb-",
        "AKIA",
        "SG.",
        "00:",
        "00-",
        "u'",
        "{\"a\":",
        "password=%22",
        "a b1C=",
        "\u{e9}@",
        "identified by '",
    ];
    for piece in pieces {
        let text = piece.repeat((1 << 18) / piece.len());
        let found = redactor.find(text.as_bytes());
        let ends = found.iter().map(|finding| finding.span.end as usize);
        let starts = found.iter().map(|finding| finding.span.start as usize).skip(1).chain([text.len()]);
        assert!(ends.zip(starts).all(|(end, start)| end <= start), "{piece:?}");
    }
}

/// Secrets with the rule that knows each, so that none depends on what stands beside it.
fn secrets() -> Vec<String> {
    let mut all: Vec<String> = cases::of::<Vendor>("redact/vendors.toml")
        .iter()
        .map(|case| case.prefix.clone() + &body(&case.alphabet, case.len))
        .collect();
    let others = [
        "ann@shop.com",
        "8.8.4.4",
        "2001:db8::17",
        "4111-1111-1111-1111",
        "4111 1111 1111 1111",
        "3782 822463 10005",
        "DE89370400440532013000",
        "+49 30 901820",
        "+12128675309",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
    ];
    all.extend(others.map(str::to_owned));
    all
}

/// What a secret stands in, with `{}` in its place.
const NAMED: [&str; 12] = [
    "password={}",
    "\"password\":\"{}\"",
    "'password': '{}'",
    "password: {}",
    "--password {}",
    "PGPASSWORD={}",
    "\\\"secret\\\":\\\"{}\\\"",
    "<password>{}</password>",
    "Authorization: Bearer {}",
    "https://ann:{}@db/",
    "?token={}",
    "Cookie: sid={}",
];

proptest! {
    #![proptest_config(cases::properties(400))]

    #[test]
    fn any_bytes_hold_to_the_promises(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        check(&all_rules_once(), &bytes);
    }

    #[test]
    fn texts_of_hostile_pieces_hold_to_the_promises(pieces in proptest::collection::vec(piece(), 0..24)) {
        check(&all_rules_once(), pieces.concat().as_bytes());
    }

    #[test]
    fn what_is_planted_is_gone(
        words in proptest::collection::vec("[a-z]{1,9}", 1..12),
        secret in proptest::sample::select(secrets()),
        at in any::<proptest::sample::Index>(),
        left in glue(),
        right in glue(),
    ) {
        let redactor = all_rules_once();
        let mut text: Vec<u8> = Vec::new();
        let at = at.index(words.len());
        for (i, word) in words.iter().enumerate() {
            text.extend_from_slice(word.as_bytes());
            text.push(b' ');
            if i == at {
                for part in [&left[..], secret.as_bytes(), &right[..], b" "] {
                    text.extend_from_slice(part);
                }
            }
        }
        let out = redactor.redact(&text);
        prop_assert!(!out.contains(&secret), "{out:?}");
        prop_assert!(redactor.is_clean(out.as_bytes()), "{out:?}");
    }

    #[test]
    fn what_is_named_is_gone(
        before in "[a-z ]{0,20}",
        secret in "[A-Za-z0-9]{4,12}[0-9][a-z]",
        named in proptest::sample::select(NAMED.to_vec()),
        after in "( [a-z ]{0,20})?",
    ) {
        let redactor = all_rules_once();
        let mut text = before.into_bytes();
        text.extend_from_slice(b"\xff ");
        text.extend_from_slice(named.replace("{}", &secret).as_bytes());
        text.extend_from_slice(after.as_bytes());
        let out = redactor.redact(&text);
        prop_assert!(!out.contains(&secret), "{out:?}");
    }
}

/// Built once: what is tried does not change it.
fn all_rules_once() -> Redactor {
    use std::sync::OnceLock;
    static REDACTOR: OnceLock<Redactor> = OnceLock::new();
    REDACTOR.get_or_init(all_rules).clone()
}

/// What may stand right beside a secret: marks, blanks, other scripts, damage.
fn glue() -> impl Strategy<Value = Vec<u8>> {
    proptest::sample::select(
        [
            &b""[..],
            b"\"",
            b"'",
            b"(",
            b")",
            b",",
            b";",
            b"=",
            b"\xff",
            b"\xc3",
            "é".as_bytes(),
            "邮".as_bytes(),
            b"[",
            b"]",
            b"|",
            b"\t",
            b"\0",
        ]
        .map(<[u8]>::to_vec)
        .to_vec(),
    )
}

fn piece() -> impl Strategy<Value = String> {
    let pieces = [
        "password",
        "=",
        ":",
        "\"",
        "'",
        "\\",
        "\\\"",
        "%22",
        "%3D",
        "%40",
        "<",
        ">",
        "<EMAIL_1>",
        "<SECRET",
        "<*>",
        "FORGED_",
        "_",
        "1",
        " ",
        "\n",
        "token",
        "Authorization: ",
        "Bearer ",
        "Cookie: ",
        "; ",
        "&",
        "?",
        "://",
        "@",
        "a",
        "b1",
        ".",
        "com",
        "hunter2",
        "4111",
        "-",
        "1111",
        "+49",
        "8.8.8.8",
        "::",
        "eyJhbGciOiJIUzI1NiJ9",
        "-----BEGIN PRIVATE KEY-----",
        "-----END ",
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        ",",
        "/home/",
        "é",
        "key",
        "x1y2z3w4v5",
        "</",
        "u'",
    ];
    proptest::sample::select(pieces.map(str::to_owned).to_vec())
}
