// Package keys answers how data is kept secret: a data key per tenant, wrapped by the tenant's key in a key service, and values that are bound to their
// place by it.
package keys

import (
	"context"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
)

// KeyID names one data key among those that a tenant has had. A sealed value carries it in the clear.
type KeyID [8]byte

// String is the id in hexadecimal.
func (k KeyID) String() string { return hex.EncodeToString(k[:]) }

// ParseKeyID reads what String wrote.
func ParseKeyID(s string) (k KeyID, err error) {
	raw, err := hex.DecodeString(s)
	if err != nil || len(raw) != len(k) {
		return k, errors.New("not the id of a key: " + s)
	}
	copy(k[:], raw)
	return k, nil
}

// key is one data key, ready for use. Its bytes do not leave it.
type key struct {
	id   KeyID
	aead cipher.AEAD
}

// The format of a sealed value: version, key id, nonce, ciphertext with tag. A value of version 2 is sealed by the data key of the person that the
// record is about, which can be destroyed for itself.
const (
	byTenant  = 1
	byPerson  = 2
	nonceSize = 12
	head      = 1 + len(KeyID{}) + nonceSize
)

// KeyOf returns by which key a value was sealed; ok is false for what is no sealed value.
func KeyOf(sealed []byte) (k KeyID, ok bool) {
	if len(sealed) < head || sealed[0] != byTenant && sealed[0] != byPerson {
		return k, false
	}
	copy(k[:], sealed[1:])
	return k, true
}

func (k key) seal(version byte, place, plain []byte) ([]byte, error) {
	out := make([]byte, head, head+len(plain)+k.aead.Overhead())
	out[0] = version
	copy(out[1:], k.id[:])
	nonce := out[1+len(k.id) : head]
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	return k.aead.Seal(out, nonce, plain, place), nil
}

func (k key) open(sealed, place []byte) ([]byte, error) {
	return k.aead.Open(nil, sealed[1+len(k.id):head], sealed[head:], place)
}

// Seal encrypts a field's value. What comes out differs each time. Within a unit of work a key that is not at hand is a *Miss: Fetch it outside and
// do the work again.
func (s *Service) Seal(ctx context.Context, tenant id.ID, entity, field string, row id.ID, plain []byte) ([]byte, error) {
	if tenant.IsZero() || row.IsZero() || entity == "" || field == "" {
		return nil, unavailable(errors.New("a value without a place can't be sealed"))
	}
	var out []byte
	err := s.with(ctx, tenant, func(r *ring) error {
		k := r.keys[r.newest]
		prefix := append([]byte{byTenant}, k.id[:]...)
		var err error
		out, err = k.seal(byTenant, place(prefix, tenant, entity, field, row), plain)
		return err
	})
	return out, err
}

// Open decrypts a value that was sealed for the same tenant, entity, field and row. A value from anywhere else, or an altered one, does not open.
func (s *Service) Open(ctx context.Context, tenant id.ID, entity, field string, row id.ID, sealed []byte) ([]byte, error) {
	name, ok := KeyOf(sealed)
	if !ok || sealed[0] != byTenant {
		return nil, unavailable(errors.New("not a sealed value of a known version"))
	}
	var plain []byte
	err := s.with(ctx, tenant, func(r *ring) error {
		k, ok := r.keys[name]
		if !ok {
			return &unknownKey{name}
		}
		var err error
		plain, err = k.open(sealed, place(sealed[:1+len(name)], tenant, entity, field, row))
		return err
	})
	return plain, err
}

// Index returns the blind index of a value: the same for the same value of one field of one tenant, and telling nothing to who has not the key.
func (s *Service) Index(ctx context.Context, tenant id.ID, entity, field string, plain []byte) ([]byte, error) {
	var out []byte
	err := s.with(ctx, tenant, func(r *ring) error {
		secret, err := r.indexOf(tenant, entity, field)
		if err != nil {
			return err
		}
		h := hmac.New(sha256.New, secret)
		_, _ = h.Write(plain)
		out = h.Sum(nil)[:16]
		return nil
	})
	return out, err
}

// indexOf derives the key of one field's index.
func (r *ring) indexOf(tenant id.ID, entity, field string) ([]byte, error) {
	r.derive.Lock()
	defer r.derive.Unlock()
	name := entity + "\x00" + field
	if k, ok := r.indexes[name]; ok {
		return k, nil
	}
	k, err := hkdf.Key(sha256.New, r.index, tenant[:], "tenon blind index "+name, 32)
	if err == nil {
		r.indexes[name] = k
	}
	return k, err
}

// place is what a sealed value is bound to. Each name has its length in front, so that no two places read the same. The names of entities and fields
// in descriptions are their stable ids.
func place(prefix []byte, tenant id.ID, entity, field string, row id.ID) []byte {
	h := sha256.New()
	_, _ = h.Write(prefix)
	_, _ = h.Write(tenant[:])
	measured(h, entity)
	measured(h, field)
	_, _ = h.Write(row[:])
	return h.Sum(nil)
}

func measured(h hash.Hash, s string) {
	var n [4]byte
	binary.BigEndian.PutUint32(n[:], uint32(len(s))) //nolint:gosec // names of entities and fields are short
	_, _ = h.Write(n[:])
	_, _ = h.Write([]byte(s))
}

// unavailable is the one answer to whatever keeps a value shut: people learn that it can't be read now, the log learns why.
func unavailable(why error) error {
	return fault.New(fault.Unavailable, "keys.unavailable", "密钥服务不可用，暂时无法读写加密字段",
		"The key service is unavailable: encrypted fields can't be read or written for now").Because(why)
}
