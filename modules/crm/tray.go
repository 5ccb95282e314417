package crm

import (
	"context"
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// tray gathers what one unit of work has to note on opportunities. However many events concern them, they are read, locked and saved once.
type tray struct {
	held    map[id.ID]*Opportunity // by id
	notes   []note
	dirty   []*Opportunity
	waiting bool
}

// note is a change to the opportunity with an id, or to the one of an order.
type note struct {
	opportunity, order id.ID
	change             func(*Opportunity) *Arrival // an arrival to be added, or nil
	check              func(*Opportunity) error    // refuses the change; nil: nothing does
}

type trayKey struct{}

func trayOf(tx *tenancy.Tx) *tray {
	if t, ok := tx.Local(trayKey{}).(*tray); ok {
		return t
	}
	t := &tray{held: map[id.ID]*Opportunity{}}
	tx.SetLocal(trayKey{}, t)
	return t
}

// put lays an opportunity that the engine has loaded and locked on the tray.
func (t *tray) put(o *Opportunity) {
	if mine := t.held[o.ID]; mine != nil && mine != o {
		lines, arrivals := o.Lines, o.Arrivals
		*o = *mine
		o.Lines, o.Arrivals = lines, arrivals
	}
	t.held[o.ID] = o
}

func (t *tray) touch(o *Opportunity) {
	if !slices.Contains(t.dirty, o) {
		t.dirty = append(t.dirty, o)
	}
}

// add notes a change; it is made before the commit at the latest.
func (t *tray) add(tx *tenancy.Tx, n note) {
	if n.opportunity.IsZero() && n.order.IsZero() {
		return
	}
	t.notes = append(t.notes, n)
	if !t.waiting {
		t.waiting = true
		tx.BeforeCommit(func(ctx context.Context) error {
			t.waiting = false
			return t.settle(ctx, tx)
		})
	}
}

// settle makes the noted changes: one read, one write, and one for arrivals.
func (t *tray) settle(ctx context.Context, tx *tenancy.Tx) error {
	if err := t.fetch(ctx, tx); err != nil {
		return err
	}
	byOrder := map[id.ID]*Opportunity{}
	for _, o := range t.held {
		if !o.OrderID.IsZero() {
			byOrder[o.OrderID] = o
		}
	}
	var arrivals []*Arrival
	notes := t.notes
	t.notes = nil
	for _, n := range notes {
		o := t.held[n.opportunity]
		if o == nil {
			o = byOrder[n.order]
		}
		if o == nil {
			continue
		}
		if n.check != nil {
			if err := n.check(o); err != nil {
				return err
			}
		}
		if a := n.change(o); a != nil {
			a.OpportunityID = o.ID
			arrivals = append(arrivals, a)
		}
		if !o.OrderID.IsZero() {
			byOrder[o.OrderID] = o
		}
		t.touch(o)
	}
	dirty := t.dirty
	t.dirty = nil
	if err := record.Update(ctx, tx, dirty...); err != nil {
		return err
	}
	return store(ctx, tx, arrivals)
}

// fetch reads and locks the opportunities that notes concern and that are not on the tray.
func (t *tray) fetch(ctx context.Context, tx *tenancy.Tx) error {
	known := map[id.ID]bool{}
	for _, o := range t.held {
		known[o.OrderID] = true
	}
	var keys, orders []id.ID
	for _, n := range t.notes {
		switch {
		case !n.opportunity.IsZero():
			known[n.order] = true // the note will tell whose order it is
			if t.held[n.opportunity] == nil && !slices.Contains(keys, n.opportunity) {
				keys = append(keys, n.opportunity)
			}
		case !known[n.order] && !slices.Contains(orders, n.order):
			orders = append(orders, n.order)
		}
	}
	if len(keys) == 0 && len(orders) == 0 {
		return nil
	}
	rows, err := record.Find[Opportunity](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("id = ANY(?::uuid[]) OR order_id = ANY(?::uuid[])", texts(keys), texts(orders)).OrderExpr("id").For("UPDATE")
	})
	for _, o := range rows {
		if t.held[o.ID] == nil {
			t.held[o.ID] = o
		}
	}
	return err
}

// store appends arrivals to their opportunities.
func store(ctx context.Context, tx *tenancy.Tx, arrivals []*Arrival) error {
	if len(arrivals) == 0 {
		return nil
	}
	var keys []id.ID
	for _, a := range arrivals {
		keys = append(keys, a.OpportunityID)
	}
	var counts []struct {
		OpportunityID id.ID `bun:"opportunity_id"`
		N             int   `bun:"n"`
	}
	err := tx.NewRaw("SELECT opportunity_id, count(*) AS n FROM crm_arrival WHERE opportunity_id = ANY(?::uuid[]) GROUP BY opportunity_id", texts(keys)).
		Scan(ctx, &counts)
	if err != nil {
		return err
	}
	next := map[id.ID]int{}
	for _, c := range counts {
		next[c.OpportunityID] = c.N
	}
	for _, a := range arrivals {
		a.Position = next[a.OpportunityID]
		next[a.OpportunityID]++
	}
	return record.Create(ctx, tx, arrivals...)
}

// texts writes ids as an array for = ANY(?::uuid[]).
func texts(keys []id.ID) any {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = k.String()
	}
	return pgdialect.Array(out)
}
