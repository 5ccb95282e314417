package sales

import (
	"context"
	"strings"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// trace finds out what holds up those orders that will be late: the supply that they wait for last, and what that waits for in turn. Orders in time
// are not asked about.
func (o office) trace(ctx context.Context, tx *tenancy.Tx, orders []*Order) error {
	d := deskOf(tx)
	var keys []id.ID
	root := map[id.ID]id.ID{}
	for _, x := range orders {
		x.CriticalPath = ""
		if x.PromisedBy == "" || x.RequestedDate.IsZero() || !x.PromisedDate.After(x.RequestedDate) {
			continue
		}
		for _, l := range x.Lines {
			for _, p := range d.supplies[l.ID] {
				if p.SupplyNo == x.PromisedBy && p.Date == x.PromisedDate {
					root[x.ID] = p.SupplyID
				}
			}
		}
		if !root[x.ID].IsZero() {
			keys = append(keys, root[x.ID])
		}
	}
	if keys = unique(keys); len(keys) == 0 {
		return nil
	}
	below, err := o.ask.Supply.Path(ctx, tx, keys)
	for _, x := range orders {
		if list := below[root[x.ID]]; len(list) > 0 {
			x.CriticalPath = strings.Join(append([]string{x.PromisedBy}, list...), " ← ")
		}
	}
	return err
}

// deeper brings orders up to date that are late and whose materials wait for something else now.
func (o office) deeper(ctx context.Context, tx *tenancy.Tx, items []inventoryevent.Peg) error {
	d := deskOf(tx)
	var keys []id.ID
	for _, p := range items {
		if p.Entity != lineEntity && !p.SalesOrderID.IsZero() && d.orders[p.SalesOrderID] == nil {
			keys = append(keys, p.SalesOrderID)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	rows, err := record.Find[Order](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("id = ANY(?::uuid[]) AND promised_date > requested_date", pgdialect.Array(unique(keys)))
	})
	if err != nil || len(rows) == 0 {
		return err
	}
	late := make([]id.ID, len(rows))
	for i, x := range rows {
		late[i] = x.ID
	}
	orders, err := d.open(ctx, tx, late)
	o.touch(tx, orders...)
	return err
}
