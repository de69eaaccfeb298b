//! A panic inside: an error, a handle that takes no more calls, and a free that works.

use std::ptr::null_mut;

use drainrs_c::miner::*;
use drainrs_c::status::DRAINRS_ERR_PANIC;
use drainrs_c::testing::drainrs_testing_panic;

use crate::support::{Buffer, fails, fine, made};

#[test]
fn a_panic_breaks_its_handle_and_nothing_else() {
    let (mut broken, mut sound) = (made(drainrs_miner_new, ""), made(drainrs_miner_new, ""));
    let out = Buffer::new();
    let mut template = 7;
    // SAFETY: all pointers are good.
    unsafe {
        fine(|error| drainrs_miner_stats(broken, out.0, error));
        let before = out.bytes();
        let message = fails(DRAINRS_ERR_PANIC, |error| drainrs_testing_panic(broken, error));
        assert!(message.contains("on purpose, with 0 templates"), "{message}");
        assert_eq!(drainrs_testing_panic(broken, null_mut()), DRAINRS_ERR_PANIC, "and nobody wants to know");
        fails(DRAINRS_ERR_PANIC, |error| drainrs_miner_stats(broken, out.0, error));
        fails(DRAINRS_ERR_PANIC, |error| {
            drainrs_miner_insert(broken, b"a".as_ptr(), 1, &raw mut template, null_mut(), error)
        });
        fails(DRAINRS_ERR_PANIC, |error| drainrs_miner_merge(sound, broken, out.0, error));
        assert_eq!(drainrs_miner_template_count(broken), 0);
        assert_eq!((out.bytes(), template), (before, 7), "no output is written");
        fine(|error| drainrs_miner_insert(sound, b"a".as_ptr(), 1, &raw mut template, null_mut(), error));
        assert_eq!(template, 1);
        drainrs_miner_free(&raw mut broken);
        drainrs_miner_free(&raw mut broken);
        drainrs_miner_free(&raw mut sound);
    }
    assert!(broken.is_null() && sound.is_null());
}
