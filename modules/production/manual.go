package production

import (
	"context"

	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// prepareOrders completes production orders that people make: materials from the bill of materials where none are given, dates, and the orders below.
// Stock and purchasing hear of them once they are saved.
func (f *floor) prepareOrders(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Order]) error {
	var made, changed []*Order
	var products, components []id.ID
	for _, c := range changes {
		if c.Old != nil {
			changed = append(changed, c.New)
			continue
		}
		if c.New.ProductID.IsZero() {
			return nil // the engine names what is missing
		}
		c.New.Manual = true
		made = append(made, c.New)
		products = append(products, c.New.ProductID)
		for _, m := range c.New.Materials {
			components = append(components, m.ProductID)
		}
	}
	if err := keepMaterials(ctx, tx, changed); err != nil || len(made) == 0 {
		return err
	}
	book, err := f.cookbook(ctx, tx, append(append([]id.ID{}, products...), components...))
	if err != nil {
		return err
	}
	p, err := f.informed(ctx, tx, book, components)
	if err != nil {
		return err
	}
	given := map[id.ID]*Order{}
	for _, o := range made {
		if err := p.adopt(o); err != nil {
			return err
		}
		given[o.ID] = o
	}
	p.schedule()
	for _, o := range p.orders {
		if r := given[o.ID]; r != nil {
			p.fill(r, o)
		}
	}
	tx.BeforeCommit(func(ctx context.Context) error {
		_, err := f.launch(ctx, tx.As("production"), p, given)
		return err
	})
	return nil
}

// adopt plans below an order that a person makes, with the materials and dates that they gave.
func (p *planner) adopt(o *Order) error {
	product := p.products[o.ProductID]
	switch {
	case !product.Stocked():
		return fault.New(fault.Rule, "production.not_stocked", "只能为库存产品创建生产工单", "Only stocked products can be made").
			At("product_id", "production.not_stocked", "不是库存产品", "is no stocked product")
	case product.Tracking == "serial" && !o.Quantity.IsInteger():
		return fault.New(fault.Rule, "lot.not_whole", "产品 %s 按序列号追踪，数量必须为整数", "Product %s has serial numbers: the quantity must be whole", product.Number).
			At("quantity", "lot.not_whole", "必须为整数", "must be whole")
	case !o.StartDate.IsZero() && !o.DueDate.IsZero() && o.DueDate.Before(o.StartDate):
		return fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").
			At("due_date", "span.empty", "完工日期早于开工日期", "is before the start date")
	case p.recipes[o.ProductID] == nil && len(o.Materials) == 0:
		return fault.New(fault.Rule, "bom.missing", "产品 %s 没有有效的物料清单，请填写用料", "Product %s has no valid bill of materials; list its materials", product.Number).
			At("product_id", "bom.missing", "没有有效的物料清单", "has no valid bill of materials")
	}
	root := &planned{
		ID: o.ID, ProductID: o.ProductID, Recipe: p.recipes[o.ProductID], Quantity: o.Quantity, NeedBy: o.DueDate, path: []id.ID{o.ProductID},
		Demand: inventoryevent.Demand{SalesOrderID: o.SalesOrderID},
	}
	if !o.StartDate.IsZero() {
		root.Fixed, root.Start, root.Due = true, o.StartDate, o.DueDate
		if root.Due.IsZero() {
			root.Due = root.Start.AddDays(p.days(o.ProductID))
		}
	}
	for _, m := range o.Materials {
		root.Materials = append(root.Materials, &component{ID: m.ID, ProductID: m.ProductID, Quantity: m.Quantity})
	}
	return p.supply(root)
}

// keepMaterials refuses other materials on an order that stands: stock and purchasing already work with them.
func keepMaterials(ctx context.Context, tx *tenancy.Tx, orders []*Order) error {
	if len(orders) == 0 {
		return nil
	}
	keys := make([]id.ID, len(orders))
	for i, o := range orders {
		keys[i] = o.ID
	}
	var rows []Material
	err := tx.NewRaw("SELECT id, order_id, product_id, quantity FROM production_material WHERE order_id = ANY(?::uuid[])", pgdialect.Array(keys)).
		Scan(ctx, &rows)
	if err != nil {
		return err
	}
	had := map[id.ID]int{}
	for _, r := range rows {
		had[r.OrderID]++
	}
	for _, o := range orders {
		same := had[o.ID] == len(o.Materials)
		for _, r := range rows {
			if r.OrderID == o.ID {
				m := o.material(r.ID)
				same = same && m != nil && m.ProductID == r.ProductID && m.Quantity.Equal(r.Quantity)
			}
		}
		if !same {
			return fault.New(fault.Rule, "production.materials_fixed", "工单用料已进入计划，不能修改；请取消工单后重新创建",
				"The materials are planned already; cancel the order and make a new one").
				At("materials", "production.materials_fixed", "不能修改", "cannot be changed")
		}
	}
	return nil
}
