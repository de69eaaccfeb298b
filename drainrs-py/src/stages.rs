//! Stages that are used alone: the joiner, the parser, the normalizer.

use drainrs::{
    JoinConfig, Joiner as JoinMachine, NormalizeConfig, Normalizer as NormalizeMachine, ParseConfig,
    Parser as ParseMachine, Tokens,
};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};

use crate::convert::{plain, read, settings_with, shape_of, shaped, shown_time, time, time_or_now};
use crate::error::OrRaise;
use crate::kept::{Kept, rebuilt, refused};
use crate::lines::{bytes_of, feed};
use crate::lock::{Locked, locked};
use crate::miner::level_words;
use crate::table::{Column, Table, Texts, Values};

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Lines to events: puts stack traces and other continuations back to the line that they belong to.
///
/// Takes a `JoinConfig`, a mapping, or its settings as options; wrong ones are a `ConfigError`.
///
///     >>> import drainrs
///     >>> joiner = drainrs.Joiner()
///     >>> for line in ["2031-02-03 04:05:06 ERROR it broke", "java.io.IOException: closed", "\tat a.b.C.d(C.java:7)"]:
///     ...     assert joiner.push(line) is None
///     >>> event = joiner.push("2031-02-03 04:05:07 INFO next")
///     >>> event.lines, event.first_line, joiner.finish().text
///     (3, 0, '2031-02-03 04:05:07 INFO next')
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Joiner {
    machine: Locked<JoinMachine>,
}

#[pymethods]
impl Joiner {
    #[new]
    #[pyo3(signature = (config = None, **options))]
    fn new(py: Python<'_>, config: Option<&Bound<'_, PyAny>>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Joiner> {
        let config: JoinConfig = settings_with(py, "JoinConfig", config, options)?;
        Ok(Joiner { machine: Locked::new(JoinMachine::build(&config).or_raise(py)?) })
    }

    /// Takes a line, without its newline, that arrives at `now` (the clock's time unless told); gives the event that it
    /// completes, or `None`.
    #[pyo3(signature = (line, now = None))]
    fn push<'py>(
        &self,
        py: Python<'py>,
        line: &Bound<'py, PyAny>,
        now: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let now = time_or_now(py, now)?;
        let line = bytes_of(line)?;
        let mut machine = locked(py, &self.machine)?;
        machine.push(&line, now).map(|joined| shaped(py, "Joined", &joined)).transpose()
    }

    /// Gives the open event if it has waited longer than `flush_after_ns`, else `None`.
    #[pyo3(signature = (now = None))]
    fn advance<'py>(&self, py: Python<'py>, now: Option<&Bound<'py, PyAny>>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let now = time_or_now(py, now)?;
        let mut machine = locked(py, &self.machine)?;
        machine.advance(now).map(|joined| shaped(py, "Joined", &joined)).transpose()
    }

    /// Gives the open event, at the end of the stream, or `None`.
    fn finish<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let mut machine = locked(py, &self.machine)?;
        machine.finish().map(|joined| shaped(py, "Joined", &joined)).transpose()
    }

    /// When `advance` will give the open event; `None` if none is open.
    #[getter]
    fn deadline<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let deadline = locked(py, &self.machine)?.deadline();
        deadline.map(|at| shown_time(py, at)).transpose()
    }

    /// Says whether the lines of this source begin with headers, as a parser found out; `None` leaves it to the joiner.
    /// `mode` wins over this.
    #[pyo3(signature = (headered))]
    fn set_headered(&self, py: Python<'_>, headered: Option<bool>) -> PyResult<()> {
        locked(py, &self.machine)?.set_headered(headered);
        Ok(())
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        refused(slf, "it holds lines of its stream back; `finish` it and build another of its settings")
    }

    /// How many lines were pushed.
    #[getter]
    fn pushed(&self, py: Python<'_>) -> PyResult<u64> {
        Ok(locked(py, &self.machine)?.pushed())
    }

    /// Memory in bytes.
    #[getter]
    fn memory(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(locked(py, &self.machine)?.memory())
    }
}

/// What a stack trace says in a few words: runtime, error, causes, and the first frame of the program's own; `None` if
/// there is no trace in the text.
///
///     >>> import drainrs
///     >>> trace = "ERROR it broke\njava.io.IOException: closed\n\tat java.io.X.read(X.java:1)\n\tat shop.Cart.pay(Cart.java:7)"
///     >>> summary = drainrs.summarise(trace)
///     >>> summary.error.kind, summary.error.message, summary.frame
///     ('java.io.IOException', 'closed', 'shop.Cart.pay(Cart.java:7)')
#[pyfunction]
pub(crate) fn summarise<'py>(py: Python<'py>, text: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let text = bytes_of(text)?;
    let Some(summary) = drainrs::summarise(&text) else { return Ok(None) };
    let cause = |cause: &drainrs::Cause<'_>| -> PyResult<Bound<'py, PyDict>> {
        let own = PyDict::new(py);
        own.set_item("kind", lossy(cause.kind))?;
        own.set_item("message", lossy(cause.message))?;
        own.set_item("is_root", cause.is_root)?;
        Ok(own)
    };
    let own = PyDict::new(py);
    own.set_item("runtime", plain(py, &summary.runtime)?)?;
    own.set_item("error", cause(&summary.error)?)?;
    own.set_item("causes", PyList::new(py, summary.causes.iter().map(cause).collect::<PyResult<Vec<_>>>()?)?)?;
    own.set_item("suppressed", summary.suppressed)?;
    own.set_item("frames", summary.frames)?;
    own.set_item("frame", summary.frame.map(lossy))?;
    shape_of("TraceSummary", own.as_any()).map(Some)
}

/// The level that the words of a message suggest, `"unknown"` if none does. A guess: `retrying after error` is no
/// error.
///
///     >>> import drainrs
///     >>> drainrs.level_in_text("disk failure: error 7")
///     'error'
#[pyfunction]
pub(crate) fn level_in_text(text: &Bound<'_, PyAny>) -> PyResult<&'static str> {
    Ok(drainrs::level_in_text(&bytes_of(text)?).unwrap_or_default().name())
}

/// The level that a word of any dialect names, in any case; `None` for other words.
///
///     >>> import drainrs
///     >>> [drainrs.level_of_word(word) for word in ["WARNING", "SEVERE", "loud"]]
///     ['warn', 'error', None]
#[pyfunction]
pub(crate) fn level_of_word(word: &str) -> Option<&'static str> {
    drainrs::level_of_word(word.as_bytes()).map(drainrs::Level::name)
}

/// Lines to header fields and messages. Finds out by itself what the lines of a stream look like, of 46 formats and
/// those of the user.
///
/// Takes a `ParseConfig`, a mapping, or its settings as options. A pattern that does not compile is a `PatternError`,
/// any other wrong setting a `ConfigError`. A pickle or a copy has the settings, and finds out anew what its stream looks
/// like.
///
///     >>> import drainrs
///     >>> record = drainrs.Parser().parse("2031-02-03T04:05:06Z WARN disk: almost full")
///     >>> str(record.at), record.level, record.service, record.message
///     ('2031-02-03T04:05:06Z', 'warn', 'disk', 'almost full')
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Parser {
    machine: Locked<ParseMachine>,
    /// As it was built; the formats are the machine's, and so is the present once it is told.
    config: ParseConfig,
    present: Locked<Option<drainrs::Timestamp>>,
}

impl Parser {
    fn settings(&self, py: Python<'_>) -> PyResult<ParseConfig> {
        let formats = locked(py, &self.machine)?.formats().to_vec();
        let reference_time = *locked(py, &self.present)?;
        Ok(ParseConfig { formats, reference_time, ..self.config.clone() })
    }
}

#[pymethods]
impl Parser {
    #[new]
    #[pyo3(signature = (config = None, **options))]
    fn new(py: Python<'_>, config: Option<&Bound<'_, PyAny>>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Parser> {
        let config: ParseConfig = settings_with(py, "ParseConfig", config, options)?;
        let machine = Locked::new(ParseMachine::build(&config).or_raise(py)?);
        Ok(Parser { machine, present: Locked::new(config.reference_time), config })
    }

    /// Reads one line, or one joined event. What the line does not say is `None`; nothing is an error.
    fn parse<'py>(&self, py: Python<'py>, line: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let line = bytes_of(line)?;
        let mut machine = locked(py, &self.machine)?;
        shaped(py, "Record", &machine.parse(&line))
    }

    /// Reads many lines; a row per line: `at`, `level`, `service`, `message`, `format`. Lines and `progress` as for
    /// `Miner.insert_batch`; a missing line is a row of missing values.
    #[pyo3(signature = (lines, *, progress = None))]
    fn parse_batch<'py>(
        &self,
        py: Python<'py>,
        lines: &Bound<'py, PyAny>,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (mut at, mut levels, mut missing) = (Vec::new(), Vec::new(), Vec::new());
        let (mut services, mut messages, mut formats) = (Texts::default(), Texts::default(), Texts::default());
        let mut unnamed = Vec::new();
        feed(py, lines, progress, |rows| {
            let mut machine = self.machine.detached()?;
            for row in rows {
                // A missing line is none that the parser should learn from.
                let record = row.map(|line| machine.parse(line)).unwrap_or_default();
                missing.push(row.is_none());
                at.push(record.at);
                levels.push(if row.is_none() { -1 } else { record.level as i32 });
                services.push(record.service.unwrap_or_default());
                unnamed.push(record.service.is_none());
                messages.push(record.message);
                formats.push(record.format.as_bytes());
            }
            Ok(())
        })?;
        let nanos = at.iter().map(|at| at.map_or(i64::MIN, drainrs::Timestamp::as_nanos)).collect();
        let table = Table::new(vec![
            Column::new("at", Values::Time(nanos)).without(|row| at[row].is_none()),
            Column::new("level", Values::Words(levels, level_words())),
            Column::new("service", Values::Text(services)).without(|row| unnamed[row]),
            Column::new("message", Values::Text(messages)).without(|row| missing[row]),
            Column::new("format", Values::Text(formats)).without(|row| missing[row]),
        ]);
        table.framed(py, "Frame")
    }

    /// Adds a format to those of the user, which is tried after them. Raises `PatternError` and `ConfigError`; the
    /// parser is as it was then.
    fn add_format(&self, py: Python<'_>, format: &Bound<'_, PyAny>) -> PyResult<()> {
        let format = read(format)?;
        locked(py, &self.machine)?.add_format(&format).or_raise(py)
    }

    /// Takes a format of the user's away, by its name; `False` if there is none, or if it is the only one expected.
    fn remove_format(&self, py: Python<'_>, name: &str) -> PyResult<bool> {
        Ok(locked(py, &self.machine)?.remove_format(name))
    }

    /// The formats of the user's, in the order in which they are tried.
    #[getter]
    fn formats<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let formats = locked(py, &self.machine)?.formats().to_vec();
        let shown: Vec<_> =
            formats.iter().map(|format| crate::config::shown(py, "CustomFormat", format)).collect::<PyResult<_>>()?;
        PyTuple::new(py, shown)
    }

    /// Tells the present, from which missing years and dates are inferred.
    fn set_reference_time(&self, py: Python<'_>, now: &Bound<'_, PyAny>) -> PyResult<()> {
        let now = time(now)?;
        locked(py, &self.machine)?.set_reference_time(now);
        *locked(py, &self.present)? = Some(now);
        Ok(())
    }

    /// The settings as they are now, the formats of the user's among them.
    #[getter]
    fn config<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        crate::config::shown(py, "ParseConfig", &self.settings(py)?)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        let config = slf.get().settings(slf.py())?;
        rebuilt(slf, plain(slf.py(), &config)?)
    }

    /// How lines were read: by a known format, by guessing, not at all.
    fn counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let counters = locked(py, &self.machine)?.counters();
        shaped(py, "ParseCounters", &counters)
    }

    /// The names of the formats that were detected or set, the most specific first; none before enough lines were seen.
    fn detected(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        Ok(locked(py, &self.machine)?.detected().map(str::to_owned).collect())
    }

    /// Whether the lines of the stream begin with headers; `None` while that is still found out. For
    /// `Joiner.set_headered`.
    #[getter]
    fn is_headered(&self, py: Python<'_>) -> PyResult<Option<bool>> {
        Ok(locked(py, &self.machine)?.is_headered())
    }

    /// The names of all formats that are built in.
    #[staticmethod]
    fn built_in_formats() -> Vec<&'static str> {
        ParseMachine::built_in_formats().collect()
    }
}

/// Messages to tokens and masked values: what templates are made of. To see what masks and settings do.
///
/// Takes a `NormalizeConfig`, a mapping, or its settings as options. A pattern that does not compile is a
/// `PatternError`, any other wrong setting a `ConfigError`.
///
///     >>> import drainrs
///     >>> normalizer = drainrs.Normalizer(masks=[{"name": "ORDER", "pattern": r"ord-\d+"}])
///     >>> normalizer.masked_text("ord-17 took 35ms  for /etc/passwd")
///     '<ORDER> took <DURATION>  for <PATH>'
///     >>> normalizer.tokens("retry 3 for 10.0.0.7:443")
///     ('retry', '3', 'for', '10.0.0.7:443')
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Normalizer {
    machine: Box<NormalizeMachine>, // see `Locked`
    config: NormalizeConfig,
}

#[pymethods]
impl Normalizer {
    #[new]
    #[pyo3(signature = (config = None, **options))]
    fn new(
        py: Python<'_>,
        config: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Normalizer> {
        let config: NormalizeConfig = settings_with(py, "NormalizeConfig", config, options)?;
        Ok(Normalizer { machine: Box::new(NormalizeMachine::build(&config).or_raise(py)?), config })
    }

    /// A line with a placeholder for every masked value, and its white space as it was. What was cut at a limit is
    /// missing.
    fn masked_text(&self, line: &Bound<'_, PyAny>) -> PyResult<String> {
        Ok(self.machine.masked_text(&bytes_of(line)?))
    }

    /// The masked texts of many lines, `None` for a missing one. Lines and `progress` as for `Miner.insert_batch`.
    #[pyo3(signature = (lines, *, progress = None))]
    fn masked_batch(
        &self,
        py: Python<'_>,
        lines: &Bound<'_, PyAny>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Vec<Option<String>>> {
        let mut texts = Vec::new();
        feed(py, lines, progress, |rows| {
            texts.extend(rows.map(|row| row.map(|line| self.machine.masked_text(line))));
            Ok(())
        })?;
        Ok(texts)
    }

    /// The tokens of a line, as they stand in it.
    fn tokens<'py>(&self, py: Python<'py>, line: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyTuple>> {
        let line = bytes_of(line)?;
        let mut tokens = Tokens::new();
        self.machine.normalize(&line, &mut tokens);
        PyTuple::new(py, (0..tokens.len()).map(|token| lossy(tokens.origin(token).of(&line))))
    }

    /// The masked values of a line: where each stands (in bytes), and what it is.
    fn mask_spans<'py>(&self, py: Python<'py>, line: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyTuple>> {
        let line = bytes_of(line)?;
        let mut tokens = Tokens::new();
        self.machine.normalize(&line, &mut tokens);
        let spans: Vec<_> =
            tokens.all_masks().iter().map(|span| shaped(py, "MaskSpan", span)).collect::<PyResult<_>>()?;
        PyTuple::new(py, spans)
    }

    /// How often a mask used up its steps on a line and counted as not matching there: only masks with look-around or
    /// backreferences can.
    #[getter]
    fn exhausted_masks(&self) -> u64 {
        self.machine.exhausted_masks()
    }

    /// The settings, all of them.
    #[getter]
    fn config<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        crate::config::shown(py, "NormalizeConfig", &self.config)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        rebuilt(slf, plain(slf.py(), &slf.get().config)?)
    }
}
