package core

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// ProductCategory groups products that are valued and posted alike.
type ProductCategory struct {
	bun.BaseModel `bun:"table:product_category,alias:pc"`
	entity.Base
	entity.Called

	Code       string `bun:"code,notnull"`
	Name       string `bun:"name,notnull"`
	CostMethod string `bun:"cost_method,notnull"`
}

// Describe says what a category's columns mean.
func (c *ProductCategory) Describe(d *entity.Desc) {
	d.Is("inventory.product_category", "product_categories", entity.T("产品类别", "Product category"), &c.Name)
	d.Field(&c.Code, entity.Field{Label: entity.T("编码", "Code"), Required: true, Immutable: true, Unique: true, List: true, Search: true})
	d.Field(&c.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, List: true, Search: true})
	c.DescribeNames(d)
	d.Field(&c.CostMethod, entity.Field{Label: entity.T("计价方法", "Cost method"), Default: "average", Options: costMethods(), List: true, Filter: true})
	d.Key(&c.Code)
}

// prepareCategories lets a category that somebody renames be called so by everybody.
func prepareCategories(_ context.Context, _ *tenancy.Tx, changes []modules.Change[*ProductCategory]) error {
	for _, c := range changes {
		if c.Old != nil && c.Old.Name != c.New.Name {
			c.New.Rename(c.Old.Called)
		}
	}
	return nil
}
