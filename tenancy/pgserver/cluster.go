package pgserver

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// prepare makes what the server needs before it can run.
func (s *Server) prepare(ctx context.Context, bin binaries, fresh bool) error {
	if err := s.folder.root.Mkdir(logDir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := s.account.own(s.folder.root, logDir); err != nil {
		return err
	}
	if _, err := s.folder.root.Stat(localFile); errors.Is(err, fs.ErrNotExist) {
		if err := s.folder.write(localFile, "# Settings of PostgreSQL that win over tenon.conf.\n", 0o644); err != nil {
			return err
		}
	}
	if !fresh {
		return s.account.repossess(s.folder.root, clusterDir)
	}
	return s.initdb(ctx, bin)
}

// initdb makes the cluster beside its place and moves it there when all is done: a half one is never taken for a whole one.
func (s *Server) initdb(ctx context.Context, bin binaries) error {
	s.cfg.Log.Info("making a new database", "folder", s.folder.path, "version", bin.version, "binaries", bin.dir)
	s.password = secret()
	if err := s.folder.sweep(); err != nil {
		return err
	}
	tree := newCluster + secret()[:8] // an initdb that outlived a killed Tenon must not write into ours
	passwords := tree + ".password"
	if err := s.folder.write(passwords, s.password+"\n", 0o600); err != nil {
		return err
	}
	defer func() { _ = s.folder.root.Remove(passwords) }()
	if err := s.account.own(s.folder.root, passwords); err != nil {
		return err
	}
	var err error
	for _, locale := range locales(bin.major) {
		args := append([]string{
			"-D", filepath.Join(s.folder.path, tree), "-U", superuser, "-E", "UTF8", "--auth=scram-sha-256",
			"--pwfile=" + filepath.Join(s.folder.path, passwords), "--data-checksums", "--no-instructions",
		}, locale...)
		if s.cfg.Unsafe {
			args = append(args, "--no-sync")
		}
		if err = s.tryInitdb(ctx, bin, tree, args); err == nil || ctx.Err() != nil {
			break
		}
	}
	if err != nil {
		return err
	}
	if err := s.folder.write(passwordFile, s.password+"\n", 0o600); err != nil {
		return err
	}
	return s.folder.root.Rename(tree, clusterDir)
}

func (s *Server) tryInitdb(ctx context.Context, bin binaries, tree string, args []string) error {
	root := s.folder.root
	if err := errors.Join(root.RemoveAll(tree), root.Mkdir(tree, 0o700), s.account.own(root, tree)); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin.dir, "initdb"), args...)
	cmd.Dir, cmd.Env = s.folder.path, environment()
	s.account.apply(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb failed (%w):\n%s", err, strings.TrimSpace(string(out)))
	}
	return nil
}

// sweep removes what an interrupted initdb left.
func (f *folder) sweep() error {
	names, err := fs.Glob(f.root.FS(), newCluster+"*")
	for _, name := range names {
		err = errors.Join(err, f.root.RemoveAll(name))
	}
	return err
}

// locales sort by bytes, the same on every system and in every release of it, and know the case of all letters where that can be had.
func locales(major int) [][]string {
	plain := []string{"--locale=C"}
	switch {
	case major >= 17: // PostgreSQL's own, needs nothing of the system
		return [][]string{{"--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"}, plain}
	case runtime.GOOS == "linux":
		return [][]string{{"--locale=C", "--lc-ctype=C.UTF-8"}, plain}
	default:
		return [][]string{plain}
	}
}

// environment is bare: PGDATA, PGPORT or a locale of the caller must not steer the server.
func environment() []string {
	env := []string{"LC_ALL=C", "TZ=UTC", "HOME=/"}
	for _, name := range []string{"PATH", "LD_LIBRARY_PATH", "TMPDIR"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}

func secret() string {
	b := make([]byte, 24)
	_, _ = rand.Read(b) // never fails: it ends the program instead
	return hex.EncodeToString(b)
}
