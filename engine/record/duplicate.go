package record

import (
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
)

// duplicates notes the values of unique fields that a table repeats or that exist already, each in its row: one query for each such field. A single
// record learns it from the database.
func (r *reader) duplicates(def *entity.Def, drafts []*draft) error {
	mask, err := r.mask(def)
	if err != nil {
		return err
	}
	for _, f := range def.Fields {
		if !f.Unique || !f.Stored() || !mask.View(f) {
			continue
		}
		paths, values := map[string]string{}, []string{}
		for _, d := range drafts {
			v, given := d.values[f]
			if !given || v == nil || f.Empty(v) {
				continue
			}
			s := *text(f, v)
			if paths[s] != "" {
				again(&r.bad, d.path+f.Name, f)
				continue
			}
			paths[s], values = d.path+f.Name, append(values, s)
		}
		if err := r.taken(def, f, values, paths); err != nil {
			return err
		}
	}
	return nil
}

// taken notes which of the values are in use.
func (r *reader) taken(def *entity.Def, f *entity.Field, values []string, paths map[string]string) error {
	if len(values) == 0 {
		return nil
	}
	col := "t." + quote(f.Name)
	res, err := r.tx.Tx.Tx.QueryContext(r.ctx, "SELECT DISTINCT "+col+"::text FROM "+quote(def.Table)+" AS t WHERE "+col+" = ANY($1::text[]::"+sqlType(f)+"[])", values)
	if err != nil {
		return databaseFault(err, def)
	}
	defer res.Close()
	for res.Next() {
		var s string
		if err := res.Scan(&s); err != nil {
			return databaseFault(err, def)
		}
		again(&r.bad, paths[s], f)
	}
	return databaseFault(res.Err(), def)
}

func again(bad *fault.Fields, path string, f *entity.Field) {
	bad.Add(path, "duplicate", "“%[1]s”已被使用", "This %[2]s is in use already", f.Label.ZH, f.Label.EN)
}
