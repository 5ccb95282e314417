package sales

import (
	"sort"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// Promise is an inbound supply that an order line waits for. It follows from what inventory tells.
type Promise struct {
	bun.BaseModel `bun:"table:sales_promise,alias:p"`
	entity.Base

	OrderID      id.ID          `bun:"order_id,type:uuid,notnull"`
	OrderLineID  id.ID          `bun:"order_line_id,type:uuid,notnull"`
	SupplyEntity string         `bun:"supply_entity,notnull"`
	SupplyID     id.ID          `bun:"supply_id,type:uuid,notnull"`
	SupplyNo     string         `bun:"supply_no,notnull"`
	Quantity     money.Quantity `bun:"quantity,type:numeric(20,6),notnull"`
	Date         clock.Date     `bun:"date,nullzero"`
}

// Describe says what the fields mean.
func (p *Promise) Describe(d *entity.Desc) {
	d.Is("sales.promise", "promises", entity.T("供应承诺", "Supply promise"), &p.SupplyNo)
	d.Field(&p.OrderID, entity.Field{Label: entity.T("订单", "Order"), Ref: "sales.order", Computed: true, List: true, Filter: true})
	d.Field(&p.OrderLineID, entity.Field{Label: entity.T("订单行", "Order line"), Ref: "sales.order_line", Computed: true})
	d.Field(&p.SupplyEntity, entity.Field{Label: entity.T("供应类型", "Kind of supply"), Computed: true})
	d.Field(&p.SupplyID, entity.Field{Label: entity.T("供应单据编号", "Supply id"), Computed: true})
	d.Field(&p.SupplyNo, entity.Field{Label: entity.T("供应单据", "Supply"), Computed: true, List: true})
	d.Field(&p.Quantity, entity.Field{Label: entity.T("数量", "Quantity"), Computed: true, List: true})
	d.Field(&p.Date, entity.Field{Label: entity.T("预计日期", "Expected on"), Computed: true, List: true, Filter: true})
	d.Derived()
}

// prune takes supplies away, oldest first, until no more than room is left: what has arrived, or came under another document since, is promised no
// longer.
func prune(list []*Promise, room money.Quantity) []*Promise {
	sort.SliceStable(list, func(i, j int) bool { return older(list[i].ID, list[j].ID) })
	over := money.Zero().Sub(room)
	for _, p := range list {
		over = over.Add(p.Quantity)
	}
	var kept []*Promise
	for _, p := range list {
		if over.Sign() > 0 {
			cut := money.Min(over, p.Quantity)
			p.Quantity, over = p.Quantity.Sub(cut), over.Sub(cut)
		}
		if p.Quantity.Sign() > 0 {
			kept = append(kept, p)
		}
	}
	return kept
}

// older compares ids, which grow with time.
func older(a, b id.ID) bool { return string(a[:]) < string(b[:]) }
