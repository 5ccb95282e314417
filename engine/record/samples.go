package record

import (
	"context"
	"encoding/hex"
	"strconv"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/keys"
	"github.com/tenon-hq/tenon/tenancy"
)

// Samples returns some ciphertexts of each kind that a tenant has, most of them: of every sealed field, of files, and of the keys of people.
func Samples(ctx context.Context, tx *tenancy.Tx, most int) ([]keys.Sample, error) {
	s := current(tx)
	var out []keys.Sample
	limit := " LIMIT " + strconv.Itoa(most)
	for _, def := range append(s.catalog.All(), linesOfAll(s.catalog)...) {
		if !there(ctx, tx, def) {
			continue
		}
		for _, f := range def.Fields {
			if !hides(f) {
				continue
			}
			column := quote(f.Name)
			if f.Cipher != "" {
				column = quote(f.Cipher)
			}
			list, err := samples(ctx, tx, "SELECT id::text, encode("+column+", 'hex'), 0 FROM "+quote(def.Table)+" WHERE length("+column+") > 0 ORDER BY id"+limit)
			if err != nil {
				return nil, err
			}
			for _, x := range list {
				out = append(out, keys.Sample{Entity: def.Name, Field: f.Name, Row: x.row, Sealed: x.sealed})
			}
		}
		if def.File == nil {
			continue
		}
		list, err := samples(ctx, tx, "SELECT p.record_id::text, encode(p.content, 'hex'), p.position FROM file_piece p JOIN "+quote(def.Table)+" t ON t.id = p.record_id ORDER BY 1, 3"+limit)
		if err != nil {
			return nil, err
		}
		for _, x := range list {
			out = append(out, keys.Sample{Entity: def.Name, Field: piece(x.n), Row: x.row, Sealed: x.sealed})
		}
		list, err = samples(ctx, tx, "SELECT o.record_id::text, encode(o.cipher, 'hex'), 0 FROM file_object o JOIN "+quote(def.Table)+" t ON t.id = o.record_id ORDER BY 1"+limit)
		if err != nil {
			return nil, err
		}
		for _, x := range list {
			out = append(out, keys.Sample{Entity: def.Name, Field: objectKey, Row: x.row, Sealed: x.sealed})
		}
	}
	list, err := samples(ctx, tx, "SELECT record_id::text, encode(wrapped, 'hex'), 0 FROM person_key WHERE gone_at IS NULL ORDER BY id"+limit)
	for _, x := range list {
		out = append(out, keys.PersonSample(x.row, x.sealed))
	}
	return out, err
}

type sample struct {
	row    id.ID
	sealed []byte
	n      int
}

func samples(ctx context.Context, tx *tenancy.Tx, sql string) ([]sample, error) {
	res, err := tx.Tx.Tx.QueryContext(ctx, sql)
	if err != nil {
		return nil, databaseFault(err, nil)
	}
	defer res.Close() //nolint:errcheck // Err tells
	var out []sample
	for res.Next() {
		var x sample
		var row, sealed string
		if err := res.Scan(&row, &sealed, &x.n); err != nil {
			return nil, databaseFault(err, nil)
		}
		if x.row, err = id.Parse(row); err != nil {
			return nil, err
		}
		if x.sealed, err = hex.DecodeString(sealed); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, databaseFault(res.Err(), nil)
}
