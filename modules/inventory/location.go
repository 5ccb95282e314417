package inventory

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// The types of location. Only internal and transit ones and those at vendors who work for us hold stock of ours; goods come from and go to the others.
const (
	internal      = "internal"
	supplier      = "supplier"
	customer      = "customer"
	production    = "production"
	loss          = "loss"
	transit       = "transit"
	subcontractor = "subcontractor"
)

// Location is where goods are, or where they come from and go to.
type Location struct {
	bun.BaseModel `bun:"table:location,alias:loc"`
	entity.Base
	entity.Called

	Code          string `bun:"code,notnull"`
	Name          string `bun:"name,notnull"`
	WarehouseID   id.ID  `bun:"warehouse_id,type:uuid,nullzero"`
	Type          string `bun:"type,notnull"`
	AllowNegative bool   `bun:"allow_negative,notnull"`
	Active        bool   `bun:"active,notnull"`
	VendorID      id.ID  `bun:"vendor_id,type:uuid,nullzero"`
}

// owned tells that goods at this location are ours: balances are kept for it.
func (l *Location) owned() bool {
	return l.Type == internal || l.Type == transit || l.Type == subcontractor
}

// Describe says what a location's columns mean.
func (l *Location) Describe(d *entity.Desc) {
	d.Is("inventory.location", "locations", entity.T("库位", "Location"), &l.Name)
	d.Field(&l.Code, entity.Field{Label: entity.T("编码", "Code"), Required: true, Unique: true, List: true, Search: true})
	d.Field(&l.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, List: true, Search: true})
	l.DescribeNames(d)
	d.Field(&l.WarehouseID, entity.Field{Label: entity.T("仓库", "Warehouse"), Ref: "inventory.warehouse", List: true, Filter: true})
	d.Field(&l.Type, entity.Field{
		Label: entity.T("类型", "Type"), Default: internal, Immutable: true, List: true, Filter: true,
		Options: entity.Options(internal, "内部", "Internal", supplier, "供应商", "Supplier", customer, "客户", "Customer",
			production, "生产", "Production", loss, "盘亏盘盈", "Loss", transit, "在途", "Transit",
			subcontractor, "委外供应商处", "At a subcontractor"),
	})
	d.Field(&l.VendorID, entity.Field{
		Label: entity.T("委外供应商", "Subcontractor"), Computed: true, Filter: true,
		Help: entity.T("发给该供应商加工的物料所在库位", "Where materials are that were sent to this vendor to be worked on"),
	})
	d.Field(&l.AllowNegative, entity.Field{
		Label: entity.T("允许负库存", "Allows negative stock"), Default: "false", Immutable: true,
		Help: entity.T("结存可以小于零；建立后不可更改", "Balances may fall below zero; fixed when the location is made"),
	})
	d.Field(&l.Active, entity.Field{Label: entity.T("启用", "Active"), Default: "true", Filter: true})
	d.Key(&l.Code)
}

// prepareLocations puts an internal location without a warehouse into the first one, and refuses to put away a location that holds stock.
func prepareLocations(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Location]) error {
	stood := []id.ID{}
	homeless := false
	for _, c := range changes {
		if c.Old != nil && c.Old.Name != c.New.Name {
			c.New.Rename(c.Old.Called)
		}
		homeless = homeless || c.New.Type == internal && c.New.WarehouseID.IsZero()
		if c.Old != nil && c.Old.Active && !c.New.Active {
			stood = append(stood, c.New.ID)
		}
	}
	if homeless {
		var first []id.ID
		if err := tx.NewRaw("SELECT id FROM warehouse WHERE active ORDER BY id LIMIT 1").Scan(ctx, &first); err != nil {
			return err
		}
		for _, c := range changes {
			if len(first) > 0 && c.New.Type == internal && c.New.WarehouseID.IsZero() {
				c.New.WarehouseID = first[0]
			}
		}
	}
	if len(stood) == 0 {
		return nil
	}
	var full []id.ID
	err := tx.NewRaw("SELECT DISTINCT location_id FROM stock_balance WHERE location_id = ANY(?::uuid[]) AND on_hand <> 0", pgdialect.Array(stood)).Scan(ctx, &full)
	if err != nil {
		return err
	}
	if len(full) > 0 {
		return fault.New(fault.Rule, "location.holds_stock", "库位仍有库存，不能停用", "The location still holds stock and can't be put out of use").
			With("locations", fmt.Sprint(len(full)))
	}
	return nil
}
