//go:build linux || darwin

package pgserver

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"syscall"
)

// supported: the server can run here.
const supported = true

// apply makes the command run as the account, in a session of its own.
func (a account) apply(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if a.other {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)} // and no further groups
	}
}

// flock takes the lock or fails at once.
func flock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }

// signalFast asks for a fast shutdown: sessions are ended, all is written.
func signalFast(pid int) error {
	err := syscall.Kill(pid, syscall.SIGINT)
	if errors.Is(err, syscall.ESRCH) {
		return nil // it has just ended by itself, and whoever waits for that is about to learn it
	}
	return err
}

// signalImmediate asks for an end without writing; the next start recovers.
func signalImmediate(pid int) error { return syscall.Kill(pid, syscall.SIGQUIT) }

// alive reports whether the process runs.
func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return (err == nil || errors.Is(err, syscall.EPERM)) && !zombie(pid)
}

func owner(info fs.FileInfo) int {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(st.Uid)
	}
	return -1
}

func group(info fs.FileInfo) int {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(st.Gid)
	}
	return -1
}
