package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/tenon-hq/tenon/tenancy/pgserver"
)

// OpenBeside is Open for what may be done while a Tenon serves: when that one runs the own database server in the data folder, this one works on the
// same server and leaves it running.
func OpenBeside(ctx context.Context, cfg Config) (*App, error) {
	a, err := Open(ctx, cfg)
	var busy *pgserver.BusyError
	if !errors.As(err, &busy) {
		return a, err
	}
	if cfg.DatabaseURL, err = beside(filepath.Join(cfg.Data, "postgres")); err != nil {
		return nil, errors.Join(busy, err)
	}
	return Open(ctx, cfg)
}

// beside is the address of the database that another process serves from a folder of pgserver.
func beside(folder string) (string, error) {
	password, err := os.ReadFile(filepath.Join(folder, "password"))
	if err != nil {
		return "", fmt.Errorf("the server that is running there can't be used: %w", err)
	}
	port, err := os.ReadFile(filepath.Join(folder, "port"))
	if err != nil {
		return "", fmt.Errorf("the server that is running there can't be used: %w", err)
	}
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword("tenon", strings.TrimSpace(string(password))),
		Host: net.JoinHostPort("127.0.0.1", strings.TrimSpace(string(port))), Path: "/tenon",
		RawQuery: "sslmode=disable&require_auth=scram-sha-256", // whoever took the port meanwhile can't ask for the password
	}
	return u.String(), nil
}
