package main

import (
	"fmt"
	"regexp"
	"strings"
)

// A constant of the header, by its name without the prefix.
type constant struct {
	name, value string
}

// A function of the header.
type function struct {
	name       string
	result     string
	parameters []string // their types
}

// What Go needs to know of the header.
type header struct {
	constants []constant
	functions []function
}

var (
	comments      = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*`)
	definitions   = regexp.MustCompile(`(?m)^#define DRAINRS_(\w+) (\S.*)$`)
	declarations  = regexp.MustCompile(`(?m)^([a-z][\w ]*?[ *]+)(drainrs_\w+)\(([^)]*)\);`)
	parameterName = regexp.MustCompile(`\w+$`)
)

// Reads the header: a generated file, whose shape is known.
func read(text string) (header, error) {
	var found header
	text = comments.ReplaceAllString(text, "")
	for _, match := range definitions.FindAllStringSubmatch(text, -1) {
		found.constants = append(found.constants, constant{match[1], strings.TrimSpace(match[2])})
	}
	for _, match := range declarations.FindAllStringSubmatch(text, -1) {
		one := function{name: match[2], result: typeOf(match[1])}
		if inside := strings.TrimSpace(match[3]); inside != "void" {
			for parameter := range strings.SplitSeq(inside, ",") {
				parameter = strings.TrimSpace(parameter)
				one.parameters = append(one.parameters, typeOf(parameterName.ReplaceAllString(parameter, "")))
			}
		}
		for _, kind := range append(one.parameters, one.result) {
			if !known(kind) {
				return header{}, fmt.Errorf("%s: no way over the border is known for the type %q", one.name, kind)
			}
		}
		found.functions = append(found.functions, one)
	}
	if len(found.constants) == 0 || len(found.functions) == 0 {
		return header{}, fmt.Errorf("this is not the header of drainrs")
	}
	return found, nil
}

// A type as it is written, with its spaces in one way.
func typeOf(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(strings.ReplaceAll(text, "*", " * ")), " "), " *", "*")
}

func isPointer(kind string) bool { return strings.HasSuffix(kind, "*") }

// Whether a type goes over the border as 64 bits.
func known(kind string) bool {
	switch kind {
	case "void", "bool", "double", "size_t", "drainrs_status", "int32_t", "int64_t", "uint8_t", "uint32_t", "uint64_t":
		return true
	}
	return isPointer(kind)
}
