package purchasing

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
	"github.com/tenon-hq/tenon/tenancy"
)

const (
	requisitionEntity = "purchasing.requisition"
	orderEntity       = "purchasing.order"
)

// needed makes one requisition for each shortfall, for exactly what is missing, from the cheapest vendor of today.
func (b *desk) needed(ctx context.Context, tx *tenancy.Tx, e inventoryevent.PurchaseNeeded) error {
	items, err := b.reuse(ctx, tx, e.Items)
	if err != nil {
		return err
	}
	rows := make([]*Requisition, 0, len(items))
	for _, s := range items {
		if s.Quantity.Sign() <= 0 {
			continue
		}
		rows = append(rows, requestFor(s))
	}
	if len(rows) == 0 {
		return nil
	}
	if err := b.source(ctx, tx, rows); err != nil {
		return err
	}
	if err := record.Create(ctx, tx, rows...); err != nil {
		return err
	}
	if err := record.Emit(ctx, tx, made(rows)); err != nil {
		return err
	}
	if err := notifyMade(ctx, tx, rows); err != nil {
		return err
	}
	return b.pass(ctx, tx, rows)
}

// requestFor is the request to buy what somebody lacks.
func requestFor(s inventoryevent.Short) *Requisition {
	r := &Requisition{
		ProductID: s.ProductID, Quantity: s.Quantity, NeedBy: s.NeedBy, Status: Draft, SalesOrderID: s.SalesOrderID,
		DemandEntity: s.Entity, DemandLineID: s.LineID, DemandID: s.DocumentID, DemandNo: s.DocumentNo,
	}
	switch s.Entity {
	case "sales.order_line":
		r.SalesOrderID = s.DocumentID
	case "production.material", "production.production_order", "production.operation":
		r.ProductionOrderID = s.DocumentID
	}
	return r
}

func made(rows []*Requisition) purchasingevent.RequisitionsMade {
	e := purchasingevent.RequisitionsMade{Items: make([]purchasingevent.Requisition, len(rows))}
	for i, r := range rows {
		e.Items[i] = r.told()
	}
	return e
}

// source finds a vendor and a price for requisitions that have none, and the dates that follow.
func (b *desk) source(ctx context.Context, tx *tenancy.Tx, rows []*Requisition) error {
	keys := make([]id.ID, len(rows))
	for i, r := range rows {
		keys[i] = r.ProductID
	}
	products, err := b.Products.Products(ctx, tx, keys)
	if err != nil {
		return err
	}
	offers, err := b.offers(ctx, tx, keys)
	if err != nil {
		return err
	}
	for _, r := range rows {
		candidates := offers[r.ProductID]
		if !r.VendorID.IsZero() {
			candidates = of(candidates, r.VendorID)
		}
		r.take(best(candidates, r.Quantity), tx.Today(), products[r.ProductID])
		if r.Currency == "" {
			r.Currency = tx.Tenant.Currency
		}
	}
	return nil
}

// take fills a requisition from an offer; without one, only the dates by the product's own lead time. A price that a person gave stays.
func (r *Requisition) take(o *offer, today clock.Date, product coreevent.Product) {
	days := product.LeadTimeDays
	r.VendorPriceID = id.ID{}
	if o != nil {
		days = o.Lead
		r.VendorID, r.VendorPriceID, r.Currency = o.VendorID, o.ID, o.Currency
		if r.Price.IsZero() {
			r.Price = o.piecePrice()
		} else if !r.Price.Equal(o.piecePrice()) {
			r.VendorPriceID = id.ID{}
		}
	}
	r.ExpectedDate = today.AddDays(max(0, days))
	if r.NeedBy.IsZero() {
		r.NeedBy = r.ExpectedDate
	}
}

// prepareRequisitions sources those that people make, and keeps what a buyer changes: another vendor brings its own price unless one is given.
func (b *desk) prepareRequisitions(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Requisition]) error {
	var find []*Requisition
	var dropped purchasingevent.RequisitionsDropped
	for _, c := range changes {
		if c.New.ProductID.IsZero() {
			return nil // the engine names what is missing
		}
		if c.Old == nil {
			c.New.Manual = true
			find = append(find, c.New)
			continue
		}
		vendor, price := c.New.VendorID != c.Old.VendorID, !c.New.Price.Equal(c.Old.Price)
		amount := !c.New.Quantity.Equal(c.Old.Quantity)
		c.New.Manual = c.New.Manual || vendor || price || amount
		c.New.QuantityByHand = c.New.QuantityByHand || amount
		if price {
			c.New.VendorPriceID = id.ID{}
		}
		if vendor && !c.New.VendorID.IsZero() {
			if !price {
				c.New.Price = money.Zero()
			}
			find = append(find, c.New)
		}
		if vendor && c.New.VendorID.IsZero() {
			c.New.VendorPriceID = id.ID{}
		}
		if c.New.forDemand() && c.New.Quantity.LessThan(c.Old.Quantity) {
			dropped.Items = append(dropped.Items, c.New.told())
		}
	}
	if len(find) > 0 {
		if err := checkVendors(ctx, tx, find); err != nil {
			return err
		}
		if err := b.source(ctx, tx, find); err != nil {
			return err
		}
	}
	if err := redated(ctx, tx, changes); err != nil {
		return err
	}
	if len(dropped.Items) == 0 {
		return nil
	}
	return record.Emit(ctx, tx, dropped)
}

// checkVendors refuses requisitions for vendors that are no longer bought from.
func checkVendors(ctx context.Context, tx *tenancy.Tx, rows []*Requisition) error {
	var keys []id.ID
	for _, r := range rows {
		if !r.VendorID.IsZero() {
			keys = append(keys, r.VendorID)
		}
	}
	vendors, err := record.GetMany[Vendor](ctx, tx, keys)
	if err != nil {
		return err
	}
	for _, v := range vendors {
		if !v.Active {
			return inactive(v)
		}
	}
	return nil
}

func inactive(v *Vendor) error {
	return fault.New(fault.Rule, "vendor.inactive", "供应商 %s 已停用", "The vendor %s is not active", v.Name).
		At("vendor_id", "vendor.inactive", "已停用", "is not active")
}

// notifyMade tells the buyers once about all new requisitions.
func notifyMade(ctx context.Context, tx *tenancy.Tx, rows []*Requisition) error {
	text := i18n.T("新的采购申请 "+rows[0].No, "New requisition "+rows[0].No)
	if n := len(rows); n > 1 {
		text = i18n.T("新的采购申请 "+rows[0].No+" 至 "+rows[n-1].No, "New requisitions "+rows[0].No+" to "+rows[n-1].No)
	}
	return record.Emit(ctx, tx, coreevent.Notice{Roles: []string{"buyer"}, Text: text, Entity: requisitionEntity, Record: rows[0].ID})
}
