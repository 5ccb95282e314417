// Package vaulttest answers what a real Vault is for a test: it builds one once for this machine, starts it, seals it, stops it and starts it again.
package vaulttest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Version is the Vault that is built; the file that holds it names it.
const Version = "v1.21.0"

// Server is a Vault with its storage in a folder of the test.
type Server struct {
	Address string
	Token   string // root
	unseal  string
	config  string
	command *exec.Cmd
}

// Start returns a Vault that is unsealed and has a transit engine. It is the one of VAULT_ADDR and VAULT_TOKEN where these are set, which is not stopped
// or sealed: OwnProcess tells.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{Address: os.Getenv("VAULT_ADDR"), Token: os.Getenv("VAULT_TOKEN")}
	if s.Address == "" {
		s.launch(t)
	}
	if err := s.API(t.Context(), http.MethodPost, "sys/mounts/transit", map[string]any{"type": "transit"}, nil); err != nil && !strings.Contains(err.Error(), "in use") {
		t.Fatal(err)
	}
	return s
}

// OwnProcess tells that the server can be sealed and stopped.
func (s *Server) OwnProcess() bool { return s.command != nil }

// Program returns the server's program and builds it when this machine has none: 4 minutes of processor time, once.
func Program() (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	path := filepath.Join(home, ".cache", "tenon", "bin", "vault-"+Version)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	_, here, _, _ := runtime.Caller(0)
	source := filepath.Join(filepath.Dir(here), "..", "..", "internal", "tools", "vault")
	if root, err := moduleRoot(); err == nil { // a build with -trimpath does not know where its source is
		source = filepath.Join(root, "internal", "tools", "vault")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", err
	}
	own := path + fmt.Sprintf(".%d", os.Getpid())
	c := exec.Command("go", "build", "-mod=mod", "-tags", "minimal", "-o", own, ".")
	c.Dir = source
	c.Env = append(os.Environ(), "GONOSUMDB=github.com/hashicorp/vault-plugin-*", "GOFLAGS=-buildvcs=false -trimpath")
	if out, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building Vault: %w\n%s", err, out)
	}
	return path, os.Rename(own, path)
}

func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, found := os.Stat(filepath.Join(dir, "laws_test.go")); found == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("no module around the test")
		}
		dir = filepath.Dir(dir)
	}
	return "", err
}

func (s *Server) launch(t testing.TB) {
	t.Helper()
	program, err := Program()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	s.Address, s.config = "http://"+port, filepath.Join(dir, "vault.hcl")
	data := filepath.Join(dir, "data")
	cluster, err := freePort()
	if err = errors.Join(err, os.Mkdir(data, 0o700)); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("storage \"raft\" {\n path = %q\n node_id = \"one\"\n}\nlistener \"tcp\" {\n address = %q\n tls_disable = true\n}\n"+
		"disable_mlock = true\napi_addr = %q\ncluster_addr = %q\nlog_level = \"error\"\n", data, port, s.Address, "http://"+cluster)
	if err := os.WriteFile(s.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s.command = exec.Command(program, "server", "-config", s.config)
	s.run(t)
	t.Cleanup(s.Stop)
	var made struct {
		Keys  []string `json:"keys"`
		Token string   `json:"root_token"`
	}
	if err := s.API(t.Context(), http.MethodPut, "sys/init", map[string]any{"secret_shares": 1, "secret_threshold": 1}, &made); err != nil {
		t.Fatal(err)
	}
	s.unseal, s.Token = made.Keys[0], made.Token
	s.Unseal(t)
}

// freePort returns a local address that nobody listens on.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

func (s *Server) run(t testing.TB) {
	t.Helper()
	s.command = exec.Command(s.command.Path, s.command.Args[1:]...)
	s.command.Stderr = &bytes.Buffer{}
	if err := s.command.Start(); err != nil {
		t.Fatal(err)
	}
	for range 600 {
		c, err := net.DialTimeout("tcp", strings.TrimPrefix(s.Address, "http://"), time.Second)
		if err == nil {
			_ = c.Close()
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("Vault does not listen: %s", s.command.Stderr)
}

// Stop ends the server at once, as a crash does.
func (s *Server) Stop() {
	if s.command != nil && s.command.Process != nil && s.command.ProcessState == nil {
		_ = s.command.Process.Signal(syscall.SIGKILL)
		_ = s.command.Wait()
	}
}

// Restart starts a stopped server; it is sealed then.
func (s *Server) Restart(t testing.TB) { t.Helper(); s.run(t) }

// Seal seals the server.
func (s *Server) Seal(t testing.TB) { t.Helper(); s.Must(t, http.MethodPut, "sys/seal", nil) }

// Unseal opens it again, and waits until it serves.
func (s *Server) Unseal(t testing.TB) {
	t.Helper()
	s.Must(t, http.MethodPut, "sys/unseal", map[string]any{"key": s.unseal})
	for range 200 {
		if err := s.API(t.Context(), http.MethodGet, "auth/token/lookup-self", nil, nil); err == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("Vault does not serve after it was unsealed")
}

// Must calls Vault as root.
func (s *Server) Must(t testing.TB, method, path string, body any) map[string]any {
	t.Helper()
	out := map[string]any{}
	if err := s.API(t.Context(), method, path, body, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// API calls Vault as root.
func (s *Server) API(ctx context.Context, method, path string, body, into any) error {
	var in io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return err
		}
		in = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(ctx, method, s.Address+"/v1/"+path, in)
	if err != nil {
		return err
	}
	if s.Token != "" {
		r.Header.Set("X-Vault-Token", s.Token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s %s: %d %s", method, path, answer.StatusCode, raw)
	}
	if into == nil || len(raw) == 0 {
		return nil
	}
	return json.Unmarshal(raw, into)
}
