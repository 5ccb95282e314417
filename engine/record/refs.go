package record

import (
	"context"
	"strconv"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
)

// refs gathers the references in a caller's records, to be checked together: they take the place of foreign keys across modules.
type refs struct {
	list []ref
}

type ref struct {
	path   string
	target *entity.Def
	column string
	value  string
	label  string
	seen   bool // the caller has to see it too, not just know its id
}

// gather notes the references of a record and its lines that the caller wrote.
func (r *reader) gather(d *draft, rec entity.Record) {
	if d.def.AboutEntity != nil && r.fresh {
		r.gatherAbout(d, rec)
	}
	for f := range d.values {
		if f.Ref == "" {
			continue
		}
		v := f.Get(rec)
		if f.Empty(v) {
			continue
		}
		target := r.s.catalog.Entity(f.Ref)
		if target == nil {
			continue
		}
		column := "id"
		if f.RefBy != "" {
			column = f.RefBy
		}
		if !r.s.visible(r.tx, target) {
			r.bad.Add(d.path+f.Name, "reference.unknown", "%[1]s 所属模块未启用", "The module of %[2]s is switched off", f.Label.ZH, target.Label.EN)
			continue
		}
		r.refs.list = append(r.refs.list, ref{d.path + f.Name, target, column, *text(f, v), f.Label.ZH, false})
	}
	for _, l := range d.def.Lines {
		rows := l.Rows(rec)
		for i, child := range d.lines[l] {
			if i < len(rows) {
				r.gather(child, rows[i])
			}
		}
	}
}

// gatherAbout notes the record that a remark or file is about.
func (r *reader) gatherAbout(d *draft, rec entity.Record) {
	kind, _ := d.def.AboutEntity.Get(rec).(string)
	key := d.def.AboutRecord.Get(rec)
	if kind == "" || d.def.AboutRecord.Empty(key) {
		return // required says so
	}
	target := r.s.catalog.Entity(kind)
	if target == nil || target.AboutEntity != nil || !r.s.visible(r.tx, target) {
		r.bad.Add(d.path+d.def.AboutEntity.Name, "entity.unknown", "没有对象 %s", "There is no kind of record %s", shorten(kind))
		return
	}
	f := d.def.AboutRecord
	r.refs.list = append(r.refs.list, ref{d.path + f.Name, target, "id", *text(f, key), f.Label.ZH, true})
}

// check asks for all of them with one statement and notes those that do not exist or that the caller may not know of.
func (c *refs) check(ctx context.Context, tx *tenancy.Tx, s *session, bad *fault.Fields) error {
	type group struct {
		target *entity.Def
		column string
		seen   bool
	}
	groups := map[group][]string{}
	var order []group
	seen := map[string]bool{}
	for _, x := range c.list {
		g := group{x.target, x.column, x.seen}
		mark := x.target.Name + "/" + x.column + "/" + x.value
		if seen[mark] {
			continue
		}
		seen[mark] = true
		if groups[g] == nil {
			order = append(order, g)
		}
		groups[g] = append(groups[g], x.value)
	}
	if len(order) == 0 {
		return nil
	}
	var parts []string
	all := &where{}
	for i, g := range order {
		w := &where{args: all.args}
		col := "t." + quote(g.column)
		w.add(col + "::text = ANY(" + w.arg(groups[g]) + "::text[])")
		if g.column == "id" {
			w.parts[0] = col + " = ANY(" + "$" + strconv.Itoa(len(w.args)) + "::text[]::uuid[])"
		}
		mask, err := s.e.Policy.For(ctx, tx, g.target)
		if err != nil {
			return err
		}
		switch {
		case mask.Any():
			err = s.narrow(ctx, tx, w, g.target, mask)
		case g.seen:
			w.add("FALSE")
		}
		if err != nil {
			return err
		}
		all.args = w.args
		parts = append(parts, "SELECT "+strconv.Itoa(i)+" AS g, "+col+"::text AS v FROM "+quote(g.target.Table)+" AS t"+w.sql())
	}
	res, err := tx.Tx.Tx.QueryContext(ctx, strings.Join(parts, " UNION ALL "), all.args...)
	if err != nil {
		return databaseFault(err, nil)
	}
	defer res.Close()
	found := map[string]bool{}
	for res.Next() {
		var g int
		var v string
		if err := res.Scan(&g, &v); err != nil {
			return databaseFault(err, nil)
		}
		found[order[g].target.Name+"/"+order[g].column+"/"+v] = true
	}
	for _, x := range c.list {
		if !found[x.target.Name+"/"+x.column+"/"+x.value] {
			bad.Add(x.path, "reference.unknown", "%[1]s 不存在：%[2]s", "%[3]s does not exist: %[2]s", x.label, x.value, x.target.Label.EN)
		}
	}
	return databaseFault(res.Err(), nil)
}

// inUse refuses to delete a record that others point to.
func (s *session) inUse(ctx context.Context, tx *tenancy.Tx, def *entity.Def, key string) error {
	var parts []string
	for _, d := range s.catalog.All() {
		if !s.migrated(tx, d) {
			continue
		}
		for _, f := range d.Fields {
			if f.Ref != def.Name || f.RefBy != "" || f.System || !f.Stored() || d.Derived || d.ParentDef == def {
				continue
			}
			parts = append(parts, "SELECT '"+d.Name+"' AS n WHERE EXISTS (SELECT 1 FROM "+quote(d.Table)+" WHERE "+quote(f.Name)+" = $1::text::uuid)")
		}
	}
	if len(parts) == 0 {
		return nil
	}
	var user string
	err := tx.Tx.Tx.QueryRowContext(ctx, strings.Join(parts, " UNION ALL ")+" LIMIT 1", key).Scan(&user)
	if err != nil {
		return noRows(err)
	}
	d := s.catalog.Entity(user)
	return fault.New(fault.Rule, "record.in_use", "记录正被引用（%[1]s），不能删除", "The record is in use (%[2]s) and cannot be deleted", d.Label.ZH, d.Label.EN)
}

// migrated tells whether an entity's table exists in this tenant: its module is on. A module that is off keeps its data but does not hold others back.
func (s *session) migrated(tx *tenancy.Tx, def *entity.Def) bool { return s.visible(tx, def) }
