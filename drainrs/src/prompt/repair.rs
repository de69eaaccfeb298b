//! The question again, when the answer to it was refused.

use super::Reason;
use super::config::Budget;
use super::make::JOINTS;
use super::task::Task;

const HEADING: &str = "\nYour answer was refused. Answer again, in full, and mend this:";
/// As many bytes of a budget, and a tenth of it at most, wait for what a repair has to say: its question is within the budget, too.
const ROOM: usize = 320;
/// Less than that of a reason says nothing.
const SHORTEST: usize = 40;
/// The bytes of `\n- and 20 more`.
const MORE: usize = 15;

/// The tokens and bytes of a budget that a first question may take.
pub(super) fn without_repair(budget: &Budget<'_>) -> (usize, usize) {
    let most = |all: usize| all - (all / 10).min(ROOM);
    (most(budget.max_tokens), most(budget.max_bytes))
}

/// The budget of which a first question may take so much.
pub(super) fn with_repair(first: usize) -> usize {
    first.saturating_add((first / 9).min(ROOM))
}

/// The task again, with what was wrong with the answer. The answer itself is not repeated: it may hold what a log line told it. As
/// many reasons are told as its budget has room for; `None` if it has room for none.
pub fn repair(task: &Task, reasons: &[Reason]) -> Option<Task> {
    let mut again = task.clone();
    again.round = again.round.saturating_add(1);
    let stem = task.id.split('-').next().unwrap_or_default();
    again.id = format!("{stem}-{}", again.round);
    // What the round before was told does not pile up.
    let plain = again.instruction.find(HEADING).unwrap_or(again.instruction.len());
    again.instruction.truncate(plain);
    let bytes = again.system.len() + again.instruction.len() + again.data.len() + JOINTS;
    // A token per byte is enough for what is added, and was for what is taken away.
    let tokens = task.input_tokens.saturating_sub(task.input_bytes.saturating_sub(bytes));
    let (max_tokens, max_bytes) = task.kept.bounds;
    let told = told(reasons, max_tokens.saturating_sub(tokens).min(max_bytes.saturating_sub(bytes)))?;
    again.instruction.push_str(&told);
    again.input_bytes = bytes + told.len();
    again.input_tokens = tokens + told.len();
    again.key = again.key_of();
    Some(again)
}

/// What is wrong, in so many bytes.
fn told(reasons: &[Reason], room: usize) -> Option<String> {
    let mut told = HEADING.to_owned();
    for (nth, reason) in reasons.iter().enumerate() {
        let line = format!("\n- {reason}");
        let behind = reasons.len() - nth - 1;
        let left = room.saturating_sub(told.len() + if behind > 0 { MORE } else { 0 });
        match line.get(..floor(&line, left)) {
            Some(whole) if whole.len() == line.len() => told.push_str(whole),
            Some(part) if nth == 0 && left >= SHORTEST => told.push_str(part),
            _ if nth == 0 => return None,
            _ => {
                told.extend(["\n- and ", &(behind + 1).to_string(), " more"]);
                break;
            }
        }
    }
    (told.len() <= room).then_some(told)
}

/// The end of the last whole character in so many bytes.
fn floor(text: &str, most: usize) -> usize {
    (0..=most.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::ReasonCode;
    use super::*;

    #[test]
    fn what_does_not_fit_is_counted() {
        let reason = |text: &str| Reason::new(ReasonCode::WrongType, "/a", text);
        let three = [reason("must be a number"), reason("must be a text"), reason("ü".repeat(300).as_str())];
        let all = told(&three, 2_000).unwrap();
        assert_eq!(all.lines().count(), 5);
        for room in 0..=all.len() {
            let Some(told) = told(&three, room) else {
                assert!(room < HEADING.len() + SHORTEST + MORE, "{room}");
                continue;
            };
            assert!(told.len() <= room && told.contains("\n- /a: must be a"), "{room}: {told}");
            let lines = told.lines().skip(2).filter(|line| line.starts_with("- /a")).count();
            let more =
                told.rsplit_once("and ").map_or(0, |(_, more)| more.trim_end_matches(" more").parse().unwrap_or(0));
            assert_eq!(lines + more, 3, "{room}: {told}");
        }
        assert!(told(&three[2..], 120).unwrap().ends_with('ü'));
    }
}
