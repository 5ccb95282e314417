//go:build !linux && !darwin

package pgserver

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
)

// supported: Start refuses at once, and nothing below is ever called.
const supported = false

func (a account) apply(*exec.Cmd) {}
func flock(*os.File) error        { return errors.ErrUnsupported }
func signalFast(int) error        { return errors.ErrUnsupported }
func signalImmediate(int) error   { return errors.ErrUnsupported }
func alive(int) bool              { return false }
func serves(int, string) bool     { return false }
func owner(fs.FileInfo) int       { return -1 }
func group(fs.FileInfo) int       { return -1 }
func memory() int64               { return 0 }
