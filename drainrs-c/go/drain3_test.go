package drainrs

import (
	"errors"
	"os"
	"testing"
)

func TestSettingsOfDrain3(t *testing.T) {
	config := must[[]byte](t)(Drain3Config("[DRAIN]\nsim_th = 0.5\ndepth = 5\n"))
	m := newTestMiner(t, string(config))
	must[Hit](t)(m.Insert([]byte("login to the shop by alice")))
	must[Hit](t)(m.Insert([]byte("login to the shop by bob")))
	if text := must[string](t)(m.TemplateText(1)); text != "login to the shop by <*>" {
		t.Error(text)
	}
	state := must[[]byte](t)(os.ReadFile("../../drainrs/tests/golden/drain3/plain-jsonpickle-1.5.1.state.json"))
	moved := must[*Miner](t)(NewMinerFromDrain3(state, must[[]byte](t)(Drain3Config(""))))
	defer moved.Close()
	if len(must[[]Template](t)(moved.Templates())) == 0 {
		t.Error("nothing came over")
	}
	_, err := Drain3Config("[DRAIN]\nsim_th = high\n")
	if !errors.Is(err, CodeConfig) {
		t.Error(err)
	}
	_, err = Drain3Config("\xff")
	expect(t, err, CodeArgument, "ini")
	for _, state := range []string{"", "no state", "{}", "\xff"} {
		if m, err := NewMinerFromDrain3([]byte(state), config); err == nil || m != nil {
			t.Errorf("%q: %v", state, err)
		}
	}
}

func TestCompiledCodeIsKeptFromTheStartOrNotAtAll(t *testing.T) {
	if Version() == "" {
		t.Error("no version")
	}
	if err := KeepCompiled(t.TempDir()); (err == nil) != (Engine() == "cgo") {
		t.Error(err)
	}
}
