//! The tree compiled for the backtracking machine.

use super::set::CharSet;
use super::syntax::{Assertion, Greed, Node};

/// A program beyond this is refused: counted repetitions are written out.
const MAX_OPS: usize = 20_000;

/// One step of the machine. Places are indices of steps.
#[derive(Debug, Clone, Copy)]
pub(super) enum Op {
    /// Takes one character of a set.
    Set(u32),
    /// Takes between `min` and `max` characters of a set.
    Many {
        set: u32,
        min: u32,
        max: u32,
        kind: Greed,
    },
    /// Goes on with `first`, and with `second` if that fails.
    Split {
        first: u32,
        second: u32,
    },
    Jump(u32),
    /// Notes the place in a register.
    Save(u32),
    /// Forgets a register.
    Forget(u32),
    /// One more round of a loop whose body may be empty: no round may begin where the last one began.
    Round {
        register: u32,
        exit: u32,
        lazy: bool,
    },
    Assert(Assertion),
    /// The steps up to `Match` must (not) fit here, or `back` characters earlier; then goes on at `next`.
    Look {
        back: Option<u32>,
        negative: bool,
        next: u32,
    },
    /// The steps up to `Match` are tried once; then goes on at `next`.
    Atomic {
        next: u32,
    },
    Backref {
        group: u32,
        fold: bool,
    },
    IfGroup {
        group: u32,
        no: u32,
    },
    Match,
}

/// A set, quick for ASCII.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) ascii: u128,
    pub(super) wide: Box<[(u32, u32)]>,
}

impl Table {
    pub(super) fn of(set: &CharSet) -> Table {
        Table { ascii: set.ascii_bits(), wide: set.wide_ranges() }
    }

    #[inline]
    pub(super) fn has(&self, c: u32) -> bool {
        if c < 128 {
            return self.ascii >> c & 1 == 1;
        }
        let at = self.wide.partition_point(|&(_, last)| last < c);
        self.wide.get(at).is_some_and(|&(first, _)| first <= c)
    }
}

/// A compiled pattern.
#[derive(Debug, Clone)]
pub(super) struct Program {
    pub(super) ops: Vec<Op>,
    pub(super) tables: Vec<Table>,
    /// Two per capturing group, then one per loop that needs it.
    pub(super) registers: u32,
}

impl Program {
    pub(super) fn compile(node: &Node, groups: u32) -> Result<Program, String> {
        let mut program =
            Builder { ops: Vec::new(), sets: Vec::new(), tables: Vec::new(), registers: 2 * (groups + 1) };
        program.node(node)?;
        program.push(Op::Match)?;
        Ok(Program { ops: program.ops, tables: program.tables, registers: program.registers })
    }
}

struct Builder {
    ops: Vec<Op>,
    sets: Vec<CharSet>,
    tables: Vec<Table>,
    registers: u32,
}

impl Builder {
    fn push(&mut self, op: Op) -> Result<usize, String> {
        if self.ops.len() >= MAX_OPS {
            return Err(format!(
                "the pattern is too large: more than {MAX_OPS} steps when its repetitions are written out"
            ));
        }
        self.ops.push(op);
        Ok(self.ops.len() - 1)
    }

    fn here(&self) -> u32 {
        self.ops.len() as u32
    }

    fn set(&mut self, set: &CharSet) -> u32 {
        let known = self.sets.iter().position(|known| known == set);
        known.unwrap_or_else(|| {
            self.sets.push(set.clone());
            self.tables.push(Table::of(set));
            self.sets.len() - 1
        }) as u32
    }

    /// Lets a step that was pushed with a placeholder go to the present place.
    fn land(&mut self, at: usize) {
        let here = self.here();
        if let Some(op) = self.ops.get_mut(at) {
            match op {
                Op::Jump(next)
                | Op::Look { next, .. }
                | Op::Atomic { next }
                | Op::IfGroup { no: next, .. }
                | Op::Round { exit: next, .. } => *next = here,
                Op::Split { first, second } => *(if *first == u32::MAX { first } else { second }) = here,
                _ => {}
            }
        }
    }

    fn split(&mut self, greedy: bool) -> Result<usize, String> {
        let next = self.here() + 1;
        self.push(if greedy {
            Op::Split { first: next, second: u32::MAX }
        } else {
            Op::Split { first: u32::MAX, second: next }
        })
    }

    fn node(&mut self, node: &Node) -> Result<(), String> {
        match node {
            Node::Set(set) => {
                let set = self.set(set);
                self.push(Op::Set(set))?;
            }
            Node::Concat(nodes) => nodes.iter().try_for_each(|node| self.node(node))?,
            Node::Alt(nodes) => {
                let mut ends = Vec::new();
                for (i, node) in nodes.iter().enumerate() {
                    let last = i + 1 == nodes.len();
                    let split = if last { None } else { Some(self.split(true)?) };
                    self.node(node)?;
                    if let Some(split) = split {
                        ends.push(self.push(Op::Jump(u32::MAX))?);
                        self.land(split);
                    }
                }
                for end in ends {
                    self.land(end);
                }
            }
            Node::Repeat { node, min, max, kind } => self.repeat(node, *min, *max, *kind)?,
            Node::Group(None, node) => self.node(node)?,
            Node::Group(Some(group), node) => {
                self.push(Op::Save(2 * group))?;
                self.node(node)?;
                self.push(Op::Save(2 * group + 1))?;
            }
            Node::Look { behind, negative, node } => {
                let back = behind.then(|| node.width().0);
                let look = self.push(Op::Look { back, negative: *negative, next: u32::MAX })?;
                self.node(node)?;
                self.push(Op::Match)?;
                self.land(look);
            }
            Node::Atomic(node) => self.atomic(|builder| builder.node(node))?,
            Node::Backref { group, fold } => {
                self.push(Op::Backref { group: *group, fold: *fold })?;
            }
            Node::IfGroup { group, yes, no } => {
                let test = self.push(Op::IfGroup { group: *group, no: u32::MAX })?;
                self.node(yes)?;
                let end = self.push(Op::Jump(u32::MAX))?;
                self.land(test);
                self.node(no)?;
                self.land(end);
            }
            Node::Assert(assertion) => {
                self.push(Op::Assert(*assertion))?;
            }
        }
        Ok(())
    }

    fn atomic(&mut self, body: impl FnOnce(&mut Builder) -> Result<(), String>) -> Result<(), String> {
        let atomic = self.push(Op::Atomic { next: u32::MAX })?;
        body(self)?;
        self.push(Op::Match)?;
        self.land(atomic);
        Ok(())
    }

    fn repeat(&mut self, node: &Node, min: u32, max: Option<u32>, kind: Greed) -> Result<(), String> {
        let mut single = node;
        while let Node::Group(None, inner) = single {
            single = inner;
        }
        if let Node::Set(set) = single {
            let set = self.set(set);
            self.push(Op::Many { set, min, max: max.unwrap_or(u32::MAX), kind })?;
            return Ok(());
        }
        if kind == Greed::Possessive {
            return self.atomic(|builder| builder.repeat(node, min, max, Greed::Greedy));
        }
        for _ in 0..min {
            self.node(node)?;
        }
        if max == Some(min) {
            return Ok(());
        }
        let greedy = kind == Greed::Greedy;
        let register = if node.is_nullable() {
            self.registers += 1;
            self.push(Op::Forget(self.registers - 1))?;
            Some(self.registers - 1)
        } else {
            None
        };
        let mut exits = Vec::new();
        let start = self.here();
        for _ in 0..max.map_or(1, |max| max - min) {
            exits.push(match register {
                Some(register) => self.push(Op::Round { register, exit: u32::MAX, lazy: !greedy })?,
                None => self.split(greedy)?,
            });
            self.node(node)?;
        }
        if max.is_none() {
            self.push(Op::Jump(start))?;
        }
        for exit in exits {
            self.land(exit);
        }
        Ok(())
    }
}
