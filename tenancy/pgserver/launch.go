package pgserver

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// exitError is a server that ended instead of becoming ready.
type exitError struct {
	cause error
	tail  string
}

func (e *exitError) Error() string {
	return fmt.Sprintf("PostgreSQL did not start (%v); its log ends with:\n%s", e.cause, e.tail)
}

// passing reports whether the cause may go away by itself: another server is just starting or ending, or took the port.
func (e *exitError) passing() bool {
	for _, sign := range []string{"already exists", "still in use", "could not create any TCP/IP sockets"} {
		if strings.Contains(e.tail, sign) {
			return true
		}
	}
	return false
}

// launch runs postgres in a session of its own, so that a Ctrl+C meant for Tenon does not reach it, and waits until it answers.
func (s *Server) launch(ctx context.Context, bin binaries) error {
	port, err := s.choosePort()
	if err != nil {
		return err
	}
	if err := s.folder.write(settingsFile, settings(s.cfg.Unsafe, memory()), 0o644); err != nil {
		return err
	}
	out, err := s.folder.startupLog()
	if err != nil {
		return err
	}
	defer out.Close()
	began := time.Now()
	cmd := exec.Command(filepath.Join(bin.dir, "postgres"), "-D", s.folder.cluster(), "-c", "config_file="+filepath.Join(s.folder.path, settingsFile),
		"-c", "port="+strconv.Itoa(port), "-c", "listen_addresses="+host, "-c", "unix_socket_directories=") //nolint:noctx // it outlives the context that starts it
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = s.folder.path, environment(), out, out // a file: a pipe would end with us
	s.account.apply(cmd)
	s.cfg.Log.Info("starting PostgreSQL", "version", bin.version, "binaries", bin.dir, "port", port, "user", s.account.name)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("can't run %s: %w", cmd.Path, err)
	}
	s.pid, s.port, s.adopted, s.done = cmd.Process.Pid, port, false, make(chan struct{})
	exited := make(chan error, 1)
	go func(done chan struct{}) {
		exited <- cmd.Wait()
		close(done)
	}(s.done)
	if err := s.await(ctx, exited, began); err != nil {
		return err
	}
	return s.folder.write(portFile, strconv.Itoa(port)+"\n", 0o600)
}

// await returns when the server answers; a server that does not in time is stopped.
func (s *Server) await(ctx context.Context, exited <-chan error, began time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	news := time.NewTicker(5 * time.Second)
	defer news.Stop()
	var refused error
	for {
		if st, ok := s.folder.postmaster(); ok && st.pid == s.pid && st.state == "ready" {
			if refused = s.verify(ctx); refused == nil {
				return nil
			}
		}
		select {
		case err := <-exited:
			if err == nil {
				err = errors.New("it ended by itself")
			}
			return &exitError{err, s.folder.tail(began)}
		case <-news.C:
			s.cfg.Log.Info("PostgreSQL is still starting", "says", lastLine(s.folder.tail(began)))
		case <-time.After(poll):
		case <-ctx.Done():
			tail := s.folder.tail(began)
			s.quit(exited)
			return fmt.Errorf("PostgreSQL was not ready in time (%w); its log ends with:\n%s", errors.Join(context.Cause(ctx), refused), tail)
		}
	}
}

// quit ends a server that nobody uses yet.
func (s *Server) quit(exited <-chan error) {
	_ = signalFast(s.pid) //nolint:errcheck // it is waited for anyway
	select {
	case <-exited:
	case <-time.After(5 * time.Second):
		_ = signalImmediate(s.pid) //nolint:errcheck // as above
		<-exited
	}
}
