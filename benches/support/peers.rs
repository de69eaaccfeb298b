//! The other Drain miners of the registry, on the same lines and with the same settings: depth 4, similarity 0.4, 100
//! children, no limit on templates.

use drain3::Config;
use logdrain::builtin_masks;

/// The crate `drain3`: the number of templates.
#[allow(clippy::expect_used, reason = "a peer that fails has not been measured")]
pub fn drain3(lines: &[String]) -> usize {
    // By default it gives up on a batch in which one line is long: the limits are lifted.
    let config = Config::builder().depth(4).similarity_threshold(0.4).max_tokens(1 << 20).max_bytes(1 << 30).build();
    let matcher = drain3::train(lines, config).expect("the crate drain3 takes these lines");
    let templates = matcher.templates().len();
    assert!(templates > 0, "templates were found");
    templates
}

/// The crate `logdrain`, without masks or with its own for addresses and UUIDs: the number of templates.
#[allow(clippy::expect_used, reason = "a peer that fails has not been measured")]
pub fn logdrain(lines: &[String], masked: bool) -> usize {
    let masks = if masked { vec![builtin_masks::ipv4(), builtin_masks::uuid()] } else { Vec::new() };
    let miner = logdrain::Miner::builder().masks(masks).build().expect("settings of a bench");
    for line in lines {
        miner.add(line);
    }
    assert!(!miner.is_empty(), "templates were found");
    miner.len()
}
