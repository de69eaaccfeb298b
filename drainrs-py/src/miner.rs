//! The miner.

use std::sync::Arc;

use drainrs::{
    Class, Level, Miner as Machine, MinerConfig, OnOtherSettings, SearchStrategy, Seen, TemplateId, Timestamp, Tokens,
};
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyTuple};

use crate::convert::{content_of, plain, settings_with, shaped, time, word};
use crate::error::OrRaise;
use crate::hit::{CHANGES, Hit, change_code};
use crate::kept::{Kept, kept};
use crate::lines::{bytes_of, feed, saved_bytes};
use crate::lock::{Locked, locked};
use crate::table::{Column, Table, Texts, Values};
use crate::values::{Merges, Parameters};

/// The names of all classes under the placeholders of a miner, in the order of their numbers.
pub(crate) fn class_words(placeholders: &drainrs::Placeholders) -> Arc<Vec<String>> {
    let names = (0..64).map(|number| placeholders.name(Class::from_index(number)).to_owned());
    let mut names: Vec<String> = names.collect();
    // Numbers that no class has are called like the first.
    while names.len() > 1 && names.last() == names.first() {
        names.pop();
    }
    Arc::new(names)
}

/// The columns of a batch of hits.
#[derive(Debug, Default)]
struct Hits {
    templates: Vec<u64>,
    changes: Vec<i32>,
    merges: Merges,
    parameters: Option<Parameters>,
}

impl Hits {
    fn new(with_parameters: bool, follow_merges: bool) -> Hits {
        Hits { parameters: with_parameters.then(|| Parameters::new(follow_merges)), ..Hits::default() }
    }

    fn push(&mut self, hit: &drainrs::Hit<'_>, line: &[u8]) {
        self.templates.push(hit.template.0);
        self.changes.push(change_code(hit.change) as i32);
        self.merges.take(hit.merged);
        if let Some(parameters) = &mut self.parameters {
            parameters.push(Some(hit), line);
        }
    }

    /// A row without a line, or a line without a template.
    fn push_nothing(&mut self) {
        self.templates.push(0);
        self.changes.push(-1);
        if let Some(parameters) = &mut self.parameters {
            parameters.push(None, b"");
        }
    }

    /// Brings the rows up to what the miner knows now.
    fn follow(&mut self, miner: &Machine) {
        let stale = self.merges.follow(&mut self.templates, &self.changes);
        self.parameters = self.parameters.take().map(|old| old.refreshed(miner, &stale, &self.templates));
    }

    fn table(self, words: &[String]) -> Table {
        let missing: Vec<bool> = self.changes.iter().map(|change| *change < 0).collect();
        let none = |row: usize| missing[row];
        let mut columns = vec![
            Column::new("template", Values::U64(self.templates)).without(none),
            Column::new("change", Values::Words(self.changes, CHANGES.into_iter().collect())),
        ];
        columns.extend(self.parameters.into_iter().flat_map(|parameters| parameters.columns(words)));
        Table::new(columns)
    }
}

/// All templates as columns; the texts of their first examples among them.
pub(crate) fn templates_table(miner: &Machine) -> Table {
    let views: Vec<drainrs::TemplateView<'_>> = miner.templates().collect();
    let times = |name, of: &dyn Fn(&drainrs::TemplateView<'_>) -> Option<Timestamp>| {
        let times: Vec<Option<Timestamp>> = views.iter().map(of).collect();
        // NumPy's "not a time" where there is none.
        let nanos = times.iter().map(|at| at.map_or(i64::MIN, Timestamp::as_nanos)).collect();
        Column::new(name, Values::Time(nanos)).without(|row| times[row].is_none())
    };
    let levels: Vec<i32> = views.iter().map(|view| view.level as i32).collect();
    Table::new(vec![
        Column::new("id", Values::U64(views.iter().map(|view| view.id.0).collect())),
        Column::new("content_id", Values::Text(views.iter().map(|view| view.content_id.to_string()).collect())),
        Column::new("text", Values::Text(views.iter().map(|view| view.text.as_str()).collect())),
        Column::new("count", Values::U64(views.iter().map(|view| view.count).collect())),
        Column::new("level", Values::Words(levels, level_words())),
        times("first_seen", &|view| view.first_seen),
        times("last_seen", &|view| view.last_seen),
        Column::new("pinned", Values::Bool(views.iter().map(|view| view.pinned).collect())),
        Column::new(
            "example",
            Values::Text(views.iter().map(|view| view.examples.first().map_or(&b""[..], Vec::as_slice)).collect()),
        ),
    ])
}

/// The names of all levels, in the order of their numbers.
pub(crate) fn level_words() -> Texts {
    Level::ALL.iter().map(|level| level.name()).collect()
}

/// Lines in, templates out: takes messages, without their headers (`Pipeline` takes raw lines).
///
/// `Miner(config)` takes a `MinerConfig` or a mapping; options go before it, with or without their stage:
/// `Miner(depth=5)` is `Miner(mine={"depth": 5})`. Wrong settings are a `ConfigError`, a `PatternError` or a
/// `LimitError` that lists all of them with their paths.
///
/// Lines never cause errors; what is no line (anything but `str` and bytes) is a `TypeError`. Memory is bounded: the
/// least recently used template makes room (`max_templates`). `len`, `in` and `[...]` go by the numbers of templates.
/// Miners can be copied and pickled; a miner that goes on from a snapshot is as if it had never stopped.
///
///     >>> import drainrs
///     >>> miner = drainrs.Miner(similarity_threshold=0.5)
///     >>> for line in ["user 17 logged in from 10.0.0.7", "disk sda is full", "user 23 logged in from 10.0.0.9"]:
///     ...     hit = miner.insert(line)
///     >>> hit.template, hit.change, hit.values
///     (1, 'unchanged', ('23', '10.0.0.9'))
///     >>> miner[hit.template].text
///     'user <NUM> logged in from <IP>'
///     >>> len(miner), 2 in miner, miner.find("user 9 logged in from 10.0.0.1").size
///     (2, True, 2)
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Miner {
    machine: Locked<Machine>,
    words: Arc<Vec<String>>,
}

impl Miner {
    fn around(machine: Machine) -> Miner {
        let words = class_words(machine.placeholders());
        Miner { machine: Locked::new(machine), words }
    }
}

#[pymethods]
impl Miner {
    #[new]
    #[pyo3(signature = (config = None, **options))]
    fn new(py: Python<'_>, config: Option<&Bound<'_, PyAny>>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Miner> {
        let config: MinerConfig = settings_with(py, "MinerConfig", config, options)?;
        Machine::build(&config).or_raise(py).map(Miner::around)
    }

    /// Mines a line: finds or founds its template and counts the line. `at` is the time of the event, `level` its
    /// level; the template remembers the first and the last time and the greatest level. A newline at the end belongs
    /// to the line. An unknown level is a `ValueError`.
    #[pyo3(signature = (line, *, at = None, level = None))]
    fn insert(
        &self,
        py: Python<'_>,
        line: &Bound<'_, PyAny>,
        at: Option<&Bound<'_, PyAny>>,
        level: Option<&str>,
    ) -> PyResult<Hit> {
        let bytes = bytes_of(line)?;
        let at = at.map(time).transpose()?;
        let level = level.map_or(Ok(Level::Unknown), |level| word("level", level))?;
        let mut machine = locked(py, &self.machine)?;
        let hit = machine.insert_seen(&bytes, Seen { at, level });
        Ok(Hit::of(&hit, &bytes, line, &self.words))
    }

    /// Mines many lines; a row per line. They are a list or any iterable, `bytes` (split at newlines), an array of
    /// NumPy, a Series of pandas or polars, or whatever speaks Arrow; a newline at an item's end is cut off. `None`,
    /// NaN and `NA` are rows without a template. With `parameters` there are columns `values` and `classes`, too.
    ///
    /// The interpreter is released, a chunk of some 4,000 lines at a time; between chunks signals are heeded and
    /// `progress` is called with the number of lines. An item that is no line is a `TypeError` that names its row; the
    /// rows before it were mined. This is several times as fast as `insert`.
    ///
    /// Rows are brought up to what the miner knows at the end of the batch: templates that were united are followed, and
    /// lines of templates that widened after them are looked up again for their values. `follow_merges=False` leaves
    /// every row as it was when its line came.
    ///
    ///     >>> import drainrs
    ///     >>> columns = drainrs.Miner().insert_batch(["user ann is here", None, "user bob is here"], parameters=True)
    ///     >>> columns.change, columns.values
    ///     (['created', None, 'widened'], [['ann'], [], ['bob']])
    #[pyo3(signature = (lines, *, follow_merges = true, parameters = false, progress = None))]
    fn insert_batch<'py>(
        &self,
        py: Python<'py>,
        lines: &Bound<'py, PyAny>,
        follow_merges: bool,
        parameters: bool,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let mut hits = Hits::new(parameters, follow_merges);
        feed(py, lines, progress, |rows| {
            let mut machine = self.machine.detached()?;
            for row in rows {
                match row {
                    Some(line) => hits.push(&machine.insert(line), line),
                    None => hits.push_nothing(),
                }
            }
            Ok(())
        })?;
        if follow_merges {
            let machine = locked(py, &self.machine)?;
            hits.follow(&machine);
        }
        hits.table(&self.words).framed(py, "Columns")
    }

    /// The template that a line belongs to, without learning from it; `None` if it has none. Every line that was mined
    /// is found, as long as its template lives. `change` is `"unchanged"`, and the line does not count.
    fn find(&self, py: Python<'_>, line: &Bound<'_, PyAny>) -> PyResult<Option<Hit>> {
        let bytes = bytes_of(line)?;
        let mut tokens = Tokens::new();
        let machine = locked(py, &self.machine)?;
        Ok(machine.find_with(&bytes, &mut tokens).map(|hit| Hit::of(&hit, &bytes, line, &self.words)))
    }

    /// `find` for many lines; a row per line, as `insert_batch` takes and gives them. A line without a template is a
    /// row without one.
    #[pyo3(signature = (lines, *, parameters = false, progress = None))]
    fn find_batch<'py>(
        &self,
        py: Python<'py>,
        lines: &Bound<'py, PyAny>,
        parameters: bool,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let mut hits = Hits::new(parameters, false);
        let mut tokens = Tokens::new();
        feed(py, lines, progress, |rows| {
            let machine = self.machine.detached()?;
            for row in rows {
                match row.and_then(|line| machine.find_with(line, &mut tokens).map(|hit| (hit, line))) {
                    Some((hit, line)) => hits.push(&hit, line),
                    None => hits.push_nothing(),
                }
            }
            Ok(())
        })?;
        hits.table(&self.words).framed(py, "Columns")
    }

    /// What a store has to keep of a line to write it again, byte by byte, beside its template's `pattern`: an `Encoded`,
    /// of which `template.pattern.render(encoded.values, encoded.gaps)` makes the line. None for a line that no template
    /// takes in, and where masks were rewritten (Drain3's tokenizer). Learns nothing.
    ///
    ///     >>> import drainrs
    ///     >>> miner, line = drainrs.Miner(), "took 37 ms  to send 2 parts"
    ///     >>> template = miner[miner.insert(line).template]
    ///     >>> encoded = miner.encode(line)
    ///     >>> encoded.values, encoded.gaps, template.pattern.render(encoded.values, encoded.gaps).decode() == line
    ///     ((b'37', b'2'), ((2, b'  '),), True)
    fn encode<'py>(&self, py: Python<'py>, line: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let line = bytes_of(line)?;
        let mut tokens = Tokens::new();
        let machine = locked(py, &self.machine)?;
        let Some(encoded) = machine.find_with(&line, &mut tokens).and_then(|hit| hit.encode(&line)) else {
            return Ok(None);
        };
        let values = PyTuple::new(py, encoded.values.iter().map(|value| PyBytes::new(py, value)))?;
        let gaps = PyTuple::new(py, encoded.gaps.iter().map(|(gap, white)| (*gap, PyBytes::new(py, white))))?;
        let shape = crate::convert::shapes(py)?.getattr("Encoded")?;
        shape.call1((encoded.content.to_string(), values, gaps)).map(Some)
    }

    /// Drain3's `match`: the number of the template, or `None`. The strategies are Drain3's: `"never"` (the tree only,
    /// which misses some lines that were mined), `"fallback"` (then all templates of that length) and `"always"` (all
    /// of them at once); others are a `ValueError`. For users who migrate: `find` misses nothing.
    #[pyo3(signature = (line, strategy = "never"))]
    fn match_as_drain3(&self, py: Python<'_>, line: &Bound<'_, PyAny>, strategy: &str) -> PyResult<Option<u64>> {
        let line = bytes_of(line)?;
        let strategy: SearchStrategy = word("strategy", strategy)?;
        Ok(locked(py, &self.machine)?.match_as_drain3(&line, strategy).map(|id| id.0))
    }

    /// Gives the miner a template by its text, and gives its number. It is pinned: never widened, never evicted.
    /// Placeholders are written as templates show them: `<*>` as a whole token is a wildcard, `<NUM>`, `<IP>` or a
    /// mask's name stand for a value. A text that is known already is pinned where it is.
    ///
    ///     >>> import drainrs
    ///     >>> miner = drainrs.Miner()
    ///     >>> seed = miner.seed("Connection refused by <*> port <NUM>")
    ///     >>> miner.insert("Connection refused by db-primary port 5432").template == seed
    ///     True
    fn seed(&self, py: Python<'_>, text: &str) -> PyResult<u64> {
        Ok(locked(py, &self.machine)?.seed(text).0)
    }

    /// Why a line goes where it goes: the way through the tree, the templates at its end, how similar each is, and a
    /// sentence. Learns nothing.
    ///
    ///     >>> import drainrs
    ///     >>> miner = drainrs.Miner()
    ///     >>> _ = miner.insert("disk sda is full")
    ///     >>> miner.explain("disk sda is full").reason
    ///     'template 1 fits without a change'
    fn explain<'py>(&self, py: Python<'py>, line: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let line = bytes_of(line)?;
        let explanation = locked(py, &self.machine)?.explain(&line);
        shaped(py, "Explanation", &explanation)
    }

    /// A key by which lines may be mined apart, a whole number: miners that were fed with disjoint sets of keys `merge`
    /// into exactly the templates that one miner would have.
    fn shard_key(&self, py: Python<'_>, line: &Bound<'_, PyAny>) -> PyResult<u64> {
        Ok(locked(py, &self.machine)?.shard_key(&bytes_of(line)?))
    }

    /// Takes over the templates and counts of another miner, which stays as it is; tells where its templates are now.
    /// The numbers of this miner's own templates stay. Miners of different settings are a `SnapshotConfigError`.
    fn merge<'py>(&self, py: Python<'py>, other: &Miner) -> PyResult<Bound<'py, PyAny>> {
        // A copy of the other: two locks at once, in any order, could wait for each other.
        let other = locked(py, &other.machine)?.clone();
        let map = locked(py, &self.machine)?.merge(&other).or_raise(py)?;
        shaped(py, "MergeMap", &map)
    }

    /// A template by its number; `None` if there is none. `miner[id]` raises a `KeyError` instead.
    fn template<'py>(&self, py: Python<'py>, id: u64) -> PyResult<Option<Bound<'py, PyAny>>> {
        let machine = locked(py, &self.machine)?;
        machine.template(TemplateId(id)).map(|view| shaped(py, "Template", &view)).transpose()
    }

    /// A template by its content id; `None` if there is none. What is not 16 hexadecimal digits is a `ValueError`.
    fn template_by_content<'py>(&self, py: Python<'py>, content_id: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        let content = content_of(content_id)?;
        let machine = locked(py, &self.machine)?;
        machine.template_by_content(content).map(|view| shaped(py, "Template", &view)).transpose()
    }

    /// The text of a template by its number; `None` if there is none. Cheaper than `template`.
    fn text(&self, py: Python<'_>, id: u64) -> PyResult<Option<String>> {
        let machine = locked(py, &self.machine)?;
        let mut text = String::new();
        machine.write_text(TemplateId(id), &mut text);
        // Only the template of an empty line has no text.
        Ok((!text.is_empty() || machine.template(TemplateId(id)).is_some()).then_some(text))
    }

    /// All templates, by number: a list that shows itself as a table and converts to data frames. Costs a copy of each.
    fn templates<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let machine = locked(py, &self.machine)?;
        templates_of(py, &machine)
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(locked(py, &self.machine)?.len())
    }

    fn __contains__(&self, py: Python<'_>, id: &Bound<'_, PyAny>) -> PyResult<bool> {
        let machine = locked(py, &self.machine)?;
        Ok(id.extract().is_ok_and(|id| machine.template(TemplateId(id)).is_some()))
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.templates(py)?.try_iter()?.into_any())
    }

    fn __getitem__<'py>(&self, py: Python<'py>, id: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let found = id.extract().ok().map(|id| self.template(py, id)).transpose()?.flatten();
        found.ok_or_else(|| PyKeyError::new_err(id.clone().unbind()))
    }

    /// Takes the oldest change of identity that waits (a template became another content, or went into another
    /// template), for stores that follow it; `None` if none does. At most `max_lineage` wait.
    fn poll_lineage<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let lineage = locked(py, &self.machine)?.poll_lineage();
        lineage.map(|lineage| shaped(py, "Lineage", &lineage)).transpose()
    }

    /// Counters, sizes, and memory in bytes. Costs a pass over the templates: ask now and then.
    fn stats<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let stats = locked(py, &self.machine)?.stats();
        shaped(py, "MinerStats", &stats)
    }

    /// The settings, all of them.
    #[getter]
    fn config<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let config = locked(py, &self.machine)?.config().clone();
        crate::config::shown(py, "MinerConfig", &config)
    }

    /// The whole state as bytes: versioned, checksummed, the same for the same state. Nothing is written to disk.
    fn snapshot<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = locked(py, &self.machine)?.snapshot().or_raise(py)?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// A miner that goes on where a snapshot was taken. The settings must be those of the snapshot, or `adopt` takes
    /// those of the snapshot. Raises `SnapshotError` (damaged, or no snapshot), `SnapshotVersionError` (of a later
    /// format) and `SnapshotConfigError` (other settings, each named).
    #[staticmethod]
    #[pyo3(signature = (snapshot, config = None, *, adopt = false))]
    fn restore(
        py: Python<'_>,
        snapshot: &Bound<'_, PyAny>,
        config: Option<&Bound<'_, PyAny>>,
        adopt: bool,
    ) -> PyResult<Miner> {
        let config: MinerConfig = crate::convert::settings(config)?;
        Machine::restore(&saved_bytes(snapshot)?, &config, on_other(adopt)).or_raise(py).map(Miner::around)
    }

    /// A miner that goes on from a state that Drain3 saved: `state` is its JSON, unpacked, as bytes. It is read as
    /// data; nothing in it is run. What cannot be read is a `SnapshotError`.
    #[staticmethod]
    fn from_drain3_state(py: Python<'_>, state: &Bound<'_, PyAny>, config: &Bound<'_, PyAny>) -> PyResult<Miner> {
        let config: MinerConfig = crate::convert::read(config)?;
        Machine::from_drain3_state(&saved_bytes(state)?, &config).or_raise(py).map(Miner::around)
    }

    /// The tree below its root, as Drain3's `print_tree` shows it: dicts of `key`, `children` and `clusters`.
    fn drain3_tree<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        plain(py, &locked(py, &self.machine)?.drain3_tree())
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        let (py, miner) = (slf.py(), slf.get());
        let config = plain(py, locked(py, &miner.machine)?.config())?;
        kept(slf, "restore", (miner.snapshot(py)?, config))
    }

    fn __copy__(&self, py: Python<'_>) -> PyResult<Miner> {
        Ok(Miner::around(locked(py, &self.machine)?.clone()))
    }

    fn __deepcopy__(&self, py: Python<'_>, memo: &Bound<'_, PyAny>) -> PyResult<Miner> {
        let _ = memo; // nothing inside is Python's
        self.__copy__(py)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let stats = locked(py, &self.machine)?.stats();
        Ok(format!("<drainrs.Miner: {} templates of {} lines>", stats.templates, stats.counters.seen))
    }

    fn _repr_html_<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.templates(py)?.call_method0("_repr_html_")
    }
}

pub(crate) fn on_other(adopt: bool) -> OnOtherSettings {
    if adopt { OnOtherSettings::Adopt } else { OnOtherSettings::Refuse }
}

/// All templates as `drainrs.Templates`.
pub(crate) fn templates_of<'py>(py: Python<'py>, miner: &Machine) -> PyResult<Bound<'py, PyAny>> {
    let list = PyList::empty(py);
    for view in miner.templates() {
        list.append(shaped(py, "Template", &view)?)?;
    }
    py.import("drainrs.frames")?.getattr("Templates")?.call1((list, templates_table(miner)))
}

/// Reads the text of a `drain3.ini`: the settings of a miner that gives the same results, and the names of those that
/// mean nothing here. What cannot be read is a `ConfigError`.
///
///     >>> import drainrs
///     >>> config, ignored = drainrs.read_drain3_ini("[DRAIN]\nsim_th = 0.5\n[SNAPSHOT]\nsnapshot_interval_minutes = 10")
///     >>> config.mine.similarity_threshold, ignored
///     (0.5, ['SNAPSHOT.snapshot_interval_minutes'])
#[pyfunction]
pub(crate) fn read_drain3_ini<'py>(py: Python<'py>, text: &str) -> PyResult<(Bound<'py, PyAny>, Vec<String>)> {
    let ini = drainrs::read_drain3_ini(text).or_raise(py)?;
    let ignored = ini.ignored.clone();
    let config = MinerConfig::try_from(ini).or_raise(py)?;
    Ok((crate::config::shown(py, "MinerConfig", &config)?, ignored))
}

/// The settings of a class in Drain3's manner, as plain data. For `drainrs.config`.
#[pyfunction]
pub(crate) fn config_drain3<'py>(py: Python<'py>, class: &str) -> PyResult<Bound<'py, PyAny>> {
    match class {
        "MinerConfig" => plain(py, &MinerConfig::drain3()),
        "DrainConfig" => plain(py, &drainrs::DrainConfig::drain3()),
        "NormalizeConfig" => plain(py, &drainrs::NormalizeConfig::drain3()),
        _ => Err(PyKeyError::new_err(class.to_owned())),
    }
}
