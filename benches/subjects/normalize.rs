//! The front ends alone: the lexer, the lexer with a user's masks, Drain3's tokenizer without and with masks.

#[path = "../support/mod.rs"]
#[allow(dead_code, unreachable_pub, reason = "every subject uses its part")]
mod support;

use drainrs::{Mask, NormalizeConfig, Normalizer, Tokens};
use drainrs_bench::corpus::{Corpus, Stream};

/// Masks as users write them: look-around at the edges, in the order from special to general.
fn masks() -> Vec<Mask> {
    let edged =
        |name: &str, middle: &str| Mask::new(name, format!("((?<=[^A-Za-z0-9])|^)({middle})((?=[^A-Za-z0-9])|$)"));
    vec![
        edged("IP", r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}"),
        edged("HEX", r"0x[a-f0-9A-F]+"),
        edged("BLOCK", r"blk_-?\d+"),
        edged("NUM", r"[\-\+]?\d+"),
    ]
}

#[allow(clippy::expect_used, reason = "the settings of the benches are known to be right")]
fn main() {
    let lexer_masked = NormalizeConfig { masks: masks(), ..Default::default() };
    let drain3_masked = NormalizeConfig { masks: masks(), ..NormalizeConfig::drain3() };
    let fronts = [
        ("lexer", NormalizeConfig::default()),
        ("lexer-masks", lexer_masked),
        ("drain3", NormalizeConfig::drain3()),
        ("drain3-masks", drain3_masked),
    ];
    support::main(|criterion| {
        for corpus in Corpus::from_environment_or(&[Stream::Hdfs, Stream::Kernel, Stream::Mixed, Stream::Json], 50_000)
        {
            let lines = corpus.lines();
            let words: usize = lines.iter().map(|line| usize::from(!line.trim_ascii().is_empty())).sum();
            let mut group = criterion.benchmark_group(format!("normalize/{}", corpus.name));
            support::throughput(&mut group, &corpus);
            for (name, config) in &fronts {
                let normalizer = Normalizer::build(config).expect("settings of a bench");
                let mut tokens = Tokens::new();
                group.bench_function(*name, |bencher| {
                    bencher.iter(|| {
                        let mut count = 0;
                        for line in &lines {
                            normalizer.normalize(line, &mut tokens);
                            count += tokens.len();
                        }
                        assert!(count >= words, "every line that is not blank has a token");
                    });
                });
            }
            group.finish();
        }
    });
}
