package production

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/tenancy"
)

const (
	materialEntity = "production.material"
	floorLocation  = "production" // the type of the location where goods are made
)

// bookCosts adds the value of materials that moved for a production order to its cost, and takes back that of materials which returned.
func (f *floor) bookCosts(ctx context.Context, tx *tenancy.Tx, e inventoryevent.StockMoved) error {
	if e.SourceEntity != orderEntity {
		return nil
	}
	value, taken := map[id.ID]money.Amount{}, map[id.ID]money.Quantity{}
	for _, m := range e.Moves {
		switch {
		case m.To == floorLocation:
			value[m.SourceLineID] = value[m.SourceLineID].Add(m.Value)
			taken[m.SourceLineID] = taken[m.SourceLineID].Add(m.Quantity)
		case m.From == floorLocation && m.SourceLineID != e.SourceID:
			value[m.SourceLineID] = value[m.SourceLineID].Sub(m.Value)
		}
	}
	if len(value) == 0 {
		return nil
	}
	orders, err := record.Lock[Order](ctx, tx, e.SourceID)
	if err != nil || len(orders) == 0 {
		return err
	}
	o := orders[0]
	for _, m := range o.Materials {
		m.IssuedCost = m.IssuedCost.Add(value[m.ID])
		m.ReservedQuantity = money.Max(money.Zero(), m.ReservedQuantity.Sub(taken[m.ID])) // what is reserved leaves first
		o.MaterialCost = o.MaterialCost.Add(value[m.ID])
	}
	if err := record.Update(ctx, tx, o.Materials...); err != nil {
		return err
	}
	return record.Update(ctx, tx, o)
}

// reserved notes goods that are now held for materials.
func (f *floor) reserved(ctx context.Context, tx *tenancy.Tx, e inventoryevent.StockReserved) error {
	return holdMaterials(ctx, tx, e.Items, false)
}

// unreserved notes goods that are no longer held.
func (f *floor) unreserved(ctx context.Context, tx *tenancy.Tx, e inventoryevent.StockReleased) error {
	return holdMaterials(ctx, tx, e.Items, true)
}

func holdMaterials(ctx context.Context, tx *tenancy.Tx, items []inventoryevent.Reserved, less bool) error {
	sums := map[id.ID]money.Quantity{}
	var keys []id.ID
	for _, r := range items {
		if r.Entity != materialEntity {
			continue
		}
		if _, ok := sums[r.LineID]; !ok {
			keys = append(keys, r.LineID)
		}
		if less {
			sums[r.LineID] = sums[r.LineID].Sub(r.Quantity)
		} else {
			sums[r.LineID] = sums[r.LineID].Add(r.Quantity)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	rows, err := record.Find[Material](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("id = ANY(?::uuid[])", pgdialect.Array(keys)).OrderExpr("id").For("UPDATE")
	})
	if err != nil {
		return err
	}
	for _, m := range rows {
		m.ReservedQuantity = money.Max(money.Zero(), m.ReservedQuantity.Add(sums[m.ID]))
	}
	return record.Update(ctx, tx, rows...)
}

// pegged moves orders whose materials come later than they were to start; each keeps its length. They never move to an earlier date by themselves.
func (f *floor) pegged(ctx context.Context, tx *tenancy.Tx, e inventoryevent.DemandPegged) error {
	latest := map[id.ID]clock.Date{}
	var keys []id.ID
	for _, p := range e.Items {
		if p.Entity != materialEntity || p.Date.IsZero() {
			continue
		}
		if latest[p.DocumentID].IsZero() {
			keys = append(keys, p.DocumentID)
		}
		latest[p.DocumentID] = clock.Latest(latest[p.DocumentID], p.Date)
	}
	if len(keys) == 0 {
		return nil
	}
	rows, err := record.Find[Order](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("id = ANY(?::uuid[])", pgdialect.Array(keys)).Where("status IN (?, ?)", Planned, Released).OrderExpr("id").For("UPDATE")
	})
	if err != nil {
		return err
	}
	var late []*Order
	for _, o := range rows {
		if day := latest[o.ID]; day.After(o.StartDate) {
			days := max(0, o.DueDate.Sub(o.StartDate))
			o.StartDate, o.DueDate = day, day.AddDays(days)
			late = append(late, o)
		}
	}
	return f.moved(ctx, tx, late...)
}
