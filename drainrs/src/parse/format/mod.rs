//! The built-in formats, most specific first: a name, the bytes that a line of it may begin with, and how it is read.

mod database;
mod go;
mod java;
mod script;
mod syslog;
mod web;

use super::cursor::Cursor;
use super::draft::Draft;

/// Reads a line and writes what it says into a draft; `None` when the line is of another format.
pub(super) type Rule = for<'a> fn(&mut Cursor<'a>, &mut Draft<'a>) -> Option<()>;

/// How a format is read.
#[derive(Debug, Clone, Copy)]
pub(super) enum How {
    /// A composition of field scanners.
    Rule(Rule),
    /// A JSON object, read by its keys.
    Json,
    /// `key=value` pairs.
    Logfmt,
    /// Columns named by a `#Fields:` line.
    W3c,
    /// A user's pattern.
    Custom(usize),
}

/// A built-in format.
#[derive(Debug, Clone, Copy)]
pub(super) struct Format {
    pub(super) name: &'static str,
    pub(super) lead: Lead,
    pub(super) how: How,
}

/// A set of classes of first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lead(u8);

impl Lead {
    const BRACE: Lead = Lead(1);
    const ANGLE: Lead = Lead(2);
    const BRACKET: Lead = Lead(4);
    const DIGIT: Lead = Lead(8);
    const LETTER: Lead = Lead(16);
    const OTHER: Lead = Lead(32);
    pub(super) const ANY: Lead = Lead(63);

    const fn or(self, other: Lead) -> Lead {
        Lead(self.0 | other.0)
    }

    /// The class that a line begins with.
    #[inline]
    pub(super) fn of(line: &[u8]) -> Lead {
        match line.first() {
            Some(b'{') => Lead::BRACE,
            Some(b'<') => Lead::ANGLE,
            Some(b'[') => Lead::BRACKET,
            Some(b'0'..=b'9') => Lead::DIGIT,
            Some(b'a'..=b'z' | b'A'..=b'Z') => Lead::LETTER,
            _ => Lead::OTHER,
        }
    }

    #[inline]
    pub(super) fn meets(self, other: Lead) -> bool {
        self.0 & other.0 != 0
    }
}

const fn rule(name: &'static str, lead: Lead, rule: Rule) -> Format {
    Format { name, lead, how: How::Rule(rule) }
}

const DIGIT_OR_LETTER: Lead = Lead::DIGIT.or(Lead::LETTER);

/// All built-in formats. Of two that fit a line, the earlier one says more about it.
pub(super) const BUILT_IN: [Format; 45] = [
    rule("syslog5424", Lead::ANGLE, syslog::syslog5424),
    rule("bgl_ras", Lead::ANY, syslog::bgl_ras),
    rule("hpc_syslog", Lead::ANY, syslog::hpc_syslog),
    rule("redis", Lead::DIGIT.or(Lead::BRACKET), database::redis),
    rule("jul", DIGIT_OR_LETTER, java::jul),
    rule("syslog3164", Lead::ANGLE.or(Lead::LETTER), syslog::syslog3164),
    rule("syslog_iso", Lead::ANGLE.or(Lead::DIGIT), syslog::syslog_iso),
    rule("klog", Lead::LETTER, go::klog),
    rule("logcat", Lead::DIGIT, java::logcat),
    rule("logcat_brief", DIGIT_OR_LETTER, java::logcat_brief),
    rule("nginx_ingress", DIGIT_OR_LETTER.or(Lead::OTHER), web::nginx_ingress),
    rule("clf", DIGIT_OR_LETTER.or(Lead::OTHER), web::clf),
    rule("envoy", Lead::BRACKET, web::envoy),
    rule("apache_error", Lead::BRACKET, web::apache_error),
    rule("nginx_error", Lead::DIGIT, web::nginx_error),
    rule("cups", Lead::LETTER, syslog::cups),
    rule("ruby", Lead::LETTER, script::ruby),
    rule("oslo", DIGIT_OR_LETTER, script::oslo),
    rule("spring_boot", Lead::DIGIT, java::spring_boot),
    rule("postgres", Lead::DIGIT, database::postgres),
    rule("mysql8", Lead::DIGIT, database::mysql8),
    rule("mysql_slow", Lead::OTHER, database::mysql_slow),
    rule("cbs", Lead::DIGIT, script::cbs),
    rule("log4j_zk", Lead::DIGIT, java::log4j_zk),
    rule("log4j_thread", Lead::DIGIT, java::log4j_thread),
    rule("log4j_thread_first", Lead::DIGIT, java::log4j_thread_first),
    rule("hdfs", Lead::DIGIT, java::hdfs),
    rule("spark", Lead::DIGIT, java::spark),
    rule("kafka", Lead::BRACKET, java::kafka),
    rule("python", Lead::DIGIT, script::python),
    rule("piped", Lead::DIGIT, script::piped),
    rule("celery", Lead::BRACKET, script::celery),
    rule("monolog", Lead::BRACKET, script::monolog),
    rule("env_logger", Lead::BRACKET, go::env_logger),
    rule("zap", Lead::DIGIT, go::zap),
    rule("tracing", Lead::DIGIT, go::tracing),
    rule("mongod", Lead::DIGIT, go::mongod),
    rule("level_in_brackets", Lead::DIGIT, go::level_in_brackets),
    rule("log4j_logger", Lead::DIGIT, java::log4j_logger),
    rule("pgbouncer", Lead::DIGIT, database::pgbouncer),
    rule("level_first", Lead::LETTER.or(Lead::OTHER), script::level_first),
    rule("python_basic", Lead::LETTER, script::python_basic),
    rule("dotnet", Lead::LETTER, script::dotnet),
    Format { name: "json", lead: Lead::BRACE, how: How::Json },
    Format { name: "logfmt", lead: Lead::LETTER.or(Lead::OTHER), how: How::Logfmt },
];

/// Tried after all others, because its rule depends on a line that was seen before.
pub(super) const W3C: Format = Format { name: "w3c", lead: Lead::ANY, how: How::W3c };
