package app

import (
	"errors"
	"io"
	"net/http"
	"time"
)

const (
	headerWithin = 10 * time.Second // the time that a request's header has
	bodyWithin   = time.Minute      // the time that its body has, besides
	bodyRate     = 32 << 10         // a second for each so many bytes
)

// server answers requests of clients who are not too slow: those who send their header or a body byte by byte are cut off.
func server(h http.Handler, header, body time.Duration) *http.Server {
	return &http.Server{Handler: patient(h, body), ReadHeaderTimeout: header, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
}

// patient gives a request's body time by its size: a client that sends byte by byte does not hold a connection for ever.
func patient(next http.Handler, within time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != nil && r.Body != http.NoBody {
			b := &body{ReadCloser: r.Body, control: http.NewResponseController(w), end: time.Now().Add(within)}
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
	case errors.Is(err, io.EOF): // the rest of the request has no limit but its own
		_ = b.control.SetReadDeadline(time.Time{})
	case err != nil: // the server reads what is left of a body by itself: its time stays over
	case b.read/bodyRate > before:
		b.end = b.end.Add(time.Duration(b.read/bodyRate-before) * time.Second)
		_ = b.control.SetReadDeadline(b.end)
	}
	return n, err
}
