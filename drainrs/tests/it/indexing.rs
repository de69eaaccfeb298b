//! The template index: what goes into a form comes out of it, whatever it says; and past incidents are found again.

use std::collections::BTreeMap;

use drainrs::index::{
    Csv, Dialect, FoundBy, HitsOnConflict, Incident, IncidentConfig, IncidentLibrary, IncidentTemplate, Index,
    IndexConfig, IndexRow, Present, Sql, SqlConfig, read_json_lines, write_json_line,
};
use drainrs::score::{Vectoriser, VectoriserConfig};
use drainrs::{ContentId, ErrorKind, Level, Miner, MinerConfig, TemplateId, Timestamp};
use proptest::prelude::*;

use crate::cases;

/// Texts that somebody would write who wants to break something.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("'".to_owned()),
        Just("\\".to_owned()),
        Just("\0".to_owned()),
        Just("\n".to_owned()),
        Just("\r\n".to_owned()),
        Just("\"".to_owned()),
        Just("$$".to_owned()),
        Just("--".to_owned()),
        Just("/*".to_owned()),
        Just(",".to_owned()),
        Just("=".to_owned()),
        Just("');".to_owned()),
        Just("\\u0000".to_owned()),
        Just("\u{1b}[0m".to_owned()),
        Just("E'".to_owned()),
        Just("X'00'".to_owned()),
        ".{0,4}",
        "[a-f0-9 ]{0,4}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn number() -> impl Strategy<Value = f32> {
    prop::num::f32::NORMAL | prop::num::f32::ZERO | prop::num::f32::SUBNORMAL
}

prop_compose! {
    fn row()(
        texts in (hostile(), hostile()),
        id in any::<u64>(),
        template_id in prop::option::of(any::<u64>()),
        times in (prop::option::of(any::<i64>()), prop::option::of(any::<i64>())),
        hits in any::<u64>(),
        level in 0..9_u8,
        labels in prop::collection::btree_map(hostile(), hostile(), 0..3),
        examples in prop::collection::vec(hostile(), 0..3),
        vector in prop::option::of(prop::collection::vec(number(), 3)),
    ) -> IndexRow {
        let mut row = IndexRow::new(texts.0, ContentId(id), texts.1);
        (row.template_id, row.hits, row.severity) = (template_id.map(TemplateId), hits, Level::from_index(level));
        (row.first_seen, row.last_seen) = (times.0.map(Timestamp::from_nanos), times.1.map(Timestamp::from_nanos));
        (row.labels, row.examples, row.vector) = (labels, examples, vector);
        row
    }
}

/// Reads a literal of SQL from the front of a text: its value, none for NULL and the like, and what is left. Panics at what
/// is no literal.
fn literal(dialect: Dialect, text: &str) -> (Option<String>, &str) {
    if let Some(rest) = text.strip_prefix("CAST(X'") {
        assert_eq!(dialect, Dialect::Sqlite);
        let (digits, rest) = rest.split_once('\'').unwrap();
        let bytes: Vec<u8> =
            (0..digits.len() / 2).map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap()).collect();
        return (Some(String::from_utf8(bytes).unwrap()), rest.strip_prefix(" AS TEXT)").unwrap());
    }
    let (escapes, body) = match (text.strip_prefix("E'"), text.strip_prefix('\'')) {
        (Some(body), _) => (true, body),
        (_, Some(body)) => (false, body),
        // A number, NULL, or X'...'.
        _ => {
            let end = text.find([',', ')']).unwrap();
            return (None, &text[end..]);
        }
    };
    assert!(!escapes || dialect == Dialect::PostgreSql);
    let (mut value, mut at) = (String::new(), 0);
    loop {
        let rest = &body[at..];
        let character = rest.chars().next().expect("the literal ends");
        assert!(!character.is_ascii_control(), "control characters are escaped");
        match (character, &rest[character.len_utf8()..]) {
            ('\'', after) if after.starts_with('\'') => {
                value.push('\'');
                at += 2;
            }
            ('\'', after) => return (Some(value), after),
            ('\\', after) if escapes => {
                let (escaped, length) = match after.as_bytes()[0] {
                    b'\\' => ('\\', 2),
                    b'n' => ('\n', 2),
                    b'r' => ('\r', 2),
                    b't' => ('\t', 2),
                    b'x' => (char::from(u8::from_str_radix(&after[1..3], 16).unwrap()), 4),
                    other => panic!("an escape {other}"),
                };
                value.push(escaped);
                at += length;
            }
            ('\\', _) => {
                assert_eq!(dialect, Dialect::Sqlite, "it would depend on standard_conforming_strings");
                value.push('\\');
                at += 1;
            }
            (other, _) => {
                value.push(other);
                at += other.len_utf8();
            }
        }
    }
}

/// The values of an upsert, and what stands behind them.
fn values(dialect: Dialect, statement: &str) -> (Vec<Option<String>>, &str) {
    let mut rest = &statement[statement.find(" VALUES (").unwrap() + " VALUES (".len()..];
    let mut found = Vec::new();
    loop {
        let (value, after) = literal(dialect, rest);
        found.push(value);
        match after.strip_prefix(", ") {
            Some(more) => rest = more,
            None => return (found, after),
        }
    }
}

fn read_csv(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut cells, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {
                assert_eq!(characters.next(), Some('\n'));
                cells.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut cells));
            }
            other => cell.push(other),
        }
    }
    assert!(!quoted && cell.is_empty() && cells.is_empty(), "it ends with a line");
    rows
}

fn sql(dialect: Dialect, dimensions: Option<usize>) -> Sql {
    let mut config = SqlConfig::new(dialect);
    config.dimensions = dimensions;
    Sql::build(&config).unwrap()
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct LiteralCase {
    text: String,
    postgresql: String,
    sqlite: String,
}

#[test]
fn literals_are_those_of_the_cases() {
    for case in cases::of::<LiteralCase>("index/literals.toml") {
        for (dialect, expected) in [(Dialect::PostgreSql, &case.postgresql), (Dialect::Sqlite, &case.sqlite)] {
            let mut out = String::new();
            sql(dialect, None).write_upsert(&IndexRow::new("", ContentId(1), &case.text), &mut out).unwrap();
            let values =
                format!("VALUES ('', '0000000000000001', {expected}, NULL, NULL, NULL, 0, 0, '{{}}', '[]') ON");
            assert!(out.contains(&values), "{case:?}: {out}");
        }
    }
}

proptest! {
    #![proptest_config(cases::properties(256))]

    /// Whatever a row says, the statement is one statement on one line, and the values are those of the row.
    #[test]
    fn nothing_gets_out_of_a_literal(row in row()) {
        for dialect in [Dialect::PostgreSql, Dialect::Sqlite] {
            let sql = sql(dialect, Some(3));
            let (mut out, mut plain) = (String::new(), String::new());
            sql.write_upsert(&row, &mut out).unwrap();
            sql.write_upsert(&IndexRow::new("", ContentId(1), ""), &mut plain).unwrap();
            prop_assert_eq!(out.lines().count(), 1);
            let (found, behind) = values(dialect, &out);
            prop_assert_eq!(behind, values(dialect, &plain).1, "what stands behind the values is ours");
            prop_assert_eq!(found.len(), 11);
            let text = |text: &str| match dialect {
                Dialect::PostgreSql => text.replace('\0', "\u{fffd}"),
                _ => text.to_owned(),
            };
            prop_assert_eq!(found[0].as_deref().unwrap(), text(&row.service));
            prop_assert_eq!(found[2].as_deref().unwrap(), text(&row.template));
            let labels: BTreeMap<String, String> = serde_json::from_str(found[8].as_deref().unwrap()).unwrap();
            let expected: BTreeMap<String, String> = row.labels.iter().map(|(k, v)| (text(k), text(v))).collect();
            prop_assert_eq!(labels, expected);
            let examples: Vec<String> = serde_json::from_str(found[9].as_deref().unwrap()).unwrap();
            prop_assert_eq!(examples, row.examples.iter().map(|example| text(example)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn cells_come_back(rows in prop::collection::vec(row(), 0..4), defuse: bool) {
        let csv = Csv { defuse };
        let mut out = String::new();
        csv.write_header(&mut out);
        rows.iter().for_each(|row| csv.write_row(row, &mut out).unwrap());
        let read = read_csv(&out);
        prop_assert_eq!(read.len(), rows.len() + 1);
        for (cells, row) in read[1..].iter().zip(&rows) {
            prop_assert_eq!(cells.len(), 11);
            for (cell, text) in [(&cells[0], &row.service), (&cells[2], &row.template)] {
                let plain = if defuse { cell.strip_prefix('\'').filter(|_| !text.starts_with('\'')).unwrap_or(cell) } else { cell };
                prop_assert_eq!(plain, text);
                prop_assert!(!defuse || !cell.trim_start().starts_with(['=', '+', '-', '@']));
            }
            prop_assert_eq!(&serde_json::from_str::<BTreeMap<String, String>>(&cells[8]).unwrap(), &row.labels);
            prop_assert_eq!(&serde_json::from_str::<Vec<String>>(&cells[9]).unwrap(), &row.examples);
        }
    }

    #[test]
    fn rows_come_back_from_json_lines_to_the_last_bit(rows in prop::collection::vec(row(), 0..4)) {
        let mut out = String::new();
        rows.iter().for_each(|row| write_json_line(row, &mut out).unwrap());
        prop_assert_eq!(out.lines().count(), rows.len());
        prop_assert_eq!(read_json_lines(&out, 10).unwrap(), rows);
    }

    /// The search agrees with sorting everything.
    #[test]
    fn the_nearest_are_those_of_a_plain_search(
        vectors in prop::collection::vec(prop::collection::vec(-2..3_i8, 5), 0..30),
        query in prop::collection::vec(-2..3_i8, 5),
        count in 0..8_usize,
    ) {
        let float = |vector: &[i8]| vector.iter().map(|&number| f32::from(number)).collect::<Vec<_>>();
        let mut index = Index::build(&IndexConfig::default()).unwrap();
        for (id, vector) in (0..).zip(&vectors) {
            let mut row = IndexRow::new("s", ContentId(id), "t");
            row.vector = Some(float(vector));
            index.insert(row).unwrap();
        }
        let product = |a: &[i8], b: &[i8]| a.iter().zip(b).map(|(&a, &b)| i32::from(a) * i32::from(b)).sum::<i32>();
        let cosine = |vector: &[i8]| {
            f64::from(product(vector, &query)) / (f64::from(product(vector, vector)).sqrt() * f64::from(product(&query, &query)).sqrt())
        };
        let mut expected: Vec<(f64, u64)> =
            (0..).zip(&vectors).map(|(id, vector)| (cosine(vector), id)).filter(|(cosine, _)| cosine.is_finite()).collect();
        expected.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        expected.truncate(count);
        let found: Vec<(f64, u64)> =
            index.nearest(&float(&query), count).unwrap().iter().map(|one| (one.similarity, one.row.id.0)).collect();
        prop_assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(&expected) {
            prop_assert!((found.0 - expected.0).abs() < 1e-9, "{found:?} {expected:?}");
        }
    }
}

#[test]
fn statements_follow_the_settings() {
    let mut config: SqlConfig =
        serde_json::from_str(r#"{ "dialect": "postgresql", "table": "t", "dimensions": 2, "hits": "add" }"#).unwrap();
    let sql = Sql::build(&config).unwrap();
    assert_eq!(
        sql.schema().lines().map(|line| line.split('(').next().unwrap().trim()).collect::<Vec<_>>(),
        [
            "CREATE EXTENSION IF NOT EXISTS vector;",
            "CREATE TABLE IF NOT EXISTS \"t\"",
            "CREATE INDEX IF NOT EXISTS \"t_id\" ON \"t\"",
            "CREATE INDEX IF NOT EXISTS \"t_seen\" ON \"t\"",
            "CREATE INDEX IF NOT EXISTS \"t_near\" ON \"t\" USING hnsw",
        ]
    );
    let mut row = IndexRow::new("s", ContentId(1), "t");
    row.vector = Some(vec![0.5, -1.0]);
    let mut out = String::new();
    sql.write_upsert(&row, &mut out).unwrap();
    assert!(out.contains(", '[0.5,-1.0]') ON CONFLICT (service, id) DO UPDATE SET "), "{out}");
    assert!(out.contains("ELSE old.hits + excluded.hits END"), "{out}");
    (config.dialect, config.hits) = (Dialect::Sqlite, HitsOnConflict::Replace);
    out.clear();
    Sql::build(&config).unwrap().write_upsert(&row, &mut out).unwrap();
    assert!(out.contains(", X'0000003f000080bf') ON CONFLICT"), "{out}");
    assert!(out.contains("hits = excluded.hits,"), "{out}");
}

/// `1 disk is full`
fn id_and_text(written: &str) -> (ContentId, &str) {
    let (id, text) = written.split_once(' ').unwrap();
    (ContentId(id.parse().unwrap()), text)
}

fn incident(id: &str, templates: &[&str]) -> Incident {
    let templates = templates.iter().map(|written| {
        let (id, text) = id_and_text(written);
        IncidentTemplate::new(id, text)
    });
    Incident::new(id, format!("about {id}"), Timestamp::from_seconds(0), templates.collect())
}

fn library(change: impl FnOnce(&mut IncidentConfig)) -> IncidentLibrary {
    let mut config = IncidentConfig::default();
    change(&mut config);
    IncidentLibrary::build(&config).unwrap()
}

fn window<'a>(written: &[&'a str]) -> Vec<Present<'a>> {
    written
        .iter()
        .map(|written| {
            let (id, text) = id_and_text(written);
            Present::new(id, "s", text)
        })
        .collect()
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct IncidentCase {
    why: String,
    incidents: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    usual: usize,
    #[serde(default)]
    usual_window: Vec<String>,
    window: Vec<String>,
    matches: Vec<String>,
}

#[test]
fn windows_look_like_the_incidents_of_the_cases() {
    for case in cases::of::<IncidentCase>("index/incidents.toml") {
        let mut library = library(|_| {});
        for (id, templates) in &case.incidents {
            let templates: Vec<&str> = templates.iter().map(String::as_str).collect();
            library.add(incident(id, &templates)).unwrap();
        }
        for _ in 0..case.usual {
            library.learn_usual(case.usual_window.iter().map(|written| id_and_text(written).0));
        }
        let written: Vec<&str> = case.window.iter().map(String::as_str).collect();
        let window = window(&written);
        let found = library.matches(&window, 100);
        let named: Vec<String> = found.iter().map(|one| format!("{} {:.3}", one.incident.id, one.similarity)).collect();
        assert_eq!(named, case.matches, "{}", case.why);
        let read = IncidentLibrary::from_json(&library.to_json(), &IncidentConfig::default()).unwrap();
        assert_eq!(read.matches(&window, 100), found, "{}", case.why);
        assert_eq!(read.to_json(), library.to_json(), "{}", case.why);
    }
}

#[test]
fn a_match_shows_its_evidence() {
    let mut library = library(|_| {});
    let mut disk = incident("disk", &["1 disk is full", "2 could not write to disk sda", "3 backup failed"]);
    disk.templates[0].weight = 2.0;
    disk.templates[2].service = Some("backup".into());
    library.add(disk.clone()).unwrap();
    let window = window(&["9 all is well", "7 could not write to disk <*>", "1 disk is full", "3 backup failed"]);
    let found = library.matches(&window, 1);
    let [one] = &found[..] else { panic!("{found:?}") };
    let shared: Vec<_> =
        one.shared.iter().map(|own| (own.template.id.0, own.present, own.found_by, own.share)).collect();
    assert_eq!(shared, [(1, 2, FoundBy::Id, 0.5), (2, 1, FoundBy::Text, 0.25)], "2 of 2 + 1 + 1");
    assert_eq!(one.missing, [&disk.templates[2]], "of another service");
    assert_eq!((one.extra, one.incident), (2, &disk));
    // 2 and 5/6 of 4; two extra ones, of the same rarity and of the weight of a template here, at a tenth.
    assert!((library.rarity(ContentId(1)) - library.rarity(ContentId(9))).abs() < 1e-12);
    let expected = (1.0 + 0.5 * 5.0 / 6.0) / (2.0 + 0.1 * 2.0);
    assert!((one.similarity - expected).abs() < 1e-12, "{} {expected}", one.similarity);
}

#[test]
fn what_stands_out_little_counts_little_on_either_side() {
    let mut library = library(|config| config.threshold = 0.0);
    library.add(incident("a", &["1 a b", "2 c d"])).unwrap();
    let similarity = |weights: [f64; 3]| {
        let mut window = window(&["1 a b", "2 c d", "3 e f"]);
        window.iter_mut().zip(weights).for_each(|(present, weight)| present.weight = weight);
        library.matches(&window, 1).first().map_or(0.0, |one| one.similarity)
    };
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
    near(similarity([1.0, 1.0, 0.0]), 1.0);
    near(similarity([5.0, 5.0, 5.0]), similarity([1.0, 1.0, 1.0]));
    near(similarity([1.0, 0.5, 0.0]), 0.75);
    near(similarity([f64::NAN, f64::INFINITY, -1.0]), 0.0);
}

#[test]
fn the_threshold_and_the_order_hold() {
    let mut library = library(|config| config.threshold = 0.9);
    let mut later = incident("a", &["1 a b"]);
    later.at = Timestamp::from_seconds(9);
    library.add(later).unwrap();
    library.add(incident("c", &["1 a b"])).unwrap();
    library.add(incident("b", &["1 a b"])).unwrap();
    library.add(incident("half", &["1 a b", "2 c d"])).unwrap();
    let window = window(&["1 a b"]);
    let names = |limit| library.matches(&window, limit).iter().map(|one| one.incident.id.clone()).collect::<Vec<_>>();
    assert_eq!(names(10), ["a", "b", "c"]);
    assert_eq!(names(2), ["a", "b"]);
    assert!(names(0).is_empty());
}

#[test]
fn incidents_come_and_go_and_so_does_what_is_known_of_their_templates() {
    let mut library = library(|_| {});
    let [a, b] = ["a", "b"].map(|id| incident(id, &["1 a b", "1 a b", "2 c d"]));
    assert_eq!(library.add(a.clone()).unwrap(), None);
    library.add(b.clone()).unwrap();
    let both = library.rarity(ContentId(1));
    assert_eq!(library.add(a.clone()).unwrap(), Some(a.clone()), "replaced");
    assert!((library.rarity(ContentId(1)) - both).abs() < 1e-12);
    assert_eq!(library.remove("b"), Some(b));
    assert_eq!(library.remove("b"), None);
    assert_eq!((library.len(), library.get("a")), (1, Some(&a)));
    library.remove("a");
    assert!(library.is_empty() && library.incidents().next().is_none());
    assert!(library.rarity(ContentId(1)) > both);
}

#[test]
fn every_limit_of_the_library_holds() {
    let mut library = library(|config| {
        (config.max_incidents, config.max_templates, config.max_text_bytes) = (2, 2, 12);
        (config.max_window, config.max_usual) = (2, 8);
    });
    let error = library.add(incident("a", &["1 a", "2 b", "3 a longer text"])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "2 problems:\n  templates: 3 is more than incidents.max_templates = 2\n  \
         templates[2]: 13 is more than incidents.max_text_bytes = 12"
    );
    library.add(incident("a", &["1 a b"])).unwrap();
    library.add(incident("b", &["2 c d"])).unwrap();
    let error = library.add(incident("c", &["3 e f"])).unwrap_err();
    assert_eq!(error.to_string(), "incidents: there are incidents.max_incidents = 2 already; remove one");
    assert_eq!(error.kind(), ErrorKind::Limit);
    library.add(incident("b", &["3 e f"])).unwrap();
    // Only two of the window are looked at.
    assert!(library.matches(&window(&["8 x", "9 y", "1 a b"]), 9).is_empty());
    assert_eq!(library.matches(&window(&["8 x", "1 a b"]), 9).len(), 1);
    // A text that is too long is found by its number only.
    assert!(library.matches(&window(&["7 a b         "]), 9).len() == 1, "as long as allowed");
    assert!(library.matches(&window(&["7 a b          "]), 9).is_empty());
    // Those that were not seen for longest make room.
    (10..20).for_each(|id| library.learn_usual([ContentId(id)]));
    let text = library.to_json();
    assert!(!text.contains("000000000000000a") && text.contains("0000000000000013"), "{text}");
    assert_eq!(library.usual_windows(), 10);
}

#[test]
fn what_is_no_incident_is_refused_whole() {
    let mut bad = incident("", &["1 a"]);
    bad.templates[0].weight = 0.0;
    let mut library = library(|_| {});
    let error = library.add(bad).unwrap_err();
    assert_eq!(
        error.to_string(),
        "2 problems:\n  id: is empty; give the incident a name\n  templates[0].weight: must be above 0 and finite, got 0"
    );
    assert!(library.add(incident("a", &[])).is_err() && library.is_empty());
    let error = IncidentLibrary::build(&IncidentConfig {
        threshold: f64::NAN,
        text_similarity: 0.5,
        extra_weight: 1.1,
        max_incidents: 0,
        max_templates: 0,
        max_text_bytes: 0,
        max_window: 0,
        max_usual: 0,
    })
    .unwrap_err();
    assert_eq!(error.problems().len(), 8, "{error}");
}

#[test]
fn documents_are_read_strictly() {
    let config = IncidentConfig { max_incidents: 2, ..IncidentConfig::default() };
    let words = |text: &str| IncidentLibrary::from_json(text, &config).unwrap_err().to_string();
    let one = r#"{"id":"a","title":"t","at":0,"templates":[{"id":"1"}]}"#;
    assert!(IncidentLibrary::from_json(&format!(r#"{{"version":1,"incidents":[{one}]}}"#), &config).is_ok());
    assert!(words("[]").starts_with("incidents: no library of incidents: "));
    assert!(words(r#"{"version":1,"colour":2}"#).contains("unknown field `colour`"));
    assert!(words(&one.replace("\"at\"", "\"when\"")).contains("unknown field"));
    assert_eq!(words(r#"{"version":2}"#), "incidents: has version 2, this library reads version 1");
    assert_eq!(
        words(&format!(r#"{{"version":1,"incidents":[{one},{one}]}}"#)),
        "incidents[1].id: \"a\" is there twice"
    );
    let other = one.replace("\"a\"", "\"b\"").replace(r#"{"id":"1"}"#, r#"{"id":"1","weight":-1}"#);
    assert_eq!(
        words(&format!(r#"{{"version":1,"incidents":[{one},{other}]}}"#)),
        "incidents[1].templates[0].weight: must be above 0 and finite, got -1"
    );
    let many: Vec<String> = (0..9).map(|id| one.replace("\"a\"", &format!("\"{id}\""))).collect();
    assert_eq!(
        words(&format!(r#"{{"version":1,"incidents":[{}]}}"#, many.join(","))),
        "incidents[2].incidents: there are incidents.max_incidents = 2 already; remove one"
    );
    let usual = r#"{"version":1,"usual":{"windows":1,"templates":[{"id":"1","windows":2,"last":1}]}}"#;
    assert_eq!(words(usual), "usual: a template was in more windows than the 1 that were learned");
}

/// From lines to an incident that is found again after its template has widened.
#[test]
fn an_incident_outlives_the_widening_of_its_templates() {
    let mut miner = Miner::build(&MinerConfig::default()).unwrap();
    let line = |host: &str| format!("lost the connection to replica {host} while copying segment");
    let first = miner.insert(line("alpha").as_bytes()).template;
    let before = miner.template(first).unwrap();
    let (id, text) = (before.content_id, before.text);
    let mut library = library(|_| {});
    let templates = vec![IncidentTemplate::new(id, text)];
    library.add(Incident::new("replica", "A replica was lost", Timestamp::default(), templates)).unwrap();
    for host in 0..200 {
        let host: String = format!("{host:03}").bytes().map(|digit| char::from(digit - b'0' + b'k')).collect();
        miner.insert(line(&host).as_bytes());
    }
    let after = miner.templates().find(|view| view.text.contains("<*>")).expect("it has widened");
    assert_ne!(after.content_id, id);
    let window = [Present::new(after.content_id, "db", &after.text)];
    let found = library.matches(&window, 1);
    assert_eq!((found[0].incident.id.as_str(), found[0].shared[0].found_by), ("replica", FoundBy::Text));
    assert!(found[0].similarity > 0.85, "{found:?}");
}

/// From lines to the template that is nearest to a question.
#[test]
fn the_nearest_template_is_the_one_about_it() {
    let mut miner = Miner::build(&MinerConfig::default()).unwrap();
    for line in
        ["user 17 logged in from 10.0.0.7", "disk sda is full", "could not reach host db1: timeout", "cache hit"]
    {
        miner.insert(line.as_bytes());
    }
    let vectoriser = Vectoriser::build(&VectoriserConfig::default()).unwrap();
    let mut index = Index::build(&IndexConfig::default()).unwrap();
    for view in miner.templates() {
        let mut row = IndexRow::new("s", view.content_id, view.text);
        row.vector = Some(vectoriser.vector(&row.template));
        index.insert(row).unwrap();
    }
    let near = index.nearest(&vectoriser.vector("the disk sdb is full"), 1).unwrap();
    assert_eq!(near[0].row.template, "disk sda is full");
}
