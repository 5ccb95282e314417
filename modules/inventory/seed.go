package inventory

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// seed makes one warehouse with one internal location, and the locations that goods come from and go to.
func seed(ctx context.Context, tx *tenancy.Tx) error {
	warehouse := &Warehouse{Code: "WH", Name: "主仓库 Main", StockLocationID: tx.NewID(), Active: true}
	warehouse.ID = tx.NewID()
	stock := &Location{Code: "STOCK", Name: "库存 Stock", WarehouseID: warehouse.ID, Type: internal, Active: true}
	stock.ID = warehouse.StockLocationID
	if err := record.Create(ctx, tx, warehouse); err != nil {
		return err
	}
	outside := func(code, name, kind string, home id.ID) *Location {
		return &Location{Code: code, Name: name, WarehouseID: home, Type: kind, Active: true}
	}
	return record.Create(ctx, tx, stock,
		outside("SUPPLIER", "供应商 Supplier", supplier, id.ID{}),
		outside("CUSTOMER", "客户 Customer", customer, id.ID{}),
		outside("PRODUCTION", "生产 Production", production, warehouse.ID),
		outside("LOSS", "盘盈盘亏 Loss", loss, warehouse.ID),
		outside("TRANSIT", "在途 Transit", transit, id.ID{}),
	)
}
