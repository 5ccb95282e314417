package purchasing

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// The states of a vendor's offer, beside awarded.
const (
	Offered  = "offered"
	Declined = "declined"
)

// VendorOffer is what an invited vendor asks for one line of a request for quotation, in the line's unit.
type VendorOffer struct {
	bun.BaseModel `bun:"table:vendor_offer,alias:vo"`
	entity.Base

	RequestID       id.ID          `bun:"request_id,type:uuid,notnull"`
	LineID          id.ID          `bun:"line_id,type:uuid,notnull"`
	ProductID       id.ID          `bun:"product_id,type:uuid,nullzero"`
	VendorID        id.ID          `bun:"vendor_id,type:uuid,notnull"`
	Status          string         `bun:"status,notnull"`
	Price           money.Price    `bun:"price,type:numeric(20,6),notnull"`
	Currency        string         `bun:"currency,notnull"`
	LeadTimeDays    int            `bun:"lead_time_days,notnull"`
	MinQuantity     money.Quantity `bun:"min_quantity,type:numeric(20,6),notnull"`
	Multiple        money.Quantity `bun:"multiple,type:numeric(20,6),notnull"`
	ValidTo         clock.Date     `bun:"valid_to,type:date,nullzero"`
	Note            string         `bun:"note,notnull"`
	AwardedQuantity money.Quantity `bun:"awarded_quantity,type:numeric(20,6),notnull"`
	PurchaseOrderID id.ID          `bun:"purchase_order_id,type:uuid,nullzero"`
}

// Describe says what an offer means.
func (o *VendorOffer) Describe(d *entity.Desc) {
	d.Is("purchasing.vendor_offer", "vendor_offers", entity.T("供应商报价", "Vendor offer"), nil)
	d.Field(&o.RequestID, entity.Field{
		Label: entity.T("询价单", "Request"), Ref: "purchasing.quotation_request", Required: true, Immutable: true, List: true, Filter: true,
	})
	d.Field(&o.LineID, entity.Field{Label: entity.T("询价行", "Line"), Required: true, Immutable: true, Filter: true})
	d.Field(&o.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Computed: true, List: true, Filter: true})
	d.Field(&o.VendorID, entity.Field{Label: entity.T("供应商", "Vendor"), Ref: "purchasing.vendor", Required: true, Immutable: true, List: true, Filter: true})
	d.Field(&o.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, Default: Offered, List: true, Filter: true,
		Options: entity.Options(Offered, "已报价", "Offered", Awarded, "已中标", "Awarded", Declined, "未中标", "Declined"),
	})
	d.Field(&o.Price, entity.Field{
		Label: entity.T("单价", "Price"), Kind: entity.KindPrice, Class: "cost", Required: true, Positive: true, List: true,
		Help: entity.T("不含税，每询价单位", "Without tax, for one of the line's unit"),
	})
	d.Field(&o.Currency, entity.Field{
		Label: entity.T("币种", "Currency"), Ref: "finance.currency", RefBy: "code", List: true, Help: entity.T("默认为供应商的交易币种", "By default the vendor's"),
	})
	d.Field(&o.LeadTimeDays, entity.Field{Label: entity.T("交货天数", "Lead time in days"), NotNeg: true, List: true})
	d.Field(&o.MinQuantity, entity.Field{Label: entity.T("起订量", "Minimum quantity"), NotNeg: true})
	d.Field(&o.Multiple, entity.Field{Label: entity.T("订货倍数", "Multiple"), NotNeg: true})
	d.Field(&o.ValidTo, entity.Field{Label: entity.T("有效期至", "Valid to"), Help: entity.T("不含当日；空表示不限", "Exclusive; none: always")})
	d.Field(&o.Note, entity.Field{Label: entity.T("备注", "Note"), Anytime: true})
	d.Field(&o.AwardedQuantity, entity.Field{Label: entity.T("中标数量", "Awarded"), Computed: true, List: true})
	d.Field(&o.PurchaseOrderID, entity.Field{Label: entity.T("采购订单", "Purchase order"), Ref: "purchasing.order", Computed: true, Filter: true})
	d.State(&o.Status, Offered)
	d.Key(&o.LineID, &o.VendorID)
}

// prepareOffers checks that offers answer a request that is out, to vendors who were asked, and completes product and currency.
func prepareOffers(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*VendorOffer]) error {
	var keys, vendors []id.ID
	for _, c := range changes {
		keys, vendors = append(keys, c.New.RequestID), append(vendors, c.New.VendorID)
	}
	requests, err := record.GetMany[QuotationRequest](ctx, tx, distinct(keys))
	if err != nil {
		return err
	}
	byID := map[id.ID]*QuotationRequest{}
	for _, q := range requests {
		byID[q.ID] = q
	}
	currencies, err := vendorCurrencies(ctx, tx, distinct(vendors))
	if err != nil {
		return err
	}
	var bad fault.Fields
	var answered []*RequestVendor
	for _, c := range changes {
		o := c.New
		q := byID[o.RequestID]
		if q == nil {
			continue // the engine names what is missing
		}
		if o.Currency == "" {
			o.Currency = currencies[o.VendorID]
		}
		if c.Old != nil {
			continue // its line and vendor stay; once it is decided, only the remark may change
		}
		if o.Status = Offered; q.Status != Sent {
			return fault.New(fault.Rule, "quotation_request.not_open", "询价单 %s 未发出或已结束，不能报价", "The request %s is not out, so nobody can answer it", q.No)
		}
		l := q.line(o.LineID)
		if l == nil {
			bad.Add("line_id", "line.unknown", "询价单没有这一行", "The request has no such line")
			continue
		}
		at := slices.IndexFunc(q.Vendors, func(v *RequestVendor) bool { return v.VendorID == o.VendorID })
		switch {
		case at < 0:
			bad.Add("vendor_id", "vendor.not_invited", "该供应商未受邀", "The vendor was not asked")
		case q.Vendors[at].AnsweredOn.IsZero():
			q.Vendors[at].AnsweredOn = tx.Today()
			answered = append(answered, q.Vendors[at])
		}
		o.ProductID = l.ProductID
	}
	if err := bad.Err(); err != nil {
		return err
	}
	return record.Update(ctx, tx, answered...)
}

// offersTo locks all offers to a request.
func offersTo(ctx context.Context, tx *tenancy.Tx, q *QuotationRequest) ([]*VendorOffer, error) {
	return record.Find[VendorOffer](ctx, tx, func(s *bun.SelectQuery) *bun.SelectQuery {
		return s.Where("request_id = ?", q.ID).OrderExpr("id").For("UPDATE")
	})
}
