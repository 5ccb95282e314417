package finance

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
)

// BillLine is one thing that a vendor charges.
type BillLine struct {
	bun.BaseModel `bun:"table:finance_bill_line,alias:fbl"`
	entity.Line

	BillID           id.ID          `bun:"bill_id,type:uuid,notnull"`
	PurchaseLineID   id.ID          `bun:"purchase_line_id,type:uuid,nullzero"`
	ProductID        id.ID          `bun:"product_id,type:uuid,nullzero"`
	Description      string         `bun:"description,notnull"`
	Quantity         money.Quantity `bun:"quantity,type:numeric(20,6),notnull"`
	Unit             string         `bun:"unit,notnull"`
	UnitPrice        money.Price    `bun:"unit_price,type:numeric(20,6),notnull"`
	PriceIncludesTax bool           `bun:"price_includes_tax,notnull"`
	DiscountPercent  money.Percent  `bun:"discount_percent,type:numeric(9,4),notnull"`
	TaxID            id.ID          `bun:"tax_id,type:uuid,nullzero"`
	AccountID        id.ID          `bun:"account_id,type:uuid,nullzero"`
	UntaxedAmount    money.Amount   `bun:"untaxed_amount,type:numeric(20,4),notnull"`
	TaxAmount        money.Amount   `bun:"tax_amount,type:numeric(20,4),notnull"`
	TotalAmount      money.Amount   `bun:"total_amount,type:numeric(20,4),notnull"`
	Rounding         bool           `bun:"rounding,notnull"`
}

// Describe says what a bill line means.
func (l *BillLine) Describe(d *entity.Desc) {
	d.Is("finance.bill_line", "bill_lines", entity.T("采购发票明细", "Bill line"), &l.Description)
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&l.BillID, entity.Field{Label: entity.T("采购发票", "Bill"), Ref: "finance.bill", Computed: true})
	d.Field(&l.PurchaseLineID, entity.Field{Label: entity.T("采购订单行", "Purchase order line"), Ref: "purchasing.order_line"})
	d.Field(&l.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", List: true, Filter: true})
	d.Field(&l.Description, entity.Field{Label: entity.T("描述", "Description"), List: true, Search: true})
	d.Field(&l.Quantity, entity.Field{
		Label: entity.T("数量", "Quantity"), Help: entity.T("以产品的库存单位计", "In the product's own unit"), Default: "1",
		NotNeg: true, List: true,
	})
	d.Field(&l.Unit, entity.Field{Label: entity.T("单位", "Unit"), Ref: "inventory.unit_of_measure", RefBy: "code", List: true})
	d.Field(&l.UnitPrice, entity.Field{Label: entity.T("单价", "Unit price"), Kind: entity.KindPrice, Class: "cost", Signed: true, List: true})
	d.Field(&l.PriceIncludesTax, entity.Field{Label: entity.T("单价含税", "Price includes tax"), Class: "cost"})
	d.Field(&l.DiscountPercent, entity.Field{Label: entity.T("折扣 %", "Discount %"), Class: "cost", List: true})
	d.Field(&l.TaxID, entity.Field{Label: entity.T("税率", "Tax"), Ref: "finance.tax", List: true})
	d.Field(&l.AccountID, entity.Field{
		Label: entity.T("费用科目", "Expense account"), Ref: "finance.account",
		Help: entity.T("为空时：存货记暂估应付，其他记默认费用科目", "Empty: goods clear what was received, all else is expense"),
	})
	d.Field(&l.UntaxedAmount, entity.Field{Label: entity.T("不含税金额", "Untaxed amount"), Class: "cost", Computed: true, Signed: true, List: true, Total: true})
	d.Field(&l.TaxAmount, entity.Field{Label: entity.T("税额", "Tax amount"), Class: "cost", Computed: true, Signed: true, List: true, Total: true})
	d.Field(&l.TotalAmount, entity.Field{Label: entity.T("价税合计", "Total"), Class: "cost", Computed: true, Signed: true, List: true, Total: true})
	d.Field(&l.Rounding, entity.Field{Label: entity.T("尾差行", "Rounding line"), Computed: true})
	d.Parent(&l.BillID)
}

func (l *BillLine) priced(tax coreevent.Tax) Priced {
	return Priced{l.Quantity, l.UnitPrice, l.DiscountPercent, l.PriceIncludesTax, l.TaxID, tax.Rate, tax.PerDocument()}
}

func (l *BillLine) setSums(s Sums) {
	l.UntaxedAmount, l.TaxAmount, l.TotalAmount = s.Untaxed, s.Tax, s.Total
}
