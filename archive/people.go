package archive

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"

	"filippo.io/age"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// What rows say of people stands in a backup under each person's own key, and the keys lie beside the backups in one file for each tenant, which every
// backup writes anew: who was shredded is in no backup any more, however old. Without that file a backup brings back everything but who the people are.

// peopleFile is where the keys of a tenant's people lie in a store.
func peopleFile(tenant id.ID) string { return path.Join("people", tenant.String()+".age") }

// carriedFile is the part of an export, not of a backup, that holds the keys: an export moves a tenant as it is.
const carriedFile = "people.json"

// SavePeople writes the keys of a tenant's people beside its backups, in place of those that lie there.
func SavePeople(ctx context.Context, into Store, tenant id.ID, p *record.People, to []age.Recipient) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	w, err := age.Encrypt(&b, to...)
	if err != nil {
		return err
	}
	if _, err = w.Write(raw); err == nil {
		err = w.Close()
	}
	clear(raw)
	if err != nil {
		return err
	}
	return into.Put(ctx, peopleFile(tenant), &b)
}

// LoadPeople reads the keys of a tenant's people that lie beside its backups; none when there are none.
func LoadPeople(ctx context.Context, from Store, tenant id.ID, who []age.Identity) (*record.People, error) {
	p := &record.People{}
	names, err := from.List(ctx)
	if err != nil || !slices.Contains(names, peopleFile(tenant)) {
		return p, errors.Join(err, p.Ready())
	}
	in, err := from.Get(ctx, peopleFile(tenant))
	if errors.Is(err, fs.ErrNotExist) {
		return p, p.Ready()
	}
	if err != nil {
		return nil, err
	}
	defer in.Close()
	plain, err := age.Decrypt(in, who...)
	if err != nil {
		if _, ok := errors.AsType[*age.NoIdentityMatchError](err); ok {
			return nil, fmt.Errorf("%w: %w", ErrShut, err)
		}
		return nil, err
	}
	if err := json.NewDecoder(io.LimitReader(plain, 4<<30)).Decode(p); err != nil {
		return nil, err
	}
	return p, p.Ready()
}

// erased stands for what somebody's key no longer opens, until the deletion is done again.
func erased(key id.ID) string { return "erased-" + key.String() + "@erased.invalid" }

// person changes what a column says of a person: sealed on the way into a backup, opened on the way back.
func (f *refit) person(s spot, key id.ID, value []byte) ([]byte, error) {
	start := mark
	if s.Bytes {
		start = hexBytes
	}
	if f.back {
		return f.personBack(s, key, value, start)
	}
	plain := value
	if s.Bytes {
		hexed, found := bytes.CutPrefix(value, hexBytes)
		plain = make([]byte, hex.DecodedLen(len(hexed)))
		if _, err := hex.Decode(plain, hexed); err != nil || !found {
			return nil, errors.Join(errors.New("a sealed value is not written in hexadecimal"), err)
		}
	}
	sealed, ok, err := f.people.Seal(s.Entity, s.Field, key, plain)
	if err != nil || !ok {
		return value, err
	}
	return hex.AppendEncode(slices.Clone(start), sealed), nil
}

func (f *refit) personBack(s spot, key id.ID, value, start []byte) ([]byte, error) {
	hexed, found := bytes.CutPrefix(value, start)
	if !found {
		return value, nil
	}
	sealed := make([]byte, hex.DecodedLen(len(hexed)))
	if _, err := hex.Decode(sealed, hexed); err != nil {
		return nil, err
	}
	if !record.OfPerson(sealed) { // of somebody who had no key
		return value, nil
	}
	plain, ok, err := f.people.Open(s.Entity, s.Field, sealed)
	switch {
	case err != nil:
		return nil, err
	case ok && s.Bytes:
		return hex.AppendEncode(slices.Clone(hexBytes), plain), nil
	case ok:
		return plain, nil
	case s.Bytes:
		return slices.Clone(hexBytes), nil
	case s.Text:
		return []byte(erased(key)), nil
	}
	return []byte(`\N`), nil
}

// memberFields are what the registry says of who a user is.
func memberFields(m *tenancy.Member) map[string]*string {
	return map[string]*string{"member.email": &m.Email, "member.name": &m.Name}
}

// hideMembers seals who may enter under their own keys.
func hideMembers(list []tenancy.Member, p *record.People) error {
	for i := range list {
		user, err := id.Parse(list[i].User)
		if err != nil {
			return err
		}
		for field, v := range memberFields(&list[i]) {
			sealed, ok, err := p.Seal("user", field, user, []byte(*v))
			if err != nil {
				return err
			}
			if ok {
				*v = record.SealedMark + hex.EncodeToString(sealed)
			}
		}
	}
	return nil
}

// showMembers opens who may enter; who was shredded may not.
func showMembers(list []tenancy.Member, p *record.People) (out []tenancy.Member, err error) {
	for _, m := range list {
		known := true
		for field, v := range memberFields(&m) {
			hexed, found := bytes.CutPrefix([]byte(*v), mark)
			if !found {
				continue
			}
			sealed, err := hex.DecodeString(string(hexed))
			if err != nil {
				return nil, err
			}
			plain, ok, err := p.Open("user", field, sealed)
			if err != nil {
				return nil, err
			}
			known = known && ok
			*v = string(plain)
		}
		if known {
			out = append(out, m)
		}
	}
	return out, nil
}
