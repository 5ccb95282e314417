package inventory

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
)

// Warehouse is a place of business where goods are kept.
type Warehouse struct {
	bun.BaseModel `bun:"table:warehouse,alias:wh"`
	entity.Base

	Code            string `bun:"code,notnull"`
	Name            string `bun:"name,notnull"`
	Address         string `bun:"address,notnull"`
	StockLocationID id.ID  `bun:"stock_location_id,type:uuid,nullzero"`
	Active          bool   `bun:"active,notnull"`
}

// Describe says what a warehouse's columns mean.
func (w *Warehouse) Describe(d *entity.Desc) {
	d.Is("inventory.warehouse", "warehouses", entity.T("仓库", "Warehouse"), &w.Name)
	d.Field(&w.Code, entity.Field{Label: entity.T("编码", "Code"), Required: true, Unique: true, List: true, Search: true})
	d.Field(&w.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, List: true, Search: true})
	d.Field(&w.Address, entity.Field{Label: entity.T("地址", "Address"), List: true})
	d.Field(&w.StockLocationID, entity.Field{
		Label: entity.T("默认库位", "Stock location"), Ref: "inventory.location", List: true,
		Help: entity.T("到货和完工默认入此库位", "Where goods that arrive or are made go unless somebody says otherwise"),
	})
	d.Field(&w.Active, entity.Field{Label: entity.T("启用", "Active"), Default: "true", Filter: true})
	d.Key(&w.Code)
}
