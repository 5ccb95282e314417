// Package id makes and reads record ids: UUID version 7 (RFC 9562), which sort by the time they were made.
package id

import (
	"crypto/rand"
	"database/sql/driver"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"sync"
	"time"
)

// ID is a UUID. The zero value means "none" and is stored as NULL.
type ID [16]byte

// ErrFormat is returned for text that is no UUID.
var ErrFormat = errors.New("not a UUID")

// Source makes ids that grow strictly within one process.
type Source struct {
	mu   sync.Mutex
	last uint64
	now  func() time.Time
}

// NewSource makes a source of ids that reads the time from now.
func NewSource(now func() time.Time) *Source { return &Source{now: now} }

// New returns the next id: 48 bits of milliseconds, 12 bits of counter, 62 random bits.
func (s *Source) New() ID {
	var u ID
	if _, err := rand.Read(u[6:]); err != nil {
		panic(err) // the system's source of randomness is gone: nothing may go on
	}
	s.mu.Lock()
	tick := uint64(s.now().UnixMilli()) << 12
	if tick <= s.last {
		tick = s.last + 1
	}
	s.last = tick
	s.mu.Unlock()
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], tick>>12<<16|0x7000|tick&0xfff)
	copy(u[:8], b[:])
	u[8] = u[8]&0x3f | 0x80
	return u
}

// Parse reads the canonical text form.
func Parse(s string) (ID, error) {
	var u ID
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return u, ErrFormat
	}
	var packed [32]byte
	n := 0
	for i := range len(s) {
		if s[i] != '-' {
			if n == 32 {
				return u, ErrFormat
			}
			packed[n] = s[i]
			n++
		}
	}
	if n != 32 {
		return u, ErrFormat
	}
	if _, err := hex.Decode(u[:], packed[:]); err != nil {
		return ID{}, ErrFormat
	}
	return u, nil
}

// IsZero tells that there is no id.
func (u ID) IsZero() bool { return u == ID{} }

// String returns the canonical text form; the empty string for none.
func (u ID) String() string {
	if u.IsZero() {
		return ""
	}
	var b [36]byte
	hex.Encode(b[0:8], u[0:4])
	b[8] = '-'
	hex.Encode(b[9:13], u[4:6])
	b[13] = '-'
	hex.Encode(b[14:18], u[6:8])
	b[18] = '-'
	hex.Encode(b[19:23], u[8:10])
	b[23] = '-'
	hex.Encode(b[24:], u[10:])
	return string(b[:])
}

// MarshalText writes the canonical form.
func (u ID) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalText reads the canonical form; empty means none.
func (u *ID) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*u = ID{}
		return nil
	}
	v, err := Parse(string(b))
	*u = v
	return err
}

// Value stores the id; none becomes NULL.
func (u ID) Value() (driver.Value, error) {
	if u.IsZero() {
		return nil, nil //nolint:nilnil // NULL is the value
	}
	return u.String(), nil
}

// Scan reads an id from the database; NULL becomes none.
func (u *ID) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*u = ID{}
		return nil
	case string:
		return u.UnmarshalText([]byte(v))
	case []byte:
		if len(v) == 16 {
			copy(u[:], v)
			return nil
		}
		return u.UnmarshalText(v)
	case [16]byte:
		*u = v
		return nil
	}
	return ErrFormat
}
