//! Words for states, and which of them a reader must not confuse.

/// Words of one line are states of the same thing: two of them in one slot say opposite things. Within a line a `|` parts
/// the sides; words of one side mean the same. Yes and no, true and false are missing: they are values of a field.
const SIDES: [&str; 25] = [
    "start started starting|stop stopped stopping terminated|restarted restarting",
    "accepted accept allow allowed granted permitted|rejected reject deny denied refused blocked dropped",
    "up|down",
    "on|off",
    "enabled enable|disabled disable",
    "success succeeded successful ok passed pass|failure failed fail error|timeout timedout",
    "error|warn warning|info|debug",
    "fatal critical|warn warning|info|debug",
    "opened open opening|closed close closing",
    "connected connect|disconnected disconnect",
    "online|offline",
    "healthy|unhealthy",
    "active|inactive idle",
    "alive|dead",
    "valid|invalid|expired",
    "login|logout",
    "locked|unlocked",
    "acquired|released",
    "begin began|end ended",
    "running|stopped|crashed|exited",
    "completed complete finished done|failed aborted cancelled canceled|pending",
    "created added inserted|deleted removed destroyed",
    "loaded|unloaded",
    "found|missing",
    "primary master leader|secondary replica standby follower",
];

/// A state as the table has it: without the marks around it, in lower case.
fn bare(value: &str) -> String {
    value.trim_matches(|c: char| !c.is_alphanumeric()).to_ascii_lowercase()
}

/// Of values with their lines, how many lines have states that exclude each other; 0 if none do.
pub(super) fn opposed_lines<'a>(values: &(impl Iterator<Item = (&'a str, u64)> + Clone)) -> u64 {
    let of_line = |line: &str| {
        let mut sides = 0_u32;
        let mut lines = 0;
        for (value, count) in values.clone() {
            let value = bare(value);
            if let Some(side) = line.split('|').position(|side| side.split(' ').any(|word| word == value)) {
                sides |= 1 << side;
                lines += count;
            }
        }
        if sides.count_ones() >= 2 { lines } else { 0 }
    };
    SIDES.iter().map(|line| of_line(line)).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opposed(values: &[(&str, u64)]) -> u64 {
        opposed_lines(&values.iter().copied())
    }

    #[test]
    fn states_oppose_each_other_and_words_of_one_side_do_not() {
        assert_eq!(opposed(&[("started", 5), ("stopped,", 3), ("(Stopped)", 1), ("cart", 9)]), 9);
        assert_eq!(opposed(&[("WARN", 5), ("ERROR", 3)]), 8);
        assert_eq!(opposed(&[("started", 5), ("starting", 3)]), 0);
        assert_eq!(opposed(&[("up", 5), ("off", 3)]), 0, "of different things");
        assert_eq!(opposed(&[]), 0);
    }
}
