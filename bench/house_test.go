package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
	"github.com/tenon-hq/tenon/web"
)

type m = map[string]any

// house is a running Tenon with one company.
type house struct {
	app    *app.App
	url    string
	token  string
	client *http.Client
	cpu    processors
	data   string // the folder of its keys
	shut   func() // ends it before the benchmark does

	visitors *atomic.Uint32 // each request comes from an address of its own, through a proxy
}

func open(b *testing.B) *house {
	b.Helper()
	h := openAt(b, tenancytest.Database(b), b.TempDir())
	out := h.post(b, "/signup", m{"company": "Bench", "name": "B", "email": "bench@example.com", "password": "correct horse battery", "token": true}, 201)
	h.token, _ = out["token"].(string)
	return h
}

// openAt runs Tenon on a database.
func openAt(b *testing.B, address, data string) *house {
	b.Helper()
	app.Tune() // as `tenon serve` does
	a, err := app.Open(b.Context(), app.Config{DatabaseURL: address, Data: data, Listen: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	srv := httptest.NewServer(a.API.Handler(web.Handler()))
	h := &house{app: a, url: srv.URL + "/api/v1", client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}, cpu: processorsOf(b, address), data: data}
	h.shut = sync.OnceFunc(func() {
		srv.Close()
		_ = a.Close(context.WithoutCancel(b.Context()))
	})
	b.Cleanup(h.shut)
	return h
}

func (h *house) send(method, path string, in any) (int, []byte, error) {
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return 0, nil, err
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequest(method, h.url+path, body)
	if err != nil {
		return 0, nil, err
	}
	if h.token != "" {
		req.Header.Set("Authorization", "Bearer "+h.token)
	}
	if h.visitors != nil {
		n := h.visitors.Add(1)
		req.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255))
	}
	res, err := h.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	return res.StatusCode, raw, err
}

func (h *house) post(b *testing.B, path string, in any, want int) m {
	b.Helper()
	status, raw, err := h.send(http.MethodPost, path, in)
	if err != nil || status != want {
		b.Fatalf("%s: %d %s %v", path, status, raw, err)
	}
	var out m
	if err := json.Unmarshal(raw, &out); err != nil {
		b.Fatal(err)
	}
	return out
}

func (h *house) get(b *testing.B, path string) m {
	b.Helper()
	status, raw, err := h.send(http.MethodGet, path, nil)
	var out m
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil || status != http.StatusOK {
		b.Fatalf("%s: %d %s %v", path, status, raw, err)
	}
	return out
}

func (h *house) make(b *testing.B, path string, in m) string {
	b.Helper()
	id, _ := h.post(b, path, in, 201)["id"].(string)
	return id
}

func (h *house) only(b *testing.B, path string) string {
	b.Helper()
	_, raw, err := h.send(http.MethodGet, path, nil)
	var out struct{ Data []struct{ ID string } }
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil || len(out.Data) == 0 {
		b.Fatalf("%s: %s %v", path, raw, err)
	}
	return out.Data[0].ID
}

// drive lets clients work through n pieces of work at once and reports rate, median and 95th percentile.
func drive(b *testing.B, clients, n int, work func(i int) error) {
	b.Helper()
	took := make([]time.Duration, n)
	var next atomic.Int64
	var failed atomic.Pointer[error]
	var wg sync.WaitGroup
	start := time.Now()
	for range clients {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n || failed.Load() != nil {
					return
				}
				at := time.Now()
				if err := work(i); err != nil {
					failed.Store(&err)
				}
				took[i] = time.Since(at)
			}
		})
	}
	wg.Wait()
	all := time.Since(start)
	if err := failed.Load(); err != nil {
		b.Fatal(*err)
	}
	slices.Sort(took)
	b.ReportMetric(float64(n)/all.Seconds(), "per_s")
	b.ReportMetric(float64(took[n/2].Microseconds())/1000, "p50_ms")
	b.ReportMetric(float64(took[n*95/100].Microseconds())/1000, "p95_ms")
	b.ReportMetric(0, "ns/op")
}

// statements returns how many SQL statements writes to sales have taken so far, and in how many units of work.
func (h *house) statements(b *testing.B) (sum float64, count uint64) {
	b.Helper()
	families, err := h.app.API.Registry().Gather()
	if err != nil {
		b.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != "tenon_sql_statements" {
			continue
		}
		for _, x := range f.GetMetric() {
			labels := fmt.Sprint(x.GetLabel())
			if bytes.Contains([]byte(labels), []byte("POST")) && bytes.Contains([]byte(labels), []byte("sales")) {
				return x.GetHistogram().GetSampleSum(), x.GetHistogram().GetSampleCount()
			}
		}
	}
	return 0, 0
}

func (h *house) want(method, path string, want int) error {
	status, raw, err := h.send(method, path, nil)
	if err == nil && status != want {
		err = fmt.Errorf("%s: %d %s", path, status, raw)
	}
	return err
}

func (h *house) upload(path string, csv []byte) error {
	req, err := http.NewRequest(http.MethodPost, h.url+path, bytes.NewReader(csv))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+h.token)
	req.Header.Set("Content-Type", "text/csv")
	res, err := h.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%d %s", res.StatusCode, raw)
	}
	return err
}
