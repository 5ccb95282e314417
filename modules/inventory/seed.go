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
	said := func(zh, en string) string { return entity.T(zh, en).In(tx.Tenant.Locale) }
	warehouse := &Warehouse{Code: "WH", Name: said("主仓库", "Main warehouse"), StockLocationID: tx.NewID(), Active: true}
	warehouse.ID = tx.NewID()
	stock := &Location{Code: "STOCK", Name: said("库存", "Stock"), WarehouseID: warehouse.ID, Type: internal, Active: true}
	stock.ID = warehouse.StockLocationID
	if err := record.Create(ctx, tx, warehouse); err != nil {
		return err
	}
	outside := func(code, name, kind string, home id.ID) *Location {
		return &Location{Code: code, Name: name, WarehouseID: home, Type: kind, Active: true}
	}
	return record.Create(ctx, tx, stock,
		outside("SUPPLIER", said("供应商", "Suppliers"), supplier, id.ID{}),
		outside("CUSTOMER", said("客户", "Customers"), customer, id.ID{}),
		outside("PRODUCTION", said("生产", "Production"), production, warehouse.ID),
		outside("LOSS", said("盘盈盘亏", "Gains and losses"), loss, warehouse.ID),
		outside("TRANSIT", said("在途", "In transit"), transit, id.ID{}),
	)
}
