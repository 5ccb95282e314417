package app

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// deadlines is a response that remembers how long its request's body may take.
type deadlines struct {
	http.ResponseWriter

	set []time.Time
}

func (d *deadlines) SetReadDeadline(t time.Time) error {
	d.set = append(d.set, t)
	return nil
}

func TestBodiesHaveTimeByTheirSize(t *testing.T) {
	const size = 3 * bodyRate
	w := &deadlines{ResponseWriter: httptest.NewRecorder()}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", bufio.NewReader(strings.NewReader(strings.Repeat("x", size))))
	begin := time.Now()
	patient(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if n, err := io.Copy(io.Discard, r.Body); err != nil || n != size {
			t.Errorf("read %d, %v", n, err)
		}
	}), bodyWithin).ServeHTTP(w, r)
	if len(w.set) < 3 {
		t.Fatalf("deadlines %v", w.set)
	}
	first, last, end := w.set[0].Sub(begin), w.set[len(w.set)-2].Sub(begin), w.set[len(w.set)-1]
	if first.Round(time.Second) != bodyWithin || last.Round(time.Second) != bodyWithin+3*time.Second {
		t.Errorf("a body has %s at first and %s in the end", first, last)
	}
	if !end.IsZero() {
		t.Error("the deadline stays after the body")
	}
}

// Who sends a header or a body one byte at a time loses the connection, however long they would go on, and the handler learns why.
func TestSlowClientsAreCutOff(t *testing.T) {
	why := make(chan error, 1)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := io.Copy(io.Discard, r.Body)
		why <- err
		w.WriteHeader(http.StatusRequestTimeout)
	})
	srv := server(h, 50*time.Millisecond, 50*time.Millisecond)
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close() })
	drip := func(begin string) string {
		t.Helper()
		c, err := new(net.Dialer).DialContext(t.Context(), "tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		if _, err := io.WriteString(c, begin); err != nil {
			t.Fatal(err)
		}
		go func() { // until the other side has had enough
			for {
				if _, err := c.Write([]byte("x")); err != nil {
					return
				}
				time.Sleep(5 * time.Millisecond)
			}
		}()
		answer, _ := io.ReadAll(c) // ends when the connection does, whichever way
		return string(answer)
	}
	if got := drip("GET / HTTP/1.1\r\nHost: t\r\nX-Long: "); strings.Contains(got, " 200 ") {
		t.Errorf("a header without an end is answered: %s", got)
	}
	select {
	case <-why:
		t.Error("a header without an end reached the handler")
	default:
	}
	drip("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1000000\r\n\r\n")
	if err := <-why; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the handler read %v", err)
	}
}
