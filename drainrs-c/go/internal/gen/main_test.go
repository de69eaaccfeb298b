package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWhatIsCommittedIsWhatTheHeaderGives(t *testing.T) {
	files, err := generate("../../../include/drainrs.h")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		committed, err := os.ReadFile(filepath.Join("../abi", name))
		if err != nil {
			t.Fatal(err)
		}
		if string(committed) != text {
			t.Errorf("internal/abi/%s differs from what drainrs.h gives: run go generate ./...", name)
		}
	}
}

func TestEveryFunctionOfTheHeaderIsFound(t *testing.T) {
	text, err := os.ReadFile("../../../include/drainrs.h")
	if err != nil {
		t.Fatal(err)
	}
	found, err := read(string(text))
	if err != nil {
		t.Fatal(err)
	}
	if ends := strings.Count(string(text), ");\n"); ends != len(found.functions) {
		t.Errorf("%d declarations, %d functions found", ends, len(found.functions))
	}
}

func TestWhatCannotGoOverTheBorderIsSaid(t *testing.T) {
	for _, text := range []string{"", "#define DRAINRS_A 1\nfloat drainrs_a(void);\n"} {
		if _, err := read(text); err == nil {
			t.Errorf("no error for %q", text)
		}
	}
}
