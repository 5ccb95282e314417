package record

import (
	"context"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// loadOwn reads the tenant's own fields of records, which no Go struct holds, into Extra: one query, none where there are no such fields. Checks,
// approvals and the audit then see them as they see all others.
func loadOwn(ctx context.Context, tx *tenancy.Tx, def *entity.Def, rows []entity.Record) error {
	var own []*entity.Field
	cols := []string{"t.id::text"}
	for _, f := range def.Fields {
		if !f.Custom || !f.Stored() {
			continue
		}
		own = append(own, f)
		if f.Kind == entity.KindTime {
			cols = append(cols, "to_char(t."+quote(f.Name)+` AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`)
		} else {
			cols = append(cols, inMemory(f, "t.")+"::text")
		}
	}
	if len(own) == 0 || len(rows) == 0 {
		return nil
	}
	byID := make(map[string]entity.Record, len(rows))
	keys := make([]id.ID, len(rows))
	for i, r := range rows {
		keys[i] = r.Meta().ID
		byID[keys[i].String()] = r
	}
	res, err := tx.Tx.Tx.QueryContext(ctx, "SELECT "+strings.Join(cols, ", ")+" FROM "+quote(def.Table)+" AS t WHERE t.id = ANY($1::text[]::uuid[])", idTexts(keys))
	if err != nil {
		return databaseFault(err, def)
	}
	defer res.Close() //nolint:errcheck // Err tells
	var key string
	cells := make([]*string, len(own))
	into := []any{&key}
	for i := range cells {
		into = append(into, &cells[i])
	}
	for res.Next() {
		if err := res.Scan(into...); err != nil {
			return databaseFault(err, def)
		}
		for i, f := range own {
			f.Set(byID[key], ownValue(f, cells[i]))
		}
	}
	return databaseFault(res.Err(), def)
}

// ownValue reads a cell; nil is none.
func ownValue(f *entity.Field, cell *string) any {
	if cell == nil {
		return nil
	}
	v, ok := parseValue(f.Kind, *cell)
	if !ok {
		return nil
	}
	return v
}
