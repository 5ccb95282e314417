package purchasing

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// RequisitionRule lets requests that follow from demands or planning be approved, and ordered too, without a person while they stay within a limit.
// What policy wants somebody to agree to waits for them all the same.
type RequisitionRule struct {
	bun.BaseModel `bun:"table:requisition_rule,alias:rqr"`
	entity.Base

	Name     string       `bun:"name,notnull"`
	VendorID id.ID        `bun:"vendor_id,type:uuid,nullzero"`
	Limit    money.Amount `bun:"limit_amount,type:numeric(20,4),notnull"`
	OrderToo bool         `bun:"order_too,notnull"`
	Active   bool         `bun:"active,notnull"`
}

// Describe says what a rule means.
func (r *RequisitionRule) Describe(d *entity.Desc) {
	d.Is("purchasing.requisition_rule", "requisition_rules", entity.T("采购申请自动规则", "Requisition rule"), &r.Name)
	d.Field(&r.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, List: true, Search: true})
	d.Field(&r.VendorID, entity.Field{
		Label: entity.T("供应商", "Vendor"), Ref: "purchasing.vendor", List: true, Filter: true, Help: entity.T("空表示任何供应商", "None: any vendor"),
	})
	d.Field(&r.Limit, entity.Field{
		Label: entity.T("金额上限", "Limit"), Class: "cost", Required: true, Positive: true, List: true,
		Help: entity.T("每张申请的本位币金额，含上限", "Of each request, in company currency, the limit included"),
	})
	d.Field(&r.OrderToo, entity.Field{
		Label: entity.T("同时下单", "Order too"), List: true, Help: entity.T("批准后直接列入供应商的采购订单草稿", "Put on the vendor's draft purchase order at once"),
	})
	d.Field(&r.Active, entity.Field{Label: entity.T("启用", "Active"), Default: "true", List: true, Filter: true})
}

// pass approves and orders requests as the company's rules say. Each is an act of its own: policy is asked about each.
func (b *desk) pass(ctx context.Context, tx *tenancy.Tx, rows []*Requisition) error {
	rules, err := record.Find[RequisitionRule](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("active").OrderExpr("id") })
	if err != nil || len(rules) == 0 {
		return err
	}
	for _, r := range rows {
		if r.VendorID.IsZero() || r.Price.Sign() <= 0 {
			continue
		}
		rate, err := b.Trade.Rate(ctx, tx, r.Currency, tx.Today())
		if err != nil {
			return err
		}
		within, orders := allowed(rules, r, money.RoundTo(r.Price.Mul(r.Quantity).Mul(rate), tx.Tenant.Currency))
		if !within {
			continue
		}
		if parked, err := record.Act(ctx, tx, r, "approve", nil); err != nil || parked || !orders {
			if err != nil {
				return err
			}
			continue
		}
		if _, err := record.Act(ctx, tx, r, "order", nil); err != nil {
			return err
		}
	}
	return nil
}

// allowed tells whether some rule lets a request of this amount pass, and whether one has it ordered too.
func allowed(rules []*RequisitionRule, r *Requisition, amount money.Amount) (within, orders bool) {
	for _, x := range rules {
		if (x.VendorID.IsZero() || x.VendorID == r.VendorID) && !amount.GreaterThan(x.Limit) {
			within, orders = true, orders || x.OrderToo
		}
	}
	return within, orders
}
