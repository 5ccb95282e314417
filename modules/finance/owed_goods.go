package finance

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// owedGoods is what a vendor has billed of goods that are not here, by purchase line: the most that it can credit for them.
type owedGoods struct {
	accruals map[id.ID]*Accrual
	untaxed  map[id.ID]money.Amount // billed and not credited of the whole line, without tax, in the currency of the credit
	latest   map[id.ID]*BillLine    // by which a credit is proposed
}

// owed locks the accruals of the credit's purchase lines and reads what was billed of them.
func (c *VendorCredit) owed(ctx context.Context, tx *tenancy.Tx) (*owedGoods, error) {
	keys := c.purchaseLines()
	byLine, err := accruals(ctx, tx, keys)
	if err != nil {
		return nil, err
	}
	x := &owedGoods{accruals: byLine}
	return x, x.read(ctx, tx, keys, c.Currency)
}

// read sums up what was billed and not credited of purchase lines in a currency.
func (x *owedGoods) read(ctx context.Context, tx *tenancy.Tx, keys []id.ID, currency string) error {
	x.untaxed, x.latest = map[id.ID]money.Amount{}, map[id.ID]*BillLine{}
	if len(keys) == 0 {
		return nil
	}
	var rows []struct {
		Line    id.ID        `bun:"purchase_line_id"`
		Untaxed money.Amount `bun:"untaxed"`
	}
	err := tx.NewRaw(`SELECT x.purchase_line_id, sum(x.amount) AS untaxed FROM (
			SELECT l.purchase_line_id, l.untaxed_amount AS amount FROM finance_bill_line l JOIN finance_bill b ON b.id = l.bill_id
			WHERE b.status <> 'draft' AND b.currency = ? AND l.purchase_line_id = ANY(?::uuid[])
			UNION ALL SELECT l.purchase_line_id, -l.untaxed_amount FROM finance_vendor_credit_line l JOIN finance_vendor_credit c ON c.id = l.vendor_credit_id
			WHERE c.status <> 'draft' AND c.currency = ? AND l.account_id IS NULL AND l.purchase_line_id = ANY(?::uuid[])) x GROUP BY x.purchase_line_id`,
		currency, uuids(keys), currency, uuids(keys)).Scan(ctx, &rows)
	for _, r := range rows {
		x.untaxed[r.Line] = r.Untaxed
	}
	if err != nil {
		return err
	}
	lines, err := record.Find[BillLine](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("purchase_line_id = ANY(?::uuid[])", uuids(keys)).
			Where("bill_id IN (SELECT id FROM finance_bill WHERE status <> 'draft' AND currency = ?)", currency).OrderExpr("id")
	})
	for _, l := range lines {
		x.latest[l.PurchaseLineID] = l
	}
	return err
}

// left is how much of a purchase line is billed and not here.
func (a *Accrual) left() money.Quantity {
	return money.Max(a.BilledQuantity.Sub(a.ReceivedQuantity), money.Zero())
}

// take clears a line of a credit and returns the value that it clears. It refuses more goods than are billed and not here, and more money than they
// were billed for.
func (x *owedGoods) take(bad *fault.Fields, at int, l *VendorCreditLine, quantity money.Quantity, net money.Amount, minor, company int32) money.Amount {
	path := fmt.Sprintf("lines[%d].", at)
	a, left := x.accruals[l.PurchaseLineID], money.Zero()
	if a != nil {
		left = a.left()
	}
	if quantity.GreaterThan(left) || quantity.Sign() <= 0 {
		bad.Add(path+"quantity", "credit.too_much", "该采购订单行已开票而不在库的数量为 %[1]s，不能红冲 %[2]s",
			"%[1]s of this purchase line is billed and not here; %[2]s cannot be credited", left.String(), quantity.String())
		return money.Zero()
	}
	billed := x.untaxed[l.PurchaseLineID]
	most := part(billed, quantity, a.BilledQuantity, minor)
	if price := money.Div(billed, a.BilledQuantity).Round(6); price.Mul(quantity).Round(minor).GreaterThan(most) {
		most = price.Mul(quantity).Round(minor) // a price of six decimals may round up
	}
	if l.UntaxedAmount.GreaterThan(most) {
		bad.Add(path+"unit_price", "credit.too_much", "这些货物的开票金额（不含税）为 %[1]s，不能红冲 %[2]s",
			"These goods were billed for %[1]s without tax; %[2]s cannot be credited", most.StringFixed(minor), l.UntaxedAmount.StringFixed(minor))
		return money.Zero()
	}
	cleared := part(a.ClearedAmount.Sub(a.ReceivedAmount), quantity, left, company)
	x.untaxed[l.PurchaseLineID] = billed.Sub(l.UntaxedAmount)
	a.bill(quantity.Neg(), net.Neg(), cleared.Neg())
	return cleared
}

// propose makes lines of what is billed of the purchase order and not here, at the price that was billed.
func (c *VendorCredit) propose(ctx context.Context, tx *tenancy.Tx) error {
	if c.PurchaseOrderID.IsZero() {
		return nil
	}
	rows, err := record.Find[Accrual](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("purchase_order_id = ?", c.PurchaseOrderID).Where("billed_quantity > received_quantity").OrderExpr("id")
	})
	if err != nil {
		return err
	}
	keys := make([]id.ID, len(rows))
	for i, a := range rows {
		keys[i] = a.PurchaseLineID
	}
	x := &owedGoods{}
	if err := x.read(ctx, tx, keys, c.Currency); err != nil {
		return err
	}
	for _, a := range rows {
		last := x.latest[a.PurchaseLineID]
		if last == nil {
			continue
		}
		l := &VendorCreditLine{
			PurchaseLineID: a.PurchaseLineID, ProductID: a.ProductID, Quantity: a.left(), TaxID: last.TaxID,
			UnitPrice: money.Div(x.untaxed[a.PurchaseLineID], a.BilledQuantity).Round(6),
		}
		l.ID, l.VendorCreditID = tx.NewID(), c.ID
		c.Lines = append(c.Lines, l)
	}
	return nil
}

// uuids is a list of ids as an argument of = ANY(?::uuid[]).
func uuids(keys []id.ID) any { return pgdialect.Array(texts(keys)) }
