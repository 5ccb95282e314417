package inventory

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// seed makes one warehouse with one internal location, and the locations that goods come from and go to, named in the company's language.
func seed(ctx context.Context, tx *tenancy.Tx) error {
	main := entity.T("主仓库", "Main warehouse")
	warehouse := &Warehouse{Called: entity.Names(main), Code: "WH", Name: main.In(tx.Tenant.Locale), StockLocationID: tx.NewID(), Active: true}
	warehouse.ID = tx.NewID()
	place := func(code string, name entity.Text, kind string, home id.ID) *Location {
		return &Location{Called: entity.Names(name), Code: code, Name: name.In(tx.Tenant.Locale), WarehouseID: home, Type: kind, Active: true}
	}
	stock := place("STOCK", entity.T("库存", "Stock"), internal, warehouse.ID)
	stock.ID = warehouse.StockLocationID
	if err := record.Create(ctx, tx, warehouse); err != nil {
		return err
	}
	return record.Create(ctx, tx, stock,
		place("SUPPLIER", entity.T("供应商", "Suppliers"), supplier, id.ID{}),
		place("CUSTOMER", entity.T("客户", "Customers"), customer, id.ID{}),
		place("PRODUCTION", entity.T("生产", "Production"), production, warehouse.ID),
		place("LOSS", entity.T("盘盈盘亏", "Gains and losses"), loss, warehouse.ID),
		place("TRANSIT", entity.T("在途", "In transit"), transit, id.ID{}),
	)
}
