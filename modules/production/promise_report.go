package production

import (
	"context"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// PromiseInput is what somebody would like to have, in the product's own unit.
type PromiseInput struct {
	ProductID id.ID          `in:"product_id" label:"产品|Product"`
	Quantity  money.Quantity `in:"quantity" label:"数量|Quantity"`
}

// promiseReport tells when a quantity could be here if it were made or bought now.
func (f *floor) promiseReport() modules.Report {
	return modules.Report{
		Name:  "capable_to_promise",
		Label: entity.T("可承诺日期", "Capable to promise"),
		Of:    orderEntity,
		Input: func() any { return new(PromiseInput) },
		Columns: []entity.Field{
			{Name: "product_id", Label: entity.T("产品", "Product"), Kind: entity.KindID, Ref: "inventory.product", Class: entity.Basic},
			{Name: "quantity", Label: entity.T("数量", "Quantity"), Kind: entity.KindQuantity, Class: entity.Basic},
			{Name: "from_stock", Label: entity.T("现有可用", "Free in stock"), Kind: entity.KindQuantity, Class: entity.Basic},
			{Name: "way", Label: entity.T("供应方式", "Supplied by"), Kind: entity.KindText, Class: entity.Basic},
			{Name: "earliest_date", Label: entity.T("最早日期", "Earliest date"), Kind: entity.KindDate, Class: entity.Basic},
			{Name: "critical_product_id", Label: entity.T("关键产品", "Held up by"), Kind: entity.KindID, Ref: "inventory.product", Class: entity.Basic},
		},
		Run: f.promise,
	}
}

func (f *floor) promise(ctx context.Context, tx *tenancy.Tx, input any) ([]map[string]any, error) {
	in, _ := input.(*PromiseInput)
	quantity := in.Quantity
	if quantity.Sign() <= 0 {
		quantity = money.Int(1)
	}
	products, err := f.Products.Products(ctx, tx, []id.ID{in.ProductID})
	if err != nil || products[in.ProductID].ID.IsZero() { // nothing, or nothing that is known, was asked for
		return nil, err
	}
	free := map[id.ID]money.Quantity{}
	if products[in.ProductID].SupplyPolicy != "order" {
		if free, err = f.Stock.Look(ctx, tx, []id.ID{in.ProductID}); err != nil {
			return nil, err
		}
	}
	here := money.Min(free[in.ProductID], quantity)
	row := map[string]any{"product_id": in.ProductID, "quantity": quantity, "from_stock": here, "way": "stock", "earliest_date": tx.Today()}
	if rest := quantity.Sub(here); rest.Sign() > 0 {
		list, err := Promises{f.Plugs}.Capable(ctx, tx, []productionevent.Wish{{ProductID: in.ProductID, Quantity: rest}})
		if err != nil {
			return nil, err
		}
		row["way"], row["earliest_date"], row["critical_product_id"] = list[0].Way, nonzero(list[0].Earliest), list[0].Critical
	}
	return []map[string]any{row}, nil
}

// nonzero is a date, or nothing.
func nonzero(d clock.Date) any {
	if d.IsZero() {
		return nil
	}
	return d
}
