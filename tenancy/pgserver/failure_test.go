package pgserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// crashed is a data folder whose server, and only that, was killed hard.
func crashed(t *testing.T) string {
	t.Helper()
	dir := folderFor(t)
	s := start(t, dir)
	ask(t, s, "set synchronous_commit = on", "create table kept (word text)", "insert into kept values ('a')", "checkpoint", "insert into kept values ('b')", "select 'done'")
	p, err := os.FindProcess(s.pid)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
	<-s.Done()
	stop(t, s)
	if _, err := os.Stat(filepath.Join(dir, pidFile)); err != nil {
		t.Fatal("no postmaster.pid is left:", err)
	}
	return dir
}

func TestStalePID(t *testing.T) {
	s := start(t, crashed(t))
	if s.Adopted() {
		t.Error("a dead server was adopted")
	}
	if got := ask(t, s, "select count(*)::text from kept"); got != "2" {
		t.Errorf("%s rows survived the crash, not 2", got)
	}
}

// In a container that starts again, the number in postmaster.pid often is another program's, here of the test itself.
func TestStalePIDOfAnotherProgram(t *testing.T) {
	dir := crashed(t)
	name := filepath.Join(dir, pidFile)
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "\n")
	if err := os.WriteFile(name, fmt.Appendf(nil, "%d\n%s", os.Getpid(), rest), 0o600); err != nil {
		t.Fatal(err)
	}
	if s := start(t, dir); s.Adopted() {
		t.Error("the test itself was adopted")
	}
}

// fake is a folder of binaries that say they are of this version.
func fake(t *testing.T, version string) string {
	t.Helper()
	dir := filepath.Join(filepath.Dir(folderFor(t)), "bin")
	if err := mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"postgres", "initdb"} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte("#!/bin/sh\necho 'postgres (PostgreSQL) "+version+"'\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(file, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// madeBy is a data folder that says which PostgreSQL made it.
func madeBy(t *testing.T, major string) string {
	t.Helper()
	dir := folderFor(t)
	if err := mkdir(filepath.Join(dir, clusterDir), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{versionFile: major + "\n", passwordFile: "secret\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestWrongMajor(t *testing.T) {
	dir := madeBy(t, "16")
	_, err := Start(t.Context(), Config{Dir: dir, Binaries: fake(t, "15.9")})
	var miss *BinariesError
	if !errors.As(err, &miss) || miss.Need != 16 || len(miss.Found) != 1 {
		t.Fatalf("PostgreSQL 15 on a folder of 16 gives %v", err)
	}
	for _, word := range []string{"made by PostgreSQL 16", "PostgreSQL 15.9 in", "DATABASE_URL"} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q is not in: %v", word, err)
		}
	}
	if _, err := Start(t.Context(), Config{Dir: madeBy(t, "12")}); err == nil || !strings.Contains(err.Error(), "was made by PostgreSQL 12") {
		t.Errorf("a folder of PostgreSQL 12 gives %v", err)
	}
	if _, err := Start(t.Context(), Config{Dir: folderFor(t), Binaries: fake(t, "14.2")}); !errors.As(err, &miss) {
		t.Errorf("PostgreSQL 14 for a new folder gives %v", err)
	}
}

func TestPortTaken(t *testing.T) {
	l, err := net.Listen("tcp", host+":0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dir, port := folderFor(t), l.Addr().(*net.TCPAddr).Port
	if _, err := Start(t.Context(), Config{Dir: dir, Unsafe: true, Port: port}); err == nil || !strings.Contains(err.Error(), "is not free") {
		t.Errorf("a taken port gives %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, portFile), fmt.Append(nil, port), 0o600); err != nil {
		t.Fatal(err)
	}
	if s := start(t, dir); s.Port() == port {
		t.Error("the taken port of the last start was used")
	}
}

func TestFailureShowsTheLog(t *testing.T) {
	dir := folderFor(t)
	stop(t, start(t, dir))
	if err := os.WriteFile(filepath.Join(dir, "local.conf"), []byte("shared_buffers = 'much'\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Config{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), `invalid value for parameter "shared_buffers": "much"`) {
		t.Errorf("a bad setting gives %v", err)
	}
}

func TestCancelledStartLeavesNothing(t *testing.T) {
	dir := folderFor(t)
	stop(t, start(t, dir))
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Millisecond)
	defer cancel()
	if s, err := Start(ctx, Config{Dir: dir, Unsafe: true}); err == nil {
		stop(t, s) // faster than expected
	}
	if s := start(t, dir); s.Adopted() {
		t.Error("a cancelled Start left a server")
	}
}

// As root the server runs as somebody else, and a folder out of that user's reach is refused with advice.
func TestRoot(t *testing.T) {
	if os.Geteuid() != 0 {
		who, err := chooseAccount("/", "/nowhere")
		if err != nil || who.other || who.uid != os.Geteuid() {
			t.Errorf("an ordinary user runs the server as %+v, %v", who, err)
		}
		return
	}
	dir := folderFor(t)
	s := start(t, dir)
	if s.account.uid == 0 {
		t.Fatal("the server's account is root")
	}
	if runtime.GOOS == "linux" {
		info, err := os.Stat(fmt.Sprintf("/proc/%d", s.pid))
		if err != nil || owner(info) != s.account.uid {
			t.Errorf("the server runs as %d, not %d: %v", owner(info), s.account.uid, err)
		}
	}
	closed := filepath.Dir(folderFor(t))
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Chdir(closed)
	_, err := Start(t.Context(), Config{Dir: "./data"})
	if err == nil || !strings.Contains(err.Error(), "chmod o+x "+closed) {
		t.Errorf("a folder out of reach gives %v", err)
	}
}
