package inventory

import (
	"context"
	"fmt"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/tenancy"
)

const productionOrder = "production.production_order"

// ordersPlanned reserves the materials that the plan takes from stock, lets each demand wait for its production order, and asks for the materials
// that are missing: all levels of the plan together.
func (k keeper) ordersPlanned(ctx context.Context, tx *tenancy.Tx, e productionevent.OrdersPlanned) error {
	products, err := k.products.Products(ctx, tx, plannedProducts(e))
	if err != nil {
		return err
	}
	var wants []want
	var takes, lines []id.ID
	for _, o := range e.Orders {
		if !o.Demand.LineID.IsZero() {
			lines = append(lines, o.Demand.LineID)
		}
		for _, m := range o.Materials {
			p, q := products[m.ProductID], m.Quantity.Sub(m.Made)
			if !p.Stocked() || q.Sign() <= 0 {
				continue
			}
			if m.FromStock.Sign() > 0 {
				takes = append(takes, p.ID)
			}
			wants = append(wants, want{demand: materialDemand(o, m), product: p, quantity: q, stock: m.FromStock, needBy: m.NeedBy})
		}
	}
	b := k.book()
	asked, err := b.ofLines(ctx, tx, lines)
	if err != nil {
		return err
	}
	if err := b.shelf.lock(ctx, tx, takes); err != nil {
		return err
	}
	waits := b.needs(wants, tx.Today())
	for _, o := range e.Orders {
		b.pegPlanned(o, asked[o.Demand.LineID])
	}
	if err := b.settle(ctx, tx); err != nil || len(waits) == 0 {
		return err
	}
	return record.Emit(ctx, tx, inventoryevent.PurchaseNeeded{Items: shorts(waits)})
}

// pegPlanned lets who asked for a production order wait for it.
func (b *book) pegPlanned(o productionevent.Planned, asked []*Reservation) {
	if o.Demand.LineID.IsZero() || o.ForDemand.Sign() <= 0 {
		return
	}
	s := supply{productionOrder, o.ID, o.No, o.DueDate}
	rest := b.waitFor(asked, o.ForDemand, s)
	if rest.Sign() > 0 && o.Demand.Entity == material {
		b.pegNew(o.ProductID, o.Demand, rest, o.DueDate, s)
	}
}

func plannedProducts(e productionevent.OrdersPlanned) []id.ID {
	var out []id.ID
	for _, o := range e.Orders {
		for _, m := range o.Materials {
			out = append(out, m.ProductID)
		}
	}
	return out
}

func materialDemand(o productionevent.Planned, m productionevent.Material) inventoryevent.Demand {
	return inventoryevent.Demand{Entity: material, LineID: m.ID, DocumentID: o.ID, DocumentNo: o.No, SalesOrderID: o.SalesOrderID}
}

// materialsIssued moves materials into production: first what is reserved for them, then what is free.
func (k keeper) materialsIssued(ctx context.Context, tx *tenancy.Tx, e productionevent.MaterialsIssued) error {
	lines, keys := make([]id.ID, len(e.Lines)), make([]id.ID, len(e.Lines))
	for i, l := range e.Lines {
		lines[i], keys[i] = l.MaterialID, l.ProductID
	}
	products, err := k.products.Products(ctx, tx, keys)
	if err != nil {
		return err
	}
	b := k.book()
	held, err := b.ofLines(ctx, tx, lines)
	if err != nil {
		return err
	}
	where, err := places(ctx, tx, heldAt(held)...)
	if err != nil {
		return err
	}
	if err := b.shelf.lock(ctx, tx, stocked(keys, products)); err != nil {
		return err
	}
	if err := b.locate(ctx, tx, where, keys); err != nil {
		return err
	}
	var plan []planned
	short := fault.New(fault.Rule, "stock.not_enough", "库存不足", "There is not enough in stock")
	for i, l := range e.Lines {
		p := products[l.ProductID]
		if !p.Stocked() || l.Quantity.Sign() <= 0 {
			continue
		}
		moves, missing := b.issue(tx, where, e, l, held[l.MaterialID])
		if missing.Sign() > 0 {
			short.At(fmt.Sprintf("lines[%d].quantity", i), "stock.not_enough", "产品 %s 缺少 %s %s", "Product %s: %s %s missing", p.Number, missing, p.Unit)
		}
		plan = append(plan, moves...)
	}
	if len(short.Fields) > 0 {
		return short
	}
	if err := b.move(ctx, tx, source{productionOrder, e.OrderID, e.No}, plan); err != nil {
		return err
	}
	return b.settle(ctx, tx)
}

// issue plans the moves of one material. What is taken beyond its reservations lessens what it still waits for. It returns what is missing.
func (b *book) issue(tx *tenancy.Tx, where *site, e productionevent.MaterialsIssued, l productionevent.Issue, held []*Reservation) ([]planned, money.Quantity) {
	var plan []planned
	left := l.Quantity
	move := func(location, lot id.ID, q, reserved money.Quantity) {
		plan = append(plan, planned{
			product: l.ProductID, lot: lot, from: where.byID[location], to: where.byType[production], quantity: q, held: reserved,
			line: l.MaterialID, salesOrder: e.SalesOrderID,
		})
		left = left.Sub(q)
	}
	for _, r := range held {
		if r.Source == fromStock && left.Sign() > 0 && (l.LotID.IsZero() || r.LotID == l.LotID) {
			q := money.Min(left, r.Quantity)
			move(r.LocationID, r.LotID, q, q)
			b.fulfil(r, q)
		}
	}
	taken := money.Zero()
	for _, p := range b.shelf.pick(l.ProductID, l.LotID, left, tx.Today()) {
		p.reserved = p.reserved.Add(p.quantity) // for the next line of the same product
		move(p.location, p.lot, p.quantity, p.quantity)
		taken = taken.Add(p.quantity)
	}
	var pending []*Reservation
	for _, r := range held {
		if r.Source != fromStock {
			pending = append(pending, r)
		}
	}
	b.shrink(pending, taken)
	return plan, left
}

// orderCompleted takes in what was made, reserves it for who asked, and gives up what the order no longer needs once it is done.
func (k keeper) orderCompleted(ctx context.Context, tx *tenancy.Tx, e productionevent.OrderCompleted) error {
	where, err := places(ctx, tx)
	if err != nil {
		return err
	}
	outputs := append([]productionevent.Output{e.Output}, e.ByProducts...)
	plan, err := k.madeGoods(ctx, tx, where, e, outputs)
	if err != nil {
		return err
	}
	b := k.book()
	by := source{productionOrder, e.OrderID, e.No}
	if err := b.move(ctx, tx, by, plan); err != nil {
		return err
	}
	short, err := b.arrive(ctx, tx, arrival{by: by, goods: plan, over: e.Done, every: true})
	if err != nil {
		return err
	}
	if e.Done {
		if err := b.dismiss(ctx, tx, e.OrderID); err != nil {
			return err
		}
	}
	if err := b.freed(ctx, tx); err != nil {
		return err
	}
	return k.provide(ctx, tx, short)
}

// madeGoods plans the moves of what was made, each lot or serial number apart.
func (k keeper) madeGoods(ctx context.Context, tx *tenancy.Tx, where *site, e productionevent.OrderCompleted, outputs []productionevent.Output) ([]planned, error) {
	keys := make([]id.ID, len(outputs))
	for i, o := range outputs {
		keys[i] = o.ProductID
	}
	products, err := k.products.Products(ctx, tx, keys)
	if err != nil {
		return nil, err
	}
	var plan []planned
	for _, o := range outputs {
		if o.Quantity.Sign() <= 0 || !products[o.ProductID].Stocked() {
			continue
		}
		value := o.Value
		plan = append(plan, planned{
			product: o.ProductID, lot: o.LotID, from: where.byType[production], to: where.stock, quantity: o.Quantity, total: &value,
			line: e.OrderID, salesOrder: e.SalesOrderID,
		})
	}
	return tracked(ctx, tx, e.No, plan, products, nil)
}

// dismiss gives up what the materials of a production order still hold or wait for.
func (b *book) dismiss(ctx context.Context, tx *tenancy.Tx, order id.ID) error {
	rows, err := b.find(ctx, tx, "demand_entity = 'production.material' AND demand_id = ?", order)
	if err != nil {
		return err
	}
	if err := b.shelf.lock(ctx, tx, heldProducts(rows)); err != nil {
		return err
	}
	for _, r := range rows {
		b.release(r, r.Quantity)
	}
	return nil
}

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
	byLine, err := b.ofLines(ctx, tx, lines)
	if err != nil {
		return err
	}
	if err := b.lockHeld(ctx, tx, byLine); err != nil {
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

// productionRescheduled passes the new date on to who waits.
func (k keeper) productionRescheduled(ctx context.Context, tx *tenancy.Tx, e productionevent.OrderRescheduled) error {
	b := k.book()
	rows, err := b.find(ctx, tx, "source = 'supply' AND supply_id = ?", e.ID)
	if err != nil {
		return err
	}
	for _, r := range rows {
		b.peg(r, supply{productionOrder, e.ID, e.No, e.DueDate})
	}
	return b.settle(ctx, tx)
}

// heldAt are the locations from which reservations hold goods.
func heldAt(byLine map[id.ID][]*Reservation) []id.ID {
	var out []id.ID
	for _, rows := range byLine {
		for _, r := range rows {
			if r.Source == fromStock {
				out = append(out, r.LocationID)
			}
		}
	}
	return out
}

// locate reads the locations of all free goods of products.
func (b *book) locate(ctx context.Context, tx *tenancy.Tx, where *site, products []id.ID) error {
	var missing []id.ID
	for _, p := range products {
		for _, s := range b.shelf.products[p] {
			if where.byID[s.location] == nil {
				missing = append(missing, s.location)
			}
		}
	}
	_, err := places(ctx, tx, missing...)
	return err
}

// stocked are the products of which balances are kept.
func stocked(keys []id.ID, products map[id.ID]coreevent.Product) []id.ID {
	var out []id.ID
	for _, key := range keys {
		if products[key].Stocked() {
			out = append(out, key)
		}
	}
	return out
}
