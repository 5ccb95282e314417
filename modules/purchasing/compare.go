package purchasing

import (
	"context"
	"math/big"
	"slices"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// bid is an offer made comparable: what the line's quantity costs in company currency, in the vendor's lots, and when it comes.
type bid struct {
	*VendorOffer
	line     *RequestLine
	quantity money.Quantity // in the vendor's lots
	total    money.Amount   // company currency
	arrives  clock.Date
	rank     int // 1 is the best of its line; 0 can't be compared: it has run out, or its money has no rate
}

// size is what a vendor would deliver for a quantity: at least the minimum, in whole multiples.
func (o *VendorOffer) size(q money.Quantity) money.Quantity {
	return lot(q, big.NewRat(1, 1), o.MinQuantity, o.Multiple)
}

// compare ranks the offers to a request line by line: the cheapest in all first, the faster of two that cost the same.
func (b *desk) compare(ctx context.Context, tx *tenancy.Tx, q *QuotationRequest, offers []*VendorOffer) ([]*bid, error) {
	currencies := make([]string, len(offers))
	for i, o := range offers {
		currencies[i] = o.Currency
	}
	today := tx.Today()
	rates, err := b.rates(ctx, tx, currencies, today)
	if err != nil {
		return nil, err
	}
	var out []*bid
	for _, l := range q.Lines {
		var mine []*bid
		for _, o := range offers {
			if o.LineID != l.ID {
				continue
			}
			x := &bid{VendorOffer: o, line: l, quantity: o.size(l.Quantity), arrives: today.AddDays(o.LeadTimeDays)}
			rate, known := rates[o.Currency]
			if known {
				x.total = money.RoundTo(x.quantity.Mul(o.Price).Mul(rate), tx.Tenant.Currency)
			}
			if known && (o.ValidTo.IsZero() || today.Before(o.ValidTo)) {
				x.rank = 1
			}
			mine = append(mine, x)
		}
		slices.SortStableFunc(mine, func(a, b *bid) int {
			if a.rank != b.rank {
				return b.rank - a.rank
			}
			if c := a.total.Cmp(b.total); c != 0 {
				return c
			}
			return a.LeadTimeDays - b.LeadTimeDays
		})
		for i, x := range mine {
			if x.rank > 0 {
				x.rank = i + 1
			}
		}
		out = append(out, mine...)
	}
	return out, nil
}

// WhichRequest is the input of the comparison: whose.
type WhichRequest struct {
	RequestID id.ID `in:"request_id" label:"询价单|Request"`
}

// comparison sets the offers to a request side by side.
func (b *desk) comparison() modules.Report {
	column := func(name, zh, en string, kind entity.Kind, class string) entity.Field {
		return entity.Field{Name: name, Label: entity.T(zh, en), Kind: kind, Class: class}
	}
	return modules.Report{
		Name: "quotation_comparison", Label: entity.T("报价比较", "Comparison of offers"), Of: "purchasing.vendor_offer",
		Input: func() any { return new(WhichRequest) },
		Columns: []entity.Field{
			column("line_id", "询价行", "Line", entity.KindID, entity.Basic), column("product_id", "产品", "Product", entity.KindID, entity.Basic),
			column("asked_quantity", "询价数量", "Asked for", entity.KindQuantity, entity.Basic), column("unit", "单位", "Unit", entity.KindText, entity.Basic),
			column("offer_id", "报价", "Offer", entity.KindID, entity.Basic), column("vendor_id", "供应商", "Vendor", entity.KindID, entity.Basic),
			column("vendor", "供应商名称", "Vendor's name", entity.KindText, entity.Basic), column("quantity", "可订数量", "Quantity in lots", entity.KindQuantity, entity.Basic),
			column("price", "单价", "Price", entity.KindPrice, "cost"), column("currency", "币种", "Currency", entity.KindText, entity.Basic),
			column("total", "折本位币总额", "Total in company currency", entity.KindAmount, "cost"),
			column("lead_time_days", "交货天数", "Lead time in days", entity.KindInt, entity.Basic),
			column("arrives_on", "预计到货", "Arrives on", entity.KindDate, entity.Basic), column("late_days", "晚到天数", "Days late", entity.KindInt, entity.Basic),
			column("rank", "排名", "Rank", entity.KindInt, "cost"), column("status", "状态", "Status", entity.KindText, entity.Basic),
		},
		Run: func(ctx context.Context, tx *tenancy.Tx, input any) ([]map[string]any, error) {
			in, _ := input.(*WhichRequest)
			if in == nil || in.RequestID.IsZero() {
				return nil, nil
			}
			return b.sideBySide(ctx, tx, in.RequestID)
		},
	}
}

func (b *desk) sideBySide(ctx context.Context, tx *tenancy.Tx, key id.ID) ([]map[string]any, error) {
	requests, err := record.GetMany[QuotationRequest](ctx, tx, []id.ID{key})
	if err != nil || len(requests) == 0 {
		return nil, err
	}
	offers, err := record.Find[VendorOffer](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("request_id = ?", key).OrderExpr("id") })
	if err != nil {
		return nil, err
	}
	bids, err := b.compare(ctx, tx, requests[0], offers)
	if err != nil {
		return nil, err
	}
	vendors := make([]id.ID, len(offers))
	for i, o := range offers {
		vendors[i] = o.VendorID
	}
	list, err := record.GetMany[Vendor](ctx, tx, distinct(vendors))
	if err != nil {
		return nil, err
	}
	names := map[id.ID]string{}
	for _, v := range list {
		names[v.ID] = v.Name
	}
	var out []map[string]any
	for _, x := range bids {
		late := 0
		if !x.line.NeedBy.IsZero() {
			late = max(0, x.arrives.Sub(x.line.NeedBy))
		}
		out = append(out, map[string]any{
			"line_id": x.line.ID, "product_id": x.line.ProductID, "asked_quantity": x.line.Quantity, "unit": x.line.Unit, "offer_id": x.ID, "vendor_id": x.VendorID,
			"vendor": names[x.VendorID], "quantity": x.quantity, "price": x.Price, "currency": x.Currency, "total": x.total, "lead_time_days": int64(x.LeadTimeDays),
			"arrives_on": x.arrives, "late_days": int64(late), "rank": int64(x.rank), "status": x.Status,
		})
	}
	return out, nil
}
