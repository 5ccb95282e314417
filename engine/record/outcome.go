package record

import (
	"context"
	"database/sql"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

// The outcomes that an act has for a document.
const (
	Kept      = "kept"
	Raised    = "raised"
	Reduced   = "reduced"
	Cancelled = "cancelled"
	Undecided = "decision" // it is under way already: its owner has to choose
)

// Outcome is what becomes of one document: how much of it there was and will be, and what may be chosen where somebody has to decide.
type Outcome struct {
	Effect   string   `json:"effect"`
	RecordID string   `json:"record_id"`
	No       string   `json:"no"`
	From     *string  `json:"from,omitempty"`
	To       *string  `json:"to,omitempty"`
	Cost     *string  `json:"cost,omitempty"` // of the first choice, or of the chosen one, in company currency
	Choices  []choice `json:"choices,omitempty"`
	Chosen   string   `json:"chosen,omitempty"` // the choice that the request named
}

// Choice is one way to deal with a document that is under way and no longer wanted in full.
type Choice struct {
	Name  string // stable, for programs: "keep", "stop"
	Label i18n.Text
	Cost  money.Amount // in company currency: what is scrapped, or the value of the surplus
	Act   string       // the action of the document that does it; empty: nothing is to be done
	Input any          // of the action
}

type choice struct {
	Choice string  `json:"choice"`
	Label  string  `json:"label"`
	Cost   *string `json:"cost,omitempty"`
}

// Decide notes that an act leaves a record to its owner, who has these choices. A dry run shows them; only who may see cost sees what they cost.
func Decide[T any, P Pointer[T]](tx *tenancy.Tx, rec P, choices ...Choice) {
	s := current(tx)
	if s.decisions == nil {
		s.decisions = map[id.ID]decision{}
	}
	s.decisions[rec.Meta().ID] = decision{of[T, P](tx), choices}
}

// Outcomes tells what an act on a record did, or in a dry run would do, to each document that follows from it: those that point to the record, and all
// that the act changed. Of entities that have a measure, and only what the caller may see.
func Outcomes(ctx context.Context, tx *tenancy.Tx, lang i18n.Lang, of *entity.Def, key id.ID) ([]Effect, error) {
	s := current(tx)
	b := &builder{ctx: ctx, s: s, tx: tx, lang: lang, masks: map[string]*policy.Mask{}}
	deltas := s.deltas()
	out := []Effect{}
	for _, def := range s.catalog.All() {
		if def.Measure == nil || def.Name == of.Name || !s.visible(tx, def) {
			continue
		}
		list, err := b.outcomes(def, deltas[def.Name], of, key)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	rank := []string{Undecided, Cancelled, Reduced, Raised, Kept}
	slices.SortStableFunc(out, func(x, y Effect) int {
		return slices.Index(rank, x.Outcome.Effect) - slices.Index(rank, y.Outcome.Effect)
	})
	return out, nil
}

// delta is how a row's measure and state were before this unit of work, where they changed.
type delta struct {
	measure, state *string
	made, deleted  bool
	no             string
}

// deltas gathers what this unit of work did to rows of measured entities.
func (s *session) deltas() map[string]map[id.ID]*delta {
	out := map[string]map[id.ID]*delta{}
	for i := range s.audit {
		e := &s.audit[i]
		if e.def.Measure == nil {
			continue
		}
		if out[e.def.Name] == nil {
			out[e.def.Name] = map[id.ID]*delta{}
		}
		d := out[e.def.Name][e.record]
		if d == nil {
			d = &delta{}
			out[e.def.Name][e.record] = d
		}
		d.made, d.deleted = d.made || e.action == "create", d.deleted || e.action == "delete"
		if e.title != "" {
			d.no = e.title
		}
		for _, c := range e.changes {
			switch {
			case c.field == e.def.Measure && d.measure == nil:
				d.measure = c.before
			case c.field == e.def.State && d.state == nil:
				d.state = c.before
			}
		}
	}
	return out
}

// outcomes tells what became of the rows of one entity.
func (b *builder) outcomes(def *entity.Def, deltas map[id.ID]*delta, of *entity.Def, key id.ID) ([]Effect, error) {
	head := def
	if def.ParentDef != nil {
		head = def.ParentDef
	}
	mask, err := b.mask(def)
	if err != nil || !mask.Any() {
		return nil, err
	}
	rows, err := b.followers(def, head, deltas, of, key)
	if err != nil {
		return nil, err
	}
	if b.s.every(b.tx, head, mask) {
		for k, d := range deltas {
			if d.deleted && !d.made {
				rows = append(rows, follower{id: k, no: d.no, gone: true})
			}
		}
	}
	var out []Effect
	for _, r := range rows {
		d := deltas[r.id]
		if d == nil {
			d = &delta{}
		}
		if o := b.outcome(def, mask, r, d); o != nil {
			out = append(out, Effect{Entity: def.Name, Label: def.Label.In(b.lang), Action: o.Effect, Record: o.RecordID, Title: o.No, Module: def.Owner, Outcome: o})
		}
	}
	return out, nil
}

// follower is a row as it is now.
type follower struct {
	id             id.ID
	no             string
	measure, state string
	gone           bool
}

// followers reads the rows that were touched and those that point to the record.
func (b *builder) followers(def, head *entity.Def, deltas map[id.ID]*delta, of *entity.Def, key id.ID) ([]follower, error) {
	touched := make([]id.ID, 0, len(deltas))
	for k := range deltas {
		touched = append(touched, k)
	}
	w := &where{}
	which := "r.id = ANY(" + w.arg(idTexts(touched)) + "::text[]::uuid[])"
	for _, f := range head.Fields {
		if f.Ref == of.Name && f.RefBy == "" && f.Stored() {
			which += " OR t." + quote(f.Name) + " = " + w.arg(key.String()) + "::text::uuid"
		}
	}
	for _, l := range head.Follows {
		if l.To == of.Name {
			which += " OR t." + quote(l.Field.Name) + " = " + w.arg(key.String()) + "::text::uuid"
		}
	}
	w.add("(" + which + ")")
	mask, err := b.mask(head)
	if err != nil || !mask.Any() {
		return nil, err
	}
	if err := b.s.narrow(b.ctx, b.tx, w, head, mask); err != nil {
		return nil, err
	}
	link, no, state := "id", "''", "''"
	if def != head {
		link = def.Parent.Name
	}
	if head.Title != nil && mask.View(head.Title) {
		no = "coalesce(t." + quote(head.Title.Name) + "::text, '')"
	}
	if def.State != nil {
		state = "r." + quote(def.State.Name)
	}
	res, err := b.tx.Tx.Tx.QueryContext(b.ctx, "SELECT r.id::text, "+no+", r."+quote(def.Measure.Name)+"::text, "+state+
		" FROM "+quote(head.Table)+" AS t JOIN "+quote(def.Table)+" AS r ON r."+quote(link)+" = t.id"+w.sql()+" ORDER BY r.id", w.args...)
	if err != nil {
		return nil, databaseFault(err, def)
	}
	return scanFollowers(res, def)
}

func scanFollowers(res *sql.Rows, def *entity.Def) ([]follower, error) {
	defer res.Close() //nolint:errcheck // Err tells
	var out []follower
	for res.Next() {
		var r follower
		var key string
		if err := res.Scan(&key, &r.no, &r.measure, &r.state); err != nil {
			return nil, databaseFault(err, def)
		}
		if err := r.id.UnmarshalText([]byte(key)); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, databaseFault(res.Err(), def)
}

// outcome compares a row with what it was; nil when there was and is nothing of it.
func (b *builder) outcome(def *entity.Def, mask *policy.Mask, r follower, d *delta) *Outcome {
	from, to := number(&r.measure), number(&r.measure)
	if d.measure != nil {
		from = number(d.measure)
	}
	was := r.state
	if d.state != nil {
		was = *d.state
	}
	if d.made || slices.Contains(def.Gone, was) {
		from = decimal.Zero
	}
	if r.gone || slices.Contains(def.Gone, r.state) {
		to = decimal.Zero
	}
	asked, undecided := b.s.decisions[r.id]
	if from.IsZero() && to.IsZero() && !undecided {
		return nil
	}
	o := &Outcome{Effect: Kept, RecordID: r.id.String(), No: r.no, Chosen: b.s.chosenFor(r.id)}
	switch {
	case undecided && o.Chosen == "":
		o.Effect = Undecided
	case to.GreaterThan(from):
		o.Effect = Raised
	case to.IsZero() && from.Sign() > 0:
		o.Effect = Cancelled
	case to.LessThan(from):
		o.Effect = Reduced
	}
	if mask.View(def.Measure) {
		o.From, o.To = shown(def.Measure, from), shown(def.Measure, to)
	}
	for _, c := range asked.choices {
		x := choice{Choice: c.Name, Label: c.Label.In(b.lang)}
		if mask.ViewClass("cost") {
			s := trim(c.Cost.StringFixed(2), 2)
			x.Cost = &s
		}
		if o.Choices = append(o.Choices, x); len(o.Choices) == 1 || c.Name == o.Chosen {
			o.Cost = x.Cost
		}
	}
	return o
}

func number(s *string) decimal.Decimal {
	d, err := money.Parse(*s)
	if err != nil {
		return decimal.Zero
	}
	return d
}

func shown(f *entity.Field, d decimal.Decimal) *string {
	n := 0
	if f.Kind == entity.KindAmount || f.Kind == entity.KindPrice {
		n = 2
	}
	s := trim(d.String(), n)
	return &s
}
