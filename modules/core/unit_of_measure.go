package core

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/money"
)

// Unit is a unit of measure. Units of one dimension convert by their exact ratios to the dimension's base unit; packages hold what each product says.
type Unit struct {
	bun.BaseModel `bun:"table:unit_of_measure,alias:uom"`
	entity.Base

	Code        string         `bun:"code,notnull"`
	Name        string         `bun:"name,notnull"`
	NameEN      string         `bun:"name_en,notnull"`
	Dimension   string         `bun:"dimension,notnull"`
	Numerator   money.Quantity `bun:"numerator,type:numeric(20,6),notnull"`
	Denominator money.Quantity `bun:"denominator,type:numeric(20,6),notnull"`
	Rounding    money.Quantity `bun:"rounding,type:numeric(20,6),notnull"`
}

// packages is the dimension of units whose content differs from product to product.
const packages = "package"

// Describe says what a unit's columns mean.
func (u *Unit) Describe(d *entity.Desc) {
	d.Is("inventory.unit_of_measure", "units_of_measure", entity.T("计量单位", "Unit of measure"), &u.Name)
	d.Field(&u.Code, entity.Field{Label: entity.T("编码", "Code"), Required: true, Immutable: true, Unique: true, List: true, Search: true})
	d.Field(&u.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, List: true, Search: true})
	d.Field(&u.NameEN, entity.Field{Label: entity.T("英文名称", "English name"), List: true, Search: true})
	d.Field(&u.Dimension, entity.Field{
		Label: entity.T("量纲", "Dimension"), Default: "count", Immutable: true, List: true, Filter: true,
		Options: entity.Options("count", "数量", "Count", "mass", "质量", "Mass", "length", "长度", "Length", "area", "面积", "Area", "volume", "体积", "Volume",
			"time", "时间", "Time", packages, "包装", "Package"),
	})
	d.Field(&u.Numerator, entity.Field{
		Label: entity.T("换算分子", "Numerator"), Default: "1", Immutable: true, Positive: true,
		Help: entity.T("1 个该单位 = 分子 ÷ 分母 个基本单位", "One of this unit is numerator ÷ denominator of the dimension's base unit"),
	})
	d.Field(&u.Denominator, entity.Field{Label: entity.T("换算分母", "Denominator"), Default: "1", Immutable: true, Positive: true})
	d.Field(&u.Rounding, entity.Field{
		Label: entity.T("最小单位", "Smallest step"), Default: "0.001", Positive: true,
		Help: entity.T("计划数量按此步长取整", "Planned quantities are rounded to multiples of it"),
	})
	d.Key(&u.Code)
}
