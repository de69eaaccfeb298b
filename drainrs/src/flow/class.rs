//! What kind of value a part of a line is.

/// The class of a token or of a masked value inside one.
///
/// In documents a class is the name of its placeholder, and a mask its index:
///
/// ```
/// use drainrs::Class;
/// assert_eq!(serde_json::to_string(&[Class::Number, Class::Mask(2)]).unwrap(), r#"["NUM",{"mask":2}]"#);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum Class {
    /// Text that no rule claims; a learned wildcard's value is a word unless a rule says more.
    #[serde(rename = "*")]
    Word,
    /// An integer or decimal number, with sign, exponent or thousands groups.
    #[serde(rename = "NUM")]
    Number,
    /// An IPv4 or IPv6 address, with its port or prefix length.
    #[serde(rename = "IP")]
    Ip,
    /// A hardware address.
    #[serde(rename = "MAC")]
    Mac,
    /// A UUID.
    #[serde(rename = "UUID")]
    Uuid,
    /// A URL with a scheme.
    #[serde(rename = "URL")]
    Url,
    /// An e-mail address.
    #[serde(rename = "EMAIL")]
    Email,
    /// A date with a time of day.
    #[serde(rename = "TIMESTAMP")]
    Timestamp,
    /// A date alone.
    #[serde(rename = "DATE")]
    Date,
    /// A time of day alone.
    #[serde(rename = "TIME")]
    Time,
    /// A number of bytes or bits with its unit.
    #[serde(rename = "SIZE")]
    Size,
    /// A length of time with its unit.
    #[serde(rename = "DURATION")]
    Duration,
    /// A percentage.
    #[serde(rename = "PCT")]
    Percent,
    /// A hexadecimal number or digest.
    #[serde(rename = "HEX")]
    Hex,
    /// A file system path.
    #[serde(rename = "PATH")]
    Path,
    /// An opaque identifier of mixed letters and digits.
    #[serde(rename = "ID")]
    Id,
    /// The random suffix of a Kubernetes pod's name.
    #[serde(rename = "POD")]
    Pod,
    /// A trace context (W3C or X-Ray).
    #[serde(rename = "TRACE")]
    Trace,
    /// Base64 text.
    #[serde(rename = "B64")]
    Base64,
    /// A quoted string.
    #[serde(rename = "STR")]
    Quoted,
    /// A version number.
    #[serde(rename = "VERSION")]
    Version,
    /// A truth value: `true` or `false`.
    #[serde(rename = "BOOL")]
    Bool,
    /// No value, where one could stand: `null`, `nil`, `None`, `undefined`.
    #[serde(rename = "NULL")]
    Null,
    /// The name of a host with its port, or with its address as Java writes it.
    #[serde(rename = "HOST")]
    Host,
    /// A user's mask: the index of its name in [`Placeholders`].
    #[serde(rename = "mask")]
    Mask(u8),
}

/// The built-in classes with their default placeholder names, in the order of their bits.
const NAMES: [(Class, &str); 24] = [
    (Class::Word, "*"),
    (Class::Number, "NUM"),
    (Class::Ip, "IP"),
    (Class::Mac, "MAC"),
    (Class::Uuid, "UUID"),
    (Class::Url, "URL"),
    (Class::Email, "EMAIL"),
    (Class::Timestamp, "TIMESTAMP"),
    (Class::Date, "DATE"),
    (Class::Time, "TIME"),
    (Class::Size, "SIZE"),
    (Class::Duration, "DURATION"),
    (Class::Percent, "PCT"),
    (Class::Hex, "HEX"),
    (Class::Path, "PATH"),
    (Class::Id, "ID"),
    (Class::Pod, "POD"),
    (Class::Trace, "TRACE"),
    (Class::Base64, "B64"),
    (Class::Quoted, "STR"),
    (Class::Version, "VERSION"),
    (Class::Bool, "BOOL"),
    (Class::Null, "NULL"),
    (Class::Host, "HOST"),
];

/// The first bit of the user's masks in a set of classes.
const FIRST_MASK_BIT: u8 = 24;

impl Class {
    /// The largest number of distinct names that user masks may have: what fits a set of 64 classes.
    pub const MAX_MASK_NAMES: usize = 64 - FIRST_MASK_BIT as usize;

    /// The class as one bit of a 64-bit set.
    #[inline]
    pub fn bit(self) -> u64 {
        1 << self.index()
    }

    /// The class as a number below 64, stable across versions.
    #[inline]
    pub fn index(self) -> u8 {
        let name = if let Class::Mask(n) = self { n } else { 0 };
        // All constants: the compiler makes a table of it, or nothing at all, instead of a jump that is hard to foresee.
        let first = match self {
            Class::Word => 0,
            Class::Number => 1,
            Class::Ip => 2,
            Class::Mac => 3,
            Class::Uuid => 4,
            Class::Url => 5,
            Class::Email => 6,
            Class::Timestamp => 7,
            Class::Date => 8,
            Class::Time => 9,
            Class::Size => 10,
            Class::Duration => 11,
            Class::Percent => 12,
            Class::Hex => 13,
            Class::Path => 14,
            Class::Id => 15,
            Class::Pod => 16,
            Class::Trace => 17,
            Class::Base64 => 18,
            Class::Quoted => 19,
            Class::Version => 20,
            Class::Bool => 21,
            Class::Null => 22,
            Class::Host => 23,
            Class::Mask(_) => FIRST_MASK_BIT,
        };
        (first + name) & 63
    }

    /// Whether a set of classes holds no user's mask.
    pub(crate) fn are_built_in(classes: u64) -> bool {
        classes >> FIRST_MASK_BIT == 0
    }

    /// The inverse of [`Class::index`]; unknown numbers are [`Class::Word`].
    pub fn from_index(index: u8) -> Class {
        if (FIRST_MASK_BIT..64).contains(&index) {
            return Class::Mask(index - FIRST_MASK_BIT);
        }
        NAMES.get(usize::from(index)).map_or(Class::Word, |&(class, _)| class)
    }
}

/// How classes are written in a template: `<NUM>`, `<IP>`, and the names of the user's masks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placeholders {
    prefix: String,
    suffix: String,
    masks: Vec<String>,
}

impl Default for Placeholders {
    /// `<` and `>`, and no user masks.
    fn default() -> Placeholders {
        Placeholders::new("<", ">", Vec::new())
    }
}

impl Placeholders {
    /// With the marks around a name, and the names of the user's masks in the order of [`Class::Mask`].
    pub fn new(prefix: impl Into<String>, suffix: impl Into<String>, masks: Vec<String>) -> Placeholders {
        Placeholders { prefix: prefix.into(), suffix: suffix.into(), masks }
    }

    /// The bare name of a class: `NUM`, or the user's name for a mask.
    ///
    /// ```
    /// use drainrs::{Class, Placeholders};
    /// assert_eq!(Placeholders::default().name(Class::Ip), "IP");
    /// ```
    pub fn name(&self, class: Class) -> &str {
        match class {
            Class::Mask(n) => self.masks.get(usize::from(n)).map_or("*", String::as_str),
            builtin => NAMES.iter().find(|(c, _)| *c == builtin).map_or("*", |&(_, name)| name),
        }
    }

    /// Writes the placeholder of a set of classes: the name when there is one class, `<*>` when there are several.
    pub fn write(&self, classes: u64, out: &mut String) {
        let single = classes.is_power_of_two().then(|| Class::from_index(classes.trailing_zeros() as u8));
        out.push_str(&self.prefix);
        out.push_str(single.map_or("*", |class| self.name(class)));
        out.push_str(&self.suffix);
    }

    /// The placeholder of a class: `<NUM>`.
    pub fn spelling(&self, class: Class) -> String {
        format!("{}{}{}", self.prefix, self.name(class), self.suffix)
    }

    /// The placeholder of a learned wildcard, `<*>`.
    pub fn wildcard(&self) -> String {
        self.spelling(Class::Word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_classes_are_stable_and_reversible() {
        for (at, (class, _)) in NAMES.iter().enumerate() {
            assert_eq!(usize::from(class.index()), at, "the table is in the order of the bits");
            assert_eq!(Class::from_index(class.index()), *class);
        }
        assert_eq!(Class::from_index(Class::Mask(39).index()), Class::Mask(39));
        assert_eq!(Class::MAX_MASK_NAMES, 40);
    }

    #[test]
    fn documents_call_the_classes_as_templates_do() {
        for (class, name) in NAMES {
            let text = serde_json::to_string(&class).unwrap();
            assert_eq!(text, format!("{name:?}"));
            assert_eq!(serde_json::from_str::<Class>(&text).unwrap(), class);
        }
        assert_eq!(serde_json::from_str::<Class>(r#"{ "mask": 39 }"#).unwrap(), Class::Mask(39));
        assert!(serde_json::from_str::<Class>("\"NUMBER\"").is_err());
    }
}
