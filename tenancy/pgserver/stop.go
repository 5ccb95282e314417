package pgserver

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// stopping remembers that the end is wanted.
type stopping struct {
	mu     sync.Mutex
	wanted bool
	freed  bool
}

// Stop ends the server, an adopted one too: transactions that are open are rolled back, everything is written to disk. It waits
// until the server has gone; when ctx ends first, it returns an error, gives the folder free, and the server goes on stopping.
// Stopping twice is fine.
func (s *Server) Stop(ctx context.Context) error {
	s.stop.mu.Lock()
	s.stop.wanted = true
	s.stop.mu.Unlock()
	if s.ended() {
		s.release()
		return nil
	}
	defer s.release()
	began := time.Now()
	if err := signalFast(s.pid); err != nil && !s.ended() {
		return fmt.Errorf("pgserver: can't stop PostgreSQL (pid %d): %w", s.pid, err)
	}
	if !s.gone(ctx) {
		return fmt.Errorf("pgserver: PostgreSQL (pid %d) is still stopping: %w", s.pid, context.Cause(ctx))
	}
	s.cfg.Log.Info("PostgreSQL has stopped", "took", time.Since(began).Round(time.Millisecond))
	return nil
}

// gone waits until the server has ended, or ctx.
func (s *Server) gone(ctx context.Context) bool {
	for !s.ended() {
		if pause(ctx, poll) != nil {
			return s.ended()
		}
	}
	return true
}

// ended: a child is reaped first, so that its number can't be another's; of an adopted server the number is asked.
func (s *Server) ended() bool {
	select {
	case <-s.done:
		return true
	default:
		return s.adopted && !alive(s.pid)
	}
}

// watch keeps the log small and tells when the server ends unasked.
func (s *Server) watch() {
	for i := 0; !s.ended(); i++ {
		if i%1200 == 0 { // at once, then every ten minutes
			s.folder.prune()
		}
		select {
		case <-s.done:
		case <-time.After(500 * time.Millisecond):
		}
	}
	if s.adopted {
		close(s.done)
	}
	s.stop.mu.Lock()
	wanted := s.stop.wanted
	s.stop.mu.Unlock()
	if !wanted {
		s.cfg.Log.Error("PostgreSQL ended by itself", "pid", s.pid, "folder", s.folder.path, "says", lastLine(s.folder.tail(time.Now().Add(-time.Minute))))
	}
}

// release gives the folder free for another Tenon.
func (s *Server) release() {
	s.stop.mu.Lock()
	defer s.stop.mu.Unlock()
	if s.stop.freed {
		return
	}
	s.stop.freed = true
	if s.lock != nil {
		_ = s.lock.Close()
	}
	if s.folder != nil {
		_ = s.folder.root.Close()
	}
}
