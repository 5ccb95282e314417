package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// journal is a log that a test reads.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.String()
}

// ask sends one request and returns status and body.
func ask(t *testing.T, method, url, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(raw)
}

const signUp = `{"company":"Harbour","name":"Hanna","email":"hanna@example.com","password":"correct horse battery","token":true,"modules":["crm"]}`

// home is a folder for data that the database's own user may pass through, where tests run as root.
func home(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}

// One command brings everything: an own database, the API, the page, metrics and jobs.
func TestServeOnAnOwnServer(t *testing.T) {
	log := &journal{}
	a, err := app.Open(t.Context(), app.Config{
		Data: home(t), Listen: "127.0.0.1:0", MetricsListen: "127.0.0.1:0", Workers: true, Unsafe: true, Log: slog.New(slog.NewTextHandler(log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	}()
	address, stop, err := a.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + address
	for path, want := range map[string]string{"/healthz": "ok", "/readyz": "ok", "/": "<title>Tenon</title>", "/sales/orders": "<title>Tenon</title>"} {
		if status, body := ask(t, http.MethodGet, base+path, ""); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d %.200s", path, status, body)
		}
	}
	if status, _ := ask(t, http.MethodGet, base+"/metrics", ""); status == http.StatusOK {
		if _, body := ask(t, http.MethodGet, base+"/metrics", ""); strings.Contains(body, "tenon_http_requests_total") {
			t.Error("metrics are on the public address")
		}
	}
	status, body := ask(t, http.MethodPost, base+"/api/v1/signup", signUp)
	if status != http.StatusCreated || !json.Valid([]byte(body)) {
		t.Fatalf("sign-up: %d %s", status, body)
	}
	metrics, ok := after(log.String(), "msg=metrics address=")
	if !ok {
		t.Fatalf("no address of the metrics in\n%s", log)
	}
	if _, body := ask(t, http.MethodGet, metrics, ""); !strings.Contains(body, `tenon_http_requests_total{area="platform",method="POST",status="201"} 1`) {
		t.Errorf("metrics: %.2000s", body)
	}
	if err := stop(t.Context()); err != nil {
		t.Error(err)
	}
	if c, err := net.DialTimeout("tcp", address, time.Second); err == nil {
		_ = c.Close()
		t.Error("the address still answers after the stop")
	}
}

// after returns the word that follows a mark.
func after(text, mark string) (string, bool) {
	_, rest, ok := strings.Cut(text, mark)
	word, _, _ := strings.Cut(rest, "\n")
	word, _, _ = strings.Cut(word, " ")
	return word, ok
}

// A request that runs when Tenon is asked to stop is answered.
func TestStopFinishesRequests(t *testing.T) {
	a, err := app.Open(t.Context(), app.Config{Passwords: tenancytest.Cheap, DatabaseURL: tenancytest.Database(t), Data: t.TempDir(), Listen: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close(context.WithoutCancel(t.Context())) })
	address, stop, err := a.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	body, send := io.Pipe() // a request whose body is still on its way
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address+"/api/v1/signup", body)
	if err != nil {
		t.Fatal(err)
	}
	answered := make(chan int, 1)
	go func() {
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Error(err)
			answered <- 0
			return
		}
		_ = res.Body.Close()
		answered <- res.StatusCode
	}()
	if _, err := io.WriteString(send, signUp[:20]); err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond)
	stopped := make(chan error, 1)
	go func() { stopped <- stop(context.WithoutCancel(t.Context())) }()
	time.Sleep(50 * time.Millisecond)
	if _, err := io.WriteString(send, signUp[20:]); err != nil {
		t.Fatal(err)
	}
	if err := send.Close(); err != nil {
		t.Fatal(err)
	}
	if status := <-answered; status != http.StatusCreated {
		t.Errorf("the request that was running got %d", status)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

// A port in use is told before anything else is done, and nothing is left running.
func TestServeRefusesATakenPort(t *testing.T) {
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	a, err := app.Open(t.Context(), app.Config{Passwords: tenancytest.Cheap, DatabaseURL: tenancytest.Database(t), Data: t.TempDir(), Listen: taken.Addr().String(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close(context.WithoutCancel(t.Context())) })
	if _, _, err := a.Start(t.Context()); err == nil || !strings.Contains(err.Error(), taken.Addr().String()) {
		t.Errorf("got %v", err)
	}
}
