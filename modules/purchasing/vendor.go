package purchasing

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// Vendor is who sells to the company.
type Vendor struct {
	bun.BaseModel `bun:"table:vendor,alias:ve"`
	entity.Base

	Number        string `bun:"number,notnull"`
	Name          string `bun:"name,notnull"`
	Active        bool   `bun:"active,notnull"`
	Currency      string `bun:"currency,notnull"`
	PaymentTermID id.ID  `bun:"payment_term_id,type:uuid,nullzero"`
	TaxID         id.ID  `bun:"tax_id,type:uuid,nullzero"`
	TaxNumber     string `bun:"tax_number,notnull"`
	ContactName   string `bun:"contact_name,notnull"`
	Phone         string `bun:"phone,notnull"`
	Email         string `bun:"email,notnull"`
	Address       string `bun:"address,notnull"`
	BankAccount   string `bun:"bank_account,notnull"`
	Note          string `bun:"note,notnull"`
	Person        bool   `bun:"person,notnull"`

	OverReceiptPercent    money.Percent `bun:"over_receipt_percent,type:numeric(9,4),notnull"`
	PriceTolerancePercent money.Percent `bun:"price_tolerance_percent,type:numeric(9,4),notnull"`
}

// Describe says what a vendor means.
func (v *Vendor) Describe(d *entity.Desc) {
	d.Is("purchasing.vendor", "vendors", entity.T("供应商", "Vendor"), &v.Name)
	d.Field(&v.Number, entity.Field{Label: entity.T("编号", "Number"), Unique: true, List: true, Search: true, Help: entity.T("留空自动编号", "Drawn when left empty")})
	d.Field(&v.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, List: true, Search: true})
	d.Field(&v.Active, entity.Field{Label: entity.T("启用", "Active"), Default: "true", List: true, Filter: true})
	d.Field(&v.Currency, entity.Field{
		Label: entity.T("交易币种", "Currency"), Ref: "finance.currency", RefBy: "code", List: true, Help: entity.T("默认本位币", "By default company currency"),
	})
	d.Field(&v.PaymentTermID, entity.Field{Label: entity.T("付款条件", "Payment term"), Ref: "finance.payment_term"})
	d.Field(&v.TaxID, entity.Field{
		Label: entity.T("默认进项税率", "Default tax"), Ref: "finance.tax", Help: entity.T("采购行的默认税率", "The tax of its order lines by default"),
	})
	d.Field(&v.TaxNumber, entity.Field{Label: entity.T("税号", "Tax number")})
	d.Field(&v.ContactName, entity.Field{Label: entity.T("联系人", "Contact"), Class: "personal", List: true, Search: true})
	d.Field(&v.Phone, entity.Field{Label: entity.T("电话", "Phone"), Class: "personal", List: true})
	d.Field(&v.Email, entity.Field{Label: entity.T("邮箱", "E-mail"), Class: "personal"})
	d.Field(&v.Address, entity.Field{Label: entity.T("地址", "Address"), Class: "personal"})
	d.Field(&v.BankAccount, entity.Field{
		Label: entity.T("银行账户", "Bank account"), Class: "payment", Sealed: true, Lookup: true,
		Help: entity.T("仅财务可见可改", "Only finance sees and changes it"),
	})
	d.Field(&v.Note, entity.Field{Label: entity.T("备注", "Note")})
	d.Field(&v.Person, entity.Field{
		Label: entity.T("个人", "Is a person"), Filter: true,
		Help: entity.T("自然人：可应本人要求删除其个人数据", "A human being: who they are can be deleted at their request"),
	})
	d.Field(&v.OverReceiptPercent, entity.Field{
		Label: entity.T("超收容差 %", "Over-receipt tolerance %"), Help: entity.T("大于采购设置时适用", "Counts when it is larger than the company's"),
	})
	d.Field(&v.PriceTolerancePercent, entity.Field{
		Label: entity.T("发票价格容差 %", "Bill price tolerance %"), Help: entity.T("大于采购设置时适用", "Counts when it is larger than the company's"),
	})
	d.Number(&v.Number, "V")
	d.Key(&v.Number)
	d.PersonIf(&v.Person, &v.Name, &v.TaxNumber, &v.BankAccount, &v.Note)
}

// VendorPrice is what a vendor asks for one unit of a product, from a quantity on, while it is valid.
type VendorPrice struct {
	bun.BaseModel `bun:"table:vendor_price,alias:vp"`
	entity.Base

	ProductID    id.ID          `bun:"product_id,type:uuid,notnull"`
	VendorID     id.ID          `bun:"vendor_id,type:uuid,notnull"`
	Price        money.Price    `bun:"price,type:numeric(20,6),notnull"`
	Currency     string         `bun:"currency,notnull"`
	Unit         string         `bun:"unit,notnull"`
	LeadTimeDays int            `bun:"lead_time_days,notnull"`
	MinQuantity  money.Quantity `bun:"min_quantity,type:numeric(20,6),notnull"`
	MaxQuantity  money.Quantity `bun:"max_quantity,type:numeric(20,6),notnull"`
	Multiple     money.Quantity `bun:"multiple,type:numeric(20,6),notnull"`
	ValidFrom    clock.Date     `bun:"valid_from,type:date,nullzero"`
	ValidTo      clock.Date     `bun:"valid_to,type:date,nullzero"`
}

// Describe says what a vendor's price means.
func (p *VendorPrice) Describe(d *entity.Desc) {
	d.Is("purchasing.vendor_price", "vendor_prices", entity.T("供应商价格", "Vendor price"), nil)
	d.Field(&p.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Required: true, List: true, Filter: true})
	d.Field(&p.VendorID, entity.Field{Label: entity.T("供应商", "Vendor"), Ref: "purchasing.vendor", Required: true, List: true, Filter: true})
	d.Field(&p.Price, entity.Field{
		Label: entity.T("单价", "Price"), Kind: entity.KindPrice, Class: "cost", Required: true, Positive: true, List: true,
		Help: entity.T("不含税，每采购单位", "Without tax, for one unit"),
	})
	d.Field(&p.Currency, entity.Field{
		Label: entity.T("币种", "Currency"), Ref: "finance.currency", RefBy: "code", List: true, Help: entity.T("默认本位币", "By default company currency"),
	})
	d.Field(&p.Unit, entity.Field{
		Label: entity.T("采购单位", "Unit"), Ref: "inventory.unit_of_measure", RefBy: "code", List: true,
		Help: entity.T("默认为产品单位；价格与各数量均以此为单位", "By default the product's own; the price and the quantities are in it"),
	})
	d.Field(&p.LeadTimeDays, entity.Field{Label: entity.T("交货天数", "Lead time in days"), NotNeg: true, List: true})
	d.Field(&p.MinQuantity, entity.Field{Label: entity.T("起订量", "Minimum quantity"), NotNeg: true, List: true})
	d.Field(&p.MaxQuantity, entity.Field{
		Label: entity.T("最大数量", "Maximum quantity"), NotNeg: true, Help: entity.T("0 表示不限；决定适用哪一档价格", "0: none; decides which price break applies"),
	})
	d.Field(&p.Multiple, entity.Field{Label: entity.T("订货倍数", "Multiple"), NotNeg: true, Help: entity.T("0 表示不限", "0: any")})
	d.Field(&p.ValidFrom, entity.Field{Label: entity.T("生效日期", "Valid from"), List: true, Help: entity.T("空表示一直有效", "None: always")})
	d.Field(&p.ValidTo, entity.Field{Label: entity.T("失效日期", "Valid to"), List: true, Help: entity.T("不含当日", "Exclusive")})
	d.Key(&p.ProductID, &p.VendorID, &p.Currency, &p.Unit, &p.MinQuantity, &p.ValidFrom)
}
