package inventory

import (
	"context"
	"fmt"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
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

// confirm moves the goods of a transfer, or sends them off when it goes over transit.
func (k keeper) confirm(ctx context.Context, tx *tenancy.Tx, o *Transfer, _ modules.None) error {
	where, err := places(ctx, tx, o.FromLocationID, o.ToLocationID)
	if err != nil {
		return err
	}
	from, to := where.byID[o.FromLocationID], where.byID[o.ToLocationID]
	if !from.owned() || !to.owned() {
		return fault.New(fault.Rule, "location.not_internal", "只能在自有库位之间调拨", "Transfers are between locations of our own")
	}
	o.Status = done
	if o.ViaTransit {
		to, o.Status = where.byType[transit], inTransit
	}
	return k.carryOver(ctx, tx, o, from, to)
}

// takeIn ends a transfer whose goods were in transit.
func (k keeper) takeIn(ctx context.Context, tx *tenancy.Tx, o *Transfer, _ modules.None) error {
	where, err := places(ctx, tx, o.ToLocationID)
	if err != nil {
		return err
	}
	o.Status = done
	return k.carryOver(ctx, tx, o, where.byType[transit], where.byID[o.ToLocationID])
}

func (k keeper) carryOver(ctx context.Context, tx *tenancy.Tx, o *Transfer, from, to *Location) error {
	if len(o.Lines) == 0 {
		return fault.New(fault.Rule, "document.empty", "单据没有明细", "The document has no lines")
	}
	keys := make([]id.ID, len(o.Lines))
	for i, l := range o.Lines {
		keys[i] = l.ProductID
	}
	products, err := k.products.Products(ctx, tx, keys)
	if err != nil {
		return err
	}
	var plan []planned
	bad := fault.New(fault.Rule, "transfer.lines", "调拨明细有误", "The transfer has lines that can't be moved")
	for i, l := range o.Lines {
		switch p := products[l.ProductID]; {
		case !p.Stocked():
			bad.At(fmt.Sprintf("lines[%d].product_id", i), "product.not_stocked", "产品 %s 不记录库存", "No balances are kept of product %s", p.Number)
		case p.Tracking != "none" && l.LotID.IsZero():
			bad.At(fmt.Sprintf("lines[%d].lot_id", i), "lot.required", "产品 %s 必须填写批次", "Product %s needs a lot", p.Number)
		}
		plan = append(plan, planned{product: l.ProductID, lot: l.LotID, from: from, to: to, quantity: l.Quantity, line: l.ID, path: fmt.Sprintf("lines[%d].quantity", i)})
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	b := k.book()
	if err := b.move(ctx, tx, source{"inventory.transfer", o.ID, o.No}, plan); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, o); err != nil {
		return err
	}
	return b.settle(ctx, tx)
}
