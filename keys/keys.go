// Package keys answers how values are kept secret: every tenant has data keys of its own; a value sealed with one opens only for the same tenant,
// entity, field and row.
package keys

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
)

// KeyID names one data key among those that a tenant has had. A sealed value carries it in the clear.
type KeyID [8]byte

// Key is one data key, ready for use. The key's bytes do not leave it.
type Key struct {
	ID   KeyID
	aead cipher.AEAD
}

// NewKey makes a key of 32 secret bytes.
func NewKey(name KeyID, secret []byte) (Key, error) {
	if len(secret) != 32 {
		return Key{}, errors.New("a data key has 32 bytes")
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return Key{}, err
	}
	aead, err := cipher.NewGCM(block)
	return Key{ID: name, aead: aead}, err
}

// Source gives tenants' data keys: Local derives them from a file, a key service unwraps them. Both methods are called for every value, so a source
// keeps what it has fetched.
type Source interface {
	// Newest returns the key with which a tenant's values are sealed now.
	Newest(ctx context.Context, tenant id.ID) (Key, error)
	// Named returns an older or the newest key by the name that a sealed value carries.
	Named(ctx context.Context, tenant id.ID, key KeyID) (Key, error)
}

// Safe seals and opens values with the keys of a source. A sealed value is: version, key id, nonce, ciphertext with tag.
type Safe struct{ source Source }

// NewSafe makes a safe.
func NewSafe(source Source) *Safe { return &Safe{source: source} }

const (
	version   = 1
	nonceSize = 12
	head      = 1 + len(KeyID{}) + nonceSize
)

// Seal encrypts a field's value. What comes out differs each time.
func (s *Safe) Seal(ctx context.Context, tenant id.ID, entity, field string, row id.ID, plain []byte) ([]byte, error) {
	if tenant.IsZero() || row.IsZero() || entity == "" || field == "" {
		return nil, unavailable(errors.New("a value without a place can't be sealed"))
	}
	k, err := s.source.Newest(ctx, tenant)
	if err != nil {
		return nil, unavailable(err)
	}
	out := make([]byte, head, head+len(plain)+k.aead.Overhead())
	out[0] = version
	copy(out[1:], k.ID[:])
	nonce := out[1+len(k.ID) : head]
	if _, err := rand.Read(nonce); err != nil {
		return nil, unavailable(err)
	}
	return k.aead.Seal(out, nonce, plain, place(out[:1+len(k.ID)], tenant, entity, field, row)), nil
}

// Open decrypts a value that was sealed for the same tenant, entity, field and row. A value from anywhere else, or an altered one, does not open.
func (s *Safe) Open(ctx context.Context, tenant id.ID, entity, field string, row id.ID, sealed []byte) ([]byte, error) {
	if len(sealed) < head || sealed[0] != version {
		return nil, unavailable(errors.New("not a sealed value of a known version"))
	}
	var name KeyID
	copy(name[:], sealed[1:])
	k, err := s.source.Named(ctx, tenant, name)
	if err != nil {
		return nil, unavailable(err)
	}
	plain, err := k.aead.Open(nil, sealed[1+len(name):head], sealed[head:], place(sealed[:1+len(name)], tenant, entity, field, row))
	if err != nil {
		return nil, unavailable(err)
	}
	return plain, nil
}

// place is what a sealed value is bound to. Each name has its length in front, so that no two places read the same.
func place(prefix []byte, tenant id.ID, entity, field string, row id.ID) []byte {
	h := sha256.New()
	_, _ = h.Write(prefix)
	_, _ = h.Write(tenant[:])
	for _, s := range []string{entity, field} {
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(len(s))) //nolint:gosec // names of entities and fields are short
		_, _ = h.Write(n[:])
		_, _ = h.Write([]byte(s))
	}
	_, _ = h.Write(row[:])
	return h.Sum(nil)
}

// unavailable is the one answer to whatever keeps a value shut: people learn that it can't be read now, the log learns why.
func unavailable(why error) error {
	return fault.New(fault.Unavailable, "keys.unavailable", "密钥服务不可用，暂时无法读写加密字段",
		"The key service is unavailable: encrypted fields can't be read or written for now").Because(why)
}
