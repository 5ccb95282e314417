package finance

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/finance/financeevent"
	"github.com/tenon-hq/tenon/modules/sales/salesevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// track is the receivables of orders in one unit of work: locked, changed in memory, saved once.
type track struct {
	byOrder map[id.ID]*Receivable
	byLine  map[id.ID]*ReceivableLine
	known   []*Receivable
	fresh   []*Receivable
}

// lockReceivables reads and locks the receivables of orders, with their lines when they are wanted.
func lockReceivables(ctx context.Context, tx *tenancy.Tx, orders []id.ID, lines bool) (*track, error) {
	t := &track{byOrder: map[id.ID]*Receivable{}, byLine: map[id.ID]*ReceivableLine{}}
	if orders = distinct(orders); len(orders) == 0 {
		return t, nil
	}
	rows, err := record.Find[Receivable](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("order_id = ANY(?::uuid[])", pgdialect.Array(texts(orders))).OrderExpr("id").For("UPDATE")
	})
	if err != nil || len(rows) == 0 {
		return t, err
	}
	t.known = rows
	byID := map[id.ID]*Receivable{}
	keys := make([]id.ID, len(rows))
	for i, r := range rows {
		t.byOrder[r.OrderID], byID[r.ID], keys[i] = r, r, r.ID
	}
	if !lines {
		return t, nil
	}
	all, err := record.Find[ReceivableLine](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("receivable_id = ANY(?::uuid[])", pgdialect.Array(texts(keys))).OrderExpr("receivable_id, position")
	})
	for _, l := range all {
		t.byLine[l.OrderLineID] = l
		byID[l.ReceivableID].Lines = append(byID[l.ReceivableID].Lines, l)
	}
	return t, err
}

// of returns an order's receivable; an order that finance has not heard of before (it was switched on later) gets one that expects nothing yet.
func (t *track) of(order, customer id.ID, no, currency string, on clock.Date) *Receivable {
	r := t.byOrder[order]
	if r == nil {
		r = &Receivable{OrderID: order, OrderNo: no, CustomerID: customer, Currency: currency, ExpectedDate: on}
		t.byOrder[order] = r
		t.fresh = append(t.fresh, r)
	}
	return r
}

// save writes what changed.
func (t *track) save(ctx context.Context, tx *tenancy.Tx) error {
	if err := record.Create(ctx, tx, t.fresh...); err != nil {
		return err
	}
	t.known, t.fresh = append(t.known, t.fresh...), nil
	var lines, added []*ReceivableLine
	for _, r := range t.known {
		for i, l := range r.Lines {
			if l.ID.IsZero() {
				l.ReceivableID, l.Position = r.ID, i
				added = append(added, l)
			} else {
				lines = append(lines, l)
			}
		}
	}
	if err := record.Update(ctx, tx, t.known...); err != nil {
		return err
	}
	if err := record.Create(ctx, tx, added...); err != nil {
		return err
	}
	return record.Update(ctx, tx, lines...)
}

// expectedDate is when an order is paid if it is delivered when the customer asked for it and invoiced the same day.
func (o office) expectedDate(ctx context.Context, tx *tenancy.Tx, e salesevent.Order) (clock.Date, error) {
	term, err := o.ask.Terms.Terms(ctx, tx, e.PaymentTermID)
	if err != nil {
		return clock.Date{}, err
	}
	on := clock.Latest(e.RequestedDate, clock.Latest(e.OrderDate, tx.Today()))
	return lastDue(term.Instalments(on, e.Total, money.MinorUnit(e.Currency))), nil
}

// orderConfirmed records what an order is expected to bring.
func (o office) orderConfirmed(ctx context.Context, tx *tenancy.Tx, e salesevent.OrderConfirmed) error {
	on, err := o.expectedDate(ctx, tx, e.Order)
	if err != nil {
		return err
	}
	r := &Receivable{OrderID: e.ID, OrderNo: e.No, CustomerID: e.CustomerID, Currency: e.Currency, ExpectedDate: on, ExpectedAmount: e.Total}
	for _, l := range e.Lines {
		r.Lines = append(r.Lines, &ReceivableLine{
			OrderLineID: l.ID, Quantity: l.Ordered, UntaxedAmount: l.Untaxed, TotalAmount: l.Total, TaxID: l.TaxID,
		})
	}
	return record.Create(ctx, tx, r)
}

// orderAmended follows the order's new total and lines.
func (o office) orderAmended(ctx context.Context, tx *tenancy.Tx, e salesevent.OrderAmended) error {
	on, err := o.expectedDate(ctx, tx, e.Order)
	if err != nil {
		return err
	}
	t, err := lockReceivables(ctx, tx, []id.ID{e.ID}, true)
	if err != nil {
		return err
	}
	r := t.of(e.ID, e.CustomerID, e.No, e.Currency, on)
	r.ExpectedAmount, r.ExpectedDate = e.Due, on
	for _, c := range e.Changes {
		l := t.byLine[c.ID]
		if l == nil {
			l = &ReceivableLine{OrderLineID: c.ID}
			r.Lines = append(r.Lines, l)
		}
		l.Quantity, l.UntaxedAmount, l.TotalAmount, l.TaxID = c.Ordered, c.Untaxed, c.Total, c.TaxID
		if c.After.IsZero() {
			l.drop()
		}
	}
	return t.save(ctx, tx)
}

// drop takes off what is not invoiced of a line.
func (l *ReceivableLine) drop() {
	l.Quantity, l.UntaxedAmount, l.TotalAmount = l.InvoicedQuantity, l.InvoicedUntaxed, l.InvoicedTotal
}

// orderCancelled no longer expects what was neither delivered nor invoiced.
func (o office) orderCancelled(ctx context.Context, tx *tenancy.Tx, e salesevent.OrderCancelled) error {
	t, err := lockReceivables(ctx, tx, []id.ID{e.ID}, true)
	if err != nil {
		return err
	}
	r := t.byOrder[e.ID]
	if r == nil {
		return nil
	}
	off := map[id.ID]bool{}
	for _, k := range e.LineIDs {
		off[k] = true
	}
	left := money.Zero()
	for _, l := range r.Lines {
		if off[l.OrderLineID] || len(off) == 0 {
			r.ExpectedAmount = r.ExpectedAmount.Sub(l.TotalAmount.Sub(l.InvoicedTotal))
			l.drop()
		}
		left = left.Add(l.Quantity.Sub(l.InvoicedQuantity))
	}
	if left.IsZero() {
		r.ExpectedAmount = r.InvoicedAmount
	}
	return t.save(ctx, tx)
}

// collected changes what is paid of orders and returns how much each has brought so far.
func collected(ctx context.Context, tx *tenancy.Tx, paid []paidOrder) ([]financeevent.OrderPaid, error) {
	keys := make([]id.ID, len(paid))
	for i, p := range paid {
		keys[i] = p.order
	}
	t, err := lockReceivables(ctx, tx, keys, false)
	if err != nil {
		return nil, err
	}
	for _, p := range paid {
		if !p.order.IsZero() {
			r := t.of(p.order, p.customer, p.no, p.currency, tx.Today())
			r.PaidAmount = r.PaidAmount.Add(p.amount)
		}
	}
	var list []financeevent.OrderPaid
	for _, k := range distinct(keys) {
		list = append(list, financeevent.OrderPaid{OrderID: k, Collected: t.byOrder[k].PaidAmount})
	}
	return list, t.save(ctx, tx)
}

// paidOrder is money for (or back from) an order.
type paidOrder struct {
	order, customer id.ID
	no, currency    string
	amount          money.Amount
}
