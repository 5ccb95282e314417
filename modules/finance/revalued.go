package finance

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/finance/financeevent"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// differs notes that the goods of a purchase line cost otherwise than they were valued.
func (b *books) differs(line, product id.ID, amount money.Amount) {
	if !line.IsZero() && !amount.IsZero() {
		b.differed = append(b.differed, financeevent.Differed{PurchaseLineID: line, ProductID: product, Amount: amount})
	}
}

// tellDiffered says what an entry noted as cost that differs.
func (b *books) tellDiffered(ctx context.Context, tx *tenancy.Tx, entry *Entry) error {
	items := b.differed
	if b.differed = nil; len(items) == 0 {
		return nil
	}
	return record.Emit(ctx, tx, financeevent.CostDiffered{
		SourceEntity: entry.SourceEntity, SourceID: entry.SourceID, SourceNo: entry.Source, Date: entry.Date, Items: items,
	})
}

// stockRevalued books a cost that came late, in the open period: on the goods that are still here, on the cost of those that are sold, and away from
// where it stood, which is the variance for a price and what is received and not billed for a landed cost.
func (o office) stockRevalued(ctx context.Context, tx *tenancy.Tx, e inventoryevent.StockRevalued) error {
	b, err := openBooks(ctx, tx)
	if err != nil {
		return err
	}
	entry := &Entry{JournalID: b.journals[journalStock].id, Date: e.Date, Source: e.SourceNo, SourceEntity: e.SourceEntity, SourceID: e.SourceID}
	sum := tally{entry, map[side]*EntryLine{}}
	for _, r := range e.Items {
		sum.add(b.account(forInventory, r.Category), r.Stock, r.ProductID)
		sum.add(b.account(forCostOfSales, r.Category), r.Sold, r.ProductID)
		late := r.Stock.Add(r.Sold)
		if r.FromVariance {
			sum.add(b.account(forVariance, r.Category), late.Neg(), r.ProductID)
			continue
		}
		sum.add(b.account(forVariance, r.Category), r.Variance, r.ProductID)
		sum.add(b.account(forReceived, r.Category), late.Add(r.Variance).Neg(), r.ProductID)
	}
	return b.post(tx, entry)
}
