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

// prepareLanded adds up the costs.
func prepareLanded(_ context.Context, _ *tenancy.Tx, changes []modules.Change[*LandedCost]) error {
	for _, c := range changes {
		c.New.Amount = money.Zero()
		for _, l := range c.New.Lines {
			c.New.Amount = c.New.Amount.Add(l.Amount)
		}
	}
	return nil
}

// postLanded spreads the costs over the goods that the receipt brought; what is gone of them bears its share as cost of sales.
func (k keeper) postLanded(ctx context.Context, tx *tenancy.Tx, o *LandedCost, _ modules.None) error {
	if len(o.Lines) == 0 {
		return fault.New(fault.Rule, "document.empty", "单据没有明细", "The document has no lines")
	}
	moves, err := inbound(ctx, tx, "mv.source_id = ?", o.ReceiptID)
	if err != nil {
		return err
	}
	if len(moves) == 0 {
		return fault.New(fault.Rule, "landed.nothing_received", "该入库单尚未入库库存产品", "The receipt has brought no stocked goods yet").
			At("receipt_id", "landed.nothing_received", "没有入库移动", "no moves")
	}
	keys := make([]id.ID, len(moves))
	for i, m := range moves {
		keys[i] = m.ProductID
	}
	products, err := k.products.Products(ctx, tx, keys)
	if err != nil {
		return err
	}
	costs, err := o.spread(moves, products, money.MinorUnit(tx.Tenant.Currency))
	if err != nil {
		return err
	}
	o.Status, o.Date = posted, tx.Today()
	if err := record.Update(ctx, tx, o); err != nil {
		return err
	}
	return k.revalue(ctx, tx, source{"inventory.landed_cost", o.ID, o.No}, landed, costs)
}

// spread divides every cost by its key over the moves; each part is whole cents and the last takes the remainder.
func (o *LandedCost) spread(moves []*came, products map[id.ID]coreevent.Product, digits int32) ([]lateCost, error) {
	out := make([]lateCost, len(moves))
	for i, m := range moves {
		out[i].move = m
	}
	bad := fault.New(fault.Rule, "landed.no_key", "无法分摊费用", "The cost can't be spread")
	for n, l := range o.Lines {
		weights, sum := make([]money.Quantity, len(moves)), money.Zero()
		for i, m := range moves {
			switch l.SpreadBy {
			case byWeight:
				weights[i] = m.kept.Mul(products[m.ProductID].Weight)
			case byQuantity:
				weights[i] = m.kept
			default:
				weights[i] = money.Div(m.Value.Add(m.PriceVariance).Mul(m.kept), m.Quantity)
			}
			sum = sum.Add(weights[i])
		}
		if sum.Sign() <= 0 {
			bad.At(fmt.Sprintf("lines[%d].spread_by", n), "landed.no_key", "入库产品的分摊依据合计为零", "The goods have none of that in all")
			continue
		}
		for i, part := range money.Split(l.Amount.Round(digits), weights, digits) {
			out[i].amount = out[i].amount.Add(part)
		}
	}
	if len(bad.Fields) > 0 {
		return nil, bad
	}
	return out, nil
}
