package core

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/money"
)

// Tax is a value added tax rate, and whether it is rounded for each line or once for a document.
type Tax struct {
	bun.BaseModel `bun:"table:tax,alias:tax"`
	entity.Base

	Code     string        `bun:"code,notnull"`
	Name     string        `bun:"name,notnull"`
	NameEN   string        `bun:"name_en,notnull"`
	Rate     money.Percent `bun:"rate,type:numeric(9,4),notnull"`
	Kind     string        `bun:"kind,notnull"`
	Rounding string        `bun:"rounding,notnull"`
	Active   bool          `bun:"active,notnull"`
}

// Describe says what a tax's columns mean.
func (t *Tax) Describe(d *entity.Desc) {
	d.Is("finance.tax", "taxes", entity.T("税率", "Tax"), &t.Name)
	d.Field(&t.Code, entity.Field{Label: entity.T("编码", "Code"), Required: true, Unique: true, List: true, Search: true})
	d.Field(&t.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, List: true, Search: true})
	d.Field(&t.NameEN, entity.Field{Label: entity.T("英文名称", "English name"), List: true, Search: true})
	d.Field(&t.Rate, entity.Field{Label: entity.T("税率（%）", "Rate in percent"), Required: true, Immutable: true, NotNeg: true, List: true})
	d.Field(&t.Kind, entity.Field{
		Label: entity.T("适用范围", "Applies to"), Default: "both", List: true, Filter: true,
		Options: entity.Options("sale", "销售", "Sales", "purchase", "采购", "Purchases", "both", "销售和采购", "Both"),
	})
	d.Field(&t.Rounding, entity.Field{
		Label: entity.T("舍入方式", "Rounding"), Default: "line",
		Options: entity.Options("line", "按行舍入", "Per line", "document", "按单据舍入", "Per document"),
	})
	d.Field(&t.Active, entity.Field{Label: entity.T("启用", "Active"), Default: "true", Filter: true})
	d.Key(&t.Code)
}
