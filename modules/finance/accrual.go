package finance

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// Accrual is what came in for a purchase line and what of it is billed: the goods received, not billed, and one side of the three-way match.
type Accrual struct {
	bun.BaseModel `bun:"table:finance_accrual,alias:fac"`
	entity.Base

	PurchaseLineID   id.ID          `bun:"purchase_line_id,type:uuid,notnull"`
	PurchaseOrderID  id.ID          `bun:"purchase_order_id,type:uuid,nullzero"`
	ProductID        id.ID          `bun:"product_id,type:uuid,nullzero"`
	ReceivedQuantity money.Quantity `bun:"received_quantity,type:numeric(20,6),notnull"`
	ReceivedAmount   money.Amount   `bun:"received_amount,type:numeric(20,4),notnull"`
	BilledQuantity   money.Quantity `bun:"billed_quantity,type:numeric(20,6),notnull"`
	BilledAmount     money.Amount   `bun:"billed_amount,type:numeric(20,4),notnull"`
	ClearedAmount    money.Amount   `bun:"cleared_amount,type:numeric(20,4),notnull"`
}

// Describe says what an accrual means.
func (a *Accrual) Describe(d *entity.Desc) {
	d.Is("finance.accrual", "accruals", entity.T("暂估应付", "Goods received, not billed"), nil)
	d.Field(&a.PurchaseLineID, entity.Field{Label: entity.T("采购订单行", "Purchase order line"), Ref: "purchasing.order_line", List: true})
	d.Field(&a.PurchaseOrderID, entity.Field{Label: entity.T("采购订单", "Purchase order"), Ref: "purchasing.order", List: true, Filter: true})
	d.Field(&a.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", List: true, Filter: true})
	d.Field(&a.ReceivedQuantity, entity.Field{Label: entity.T("已收数量", "Received quantity"), Signed: true, List: true})
	d.Field(&a.ReceivedAmount, entity.Field{Label: entity.T("入库金额", "Received amount"), Class: "cost", Signed: true, List: true, Total: true})
	d.Field(&a.BilledQuantity, entity.Field{Label: entity.T("已开票数量", "Billed quantity"), Signed: true, List: true})
	d.Field(&a.BilledAmount, entity.Field{Label: entity.T("已开票金额", "Billed amount"), Class: "cost", Signed: true, List: true, Total: true})
	d.Field(&a.ClearedAmount, entity.Field{Label: entity.T("已冲暂估", "Cleared amount"), Class: "cost", Signed: true, List: true, Total: true})
	d.Derived()
}

// clear says how much of the accrued value a billed quantity settles: its share, and everything when the last is billed.
func (a *Accrual) clear(quantity money.Quantity, minor int32) money.Amount {
	open, left := a.ReceivedQuantity.Sub(a.BilledQuantity), a.ReceivedAmount.Sub(a.ClearedAmount)
	if open.Sign() <= 0 || quantity.GreaterThanOrEqual(open) {
		return left
	}
	return money.Div(left.Mul(quantity), open).Round(minor)
}

// inflow is what came in for a purchase line; negative when it went back.
type inflow struct {
	line, product id.ID
	quantity      money.Quantity
	value         money.Amount
}

// goodsReceived keeps what came in for each purchase line, for the bill to be compared with.
func (o office) goodsReceived(ctx context.Context, tx *tenancy.Tx, e inventoryevent.GoodsReceived) error {
	b, err := openBooks(ctx, tx)
	if err != nil {
		return err
	}
	var list []inflow
	at := map[id.ID]int{}
	for _, l := range e.Lines {
		if l.PurchaseLineID.IsZero() {
			continue
		}
		n, seen := at[l.PurchaseLineID]
		if !seen {
			n, at[l.PurchaseLineID] = len(list), len(list)
			list = append(list, inflow{line: l.PurchaseLineID, product: l.ProductID})
		}
		list[n].quantity = list[n].quantity.Add(l.Quantity)
		list[n].value = list[n].value.Add(money.RoundTo(l.Quantity.Mul(l.UnitCost), tx.Tenant.Currency))
	}
	for i, x := range list {
		if value, known := b.received[x.line]; known {
			list[i].value = value // what the stock entry has booked, to the cent
			delete(b.received, x.line)
		}
	}
	rows, err := accrue(ctx, tx, e.PurchaseOrderID, list)
	if err != nil {
		return err
	}
	entry := b.lateEntry(rows, tx.Today())
	entry.Source, entry.SourceEntity, entry.SourceID = e.No, "inventory.receipt", e.ReceiptID
	if err := b.post(tx, entry); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, rows...); err != nil {
		return err
	}
	return b.tellDiffered(ctx, tx, entry)
}

// accrue adds inflows to the accruals of their purchase lines.
func accrue(ctx context.Context, tx *tenancy.Tx, purchaseOrder id.ID, list []inflow) ([]*Accrual, error) {
	if len(list) == 0 {
		return nil, nil
	}
	keys := make([]id.ID, len(list))
	for i, x := range list {
		keys[i] = x.line
	}
	byLine, err := accruals(ctx, tx, keys)
	if err != nil {
		return nil, err
	}
	var fresh, known []*Accrual
	for _, x := range list {
		a := byLine[x.line]
		if a == nil {
			a = &Accrual{PurchaseLineID: x.line, ProductID: x.product}
			byLine[x.line] = a
			fresh = append(fresh, a)
		} else if !a.ID.IsZero() {
			known = append(known, a)
		}
		if !purchaseOrder.IsZero() {
			a.PurchaseOrderID = purchaseOrder
		}
		a.ReceivedQuantity = a.ReceivedQuantity.Add(x.quantity)
		a.ReceivedAmount = a.ReceivedAmount.Add(x.value)
	}
	if err := record.Create(ctx, tx, fresh...); err != nil {
		return nil, err
	}
	known = unique(known)
	return append(known, fresh...), record.Update(ctx, tx, known...)
}

// lateEntry puts right what was billed before it came in: the bill cleared what it charged, the goods came in at what was ordered. Once all that is
// billed is here, the difference is variance.
func (b *books) lateEntry(rows []*Accrual, on clock.Date) *Entry {
	e := &Entry{JournalID: b.journals[journalStock].id, Date: on}
	for _, a := range rows {
		off := a.ReceivedAmount.Sub(a.ClearedAmount)
		if !a.BilledQuantity.Equal(a.ReceivedQuantity) || off.IsZero() {
			continue
		}
		e.add(b.account(forReceived, ""), off, EntryLine{ProductID: a.ProductID})
		e.add(b.account(forVariance, ""), off.Neg(), EntryLine{ProductID: a.ProductID})
		b.differs(a.PurchaseLineID, a.ProductID, off.Neg())
		a.ClearedAmount = a.ReceivedAmount
	}
	return e
}

// accruals locks and returns the accruals of purchase lines.
func accruals(ctx context.Context, tx *tenancy.Tx, lines []id.ID) (map[id.ID]*Accrual, error) {
	out := map[id.ID]*Accrual{}
	if lines = distinct(lines); len(lines) == 0 {
		return out, nil
	}
	rows, err := record.Find[Accrual](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("purchase_line_id = ANY(?::uuid[])", pgdialect.Array(texts(lines))).OrderExpr("id").For("UPDATE")
	})
	for _, a := range rows {
		out[a.PurchaseLineID] = a
	}
	return out, err
}

// openAccruals is accruals for the lines of a bill. What is billed before anything came in gets its accrual now, for the receipt to be compared with.
func openAccruals(ctx context.Context, tx *tenancy.Tx, bill *Bill) (map[id.ID]*Accrual, error) {
	byLine, err := accruals(ctx, tx, bill.purchaseLines())
	if err != nil {
		return nil, err
	}
	var fresh []*Accrual
	for _, l := range bill.Lines {
		if !l.PurchaseLineID.IsZero() && !l.ProductID.IsZero() && byLine[l.PurchaseLineID] == nil {
			a := &Accrual{PurchaseLineID: l.PurchaseLineID, PurchaseOrderID: bill.PurchaseOrderID, ProductID: l.ProductID}
			byLine[l.PurchaseLineID] = a
			fresh = append(fresh, a)
		}
	}
	return byLine, record.Create(ctx, tx, fresh...)
}
