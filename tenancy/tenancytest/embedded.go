package tenancytest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/tenancy/pgserver"
)

// Folder is where the tests' own server keeps its data: $TENON_CACHE/pgtest, or pgtest in the user's cache folder. PostgreSQL does not run as root,
// and whom it runs as instead can't reach root's home.
func Folder() (string, error) {
	dir := os.Getenv("TENON_CACHE")
	if os.Getuid() == 0 && !pgserver.Passable(dir) {
		return "/var/cache/tenon/pgtest", nil
	}
	if dir != "" {
		return filepath.Join(dir, "pgtest"), nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(cache, "tenon", "pgtest"), nil
}

// many is what a crowd of test programs with their pools needs. The log stays for a while, so that a test can look for what may not be in it.
const many = "max_connections = 400\nmax_locks_per_transaction = 256\nshared_buffers = 256MB\nautovacuum_naptime = 2min\nwal_keep_size = 2GB\n"

// Start runs the tests' own server in a folder, without fsync.
func Start(ctx context.Context, dir string) (*pgserver.Server, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // PostgreSQL may run as another user and must pass through
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, "local.conf"), []byte(many), 0o644); err != nil { //nolint:gosec // as above
		return nil, err
	}
	return pgserver.Start(ctx, pgserver.Config{Dir: dir, Unsafe: true, Timeout: patience})
}

// Adopt returns the address of the tests' own server, starting it unless another test program has. It goes on running after this program, for the
// next one.
func Adopt(ctx context.Context) (string, error) {
	dir, err := Folder()
	if err != nil {
		return "", err
	}
	for {
		s, err := Start(ctx, dir)
		if err == nil {
			return s.URL("postgres"), nil
		}
		var busy *pgserver.BusyError
		if !errors.As(err, &busy) {
			return "", err
		}
		address, err := neighbours(ctx, dir)
		if err == nil {
			return address, nil
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return "", errors.Join(busy, err)
		}
	}
}

// neighbours returns the address of the server that another test program runs in the folder.
func neighbours(ctx context.Context, dir string) (string, error) {
	password, err := os.ReadFile(filepath.Join(dir, "password"))
	if err != nil {
		return "", err
	}
	port, err := os.ReadFile(filepath.Join(dir, "port"))
	if err != nil {
		return "", err
	}
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword("tenon", strings.TrimSpace(string(password))),
		Host: net.JoinHostPort("127.0.0.1", strings.TrimSpace(string(port))), Path: "/postgres", RawQuery: "sslmode=disable",
	}
	conn, err := pgx.Connect(ctx, u.String())
	if err != nil {
		return "", fmt.Errorf("the other program's server does not answer: %w", err)
	}
	return u.String(), conn.Close(ctx)
}
