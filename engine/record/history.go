package record

import (
	"context"
	"encoding/json"
	"sort"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

// Story tells why a record exists and what it caused: every tree of events that made it, changed it or is about it, from the first cause down.
func Story(ctx context.Context, tx *tenancy.Tx, def *entity.Def, key id.ID, lang i18n.Lang) (*Tree, error) {
	s := current(tx)
	if _, _, err := Read(ctx, tx, def, key, Query{Fields: []string{"id"}}); err != nil {
		return nil, err
	}
	nodes, err := s.storedNodes(ctx, tx, key)
	if err != nil {
		return nil, err
	}
	audit, err := s.storedAudit(ctx, tx, nodes, key)
	if err != nil {
		return nil, err
	}
	t := &Tree{Events: []*Branch{}}
	b := &builder{ctx: ctx, s: s, tx: tx, lang: lang, masks: map[string]*policy.Mask{}}
	return t, b.build(t, nodes, audit)
}

// storedNodes climbs from a record's events to their first causes and comes down again.
func (s *session) storedNodes(ctx context.Context, tx *tenancy.Tx, key id.ID) ([]*node, error) {
	res, err := tx.Tx.Tx.QueryContext(ctx, `WITH RECURSIVE
		start AS (SELECT id, cause_id FROM event_log WHERE record_id = $1::text::uuid
			UNION SELECT e.id, e.cause_id FROM event_log e JOIN audit_entry a ON a.cause_id = e.id
			WHERE a.record_id = $1::text::uuid OR a.parent_id = $1::text::uuid),
		up AS (SELECT id, cause_id FROM start UNION SELECT e.id, e.cause_id FROM event_log e JOIN up ON e.id = up.cause_id),
		down AS (SELECT id FROM up WHERE cause_id IS NULL UNION SELECT e.id FROM event_log e JOIN down ON e.cause_id = down.id)
		SELECT e.id::text, coalesce(e.cause_id::text, ''), e.name, e.entity, coalesce(e.record_id::text, '')
		FROM event_log e JOIN down ON down.id = e.id ORDER BY e.id LIMIT 2000`, key.String())
	if err != nil {
		return nil, databaseFault(err, nil)
	}
	defer res.Close()
	var out []*node
	for res.Next() {
		n := &node{}
		var own, cause, rec string
		if err := res.Scan(&own, &cause, &n.name, &n.entity, &rec); err != nil {
			return nil, databaseFault(err, nil)
		}
		for text, into := range map[string]*id.ID{own: &n.id, cause: &n.cause, rec: &n.record} {
			if err := into.UnmarshalText([]byte(text)); err != nil {
				return nil, err
			}
		}
		out = append(out, n)
	}
	return out, databaseFault(res.Err(), nil)
}

// storedAudit reads the effects of events, and the record's own entries that no event caused.
func (s *session) storedAudit(ctx context.Context, tx *tenancy.Tx, nodes []*node, key id.ID) ([]entry, error) {
	keys := make([]id.ID, len(nodes))
	for i, n := range nodes {
		keys[i] = n.id
	}
	res, err := tx.Tx.Tx.QueryContext(ctx, `SELECT action, entity, coalesce(record_id::text, ''), coalesce(cause_id::text, ''), module,
		coalesce(before::text, '{}'), coalesce(after::text, '{}') FROM audit_entry
		WHERE cause_id = ANY($1::text[]::uuid[]) OR record_id = $2::text::uuid AND cause_id IS NULL ORDER BY seq LIMIT 10000`, idTexts(keys), key.String())
	if err != nil {
		return nil, databaseFault(err, nil)
	}
	defer res.Close()
	var out []entry
	for res.Next() {
		var e entry
		var name, rec, cause, before, after string
		if err := res.Scan(&e.action, &name, &rec, &cause, &e.module, &before, &after); err != nil {
			return nil, databaseFault(err, nil)
		}
		if e.def = s.catalog.Entity(name); e.def == nil {
			continue
		}
		if err := e.record.UnmarshalText([]byte(rec)); err != nil {
			return nil, err
		}
		if err := e.cause.UnmarshalText([]byte(cause)); err != nil {
			return nil, err
		}
		if err := e.restore(before, after); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	if err := databaseFault(res.Err(), nil); err != nil {
		return nil, err
	}
	if err := s.renewed(ctx, tx, valuesIn(out)); err != nil {
		return nil, err
	}
	return out, s.recall(ctx, tx, valuesOf(out))
}

// restore reads an entry's changes back from its JSON.
func (e *entry) restore(before, after string) error {
	b, a := map[string]*string{}, map[string]*string{}
	if err := json.Unmarshal([]byte(before), &b); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(after), &a); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, m := range []map[string]*string{b, a} {
		for name := range m {
			if f := e.def.Field(name); f != nil && !seen[name] {
				seen[name] = true
				e.changes = append(e.changes, change{f, b[name], a[name]})
			}
		}
	}
	sort.Slice(e.changes, func(i, j int) bool { return e.changes[i].field.Name < e.changes[j].field.Name })
	if t := e.def.Title; t != nil && a[t.Name] != nil && !isSealed(*a[t.Name]) && !hides(t) {
		e.title = *a[t.Name]
	}
	return nil
}
