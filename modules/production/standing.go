package production

import (
	"context"
	"slices"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// standing is how some products stand: goods on hand, who needs them, what comes, and who waits for what comes.
type standing struct {
	onHand map[id.ID]money.Quantity
	needs  map[id.ID][]inventoryevent.Need
	in     map[id.ID][]*inventoryevent.Inbound
	pegs   map[peg][]inventoryevent.Need
}

// peg is one product of a supply.
type peg struct{ supply, product id.ID }

// state asks all who know: stock, purchasing, and the shop floor itself.
func (r *run) state(ctx context.Context, keys []id.ID) (*standing, error) {
	pos, err := r.Stock.Position(ctx, r.tx, keys)
	if err != nil {
		return nil, err
	}
	asked, err := r.Requests.Inbound(ctx, r.tx, keys)
	if err != nil {
		return nil, err
	}
	own, err := inbound(ctx, r.tx, keys)
	if err != nil {
		return nil, err
	}
	s := &standing{
		onHand: pos.OnHand, needs: map[id.ID][]inventoryevent.Need{}, in: map[id.ID][]*inventoryevent.Inbound{}, pegs: map[peg][]inventoryevent.Need{},
	}
	for _, n := range pos.Needs {
		s.needs[n.ProductID] = append(s.needs[n.ProductID], n)
		if !n.SupplyID.IsZero() {
			key := peg{n.SupplyID, n.ProductID}
			s.pegs[key] = append(s.pegs[key], n)
		}
	}
	for _, list := range [][]inventoryevent.Inbound{own, asked, pos.Inbound} {
		for i := range list {
			s.in[list[i].ProductID] = append(s.in[list[i].ProductID], &list[i])
		}
	}
	return s, nil
}

// inboundSQL reads what open production orders will still give: the product and its by-products.
const inboundSQL = `SELECT id, no, product_id, quantity - done_quantity - scrap_quantity AS quantity, due_date, demand_entity, demand_line_id, demand_document_id,
		sales_order_id, status <> 'planned' AS started, manual OR demand_entity = '' AS kept
	FROM production_order WHERE status IN ('planned', 'released', 'in_progress') AND product_id = ANY($1::text[]::uuid[])
	UNION ALL SELECT o.id, o.no, b.product_id, b.quantity - b.done_quantity, o.due_date, '', NULL, NULL, NULL, true, true
	FROM production_order o JOIN production_by_product b ON b.order_id = o.id
	WHERE o.status IN ('planned', 'released', 'in_progress') AND b.product_id = ANY($1::text[]::uuid[]) AND b.quantity > b.done_quantity
	ORDER BY 1`

func inbound(ctx context.Context, tx *tenancy.Tx, keys []id.ID) ([]inventoryevent.Inbound, error) {
	var rows []struct {
		ID               id.ID          `bun:"id"`
		No               string         `bun:"no"`
		ProductID        id.ID          `bun:"product_id"`
		Quantity         money.Quantity `bun:"quantity"`
		DueDate          clock.Date     `bun:"due_date"`
		DemandEntity     string         `bun:"demand_entity"`
		DemandLineID     id.ID          `bun:"demand_line_id"`
		DemandDocumentID id.ID          `bun:"demand_document_id"`
		SalesOrderID     id.ID          `bun:"sales_order_id"`
		Started          bool           `bun:"started"`
		Kept             bool           `bun:"kept"`
	}
	err := record.Select(ctx, tx, &rows, inboundSQL, keys)
	out := make([]inventoryevent.Inbound, len(rows))
	for i, r := range rows {
		out[i] = inventoryevent.Inbound{
			Entity: orderEntity, ID: r.ID, No: r.No, ProductID: r.ProductID, Quantity: money.Max(money.Zero(), r.Quantity), Date: r.DueDate,
			Started: r.Started, Kept: r.Kept,
			Demand: inventoryevent.Demand{Entity: r.DemandEntity, LineID: r.DemandLineID, DocumentID: r.DemandDocumentID, SalesOrderID: r.SalesOrderID},
		}
	}
	return out, err
}

// course is the expected free stock of a product. What set aside holds apart is left out and returned: it may change.
func (r *run) course(at *standing, key id.ID, apart func(*inventoryevent.Inbound) bool) (*course, []*inventoryevent.Inbound) {
	product, today := r.book.products[key], r.tx.Today()
	c := &course{
		today: today, until: today.AddDays(r.HorizonDays), onHand: at.onHand[key], step: product.Rounding,
		floor: money.Max(product.SafetyStock, product.ReorderPoint),
	}
	c.target = money.Max(c.floor, product.TargetStock)
	for _, n := range at.needs[key] {
		if n.SupplyID.IsZero() && (!n.Waiting || product.SupplyPolicy == "stock") {
			c.out = append(c.out, flow{day: n.NeedBy, quantity: n.Quantity})
		}
	}
	var soft []*inventoryevent.Inbound
	for _, s := range at.in[key] {
		if apart(s) {
			soft = append(soft, s)
			continue
		}
		waiting := at.pegs[peg{s.ID, key}]
		free := s.Quantity
		for _, n := range waiting {
			free = free.Sub(n.Quantity)
		}
		if free.Sign() > 0 {
			c.in = append(c.in, flow{day: s.Date, quantity: free, of: s, movable: len(waiting) == 0})
		}
	}
	return c, soft
}

// levels files products by how far they are below the product at the top: each comes after all that are made of it.
func (b *cookbook) levels(keys []id.ID) [][]id.ID {
	depth := map[id.ID]int{}
	var sink func(key id.ID, at int)
	sink = func(key id.ID, at int) {
		if at < depth[key] || at > maxLevels {
			return
		}
		depth[key] = at
		r := b.recipes[key]
		if r == nil {
			return
		}
		for _, in := range r.Ingredients {
			if depth[in.ProductID] <= at {
				sink(in.ProductID, at+1)
			}
		}
	}
	for _, key := range keys {
		sink(key, depth[key])
	}
	var out [][]id.ID
	for _, key := range keys {
		for len(out) <= depth[key] {
			out = append(out, nil)
		}
		out[depth[key]] = append(out[depth[key]], key)
	}
	return slices.DeleteFunc(out, func(l []id.ID) bool { return len(l) == 0 })
}

// below is the part of a cookbook that making some products takes.
func (b *cookbook) below(keys []id.ID) cookbook {
	out := cookbook{recipes: map[id.ID]*recipe{}, products: b.products}
	for queue := slices.Clone(keys); len(queue) > 0; queue = queue[1:] {
		r := b.recipes[queue[0]]
		if r == nil || out.recipes[queue[0]] != nil {
			continue
		}
		out.recipes[queue[0]] = r
		for _, in := range r.Ingredients {
			queue = append(queue, in.ProductID)
		}
	}
	return out
}
