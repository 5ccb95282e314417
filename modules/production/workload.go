package production

import (
	"context"
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// Load is the minutes that an operation takes of its work centre on one day. It follows from how the order is scheduled.
type Load struct {
	bun.BaseModel `bun:"table:production_load,alias:pld"`
	entity.Base

	OrderID      id.ID          `bun:"order_id,type:uuid,notnull"`
	OperationID  id.ID          `bun:"operation_id,type:uuid,notnull"`
	WorkCenterID id.ID          `bun:"work_center_id,type:uuid,notnull"`
	Day          clock.Date     `bun:"day,type:date,notnull"`
	Minutes      money.Quantity `bun:"minutes,type:numeric(20,6),notnull"`
}

// Describe says what a load means.
func (l *Load) Describe(d *entity.Desc) {
	d.Is("production.load", "loads", entity.T("工作中心占用", "Work centre load"), nil)
	d.Field(&l.OrderID, entity.Field{Label: entity.T("生产工单", "Production order"), Ref: orderEntity, Computed: true, List: true, Filter: true})
	d.Field(&l.OperationID, entity.Field{Label: entity.T("工序", "Operation"), Computed: true})
	d.Field(&l.WorkCenterID, entity.Field{
		Label: entity.T("工作中心", "Work centre"), Ref: "production.work_center", Computed: true, List: true, Filter: true,
	})
	d.Field(&l.Day, entity.Field{Label: entity.T("日期", "Day"), Computed: true, List: true, Filter: true})
	d.Field(&l.Minutes, entity.Field{Label: entity.T("分钟", "Minutes"), Computed: true, List: true, Total: true})
	d.Derived()
}

// shop reads work centres with their calendars, and what is planned on bottlenecks from today on, but for some orders. Bottlenecks stay locked, so that
// two plans do not take the same hour; who only looks locks nothing.
func (f *floor) shop(ctx context.Context, tx *tenancy.Tx, keys, but []id.ID) (*shop, error) {
	s := &shop{}
	if len(keys) == 0 {
		return s, nil
	}
	rows, err := record.Find[WorkCenter](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		q = q.Where("id = ANY(?::uuid[])", pgdialect.Array(keys)).OrderExpr("id")
		if f.looks {
			return q
		}
		return q.For("UPDATE")
	})
	if err != nil {
		return nil, err
	}
	var wanted, narrow []id.ID
	for _, w := range rows {
		wanted = append(wanted, w.CalendarID)
	}
	calendars, err := calendars(ctx, tx, wanted)
	if err != nil {
		return nil, err
	}
	holidays, err := f.Holidays.Holidays(ctx, tx, tx.Today().AddDays(-patience), tx.Today().AddDays(2*patience))
	if err != nil {
		return nil, err
	}
	s.centers = make(map[id.ID]*center, len(rows))
	for _, w := range rows {
		c := &center{id: w.ID, code: w.Code, capacity: money.Int(int64(w.Capacity)), bottleneck: w.Bottleneck, load: map[clock.Date]money.Quantity{}}
		c.week, c.days = weekly(w.HoursPerDay, calendars[w.CalendarID], w.Efficiency, holidays)
		s.centers[w.ID] = c
		if w.Bottleneck {
			narrow = append(narrow, w.ID)
		}
	}
	return s, s.read(ctx, tx, narrow, but)
}

// calendars reads calendars with their days.
func calendars(ctx context.Context, tx *tenancy.Tx, keys []id.ID) (map[id.ID]*Calendar, error) {
	keys = slices.DeleteFunc(keys, id.ID.IsZero)
	out := map[id.ID]*Calendar{}
	if len(keys) == 0 {
		return out, nil
	}
	rows, err := record.GetMany[Calendar](ctx, tx, keys)
	for _, c := range rows {
		out[c.ID] = c
	}
	return out, err
}

// read notes what is planned on bottlenecks.
func (s *shop) read(ctx context.Context, tx *tenancy.Tx, centers, but []id.ID) error {
	if len(centers) == 0 {
		return nil
	}
	if but == nil {
		but = []id.ID{}
	}
	var rows []struct {
		WorkCenterID id.ID          `bun:"work_center_id"`
		Day          clock.Date     `bun:"day"`
		Minutes      money.Quantity `bun:"minutes"`
	}
	err := record.Select(ctx, tx, &rows, `SELECT l.work_center_id, l.day, sum(l.minutes) AS minutes FROM production_load l JOIN production_order o ON o.id = l.order_id
		WHERE l.work_center_id = ANY($1::text[]::uuid[]) AND l.day >= $2::text::date AND o.status IN ('planned', 'released', 'in_progress')
			AND l.order_id <> ALL($3::text[]::uuid[])
		GROUP BY l.work_center_id, l.day`, centers, tx.Today(), but)
	for _, r := range rows {
		s.centers[r.WorkCenterID].load[r.Day] = r.Minutes
	}
	return err
}

// loadsOf writes the bookings of an order's operations as records. Operations that a person listed instead of the routing's have none.
func loadsOf(order id.ID, operations []*Operation, list []booking) []*Load {
	out := make([]*Load, 0, len(list))
	for _, b := range list {
		if b.minutes.Sign() > 0 && b.step < len(operations) && operations[b.step].WorkCenterID == b.center.id {
			out = append(out, &Load{OrderID: order, OperationID: operations[b.step].ID, WorkCenterID: b.center.id, Day: b.day, Minutes: b.minutes})
		}
	}
	return out
}
