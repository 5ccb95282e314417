package bench

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// processors tells how much CPU time this program and its PostgreSQL server have taken so far: clients of the benchmark run in this program too, so
// it is a bit more than Tenon's own.
type processors struct{ postmaster int }

func processorsOf(b *testing.B, address string) processors {
	b.Helper()
	conn, err := pgx.Connect(b.Context(), address)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(b.Context())
	var backend int
	if err := conn.QueryRow(b.Context(), "select pg_backend_pid()").Scan(&backend); err != nil {
		b.Fatal(err)
	}
	stat, ok := statOf(fmt.Sprintf("/proc/%d/stat", backend))
	if !ok {
		return processors{} // the server is elsewhere
	}
	return processors{stat.parent}
}

func (p processors) taken() (own, server time.Duration) {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err == nil {
		own = time.Duration(use.Utime.Nano() + use.Stime.Nano())
	}
	if p.postmaster == 0 {
		return own, 0
	}
	all, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range all {
		if s, ok := statOf(path); ok && s.parent == p.postmaster {
			server += s.own
		} else if ok && s.pid == p.postmaster {
			server += s.own + s.ended
		}
	}
	return own, server
}

type stat struct {
	pid, parent int
	own, ended  time.Duration // CPU time of the process, and of its children that have ended
}

// statOf reads proc(5): what follows the name in parentheses is separated by spaces.
func statOf(path string) (stat, bool) {
	raw, err := os.ReadFile(path)
	end := bytes.LastIndexByte(raw, ')')
	if err != nil || end < 0 {
		return stat{}, false
	}
	f := bytes.Fields(raw[end+1:])
	const parent, user, system, endedUser, endedSystem = 1, 11, 12, 13, 14
	if len(f) <= endedSystem {
		return stat{}, false
	}
	n := func(i int) int { v, _ := strconv.Atoi(string(f[i])); return v }
	const tick = 10 * time.Millisecond
	pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
	return stat{pid, n(parent), time.Duration(n(user)+n(system)) * tick, time.Duration(n(endedUser)+n(endedSystem)) * tick}, true
}
