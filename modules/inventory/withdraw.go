package inventory

import (
	"context"
	"slices"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/sales/salesevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// withdraw takes off what lines lost: first what nobody supplies, then what is planned and comes last, then what has begun, then what is reserved.
func (k keeper) withdraw(ctx context.Context, tx *tenancy.Tx, changes []salesevent.LineChange) error {
	if len(changes) == 0 {
		return nil
	}
	keys := make([]id.ID, len(changes))
	for i, c := range changes {
		keys[i] = c.ID
	}
	b := k.book()
	byLine, err := b.toShrink(ctx, tx, keys)
	if err != nil {
		return err
	}
	for _, c := range changes {
		b.shrink(byLine[c.ID], c.Before.Sub(c.After))
	}
	return b.freed(ctx, tx)
}

// toShrink locks what lines wait for and hold, with all that decides what of it is given up first.
func (b *book) toShrink(ctx context.Context, tx *tenancy.Tx, lines []id.ID) (map[id.ID][]*Reservation, error) {
	byLine, err := b.ofLines(ctx, tx, lines)
	if err != nil {
		return nil, err
	}
	if err := b.lockHeld(ctx, tx, byLine); err != nil {
		return nil, err
	}
	return byLine, b.askBegun(ctx, tx, byLine)
}

// askBegun finds out which supplies have begun, where a line waits for several and it matters which one is given up.
func (b *book) askBegun(ctx context.Context, tx *tenancy.Tx, byLine map[id.ID][]*Reservation) error {
	var ask []id.ID
	b.started = map[id.ID]bool{}
	for _, rows := range byLine {
		supplies := map[id.ID]string{}
		for _, r := range rows {
			if r.Source == fromSupply {
				supplies[r.SupplyID] = r.SupplyEntity
			}
		}
		if len(supplies) < 2 {
			continue
		}
		for key, kind := range supplies {
			switch kind {
			case productionOrder:
				ask = append(ask, key)
			case receipt, "inventory.transfer":
				b.started[key] = true
			}
		}
	}
	if b.begun == nil || len(ask) == 0 {
		return nil
	}
	begun, err := b.begun.Begun(ctx, tx, ask)
	for key, yes := range begun {
		b.started[key] = yes
	}
	return err
}

// shrink gives up a quantity of what one demand has.
func (b *book) shrink(rows []*Reservation, q money.Quantity) {
	for _, r := range b.lastFirst(rows) {
		if q.Sign() <= 0 {
			return
		}
		take := money.Min(q, r.Quantity)
		if take.Sign() > 0 {
			b.release(r, take)
			q = q.Sub(take)
		}
	}
}

// lastFirst orders what serves a demand by how readily it is given up.
func (b *book) lastFirst(rows []*Reservation) []*Reservation {
	rank := func(r *Reservation) int {
		switch {
		case r.Source == fromNone:
			return 0
		case r.Source == fromSupply && !b.started[r.SupplyID]:
			return 1
		case r.Source == fromSupply:
			return 2
		}
		return 3
	}
	out := slices.Clone(rows)
	slices.SortStableFunc(out, func(x, y *Reservation) int {
		switch {
		case rank(x) != rank(y):
			return rank(x) - rank(y)
		case x.ExpectedDate.After(y.ExpectedDate):
			return -1
		case y.ExpectedDate.After(x.ExpectedDate):
			return 1
		}
		return compare(y.ID, x.ID)
	})
	return out
}
