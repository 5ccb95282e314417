package inventory

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
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
	if err := b.shelf.look(ctx, tx, takes); err != nil {
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
	short, err := b.arrive(ctx, tx, arrival{by: by, goods: plan, over: e.Done})
	if err != nil {
		return err
	}
	if !e.Done && e.Scrap.Sign() > 0 {
		lost, err := b.spoilt(ctx, tx, e)
		if err != nil {
			return err
		}
		short = append(short, lost...)
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

// spoilt leaves those without supply who wait for more than a production order still makes after some of it was scrapped.
func (b *book) spoilt(ctx context.Context, tx *tenancy.Tx, e productionevent.OrderCompleted) ([]*Reservation, error) {
	rows, err := b.find(ctx, tx, "source = 'supply' AND supply_id = ?", e.OrderID)
	if err != nil {
		return nil, err
	}
	var wait []*Reservation
	for _, r := range rows {
		if r.Source == fromSupply && r.SupplyID == e.OrderID {
			wait = append(wait, r)
		}
	}
	return b.cut(wait, e.Open), nil
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
