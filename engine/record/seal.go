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
	"github.com/tenon-hq/tenon/tenancy"
)

// sealedMark starts a sealed value in a text column; plain text that starts with it is refused, so the two can't be confused.
const sealedMark = "sealed:"

// seal encrypts the sealed fields of rows that are about to be written.
func seal(ctx context.Context, tx *tenancy.Tx, k Sealer, def *entity.Def, rows []entity.Record) error {
	for _, f := range def.Fields {
		if !f.Sealed {
			continue
		}
		for _, r := range rows {
			plain, _ := f.Get(r).(string)
			if plain == "" || strings.HasPrefix(plain, sealedMark) {
				continue
			}
			if k == nil {
				return fault.New(fault.Unavailable, "keys.unavailable", "密钥服务不可用", "The key service is unavailable")
			}
			c, err := k.Seal(ctx, tx.Tenant.ID, def.Name, f.Name, r.Meta().ID, []byte(plain))
			if err != nil {
				return err
			}
			f.Set(r, sealedMark+hex.EncodeToString(c))
		}
	}
	return nil
}

// unseal opens the sealed values of a page that the caller may see.
func (s *session) unseal(ctx context.Context, tx *tenancy.Tx, p *plan, rows []values) error {
	for i, f := range p.fields {
		if !f.Sealed {
			continue
		}
		for _, row := range rows {
			if row[i+1] == nil || !strings.HasPrefix(*row[i+1], sealedMark) {
				continue
			}
			raw, err := hex.DecodeString((*row[i+1])[len(sealedMark):])
			if err != nil || s.e.Sealer == nil {
				return fault.New(fault.Unavailable, "keys.unavailable", "密钥服务不可用", "The key service is unavailable")
			}
			key, err := id.Parse(*row[0])
			if err != nil {
				return err
			}
			plain, err := s.e.Sealer.Open(ctx, tx.Tenant.ID, p.def.Name, f.Name, key, raw)
			if err != nil {
				return err
			}
			v := string(plain)
			row[i+1] = &v
		}
	}
	return nil
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
	f := def.Field(field)
	v, _ := f.Get(rec).(string)
	if !strings.HasPrefix(v, sealedMark) {
		return v, nil
	}
	raw, err := hex.DecodeString(v[len(sealedMark):])
	if err != nil || s.e.Sealer == nil {
		return "", fault.New(fault.Unavailable, "keys.unavailable", "密钥服务不可用", "The key service is unavailable")
	}
	plain, err := s.e.Sealer.Open(ctx, tx.Tenant.ID, def.Name, f.Name, rec.Meta().ID, raw)
	return string(plain), err
}
