//! The miner: messages in, templates out.

use drainrs::{Class, ContentId, LineBatch, Miner, MinerConfig, OnOtherSettings, Placeholders, TemplateId};

use crate::buffer::{self, drainrs_buffer, fill};
use crate::error::drainrs_error;
use crate::ffi::{
    Failure, Handle, Out, batch, bytes, call, exclusive, free, give, neutral, opaque, read_json, shared, text,
    write_json,
};
use crate::hits::{DRAINRS_WITH_CONTENT_IDS, DRAINRS_WITH_PARAMETERS, drainrs_hits};
use crate::status::drainrs_status;

/// A miner: takes messages without headers, and gives each its template. Any thread may use it: calls that change it wait for one
/// another. For speed give each thread its own and merge them.
#[derive(Debug)]
pub struct drainrs_miner(pub(crate) Handle<Miner>);

opaque!(drainrs_miner, Miner);

/// Fail to restore a snapshot that was taken under other settings, and name each that differs.
pub const DRAINRS_OTHER_SETTINGS_REFUSE: u32 = 0;
/// Restore a snapshot under the settings that it was taken under.
pub const DRAINRS_OTHER_SETTINGS_ADOPT: u32 = 1;

pub(crate) fn on_other_settings(number: u32) -> Result<OnOtherSettings, Failure> {
    match number {
        DRAINRS_OTHER_SETTINGS_REFUSE => Ok(OnOtherSettings::Refuse),
        DRAINRS_OTHER_SETTINGS_ADOPT => Ok(OnOtherSettings::Adopt),
        _ => Err(Failure::Argument("on_other_settings", format!("is {number}, which no DRAINRS_OTHER_SETTINGS_ is"))),
    }
}

/// The names of the classes, by their numbers.
pub(crate) fn class_names(placeholders: &Placeholders) -> Vec<&str> {
    (0..64).map(|number| placeholders.name(Class::from_index(number))).collect()
}

/// Mines a batch into columns.
fn insert_batch(miner: &mut Miner, lines: LineBatch<'_>, hits: &mut drainrs_hits) {
    hits.clear();
    if hits.with == 0 {
        return miner.insert_batch(lines, &mut hits.columns);
    }
    for line in lines.iter() {
        let hit = miner.insert(line);
        hits.columns.templates.push(hit.template);
        hits.columns.changes.push(hit.change);
        if hits.with & DRAINRS_WITH_CONTENT_IDS != 0 {
            hits.content_ids.push(hit.content().0);
        }
        if hits.with & DRAINRS_WITH_PARAMETERS != 0 {
            hits.parameters.push(hit.parameters());
        }
    }
}

/// Builds a miner. `config` is a JSON document of settings, `{"mine": {"similarity_threshold": 0.5}}`; nothing at all is the
/// default. Wrong settings are an error that names every one of them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_miner_new(
    config: *const u8,
    config_len: usize,
    out: *mut *mut drainrs_miner,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let out = Out::required(out, "out")?;
            let config: MinerConfig = read_json(config, config_len, "config")?;
            give(out, drainrs_miner(Handle::new(Miner::build(&config)?)));
            Ok(())
        })
    }
}

/// Mines a line: finds or founds its template and counts the line. Any bytes are a line. `change` is `DRAINRS_CHANGE_...`; both
/// places may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_miner_insert(
    miner: *mut drainrs_miner,
    line: *const u8,
    line_len: usize,
    template_id: *mut u64,
    change: *mut u8,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let line = bytes(line, line_len, "line")?;
            let mut miner = exclusive(miner, "miner")?;
            let hit = miner.insert(line);
            Out::optional(template_id).set(hit.template.0);
            Out::optional(change).set(hit.change as u8);
            Ok(())
        })
    }
}

/// Mines many lines. Line `i` ends before `data[ends[i]]` and begins where the line before it ends; newlines are part of a line.
/// `hits` gets an entry per line; NULL if nobody wants to know.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_miner_insert_batch(
    miner: *mut drainrs_miner,
    data: *const u8,
    data_len: usize,
    ends: *const u32,
    count: usize,
    hits: *mut drainrs_hits,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let lines = batch(data, data_len, ends, count)?;
            let mut miner = exclusive(miner, "miner")?;
            match hits.as_mut() {
                Some(hits) => insert_batch(&mut miner, lines, hits),
                None => lines.iter().for_each(|line| _ = miner.insert(line)),
            }
            Ok(())
        })
    }
}

/// The template that a line belongs to, without learning from it; 0 if there is none. Finds every line that was mined, as long as
/// its template lives.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_miner_find(
    miner: *const drainrs_miner,
    line: *const u8,
    line_len: usize,
    template_id: *mut u64,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let line = bytes(line, line_len, "line")?;
            let out = Out::required(template_id, "template_id")?;
            out.set(shared(miner, "miner")?.find(line).map_or(0, |id| id.0));
            Ok(())
        })
    }
}

/// Plants a template, such as "user <NUM> logged in": it is never widened and never makes room. `template_id` (may be NULL) gets
/// its number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_miner_seed(
    miner: *mut drainrs_miner,
    template: *const u8,
    template_len: usize,
    template_id: *mut u64,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let template = text(template, template_len, "template")?;
            let id = exclusive(miner, "miner")?.seed(template);
            Out::optional(template_id).set(id.0);
            Ok(())
        })
    }
}

/// The text of a template, such as "user <NUM> logged in"; empty if there is none of this number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_miner_template_text(
    miner: *const drainrs_miner,
    template_id: u64,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let mut text = String::new();
            shared(miner, "miner")?.write_text(TemplateId(template_id), &mut text);
            fill(out, text.into_bytes())
        })
    }
}

/// A template as a JSON object; `null` if there is none of this number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_miner_template(
    miner: *const drainrs_miner,
    template_id: u64,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let miner = shared(miner, "miner")?;
            write_json(&miner.template(TemplateId(template_id)), out)
        })
    }
}

/// The same by the template's content id.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_miner_template_by_content(
    miner: *const drainrs_miner,
    content_id: u64,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let miner = shared(miner, "miner")?;
            write_json(&miner.template_by_content(ContentId(content_id)), out)
        })
    }
}

/// All templates as a JSON array of objects, by number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_miner_templates(
    miner: *const drainrs_miner,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let miner = shared(miner, "miner")?;
            write_json(&miner.templates().collect::<Vec<_>>(), out)
        })
    }
}

/// How the miner stands, as a JSON object: what was counted, how many templates and nodes there are, memory in bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_miner_stats(
    miner: *const drainrs_miner,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe { call(error, || write_json(&shared(miner, "miner")?.stats(), out)) }
}

/// How many templates there are; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_miner_template_count(miner: *const drainrs_miner) -> usize {
    // SAFETY: by the contract of the header.
    neutral(0, || unsafe { shared(miner, "miner") }.map_or(0, |miner| miner.len()))
}

/// The names of the classes of parameters, such as "NUM", as a JSON array with 64 entries.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_miner_class_names(
    miner: *const drainrs_miner,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let miner = shared(miner, "miner")?;
            write_json(&class_names(miner.placeholders()), out)
        })
    }
}

/// Why a line belongs where it does, as a JSON object: its tokens, its way through the tree, the templates that were compared.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_miner_explain(
    miner: *const drainrs_miner,
    line: *const u8,
    line_len: usize,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let line = bytes(line, line_len, "line")?;
            write_json(&shared(miner, "miner")?.explain(line), out)
        })
    }
}

/// A number by which lines are dealt out to miners so that those of one template meet: lines with the same key go to the same
/// miner.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_miner_shard_key(
    miner: *const drainrs_miner,
    line: *const u8,
    line_len: usize,
    key: *mut u64,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let line = bytes(line, line_len, "line")?;
            let key = Out::required(key, "key")?;
            key.set(shared(miner, "miner")?.shard_key(line));
            Ok(())
        })
    }
}

/// Takes in what another miner with equal settings has learned; that one stays as it is. `map` (may be NULL) gets a JSON object:
/// in `ids` pairs of a template there and the template here.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_miner_merge(
    miner: *mut drainrs_miner,
    other: *const drainrs_miner,
    map: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            if !miner.is_null() && std::ptr::eq(miner, other) {
                return Err(Failure::Argument(
                    "other",
                    "must be another miner than the one that takes it in".to_owned(),
                ));
            }
            // A copy, so that two threads that merge two miners into each other do not wait for each other.
            let other = shared(other, "other")?.clone();
            let moved = exclusive(miner, "miner")?.merge(&other)?;
            if map.is_null() { Ok(()) } else { write_json(&moved, map) }
        })
    }
}

/// The oldest change of a template's identity that nobody took yet, as a JSON object; `null` if there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_miner_poll_lineage(
    miner: *mut drainrs_miner,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            buffer::wanted(out)?;
            let lineage = exclusive(miner, "miner")?.poll_lineage();
            write_json(&lineage, out)
        })
    }
}

/// The settings that the miner has, as a JSON document: those given, completed by defaults, or those of an adopted snapshot.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_miner_config(
    miner: *const drainrs_miner,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe { call(error, || write_json(shared(miner, "miner")?.config(), out)) }
}

/// The whole state as bytes: versioned, checksummed, the same bytes for the same state in every language.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_miner_snapshot(
    miner: *const drainrs_miner,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe { call(error, || fill(out, shared(miner, "miner")?.snapshot()?)) }
}

/// A miner that goes on where a snapshot was taken. `on_other_settings` is `DRAINRS_OTHER_SETTINGS_...`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_miner_restore(
    snapshot: *const u8,
    snapshot_len: usize,
    config: *const u8,
    config_len: usize,
    on_other_settings: u32,
    out: *mut *mut drainrs_miner,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let out = Out::required(out, "out")?;
            let snapshot = bytes(snapshot, snapshot_len, "snapshot")?;
            let config: MinerConfig = read_json(config, config_len, "config")?;
            let on_other = self::on_other_settings(on_other_settings)?;
            give(out, drainrs_miner(Handle::new(Miner::restore(snapshot, &config, on_other)?)));
            Ok(())
        })
    }
}

/// A miner that goes on where a Drain3 installation stopped: `state` is what its persistence wrote, read as data, never run.
/// `config` is best taken from its ini file, see `drainrs_config_from_drain3_ini`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_miner_from_drain3_state(
    state: *const u8,
    state_len: usize,
    config: *const u8,
    config_len: usize,
    out: *mut *mut drainrs_miner,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let out = Out::required(out, "out")?;
            let state = bytes(state, state_len, "state")?;
            let config = match bytes(config, config_len, "config")? {
                [] => MinerConfig::drain3(),
                _ => read_json(config, config_len, "config")?,
            };
            give(out, drainrs_miner(Handle::new(Miner::from_drain3_state(state, &config)?)));
            Ok(())
        })
    }
}

/// Frees a miner and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL. No other call may be at work on it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_miner_free(miner: *mut *mut drainrs_miner) {
    // SAFETY: by the contract of the header.
    unsafe { free(miner) }
}
