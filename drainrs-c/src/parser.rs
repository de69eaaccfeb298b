//! The parser alone: lines in, header fields and messages out.

use drainrs::{CustomFormat, ParseConfig, Parser, Timestamp};

use crate::buffer::{self, drainrs_buffer};
use crate::error::drainrs_error;
use crate::ffi::{
    Handle, Out, append_json, batch, bytes, call, exclusive, free, from_json, give, opaque, read_json, shared, text,
    write_json,
};
use crate::status::drainrs_status;

/// A parser: takes lines, or joined events, and gives what their headers say. It finds out by itself what the lines of a stream
/// look like, so one parser serves one stream. Who builds one frees it; any thread may use it: calls that change it, `_parse` among
/// them, wait for one another.
#[derive(Debug)]
pub struct drainrs_parser(Handle<Parser>);

opaque!(drainrs_parser, Parser);

/// Builds a parser. `config` is a JSON document of settings, the `parse` part of a pipeline's; nothing at all is the default.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_parser_new(
    config: *const u8,
    config_len: usize,
    out: *mut *mut drainrs_parser,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let out = Out::required(out, "out")?;
            let config: ParseConfig = read_json(config, config_len, "config")?;
            give(out, drainrs_parser(Handle::new(Parser::build(&config)?)));
            Ok(())
        })
    }
}

/// Reads a line, or a joined event, as a JSON object: `at`, `level`, `service`, `message`, and what else headers have. What the line
/// does not say is `null`; nothing is an error. Text that is not UTF-8 has replacement characters in it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_parser_parse(
    parser: *mut drainrs_parser,
    line: *const u8,
    line_len: usize,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let line = bytes(line, line_len, "line")?;
            buffer::wanted(out)?;
            let mut parser = exclusive(parser, "parser")?;
            write_json(&parser.parse(line), out)
        })
    }
}

/// Reads many lines, as a JSON array with an object per line. Line `i` ends before `data[ends[i]]` and begins where the line before
/// it ends.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_parser_parse_batch(
    parser: *mut drainrs_parser,
    data: *const u8,
    data_len: usize,
    ends: *const u32,
    count: usize,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let lines = batch(data, data_len, ends, count)?;
            buffer::wanted(out)?;
            let mut parser = exclusive(parser, "parser")?;
            let mut records = vec![b'['];
            for (number, line) in lines.iter().enumerate() {
                if number > 0 {
                    records.push(b',');
                }
                // A record looks into the parser: it is written before the next line is read.
                append_json(&parser.parse(line), &mut records)?;
            }
            records.push(b']');
            buffer::fill(out, records)
        })
    }
}

/// Adds a format, a JSON object with `name` and `pattern`, to those of the settings; it is tried after them. What the lines of the
/// stream look like is found out anew. After an error the parser is as it was.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_parser_add_format(
    parser: *mut drainrs_parser,
    format: *const u8,
    format_len: usize,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let mut parser = exclusive(parser, "parser")?;
            let format: CustomFormat = from_json(bytes(format, format_len, "format")?, "format")?;
            Ok(parser.add_format(&format)?)
        })
    }
}

/// Takes a format that was added, or is in the settings, away by its name. `removed` (may be NULL) gets 1, or 0 if there is none of
/// that name or it is the only one expected.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_parser_remove_format(
    parser: *mut drainrs_parser,
    name: *const u8,
    name_len: usize,
    removed: *mut u8,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let name = text(name, name_len, "name")?;
            let was = exclusive(parser, "parser")?.remove_format(name);
            Out::optional(removed).set(u8::from(was));
            Ok(())
        })
    }
}

/// The formats that were added or are in the settings, in the order in which they are tried, as a JSON array of objects.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_parser_formats(
    parser: *const drainrs_parser,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe { call(error, || write_json(shared(parser, "parser")?.formats(), out)) }
}

/// The names of the formats that were detected or set, the most specific first, as a JSON array; an empty one before enough lines
/// were seen.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_parser_detected(
    parser: *const drainrs_parser,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let parser = shared(parser, "parser")?;
            write_json(&parser.detected().collect::<Vec<_>>(), out)
        })
    }
}

/// How lines were read, by a known format, by guessing, or not at all, as a JSON object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_parser_counters(
    parser: *const drainrs_parser,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe { call(error, || write_json(&shared(parser, "parser")?.counters(), out)) }
}

/// Tells the present, from which missing years and dates are inferred.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_parser_set_reference_time(
    parser: *mut drainrs_parser,
    now: i64,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            exclusive(parser, "parser")?.set_reference_time(Timestamp::from_nanos(now));
            Ok(())
        })
    }
}

/// The names of all formats that are built in, as a JSON array.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_parser_built_in_formats(
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe { call(error, || write_json(&Parser::built_in_formats().collect::<Vec<_>>(), out)) }
}

/// Frees a parser and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL. No other call may be at work on it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_parser_free(parser: *mut *mut drainrs_parser) {
    // SAFETY: by the contract of the header.
    unsafe { free(parser) }
}
