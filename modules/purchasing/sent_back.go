package purchasing

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// sentBack notes goods that left for their vendor again, on the purchase lines that brought them. What was billed by then is to be credited.
func (b *desk) sentBack(ctx context.Context, tx *tenancy.Tx, e inventoryevent.StockMoved) error {
	back := map[id.ID]money.Quantity{}
	var keys []id.ID
	for _, m := range e.Moves {
		if m.To == "supplier" && !m.SourceLineID.IsZero() {
			keys = append(keys, m.SourceLineID)
			back[m.SourceLineID] = back[m.SourceLineID].Add(m.Quantity)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	orders, err := ordersOf(ctx, tx, distinct(keys))
	if err != nil {
		return err
	}
	var lines []*OrderLine
	for _, o := range orders {
		expected := o.CreditExpected
		for _, l := range o.Lines {
			if q := back[l.ID]; q.Sign() > 0 {
				l.ReturnedBase = l.ReturnedBase.Add(q)
				l.ReturnedQuantity = l.inLineUnit(l.ReturnedBase)
				lines = append(lines, l)
			}
		}
		o.owed()
		o.progress()
		if o.CreditExpected.GreaterThan(expected) {
			if err := record.Emit(ctx, tx, creditExpected(o, e.SourceNo)); err != nil {
				return err
			}
		}
	}
	if err := record.Update(ctx, tx, orders...); err != nil {
		return err
	}
	return record.Update(ctx, tx, lines...)
}

// ordersOf locks the orders that some lines belong to.
func ordersOf(ctx context.Context, tx *tenancy.Tx, lines []id.ID) ([]*Order, error) {
	rows, err := record.Find[OrderLine](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("id = ANY(?::uuid[])", pgdialect.Array(lines)).OrderExpr("order_id")
	})
	if err != nil {
		return nil, err
	}
	keys := make([]id.ID, len(rows))
	for i, l := range rows {
		keys[i] = l.OrderID
	}
	return record.Lock[Order](ctx, tx, distinct(keys)...)
}

// owed reckons what the vendor owes for a line: what is billed of goods that are not here.
func (l *OrderLine) owed(currency string) {
	l.CreditExpected = money.Zero()
	if over := l.BilledQuantity.Sub(l.ReceivedQuantity.Sub(l.ReturnedQuantity)); l.ReturnedQuantity.Sign() > 0 && over.Sign() > 0 {
		l.CreditExpected = money.RoundTo(money.Min(over, l.ReturnedQuantity).Mul(l.UnitPrice), currency)
	}
}

// owed sums up what the vendor owes for the whole order.
func (o *Order) owed() {
	o.CreditExpected = money.Zero()
	for _, l := range o.Lines {
		l.owed(o.Currency)
		o.CreditExpected = o.CreditExpected.Add(l.CreditExpected)
	}
}

// creditExpected asks finance for the vendor's credit.
func creditExpected(o *Order, by string) coreevent.Notice {
	amount := o.CreditExpected.StringFixed(money.MinorUnit(o.Currency)) + " " + o.Currency
	return coreevent.Notice{
		Roles: []string{"finance", "buyer"}, Entity: orderEntity, Record: o.ID,
		Text: i18n.T("采购订单 "+o.No+" 已开票的货物已退回（"+by+"），供应商应开红字发票 "+amount+"（不含税）",
			"Goods of purchase order "+o.No+" that were billed went back ("+by+"); the vendor owes a credit of "+amount+" without tax"),
	}
}
