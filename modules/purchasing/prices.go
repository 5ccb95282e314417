package purchasing

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// preparePrices completes prices: the vendor's currency, the product's unit; and checks that the unit converts and the spans make sense.
func (b *desk) preparePrices(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*VendorPrice]) error {
	var bad fault.Fields
	var vendors, products []id.ID
	for _, c := range changes {
		p := c.New
		if p.VendorID.IsZero() || p.ProductID.IsZero() {
			return nil // the engine names what is missing
		}
		vendors, products = append(vendors, p.VendorID), append(products, p.ProductID)
		if !p.ValidFrom.IsZero() && !p.ValidTo.IsZero() && !p.ValidFrom.Before(p.ValidTo) {
			bad.Add("valid_to", "span.empty", "失效日期应晚于生效日期", "must be after the day from which it is valid")
		}
		if p.MaxQuantity.Sign() > 0 && p.MaxQuantity.LessThan(p.MinQuantity) {
			bad.Add("max_quantity", "value.range", "最大数量小于起订量", "is less than the minimum quantity")
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	known, err := b.Products.Products(ctx, tx, products)
	if err != nil {
		return err
	}
	currencies, err := vendorCurrencies(ctx, tx, vendors)
	if err != nil {
		return err
	}
	units := make([]coreevent.Measure, len(changes))
	for i, c := range changes {
		if c.New.Currency == "" {
			c.New.Currency = currencies[c.New.VendorID]
		}
		if c.New.Unit == "" {
			c.New.Unit = known[c.New.ProductID].Unit
		}
		units[i] = coreevent.Measure{ProductID: c.New.ProductID, Unit: c.New.Unit}
	}
	if _, err := b.Products.Factors(ctx, tx, units); err != nil {
		if f := fault.As(err); f != nil {
			return f.At("unit", f.Reason, "没有换算关系", "there is no conversion to the product's unit")
		}
		return err
	}
	return nil
}

// vendorCurrencies returns in which money each vendor trades: its own currency, else the company's.
func vendorCurrencies(ctx context.Context, tx *tenancy.Tx, vendors []id.ID) (map[id.ID]string, error) {
	var rows []Vendor
	err := tx.NewRaw("SELECT id, currency FROM vendor WHERE id = ANY(?::uuid[])", pgdialect.Array(vendors)).Scan(ctx, &rows)
	out := map[id.ID]string{}
	for _, v := range rows {
		if out[v.ID] = v.Currency; v.Currency == "" {
			out[v.ID] = tx.Tenant.Currency
		}
	}
	return out, err
}

// offers reads the prices of active vendors that are in force today, made comparable. Prices in money without an exchange rate are left out.
func (b *desk) offers(ctx context.Context, tx *tenancy.Tx, products []id.ID) (map[id.ID][]offer, error) {
	if len(products) == 0 {
		return nil, nil
	}
	today := tx.Today()
	rows, err := record.Find[VendorPrice](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("product_id = ANY(?::uuid[])", pgdialect.Array(products)).
			Where("(valid_from IS NULL OR valid_from <= ?0) AND (valid_to IS NULL OR valid_to > ?0)", today).
			Where("EXISTS (SELECT 1 FROM vendor v WHERE v.id = vendor_id AND v.active)").OrderExpr("id")
	})
	if err != nil {
		return nil, err
	}
	units, currencies := make([]coreevent.Measure, len(rows)), make([]string, len(rows))
	for i, p := range rows {
		units[i], currencies[i] = coreevent.Measure{ProductID: p.ProductID, Unit: p.Unit}, p.Currency
	}
	factors, err := b.Products.Factors(ctx, tx, units)
	if err != nil {
		return nil, err
	}
	rates, err := b.rates(ctx, tx, currencies, today)
	if err != nil {
		return nil, err
	}
	out := map[id.ID][]offer{}
	for i, p := range rows {
		if rate, ok := rates[p.Currency]; ok {
			out[p.ProductID] = append(out[p.ProductID], offer{
				ID: p.ID, ProductID: p.ProductID, VendorID: p.VendorID, Price: p.Price, Currency: p.Currency, Unit: p.Unit, Factor: factors[units[i]],
				Rate: rate, Lead: p.LeadTimeDays, Min: p.MinQuantity, Max: p.MaxQuantity, Multiple: p.Multiple,
			})
		}
	}
	return out, nil
}

// rates asks what each currency is worth; those without a rate are left out.
func (b *desk) rates(ctx context.Context, tx *tenancy.Tx, currencies []string, on clock.Date) (map[string]money.Price, error) {
	out, asked := map[string]money.Price{}, map[string]bool{}
	for _, c := range currencies {
		if asked[c] {
			continue
		}
		asked[c] = true
		rate, err := b.Trade.Rate(ctx, tx, c, on)
		if fault.Is(err, fault.Rule) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("rate of %s: %w", c, err)
		}
		out[c] = rate
	}
	return out, nil
}

// of keeps the offers of one vendor.
func of(offers []offer, vendor id.ID) []offer {
	var out []offer
	for _, o := range offers {
		if o.VendorID == vendor {
			out = append(out, o)
		}
	}
	return out
}

// LeadTimes answers production's question how long buying takes.
type LeadTimes struct{ Plugs Plugs }

// LeadTimes returns the days that the vendor who would get the order needs for each product; products that nobody offers are left out.
func (l LeadTimes) LeadTimes(ctx context.Context, tx *tenancy.Tx, products []id.ID) (map[id.ID]int, error) {
	out := map[id.ID]int{}
	if !tx.Tenant.On("purchasing") {
		return out, nil
	}
	offers, err := (&desk{l.Plugs}).offers(ctx, tx, products)
	for key, list := range offers {
		out[key] = best(list, money.Zero()).Lead
	}
	return out, err
}
