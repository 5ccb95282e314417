package record

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"sort"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

// Tree is what one act made happen, or would make happen: events, their effects, and what each caused. Only what the caller may see is in it.
type Tree struct {
	Effects   []Effect   `json:"effects,omitempty"` // of the act itself, before any event
	Events    []*Branch  `json:"events"`
	Approvals []Approval `json:"approvals,omitempty"`
	Hash      string     `json:"hash,omitempty"`
}

// Branch is one event with what it did and what it caused.
type Branch struct {
	ID      string    `json:"id,omitempty"`
	Type    string    `json:"type"`
	Entity  string    `json:"entity,omitempty"`
	Record  string    `json:"record,omitempty"`
	Effects []Effect  `json:"effects"`
	Caused  []*Branch `json:"caused"`
}

// Effect is one record made, changed or deleted.
type Effect struct {
	Entity string            `json:"entity"`
	Label  string            `json:"label"`
	Action string            `json:"action"` // create, update, delete or an act's name
	Record string            `json:"record"`
	Title  string            `json:"title,omitempty"`
	Module string            `json:"module,omitempty"`
	Values map[string]any    `json:"values,omitempty"` // after
	Was    map[string]any    `json:"was,omitempty"`    // before, of an update
	Names  map[string]string `json:"names,omitempty"`  // what ids among the values are called
	Denied []string          `json:"_denied,omitempty"`

	Unavailable []string `json:"_unavailable,omitempty"` // kept encrypted, and the key service does not answer

	Erased []string `json:"_erased,omitempty"` // said who somebody was that has been shredded

	*Outcome
}

// Approval is an agreement that the act needs.
type Approval struct {
	Entity string        `json:"entity"`
	Record string        `json:"record"`
	Action string        `json:"action"`
	Rules  []string      `json:"rules"`
	Label  string        `json:"label"`
	Steps  []policy.Step `json:"steps"`
}

// TreeOf shows what this unit of work has done so far. lang is the language of its labels.
func TreeOf(ctx context.Context, tx *tenancy.Tx, lang i18n.Lang) (*Tree, error) {
	s := current(tx)
	t := &Tree{Events: []*Branch{}}
	b := &builder{ctx: ctx, s: s, tx: tx, lang: lang, masks: map[string]*policy.Mask{}}
	if err := b.build(t, s.nodes, s.audit); err != nil {
		return nil, err
	}
	for _, p := range s.parked {
		t.Approvals = append(t.Approvals, Approval{
			Entity: p.Def.Name, Record: p.Record.Meta().ID.String(), Action: p.Action,
			Rules: p.Approval.RuleIDs, Label: p.Approval.Label.In(lang), Steps: p.Approval.Steps,
		})
	}
	t.Hash = s.hash(tx, t)
	return t, nil
}

// Settle finishes the modules' put-off work and writes what was gathered, so that an answer can show the final state.
func Settle(ctx context.Context, tx *tenancy.Tx) error { return current(tx).settle(ctx, tx) }

type builder struct {
	ctx   context.Context //nolint:containedctx // lives for one call
	s     *session
	tx    *tenancy.Tx
	lang  i18n.Lang
	masks map[string]*policy.Mask
	refs  map[string]map[string]bool // entity → ids to name
	some  map[string]map[id.ID]bool  // of entities of which the caller sees some rows only: those
}

func (b *builder) mask(def *entity.Def) (*policy.Mask, error) {
	if m := b.masks[def.Name]; m != nil {
		return m, nil
	}
	m, err := b.s.e.Policy.For(b.ctx, b.tx, def)
	b.masks[def.Name] = m
	return m, err
}

func (b *builder) build(t *Tree, nodes []*node, audit []entry) error {
	b.refs = map[string]map[string]bool{}
	if err := b.restrict(nodes, audit); err != nil {
		return err
	}
	byID := make(map[id.ID]*Branch, len(nodes))
	for _, n := range nodes {
		br := &Branch{ID: n.id.String(), Type: n.name, Effects: []Effect{}, Caused: []*Branch{}}
		if b.shows(n.entity, n.record) {
			br.Entity, br.Record = n.entity, n.record.String()
		}
		byID[n.id] = br
		if up := byID[n.cause]; up != nil {
			up.Caused = append(up.Caused, br)
		} else {
			t.Events = append(t.Events, br)
		}
	}
	for i := range audit {
		eff, ok, err := b.effect(&audit[i])
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if br := byID[audit[i].cause]; br != nil {
			br.Effects = append(br.Effects, eff)
		} else {
			t.Effects = append(t.Effects, eff)
		}
	}
	return b.name(t)
}

// effect masks one audit entry.
func (b *builder) effect(e *entry) (Effect, bool, error) {
	if !b.s.visible(b.tx, e.def) {
		return Effect{}, false, nil
	}
	if !b.shows(e.def.Name, e.record) {
		return Effect{}, false, nil
	}
	m, err := b.mask(e.def)
	if err != nil || !m.Any() {
		return Effect{}, false, err
	}
	out := Effect{Entity: e.def.Name, Label: e.def.Label.In(b.lang), Action: e.action, Record: e.record.String(), Module: e.module}
	if e.def.Title != nil && m.View(e.def.Title) {
		out.Title = e.title
	}
	for _, c := range e.changes {
		switch {
		case hides(c.field) || c.field.Personal:
			if err := b.hidden(&out, e, c, m); err != nil {
				return Effect{}, false, err
			}
		case !m.View(c.field):
			out.Denied = append(out.Denied, c.field.Name)
		default:
			b.put(&out.Values, c.field, c.after)
			if e.action == "update" {
				b.put(&out.Was, c.field, c.before)
			}
		}
	}
	return out, true, nil
}

// hidden shows a change of a field that is kept encrypted, opened, to who may see it.
func (b *builder) hidden(out *Effect, e *entry, c change, m *policy.Mask) error {
	if !m.View(c.field) {
		out.Denied = append(out.Denied, c.field.Name)
		return nil
	}
	sides := []*string{c.before, c.after}
	for i, v := range sides {
		if v == nil || !isSealed(*v) {
			continue
		}
		plain, err := b.s.unsealed(b.ctx, b.tx, origin{e.def.Name, c.field.Name, e.record}, *v)
		if errors.Is(err, errShredded) {
			out.Erased = append(out.Erased, c.field.Name)
			return nil
		}
		if fault.Is(err, fault.Unavailable) {
			out.Unavailable = append(out.Unavailable, c.field.Name)
			return nil
		}
		if err != nil {
			return err
		}
		sides[i] = &plain
	}
	b.put(&out.Values, c.field, sides[1])
	if e.action == "update" || e.action == "delete" {
		b.put(&out.Was, c.field, sides[0])
	}
	return nil
}

func (b *builder) put(into *map[string]any, f *entity.Field, v *string) {
	if *into == nil {
		*into = map[string]any{}
	}
	if v == nil {
		(*into)[f.Name] = nil
		return
	}
	if f.Ref != "" && f.RefBy == "" && f.Kind == entity.KindID {
		if b.refs[f.Ref] == nil {
			b.refs[f.Ref] = map[string]bool{}
		}
		b.refs[f.Ref][*v] = true
	}
	switch f.Kind {
	case entity.KindAmount, entity.KindPrice:
		(*into)[f.Name] = trim(*v, 2)
	case entity.KindQuantity, entity.KindPercent:
		(*into)[f.Name] = trim(*v, 0)
	case entity.KindBool:
		(*into)[f.Name] = *v == "true"
	default:
		(*into)[f.Name] = *v
	}
}

// name tells what the records that effects point to are called.
func (b *builder) name(t *Tree) error {
	names, err := b.names()
	if err != nil {
		return err
	}
	walk(t, func(e *Effect) {
		def := b.s.catalog.Entity(e.Entity)
		for field, v := range e.Values {
			s, _ := v.(string)
			if f := def.Field(field); f != nil && f.Ref != "" && names[s] != "" {
				if e.Names == nil {
					e.Names = map[string]string{}
				}
				e.Names[field] = names[s]
			}
		}
	})
	return nil
}

// names looks up what the records that were gathered are called, by id: one query for each entity.
func (b *builder) names() (map[string]string, error) {
	names := map[string]string{}
	for ent, keys := range b.refs {
		def := b.s.catalog.Entity(ent)
		if def == nil || def.Title == nil || !b.s.visible(b.tx, def) {
			continue
		}
		m, err := b.mask(def)
		if err != nil {
			return nil, err
		}
		if !m.Any() || !m.View(def.Title) {
			continue
		}
		list := make([]string, 0, len(keys))
		for k := range keys {
			list = append(list, k)
		}
		w := &where{}
		if err := b.s.narrow(b.ctx, b.tx, w, def, m); err != nil {
			return nil, err
		}
		w.add("t.id = ANY(" + w.arg(list) + "::text[]::uuid[])")
		if err := b.titles(def, m, w, names); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// titles reads what records are called: by their names in the reader's language, where they have any.
func (b *builder) titles(def *entity.Def, m *policy.Mask, w *where, names map[string]string) error {
	title := "t." + quote(def.Title.Name) + "::text"
	own := "_zh"
	if b.lang == i18n.EN {
		own = "_en"
	}
	if f := def.Field(def.Title.Name + own); f != nil && f.Stored() && m.View(f) {
		title = "nullif(t." + quote(f.Name) + "::text, ''), " + title
	}
	res, err := b.tx.Tx.Tx.QueryContext(b.ctx, "SELECT t.id::text, coalesce("+title+", '') FROM "+quote(def.Table)+" AS t"+w.sql(), w.args...)
	if err != nil {
		return databaseFault(err, def)
	}
	defer res.Close()
	for res.Next() {
		var k, n string
		if err := res.Scan(&k, &n); err != nil {
			return databaseFault(err, def)
		}
		names[k] = n
	}
	return databaseFault(res.Err(), def)
}

func walk(t *Tree, fn func(*Effect)) {
	for i := range t.Effects {
		fn(&t.Effects[i])
	}
	var down func(list []*Branch)
	down = func(list []*Branch) {
		for _, br := range list {
			for i := range br.Effects {
				fn(&br.Effects[i])
			}
			down(br.Caused)
		}
	}
	down(t.Events)
}

// hash is the same for two runs with the same outcome: ids of new records, drawn numbers and times are left out, and order does not matter.
func (s *session) hash(tx *tenancy.Tx, t *Tree) string {
	drawn := []string{}
	for _, e := range s.audit {
		for _, c := range e.changes {
			if c.field == e.def.Number && c.field != nil && (c.before == nil || *c.before == "") && c.after != nil && *c.after != "" {
				drawn = append(drawn, *c.after, "#")
			}
		}
	}
	for _, k := range tx.NewIDs() {
		drawn = append(drawn, k.String(), "*")
	}
	plain := strings.NewReplacer(drawn...)
	effects := func(list []Effect) []string {
		var out []string
		for _, e := range list {
			def := s.catalog.Entity(e.Entity)
			parts := []string{e.Entity, e.Action}
			for field, v := range e.Values {
				f := def.Field(field)
				if f == nil || f.Kind == entity.KindTime {
					continue
				}
				text, _ := v.(string)
				parts = append(parts, field+"="+plain.Replace(text))
			}
			sort.Strings(parts[2:])
			out = append(out, strings.Join(parts, "\x1f"))
		}
		sort.Strings(out)
		return out
	}
	var branch func(br *Branch) string
	branch = func(br *Branch) string {
		var kids []string
		for _, c := range br.Caused {
			kids = append(kids, branch(c))
		}
		sort.Strings(kids)
		return br.Type + "{" + strings.Join(effects(br.Effects), ";") + "}[" + strings.Join(kids, ",") + "]"
	}
	var all []string
	for _, br := range t.Events {
		all = append(all, branch(br))
	}
	for _, c := range s.chosen {
		all = append(all, c.RecordID.String()+"="+c.Choice)
	}
	sum := sha256.Sum256([]byte(strings.Join(effects(t.Effects), ";") + "|" + strings.Join(all, ",")))
	return hex.EncodeToString(sum[:])
}
