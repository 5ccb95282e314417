package keys

import (
	"context"
	"crypto/rand"
	"errors"

	"github.com/tenon-hq/tenon/internal/id"
)

// Person is the data key of one human being on record. It seals what the audit and backups say of them, and can be destroyed for itself.
type Person struct {
	key key
	row id.ID
}

const (
	personEntity = "platform.person"
	personSize   = len(KeyID{}) + 32
)

// ID names the key, as the values that it has sealed do.
func (p *Person) ID() KeyID { return p.key.id }

// NewPerson draws the key of the person that a record is about, and returns it with its wrapped form: sealed by the tenant's data key and bound to the
// record. It may be a *Miss, as Seal.
func (s *Service) NewPerson(ctx context.Context, tenant, row id.ID) (*Person, []byte, error) {
	secret := make([]byte, personSize)
	if _, err := rand.Read(secret); err != nil {
		return nil, nil, err
	}
	return s.KeepPerson(ctx, tenant, row, secret)
}

// KeepPerson is NewPerson with a key that there is already, in the form in which PersonSecret gives it.
func (s *Service) KeepPerson(ctx context.Context, tenant, row id.ID, secret []byte) (*Person, []byte, error) {
	p, err := OpenPerson(row, secret)
	if err != nil {
		return nil, nil, err
	}
	wrapped, err := s.Seal(ctx, tenant, personEntity, "key", row, secret)
	return p, wrapped, err
}

// Person opens a wrapped key. It may be a *Miss, as Open.
func (s *Service) Person(ctx context.Context, tenant, row id.ID, wrapped []byte) (*Person, error) {
	secret, err := s.PersonSecret(ctx, tenant, row, wrapped)
	if err != nil {
		return nil, err
	}
	defer clear(secret)
	return OpenPerson(row, secret)
}

// PersonSecret opens a wrapped key to carry it to where another data key wraps it.
func (s *Service) PersonSecret(ctx context.Context, tenant, row id.ID, wrapped []byte) ([]byte, error) {
	return s.Open(ctx, tenant, personEntity, "key", row, wrapped)
}

// OpenPerson makes a key ready that PersonSecret gave.
func OpenPerson(row id.ID, secret []byte) (*Person, error) {
	if len(secret) != personSize {
		return nil, errors.New("the key of a person is damaged")
	}
	p := &Person{row: row}
	copy(p.key.id[:], secret)
	var err error
	p.key.aead, err = newAEAD(secret[len(p.key.id):])
	return p, err
}

// Seal encrypts what a field says of the person. It opens with this key for the same entity, field and record only; the key is nobody else's, so no tenant
// is named, and a copy of the tenant under another id can be given the key.
func (p *Person) Seal(entity, field string, plain []byte) ([]byte, error) {
	prefix := append([]byte{byPerson}, p.key.id[:]...)
	return p.key.seal(byPerson, place(prefix, id.ID{}, entity, field, p.row), plain)
}

// Open decrypts a value that Seal made for the same entity and field.
func (p *Person) Open(entity, field string, sealed []byte) ([]byte, error) {
	name, ok := PersonOf(sealed)
	if !ok || name != p.key.id {
		return nil, unavailable(errors.New("not sealed by the key of this person"))
	}
	plain, err := p.key.open(sealed, place(sealed[:1+len(name)], id.ID{}, entity, field, p.row))
	if err != nil {
		return nil, unavailable(err)
	}
	return plain, nil
}

// PersonOf returns by which person's key a value was sealed; ok is false for one that a tenant's data key has sealed.
func PersonOf(sealed []byte) (k KeyID, ok bool) {
	k, ok = KeyOf(sealed)
	return k, ok && sealed[0] == byPerson
}
