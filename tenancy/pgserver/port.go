package pgserver

import (
	"fmt"
	"net"
	"strconv"
)

// choosePort takes the wanted port, the last one or a free one.
func (s *Server) choosePort() (int, error) {
	if s.cfg.Port > 0 {
		if _, err := free(s.cfg.Port); err != nil {
			return 0, fmt.Errorf("port %d is not free for PostgreSQL: %w; choose another or 0", s.cfg.Port, err)
		}
		return s.cfg.Port, nil
	}
	if last := s.folder.lastPort(); last > 0 {
		if port, err := free(last); err == nil {
			return port, nil
		}
	}
	return free(0)
}

func free(port int) (int, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port))) //nolint:noctx // at once
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil //nolint:forcetypeassert // it listens on tcp
}
