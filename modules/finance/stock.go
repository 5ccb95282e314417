package finance

import (
	"context"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// The journals that sign-up makes and that the cascade posts in.
const (
	journalSales    = "SAL"
	journalPurchase = "PUR"
	journalBank     = "BNK"
	journalCash     = "CSH"
	journalStock    = "STK"
	journalGeneral  = "GEN"
)

// place is the account that goods of a category stand on while they are at a kind of location. Goods in transit are still ours.
func (b *books) place(location, category string) id.ID {
	switch location {
	case "supplier":
		return b.account(forReceived, category)
	case "customer":
		return b.account(forCostOfSales, category)
	case "production":
		return b.account(forProduction, category)
	case "loss":
		return b.account(forStockDifference, category)
	}
	return b.account(forInventory, category)
}

func ours(location string) bool {
	return location == "internal" || location == "transit" || location == "subcontractor"
}

// stockEntry is what moves of goods mean in the books: value leaves the account of one place for that of the other. A receipt at another price than
// the standard books the difference as variance, so that what is owed is the price. Moves between our own locations, and goods without a value, mean
// nothing.
func (b *books) stockEntry(e inventoryevent.StockMoved, on clock.Date) *Entry {
	entry := &Entry{JournalID: b.journals[journalStock].id, Date: on, Source: e.SourceNo, SourceEntity: e.SourceEntity, SourceID: e.SourceID}
	sum := tally{entry, map[side]*EntryLine{}}
	for _, m := range e.Moves {
		if ours(m.From) && ours(m.To) || m.From == m.To {
			continue
		}
		from, to := m.Value, m.Value
		switch {
		case m.PriceVariance.IsZero():
		case ours(m.To):
			from = from.Add(m.PriceVariance)
			sum.add(b.account(forVariance, m.Category), m.PriceVariance, m.ProductID)
		case ours(m.From):
			to = to.Add(m.PriceVariance)
			sum.add(b.account(forVariance, m.Category), m.PriceVariance.Neg(), m.ProductID)
		}
		sum.add(b.place(m.To, m.Category), to, m.ProductID)
		sum.add(b.place(m.From, m.Category), from.Neg(), m.ProductID)
	}
	return entry
}

// side is the debit or the credit of a product on an account.
type side struct {
	account, product id.ID
	debit            bool
}

// tally adds up an entry of many products: a count of a whole warehouse has tens of thousands.
type tally struct {
	entry *Entry
	lines map[side]*EntryLine
}

// add is Entry.add for a product.
func (t tally) add(account id.ID, amount money.Amount, product id.ID) {
	if amount.IsZero() {
		return
	}
	key := side{account, product, amount.Sign() > 0}
	l := t.lines[key]
	if l == nil {
		l = &EntryLine{AccountID: account, ProductID: product}
		t.lines[key] = l
		t.entry.Lines = append(t.entry.Lines, l)
	}
	if key.debit {
		l.Debit = l.Debit.Add(amount)
	} else {
		l.Credit = l.Credit.Sub(amount)
	}
}

// stockMoved posts one stock entry for all moves of an event.
func (o office) stockMoved(ctx context.Context, tx *tenancy.Tx, e inventoryevent.StockMoved) error {
	b, err := openBooks(ctx, tx)
	if err != nil {
		return err
	}
	on := e.Date
	if on.IsZero() {
		on = tx.Today()
	}
	if err := b.post(tx, b.stockEntry(e, on)); err != nil {
		return err
	}
	var back []inflow
	for _, m := range e.Moves {
		switch {
		case m.SourceLineID.IsZero():
		case m.From == "supplier":
			b.received[m.SourceLineID] = b.received[m.SourceLineID].Add(m.Value).Add(m.PriceVariance)
		case m.To == "supplier":
			back = append(back, inflow{line: m.SourceLineID, product: m.ProductID, quantity: m.Quantity.Neg(), value: m.Value.Add(m.PriceVariance).Neg()})
		}
	}
	_, err = accrue(ctx, tx, id.ID{}, back)
	return err
}

// productionCompleted adds the labour to the cost of what is being made, so that handing over the goods at their whole cost leaves nothing; what
// ended without goods is a loss.
func (o office) productionCompleted(ctx context.Context, tx *tenancy.Tx, e productionevent.OrderCompleted) error {
	labour, lost := money.RoundTo(e.Labour, tx.Tenant.Currency), money.RoundTo(e.Lost, tx.Tenant.Currency)
	if labour.IsZero() && lost.IsZero() {
		return nil
	}
	b, err := openBooks(ctx, tx)
	if err != nil {
		return err
	}
	entry := &Entry{
		JournalID: b.journals[journalStock].id, Date: tx.Today(), Source: e.No, SourceEntity: "production.production_order", SourceID: e.OrderID,
	}
	about := EntryLine{ProductID: e.Output.ProductID}
	entry.add(b.account(forProduction, ""), labour, about)
	entry.add(b.account(forLabour, ""), labour.Neg(), EntryLine{})
	entry.add(b.place("loss", ""), lost, about) // spent on what ended without a good piece
	entry.add(b.account(forProduction, ""), lost.Neg(), about)
	return b.post(tx, entry)
}
