package app

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
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
	})).ServeHTTP(w, r)
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
