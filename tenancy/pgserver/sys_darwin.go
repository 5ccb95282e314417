package pgserver

import (
	"os/exec"
	"strconv"
	"strings"
)

// zombie: launchd asks after the orphans, so that they don't stay.
func zombie(int) bool { return false }

// serves reports whether the process is the postmaster of the cluster; when the system does not tell, it says yes, and
// the server is asked itself.
func serves(pid int, cluster string) bool {
	args, err := exec.Command("/bin/ps", "-ww", "-o", "args=", "-p", strconv.Itoa(pid)).Output()
	return err != nil || strings.Contains(string(args), cluster)
}

// memory is that of the machine in bytes.
func memory() int64 {
	out, err := exec.Command("/usr/sbin/sysctl", "-n", "hw.memsize").Output()
	if err != nil {
		return 0
	}
	n, _ := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
	return n
}
