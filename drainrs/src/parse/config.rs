//! The settings of the parser.

use crate::time::Timestamp;

/// How lines are parsed. The default detects formats by itself.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ParseConfig {
    /// The name of the only format to expect: a built-in one, one of `formats`, `generic` or `raw`. `auto` (or nothing)
    /// detects. Lines that do not fit a pinned format are still read by the generic parser.
    pub format: Option<String>,
    /// The user's own formats. They are tried before the built-in ones, in this order.
    pub formats: Vec<CustomFormat>,
    /// The keys of JSON lines.
    pub json_keys: KeyNames,
    /// The keys of `key=value` lines.
    pub logfmt_keys: KeyNames,
    /// Seconds east of UTC of times that name no zone.
    pub default_utc_offset: i32,
    /// The present, as the host sees it: times without a year or date are the last ones before it. Without it such times
    /// are left out. See also [`Parser::set_reference_time`](crate::Parser::set_reference_time).
    pub reference_time: Option<Timestamp>,
    /// Whether a line without a level takes it from the words at the beginning of its message.
    pub infer_level: bool,
    /// How many lines are looked at to detect formats.
    pub max_sample_lines: usize,
    /// How many formats a mixed stream may have.
    pub max_formats: usize,
}

impl Default for ParseConfig {
    fn default() -> ParseConfig {
        ParseConfig {
            format: None,
            formats: Vec::new(),
            json_keys: KeyNames::default(),
            logfmt_keys: KeyNames::default(),
            default_utc_offset: 0,
            reference_time: None,
            infer_level: true,
            max_sample_lines: 200,
            max_formats: 4,
        }
    }
}

/// A format that the user describes by a regular expression with named groups.
///
/// The groups are `ts`, `level`, `service`, `message`, `host`, `pid`, `thread`, `logger`, `source`, `stream`, `trace` and
/// `span`, with the usual synonyms; others are ignored. `%{NAME:group}` stands for a ready-made pattern, as in grok:
/// `%{TIMESTAMP:ts} %{LEVEL:level} %{DATA:service}: %{GREEDYDATA:message}`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomFormat {
    /// What the format is called in records and reports.
    pub name: String,
    /// The expression. It must match from the beginning of the line.
    pub pattern: String,
    /// Whether lines whose `ts` reads as no time are left to other formats. Without it such lines have no time. Default false.
    #[serde(default)]
    pub needs_time: bool,
}

/// The keys of structured lines, each list in order of preference. Case does not matter; a dot also stands for nesting.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KeyNames {
    /// Keys of the time.
    pub time: Vec<String>,
    /// Keys of the level.
    pub level: Vec<String>,
    /// Keys of the message.
    pub message: Vec<String>,
    /// Keys of the service.
    pub service: Vec<String>,
}

impl Default for KeyNames {
    fn default() -> KeyNames {
        let list = |names: &str| names.split_ascii_whitespace().map(str::to_owned).collect();
        KeyNames {
            time: list(
                "@timestamp timestamp time ts t datetime date eventTime event_time asctime timeUnixNano \
                 observedTimeUnixNano __REALTIME_TIMESTAMP t.$date @t",
            ),
            level: list(
                "level severity lvl log.level loglevel levelname severity_text severityText severity_number \
                 severityNumber priority @l s",
            ),
            message: list(
                "message msg log body event @m @mt text short_message textPayload content fields.message jsonPayload.message",
            ),
            service: list(
                "service service.name service_name app application app_name logger logger_name name component container \
                 container_name target SYSLOG_IDENTIFIER _SYSTEMD_UNIT workload job c",
            ),
        }
    }
}

/// How many formats a user may define: together with the built-in ones they fit the bits of a word.
pub(super) const MAX_CUSTOM_FORMATS: usize = 16;
/// How long a user's pattern may be.
pub(super) const MAX_PATTERN_BYTES: usize = 16 * 1024;
/// How many names a list of keys may have.
pub(super) const MAX_KEY_NAMES: usize = 128;
