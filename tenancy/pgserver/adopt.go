package pgserver

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// nobodysPID is beyond what any system gives out: as if the process had gone.
const nobodysPID = 1<<31 - 1

// postmaster is what PostgreSQL writes of itself in postmaster.pid.
type postmaster struct {
	pid, port int
	state     string // starting, ready, stopping
}

func (f *folder) postmaster() (postmaster, bool) {
	text, err := f.root.ReadFile(pidFile)
	if err != nil {
		return postmaster{}, false
	}
	lines := strings.Split(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(lines[0]))
	if err != nil {
		return postmaster{}, false
	}
	p := postmaster{pid: max(pid, -pid)} // a negative number is a single-user server
	if len(lines) > 3 {
		p.port, _ = strconv.Atoi(strings.TrimSpace(lines[3]))
	}
	if len(lines) > 7 {
		p.state = strings.TrimSpace(lines[7])
	}
	return p, true
}

// adopt takes over a server that lives on the folder, waiting while it starts or stops. False: there is none, start one.
func (s *Server) adopt(ctx context.Context) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	for first := true; ; first = false {
		p, ok := s.folder.postmaster()
		if !ok || !alive(p.pid) {
			return false, nil
		}
		if !serves(p.pid, s.folder.cluster()) {
			return false, s.disown(p.pid)
		}
		if first {
			s.cfg.Log.Info("PostgreSQL is running already", "pid", p.pid, "port", p.port, "state", p.state)
		}
		err := fmt.Errorf("it is %s", p.state)
		if p.state == "ready" {
			s.pid, s.port, s.adopted, s.done = p.pid, p.port, true, make(chan struct{})
			if err = s.verify(ctx); err == nil {
				s.greet()
				return true, nil
			}
		}
		if pause(ctx, poll) != nil {
			return false, fmt.Errorf("PostgreSQL (pid %d) runs on %s and can't be adopted: %w", p.pid, s.folder.path, err)
		}
	}
}

func (s *Server) greet() {
	s.cfg.Log.Info("adopted PostgreSQL", "version", s.version, "pid", s.pid, "port", s.port, "folder", s.folder.path)
	if s.cfg.Port > 0 && s.cfg.Port != s.port {
		s.cfg.Log.Warn("the adopted PostgreSQL keeps its port until it is stopped", "port", s.port, "wanted", s.cfg.Port)
	}
}

// disown marks a postmaster.pid whose number belongs to another program by now, as after a restart of a container: PostgreSQL
// would refuse to start. The rest of the file stays, so that PostgreSQL itself still looks for survivors of the old server.
func (s *Server) disown(pid int) error {
	s.cfg.Log.Info("postmaster.pid is stale: its number belongs to another program", "pid", pid)
	text, err := s.folder.root.ReadFile(pidFile)
	if err != nil {
		return err
	}
	_, rest, _ := strings.Cut(string(text), "\n")
	if err := s.folder.write(pidFile, strconv.Itoa(nobodysPID)+"\n"+rest, 0o600); err != nil {
		return err
	}
	return s.account.own(s.folder.root, pidFile)
}

// verify asks the server who it is: the port may be another's.
func (s *Server) verify(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	var dir string
	if err := conn.QueryRow(ctx, "select current_setting('data_directory'), current_setting('server_version')").Scan(&dir, &s.version); err != nil {
		return err
	}
	s.version, _, _ = strings.Cut(s.version, " ") // Debian adds its own
	a, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if b, err := os.Stat(s.folder.cluster()); err != nil || !os.SameFile(a, b) {
		return fmt.Errorf("port %d is served by another PostgreSQL, on %s", s.port, dir)
	}
	return nil
}
