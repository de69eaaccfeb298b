//! SQL for PostgreSQL with pgvector, and for SQLite.

use std::fmt::Write as _;

use super::csv::json;
use super::literal;
use super::row::{IndexRow, MAX_DIMENSIONS};
use crate::error::{Error, ErrorKind, Problems};
use crate::time::Timestamp;

/// The most bytes of a table's name: with the names of its indexes it stays below PostgreSQL's 63.
const MAX_NAME_BYTES: usize = 48;
/// The most numbers that pgvector's HNSW index takes.
const MAX_INDEXED_DIMENSIONS: usize = 2_000;

/// Whose SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum Dialect {
    /// PostgreSQL 12 or later; with pgvector 0.5 or later where there are vectors.
    #[serde(rename = "postgresql")]
    PostgreSql,
    /// SQLite 3.24 or later.
    #[serde(rename = "sqlite")]
    Sqlite,
}

/// What becomes of the hits of a row that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum HitsOnConflict {
    /// The new number: rows tell all hits, and one miner writes a service. The statement may be repeated.
    #[default]
    Replace,
    /// The sum, at most 2^63 - 1: rows tell what came since the last export. A statement that is repeated counts twice.
    Add,
}

/// What SQL is written.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SqlConfig {
    /// Whose.
    pub dialect: Dialect,
    /// The table: small ASCII letters, digits and `_`, not a digit first, 48 bytes at most, so that it is the same name in quotes and
    /// without. Default `log_templates`.
    #[serde(default = "table")]
    pub table: String,
    /// The numbers of a vector; without it there is no column for vectors. At most 16,000; PostgreSQL gets an index up to 2,000.
    #[serde(default)]
    pub dimensions: Option<usize>,
    /// What becomes of the hits of a row that is there already. Default they are replaced.
    #[serde(default)]
    pub hits: HitsOnConflict,
}

fn table() -> String {
    "log_templates".to_owned()
}

impl SqlConfig {
    /// Of a dialect, with the other settings at their defaults.
    pub fn new(dialect: Dialect) -> SqlConfig {
        SqlConfig { dialect, table: table(), dimensions: None, hits: HitsOnConflict::default() }
    }

    fn check(&self, problems: &mut Problems) {
        let letters = self.table.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        let digit_first = self.table.starts_with(|first: char| first.is_ascii_digit());
        let good = letters && !digit_first && (1..=MAX_NAME_BYTES).contains(&self.table.len());
        problems.require(good, "sql.table", || {
            format!("{:?} is no name: write small letters, digits and _, no digit first, 1 to 48 bytes", self.table)
        });
        problems.require(!self.table.starts_with("sqlite_"), "sql.table", || {
            format!("{:?} begins with sqlite_, which SQLite keeps for itself", self.table)
        });
        if let Some(dimensions) = self.dimensions {
            problems.require((1..=MAX_DIMENSIONS).contains(&dimensions), "sql.dimensions", || {
                format!("must be 1 to {MAX_DIMENSIONS}, got {dimensions}; leave it out for no vectors")
            });
        }
    }
}

/// Writes SQL. It is text: the host runs it, over the connection that it has. Each statement is one line and may be run alone.
///
/// ```
/// use drainrs::ContentId;
/// use drainrs::index::{Dialect, IndexRow, Sql, SqlConfig};
///
/// let sql = Sql::build(&SqlConfig::new(Dialect::Sqlite))?;
/// assert!(sql.schema().starts_with("CREATE TABLE IF NOT EXISTS \"log_templates\" ("));
/// let mut out = String::new();
/// sql.write_upsert(&IndexRow::new("o'hara", ContentId(1), "it's; DROP TABLE users --"), &mut out)?;
/// assert!(out.contains("VALUES ('o''hara', '0000000000000001', 'it''s; DROP TABLE users --', "));
/// # Ok::<(), drainrs::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Sql {
    config: SqlConfig,
}

impl Sql {
    /// Checks the settings.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`], listing every setting that is out of its range.
    pub fn build(config: &SqlConfig) -> Result<Sql, Error> {
        let mut problems = Problems::default();
        config.check(&mut problems);
        problems.finish()?;
        Ok(Sql { config: config.clone() })
    }

    /// The statements that make table and indexes where they are missing; an existing table is not changed.
    pub fn schema(&self) -> String {
        let SqlConfig { table, dimensions, .. } = &self.config;
        let postgres = self.config.dialect == Dialect::PostgreSql;
        let (time, json) = if postgres { ("TIMESTAMPTZ", "JSONB") } else { ("INTEGER", "TEXT") };
        let (number, small) = if postgres { ("BIGINT", "SMALLINT") } else { ("INTEGER", "INTEGER") };
        let mut out = String::new();
        let mut line = |statement: String| {
            out.push_str(&statement);
            out.push_str(";\n");
        };
        let vector = match dimensions {
            Some(dimensions) if postgres => {
                line("CREATE EXTENSION IF NOT EXISTS vector".to_owned());
                format!(", embedding vector({dimensions})")
            }
            Some(_) => ", embedding BLOB".to_owned(),
            None => String::new(),
        };
        line(format!(
            "CREATE TABLE IF NOT EXISTS \"{table}\" (service TEXT NOT NULL, id TEXT NOT NULL, template TEXT NOT NULL, \
             template_id {number}, first_seen {time}, last_seen {time}, hits {number} NOT NULL, severity {small} NOT NULL, \
             labels {json} NOT NULL, examples {json} NOT NULL{vector}, PRIMARY KEY (service, id))"
        ));
        line(format!("CREATE INDEX IF NOT EXISTS \"{table}_id\" ON \"{table}\" (id)"));
        line(format!("CREATE INDEX IF NOT EXISTS \"{table}_seen\" ON \"{table}\" (last_seen)"));
        if postgres && dimensions.is_some_and(|dimensions| dimensions <= MAX_INDEXED_DIMENSIONS) {
            line(format!(
                "CREATE INDEX IF NOT EXISTS \"{table}_near\" ON \"{table}\" USING hnsw (embedding vector_cosine_ops)"
            ));
        }
        out
    }

    /// Appends the statement that puts a row in, or, where its key is there, brings that row up to date: the earliest
    /// `first_seen`, the latest `last_seen`, the greatest severity; hits as [`HitsOnConflict`] says; the rest as in the row, but for
    /// `template_id` and a vector, which stay where the row has none.
    ///
    /// # Errors
    ///
    /// Those of [`IndexRow::check`], and a vector that has not the length of [`SqlConfig::dimensions`]
    /// ([`ErrorKind::Config`] at `vector`); nothing is appended then.
    pub fn write_upsert(&self, row: &IndexRow, out: &mut String) -> Result<(), Error> {
        row.check()?;
        self.check_dimensions(row)?;
        let SqlConfig { dialect, table, .. } = &self.config;
        let with_vector = self.config.dimensions.is_some();
        let columns = if with_vector { ", embedding" } else { "" };
        let _ = write!(
            out,
            "INSERT INTO \"{table}\" AS old (service, id, template, template_id, first_seen, last_seen, hits, severity, \
             labels, examples{columns}) VALUES ("
        ); // writing to a text cannot fail
        literal::text(*dialect, &row.service, out);
        let _ = write!(out, ", '{}', ", row.id);
        literal::text(*dialect, &row.template, out);
        out.push_str(", ");
        // Stores count to 2^63.
        match row.template_id.and_then(|id| i64::try_from(id.0).ok()) {
            Some(id) => _ = write!(out, "{id}"),
            None => out.push_str("NULL"),
        }
        for time in [row.first_seen, row.last_seen] {
            out.push_str(", ");
            self.time(time, out);
        }
        let _ = write!(out, ", {}, {}, ", i64::try_from(row.hits).unwrap_or(i64::MAX), row.severity as u8);
        self.json(&row.labels, out);
        out.push_str(", ");
        self.json(&row.examples, out);
        if with_vector {
            out.push_str(", ");
            self.vector(row.vector.as_deref(), out);
        }
        out.push_str(") ON CONFLICT (service, id) DO UPDATE SET ");
        self.updates(out);
        out.push_str(";\n");
        Ok(())
    }

    fn check_dimensions(&self, row: &IndexRow) -> Result<(), Error> {
        let (Some(dimensions), Some(vector)) = (self.config.dimensions, &row.vector) else { return Ok(()) };
        if vector.len() == dimensions {
            return Ok(());
        }
        let message = format!("has {} numbers where sql.dimensions = {dimensions}", vector.len());
        Err(Error::new(ErrorKind::Config, "vector", message))
    }

    fn updates(&self, out: &mut String) {
        let (first, last, severity) = match self.config.dialect {
            // LEAST and GREATEST pass over NULL; SQLite's min and max become it.
            Dialect::PostgreSql => (
                "LEAST(old.first_seen, excluded.first_seen)",
                "GREATEST(old.last_seen, excluded.last_seen)",
                "GREATEST(old.severity, excluded.severity)",
            ),
            Dialect::Sqlite => (
                "min(coalesce(old.first_seen, excluded.first_seen), coalesce(excluded.first_seen, old.first_seen))",
                "max(coalesce(old.last_seen, excluded.last_seen), coalesce(excluded.last_seen, old.last_seen))",
                "max(old.severity, excluded.severity)",
            ),
        };
        let hits = match self.config.hits {
            HitsOnConflict::Replace => "excluded.hits",
            // A sum that does not fit is an error in PostgreSQL, and a fraction in SQLite.
            HitsOnConflict::Add => {
                "CASE WHEN old.hits > 9223372036854775807 - excluded.hits THEN 9223372036854775807 \
                 ELSE old.hits + excluded.hits END"
            }
        };
        let _ = write!(
            out,
            "template = excluded.template, template_id = coalesce(excluded.template_id, old.template_id), \
             first_seen = {first}, last_seen = {last}, hits = {hits}, severity = {severity}, labels = excluded.labels, \
             examples = excluded.examples"
        );
        if self.config.dimensions.is_some() {
            out.push_str(", embedding = coalesce(excluded.embedding, old.embedding)");
        }
    }

    /// PostgreSQL keeps microseconds, what is finer is cut; SQLite gets nanoseconds as a number.
    fn time(&self, time: Option<Timestamp>, out: &mut String) {
        let Some(time) = time else {
            out.push_str("NULL");
            return;
        };
        match self.config.dialect {
            Dialect::PostgreSql => {
                let micros = time.as_nanos().div_euclid(1_000);
                let _ = write!(out, "'{}'", Timestamp::from_nanos(micros.saturating_mul(1_000)));
            }
            Dialect::Sqlite => _ = write!(out, "{}", time.as_nanos()),
        }
    }

    fn json(&self, value: &impl serde::Serialize, out: &mut String) {
        let mut text = json(value);
        if self.config.dialect == Dialect::PostgreSql {
            text = without_nul(&text);
        }
        literal::text(self.config.dialect, &text, out);
    }

    /// pgvector's text; in SQLite 32-bit floats, little-endian, as its vector extensions read them.
    fn vector(&self, vector: Option<&[f32]>, out: &mut String) {
        match (vector, self.config.dialect) {
            (None, _) => out.push_str("NULL"),
            (Some(vector), Dialect::PostgreSql) => literal::text(Dialect::PostgreSql, &json(&vector), out),
            (Some(vector), Dialect::Sqlite) => {
                literal::bytes(vector.iter().flat_map(|number| number.to_le_bytes()), out);
            }
        }
    }
}

/// JSON with the escape of NUL replaced by that of U+FFFD: a JSONB refuses it as a text does.
fn without_nul(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    // A backslash and what it escapes are looked at together: in `\\u0000` no NUL is escaped.
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let length = if escape.starts_with("\\u0000") { 6 } else { 2.min(escape.len()) };
        out.push_str(if length == 6 { "\\ufffd" } else { escape.get(..length).unwrap_or_default() });
        rest = escape.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{ContentId, TemplateId};

    fn sql(dialect: Dialect, change: impl FnOnce(&mut SqlConfig)) -> Sql {
        let mut config = SqlConfig::new(dialect);
        change(&mut config);
        Sql::build(&config).unwrap()
    }

    #[test]
    fn names_of_tables_are_checked() {
        for name in ["", "1a", "A", "a b", "a\"; DROP TABLE x", "sqlite_x", "a.b", "é", &"a".repeat(49)] {
            let mut config = SqlConfig::new(Dialect::Sqlite);
            name.clone_into(&mut config.table);
            config.dimensions = Some(0);
            let error = Sql::build(&config).unwrap_err();
            assert_eq!((error.path(), error.problems().len()), ("sql.table", 2), "{name}");
        }
        sql(Dialect::Sqlite, |config| config.table = "a".repeat(MAX_NAME_BYTES));
        sql(Dialect::Sqlite, |config| config.dimensions = Some(MAX_DIMENSIONS));
        let mut config = SqlConfig::new(Dialect::PostgreSql);
        config.dimensions = Some(MAX_DIMENSIONS + 1);
        assert_eq!(
            Sql::build(&config).unwrap_err().to_string(),
            "sql.dimensions: must be 1 to 16000, got 16001; leave it out for no vectors"
        );
    }

    #[test]
    fn only_vectors_that_an_index_takes_get_one() {
        let near = |dimensions| sql(Dialect::PostgreSql, |config| config.dimensions = dimensions).schema();
        assert!(near(Some(2000)).contains("USING hnsw"));
        assert!(!near(Some(2001)).contains("USING hnsw"));
        assert!(!near(None).contains("vector"));
    }

    #[test]
    fn numbers_that_stores_cannot_count_are_held_or_left_out() {
        let mut row = IndexRow::new("s", ContentId(1), "t");
        (row.hits, row.template_id) = (u64::MAX, Some(TemplateId(u64::MAX)));
        (row.first_seen, row.last_seen) = (Some(Timestamp::from_nanos(-1)), Some(Timestamp::from_nanos(1_999)));
        let mut out = String::new();
        sql(Dialect::PostgreSql, |_| {}).write_upsert(&row, &mut out).unwrap();
        let values =
            "'t', NULL, '1969-12-31T23:59:59.999999Z', '1970-01-01T00:00:00.000001Z', 9223372036854775807, 0, ";
        assert!(out.contains(values), "{out}");
    }

    #[test]
    fn vectors_of_another_length_are_refused_and_nothing_is_written() {
        let mut row = IndexRow::new("s", ContentId(1), "t");
        row.vector = Some(vec![1.0, 2.0]);
        let mut out = String::new();
        let error =
            sql(Dialect::Sqlite, |config| config.dimensions = Some(3)).write_upsert(&row, &mut out).unwrap_err();
        assert_eq!(error.to_string(), "vector: has 2 numbers where sql.dimensions = 3");
        assert_eq!(out, "");
        sql(Dialect::Sqlite, |_| {}).write_upsert(&row, &mut out).unwrap();
        assert!(!out.contains("embedding"), "no column, no vector: {out}");
    }

    #[test]
    fn only_the_escape_of_nul_is_replaced_in_json() {
        for text in ["", "\0", "a\0b", "\\u0000", "\\\0", "\\\\u0000\0\"\n", "\u{1}"] {
            let replaced: String = serde_json::from_str(&without_nul(&json(&text))).unwrap();
            assert_eq!(replaced, text.replace('\0', "\u{fffd}"), "{text:?}");
        }
    }
}
