package inventory

import (
	"context"
	"fmt"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// prepareTransfers refuses a transfer to where the goods already are.
func prepareTransfers(_ context.Context, _ *tenancy.Tx, changes []modules.Change[*Transfer]) error {
	for _, c := range changes {
		if !c.New.FromLocationID.IsZero() && c.New.FromLocationID == c.New.ToLocationID {
			return fault.New(fault.Invalid, "transfer.same_location", "来源库位和目标库位不能相同", "Goods can't be transferred to where they are").
				At("to_location_id", "transfer.same_location", "与来源库位相同", "the same as the source")
		}
	}
	return nil
}

// confirm moves the goods of a transfer, or sends them off when it goes over transit. A line without a lot draws lots by expiry: it is split where it
// takes several.
func (k keeper) confirm(ctx context.Context, tx *tenancy.Tx, o *Transfer, _ modules.None) error {
	where, err := places(ctx, tx, o.FromLocationID, o.ToLocationID)
	if err != nil {
		return err
	}
	from, to := where.byID[o.FromLocationID], where.byID[o.ToLocationID]
	if !from.owned() || !to.owned() {
		return fault.New(fault.Rule, "location.not_internal", "只能在自有库位之间调拨", "Transfers are between locations of our own")
	}
	products, err := k.stockedOnly(ctx, tx, o)
	if err != nil {
		return err
	}
	b := k.book()
	if err := b.shelf.lock(ctx, tx, o.products()); err != nil {
		return err
	}
	if err := b.draw(ctx, tx, o, from, products); err != nil {
		return err
	}
	o.Status = done
	if o.ViaTransit {
		to, o.Status = where.byType[transit], inTransit
	}
	plan := make([]planned, len(o.Lines))
	for i, l := range o.Lines {
		plan[i] = planned{product: l.ProductID, lot: l.LotID, from: from, to: to, quantity: l.BaseQuantity, line: l.ID, path: fmt.Sprintf("lines[%d].quantity", l.Position)}
		if !o.ViaTransit {
			l.ReceivedQuantity = l.BaseQuantity
		}
	}
	return b.carryOver(ctx, tx, o, plan)
}

// stockedOnly returns the products of a transfer, and refuses those of which no balances are kept. It works out the lines' quantities in the products'
// own units.
func (k keeper) stockedOnly(ctx context.Context, tx *tenancy.Tx, o *Transfer) (map[id.ID]coreevent.Product, error) {
	if len(o.Lines) == 0 {
		return nil, fault.New(fault.Rule, "document.empty", "单据没有明细", "The document has no lines")
	}
	products, err := k.products.Products(ctx, tx, o.products())
	if err != nil {
		return nil, err
	}
	bad := fault.New(fault.Rule, "transfer.lines", "调拨明细有误", "The transfer has lines that can't be moved")
	items := make([]coreevent.Conversion, len(o.Lines))
	for i, l := range o.Lines {
		items[i] = coreevent.Conversion{ProductID: l.ProductID, Quantity: l.Quantity, From: l.Unit}
		if p := products[l.ProductID]; !p.Stocked() {
			bad.At(fmt.Sprintf("lines[%d].product_id", i), "product.not_stocked", "产品 %s 不记录库存", "No balances are kept of product %s", p.Number)
		}
	}
	if len(bad.Fields) > 0 {
		return nil, bad
	}
	own, err := k.ownUnits(ctx, tx, items)
	for i := range own {
		o.Lines[i].BaseQuantity = own[i]
	}
	return products, err
}

// draw gives lots to lines that name none, of products that have to have one.
func (b *book) draw(ctx context.Context, tx *tenancy.Tx, o *Transfer, from *Location, products map[id.ID]coreevent.Product) error {
	var fresh []*TransferLine
	taken := map[*slot]money.Quantity{}
	for _, l := range o.Lines {
		if products[l.ProductID].Tracking == untracked || !l.LotID.IsZero() {
			continue
		}
		line, left := l, l.BaseQuantity
		for _, p := range b.shelf.pickAt(from.ID, l.ProductID, l.BaseQuantity, tx.Today()) {
			q := money.Min(left, p.free().Sub(taken[p.slot]))
			if q.Sign() <= 0 {
				continue
			}
			taken[p.slot] = taken[p.slot].Add(q)
			if line == nil {
				line = &TransferLine{TransferID: o.ID, ProductID: l.ProductID}
				line.ID, line.Position = tx.NewID(), len(o.Lines)+len(fresh)
				fresh = append(fresh, line)
			}
			line.LotID, line.BaseQuantity = p.lot, q
			if !q.Equal(l.Quantity) {
				line.Quantity, line.Unit = q, products[l.ProductID].Unit
			}
			line, left = nil, left.Sub(q)
		}
		if left.Sign() > 0 {
			x := products[l.ProductID]
			return fault.New(fault.Rule, "stock.not_enough", "库存不足", "There is not enough in stock").
				At(fmt.Sprintf("lines[%d].quantity", l.Position), "stock.not_enough", "产品 %[1]s 在库位 %[4]s 缺少 %[2]s %[3]s（未过期的批次）",
					"Product %[1]s: %[2]s %[3]s missing at %[4]s, of lots that have not expired", x.Number, left, x.Unit, from.Code)
		}
	}
	o.Lines = append(o.Lines, fresh...)
	return record.Create(ctx, tx, fresh...)
}

// carryOver moves goods of a transfer and writes what became of its lines.
func (b *book) carryOver(ctx context.Context, tx *tenancy.Tx, o *Transfer, plan []planned) error {
	by := source{"inventory.transfer", o.ID, o.No}
	if err := b.move(ctx, tx, by, plan); err != nil {
		return err
	}
	if _, err := b.arrive(ctx, tx, arrival{by: by, goods: plan}); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, o.Lines...); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, o); err != nil {
		return err
	}
	return b.settle(ctx, tx)
}
