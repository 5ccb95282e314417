package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// binary builds tenon once for a test.
func binary(t *testing.T) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "tenon")
	if text, err := exec.CommandContext(t.Context(), "go", "build", "-o", out, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return out
}

// serving is a tenon that runs as a process of its own.
type serving struct {
	*exec.Cmd

	mu   sync.Mutex
	said bytes.Buffer
	url  string
}

func (s *serving) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said.Write(p)
}

func (s *serving) log() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said.String()
}

// serve starts tenon and waits until it is ready.
func serve(t *testing.T, bin, data string) *serving {
	t.Helper()
	s := &serving{Cmd: exec.CommandContext(context.WithoutCancel(t.Context()), bin, "serve", "--data", data, "--listen", "127.0.0.1:0")}
	s.Env = append(os.Environ(), "DATABASE_URL=", "TENON_PRODUCTION=")
	s.launch(t)
	return s
}

// launch starts the process and waits until it is ready.
func (s *serving) launch(t *testing.T) {
	t.Helper()
	s.Stdout, s.Stderr = s, s
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if s.ProcessState == nil {
			_ = s.Process.Signal(syscall.SIGTERM)
			_ = s.Wait()
		}
		if t.Failed() {
			t.Log(s.log())
		}
	})
	for range 6000 {
		if _, rest, ok := strings.Cut(s.log(), `msg="Tenon is ready" address=`); ok {
			s.url, _, _ = strings.Cut(rest, " ")
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("tenon was not ready in a minute")
}

func (s *serving) post(t *testing.T, path, token, body string) (int, map[string]any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	out := map[string]any{}
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	_ = json.Unmarshal(raw, &out)
	return res.StatusCode, out
}

// tenon runs another command beside and returns its exit code and what it wrote.
func tenon(t *testing.T, bin string, args ...string) (int, string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), bin, args...)
	cmd.Env = append(os.Environ(), "DATABASE_URL=", "TENON_PRODUCTION=", "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// A Tenon that is killed loses nothing that it has acknowledged: the next one adopts the database server that was left behind and goes on. Asked to
// stop, it stops that server too. While one serves, the other commands work beside it.
func TestKilledAndStartedAgain(t *testing.T) {
	bin, data := binary(t), t.TempDir()
	if err := os.Chmod(filepath.Dir(data), 0o711); err != nil { // the server's own user passes through
		t.Fatal(err)
	}
	first := serve(t, bin, data)
	status, in := first.post(t, "/signup", "", `{"company":"Harbour","name":"Hanna","email":"hanna@example.com","password":"correct horse battery","token":true}`)
	if status != http.StatusCreated {
		t.Fatalf("sign-up: %d %v", status, in)
	}
	token, _ := in["token"].(string)
	if status, out := first.post(t, "/crm/customers", token, `{"name":"Northwind"}`); status != http.StatusCreated {
		t.Fatalf("customer: %d %v", status, out)
	}
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait()

	second := serve(t, bin, data)
	if !strings.Contains(second.log(), "adopted PostgreSQL") {
		t.Errorf("the server was not adopted:\n%s", second.log())
	}
	if status, out := second.post(t, "/crm/customers", token, `{"name":"Southwind"}`); status != http.StatusCreated {
		t.Errorf("after the restart: %d %v", status, out)
	}
	beside(t, bin, data)

	if err := second.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := second.Wait(); err != nil {
		t.Errorf("asked to stop: %v", err)
	}
	if !strings.Contains(second.log(), "PostgreSQL has stopped") {
		t.Errorf("the server was left running:\n%s", second.log())
	}
}

// beside runs the other commands while tenon serves.
func beside(t *testing.T, bin, data string) {
	t.Helper()
	code, made := tenon(t, bin, "tenant", "create", "--data", data, "--company", "Quay", "--name", "Quinn", "--email", "quinn@example.com", "--password", "correct horse battery",
		"--modules", "crm,sales")
	made = strings.TrimSpace(made)
	if code != good || len(made) != 36 {
		t.Fatalf("tenant create: %d %s", code, made)
	}
	for _, x := range []struct {
		args string
		code int
		want string
	}{
		{"tenant suspend " + made, good, ""},
		{"tenant list", good, made + "  suspended  Quay     crm,sales"},
		{"tenant resume " + made, good, ""},
		{"doctor", good, "all is well"},
		{"doctor verify", good, "2 tenants checked, 0 findings"},
		{"migrate", good, "0 tenants migrated, 0 failed"},
		{"tenant delete --yes " + made, good, ""},
		{"tenant resume " + made, bad, "tenon: "},
		{"tenant create --company X --name Y --email z --password 1", bad, "email: "},
		{"serve --listen 127.0.0.1:0", bad, "in use by another Tenon"},
	} {
		args := strings.Fields(x.args)
		at := 1
		if args[0] == "tenant" || len(args) > 1 && args[1] == "verify" {
			at = 2
		}
		args = append(args[:at:at], append([]string{"--data", data}, args[at:]...)...)
		if code, out := tenon(t, bin, args...); code != x.code || !strings.Contains(out, x.want) {
			t.Errorf("tenon %s: code %d\n%s", x.args, code, out)
		}
	}
}
