package record

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

// auditFields are what the audit may be narrowed by, with the SQL type of each.
func auditFields() map[string]string {
	return map[string]string{"entity": "text", "record_id": "uuid", "actor_id": "uuid", "action": "text", "module": "text", "request_id": "text", "cause_id": "uuid"}
}

// Audit lists what was done, newest first. Owners, admins and security officers see all of it; others must name one entity and record that they may
// see. Values of fields that the reader may not see are left out and named.
func Audit(ctx context.Context, tx *tenancy.Tx, q Query, lang i18n.Lang) (Page, error) {
	s := current(tx)
	w := &where{}
	var bad fault.Fields
	known := auditFields()
	var def *entity.Def
	one := false
	if q.Group != nil {
		bad.Add("filter", "field.unknown", "审计不支持 filter", "The audit takes no filter in groups")
	}
	for _, f := range q.Filters {
		typ, ok := known[f.Field]
		if !ok || f.Op != "eq" {
			bad.Add(f.Field, "field.unknown", "审计不能按 %s 筛选", "The audit cannot be filtered by %s", f.Field)
			continue
		}
		if typ == "uuid" {
			if _, ok := parseValue(entity.KindID, f.Value); !ok {
				bad.Add(f.Field, "value.type", "%q 不是有效的 id", "%q is no valid id", f.Value)
				continue
			}
		}
		if f.Field == "entity" {
			def = s.catalog.Entity(f.Value)
		}
		one = one || f.Field == "record_id"
		w.add("t." + f.Field + " = " + w.arg(f.Value) + "::text::" + typ)
	}
	if err := bad.Err(); err != nil {
		return Page{}, err
	}
	if err := s.mayAudit(ctx, tx, def, one, q); err != nil {
		return Page{}, err
	}
	if q.Cursor != "" {
		n, err := strconv.ParseInt(q.Cursor, 10, 64)
		if err != nil {
			return Page{}, fault.New(fault.Invalid, "cursor.invalid", "游标无效", "The cursor is invalid")
		}
		w.add("t.seq < " + w.arg(n))
	}
	return s.auditPage(ctx, tx, w, q.Limit, lang)
}

func (s *session) mayAudit(ctx context.Context, tx *tenancy.Tx, def *entity.Def, one bool, q Query) error {
	for _, role := range []string{"owner", "admin", "security_officer"} {
		if slices.Contains(tx.Actor.Roles, role) {
			return nil
		}
	}
	if def == nil || !one || !s.visible(tx, def) {
		return fault.New(fault.Forbidden, "audit.denied", "您只能查看单条记录的历史（规则 platform.audit）", "You may see the history of one record only (rule platform.audit)").With("rule", "platform.audit")
	}
	for _, f := range q.Filters {
		if f.Field != "record_id" {
			continue
		}
		v, _ := parseValue(entity.KindID, f.Value)
		p, err := s.plan(ctx, tx, def, []string{"id"}, nil)
		if err != nil {
			return err
		}
		w := &where{}
		if err := s.narrow(ctx, tx, w, def, p.mask); err != nil {
			return err
		}
		w.add("t.id = " + w.arg(*text(&entity.Field{Kind: entity.KindID}, v)) + "::text::uuid")
		rows, _, err := p.fetch(ctx, tx, w, nil, 1)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return missing(def, id.ID{})
		}
	}
	return nil
}

type auditRow struct {
	Seq      int64   `json:"seq"`
	ID       string  `json:"id"`
	At       string  `json:"at"`
	Actor    *string `json:"actor_id"`
	Approver *string `json:"approver_id,omitempty"`
	Cause    *string `json:"cause_id,omitempty"`
	Request  string  `json:"request_id,omitempty"`
	Policy   int64   `json:"policy_version"` // of the rights that allowed it; 0 are the shipped ones
	Rules    Rules   `json:"rules,omitempty"`
	Effect
}

// Rules are the ids of the rules that allowed something.
type Rules []string

// Scan reads them as the database writes a JSON array.
func (r *Rules) Scan(v any) error {
	s, _ := v.(string)
	return json.Unmarshal([]byte(s), (*[]string)(r))
}

func (s *session) auditPage(ctx context.Context, tx *tenancy.Tx, w *where, limit int, lang i18n.Lang) (Page, error) {
	rows, entries, err := s.auditRows(ctx, tx, w, limit+1)
	if err != nil {
		return Page{}, err
	}
	var page Page
	if len(rows) > limit {
		rows, entries = rows[:limit], entries[:limit]
		page.Next = strconv.FormatInt(rows[limit-1].Seq, 10)
	}
	b := &builder{ctx: ctx, s: s, tx: tx, lang: lang, masks: map[string]*policy.Mask{}, refs: map[string]map[string]bool{}}
	if err := b.restrict(nil, entries); err != nil {
		return Page{}, err
	}
	for i := range rows {
		e := &entries[i]
		eff, ok, err := b.effect(e)
		if err != nil {
			return Page{}, err
		}
		if e.details != nil { // those alone who may see all of the audit come here
			eff, ok = Effect{Entity: e.def.Name, Action: e.action, Module: e.module, Values: map[string]any{}}, true
			for name, v := range e.details {
				eff.Values[name] = v
			}
			if !e.record.IsZero() {
				eff.Record = e.record.String()
			}
		}
		if !ok { // the reader may know that something happened, not to what
			eff = Effect{Entity: e.def.Name, Action: e.action, Record: e.record.String(), Module: e.module}
		}
		rows[i].Effect = eff
		raw, err := json.Marshal(rows[i])
		if err != nil {
			return Page{}, err
		}
		page.Data = append(page.Data, raw)
	}
	return page, nil
}

// auditRows reads entries with what stands beside them.
func (s *session) auditRows(ctx context.Context, tx *tenancy.Tx, w *where, limit int) (rows []auditRow, entries []entry, err error) {
	res, err := tx.Tx.Tx.QueryContext(ctx, `SELECT t.seq, t.id::text, to_char(t.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), t.actor_id::text,
		t.approver_id::text, t.cause_id::text, t.request_id, t.policy_version, to_jsonb(t.rules)::text, t.action, t.entity, coalesce(t.record_id::text, ''), t.module,
		coalesce(t.before::text, '{}'), coalesce(t.after::text, '{}') FROM audit_entry AS t`+w.sql()+" ORDER BY t.seq DESC LIMIT "+strconv.Itoa(limit), w.args...)
	if err != nil {
		return nil, nil, databaseFault(err, nil)
	}
	defer res.Close() //nolint:errcheck // Err tells
	for res.Next() {
		var row auditRow
		var e entry
		var name, rec, before, after string
		if err := res.Scan(&row.Seq, &row.ID, &row.At, &row.Actor, &row.Approver, &row.Cause, &row.Request, &row.Policy, &row.Rules, &e.action, &name, &rec, &e.module, &before, &after); err != nil {
			return nil, nil, databaseFault(err, nil)
		}
		if e.def = s.catalog.Entity(name); e.def == nil {
			e.def = &entity.Def{Name: name} // the program no longer has it
		}
		if err := e.record.UnmarshalText([]byte(rec)); err != nil {
			return nil, nil, err
		}
		if err := e.restore(before, after); err != nil {
			return nil, nil, err
		}
		if isPlatform(name) {
			if err := json.Unmarshal([]byte(after), &e.details); err != nil {
				return nil, nil, err
			}
		}
		rows, entries = append(rows, row), append(entries, e)
	}
	if err := databaseFault(res.Err(), nil); err != nil {
		return nil, nil, err
	}
	if err := s.renewed(ctx, tx, valuesIn(entries)); err != nil {
		return nil, nil, err
	}
	return rows, entries, s.recall(ctx, tx, valuesOf(entries))
}
