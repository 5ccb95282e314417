package record

import (
	"context"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/tenancy"
)

// A sealed field is stored as bytea. One that the tenant itself seals keeps its own column for what is not encrypted yet and has its ciphertext in a
// column beside it, so that rows are encrypted one after the other while people work.

// inMemory reads a field's column in the form in which values are held in memory: sealedMark and hexadecimal for what is encrypted.
func inMemory(f *entity.Field, alias string) string {
	col := alias + quote(f.Name)
	switch {
	case f.Cipher != "":
		return "coalesce('" + sealedMark + "' || encode(nullif(" + alias + quote(f.Cipher) + ", ''::bytea), 'hex'), " + col + ")"
	case f.Sealed:
		return "'" + sealedMark + "' || encode(nullif(" + col + ", ''::bytea), 'hex')"
	}
	return col
}

// stored is one column that is written: its name, its type, and its text form for a record.
type stored struct {
	name, typ string
	value     func(r entity.Record) *string
}

// storedAs returns the columns in which a field is stored.
func storedAs(f *entity.Field) []stored {
	plain := stored{f.Name, sqlType(f), func(r entity.Record) *string { s, _ := textIn(f, r); return s }}
	if !hides(f) {
		return []stored{plain}
	}
	cipher := stored{f.Name, "bytea", func(r entity.Record) *string { return bytea(f, r) }}
	if f.Cipher == "" {
		return []stored{cipher}
	}
	cipher.name = f.Cipher
	plain.value = func(r entity.Record) *string {
		v := f.Get(r)
		if s, _ := v.(string); strings.HasPrefix(s, sealedMark) {
			v = ""
		}
		return text(f, v)
	}
	return []stored{plain, cipher}
}

// bytea is a ciphertext as PostgreSQL reads it; empty for what is not encrypted.
func bytea(f *entity.Field, r entity.Record) *string {
	v, _ := f.Get(r).(string)
	hex, ok := strings.CutPrefix(v, sealedMark)
	if !ok && (f.Null || f.Custom || f.Cipher != "") {
		return nil
	}
	if !ok {
		hex = ""
	}
	s := `\x` + hex
	return &s
}

// loadHidden reads the fields that may stand encrypted into records that a query of bun's has read, which takes them for what they are not.
func loadHidden(ctx context.Context, tx *tenancy.Tx, def *entity.Def, rows []entity.Record) error {
	var hidden []*entity.Field
	cols := []string{"t.id::text"}
	for _, f := range def.Fields {
		if hides(f) && !f.Custom {
			hidden = append(hidden, f)
			cols = append(cols, inMemory(f, "t."))
		}
	}
	if len(hidden) == 0 || len(rows) == 0 {
		return nil
	}
	byID := make(map[string]entity.Record, len(rows))
	keys := make([]string, len(rows))
	for i, r := range rows {
		keys[i] = r.Meta().ID.String()
		byID[keys[i]] = r
	}
	res, err := tx.Tx.Tx.QueryContext(ctx, "SELECT "+strings.Join(cols, ", ")+" FROM "+quote(def.Table)+" AS t WHERE t.id = ANY($1::text[]::uuid[])", keys)
	if err != nil {
		return databaseFault(err, def)
	}
	defer res.Close() //nolint:errcheck // Err tells
	var key string
	cells := make([]*string, len(hidden))
	into := []any{&key}
	for i := range cells {
		into = append(into, &cells[i])
	}
	for res.Next() {
		if err := res.Scan(into...); err != nil {
			return databaseFault(err, def)
		}
		for i, f := range hidden {
			v := ""
			if cells[i] != nil {
				v = *cells[i]
			}
			f.Set(byID[key], v)
		}
	}
	return databaseFault(res.Err(), def)
}
