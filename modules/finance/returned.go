package finance

import (
	"bytes"
	"context"
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/sales/salesevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// goodsReturned credits what a customer gives back, on the latest invoices of the order lines first. What was never invoiced is not credited.
func (o office) goodsReturned(ctx context.Context, tx *tenancy.Tx, e salesevent.GoodsReturned) error {
	back := map[id.ID]money.Quantity{}
	keys := make([]id.ID, len(e.Lines))
	for i, l := range e.Lines {
		keys[i] = l.ID
		back[l.ID] = back[l.ID].Add(l.Ordered)
	}
	rows, err := record.Find[InvoiceLine](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("order_line_id = ANY(?::uuid[])", pgdialect.Array(texts(keys)))
	})
	if err != nil || len(rows) == 0 {
		return err
	}
	invoiced := make([]id.ID, 0, len(rows))
	for _, l := range rows {
		invoiced = append(invoiced, l.InvoiceID)
	}
	keys = distinct(invoiced)
	slices.SortFunc(keys, func(a, b id.ID) int { return bytes.Compare(b[:], a[:]) }) // ids sort by time
	invoices, err := record.Lock[Invoice](ctx, tx, keys...)
	if err != nil {
		return err
	}
	list := make([]crediting, 0, len(invoices))
	for _, inv := range invoices {
		if inv.Status != draft && inv.Status != cancelled {
			list = append(list, crediting{invoice: inv, reason: e.No})
		}
	}
	before, err := credited(ctx, tx, list)
	if err != nil {
		return err
	}
	list = spread(list, before, back)
	if len(list) == 0 {
		return nil
	}
	return creditAll(ctx, tx, list, tx.Today())
}

// spread says how much of which invoice line is taken back, so that all that comes back of the order lines is.
func spread(list []crediting, before map[id.ID]taken, back map[id.ID]money.Quantity) []crediting {
	var out []crediting
	for _, c := range list {
		for _, l := range c.invoice.Lines {
			part := money.Min(l.Quantity.Sub(before[l.ID].quantity), back[l.OrderLineID])
			if part.Sign() > 0 {
				c.lines = append(c.lines, CreditLine{LineID: l.ID, Quantity: &part})
				back[l.OrderLineID] = back[l.OrderLineID].Sub(part)
			}
		}
		if len(c.lines) > 0 {
			out = append(out, c)
		}
	}
	return out
}
