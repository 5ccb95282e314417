package finance

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
)

// VendorCreditLine is one thing that a vendor credits: goods of a purchase line, or an amount on an account.
type VendorCreditLine struct {
	bun.BaseModel `bun:"table:finance_vendor_credit_line,alias:fvcl"`
	entity.Line

	VendorCreditID   id.ID          `bun:"vendor_credit_id,type:uuid,notnull"`
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

// Describe says what a line of a vendor's credit means.
func (l *VendorCreditLine) Describe(d *entity.Desc) {
	d.Is("finance.vendor_credit_line", "vendor_credit_lines", entity.T("供应商红字发票明细", "Vendor credit line"), &l.Description)
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&l.VendorCreditID, entity.Field{Label: entity.T("供应商红字发票", "Vendor credit"), Ref: "finance.vendor_credit", Computed: true})
	d.Field(&l.PurchaseLineID, entity.Field{Label: entity.T("采购订单行", "Purchase order line"), Ref: "purchasing.order_line"})
	d.Field(&l.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", List: true, Filter: true})
	d.Field(&l.Description, entity.Field{Label: entity.T("描述", "Description"), List: true, Search: true})
	d.Field(&l.Quantity, entity.Field{Label: entity.T("数量", "Quantity"), Default: "1", NotNeg: true, List: true})
	d.Field(&l.Unit, entity.Field{Label: entity.T("单位", "Unit"), Ref: "inventory.unit_of_measure", RefBy: "code", List: true})
	d.Field(&l.UnitPrice, entity.Field{Label: entity.T("单价", "Unit price"), Kind: entity.KindPrice, Class: "cost", NotNeg: true, List: true})
	d.Field(&l.PriceIncludesTax, entity.Field{Label: entity.T("单价含税", "Price includes tax"), Class: "cost"})
	d.Field(&l.DiscountPercent, entity.Field{Label: entity.T("折扣 %", "Discount %"), Class: "cost", List: true})
	d.Field(&l.TaxID, entity.Field{Label: entity.T("税率", "Tax"), Ref: "finance.tax", List: true})
	d.Field(&l.AccountID, entity.Field{
		Label: entity.T("科目", "Account"), Ref: "finance.account",
		Help: entity.T("为空时：采购订单行的货物冲暂估应付，其他存货记价格差异，其余冲减默认费用", "Empty: goods of a purchase line clear what is expected, other goods are price variance, all else is expense"),
	})
	d.Field(&l.UntaxedAmount, entity.Field{Label: entity.T("不含税金额", "Untaxed amount"), Class: "cost", Computed: true, Signed: true, List: true, Total: true})
	d.Field(&l.TaxAmount, entity.Field{Label: entity.T("税额", "Tax amount"), Class: "cost", Computed: true, Signed: true, List: true, Total: true})
	d.Field(&l.TotalAmount, entity.Field{Label: entity.T("价税合计", "Total"), Class: "cost", Computed: true, Signed: true, List: true, Total: true})
	d.Field(&l.Rounding, entity.Field{Label: entity.T("尾差行", "Rounding line"), Computed: true, Aside: true})
	d.Parent(&l.VendorCreditID)
}

func (l *VendorCreditLine) priced(tax coreevent.Tax) Priced {
	return Priced{l.Quantity, l.UnitPrice, l.DiscountPercent, l.PriceIncludesTax, l.TaxID, tax.Rate, tax.PerDocument()}
}

func (l *VendorCreditLine) setSums(s Sums) {
	l.UntaxedAmount, l.TaxAmount, l.TotalAmount = s.Untaxed, s.Tax, s.Total
}
