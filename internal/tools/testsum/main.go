// Package main runs `go test -json` with the arguments given, prints a line per package and whatever failed in full, and ends with
// "N passed, N failed, N skipped". It fails when a test failed, when a package could not be built, and when no test ran.
//
//	go run ./internal/tools/testsum [-into file] [go test's flags and packages]
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

func run(args []string, out, errOut io.Writer) int {
	into := ""
	if len(args) > 1 && args[0] == "-into" {
		into, args = args[1], args[2:]
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cmd := exec.CommandContext(ctx, "go", append([]string{"test", "-json"}, args...)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.Stderr = errOut
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		_, _ = fmt.Fprintln(errOut, "testsum:", err)
		return 2
	}
	if err := cmd.Start(); err != nil {
		_, _ = fmt.Fprintln(errOut, "testsum:", err)
		return 2
	}
	s := newSum(out)
	if err := s.read(pipe); err != nil {
		_, _ = fmt.Fprintln(errOut, "testsum:", err)
	}
	ended := cmd.Wait()
	code := s.code(ended)
	s.print(s.slowest())
	line := s.line()
	_, _ = fmt.Fprintln(out, line)
	if into != "" {
		if err := os.WriteFile(into, []byte(line+"\n"), 0o600); err != nil {
			_, _ = fmt.Fprintln(errOut, "testsum:", err)
			return 2
		}
	}
	return code
}

// read takes go test's lines until they end. What is no event, such as a linker's message, is printed as it is.
func (s *sum) read(in io.Reader) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) == nil && e.Action != "" { //nolint:musttag // test2json writes Go names
				s.take(&e)
			} else {
				s.print(string(line))
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
