//go:build !unix

package drainrs

import "time"

// cpuTime is not known here.
func cpuTime() time.Duration { return 0 }
