package finance

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
)

// Dimension is a further way to sort entries 辅助核算: departments, regions, brands.
type Dimension struct {
	bun.BaseModel `bun:"table:finance_dimension,alias:fdi"`
	entity.Base

	Code   string `bun:"code,notnull"`
	Name   string `bun:"name,notnull"`
	Active bool   `bun:"active,notnull"`

	Values []*DimensionValue `bun:"-"`
}

// Describe says what a dimension means.
func (x *Dimension) Describe(d *entity.Desc) {
	d.Is("finance.dimension", "dimensions", entity.T("辅助核算", "Dimension"), &x.Name)
	d.Field(&x.Code, entity.Field{Label: entity.T("编码", "Code"), Required: true, Unique: true, List: true, Search: true})
	d.Field(&x.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, List: true, Search: true})
	d.Field(&x.Active, entity.Field{Label: entity.T("启用", "Active"), Default: "true", List: true, Filter: true})
	d.Key(&x.Code)
	d.Lines(&x.Values, "values", entity.T("取值", "Values"))
}

// DimensionValue is one department, region or brand.
type DimensionValue struct {
	bun.BaseModel `bun:"table:finance_dimension_value,alias:fdv"`
	entity.Line

	DimensionID id.ID  `bun:"dimension_id,type:uuid,notnull"`
	Code        string `bun:"code,notnull"`
	Name        string `bun:"name,notnull"`
	Active      bool   `bun:"active,notnull"`
}

// Describe says what a dimension's value means.
func (v *DimensionValue) Describe(d *entity.Desc) {
	d.Is("finance.dimension_value", "dimension_values", entity.T("辅助核算取值", "Dimension value"), &v.Name)
	d.Field(&v.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&v.DimensionID, entity.Field{Label: entity.T("辅助核算", "Dimension"), Ref: "finance.dimension", Computed: true})
	d.Field(&v.Code, entity.Field{Label: entity.T("编码", "Code"), Required: true, List: true, Search: true})
	d.Field(&v.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, List: true, Search: true})
	d.Field(&v.Active, entity.Field{Label: entity.T("启用", "Active"), Default: "true", List: true})
	d.Parent(&v.DimensionID)
}
