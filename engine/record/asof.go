package record

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// AsOf reads a record and its lines as they were at a moment, from the audit, as the caller may see them now: JSON with "_as_of". Fields that are computed
// when they are read are left out. What did not exist then is not_found.
func AsOf(ctx context.Context, tx *tenancy.Tx, def *entity.Def, key id.ID, at time.Time) ([]byte, error) {
	s := current(tx)
	if def.Derived {
		return nil, fault.New(fault.Invalid, "asof.derived", "%[1]s由其他记录推导而来，没有历史", "%[2]s follow from other records and have no history of their own", def.Label.ZH, def.Label.EN)
	}
	if _, _, err := Read(ctx, tx, def, key, Query{Fields: []string{"id"}}); err != nil {
		return nil, err
	}
	p, err := s.plan(ctx, tx, def, nil, nil)
	if err != nil {
		return nil, err
	}
	past, err := s.past(ctx, tx, key, at)
	if err != nil {
		return nil, err
	}
	var values []*string
	for _, row := range past {
		for _, v := range row.values {
			values = append(values, v)
		}
	}
	if err := s.renewed(ctx, tx, values); err != nil {
		return nil, err
	}
	if err := s.recall(ctx, tx, values); err != nil {
		return nil, err
	}
	rec := past[key.String()]
	if rec == nil || rec.gone {
		return nil, fault.New(fault.NotFound, "asof.none", "该记录当时不存在", "The record did not exist then")
	}
	if !rec.whole {
		return nil, fault.New(fault.Rule, "asof.cut", "该记录的早期历史已按保留期删除", "The early history of the record has been cut from the audit")
	}
	out, err := s.pastJSON(ctx, tx, p, rec, past)
	if err != nil {
		return nil, err
	}
	out["_as_of"] = appendString(nil, at.UTC().Format(time.RFC3339Nano))
	return json.Marshal(out)
}

// pastRow is a row as the audit tells it.
type pastRow struct {
	id, entity, parent string
	created, updated   string
	version            int64
	whole, gone        bool
	values             map[string]*string
	order              int
}

// past replays the audit of a record and its lines up to a moment.
func (s *session) past(ctx context.Context, tx *tenancy.Tx, key id.ID, at time.Time) (map[string]*pastRow, error) {
	res, err := tx.Tx.Tx.QueryContext(ctx, `SELECT t.action, t.entity, t.record_id::text, coalesce(t.parent_id::text, ''), (t.at AT TIME ZONE 'UTC')::text,
		coalesce(t.after::text, '{}') FROM audit_entry t WHERE (t.record_id = $1::text::uuid OR t.parent_id = $1::text::uuid) AND t.at <= $2::text::timestamptz
		ORDER BY t.seq`, key.String(), *stamp(at))
	if err != nil {
		return nil, databaseFault(err, nil)
	}
	defer res.Close() //nolint:errcheck // Err tells
	out := map[string]*pastRow{}
	for res.Next() {
		var action, ent, rec, parent, when, after string
		if err := res.Scan(&action, &ent, &rec, &parent, &when, &after); err != nil {
			return nil, databaseFault(err, nil)
		}
		row := out[rec]
		if row == nil {
			row = &pastRow{id: rec, entity: ent, parent: parent, values: map[string]*string{}, order: len(out)}
			out[rec] = row
		}
		var values map[string]*string
		if err := json.Unmarshal([]byte(after), &values); err != nil {
			return nil, err
		}
		switch action {
		case "create":
			row.whole, row.gone, row.version, row.created = true, false, 1, when
		case "delete":
			row.gone = true
		case "update":
			row.version++
		default:
			continue
		}
		row.updated = when
		for name, v := range values {
			row.values[name] = v
		}
	}
	return out, databaseFault(res.Err(), nil)
}

// pastJSON writes a row of the past with its lines, as far as the caller may see it.
func (s *session) pastJSON(ctx context.Context, tx *tenancy.Tx, p *plan, row *pastRow, all map[string]*pastRow) (map[string]json.RawMessage, error) {
	out := map[string]json.RawMessage{}
	key, err := id.Parse(row.id)
	if err != nil {
		return nil, err
	}
	var erased []string
	for _, f := range p.fields {
		v, known := row.values[f.Name]
		switch f.Name {
		case "id":
			v, known = &row.id, true
		case "version":
			n := strconv.FormatInt(row.version, 10)
			v, known = &n, true
		case "created_at":
			v, known = &row.created, true
		case "updated_at":
			v, known = &row.updated, true
		}
		if !f.Stored() || f.System && !known {
			continue
		}
		if v == nil && !f.Null && !f.Custom && f.Kind != entity.KindID && f.Kind != entity.KindDate && f.Kind != entity.KindTime { // empty values are not written down
			z := zero(f)
			v = &z
		}
		if v != nil && (hides(f) || f.Personal) && isSealed(*v) {
			plain, err := s.unsealed(ctx, tx, origin{p.def.Name, f.Name, key}, *v)
			switch {
			case errors.Is(err, errShredded):
				erased = append(erased, f.Name)
				continue
			case err != nil:
				return nil, err
			}
			v = &plain
		}
		out[f.Name] = pastValue(f, v)
	}
	if len(erased) > 0 {
		if out["_erased"], err = json.Marshal(erased); err != nil {
			return nil, err
		}
	}
	if len(p.hidden) > 0 {
		raw, err := json.Marshal(p.hidden)
		if err != nil {
			return nil, err
		}
		out["_denied"] = raw
	}
	for _, l := range p.lines {
		list := []map[string]json.RawMessage{}
		for _, child := range linesThen(all, row.id, l.def.Name) {
			one, err := s.pastJSON(ctx, tx, l.plan, child, all)
			if err != nil {
				return nil, err
			}
			list = append(list, one)
		}
		if out[l.name], err = json.Marshal(list); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// pastValue writes a value in the API's form.
func pastValue(f *entity.Field, v *string) json.RawMessage {
	if v != nil && f.Kind == entity.KindTexts { // as PostgreSQL writes an array
		if list, ok := parseValue(f.Kind, *v); ok {
			if raw, err := json.Marshal(list); err == nil {
				return raw
			}
		}
	}
	if v != nil && f.Kind == entity.KindTime {
		if t, err := time.Parse(time.RFC3339Nano, *v); err == nil {
			return appendString(nil, t.UTC().Format("2006-01-02T15:04:05.999999Z"))
		}
	}
	return appendValue(nil, f, v)
}

// linesThen are the lines that a document had, in their order.
func linesThen(all map[string]*pastRow, parent, name string) []*pastRow {
	var out []*pastRow
	for _, r := range all {
		if r.parent == parent && r.entity == name && r.whole && !r.gone {
			out = append(out, r)
		}
	}
	position := func(r *pastRow) int {
		n := 0
		if v := r.values["position"]; v != nil {
			for _, c := range *v {
				n = n*10 + int(c-'0')
			}
		}
		return n
	}
	slices.SortFunc(out, func(a, b *pastRow) int {
		return cmp.Or(cmp.Compare(position(a), position(b)), cmp.Compare(a.order, b.order))
	})
	return out
}
