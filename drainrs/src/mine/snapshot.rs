//! The miner's section of a snapshot.
//!
//! Everything that can change a later result is written, in an order that does not depend on how the machine came to its
//! state: nodes of the tree parents first, in the order of birth; templates by id; the order of use as a list of ids. What
//! can be derived (keys, content ids, indexes) is computed again.

use super::config::{DrainConfig, Rule};
use super::drain::{Counters, Drain, Lineage};
use super::edges::Edges;
use super::template::{Slot, Template, kind, pieces_of};
use crate::error::Error;
use crate::flow::{Level, Placeholders};
use crate::id::{ContentId, TemplateId};
use crate::text::TokenKey;
use crate::time::Timestamp;
use crate::wire::{Reader, Writer};

fn write_token(out: &mut Writer, key: TokenKey, bytes: &[u8]) {
    out.byte(kind(key));
    out.bytes(bytes);
}

fn read_token<'a>(from: &mut Reader<'a>) -> Result<(TokenKey, &'a [u8]), Error> {
    let kind = from.byte()?;
    let bytes = from.bytes()?;
    let key = match kind & 3 {
        0 => TokenKey::of(bytes),
        1 => TokenKey::MASK,
        2 => TokenKey::WILD,
        _ => key_of_pieces(bytes)?,
    };
    if kind > 7 || (kind > 3 && key.is_value()) {
        return Err(Reader::damaged(format!("a token of unknown kind {kind}")));
    }
    if key.is_value() && !Edges::are_valid(bytes) {
        return Err(Reader::damaged("a wildcard has broken edges"));
    }
    Ok((if kind > 3 { key.glued() } else { key }, bytes))
}

/// The key of a partly masked token, from its stored pieces.
fn key_of_pieces(stored: &[u8]) -> Result<TokenKey, Error> {
    let pieces: Vec<&[u8]> = pieces_of(stored).collect();
    let whole: usize = pieces.iter().map(|piece| 4 + piece.len()).sum();
    match pieces.split_last() {
        Some((tail, heads)) if !heads.is_empty() && whole == stored.len() => {
            let mut key = TokenKey::masked();
            heads.iter().for_each(|piece| key.piece(piece));
            Ok(key.finish(tail))
        }
        _ => Err(Reader::damaged("a partly masked token has broken pieces")),
    }
}

fn write_time(out: &mut Writer, at: Option<Timestamp>) {
    out.byte(u8::from(at.is_some()));
    if let Some(at) = at {
        out.signed(at.as_nanos());
    }
}

fn read_time(from: &mut Reader<'_>) -> Result<Option<Timestamp>, Error> {
    Ok(if from.byte()? == 0 { None } else { Some(Timestamp::from_nanos(from.signed()?)) })
}

impl Drain {
    /// Writes the whole state.
    pub(crate) fn write_snapshot(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.number(self.next_id);
        let c = &self.counters;
        let counters = [
            c.seen,
            c.matched,
            c.created,
            c.widened,
            c.evicted_templates,
            c.evicted_lines,
            c.merged_templates,
            c.dropped_lineage,
        ];
        counters.into_iter().for_each(|counter| out.number(counter));
        let numbers = self.write_tree(&mut out);
        out.number(self.store.len() as u64);
        for (_, template) in self.store.iter() {
            write_template(&mut out, template, numbers[template.node as usize]);
        }
        out.number(self.store.by_recency().count() as u64);
        for place in self.store.by_recency() {
            out.number(self.store.get(place).map_or(0, |template| template.id.0));
        }
        out.number(self.lineage.len() as u64);
        for entry in &self.lineage {
            let (kind, numbers) = match *entry {
                Lineage::Became { template, from, to } => (0, [template.0, from.0, to.0]),
                Lineage::MergedInto { template, into, content } => (1, [template.0, into.0, content.0]),
            };
            out.byte(kind);
            numbers.into_iter().for_each(|number| out.number(number));
        }
        out.finish()
    }

    /// Writes the nodes, parents first; gives the number of each node by its place in the tree.
    fn write_tree(&self, out: &mut Writer) -> Vec<u64> {
        let mut order: Vec<u32> = self.tree.length_nodes().collect();
        if self.config.rule == Rule::Drain3 {
            // No node is ever freed: their places are the order of birth, in which Drain3 prints its tree.
            order.sort_unstable();
        }
        let roots = order.len();
        let mut at = 0;
        while at < order.len() {
            order.extend(self.tree.children(order[at]));
            at += 1;
        }
        let places = order.iter().max().map_or(0, |&last| last as usize + 1);
        let mut numbers = vec![0; places];
        for (number, &node) in order.iter().enumerate() {
            numbers[node as usize] = number as u64;
        }
        out.number(order.len() as u64);
        out.number(roots as u64);
        for (number, &at) in order.iter().enumerate() {
            let node = self.tree.node(at);
            if number < roots {
                out.number(u64::from(node.length));
            } else {
                out.number(numbers[node.parent as usize]);
                write_token(out, node.key, &node.bytes);
            }
        }
        numbers
    }

    /// Reads a state that was written under the same settings.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Snapshot`](crate::ErrorKind::Snapshot) when the bytes contradict themselves.
    pub(crate) fn read_snapshot(body: &[u8], config: &DrainConfig, names: Placeholders) -> Result<Drain, Error> {
        let mut drain = Drain::build(config, names)?;
        let mut from = Reader::new(body);
        drain.next_id = from.counter()?;
        drain.counters = read_counters(&mut from)?;
        let nodes = read_tree(&mut from, &mut drain)?;
        let count = from.count()?;
        let levels = config.depth; // more than a path has
        if config.rule == Rule::Default && nodes.len() > count.saturating_mul(levels) {
            return Err(Reader::damaged(format!("{} nodes lead to {count} templates", nodes.len())));
        }
        let mut learned = 0;
        for _ in 0..count {
            let template = read_template(&mut from, &nodes, &drain)?;
            learned += usize::from(!template.pinned);
            let leaf = template.node;
            drain.settle(template, leaf);
        }
        // Seeds may exceed the limit; beside them there is room for one template that is not a seed.
        if config.max_templates.is_some_and(|max| count > max && learned > 1) {
            return Err(Reader::damaged(format!("{count} templates, more than the limit of the settings")));
        }
        drain.check_accounts()?;
        if from.number()? != learned as u64 {
            return Err(Reader::damaged("the order of use does not hold every template that may make room"));
        }
        let mut newest_first = Vec::with_capacity(learned);
        for _ in 0..learned {
            let id = TemplateId(from.number()?);
            let place = drain.store.place_of(id);
            newest_first.push(place.ok_or_else(|| Reader::damaged(format!("template {id} is used but not there")))?);
        }
        newest_first.into_iter().rev().for_each(|place| drain.store.touch(place));
        let waiting = from.count()?;
        if waiting > config.max_lineage {
            return Err(Reader::damaged(format!("{waiting} lineage entries, more than the limit of the settings")));
        }
        for _ in 0..waiting {
            let kind = from.byte()?;
            let (a, b, c) = (from.number()?, from.number()?, from.number()?);
            drain.lineage.push_back(match kind {
                0 => Lineage::Became { template: TemplateId(a), from: ContentId(b), to: ContentId(c) },
                1 => Lineage::MergedInto { template: TemplateId(a), into: TemplateId(b), content: ContentId(c) },
                other => return Err(Reader::damaged(format!("a lineage entry of unknown kind {other}"))),
            });
        }
        if from.is_empty() { Ok(drain) } else { Err(Reader::damaged("bytes are left after the last entry")) }
    }
}

impl Drain {
    /// Every line was matched or created, and is counted by a living template or by an evicted one. It also bounds the sum
    /// of all counts, so that none of them can overflow later.
    fn check_accounts(&self) -> Result<(), Error> {
        let Counters { seen, matched, created, evicted_lines, .. } = self.counters;
        let mut counts = self.store.iter().map(|(_, template)| template.count);
        let lines = counts.try_fold(evicted_lines, u64::checked_add);
        if matched + created == seen && lines == Some(seen) {
            return Ok(());
        }
        Err(Reader::damaged(format!("the templates do not account for the {seen} lines seen")))
    }
}

fn read_counters(from: &mut Reader<'_>) -> Result<Counters, Error> {
    Ok(Counters {
        seen: from.counter()?,
        matched: from.counter()?,
        created: from.counter()?,
        widened: from.counter()?,
        evicted_templates: from.counter()?,
        evicted_lines: from.counter()?,
        merged_templates: from.counter()?,
        dropped_lineage: from.counter()?,
    })
}

/// Reads the nodes; gives the place of each by its number.
fn read_tree(from: &mut Reader<'_>, drain: &mut Drain) -> Result<Vec<u32>, Error> {
    let count = from.count()?;
    let roots = from.number()?;
    let mut nodes: Vec<u32> = Vec::with_capacity(count);
    for number in 0..count {
        if (number as u64) < roots {
            let length = from.below(u32::MAX as usize, "length")?;
            if drain.tree.length_node(length).is_some() {
                return Err(Reader::damaged(format!("length {length} twice")));
            }
            nodes.push(drain.tree.length_node_or_new(length));
        } else {
            let parent = nodes[from.below(number, "node")?];
            let (key, bytes) = read_token(from)?;
            if drain.tree.child_with(parent, key, bytes).is_some() {
                return Err(Reader::damaged("a node has two children for one token"));
            }
            nodes.push(drain.tree.add_child_with(parent, key, bytes.into()));
        }
    }
    Ok(nodes)
}

fn write_template(out: &mut Writer, template: &Template, node: u64) {
    out.number(template.id.0);
    out.number(node);
    out.number(template.keys.len() as u64);
    for (at, &key) in template.keys.iter().enumerate() {
        write_token(out, key, template.token_bytes(at));
    }
    out.number(template.slots.len() as u64);
    for slot in &template.slots {
        out.number(u64::from(slot.token));
        out.number(u64::from(slot.mask.wrapping_add(1))); // WHOLE is 0
        out.number(slot.classes);
    }
    out.number(template.count);
    write_time(out, template.first_seen);
    write_time(out, template.last_seen);
    out.byte(template.level as u8);
    out.byte(u8::from(template.pinned));
    out.number(template.examples.len() as u64);
    template.examples.iter().for_each(|example| out.bytes(example));
}

fn read_template(from: &mut Reader<'_>, nodes: &[u32], drain: &Drain) -> Result<Template, Error> {
    let id = TemplateId(from.number()?);
    if id.0 == 0 || id.0 >= drain.next_id || drain.store.place_of(id).is_some() {
        return Err(Reader::damaged(format!("template id {id} is out of order")));
    }
    let node = nodes[from.below(nodes.len(), "node")?];
    let mut template = Template::blank(id, node);
    for _ in 0..from.count()? {
        let (key, bytes) = read_token(from)?;
        template.keys.push(key);
        template.bytes.extend_from_slice(bytes);
        template.ends.push(template.bytes.len() as u32);
        template.wildcards += u32::from(key == TokenKey::WILD);
    }
    let (length, depth) = (template.keys.len(), drain.tree.levels_for(template.keys.len()));
    if drain.tree.node(node).length as usize != length || drain.tree.depth_of(node) != depth {
        return Err(Reader::damaged(format!("template {id} does not belong to its leaf")));
    }
    for _ in 0..from.count()? {
        let token = from.below(length, "token")? as u32;
        let mask = (from.number()? as u32).wrapping_sub(1);
        template.slots.push(Slot::new(token, mask, from.number()?));
    }
    if !template.slots.is_sorted_by_key(|slot| (slot.token, slot.mask)) {
        return Err(Reader::damaged(format!("the slots of template {id} are out of order")));
    }
    template.count = from.counter()?;
    template.first_seen = read_time(from)?;
    template.last_seen = read_time(from)?;
    template.level = Level::from_index(from.byte()?);
    template.pinned = from.byte()? != 0;
    let examples = from.count()?;
    if examples > drain.config.max_examples {
        return Err(Reader::damaged(format!(
            "{examples} examples of template {id}, more than the limit of the settings"
        )));
    }
    for _ in 0..examples {
        template.examples.push(from.bytes()?.to_vec());
    }
    template.reserve_examples(&drain.config);
    template.measure_edges();
    template.content = template.content_id();
    Ok(template)
}
