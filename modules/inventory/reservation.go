package inventory

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
)

// What serves a demand: goods on hand, something on its way, or nothing yet.
const (
	fromStock  = "stock"
	fromSupply = "supply"
	fromNone   = "wait"
)

// The states of a reservation.
const (
	open     = "open"
	done     = "done"     // the goods left, or went into production
	released = "released" // nobody needs them any more
)

// The demands that reservations are for.
const (
	orderLine = "sales.order_line"
	material  = "production.material"
)

// Reservation says what serves a demand. All open reservations of a demand together are what it still needs.
type Reservation struct {
	bun.BaseModel `bun:"table:reservation,alias:rsv"`
	entity.Base

	ProductID         id.ID          `bun:"product_id,type:uuid,notnull"`
	Quantity          money.Quantity `bun:"quantity,type:numeric(20,6),notnull"`
	FulfilledQuantity money.Quantity `bun:"fulfilled_quantity,type:numeric(20,6),notnull"`
	Source            string         `bun:"source,notnull"`
	Status            string         `bun:"status,notnull"`
	DemandEntity      string         `bun:"demand_entity,notnull"`
	DemandLineID      id.ID          `bun:"demand_line_id,type:uuid,notnull"`
	DemandID          id.ID          `bun:"demand_id,type:uuid,notnull"`
	DemandNo          string         `bun:"demand_no,notnull"`
	SalesOrderID      id.ID          `bun:"sales_order_id,type:uuid,nullzero"`
	NeedBy            clock.Date     `bun:"need_by,type:date,nullzero"`
	LocationID        id.ID          `bun:"location_id,type:uuid,nullzero"`
	LotID             id.ID          `bun:"lot_id,type:uuid,nullzero"`
	SupplyEntity      string         `bun:"supply_entity,notnull"`
	SupplyID          id.ID          `bun:"supply_id,type:uuid,nullzero"`
	SupplyNo          string         `bun:"supply_no,notnull"`
	ExpectedDate      clock.Date     `bun:"expected_date,type:date,nullzero"`
	Reason            string         `bun:"reason,notnull"`
	Awaits            bool           `bun:"awaits,notnull"`
}

// Describe says what a reservation's columns mean.
func (r *Reservation) Describe(d *entity.Desc) {
	d.Is("inventory.reservation", "reservations", entity.T("预留", "Reservation"), &r.DemandNo)
	d.Field(&r.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Computed: true, List: true, Filter: true})
	d.Field(&r.Quantity, entity.Field{Label: entity.T("未结数量", "Open quantity"), Computed: true, List: true, Total: true})
	d.Field(&r.FulfilledQuantity, entity.Field{Label: entity.T("已出数量", "Fulfilled quantity"), Computed: true, List: true})
	d.Field(&r.Source, entity.Field{
		Label: entity.T("来源", "Served by"), Computed: true, List: true, Filter: true,
		Options: entity.Options(fromStock, "库存", "Stock", fromSupply, "在途供应", "Inbound supply", fromNone, "尚无供应", "Nothing yet"),
	})
	d.Field(&r.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, List: true, Filter: true,
		Options: entity.Options(open, "有效", "Open", done, "已完成", "Done", released, "已释放", "Released"),
	})
	d.Field(&r.DemandEntity, entity.Field{Label: entity.T("需求类型", "Kind of demand"), Computed: true, Filter: true})
	d.Field(&r.DemandLineID, entity.Field{Label: entity.T("需求行", "Demand line"), Computed: true})
	d.Field(&r.DemandID, entity.Field{Label: entity.T("需求单据", "Demand document"), Computed: true})
	d.Field(&r.DemandNo, entity.Field{Label: entity.T("需求单号", "Demand no."), Computed: true, List: true, Search: true})
	d.Field(&r.SalesOrderID, entity.Field{Label: entity.T("销售订单", "Sales order"), Computed: true, Filter: true})
	d.Field(&r.NeedBy, entity.Field{Label: entity.T("需求日期", "Needed by"), Computed: true, List: true, Filter: true})
	d.Field(&r.LocationID, entity.Field{Label: entity.T("库位", "Location"), Ref: "inventory.location", Computed: true, List: true, Filter: true})
	d.Field(&r.LotID, entity.Field{Label: entity.T("批次", "Lot"), Ref: "inventory.lot", Computed: true})
	d.Field(&r.SupplyEntity, entity.Field{Label: entity.T("供应类型", "Kind of supply"), Computed: true, Filter: true})
	d.Field(&r.SupplyID, entity.Field{Label: entity.T("供应单据", "Supply document"), Computed: true})
	d.Field(&r.SupplyNo, entity.Field{Label: entity.T("供应单号", "Supply no."), Computed: true, List: true, Search: true})
	d.Field(&r.ExpectedDate, entity.Field{Label: entity.T("预计日期", "Expected"), Computed: true, List: true, Filter: true})
	d.Field(&r.Reason, entity.Field{
		Label: entity.T("分配原因", "Reason"), Computed: true, List: true, Help: entity.T("重新分配或指定到货的原因", "Why it was reallocated, or waits for this very supply"),
	})
	d.Field(&r.Awaits, entity.Field{
		Label: entity.T("指定到货", "This supply only"), Computed: true, Aside: true, Filter: true,
		Help: entity.T("由人指定等待该到货单据，其他货物不用于它", "A person lets it wait for this very document: no other goods are given to it"),
	})
	d.Measure(&r.Quantity, done, released)
	d.Follows(&r.SalesOrderID, "sales.order")
	d.ReadOnly()
	d.NoDelete()
}

// demand tells for whom it is.
func (r *Reservation) demand() inventoryevent.Demand {
	return inventoryevent.Demand{Entity: r.DemandEntity, LineID: r.DemandLineID, DocumentID: r.DemandID, DocumentNo: r.DemandNo, SalesOrderID: r.SalesOrderID}
}

// reserved tells of a quantity of goods that it holds or held.
func (r *Reservation) reserved(q money.Quantity) inventoryevent.Reserved {
	return inventoryevent.Reserved{Demand: r.demand(), ProductID: r.ProductID, LocationID: r.LocationID, LotID: r.LotID, Quantity: q}
}

// peg tells of a quantity that waits for its supply.
func (r *Reservation) peg(q money.Quantity) inventoryevent.Peg {
	return inventoryevent.Peg{
		Demand: r.demand(), ProductID: r.ProductID, Quantity: q,
		SupplyEntity: r.SupplyEntity, SupplyID: r.SupplyID, SupplyNo: r.SupplyNo, Date: r.ExpectedDate,
	}
}

// short tells that it waits and that nothing is on its way.
func (r *Reservation) short() inventoryevent.Short {
	return inventoryevent.Short{Demand: r.demand(), ProductID: r.ProductID, Quantity: r.Quantity, NeedBy: r.NeedBy}
}

// before puts the demand first that was promised first; among equals the older one.
func (r *Reservation) before(o *Reservation) int {
	a, b := r.promised(), o.promised()
	switch {
	case a.Before(b):
		return -1
	case b.Before(a):
		return 1
	}
	return compare(r.ID, o.ID)
}

// promised is the day that counts for whose turn it is: when it is needed, else when it was expected, else when it was asked for.
func (r *Reservation) promised() clock.Date {
	switch {
	case !r.NeedBy.IsZero():
		return r.NeedBy
	case !r.ExpectedDate.IsZero():
		return r.ExpectedDate
	}
	return clock.DateOf(r.CreatedAt, r.CreatedAt.Location())
}

func compare(a, b id.ID) int {
	for i := range a {
		if a[i] != b[i] {
			return int(a[i]) - int(b[i])
		}
	}
	return 0
}
