package otelprocessor

import (
	"strconv"
	"strings"
)

// wildcardClass is the class of parameters that have no name.
const wildcardClass = "*"

// parameterKeys are the names of the attributes that take parameters.
type parameterKeys struct {
	// By class: <prefix>.<class> for the first of a record, <prefix>.<class>_2 for the second and so on. Empty for classes
	// that are not written, and wildcardClass for those that go into the list.
	named [][]string
	// The classes by their names.
	classes map[string]uint8
	// The name of the list, if there is one.
	wildcards string
}

// usualRepeats is how many keys of a class are made in advance.
const usualRepeats = 8

func newParameterKeys(cfg *Config, classes []string) parameterKeys {
	keys := parameterKeys{named: make([][]string, len(classes)), classes: map[string]uint8{}}
	if cfg.EmitWildcards {
		keys.wildcards = cfg.WildcardsAttribute
	}
	for class, name := range classes {
		keys.classes[name] = uint8(class)
		switch {
		case name == wildcardClass && cfg.EmitWildcards:
			keys.named[class] = []string{wildcardClass}
		case name != wildcardClass && cfg.ParameterKeyPrefix != "":
			keys.named[class] = namesOf(cfg.ParameterKeyPrefix + "." + name)
		}
	}
	return keys
}

func namesOf(first string) []string {
	names := []string{first}
	for repeat := 2; repeat <= usualRepeats; repeat++ {
		names = append(names, repeated(first, repeat))
	}
	return names
}

// repeated is the name of a parameter that comes behind others of its class. The name of the first must not be a part of it with
// a dot behind: an attribute is no namespace.
func repeated(first string, repeat int) string {
	return first + "_" + strconv.Itoa(repeat)
}

// ofPlaces are the keys for the places of a template, in order. A place has one name for all records that show it, whatever a
// value looks like by itself: where some have digits only and others letters, too, all of them are in a <*>.
func (keys parameterKeys) ofPlaces(template string) []string {
	if !keys.any() {
		return nil
	}
	var places []string
	var before [64]int
	for {
		_, behind, there := strings.Cut(template, "<")
		if !there {
			return places
		}
		template = behind
		name, _, _ := strings.Cut(behind, ">")
		if class, isClass := keys.classes[name]; isClass {
			places = append(places, keys.key(class, before[class]))
			before[class]++
		}
	}
}

// any says whether parameters are written at all.
func (keys parameterKeys) any() bool {
	for _, names := range keys.named {
		if len(names) > 0 {
			return true
		}
	}
	return false
}

// key is where a parameter goes that has so many of its class before it in the record.
func (keys parameterKeys) key(class uint8, before int) string {
	names := keys.named[class]
	switch {
	case len(names) == 0:
		return ""
	case names[0] == wildcardClass:
		return wildcardClass
	case before < len(names):
		return names[before]
	default:
		return repeated(names[0], before+1)
	}
}
