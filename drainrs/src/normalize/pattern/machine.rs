//! A backtracking machine with the semantics of Python's `re`: the reference that the fast engine is compared with, and
//! the way for patterns that no automaton can run (general look-around, backreferences, atomic groups).
//!
//! Its stack is a vector, so no line overflows it, and its steps are counted, so no line stalls it.

use super::program::{Op, Program, Table};
use super::set::fold;
use super::syntax::{Assertion, Greed};
use crate::text::python_space;

/// What the steps of one search are limited to, besides [`STEPS_PER_BYTE`]: a few milliseconds.
const STEPS: u64 = 1_000_000;
const STEPS_PER_BYTE: u64 = 100;

const NONE: usize = usize::MAX;

/// A way that was not taken yet, or a register to be put back.
#[derive(Debug, Clone, Copy)]
enum Frame {
    Branch {
        pc: u32,
        at: usize,
    },
    Register {
        register: u32,
        old: usize,
    },
    /// A greedy run of a set may give back characters down to `least`.
    Less {
        pc: u32,
        least: usize,
        at: usize,
    },
    /// A lazy run of a set may take up to `left` more characters.
    More {
        pc: u32,
        set: u32,
        at: usize,
        left: u32,
    },
    /// A lazy loop may run one more round.
    Again {
        pc: u32,
        at: usize,
        register: u32,
    },
}

/// The memory of the machine, reused from search to search.
#[derive(Debug, Clone, Default)]
pub(super) struct Scratch {
    stack: Vec<Frame>,
    registers: Vec<usize>,
}

/// The steps ran out; the pattern counts as not matching.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Exhausted;

/// One search through one text.
pub(super) struct Machine<'a> {
    program: &'a Program,
    text: &'a [u8],
    scratch: &'a mut Scratch,
    steps: u64,
    /// A match must not end here: Python's `sub` never finds two empty matches at one place.
    forbidden_end: usize,
}

impl<'a> Machine<'a> {
    pub(super) fn new(program: &'a Program, text: &'a [u8], scratch: &'a mut Scratch) -> Machine<'a> {
        let steps = STEPS + STEPS_PER_BYTE * text.len() as u64;
        Machine { program, text, scratch, steps, forbidden_end: NONE }
    }

    /// All matches as `re.sub` finds them: leftmost, not overlapping; an empty match may follow a match at once, but not an
    /// empty one. `first` skips places where no match can begin.
    pub(super) fn for_each_match(
        &mut self,
        first: Option<&Table>,
        mut found: impl FnMut(usize, usize),
    ) -> Result<(), Exhausted> {
        let mut at = 0;
        let mut must_advance = false;
        loop {
            let Some((start, end)) = self.search(at, must_advance, first)? else { return Ok(()) };
            found(start, end);
            must_advance = start == end;
            at = end;
        }
    }

    fn search(
        &mut self,
        mut at: usize,
        must_advance: bool,
        first: Option<&Table>,
    ) -> Result<Option<(usize, usize)>, Exhausted> {
        self.forbidden_end = if must_advance { at } else { NONE };
        loop {
            let (c, len) = decode(self.text, at);
            if first.is_none_or(|table| len > 0 && table.has(c)) {
                self.scratch.stack.clear();
                self.scratch.registers.clear();
                self.scratch.registers.resize(self.program.registers as usize, NONE);
                if let Some(end) = self.run(0, at, true)? {
                    return Ok(Some((at, end)));
                }
            }
            self.forbidden_end = NONE;
            if len == 0 {
                return Ok(None);
            }
            at += len;
        }
    }

    fn register(&self, register: u32) -> usize {
        self.scratch.registers.get(register as usize).copied().unwrap_or(NONE)
    }

    fn set_register(&mut self, register: u32, value: usize) {
        if let Some(place) = self.scratch.registers.get_mut(register as usize) {
            let old = std::mem::replace(place, value);
            self.scratch.stack.push(Frame::Register { register, old });
        }
    }

    /// Runs from a step to `Match`; gives the place reached. What it leaves on the stack are registers to put back.
    fn run(&mut self, start: u32, start_at: usize, whole: bool) -> Result<Option<usize>, Exhausted> {
        let base = self.scratch.stack.len();
        let (mut pc, mut at) = (start, start_at);
        let program = self.program;
        loop {
            self.steps = self.steps.checked_sub(1).ok_or(Exhausted)?;
            let next = pc + 1;
            let went_on = match program.ops.get(pc as usize).copied().unwrap_or(Op::Match) {
                Op::Set(set) => {
                    let (c, len) = decode(self.text, at);
                    let fits = len > 0 && self.in_set(set, c);
                    at += len;
                    fits.then_some(next)
                }
                Op::Many { set, min, max, kind } => self.many(next, set, min, max, kind, &mut at)?,
                Op::Split { first, second } => {
                    self.scratch.stack.push(Frame::Branch { pc: second, at });
                    Some(first)
                }
                Op::Jump(to) => Some(to),
                Op::Save(register) => {
                    self.set_register(register, at);
                    Some(next)
                }
                Op::Forget(register) => {
                    self.set_register(register, NONE);
                    Some(next)
                }
                Op::Round { register, exit, .. } if self.register(register) == at => Some(exit),
                Op::Round { register, exit, lazy: true } => {
                    self.scratch.stack.push(Frame::Again { pc: next, at, register });
                    Some(exit)
                }
                Op::Round { register, exit, lazy: false } => {
                    self.scratch.stack.push(Frame::Branch { pc: exit, at });
                    self.set_register(register, at);
                    Some(next)
                }
                Op::Assert(assertion) => self.holds(assertion, at).then_some(next),
                Op::Look { back, negative, next: after } => {
                    let height = self.scratch.stack.len();
                    let place = back.map_or(Some(at), |back| step_back(self.text, at, back));
                    let fits = match place {
                        Some(place) => self.run(next, place, false)?.is_some(),
                        None => false,
                    };
                    if fits && negative {
                        // What the inside captured is forgotten.
                        self.unwind(height);
                    }
                    (fits != negative).then_some(after)
                }
                Op::Atomic { next: after } => match self.run(next, at, false)? {
                    Some(end) => {
                        at = end;
                        Some(after)
                    }
                    None => None,
                },
                Op::Backref { group, fold } => self.same_again(group, fold, &mut at).then_some(next),
                Op::IfGroup { group, no } => {
                    let set = self.register(2 * group + 1) != NONE;
                    Some(if set { next } else { no })
                }
                Op::Match if whole && at == self.forbidden_end => None,
                Op::Match => {
                    self.commit(base);
                    return Ok(Some(at));
                }
            };
            match went_on {
                Some(to) => pc = to,
                None => match self.backtrack(base) {
                    Some(way) => (pc, at) = way,
                    None => return Ok(None),
                },
            }
        }
    }

    /// Drops the untaken ways above a height, keeps the registers to put back.
    fn commit(&mut self, height: usize) {
        let mut kept = height;
        for i in height..self.scratch.stack.len() {
            if let Some(frame @ Frame::Register { .. }) = self.scratch.stack.get(i).copied()
                && let Some(place) = self.scratch.stack.get_mut(kept)
            {
                *place = frame;
                kept += 1;
            }
        }
        self.scratch.stack.truncate(kept);
    }

    /// Puts back all registers above a height.
    fn unwind(&mut self, height: usize) {
        while self.scratch.stack.len() > height {
            if let Some(Frame::Register { register, old }) = self.scratch.stack.pop() {
                self.put_back(register, old);
            }
        }
    }

    fn put_back(&mut self, register: u32, old: usize) {
        if let Some(place) = self.scratch.registers.get_mut(register as usize) {
            *place = old;
        }
    }

    /// The last way not taken above a height.
    fn backtrack(&mut self, height: usize) -> Option<(u32, usize)> {
        while self.scratch.stack.len() > height {
            match self.scratch.stack.pop()? {
                Frame::Branch { pc, at } => return Some((pc, at)),
                Frame::Register { register, old } => self.put_back(register, old),
                Frame::Less { pc, least, at } => {
                    let shorter = step_back(self.text, at, 1).unwrap_or(least);
                    if shorter > least {
                        self.scratch.stack.push(Frame::Less { pc, least, at: shorter });
                    }
                    return Some((pc, shorter));
                }
                Frame::More { pc, set, at, left } => {
                    let (c, len) = decode(self.text, at);
                    if len > 0 && self.in_set(set, c) {
                        if left > 1 {
                            self.scratch.stack.push(Frame::More { pc, set, at: at + len, left: left - 1 });
                        }
                        return Some((pc, at + len));
                    }
                }
                Frame::Again { pc, at, register } => {
                    self.set_register(register, at);
                    return Some((pc, at));
                }
            }
        }
        None
    }

    #[inline]
    fn in_set(&self, set: u32, c: u32) -> bool {
        self.program.tables.get(set as usize).is_some_and(|table| table.has(c))
    }

    fn many(
        &mut self,
        next: u32,
        set: u32,
        min: u32,
        max: u32,
        kind: Greed,
        at: &mut usize,
    ) -> Result<Option<u32>, Exhausted> {
        let mut taken = 0;
        let mut least = *at;
        let goal = if kind == Greed::Lazy { min } else { max };
        while taken < goal {
            let (c, len) = decode(self.text, *at);
            if len == 0 || !self.in_set(set, c) {
                break;
            }
            *at += len;
            taken += 1;
            if taken <= min {
                least = *at;
            }
        }
        self.steps = self.steps.checked_sub(u64::from(taken) / 8).ok_or(Exhausted)?;
        if taken < min {
            return Ok(None);
        }
        match kind {
            Greed::Greedy if *at > least => self.scratch.stack.push(Frame::Less { pc: next, least, at: *at }),
            Greed::Lazy if max > min => {
                self.scratch.stack.push(Frame::More { pc: next, set, at: *at, left: max - min });
            }
            _ => {}
        }
        Ok(Some(next))
    }

    fn same_again(&self, group: u32, fold_case: bool, at: &mut usize) -> bool {
        let (start, end) = (self.register(2 * group), self.register(2 * group + 1));
        let Some(mut wanted) = self.text.get(start..end) else { return false };
        while !wanted.is_empty() {
            let (a, a_len) = decode(wanted, 0);
            let (b, b_len) = decode(self.text, *at);
            let key = |c| if fold_case { char::from_u32(c).map_or(c, |c| fold(c).into()) } else { c };
            if b_len == 0 || key(a) != key(b) {
                return false;
            }
            wanted = wanted.get(a_len..).unwrap_or_default();
            *at += b_len;
        }
        true
    }

    fn holds(&self, assertion: Assertion, at: usize) -> bool {
        let text = self.text;
        let newline_at = |at: usize| text.get(at) == Some(&b'\n');
        match assertion {
            Assertion::Start => at == 0,
            Assertion::End => at == text.len(),
            Assertion::EndOrNewline => at == text.len() || at + 1 == text.len() && newline_at(at),
            Assertion::LineStart => at == 0 || newline_at(at - 1),
            Assertion::LineEnd => at == text.len() || newline_at(at),
            // In an empty text Python finds neither a boundary nor its opposite.
            Assertion::Word { .. } if text.is_empty() => false,
            Assertion::Word { negative, ascii } => {
                let before = step_back(text, at, 1).is_some_and(|at| is_word(decode(text, at).0, ascii));
                let (c, len) = decode(text, at);
                let after = len > 0 && is_word(c, ascii);
                (before != after) != negative
            }
        }
    }
}

/// The character at a place and its length; length 0 at the end. A byte that is not UTF-8 counts as U+FFFD.
#[inline]
pub(super) fn decode(text: &[u8], at: usize) -> (u32, usize) {
    let Some(&first) = text.get(at) else { return (0, 0) };
    if first < 0x80 {
        return (first.into(), 1);
    }
    let len = match first {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => 0,
    };
    let character = text.get(at..at + len).and_then(|bytes| std::str::from_utf8(bytes).ok());
    match character.and_then(|s| s.chars().next()) {
        Some(c) => (c.into(), len),
        None => (0xFFFD, 1),
    }
}

/// The place some characters earlier.
pub(super) fn step_back(text: &[u8], mut at: usize, characters: u32) -> Option<usize> {
    for _ in 0..characters {
        let before = at.checked_sub(1)?;
        let wide = |&len: &usize| len <= at && decode(text, at - len).1 == len;
        at = match text.get(before) {
            // A character of several bytes that ends here, or else a single byte.
            Some(0x80..) => (2..=4).find(wide).map_or(before, |len| at - len),
            _ => before,
        };
    }
    Some(at)
}

/// Python's `\w`.
fn is_word(c: u32, ascii: bool) -> bool {
    if c < 128 {
        return c == u32::from(b'_') || (c as u8).is_ascii_alphanumeric();
    }
    !ascii && char::from_u32(c).is_some_and(python_word)
}

/// Letters and numbers of Python. `char::is_alphanumeric` would add what Unicode only uses like letters: vowel signs,
/// circled letters.
fn python_word(c: char) -> bool {
    static WIDE: std::sync::OnceLock<Table> = std::sync::OnceLock::new();
    !python_space(c) && WIDE.get_or_init(|| Table::of(&super::set::CharSet::word(false))).has(c.into())
}
