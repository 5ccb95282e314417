package record

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/keys"
	"github.com/tenon-hq/tenon/tenancy"
)

// sealedMark starts a sealed value where it stands in memory as text; plain text that starts with it is refused, so the two can't be confused.
const sealedMark = "sealed:"

// origin is the place that a ciphertext is bound to.
type origin struct {
	entity, field string
	row           id.ID
}

// shut says that the key service can't be used.
func shut(why error) error {
	return fault.New(fault.Unavailable, "keys.unavailable", "密钥服务不可用，暂时无法读写加密字段",
		"The key service is unavailable: encrypted fields can't be read or written for now").Because(why)
}

// hides tells that a field's value may stand encrypted.
func hides(f *entity.Field) bool { return f.Sealed || f.Cipher != "" }

// isSealed tells that a value in memory is a ciphertext.
func isSealed(v string) bool { return strings.HasPrefix(v, sealedMark) }

// trace remembers where the ciphertexts of rows that were read belong, so that a value that a module copies elsewhere is sealed anew there.
func (s *session) trace(def *entity.Def, rows []entity.Record) {
	for _, f := range def.Fields {
		if !hides(f) {
			continue
		}
		for _, r := range rows {
			if v, _ := f.Get(r).(string); strings.HasPrefix(v, sealedMark) {
				if s.origin == nil {
					s.origin = map[string]origin{}
				}
				s.origin[v] = origin{def.Name, f.Name, r.Meta().ID}
			}
		}
	}
}

// seal encrypts the sealed fields of rows that are about to be written, and gathers what their blind indexes will hold.
func (s *session) seal(ctx context.Context, tx *tenancy.Tx, def *entity.Def, rows []entity.Record) (*index, error) {
	x := &index{}
	for _, f := range def.Fields {
		if f.Kind != entity.KindText || !hides(f) && len(s.origin) == 0 {
			continue
		}
		for _, r := range rows {
			v, _ := f.Get(r).(string)
			here := origin{def.Name, f.Name, r.Meta().ID}
			from, known := s.origin[v]
			switch {
			case v == "" || known && from == here && f.Sealed || !known && (!f.Sealed || isSealed(v)): // a ciphertext of unknown origin is the row's own
				continue
			case known && !hides(f):
				return nil, fault.New(fault.Rule, "seal.copy", "%[1]s已加密，而将要写入的%[2]s未加密，请先加密该字段",
					"The value comes from an encrypted field; encrypt %[3]s too before it is copied there", from.field, f.Label.ZH, f.Label.EN).
					At(f.Name, "seal.copy", "来源字段 %[1]s.%[2]s 已加密", "comes from the encrypted field %[1]s.%[2]s", from.entity, from.field)
			}
			plain := v
			if known {
				var err error
				if plain, err = s.unsealed(ctx, tx, from, v); err != nil {
					return nil, err
				}
			}
			if !f.Sealed { // it is being unsealed
				f.Set(r, plain)
				continue
			}
			if err := s.sealOne(ctx, tx, x, f, r, here, plain); err != nil {
				return nil, err
			}
		}
	}
	return x, nil
}

func (s *session) sealOne(ctx context.Context, tx *tenancy.Tx, x *index, f *entity.Field, r entity.Record, here origin, plain string) error {
	if s.e.Sealer == nil {
		return shut(errors.New("there is none"))
	}
	c, err := s.e.Sealer.Seal(ctx, tx.Tenant.ID, here.entity, here.field, here.row, []byte(plain))
	if err != nil {
		return err
	}
	s.opened = true
	v := sealedMark + hex.EncodeToString(c)
	f.Set(r, v)
	if s.origin == nil {
		s.origin = map[string]origin{}
	}
	s.origin[v] = here
	if !f.Lookup {
		return nil
	}
	digest, err := s.e.Sealer.Index(ctx, tx.Tenant.ID, here.entity, here.field, []byte(plain))
	x.add(here, digest)
	return err
}

// unsealed opens a ciphertext in its text form.
func (s *session) unsealed(ctx context.Context, tx *tenancy.Tx, at origin, v string) (string, error) {
	raw, err := hex.DecodeString(strings.TrimPrefix(v, sealedMark))
	if err != nil || s.e.Sealer == nil {
		return "", shut(err)
	}
	if name, ok := keys.PersonOf(raw); ok {
		return s.ofPerson(ctx, tx, at, name, raw)
	}
	s.opened = true
	plain, err := s.e.Sealer.Open(ctx, tx.Tenant.ID, at.entity, at.field, at.row, raw)
	return string(plain), err
}

// unseal opens the sealed values of a page that the caller may see. Values that can't be opened now are left out and named, unless the caller asked for
// the field by its name: that is an error. It returns the fields that each row lacks.
func (s *session) unseal(ctx context.Context, tx *tenancy.Tx, p *plan, rows []values) (map[int][]*entity.Field, error) {
	var lacks map[int][]*entity.Field
	for i, f := range p.fields {
		if !hides(f) {
			continue
		}
		for n, row := range rows {
			if row[i+1] == nil && !f.Null && !f.Custom {
				row[i+1] = new(string) // as it is written: an empty text
			}
			if row[i+1] == nil || !strings.HasPrefix(*row[i+1], sealedMark) {
				continue
			}
			key, err := id.Parse(*row[0])
			if err != nil {
				return nil, err
			}
			plain, err := s.unsealed(ctx, tx, origin{p.def.Name, f.Name, key}, *row[i+1])
			switch {
			case fault.Is(err, fault.Unavailable) && !p.asked:
				if lacks == nil {
					lacks = map[int][]*entity.Field{}
				}
				lacks[n] = append(lacks[n], f)
				row[i+1] = nil
			case fault.Is(err, fault.Unavailable):
				return nil, fault.As(err).At(f.Name, "keys.unavailable", "暂时无法解密", "can't be decrypted for now")
			case err != nil:
				return nil, err
			default:
				row[i+1] = &plain
			}
		}
	}
	return lacks, nil
}

// unavailableJSON names the fields that could not be opened, with the reason.
func unavailableJSON(fields []*entity.Field) []byte {
	if len(fields) == 0 {
		return nil
	}
	b := []byte(`,"_unavailable":{`)
	for i, f := range fields {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, f.Name)
		b = append(b, `:"keys.unavailable"`...)
	}
	return append(b, '}')
}

func noRows(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return databaseFault(err, nil)
}

// Unsealed opens a sealed value of a record that a module or the platform holds, to use it: never to show it.
func Unsealed(ctx context.Context, tx *tenancy.Tx, rec entity.Record, field string) (string, error) {
	s := current(tx)
	def := s.catalog.Of(rec)
	v, _ := def.Field(field).Get(rec).(string)
	if !strings.HasPrefix(v, sealedMark) {
		return v, nil
	}
	return s.unsealed(ctx, tx, origin{def.Name, field, rec.Meta().ID}, v)
}
