//! The integration tests, one binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, missing_docs, reason = "tests")]
#![allow(clippy::disallowed_methods, reason = "tests may ask the environment how long to explore")]
#![allow(clippy::cast_sign_loss, clippy::cast_possible_wrap, reason = "small numbers that are made up")]

mod alerts;
mod api;
mod asking;
mod bad_input;
mod cases;
mod correlating;
mod counting;
#[cfg(unix)]
mod dependencies;
mod detecting;
mod doors;
mod drain3_state;
mod fit;
mod fuzzed;
mod fuzzed_cases;
mod gathering;
mod going_on;
mod golden_join;
mod golden_mine;
mod golden_normalize;
mod golden_parse;
mod guarding;
mod indexing;
mod kept_alone;
mod lexer;
mod lossless;
mod mining;
mod naive_mine;
mod pipeline;
#[cfg(feature = "cli")]
mod program;
mod redacting;
mod reference;
mod score_by_hand;
mod score_calibrate;
mod score_centroid;
mod score_content;
mod score_ranking;
mod score_sequence;
mod tidy;
mod worked_examples;
