// Withpg runs a command with a PostgreSQL server of its own for tests: go run ./tenancy/tenancytest/withpg go test ./...
// It sets TENON_TEST_DATABASE_URL, passes the command's exit code on and stops the server.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: withpg COMMAND [ARGUMENT…]")
		os.Exit(2)
	}
	code, err := run(os.Args[1], os.Args[2:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "withpg:", err)
	}
	os.Exit(code)
}

func run(name string, args []string) (code int, err error) {
	// The command gets the terminal's signals itself; this program waits for its end.
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	signal.Notify(make(chan os.Signal, 1), os.Interrupt)
	dir, err := tenancytest.Folder()
	if err != nil {
		return 1, err
	}
	server, err := tenancytest.Start(ctx, dir)
	if err != nil {
		return 1, err
	}
	defer func() {
		if stopping := server.Stop(context.WithoutCancel(ctx)); stopping != nil && err == nil {
			err = stopping
		}
	}()
	address := server.URL("postgres")
	if err := tenancytest.DropLeftovers(ctx, address, true); err != nil {
		return 1, err
	}
	cmd := exec.CommandContext(ctx, name, args...) //nolint:gosec // running what it is told is all that this program does
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), tenancytest.Variable+"="+address)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	err = cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return max(1, exit.ExitCode()), nil
	}
	if err != nil {
		return 1, err
	}
	return 0, nil
}
