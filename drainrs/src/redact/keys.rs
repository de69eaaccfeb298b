//! Names that say that what follows them is a secret.

/// How much a name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strength {
    /// A password: whatever follows is one.
    Password,
    /// A word that has other meanings, such as `pass`: what follows must be glued to it.
    Pass,
    /// A token or key: what follows must look like one.
    Token,
    /// The header of that name, with a scheme before the secret.
    Authorization,
}

/// Endings of names, without the marks between their words.
const PASSWORDS: [&str; 12] = [
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "passwort",
    "passwordhash",
    "passwordsalt",
    "passw",
    "userpass",
    "dbpass",
    "rootpass",
];
const TOKENS: [&str; 32] = [
    "secret",
    "secretkeybase",
    "token",
    "credential",
    "credentials",
    "apikey",
    "accesskey",
    "secretkey",
    "privatekey",
    "accountkey",
    "encryptionkey",
    "signingkey",
    "masterkey",
    "sharedkey",
    "authkey",
    "sshkey",
    "storagekey",
    "servicekey",
    "clientkey",
    "sessionkey",
    "licensekey",
    "licencekey",
    "secretid",
    "appkey",
    "rootkey",
    "hmackey",
    "cryptokey",
    "consumerkey",
    "subscriptionkey",
    "webhookkey",
    "tokenvalue",
    "secretvalue",
];
/// Names that end so and mean something else.
const NOT: [&str; 8] = [
    "publickeytoken",
    "canceltoken",
    "cancellationtoken",
    "windowtoken",
    "apptoken",
    "pagetoken",
    "continuationtoken",
    "nexttoken",
];
/// Words of names whose numbers count tokens.
const COUNTS: [&str; 10] = ["max", "min", "num", "total", "count", "prompt", "completion", "input", "output", "per"];

/// What the name says, if it speaks of a secret: `db_password`, `clientSecret`, `X-Api-Key`, `PGPASSWORD`, `password2`.
pub(super) fn strength(name: &[u8]) -> Option<Strength> {
    let mut squashed: Vec<u8> = name.iter().filter(|b| b.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect();
    while squashed.last().is_some_and(u8::is_ascii_digit) {
        squashed.pop();
    }
    let ends = |list: &[&str]| list.iter().any(|end| squashed.ends_with(end.as_bytes()));
    if ends(&["authorization"]) {
        return Some(Strength::Authorization);
    }
    if ends(&PASSWORDS) {
        return Some(Strength::Password);
    }
    if ends(&NOT) {
        return None;
    }
    if ends(&TOKENS) {
        return Some(Strength::Token);
    }
    let word = name.rsplit(|b| !b.is_ascii_alphabetic()).find(|word| !word.is_empty())?;
    let pass = word.eq_ignore_ascii_case(b"pass") || word.ends_with(b"Pass");
    pass.then_some(Strength::Pass)
}

/// The last two letters of the endings above, and of `pass` and `authorization`: most names have others, and nothing more is asked of them.
const LAST: [&[u8; 2]; 17] = [
    b"rd", b"wd", b"se", b"de", b"rt", b"sh", b"lt", b"sw", b"ss", b"et", b"en", b"al", b"ls", b"ey", b"id", b"ue",
    b"on",
];

/// Whether what follows the name may be a secret. Cost: of most names a few bytes are looked at.
pub(crate) fn names_a_secret(name: &[u8]) -> bool {
    let mut letters = name.iter().rev().filter(|b| b.is_ascii_alphanumeric()).skip_while(|b| b.is_ascii_digit());
    let (last, before) = (letters.next(), letters.next());
    let Some((last, before)) = last.zip(before) else { return false };
    LAST.contains(&&[before.to_ascii_lowercase(), last.to_ascii_lowercase()]) && strength(name).is_some()
}

/// Whether the name speaks of how many: `max_token`.
pub(super) fn counts(name: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    name.split(|b| !b.is_ascii_alphabetic()).any(|word| COUNTS.iter().any(|known| word.starts_with(known.as_bytes())))
}

/// Whether a value says no secret: nothing, a truth value, what is masked already, a variable to be filled in, a remark.
pub(super) fn is_trivial(value: &[u8]) -> bool {
    const WORDS: [&str; 37] = [
        "true",
        "false",
        "null",
        "none",
        "nil",
        "yes",
        "no",
        "on",
        "off",
        "undefined",
        "empty",
        "unset",
        "set",
        "n/a",
        "na",
        "redacted",
        "masked",
        "hidden",
        "filtered",
        "removed",
        "required",
        "invalid",
        "incorrect",
        "missing",
        "expired",
        "changed",
        "wrong",
        "failed",
        "success",
        "optional",
        "unknown",
        "default",
        "string",
        "bearer",
        "basic",
        "not",
        "is",
    ];
    let plain = |inside: &[u8]| {
        inside.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'*' | b'_' | b'-' | b' ' | b'.' | b'x'))
    };
    let variable = |inside: &[u8]| {
        inside.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b':' | b' '))
    };
    let word = || WORDS.iter().any(|word| value.eq_ignore_ascii_case(word.as_bytes()));
    match value {
        [] => true,
        [b'<', inside @ .., b'>'] | [b'[', inside @ .., b']'] if plain(inside) => true,
        [b'$', b'{', inside @ .., b'}']
        | [b'$', b'(', inside @ .., b')']
        | [b'{', b'{', inside @ .., b'}', b'}']
        | [b'%', inside @ .., b'%']
            if variable(inside) =>
        {
            true
        }
        [b'$', inside @ ..] if !inside.is_empty() && inside.iter().all(|b| b.is_ascii_uppercase() || *b == b'_') => {
            true
        }
        [first, rest @ ..]
            if rest.len() >= 2
                && matches!(first, b'*' | b'x' | b'X' | b'.' | b'-' | b'#' | b'?')
                && rest.iter().all(|b| b == first) =>
        {
            true
        }
        _ => {
            word()
                || value.iter().all(|b| {
                    matches!(
                        b,
                        b'*' | b'.'
                            | b','
                            | b':'
                            | b';'
                            | b'-'
                            | b'='
                            | b'>'
                            | b'<'
                            | b'('
                            | b')'
                            | b'['
                            | b']'
                            | b'|'
                            | b'/'
                            | b'\\'
                    )
                })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_passed_over() {
        let ends =
            PASSWORDS.iter().chain(&TOKENS).chain(&["authorization", "db_pass", "userPass", "token-2", "Secret_Id"]);
        for end in ends {
            assert!(names_a_secret(end.as_bytes()) && names_a_secret(end.to_uppercase().as_bytes()), "{end}");
        }
        for name in ["", "x", "42", "cart", "DataXceiver", "com.shop.Main", "compass"] {
            assert!(!names_a_secret(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn names() {
        for name in [
            "password",
            "PGPASSWORD",
            "db_password",
            "userPassword",
            "password2",
            "spring.datasource.password",
            "passwd",
        ] {
            assert_eq!(strength(name.as_bytes()), Some(Strength::Password), "{name}");
        }
        for name in
            ["token", "accessToken", "x-api-key", "aws_secret_access_key", "clientSecret", "private_key", "AccountKey"]
        {
            assert_eq!(strength(name.as_bytes()), Some(Strength::Token), "{name}");
        }
        assert_eq!(strength(b"db_pass"), Some(Strength::Password));
        assert_eq!(strength(b"proxy_pass"), Some(Strength::Pass), "nginx has one that is an address");
        for name in [
            "auth",
            "auth_request",
            "token_count",
            "tokens",
            "secretary",
            "passed",
            "password_reset",
            "key",
            "monkey",
            "bypass",
            "compass",
            "PublicKeyToken",
        ] {
            assert_eq!(strength(name.as_bytes()), None, "{name}");
        }
    }

    #[test]
    fn values() {
        for value in [
            "true",
            "NULL",
            "***",
            "[REDACTED]",
            "${DB_PASSWORD}",
            "{{ secret }}",
            "<none>",
            "xxxx",
            "$TOKEN",
            "%PASSWORD%",
        ] {
            assert!(is_trivial(value.as_bytes()), "{value}");
        }
        for value in ["hunter2", "<hunter2>", "a", "1234", "[a1b2]", "!@#$%"] {
            assert!(!is_trivial(value.as_bytes()), "{value}");
        }
    }
}
