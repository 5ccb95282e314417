package pgserver

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// zombie: the process has ended and nobody has asked how; in a container there may be nobody to ask.
func zombie(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, after, _ := bytes.Cut(stat[bytes.LastIndexByte(stat, ')')+1:], []byte(" "))
	return bytes.HasPrefix(after, []byte("Z"))
}

// serves reports whether the process is the postmaster of the cluster; when the system does not tell, it says yes, and
// the server is asked itself.
func serves(pid int, cluster string) bool {
	if dir, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid)); err == nil {
		return dir == cluster
	}
	args, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)) // root in a container may not read cwd of others
	if err != nil || len(args) == 0 {
		return true
	}
	return slices.Contains(strings.Split(string(args), "\x00"), cluster)
}

// memory is what this process may use: the machine's, or less in a container.
func memory() int64 {
	var total int64
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		var kb int64
		if _, err := fmt.Sscanf(string(text), "MemTotal: %d kB", &kb); err == nil {
			total = kb << 10
		}
	}
	for _, name := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		text, _ := os.ReadFile(name)
		if n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && n > 0 && (total == 0 || n < total) {
			total = n
		}
	}
	return total
}
