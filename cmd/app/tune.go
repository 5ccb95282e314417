package app

import (
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

const (
	usualHeap = 1 << 30 // bytes, where nothing limits this process
	spacious  = 400     // percent by which the heap may grow before what is unused is collected
)

// Tune lets memory be collected more seldom, because a request leaves much behind and little stays: a tenth of a confirm's time went into that. Near the
// limit of the container, or a gigabyte, it is collected as often as needed. GOGC and GOMEMLIMIT are left as they are set.
func Tune() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(spacious)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(heapLimit(os.ReadFile))
	}
}

// heapLimit is four fifths of what the container may use.
func heapLimit(read func(path string) ([]byte, error)) int64 {
	for _, path := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} { // versions 2 and 1
		raw, err := read(path)
		if err != nil {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(string(raw)), 10, 64)
		if err == nil && n > 0 && n < math.MaxInt64/2 {
			return min(usualHeap, n/5*4)
		}
	}
	return usualHeap
}
