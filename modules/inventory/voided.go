package inventory

import (
	"context"
	"fmt"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// productionCancelled gives up the materials. Who waited for the goods is left without a supply and the planner is told: asking for the same again
// would undo what the planner just decided.
func (k keeper) productionCancelled(ctx context.Context, tx *tenancy.Tx, e productionevent.OrderCancelled) error {
	b := k.book()
	if err := b.dismiss(ctx, tx, e.OrderID); err != nil {
		return err
	}
	return b.abandon(ctx, tx, e.OrderID, e.No, money.Zero())
}

// productionReduced gives up the materials that are no longer needed, and leaves those without supply who get less.
func (k keeper) productionReduced(ctx context.Context, tx *tenancy.Tx, e productionevent.OrderReduced) error {
	lines := make([]id.ID, len(e.Materials))
	for i, m := range e.Materials {
		lines[i] = m.ID
	}
	b := k.book()
	byLine, err := b.toShrink(ctx, tx, lines)
	if err != nil {
		return err
	}
	for _, m := range e.Materials {
		had := money.Zero()
		for _, r := range byLine[m.ID] {
			had = had.Add(r.Quantity).Add(r.FulfilledQuantity)
		}
		b.shrink(byLine[m.ID], had.Sub(m.Quantity))
	}
	return b.abandon(ctx, tx, e.OrderID, e.No, e.Quantity)
}

// abandon leaves demands without supply that wait for more than remains of one, the last promised first, and settles the book.
func (b *book) abandon(ctx context.Context, tx *tenancy.Tx, supply id.ID, no string, remains money.Quantity) error {
	rows, err := b.find(ctx, tx, "source = 'supply' AND supply_id = ?", supply)
	if err != nil {
		return err
	}
	lost := b.cut(rows, remains)
	if err := b.freed(ctx, tx); err != nil || len(lost) == 0 {
		return err
	}
	return record.Emit(ctx, tx, abandoned(lost, no))
}

// cut leaves those without supply who come too late for what remains of it.
func (b *book) cut(rows []*Reservation, remains money.Quantity) []*Reservation {
	var lost []*Reservation
	for _, r := range inOrder(rows) {
		if r.Status != open {
			continue
		}
		keep := money.Min(r.Quantity, money.Max(remains, money.Zero()))
		remains = remains.Sub(keep)
		if keep.LessThan(r.Quantity) {
			part := b.split(r, r.Quantity.Sub(keep))
			b.strand(part)
			lost = append(lost, part)
		}
	}
	return lost
}

// abandoned tells planners and buyers that demands lost their supply.
func abandoned(lost []*Reservation, no string) coreevent.Notice {
	r := lost[0]
	entity, doc := "sales.order", r.DemandID
	if r.DemandEntity == material {
		entity = productionOrder
	}
	return coreevent.Notice{
		Roles: []string{"planner", "buyer"}, Entity: entity, Record: doc,
		Text: i18n.T(fmt.Sprintf("供应单 %s 已取消或减少，%s 等 %d 项需求暂无供应", no, r.DemandNo, len(lost)),
			fmt.Sprintf("Supply %s was cancelled or reduced: %d demands, among them %s, have nothing on their way", no, len(lost), r.DemandNo)),
	}
}

// productionRescheduled passes the new date on to who waits. The materials are needed by the new start.
func (k keeper) productionRescheduled(ctx context.Context, tx *tenancy.Tx, e productionevent.OrderRescheduled) error {
	b := k.book()
	rows, err := b.find(ctx, tx, "(source = 'supply' AND supply_id = ?0 OR demand_id = ?0)", e.ID)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.Source == fromSupply && r.SupplyID == e.ID {
			b.peg(r, supply{productionOrder, e.ID, e.No, e.DueDate})
		}
		if r.DemandID == e.ID && !e.StartDate.IsZero() {
			r.NeedBy = e.StartDate
			b.touch(r)
		}
	}
	return b.settle(ctx, tx)
}
