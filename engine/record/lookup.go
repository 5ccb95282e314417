package record

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// lookups finds records by what people call them: entity → name → id. A name that means several records is ambiguous.
type lookups struct {
	found     map[string]map[string]string
	ambiguous map[string]map[string]bool
}

// ambiguities are the cells whose name means several records.
func (l lookups) ambiguities(cols []tableColumn, rows [][]string, first int) error {
	if len(l.ambiguous) == 0 {
		return nil
	}
	all := fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed")
	for i, row := range rows {
		for j, c := range cols {
			if j >= len(row) || c.field == nil || c.field.Ref == "" || !l.ambiguous[c.field.Ref][strings.TrimSpace(row[j])] {
				continue
			}
			all.At(c.title, "reference.ambiguous", "“%[1]s”对应多条记录", "“%[1]s” names several records", strings.TrimSpace(row[j]))
			all.Fields[len(all.Fields)-1].Row, all.Fields[len(all.Fields)-1].Column = headerRow+1+first+i, c.title
		}
	}
	if len(all.Fields) == 0 {
		return nil
	}
	return all
}

func jsonNumber(n int64) json.Number { return json.Number(strconv.FormatInt(n, 10)) }

// lookups resolves all names in the reference columns of a table, one query for each entity, with the target's row rights. A name that means several
// records is a mistake.
func (s *session) lookups(ctx context.Context, tx *tenancy.Tx, cols []tableColumn, rows [][]string) (lookups, error) {
	wanted := map[string]map[string]bool{}
	for i, c := range cols {
		if c.field == nil || c.field.Ref == "" || c.field.RefBy != "" {
			continue
		}
		for _, row := range rows {
			if i >= len(row) {
				continue
			}
			cell := strings.TrimSpace(row[i])
			if _, err := id.Parse(cell); cell == "" || err == nil {
				continue
			}
			if wanted[c.field.Ref] == nil {
				wanted[c.field.Ref] = map[string]bool{}
			}
			wanted[c.field.Ref][cell] = true
		}
	}
	out := lookups{found: map[string]map[string]string{}, ambiguous: map[string]map[string]bool{}}
	for name, set := range wanted {
		def := s.catalog.Entity(name)
		if def == nil || !s.visible(tx, def) {
			continue // nothing there is known by a name
		}
		found, twice, err := s.lookup(ctx, tx, def, set)
		if err != nil {
			return out, err
		}
		out.found[name] = found
		if len(twice) > 0 {
			out.ambiguous[name] = twice
		}
	}
	return out, nil
}

// naturalFields are the fields by which people name a record: its unique ones, its number and its title.
func naturalFields(def *entity.Def) []*entity.Field {
	var out []*entity.Field
	for _, f := range def.Fields {
		if f.Kind == entity.KindText && f.Stored() && !f.Sealed && (f.Unique || f == def.Number || f.Title) {
			out = append(out, f)
		}
	}
	return out
}

func (s *session) lookup(ctx context.Context, tx *tenancy.Tx, def *entity.Def, set map[string]bool) (found map[string]string, twice map[string]bool, err error) {
	names := make([]string, 0, len(set))
	for n := range set {
		names = append(names, n)
	}
	mask, err := s.e.Policy.For(ctx, tx, def)
	if err != nil {
		return nil, nil, err
	}
	found, twice = map[string]string{}, map[string]bool{}
	for _, f := range naturalFields(def) {
		if !mask.View(f) {
			continue
		}
		w := &where{}
		if err := s.narrow(ctx, tx, w, def, mask); err != nil {
			return nil, nil, err
		}
		w.add("t." + quote(f.Name) + " = ANY(" + w.arg(names) + "::text[])")
		if err := scanLookup(ctx, tx, def, f, w, found, twice); err != nil {
			return nil, nil, err
		}
	}
	return found, twice, nil
}

func scanLookup(ctx context.Context, tx *tenancy.Tx, def *entity.Def, f *entity.Field, w *where, out map[string]string, twice map[string]bool) error {
	res, err := tx.Tx.Tx.QueryContext(ctx, "SELECT t.id::text, t."+quote(f.Name)+" FROM "+quote(def.Table)+" AS t"+w.sql(), w.args...)
	if err != nil {
		return databaseFault(err, def)
	}
	defer res.Close()
	for res.Next() {
		var k, n string
		if err := res.Scan(&k, &n); err != nil {
			return databaseFault(err, def)
		}
		if was, ok := out[n]; ok && was != k {
			twice[n] = true
		}
		out[n] = k
	}
	return databaseFault(res.Err(), def)
}
