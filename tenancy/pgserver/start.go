package pgserver

import (
	"context"
	"errors"
	"time"
)

func (s *Server) start(ctx context.Context) error {
	began := time.Now()
	if err := s.open(); err != nil {
		return err
	}
	major, err := s.folder.major()
	if err != nil {
		return err
	}
	if major > 0 {
		if s.password, err = s.folder.password(); err != nil {
			return err
		}
		if ok, err := s.adopt(ctx); ok || err != nil {
			return err
		}
	}
	bin, err := s.cfg.find(ctx, s.account, major)
	if err != nil {
		return err
	}
	if err := s.account.reach(ctx, bin.dir, s.folder.path); err != nil {
		return err
	}
	if err := s.prepare(ctx, bin, major == 0); err != nil {
		return err
	}
	if err := s.bring(ctx, bin); err != nil {
		return err
	}
	s.cfg.Log.Info("PostgreSQL is ready", "version", s.version, "port", s.port, "folder", s.folder.path, "took", time.Since(began).Round(time.Millisecond))
	return nil
}

// open makes the folder, chooses whom the server runs as and takes the lock.
func (s *Server) open() (err error) {
	if s.folder, s.account, err = openFolder(s.cfg.Dir); err != nil {
		return err
	}
	s.lock, err = s.folder.take()
	return err
}

// bring launches the server, again when the cause of a failure passes, for 15 seconds at most.
func (s *Server) bring(ctx context.Context, bin binaries) error {
	for end := time.Now().Add(15 * time.Second); ; {
		err := s.launch(ctx, bin)
		var exit *exitError
		if !errors.As(err, &exit) || !exit.passing() || time.Now().After(end) {
			return err
		}
		s.cfg.Log.Info("PostgreSQL could not start yet, trying again", "cause", lastLine(exit.tail))
		if err := pause(ctx, 300*time.Millisecond); err != nil {
			return errors.Join(err, exit)
		}
		if ok, err := s.adopt(ctx); ok || err != nil {
			return err
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
