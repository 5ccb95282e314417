package httpapi

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/tenancy"
)

// pieces reads a file's content where it is wanted, piece by piece, each in a unit of work of its own with the caller's rights: memory holds one piece, and
// of what a range does not touch nothing is opened.
type pieces struct {
	a    *API
	r    *http.Request
	size int64
	at   int64

	held int // the number of the piece at hand; -1: none
	raw  []byte
}

// Seek moves to where is read next.
func (p *pieces) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += p.at
	case io.SeekEnd:
		offset += p.size
	}
	if offset < 0 {
		return 0, errors.New("before the begin of a file")
	}
	p.at = offset
	return offset, nil
}

// Read reads from one piece.
func (p *pieces) Read(into []byte) (int, error) {
	if p.at >= p.size {
		return 0, io.EOF
	}
	if err := p.hold(p.at); err != nil {
		return 0, err
	}
	from := p.at % record.PieceSize
	if from >= int64(len(p.raw)) {
		return 0, io.ErrUnexpectedEOF
	}
	n := copy(into, p.raw[from:])
	p.at += int64(n)
	return n, nil
}

// hold has the piece at hand in which a byte lies.
func (p *pieces) hold(at int64) error {
	n := int(at / record.PieceSize)
	if n == p.held {
		return nil
	}
	var get func(ctx context.Context) ([]byte, error)
	err := p.a.read(p.r, func(ctx context.Context, tx *tenancy.Tx) error {
		t, err := p.a.locate(p.r, tx)
		if err == nil {
			get, err = record.Piece(ctx, tx, t.def, t.key, n)
		}
		return err
	})
	if err != nil {
		return err
	}
	raw, err := get(p.r.Context())
	if err == nil {
		p.raw, p.held = raw, n
	}
	return err
}

// first is where the first byte lies that a request wants, so that a key service that is away is told before the answer begins.
func first(r *http.Request, size int64) int64 {
	from, _, _ := strings.Cut(strings.TrimPrefix(r.Header.Get("Range"), "bytes="), "-")
	at, err := strconv.ParseInt(strings.TrimSpace(from), 10, 64)
	if err != nil || at < 0 || at >= size {
		return 0
	}
	return at
}
