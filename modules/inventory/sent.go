package inventory

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// atVendor returns the location at a vendor who works on our materials; the first time it is made.
func (k keeper) atVendor(ctx context.Context, tx *tenancy.Tx, vendor id.ID) (*Location, error) {
	rows, err := record.Find[Location](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("vendor_id = ?", vendor) })
	switch {
	case err != nil:
		return nil, err
	case len(rows) > 0 && rows[0].Active:
		return rows[0], nil
	case len(rows) > 0:
		return nil, fault.New(fault.Rule, "location.inactive", "供应商处的库位 %s 已停用", "The location at the vendor, %s, is out of use", rows[0].Name)
	}
	said := entity.T("委外供应商处", "At a subcontractor")
	place := &Location{Name: said.In(tx.Tenant.Locale), Type: subcontractor, VendorID: vendor, Active: true}
	place.ID = tx.NewID()
	place.Code = "SUB-" + place.ID.String()[24:]
	if k.vendors != nil {
		known, err := k.vendors.Vendors(ctx, tx, []id.ID{vendor})
		if err != nil {
			return nil, err
		}
		if v, ok := known[vendor]; ok {
			place.Name = v.Name
		}
	}
	return place, record.Create(ctx, tx, place)
}

// materialsSent moves materials to the vendor who works on them. They stay ours and held for their production order; nobody else is served from there.
func (k keeper) materialsSent(ctx context.Context, tx *tenancy.Tx, e productionevent.MaterialsSent) error {
	there, err := k.atVendor(ctx, tx, e.VendorID)
	if err != nil {
		return err
	}
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
	where, err := places(ctx, tx, append(heldAt(held), there.ID)...)
	if err != nil {
		return err
	}
	if err := b.shelf.lock(ctx, tx, stocked(keys, products)); err != nil {
		return err
	}
	if err := b.locate(ctx, tx, where, keys); err != nil {
		return err
	}
	d := dispatch{book: b, where: where, there: there, e: e}
	short := fault.New(fault.Rule, "stock.not_enough", "库存不足", "There is not enough in stock")
	for i, l := range e.Lines {
		if missing := d.take(tx, l, held[l.MaterialID]); missing.Sign() > 0 {
			p := products[l.ProductID]
			short.At(fmt.Sprintf("lines[%d].quantity", i), "stock.not_enough", "产品 %s 缺少 %s %s", "Product %s: %s %s missing", p.Number, missing, p.Unit)
		}
	}
	if len(short.Fields) > 0 {
		return short
	}
	if err := b.move(ctx, tx, source{productionOrder, e.OrderID, e.No}, d.plan); err != nil {
		return err
	}
	for _, p := range d.parcels {
		d.arrive(p, held[p.line])
	}
	return b.settle(ctx, tx)
}

// parcel is what goes to a vendor of one material: of what is held for it, or of what was free.
type parcel struct {
	line     id.ID
	cell     cell
	quantity money.Quantity
	held     *Reservation
}

// dispatch is what a production order sends to a vendor.
type dispatch struct {
	*book

	where   *site
	there   *Location
	e       productionevent.MaterialsSent
	plan    []planned
	parcels []parcel
}

// take plans the moves of one material: first what is held for it, then what is free and it still waits for. It returns what is missing.
func (d *dispatch) take(tx *tenancy.Tx, l productionevent.Issue, held []*Reservation) money.Quantity {
	left, waits := l.Quantity, money.Zero()
	add := func(location, lot id.ID, q money.Quantity, r *Reservation) {
		p := planned{product: l.ProductID, lot: lot, from: d.where.byID[location], to: d.there, quantity: q, line: l.MaterialID, salesOrder: d.e.SalesOrderID, held: q}
		d.plan = append(d.plan, p)
		d.parcels = append(d.parcels, parcel{l.MaterialID, cell{l.ProductID, d.there.ID, lot}, q, r})
		left = left.Sub(q)
	}
	for _, r := range held {
		switch {
		case r.Source != fromStock:
			waits = waits.Add(r.Quantity)
		case r.LocationID == d.there.ID && d.e.Rest:
			left = money.Max(money.Zero(), left.Sub(r.Quantity))
		case r.LocationID != d.there.ID && left.Sign() > 0 && (l.LotID.IsZero() && !d.stale(r, tx) || r.LotID == l.LotID):
			q := money.Min(left, r.Quantity)
			add(r.LocationID, r.LotID, q, d.split(r, q))
		}
	}
	for _, p := range d.shelf.pick(l.ProductID, l.LotID, money.Min(left, waits), tx.Today()) {
		p.reserved = p.reserved.Add(p.quantity) // for the next line of the same product
		add(p.location, p.lot, p.quantity, nil)
	}
	return left
}

// arrive holds what a vendor has now for the material that it was sent for.
func (d *dispatch) arrive(p parcel, held []*Reservation) {
	s := d.shelf.at(p.cell.product, d.there, p.cell.lot)
	if p.held != nil {
		p.held.LocationID, p.held.LotID = d.there.ID, p.cell.lot
		s.reserved = s.reserved.Add(p.quantity)
		return
	}
	d.hand(arrival{}, held, s, p.quantity, func(r *Reservation) bool { return r.Source != fromStock })
}
