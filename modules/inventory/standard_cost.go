package inventory

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// standardsChanged restates what is in stock at standard cost when the standard changes: from today on all of it is worth the new one, and the
// difference is a variance. Products that are valued otherwise don't mind.
func (k keeper) standardsChanged(ctx context.Context, tx *tenancy.Tx, e coreevent.StandardCostsChanged) error {
	keys := make([]id.ID, len(e.Items))
	for i, x := range e.Items {
		keys[i] = x.ProductID
	}
	products, err := k.products.Products(ctx, tx, keys)
	if err != nil {
		return err
	}
	valued := map[id.ID]coreevent.Product{}
	for key, p := range products {
		if p.Stocked() && p.CostMethod == standard {
			valued[key] = p
		}
	}
	books, err := lockLedger(ctx, tx, valued)
	if err != nil {
		return err
	}
	told := inventoryevent.StockRevalued{SourceEntity: "inventory.value_adjustment", SourceID: tx.NewID(), Date: tx.Today()}
	var rows []*ValueAdjustment
	for _, x := range e.Items {
		w := books.worths[x.ProductID]
		if w == nil {
			continue
		}
		off := money.RoundTo(w.quantity.Mul(x.Cost), tx.Tenant.Currency).Sub(w.value)
		if off.IsZero() {
			continue
		}
		w.value = w.value.Add(off)
		books.touched[x.ProductID] = true
		told.SourceNo = x.No
		rows = append(rows, &ValueAdjustment{
			Date: tx.Today(), Reason: newStandard, ProductID: x.ProductID, Amount: off, StockAmount: off,
			SourceEntity: "inventory.product", SourceID: x.ProductID, SourceNo: x.No, PostingID: told.SourceID,
		})
		told.Items = append(told.Items, inventoryevent.Revalued{ProductID: x.ProductID, Category: valued[x.ProductID].Category, Stock: off, FromVariance: true})
	}
	if len(rows) == 0 {
		return nil
	}
	if err := books.save(ctx, tx); err != nil {
		return err
	}
	if err := record.Create(ctx, tx, rows...); err != nil {
		return err
	}
	return record.Emit(ctx, tx, told)
}
