package purchasing

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// Setting is by how much receipts and bills may differ from what was ordered. A company has one; without it they may not differ at all.
type Setting struct {
	bun.BaseModel `bun:"table:purchasing_setting,alias:ps"`
	entity.Base

	OverReceiptPercent       money.Percent `bun:"over_receipt_percent,type:numeric(9,4),notnull"`
	QuantityTolerancePercent money.Percent `bun:"quantity_tolerance_percent,type:numeric(9,4),notnull"`
	PriceTolerancePercent    money.Percent `bun:"price_tolerance_percent,type:numeric(9,4),notnull"`
}

// Describe says what a setting means.
func (s *Setting) Describe(d *entity.Desc) {
	d.Is("purchasing.setting", "settings", entity.T("采购设置", "Purchasing setting"), nil)
	d.Field(&s.OverReceiptPercent, entity.Field{
		Label: entity.T("超收容差 %", "Over-receipt tolerance %"), List: true,
		Help: entity.T("收货可超过订购数量的比例；供应商或订单行可放宽", "How much more than ordered may come in; a vendor or an order line may allow more"),
	})
	d.Field(&s.QuantityTolerancePercent, entity.Field{
		Label: entity.T("发票数量容差 %", "Bill quantity tolerance %"), List: true,
		Help: entity.T("开票数量可超过收货数量的比例", "How much more than received may be billed before the payment is blocked"),
	})
	d.Field(&s.PriceTolerancePercent, entity.Field{
		Label: entity.T("发票价格容差 %", "Bill price tolerance %"), List: true,
		Help: entity.T("开票价格可高于订购价格的比例", "How much dearer than ordered a bill may be before the payment is blocked"),
	})
}

// prepareSettings refuses a second setting.
func prepareSettings(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Setting]) error {
	for _, c := range changes {
		if c.Old != nil {
			continue
		}
		known, err := record.Find[Setting](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Limit(1) })
		if err != nil {
			return err
		}
		if len(known) > 0 || len(changes) > 1 {
			return fault.New(fault.Conflict, "setting.exists", "采购设置已存在，请修改现有设置", "There is a purchasing setting already; change that one")
		}
	}
	return nil
}

// setting reads the company's setting; all zero without one.
func setting(ctx context.Context, tx *tenancy.Tx) (*Setting, error) {
	rows, err := record.Find[Setting](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.OrderExpr("id").Limit(1) })
	if err != nil || len(rows) == 0 {
		return &Setting{}, err
	}
	return rows[0], nil
}

// Tolerances answers finance's question by how much a vendor's bill may differ from what was ordered and received.
type Tolerances struct{}

// Tolerances returns the percentages by which quantity and price may exceed order and receipt. A vendor's own tolerance counts when it is larger.
func (Tolerances) Tolerances(ctx context.Context, tx *tenancy.Tx, vendor id.ID) (quantity, price money.Percent, err error) {
	s, err := setting(ctx, tx)
	if err != nil {
		return quantity, price, err
	}
	vendors, err := record.GetMany[Vendor](ctx, tx, distinct([]id.ID{vendor}))
	if err != nil {
		return quantity, price, err
	}
	quantity, price = s.QuantityTolerancePercent, s.PriceTolerancePercent
	for _, v := range vendors {
		price = money.Max(price, v.PriceTolerancePercent)
	}
	return quantity, price, nil
}
