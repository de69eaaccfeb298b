//! The built-in rules: their names, what they find, whether they are on.

/// What a finding is. It gives the placeholder its word: `<EMAIL_1>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SecretKind {
    /// A private key in PEM: `PRIVATE_KEY`.
    PrivateKey,
    /// A token that its form gives away, or that stands in an authorization header: `TOKEN`.
    Token,
    /// A value that its name gives away, such as a password: `SECRET`.
    Secret,
    /// The value of a cookie: `COOKIE`.
    Cookie,
    /// The number of a payment card: `CARD`.
    Card,
    /// An international bank account number: `IBAN`.
    Iban,
    /// A social security number of the United States: `SSN`.
    Ssn,
    /// A telephone number: `PHONE`.
    Phone,
    /// An e-mail address: `EMAIL`.
    Email,
    /// An IPv4 or IPv6 address: `IP`.
    Ip,
    /// A hardware address: `MAC`.
    Mac,
    /// The name of a host: `HOST`.
    Host,
    /// The name of a user in a path: `USER`.
    User,
    /// What a rule of the user's finds; the rule's name is the word.
    Custom,
}

impl SecretKind {
    /// The words of the built-in kinds.
    pub(super) const WORDS: [&'static str; 13] = [
        "PRIVATE_KEY",
        "TOKEN",
        "SECRET",
        "COOKIE",
        "CARD",
        "IBAN",
        "SSN",
        "PHONE",
        "EMAIL",
        "IP",
        "MAC",
        "HOST",
        "USER",
    ];

    /// The word in a placeholder. Rules of the user's bring their own.
    pub(super) fn word(self) -> &'static str {
        Self::WORDS.get(self as usize).copied().unwrap_or("SECRET")
    }

    /// Whether there are so few possible values that who has the key tries them all: these never get a pseudonym.
    pub(super) fn is_guessable(self) -> bool {
        matches!(self, SecretKind::Card | SecretKind::Iban | SecretKind::Ssn)
    }
}

/// A built-in rule. The order is that of precedence where findings overlap: secrets before what is personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum BuiltIn {
    PrivateKey,
    Jwt,
    Aws,
    GitHub,
    GitLab,
    Slack,
    Stripe,
    Google,
    Twilio,
    SendGrid,
    Npm,
    PyPi,
    HuggingFace,
    DigitalOcean,
    Vault,
    LanguageModel,
    OtherVendor,
    AuthHeader,
    UrlUserinfo,
    Cookie,
    KeyValue,
    QueryParam,
    HighEntropy,
    Card,
    Iban,
    Ssn,
    Phone,
    Email,
    Ip,
    Mac,
    Host,
    UserPath,
}

/// What is known of a built-in rule.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) rule: BuiltIn,
    pub(super) name: &'static str,
    pub(super) kind: SecretKind,
    /// Whether it works unless it is disabled.
    pub(super) on: bool,
}

const fn on(rule: BuiltIn, name: &'static str, kind: SecretKind) -> Facts {
    Facts { rule, name, kind, on: true }
}

const fn off(rule: BuiltIn, name: &'static str, kind: SecretKind) -> Facts {
    Facts { rule, name, kind, on: false }
}

/// All of them, in their order.
pub(super) const BUILT_IN: [Facts; 32] = [
    on(BuiltIn::PrivateKey, "private_key", SecretKind::PrivateKey),
    on(BuiltIn::Jwt, "jwt", SecretKind::Token),
    on(BuiltIn::Aws, "aws_key", SecretKind::Token),
    on(BuiltIn::GitHub, "github_token", SecretKind::Token),
    on(BuiltIn::GitLab, "gitlab_token", SecretKind::Token),
    on(BuiltIn::Slack, "slack_token", SecretKind::Token),
    on(BuiltIn::Stripe, "stripe_key", SecretKind::Token),
    on(BuiltIn::Google, "google_key", SecretKind::Token),
    on(BuiltIn::Twilio, "twilio_key", SecretKind::Token),
    on(BuiltIn::SendGrid, "sendgrid_key", SecretKind::Token),
    on(BuiltIn::Npm, "npm_token", SecretKind::Token),
    on(BuiltIn::PyPi, "pypi_token", SecretKind::Token),
    on(BuiltIn::HuggingFace, "hugging_face_token", SecretKind::Token),
    on(BuiltIn::DigitalOcean, "digitalocean_token", SecretKind::Token),
    on(BuiltIn::Vault, "vault_token", SecretKind::Token),
    on(BuiltIn::LanguageModel, "llm_key", SecretKind::Token),
    on(BuiltIn::OtherVendor, "vendor_token", SecretKind::Token),
    on(BuiltIn::AuthHeader, "auth_header", SecretKind::Token),
    on(BuiltIn::UrlUserinfo, "url_userinfo", SecretKind::Secret),
    on(BuiltIn::Cookie, "cookie", SecretKind::Cookie),
    on(BuiltIn::KeyValue, "key_value", SecretKind::Secret),
    on(BuiltIn::QueryParam, "query_param", SecretKind::Secret),
    off(BuiltIn::HighEntropy, "high_entropy", SecretKind::Secret),
    on(BuiltIn::Card, "card", SecretKind::Card),
    on(BuiltIn::Iban, "iban", SecretKind::Iban),
    off(BuiltIn::Ssn, "ssn", SecretKind::Ssn),
    on(BuiltIn::Phone, "phone", SecretKind::Phone),
    on(BuiltIn::Email, "email", SecretKind::Email),
    on(BuiltIn::Ip, "ip", SecretKind::Ip),
    off(BuiltIn::Mac, "mac", SecretKind::Mac),
    off(BuiltIn::Host, "host", SecretKind::Host),
    off(BuiltIn::UserPath, "user_path", SecretKind::User),
];

/// Which built-in rules work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RuleSet(u64);

impl RuleSet {
    /// Those that are on by default.
    pub(super) fn default_on() -> RuleSet {
        BUILT_IN.iter().filter(|facts| facts.on).fold(RuleSet(0), |set, facts| set.with(facts.rule, true))
    }

    /// The set with one rule switched.
    pub(super) fn with(self, rule: BuiltIn, on: bool) -> RuleSet {
        let bit = 1 << rule as u64;
        RuleSet(if on { self.0 | bit } else { self.0 & !bit })
    }

    pub(super) fn has(self, rule: BuiltIn) -> bool {
        self.0 & (1 << rule as u64) != 0
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// A built-in rule by its name.
pub(super) fn named(name: &str) -> Option<BuiltIn> {
    BUILT_IN.iter().find(|facts| facts.name == name).map(|facts| facts.rule)
}

/// Which rule found something: a built-in one, or the user's by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    BuiltIn(BuiltIn),
    Custom(usize),
}

/// A place that a rule found, before findings are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) source: Source,
}

/// What the rules found so far.
#[derive(Debug, Default)]
pub(super) struct Hits(pub(super) Vec<Hit>);

impl Hits {
    /// Notes `start..end`.
    pub(super) fn add(&mut self, rule: BuiltIn, start: usize, end: usize) {
        self.push(Source::BuiltIn(rule), start, end);
    }

    pub(super) fn push(&mut self, source: Source, start: usize, end: usize) {
        if start < end {
            self.0.push(Hit { start, end, source });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_rules() {
        for (at, facts) in BUILT_IN.iter().enumerate() {
            assert_eq!(facts.rule as usize, at, "{}", facts.name);
            assert_eq!(named(facts.name), Some(facts.rule));
        }
    }

    #[test]
    fn each_kind_has_its_word() {
        assert_eq!(SecretKind::User.word(), "USER");
        assert_eq!(SecretKind::PrivateKey.word(), "PRIVATE_KEY");
        assert_eq!(SecretKind::Custom as usize, SecretKind::WORDS.len());
    }
}
