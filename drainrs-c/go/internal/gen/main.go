// Command gen writes what package abi knows of the C library: its constants, its functions by number, and the function in C that
// calls them.
//
//	go run ../gen <header> <folder>
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) != 3 {
		fail(fmt.Errorf("usage: gen <header> <folder>"))
	}
	files, err := generate(os.Args[1])
	if err != nil {
		fail(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(os.Args[2], name), []byte(text), 0o644); err != nil {
			fail(err)
		}
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// The generated files by their names.
func generate(path string) (map[string]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	from, err := read(string(text))
	if err != nil {
		return nil, err
	}
	inGo, err := writeGo(from)
	if err != nil {
		return nil, err
	}
	return map[string]string{"functions.go": inGo, "trampoline.h": writeC(from)}, nil
}
