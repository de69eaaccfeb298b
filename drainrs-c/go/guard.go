package drainrs

import (
	"encoding/json"
	"time"

	"drainrs/internal/abi"
)

// Guard decides whether what is proposed may be done, by rules, limits, and what became of earlier runs. It does nothing itself.
type Guard struct {
	object
}

// NewGuard builds a guard from a document of settings, {"autonomy": "auto_low_risk", "actions": [...]}; nil is the default, which lets
// nothing run.
func NewGuard(config []byte) (*Guard, error) {
	g := &Guard{}
	return opened(g, g.open(abi.GuardNew, abi.GuardFree, [][]byte{config}))
}

// RestoreGuard builds a guard that goes on where a snapshot was taken. The settings may be others than they were.
func RestoreGuard(snapshot, config []byte) (*Guard, error) {
	g := &Guard{}
	return opened(g, g.open(abi.GuardRestore, abi.GuardFree, [][]byte{snapshot, config}))
}

// Decision is what was decided, and why.
type Decision struct {
	// "run", "ask_approval", "suggest", "alert_only" or "refuse".
	Verdict string `json:"verdict"`
	// Why, all of it, what decided first.
	Reasons []Reason `json:"reasons"`
	// The risk that was reckoned with: "low", "medium" or "high".
	Risk string `json:"risk"`
	// The number under which the outcome is to be reported; nil unless the verdict is "run".
	Run *uint64 `json:"run"`
	// The hooks to call after the action, and if that says that it did not help; nil where the rule names none.
	Verify   *string `json:"verify"`
	RollBack *string `json:"roll_back"`
	// When it may be tried again, in nanoseconds since 1970 UTC, for what a limit refuses.
	RetryAt *int64 `json:"retry_at"`
}

// Reason is why, for programs and for people.
type Reason struct {
	// Such as "cooldown" or "unknown_action".
	Code     string `json:"code"`
	Sentence string `json:"sentence"`
}

// Decide says what is to be done with a proposal, a JSON object as a model may have written it: "action", "target", "confidence", perhaps
// "risk", "task", "evidence". Who approved it, "" for nobody, and when come from the host only.
func (g *Guard) Decide(proposal []byte, approvedBy string, now time.Time) (Decision, error) {
	return decoded[Decision](g.document(abi.GuardDecide, [][]byte{proposal, []byte(approvedBy)}, nanoseconds(now)))
}

// Outcome is what came of a run.
type Outcome uint32

const (
	// Succeeded: it did what it should.
	Succeeded Outcome = abi.OutcomeSucceeded
	// Failed: it was not done, or did not help.
	Failed Outcome = abi.OutcomeFailed
	// RolledBack: it did not help, and was undone.
	RolledBack Outcome = abi.OutcomeRolledBack
	// RollBackFailed: it did not help, and undoing it failed.
	RollBackFailed Outcome = abi.OutcomeRollBackFailed
)

// Reported is what a guard makes of an outcome.
type Reported uint32

const (
	// Noted: the outcome is counted.
	Noted Reported = abi.ReportedNoted
	// Suspended: it is counted, and the action is suspended now.
	Suspended Reported = abi.ReportedSuspended
	// UnknownRun: no such run is awaited. It was reported before, or forgotten.
	UnknownRun Reported = abi.ReportedUnknown
)

// Report takes notice of what came of a run.
func (g *Guard) Report(run uint64, outcome Outcome, now time.Time) (reported Reported, err error) {
	err = g.use(func(lib *library) error {
		err := lib.do(abi.GuardReport, lib.object, run, uint64(outcome), nanoseconds(now), lib.place(placeResult))
		if err == nil {
			reported = Reported(lib.uint32(placeResult))
		}
		return err
	})
	return reported, err
}

// IsSuspended tells whether an action is suspended, because it failed too often; actions without a rule are so all together.
func (g *Guard) IsSuspended(action string) (bool, error) {
	return g.truth(abi.GuardIsSuspended, [][]byte{[]byte(action)})
}

// Resume ends the suspension of an action, on the word of somebody; false if there was none.
func (g *Guard) Resume(action, by string, now time.Time) (bool, error) {
	return g.truth(abi.GuardResume, [][]byte{[]byte(action), []byte(by)}, nanoseconds(now))
}

// CorrectClock sets the clock of the limits back, when a time that was told turned out to be wrong; false if now is not earlier. Nothing is
// let through that was not before.
func (g *Guard) CorrectClock(now time.Time) (bool, error) {
	return g.truth(abi.GuardCorrectClock, nil, nanoseconds(now))
}

// TakeAuditLines gives the records of the audit that wait, the earliest first, as JSON lines: an object and a newline for each.
func (g *Guard) TakeAuditLines() ([]byte, error) { return g.document(abi.GuardTakeAuditLines, nil) }

// AuditDropped is how many records of the audit made room because nobody took them in time.
func (g *Guard) AuditDropped() (uint64, error) { return g.count(abi.GuardAuditDropped) }

// Counters tells what was decided, and what came of it, as a JSON object.
func (g *Guard) Counters() (json.RawMessage, error) { return g.document(abi.GuardCounters, nil) }

// Config is the settings that the guard has, as a JSON object: those given, completed by defaults.
func (g *Guard) Config() (json.RawMessage, error) { return g.document(abi.GuardConfig, nil) }

// Snapshot is limits, suspensions, runs that are awaited, counters and the audit as bytes: versioned, checksummed, the same bytes for the
// same state in every language.
func (g *Guard) Snapshot() ([]byte, error) { return g.document(abi.GuardSnapshot, nil) }
