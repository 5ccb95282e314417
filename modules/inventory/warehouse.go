package inventory

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// Warehouse is a place of business where goods are kept.
type Warehouse struct {
	bun.BaseModel `bun:"table:warehouse,alias:wh"`
	entity.Base
	entity.Called

	Code            string `bun:"code,notnull"`
	Name            string `bun:"name,notnull"`
	Address         string `bun:"address,notnull"`
	StockLocationID id.ID  `bun:"stock_location_id,type:uuid,nullzero"`
	Active          bool   `bun:"active,notnull"`

	CountTolerancePercent money.Percent `bun:"count_tolerance_percent,type:numeric(9,4),notnull"`
	CountToleranceAmount  money.Amount  `bun:"count_tolerance_amount,type:numeric(20,4),notnull"`
}

// Describe says what a warehouse's columns mean.
func (w *Warehouse) Describe(d *entity.Desc) {
	d.Is("inventory.warehouse", "warehouses", entity.T("仓库", "Warehouse"), &w.Name)
	d.Field(&w.Code, entity.Field{Label: entity.T("编码", "Code"), Required: true, Unique: true, List: true, Search: true})
	d.Field(&w.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, List: true, Search: true})
	w.DescribeNames(d)
	d.Field(&w.Address, entity.Field{Label: entity.T("地址", "Address"), List: true})
	d.Field(&w.StockLocationID, entity.Field{
		Label: entity.T("默认库位", "Stock location"), Ref: "inventory.location", List: true,
		Help: entity.T("到货和完工默认入此库位", "Where goods that arrive or are made go unless somebody says otherwise"),
	})
	d.Field(&w.Active, entity.Field{Label: entity.T("启用", "Active"), Default: "true", Filter: true})
	d.Field(&w.CountTolerancePercent, entity.Field{
		Label: entity.T("盘点容差（%）", "Count tolerance (%)"), Kind: entity.KindPercent, NotNeg: true,
		Help: entity.T("单行盘点差异超过账面数量的该比例时，过账需要审批；0 表示不限", "A counted line that differs by more of what was expected needs an approval; 0 is no limit"),
	})
	d.Field(&w.CountToleranceAmount, entity.Field{
		Label: entity.T("盘点容差（金额）", "Count tolerance (amount)"), NotNeg: true,
		Help: entity.T("单行盘点差异的金额超过该值时，过账需要审批；0 表示不限", "A counted line that differs by more in value needs an approval; 0 is no limit"),
	})
	d.Key(&w.Code)
}

// prepareWarehouses lets a warehouse that somebody renames be called so by everybody.
func prepareWarehouses(_ context.Context, _ *tenancy.Tx, changes []modules.Change[*Warehouse]) error {
	for _, c := range changes {
		if c.Old != nil && c.Old.Name != c.New.Name {
			c.New.Rename(c.Old.Called)
		}
	}
	return nil
}
