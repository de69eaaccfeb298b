package drainrs

import (
	"encoding/json"
	"time"

	"drainrs/internal/abi"
)

// Task is a question for a model, bounded, redacted, with the schema of its answer. Its fields may leave the host; what Save gives may
// not: it holds the values behind the placeholders.
type Task struct {
	// The name by which its answer is given back.
	ID string
	// What is asked for: "root_cause", "classify_templates", ...
	Kind string
	// The question as one text: system, instruction and data.
	Text string
	// The question as the messages of a chat API.
	Messages json.RawMessage
	// The JSON Schema of the answer.
	Schema json.RawMessage
	// All that may leave the host, as a JSON object.
	Document json.RawMessage

	saved []byte
}

// LoadTask reads what Save gave.
func LoadTask(saved []byte) (*Task, error) {
	var task *Task
	err := withTask(saved, func(lib *library) (err error) {
		task, err = lib.task(lib.object)
		return err
	})
	return task, err
}

// task reads all that a task of the library is.
func (lib *library) task(object uint64) (*Task, error) {
	task := &Task{}
	var id, kind, text []byte
	for _, part := range []struct {
		into     *[]byte
		function abi.Func
	}{
		{&id, abi.TaskID}, {&kind, abi.TaskKind}, {&text, abi.TaskText},
		{(*[]byte)(&task.Messages), abi.TaskMessages}, {(*[]byte)(&task.Schema), abi.TaskSchema},
		{(*[]byte)(&task.Document), abi.TaskToJSON}, {&task.saved, abi.TaskSave},
	} {
		var err error
		if *part.into, err = lib.document(part.function, object); err != nil {
			return nil, err
		}
	}
	task.ID, task.Kind, task.Text = string(id), string(kind), string(text)
	return task, nil
}

// takeTask reads and frees the task that a call gave; nil if it gave none.
func (lib *library) takeTask() (*Task, error) {
	object := lib.pointer(placeResult)
	if object == 0 {
		return nil, nil
	}
	defer lib.release(abi.TaskFree, object)
	return lib.task(object)
}

// withTask runs a call on a saved task, in a library of its own.
func withTask(saved []byte, call func(*library) error) error {
	var of object
	if err := of.open(abi.TaskLoad, abi.TaskFree, [][]byte{saved}); err != nil {
		return err
	}
	defer of.Close()
	return of.use(call)
}

// Save is everything, for a host that answers in another process.
func (t *Task) Save() []byte { return t.saved }

// Judge judges an answer without an asker, as a JSON object: whether it came in time, is one JSON object of the schema, and points at
// what was sent. Any bytes will do. limits is a document of settings; nil is the default.
func (t *Task) Judge(answer []byte, now time.Time, limits []byte) (verdict json.RawMessage, err error) {
	err = withTask(t.saved, func(lib *library) error {
		at, err := lib.give(answer, limits)
		if err == nil {
			verdict, err = lib.document(abi.TaskJudge, lib.object,
				at[0], uint64(len(answer)), nanoseconds(now), at[1], uint64(len(limits)))
		}
		return err
	})
	return verdict, err
}

// Fallback is the answer by rules, without a model, as a JSON object; null where rules know none.
func (t *Task) Fallback() (answer json.RawMessage, err error) {
	err = withTask(t.saved, func(lib *library) error {
		answer, err = lib.document(abi.TaskFallback, lib.object)
		return err
	})
	return answer, err
}

// Repair is the task to be asked instead, with the reasons why an answer was rejected: the JSON array that a verdict has. It is the host's;
// nil where there is no room for them.
func (t *Task) Repair(reasons []byte) (repair *Task, err error) {
	err = withTask(t.saved, func(lib *library) error {
		at, err := lib.give(reasons)
		if err == nil {
			err = lib.do(abi.TaskRepair, lib.object, at[0], uint64(len(reasons)), lib.place(placeResult))
		}
		if err == nil {
			repair, err = lib.takeTask()
		}
		return err
	})
	return repair, err
}

// Restore is a text of an answer with the values instead of their placeholders, for the eyes of the host.
func (t *Task) Restore(text string) (string, error) {
	var restored []byte
	err := withTask(t.saved, func(lib *library) error {
		at, err := lib.give(abi.BytesOf(text))
		if err == nil {
			restored, err = lib.document(abi.TaskRestore, lib.object, at[0], uint64(len(text)))
		}
		return err
	})
	return string(restored), err
}
