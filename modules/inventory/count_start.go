package inventory

import (
	"context"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// prepareCounts fills in today and the warehouse's stock location, notes what is expected of what is new on the count, and finds what differs by more
// than the warehouse tolerates.
func (k keeper) prepareCounts(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*StockCount]) error {
	var docs []*StockCount
	known := map[*StockCountLine]bool{}
	was, err := expected(ctx, tx, changes)
	if err != nil {
		return err
	}
	for _, c := range changes {
		if c.New.Status != "" && c.New.Status != draft {
			continue // only its note may change
		}
		if c.New.Date.IsZero() {
			c.New.Date = tx.Today()
		}
		if c.New.LocationID.IsZero() {
			m, err := places(ctx, tx)
			if err != nil {
				return err
			}
			c.New.LocationID = m.stock.ID
		}
		if c.Old == nil || c.Old.LocationID != c.New.LocationID {
			c.New.StartedAt = time.Time{}
		} else {
			c.New.keep(was, known)
		}
		docs = append(docs, c.New)
	}
	return k.expect(ctx, tx, docs, known)
}

// expected reads what changed counts expected before, wherever it lay.
func expected(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*StockCount]) (map[id.ID]map[cell]money.Quantity, error) {
	var keys []id.ID
	out := map[id.ID]map[cell]money.Quantity{}
	for _, c := range changes {
		if c.Old != nil {
			keys = append(keys, c.New.ID)
			out[c.New.ID] = map[cell]money.Quantity{}
		}
	}
	if len(keys) == 0 {
		return out, nil
	}
	rows, err := record.Find[StockCountLine](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("count_id = ANY(?::uuid[])", pgdialect.Array(keys))
	})
	for _, l := range rows {
		out[l.CountID][l.cell(id.ID{})] = l.ExpectedQuantity
	}
	return out, err
}

// keep takes over what was expected of what was on the count before, however the lines were written anew, and notes those lines as known.
func (o *StockCount) keep(was map[id.ID]map[cell]money.Quantity, known map[*StockCountLine]bool) {
	for _, l := range o.Lines {
		if q, ok := was[o.ID][l.cell(id.ID{})]; ok {
			l.ExpectedQuantity, known[l] = q, true
		}
	}
}

// expect reads the balances of lines that are not known yet, converts what was counted, and judges the differences.
func (k keeper) expect(ctx context.Context, tx *tenancy.Tx, docs []*StockCount, known map[*StockCountLine]bool) error {
	var cells []cell
	for _, o := range docs {
		if o.StartedAt.IsZero() {
			o.StartedAt = tx.Now
		}
		for _, l := range o.Lines {
			if !known[l] {
				cells = append(cells, l.cell(o.LocationID))
			}
		}
		if err := k.convert(ctx, tx, o); err != nil {
			return err
		}
	}
	balances, err := balancesAt(ctx, tx, cells)
	if err != nil {
		return err
	}
	for _, o := range docs {
		for _, l := range o.Lines {
			if !known[l] {
				l.ExpectedQuantity = balances[l.cell(o.LocationID)]
			}
		}
	}
	return k.judge(ctx, tx, docs)
}

// convert works out what was counted in the products' own units.
func (k keeper) convert(ctx context.Context, tx *tenancy.Tx, o *StockCount) error {
	items := make([]coreevent.Conversion, len(o.Lines))
	for i, l := range o.Lines {
		items[i] = coreevent.Conversion{ProductID: l.ProductID, Quantity: l.CountedQuantity, From: l.Unit}
	}
	own, err := k.ownUnits(ctx, tx, items)
	for i := range own {
		o.Lines[i].BaseQuantity = own[i]
	}
	return err
}

// balancesAt reads what is on hand, without locking.
func balancesAt(ctx context.Context, tx *tenancy.Tx, cells []cell) (map[cell]money.Quantity, error) {
	out := make(map[cell]money.Quantity, len(cells))
	if len(cells) == 0 {
		return out, nil
	}
	products, locations := make([]id.ID, len(cells)), map[id.ID]bool{}
	var at []id.ID
	for i, c := range cells {
		products[i] = c.product
		if !locations[c.location] {
			locations[c.location] = true
			at = append(at, c.location)
		}
	}
	var rows []slotRow
	err := record.Select(ctx, tx, &rows, `SELECT product_id, location_id, lot_id, on_hand FROM stock_balance
		WHERE location_id = ANY($1::text[]::uuid[]) AND product_id = ANY($2::text[]::uuid[])`, at, products)
	for _, r := range rows {
		out[cell{r.ProductID, r.LocationID, r.LotID}] = r.OnHand
	}
	return out, err
}

// start takes the balances of this moment as what is expected. A count without lines gets one for everything that is at the location, to be filled in.
func (k keeper) start(ctx context.Context, tx *tenancy.Tx, o *StockCount, _ modules.None) error {
	o.StartedAt = time.Time{}
	var fresh []*StockCountLine
	if len(o.Lines) == 0 {
		rows, err := record.Find[StockBalance](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("location_id = ? AND on_hand > 0", o.LocationID).OrderExpr("product_id, lot_id")
		})
		if err != nil {
			return err
		}
		for i, r := range rows {
			l := &StockCountLine{CountID: o.ID, ProductID: r.ProductID, LotID: r.LotID, CountedQuantity: r.OnHand}
			l.Position = i
			fresh = append(fresh, l)
		}
		o.Lines = fresh
	}
	if err := k.expect(ctx, tx, []*StockCount{o}, nil); err != nil {
		return err
	}
	if len(fresh) > 0 {
		if err := record.Create(ctx, tx, fresh...); err != nil {
			return err
		}
	} else if err := record.Update(ctx, tx, o.Lines...); err != nil {
		return err
	}
	return record.Update(ctx, tx, o)
}

// judge finds the lines that differ by more than their warehouse tolerates, in share or in value.
func (k keeper) judge(ctx context.Context, tx *tenancy.Tx, docs []*StockCount) error {
	limits, err := tolerances(ctx, tx, docs)
	if err != nil {
		return err
	}
	var strict []*StockCount
	for _, o := range docs {
		o.BeyondTolerance = 0
		for _, l := range o.Lines {
			l.BeyondTolerance = false
		}
		if t := limits[o.LocationID]; t.Percent.Sign() > 0 || t.Amount.Sign() > 0 {
			strict = append(strict, o)
		}
	}
	if len(strict) == 0 {
		return nil
	}
	costs, err := k.costs(ctx, tx, strict)
	if err != nil {
		return err
	}
	for _, o := range strict {
		for c, d := range o.differences() {
			if limits[o.LocationID].beyond(d, costs[c.product]) {
				d.first.BeyondTolerance = true
				o.BeyondTolerance++
			}
		}
	}
	return nil
}

// tolerance is what a warehouse lets pass.
type tolerance struct {
	LocationID id.ID         `bun:"location_id"`
	Percent    money.Percent `bun:"percent"`
	Amount     money.Amount  `bun:"amount"`
}

// beyond tells that a difference needs somebody's approval. What was not expected at all is off by all of it.
func (t tolerance) beyond(d *difference, cost money.Price) bool {
	off := d.quantity().Abs()
	if off.IsZero() {
		return false
	}
	base := money.Max(d.expected, money.Zero())
	share := money.Hundred()
	if base.Sign() > 0 {
		share = money.Div(off.Mul(money.Hundred()), base)
	}
	return t.Percent.Sign() > 0 && share.GreaterThan(t.Percent) || t.Amount.Sign() > 0 && off.Mul(cost).GreaterThan(t.Amount)
}

func tolerances(ctx context.Context, tx *tenancy.Tx, docs []*StockCount) (map[id.ID]tolerance, error) {
	at := make([]id.ID, len(docs))
	for i, o := range docs {
		at[i] = o.LocationID
	}
	var rows []tolerance
	err := tx.NewRaw(`SELECT l.id AS location_id, w.count_tolerance_percent AS percent, w.count_tolerance_amount AS amount
		FROM location l JOIN warehouse w ON w.id = l.warehouse_id WHERE l.id = ANY(?::uuid[])`, pgdialect.Array(at)).Scan(ctx, &rows)
	out := make(map[id.ID]tolerance, len(rows))
	for _, r := range rows {
		out[r.LocationID] = r
	}
	return out, err
}

// costs is what one of each counted product is worth today.
func (k keeper) costs(ctx context.Context, tx *tenancy.Tx, docs []*StockCount) (map[id.ID]money.Price, error) {
	var keys []id.ID
	for _, o := range docs {
		for _, l := range o.Lines {
			keys = append(keys, l.ProductID)
		}
	}
	products, err := k.products.Products(ctx, tx, keys)
	if err != nil {
		return nil, err
	}
	values, err := record.Find[ProductValue](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("product_id = ANY(?::uuid[])", pgdialect.Array(keys))
	})
	if err != nil {
		return nil, err
	}
	out := make(map[id.ID]money.Price, len(products))
	for key, p := range products {
		out[key] = p.StandardCost
	}
	for _, v := range values {
		p := products[v.ProductID]
		w := worth{quantity: v.Quantity, value: v.Value, lastCost: v.LastCost}
		out[v.ProductID] = w.unit(pricing{method: p.CostMethod, standard: p.StandardCost})
	}
	return out, nil
}
