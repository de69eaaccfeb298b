//! The guard: whether what is proposed may be done.

use drainrs::guard::{Outcome, Proposal, Reported, RunId};
use drainrs::{Guard, GuardConfig, Timestamp};

use crate::buffer::{self, drainrs_buffer, fill};
use crate::error::drainrs_error;
use crate::ffi::{
    Failure, Handle, Out, bytes, call, exclusive, free, from_json, give, neutral, opaque, read_json, shared, text,
    write_json,
};
use crate::status::drainrs_status;

/// A guard: decides whether what is proposed may be done, by rules, limits, and what became of earlier runs. It does nothing itself. Who
/// builds one frees it; any thread may use it: calls that change it wait for one another.
#[derive(Debug)]
pub struct drainrs_guard(Handle<Guard>);

opaque!(drainrs_guard, Guard);

/// A run did what it should.
pub const DRAINRS_OUTCOME_SUCCEEDED: u32 = 0;
/// A run was not done, or did not help.
pub const DRAINRS_OUTCOME_FAILED: u32 = 1;
/// A run did not help, and was undone.
pub const DRAINRS_OUTCOME_ROLLED_BACK: u32 = 2;
/// A run did not help, and undoing it failed.
pub const DRAINRS_OUTCOME_ROLL_BACK_FAILED: u32 = 3;

/// The outcome is counted.
pub const DRAINRS_REPORTED_NOTED: u32 = 0;
/// The outcome is counted, and the action is suspended now.
pub const DRAINRS_REPORTED_SUSPENDED: u32 = 1;
/// No run with that number is awaited: it was reported before, or forgotten.
pub const DRAINRS_REPORTED_UNKNOWN: u32 = 2;

fn outcome(number: u32) -> Result<Outcome, Failure> {
    match number {
        DRAINRS_OUTCOME_SUCCEEDED => Ok(Outcome::Succeeded),
        DRAINRS_OUTCOME_FAILED => Ok(Outcome::Failed),
        DRAINRS_OUTCOME_ROLLED_BACK => Ok(Outcome::RolledBack),
        DRAINRS_OUTCOME_ROLL_BACK_FAILED => Ok(Outcome::RollBackFailed),
        _ => Err(Failure::Argument("outcome", format!("is {number}, which no DRAINRS_OUTCOME_ is"))),
    }
}

/// Builds a guard. `config` is a JSON document of settings, `{"autonomy": "auto_low_risk", "actions": [...]}`; nothing at all is the
/// default, which lets nothing run.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_guard_new(
    config: *const u8,
    config_len: usize,
    out: *mut *mut drainrs_guard,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let out = Out::required(out, "out")?;
            let config: GuardConfig = read_json(config, config_len, "config")?;
            give(out, drainrs_guard(Handle::new(Guard::build(&config)?)));
            Ok(())
        })
    }
}

/// What is to be done with a proposal, a JSON object (`action`, `target`, `confidence`, perhaps `risk`, `task`, `evidence`) as a model
/// may have written it: who approved it (`approved_by`, empty for nobody) and when come from the host only. `out` gets the decision
/// as a JSON object: the `verdict`, its `reasons`, and where the verdict is "run" the number of the `run`, which counts from now on and
/// whose outcome is to be reported.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_guard_decide(
    guard: *mut drainrs_guard,
    proposal: *const u8,
    proposal_len: usize,
    approved_by: *const u8,
    approved_by_len: usize,
    now: i64,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let mut guard = exclusive(guard, "guard")?;
            let mut proposal: Proposal = from_json(bytes(proposal, proposal_len, "proposal")?, "proposal")?;
            let by = text(approved_by, approved_by_len, "approved_by")?;
            buffer::wanted(out)?;
            proposal.approved_by = Some(by.to_owned()).filter(|by| !by.is_empty());
            proposal.at = Timestamp::from_nanos(now);
            let decision = guard.decide(&proposal);
            write_json(&decision, out)
        })
    }
}

/// Takes notice of what came of a run: `outcome` is `DRAINRS_OUTCOME_...`. `reported` (may be NULL) gets `DRAINRS_REPORTED_...`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_guard_report(
    guard: *mut drainrs_guard,
    run: u64,
    outcome: u32,
    now: i64,
    reported: *mut u32,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let outcome = self::outcome(outcome)?;
            let what = exclusive(guard, "guard")?.report(RunId(run), outcome, Timestamp::from_nanos(now));
            Out::optional(reported).set(match what {
                Reported::Noted => DRAINRS_REPORTED_NOTED,
                Reported::Suspended => DRAINRS_REPORTED_SUSPENDED,
                _ => DRAINRS_REPORTED_UNKNOWN,
            });
            Ok(())
        })
    }
}

/// Whether an action is suspended, because it failed too often; actions without a rule are so all together. `suspended` gets 1 or 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_guard_is_suspended(
    guard: *const drainrs_guard,
    action: *const u8,
    action_len: usize,
    suspended: *mut u8,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let action = text(action, action_len, "action")?;
            let suspended = Out::required(suspended, "suspended")?;
            suspended.set(u8::from(shared(guard, "guard")?.is_suspended(action)));
            Ok(())
        })
    }
}

/// Ends the suspension of an action, on the word of `by`. `resumed` (may be NULL) gets 1, or 0 if there was none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_guard_resume(
    guard: *mut drainrs_guard,
    action: *const u8,
    action_len: usize,
    by: *const u8,
    by_len: usize,
    now: i64,
    resumed: *mut u8,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let action = text(action, action_len, "action")?;
            let by = text(by, by_len, "by")?;
            let was = exclusive(guard, "guard")?.resume(action, by, Timestamp::from_nanos(now));
            Out::optional(resumed).set(u8::from(was));
            Ok(())
        })
    }
}

/// Sets the clock of the limits back, when a time that was told turned out to be wrong. Nothing is let through that was not before.
/// `corrected` (may be NULL) gets 1, or 0 if `now` is not earlier.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_guard_correct_clock(
    guard: *mut drainrs_guard,
    now: i64,
    corrected: *mut u8,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let was = exclusive(guard, "guard")?.correct_clock(Timestamp::from_nanos(now));
            Out::optional(corrected).set(u8::from(was));
            Ok(())
        })
    }
}

/// Takes the records of the audit that wait, the earliest first, as JSON lines: an object and a newline for each.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_guard_take_audit_lines(
    guard: *mut drainrs_guard,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            buffer::wanted(out)?;
            let mut lines = String::new();
            exclusive(guard, "guard")?.take_audit_lines(&mut lines);
            fill(out, lines.into_bytes())
        })
    }
}

/// How many records of the audit made room because nobody took them in time; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_guard_audit_dropped(guard: *const drainrs_guard) -> u64 {
    neutral(0, || {
        // SAFETY: by the contract of the header.
        unsafe { shared(guard, "guard") }.map_or(0, |guard| guard.audit_dropped())
    })
}

/// What was decided, and what came of it, as a JSON object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_guard_counters(
    guard: *const drainrs_guard,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe { call(error, || write_json(&shared(guard, "guard")?.counters(), out)) }
}

/// The settings that the guard has, as a JSON document: those given, completed by defaults.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_guard_config(
    guard: *const drainrs_guard,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe { call(error, || write_json(shared(guard, "guard")?.config(), out)) }
}

/// Limits, suspensions, runs that are awaited, counters and the audit, as bytes: versioned, checksummed, the same bytes for the same
/// state in every language.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_guard_snapshot(
    guard: *const drainrs_guard,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe { call(error, || fill(out, shared(guard, "guard")?.snapshot())) }
}

/// A guard that goes on where a snapshot was taken. The settings may be others than they were.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_guard_restore(
    snapshot: *const u8,
    snapshot_len: usize,
    config: *const u8,
    config_len: usize,
    out: *mut *mut drainrs_guard,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let out = Out::required(out, "out")?;
            let snapshot = bytes(snapshot, snapshot_len, "snapshot")?;
            let config: GuardConfig = read_json(config, config_len, "config")?;
            give(out, drainrs_guard(Handle::new(Guard::restore(snapshot, &config)?)));
            Ok(())
        })
    }
}

/// Frees a guard and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL. No other call may be at work on it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_guard_free(guard: *mut *mut drainrs_guard) {
    // SAFETY: by the contract of the header.
    unsafe { free(guard) }
}
