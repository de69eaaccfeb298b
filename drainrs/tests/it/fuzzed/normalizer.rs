//! The front end alone: tokens are well formed whatever the line, under every setting.

use drainrs::{Normalizer, TokenKey, Tokens};

use super::choices::split;
use super::lines::normalize_config;

pub(super) fn run(data: &[u8]) {
    let (choices, line) = split::<1>(data);
    let config = normalize_config(&choices, 0);
    let normalizer = Normalizer::build(&config).expect("settings that were tried");
    let mut tokens = Tokens::new();
    normalizer.normalize(line, &mut tokens);
    let most = config.max_tokens;
    assert!(most == 0 || tokens.len() <= most);
    let text = normalizer.masked_text(line);
    // A line's text may be rewritten by masks in Drain3's way; then the spans are of that text.
    if !choices.flag(0, 0) {
        check_tokens(line, &tokens);
    }
    let mut again = Tokens::new();
    normalizer.normalize(line, &mut again);
    assert_eq!(tokens.keys(), again.keys(), "the same line, the same tokens");
    assert_eq!(text, normalizer.masked_text(line));
    normalizer.normalize(text.as_bytes(), &mut tokens);
}

/// What the lexer's tokens must be, whatever the line.
pub(crate) fn check_tokens(line: &[u8], tokens: &Tokens) {
    let mut at = 0;
    let mut covered = 0;
    for (i, span) in tokens.spans().iter().enumerate() {
        let (start, end) = (span.start as usize, span.end as usize);
        assert!(at <= start && start < end && end <= line.len(), "token {i} of {line:?}");
        assert!(line[at..start].iter().all(|b| *b <= b' '), "a word before token {i} of {line:?} was lost");
        at = end;
        let mut inside = start;
        for mask in tokens.masks(i) {
            let (from, to) = (mask.span.start as usize, mask.span.end as usize);
            assert!(inside <= from && from < to && to <= end, "a mask of token {i} of {line:?}");
            inside = to;
            covered += 1;
        }
        let glued = tokens.spans().get(i + 1).is_some_and(|next| next.start == span.end);
        let key = tokens.keys()[i];
        assert_eq!((key.is_glued(), tokens.is_glued(i)), (glued, glued), "token {i} of {line:?}");
        let as_it_is = |key: TokenKey| if glued { key.glued() } else { key };
        match tokens.masks(i) {
            [] => assert_eq!(key, as_it_is(TokenKey::of(&line[start..end]))),
            [one] if one.span == *span => assert_eq!(key, TokenKey::MASK),
            masks => {
                let mut expected = TokenKey::masked();
                let mut from = start;
                for mask in masks {
                    expected.piece(&line[from..mask.span.start as usize]);
                    from = mask.span.end as usize;
                }
                assert_eq!(key, as_it_is(expected.finish(&line[from..end])));
            }
        }
    }
    assert_eq!(covered, tokens.all_masks().len(), "every mask has its token");
    if !tokens.is_cut() {
        assert!(line[at..].iter().all(|b| *b <= b' '), "the end of {line:?} was lost");
    }
}
