//! The library's own records, as JSON lines and as columns of CSV.

use std::io::{self, Write};

use super::texts::Texts;
use super::{Row, Sink};
use crate::program::failure::Failure;
use crate::program::output::{csv_text, json_text};
use crate::{Change, Miner, Placeholders};

fn change_name(change: Change) -> &'static str {
    match change {
        Change::Unchanged => "unchanged",
        Change::Created => "created",
        Change::Widened => "widened",
    }
}

/// `[{"value":"10.0.0.7","class":"IP"}]`
fn write_parameters(out: &mut impl Write, row: &Row<'_>, placeholders: &Placeholders) -> io::Result<()> {
    out.write_all(b"[")?;
    for (nth, parameter) in row.parameters.iter().enumerate() {
        out.write_all(if nth > 0 { b",{\"value\":" } else { b"{\"value\":" })?;
        json_text(out, parameter.span.of(row.content))?;
        out.write_all(b",\"class\":")?;
        json_text(out, placeholders.name(parameter.class).as_bytes())?;
        out.write_all(b"}")?;
    }
    out.write_all(b"]")
}

/// An object per line.
pub(super) struct Jsonl {
    out: Box<dyn Write>,
    texts: Texts,
}

impl Jsonl {
    pub(super) fn new(out: Box<dyn Write>) -> Jsonl {
        Jsonl { out, texts: Texts::default() }
    }
}

impl Sink for Jsonl {
    fn wants_parameters(&self) -> bool {
        true
    }

    fn row(&mut self, row: &Row<'_>, miner: &mut Miner) -> Result<(), Failure> {
        let Some(known) = self.texts.of_row(row, miner) else { return Ok(()) };
        let out = &mut self.out;
        write!(
            out,
            "{{\"line\":{},\"template_id\":{},\"content_id\":\"{}\",\"change\":\"{}\",\"size\":{},\"template\":",
            row.line,
            row.template,
            known.content,
            change_name(row.change),
            row.size
        )?;
        json_text(out, known.text.as_bytes())?;
        write!(out, ",\"level\":\"{}\",\"at\":", row.seen.level.name())?;
        match row.seen.at {
            Some(at) => write!(out, "\"{at}\"")?,
            None => out.write_all(b"null")?,
        }
        out.write_all(b",\"service\":")?;
        match row.service {
            Some(service) => json_text(out, service)?,
            None => out.write_all(b"null")?,
        }
        out.write_all(b",\"parameters\":")?;
        write_parameters(out, row, miner.placeholders())?;
        out.write_all(b"}\n")?;
        Ok(())
    }

    fn finish(&mut self, _: &mut Miner) -> Result<(), Failure> {
        Ok(self.out.flush()?)
    }
}

/// The same as columns; the parameters are the JSON of the other form.
pub(super) struct Csv {
    out: Box<dyn Write>,
    texts: Texts,
    parameters: Vec<u8>,
}

impl Csv {
    pub(super) fn new(mut out: Box<dyn Write>) -> Result<Csv, Failure> {
        out.write_all(b"line,template_id,content_id,change,size,template,level,at,service,parameters\n")?;
        Ok(Csv { out, texts: Texts::default(), parameters: Vec::new() })
    }
}

impl Sink for Csv {
    fn wants_parameters(&self) -> bool {
        true
    }

    fn row(&mut self, row: &Row<'_>, miner: &mut Miner) -> Result<(), Failure> {
        let Some(known) = self.texts.of_row(row, miner) else { return Ok(()) };
        let out = &mut self.out;
        let change = change_name(row.change);
        write!(out, "{},{},{},{change},{},", row.line, row.template, known.content, row.size)?;
        csv_text(out, known.text.as_bytes())?;
        write!(out, ",{},", row.seen.level.name())?;
        if let Some(at) = row.seen.at {
            write!(out, "{at}")?;
        }
        out.write_all(b",")?;
        csv_text(out, row.service.unwrap_or_default())?;
        out.write_all(b",")?;
        self.parameters.clear();
        write_parameters(&mut self.parameters, row, miner.placeholders())?;
        csv_text(out, &self.parameters)?;
        out.write_all(b"\n")?;
        Ok(())
    }

    fn finish(&mut self, _: &mut Miner) -> Result<(), Failure> {
        Ok(self.out.flush()?)
    }
}
