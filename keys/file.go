package keys

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
)

// File is the key of one file's content, which seals nothing else. The content is sealed in pieces, each bound to its place and the last one to being the
// last, so that none can be moved, left out or cut off unseen, and each opens without the others.
type File struct{ aead cipher.AEAD }

const (
	// FileOverhead is by how much a sealed piece is longer than what it seals.
	FileOverhead = 16
	fileSecret   = 32
)

// NewFile draws a key and returns it with its secret, which is kept sealed by the tenant's data key.
func NewFile() (*File, []byte, error) {
	secret := make([]byte, fileSecret)
	if _, err := rand.Read(secret); err != nil {
		return nil, nil, err
	}
	f, err := OpenFile(secret)
	return f, secret, err
}

// OpenFile makes a key ready.
func OpenFile(secret []byte) (*File, error) {
	if len(secret) != fileSecret {
		return nil, errors.New("the key of a file is damaged")
	}
	aead, err := newAEAD(secret)
	return &File{aead}, err
}

// nonce is a piece's number and whether it is the last: the key seals one content once, so none comes twice.
func (f *File) nonce(n int, last bool) []byte {
	out := make([]byte, f.aead.NonceSize())
	binary.BigEndian.PutUint64(out, uint64(n)) //nolint:gosec // a position
	if last {
		out[len(out)-1] = 1
	}
	return out
}

// Seal adds the sealed piece to what into holds.
func (f *File) Seal(into, plain []byte, n int, last bool) []byte {
	return f.aead.Seal(into, f.nonce(n, last), plain, nil) //nolint:gosec // a counter: the key seals one content once
}

// Open opens a piece in place.
func (f *File) Open(sealed []byte, n int, last bool) ([]byte, error) {
	plain, err := f.aead.Open(sealed[:0], f.nonce(n, last), sealed, nil)
	if err != nil {
		return nil, errors.New("a piece of a file was altered, or belongs elsewhere")
	}
	return plain, nil
}
