package purchasing

import (
	"context"

	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// Costs answers inventory's question what goods that come in from abroad cost.
type Costs struct{ Trade Trade }

// Costs returns what one of the product's own unit costs in company currency at the rate of a day, without tax, for the lines of orders in foreign
// money. Lines in company currency are left out, and so are those in money without a rate on that day: they keep the cost of the order's confirmation.
func (c Costs) Costs(ctx context.Context, tx *tenancy.Tx, lines []id.ID, on clock.Date) (map[id.ID]money.Price, error) {
	out := map[id.ID]money.Price{}
	if lines = distinct(lines); len(lines) == 0 {
		return out, nil
	}
	var rows []foreignLine
	err := tx.NewRaw(`SELECT l.id, l.unit_price, l.quantity, l.base_quantity, o.currency FROM purchase_order_line l JOIN purchase_order o ON o.id = l.order_id
		WHERE l.id = ANY(?::uuid[]) AND o.currency <> ?`, pgdialect.Array(lines), tx.Tenant.Currency).Scan(ctx, &rows)
	if err != nil {
		return nil, err
	}
	rates, err := c.rates(ctx, tx, rows, on)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		rate, known := rates[r.Currency]
		if !known {
			continue
		}
		l := OrderLine{UnitPrice: r.UnitPrice, Quantity: r.Quantity, BaseQuantity: r.BaseQuantity}
		out[r.ID] = l.pieceCost(rate)
	}
	return out, nil
}

// foreignLine is a line of an order in foreign money.
type foreignLine struct {
	ID           id.ID          `bun:"id"`
	UnitPrice    money.Price    `bun:"unit_price"`
	Quantity     money.Quantity `bun:"quantity"`
	BaseQuantity money.Quantity `bun:"base_quantity"`
	Currency     string         `bun:"currency"`
}

// rates asks once for each money what it is worth on a day; one without a rate is left out.
func (c Costs) rates(ctx context.Context, tx *tenancy.Tx, rows []foreignLine, on clock.Date) (map[string]money.Price, error) {
	out, asked := map[string]money.Price{}, map[string]bool{}
	for _, r := range rows {
		if asked[r.Currency] {
			continue
		}
		asked[r.Currency] = true
		rate, err := c.Trade.Rate(ctx, tx, r.Currency, on)
		switch {
		case err == nil:
			out[r.Currency] = rate
		case !fault.Is(err, fault.Rule):
			return nil, err
		}
	}
	return out, nil
}
