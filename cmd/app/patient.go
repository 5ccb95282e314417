package app

import (
	"io"
	"net/http"
	"time"
)

const (
	bodyWithin = time.Minute // the time that a request's body has, besides
	bodyRate   = 32 << 10    // a second for each so many bytes
)

// patient gives a request's body time by its size: a client that sends byte by byte does not hold a connection for ever.
func patient(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != nil && r.Body != http.NoBody {
			b := &body{ReadCloser: r.Body, control: http.NewResponseController(w), end: time.Now().Add(bodyWithin)}
			_ = b.control.SetReadDeadline(b.end) // where there are no deadlines, none is needed
			r.Body = b
		}
		next.ServeHTTP(w, r)
	})
}

type body struct {
	io.ReadCloser

	control *http.ResponseController
	end     time.Time
	read    int
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	before := b.read / bodyRate
	b.read += n
	switch {
	case err != nil: // the rest of the request has no limit but its own
		_ = b.control.SetReadDeadline(time.Time{})
	case b.read/bodyRate > before:
		b.end = b.end.Add(time.Duration(b.read/bodyRate-before) * time.Second)
		_ = b.control.SetReadDeadline(b.end)
	}
	return n, err
}
