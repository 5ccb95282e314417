package inventory

import (
	"context"
	"fmt"
	"slices"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// incoming is what a caller says about one line; any of the three ids names it, the product's where only one line has it.
type incoming struct {
	ID             id.ID          `in:"id" label:"入库行|Receipt line"`
	PurchaseLineID id.ID          `in:"purchase_line_id" label:"采购订单行|Purchase line"`
	ProductID      id.ID          `in:"product_id" label:"产品|Product"`
	Quantity       money.Quantity `in:"quantity" label:"数量|Quantity"`
	Unit           string         `in:"unit" label:"单位|Unit"`
	UnitCost       *money.Price   `in:"unit_cost" class:"cost" label:"单位成本|Unit cost"`
	LotNumber      string         `in:"lot_number" label:"批号|Lot number"`
	ExpiresOn      clock.Date     `in:"expires_on" label:"失效日期|Expires on"`
}

// receiveInput is what came in; without lines, all that is open.
type receiveInput struct {
	Lines      []incoming `in:"lines" label:"明细|Lines"`
	LocationID id.ID      `in:"location_id" label:"库位|Location"`
	Over       bool       `in:"over" label:"超收时申请批准|Ask for approval of an over-receipt"`
}

// coming is one line of a receipt with what came in of it.
type coming struct {
	*ReceiptLine
	quantity money.Quantity
	cost     money.Price
	said     bool // a person named the cost
	lot      lotWish
}

// receive takes goods in, values them, and reserves them for those who waited. What did not come stays open on one new receipt. More than is open and
// tolerated is refused, or put to whom policy names when the caller asks for that.
func (k keeper) receive(ctx context.Context, tx *tenancy.Tx, o *Receipt, in receiveInput) error {
	asked := in
	asked.Lines = slices.Clone(in.Lines)
	if err := k.arrivedUnits(ctx, tx, o, in.Lines); err != nil {
		return err
	}
	came, over, err := o.coming(in)
	if err != nil {
		return err
	}
	if over.Sign() > 0 {
		o.OverQuantity = over
		if err := record.Update(ctx, tx, o); err != nil {
			return err
		}
		_, err := record.Act(ctx, tx, o, "over_receive", &asked)
		return err
	}
	return k.bringIn(ctx, tx, o, in, came)
}

// overReceive takes in more than is open and tolerated.
func (k keeper) overReceive(ctx context.Context, tx *tenancy.Tx, o *Receipt, in receiveInput) error {
	in.Over = true
	if err := k.arrivedUnits(ctx, tx, o, in.Lines); err != nil {
		return err
	}
	came, _, err := o.coming(in)
	if err != nil {
		return err
	}
	return k.bringIn(ctx, tx, o, in, came)
}

// bringIn books what came in.
func (k keeper) bringIn(ctx context.Context, tx *tenancy.Tx, o *Receipt, in receiveInput, came []coming) error {
	o.OverQuantity = money.Zero() // an earlier request that was turned down is forgotten
	if !in.LocationID.IsZero() {
		o.LocationID = in.LocationID
	}
	where, err := places(ctx, tx, o.LocationID)
	if err != nil {
		return err
	}
	if where.byID[o.LocationID].Type != internal {
		return fault.New(fault.Rule, "location.not_internal", "只能入库到内部库位", "Goods are received at internal locations only").
			At("location_id", "location.not_internal", "不是内部库位", "not an internal location")
	}
	if err := k.todaysCosts(ctx, tx, o, came); err != nil {
		return err
	}
	plan, err := k.incomingGoods(ctx, tx, where, o, came)
	if err != nil {
		return err
	}
	rest, err := o.close(ctx, tx, came)
	if err != nil {
		return err
	}
	b := k.book()
	by := source{receipt, o.ID, o.No}
	if err := b.move(ctx, tx, by, plan); err != nil {
		return err
	}
	short, err := b.arrive(ctx, tx, arrival{by: by, goods: plan, over: true, rest: rest})
	if err != nil {
		return err
	}
	if err := b.settle(ctx, tx); err != nil {
		return err
	}
	e := inventoryevent.GoodsReceived{ReceiptID: o.ID, No: o.No, PurchaseOrderID: o.PurchaseOrderID, Date: tx.Today()}
	for _, c := range came {
		e.Lines = append(e.Lines, inventoryevent.ReceivedLine{PurchaseLineID: c.PurchaseLineID, ProductID: c.ProductID, Quantity: c.quantity, UnitCost: c.cost})
	}
	if err := record.Emit(ctx, tx, e); err != nil {
		return err
	}
	return k.provide(ctx, tx, short)
}

// arrivedUnits turns what came in into the products' own units; a unit cost is that of one in the unit that was named, and becomes that of one of the
// product's own.
func (k keeper) arrivedUnits(ctx context.Context, tx *tenancy.Tx, o *Receipt, lines []incoming) error {
	items := make([]coreevent.Conversion, len(lines))
	for i, x := range lines {
		items[i].Quantity = x.Quantity
		if l := o.line(x); l != nil {
			items[i] = coreevent.Conversion{ProductID: l.ProductID, Quantity: x.Quantity, From: x.Unit}
		}
	}
	own, err := k.ownUnits(ctx, tx, items)
	if err != nil {
		return err
	}
	for i := range lines {
		x := &lines[i]
		if x.Unit != "" && x.UnitCost != nil && own[i].Sign() > 0 {
			cost := money.Div(x.UnitCost.Mul(x.Quantity), own[i]).Round(6)
			x.UnitCost = &cost
		}
		x.Quantity = own[i]
	}
	return nil
}

// coming says how much of each line came in, and how much of that is more than is open and tolerated: it is refused unless it may be asked for. So is
// nothing at all.
func (o *Receipt) coming(in receiveInput) (out []coming, over money.Quantity, err error) {
	if len(in.Lines) == 0 {
		for _, l := range o.Lines {
			out = append(out, coming{ReceiptLine: l, quantity: l.Quantity, cost: l.UnitCost})
		}
		return out, over, nil
	}
	bad := fault.New(fault.Rule, "receipt.over", "入库数量超过未入库数量", "More came in than is open")
	taken := map[id.ID]money.Quantity{}
	for i, x := range in.Lines {
		l := o.line(x)
		switch path := fmt.Sprintf("lines[%d].", i); {
		case l == nil:
			bad.At(path+"purchase_line_id", "line.unknown", "入库单没有这一行", "The receipt has no such line")
		case x.Quantity.Sign() < 0:
			bad.At(path+"quantity", "value.negative", "数量不能小于零", "The quantity can't be negative")
		case x.UnitCost != nil && x.UnitCost.Sign() < 0:
			bad.At(path+"unit_cost", "value.negative", "单位成本不能小于零", "The unit cost can't be negative")
		case !in.Over && taken[l.ID].Add(x.Quantity).GreaterThan(l.Quantity.Add(l.ToleranceQuantity)):
			bad.At(path+"quantity", "receipt.over", "未入库 %[1]s，允许超收 %[3]s，要求 %[2]s；更多须由采购员批准（over: true）或变更采购订单",
				"%[1]s open, %[3]s more allowed, %[2]s came; more needs the buyer's approval (over: true) or an amended purchase order", l.Quantity, taken[l.ID].Add(x.Quantity), l.ToleranceQuantity)
		case x.Quantity.Sign() > 0:
			taken[l.ID] = taken[l.ID].Add(x.Quantity)
			c := coming{ReceiptLine: l, quantity: x.Quantity, cost: l.UnitCost, lot: lotWish{number: x.LotNumber, expires: x.ExpiresOn}}
			if x.UnitCost != nil {
				c.cost, c.said = *x.UnitCost, true
			}
			out = append(out, c)
		}
	}
	if len(bad.Fields) > 0 {
		return nil, over, bad
	}
	if len(out) == 0 {
		return nil, over, fault.New(fault.Rule, "receipt.nothing", "没有入库数量", "Nothing came in")
	}
	for _, l := range o.Lines {
		over = over.Add(money.Max(money.Zero(), taken[l.ID].Sub(l.Quantity.Add(l.ToleranceQuantity))))
	}
	return out, over, nil
}

// line finds the line that a caller means.
func (o *Receipt) line(x incoming) *ReceiptLine {
	var found []*ReceiptLine
	for _, l := range o.Lines {
		if named(x.ID, l.ID) && named(x.PurchaseLineID, l.PurchaseLineID) && named(x.ProductID, l.ProductID) {
			found = append(found, l)
		}
	}
	exact := !x.ID.IsZero() || !x.PurchaseLineID.IsZero()
	if len(found) == 0 || !exact && (x.ProductID.IsZero() || len(found) > 1) {
		return nil
	}
	return found[0]
}

// incomingGoods plans the moves; of products without balances nothing moves.
func (k keeper) incomingGoods(ctx context.Context, tx *tenancy.Tx, where *site, o *Receipt, came []coming) ([]planned, error) {
	keys := make([]id.ID, len(came))
	for i, c := range came {
		keys[i] = c.ProductID
	}
	products, err := k.products.Products(ctx, tx, keys)
	if err != nil {
		return nil, err
	}
	var plan []planned
	named := map[int]lotWish{}
	for _, c := range came {
		if !products[c.ProductID].Stocked() || c.quantity.Sign() <= 0 {
			continue
		}
		if c.lot.number != "" || !c.lot.expires.IsZero() {
			named[len(plan)] = c.lot
		}
		total := c.cost.Mul(c.quantity)
		plan = append(plan, planned{
			product: c.ProductID, from: where.byType[supplier], to: where.byID[o.LocationID], quantity: c.quantity, total: &total, line: c.PurchaseLineID,
		})
	}
	return tracked(ctx, tx, o.No, plan, products, named)
}

// close makes the receipt a record of what came in, and opens one for the rest; nil when nothing is left.
func (o *Receipt) close(ctx context.Context, tx *tenancy.Tx, came []coming) (*supply, error) {
	arrived, worth := map[id.ID]money.Quantity{}, map[id.ID]money.Amount{}
	for _, c := range came {
		arrived[c.ID] = arrived[c.ID].Add(c.quantity)
		worth[c.ID] = worth[c.ID].Add(c.quantity.Mul(c.cost))
	}
	rest := &Receipt{
		PurchaseOrderID: o.PurchaseOrderID, PurchaseOrderNo: o.PurchaseOrderNo, VendorID: o.VendorID, LocationID: o.LocationID, Status: waiting, RestOfID: o.ID,
	}
	var kept, gone []*ReceiptLine
	for _, l := range o.Lines {
		q := arrived[l.ID]
		if left := l.Quantity.Sub(q); left.Sign() > 0 {
			rest.Lines = append(rest.Lines, &ReceiptLine{
				PurchaseLineID: l.PurchaseLineID, ProductID: l.ProductID, Quantity: left, ToleranceQuantity: l.ToleranceQuantity, UnitCost: l.UnitCost,
				ExpectedDate: l.ExpectedDate,
			})
			rest.ExpectedDate = clock.Latest(rest.ExpectedDate, l.ExpectedDate)
		}
		if q.IsZero() {
			gone = append(gone, l)
			continue
		}
		l.Quantity, l.UnitCost = q, money.Div(worth[l.ID], q).Round(6)
		kept = append(kept, l)
	}
	o.Lines, o.Status, o.ReceivedOn = kept, received, tx.Today()
	if err := record.Update(ctx, tx, kept...); err != nil {
		return nil, err
	}
	if err := record.Delete(ctx, tx, gone...); err != nil {
		return nil, err
	}
	if err := record.Update(ctx, tx, o); err != nil || len(rest.Lines) == 0 {
		return nil, err
	}
	if err := record.Create(ctx, tx, rest); err != nil {
		return nil, err
	}
	return &supply{entity: receipt, id: rest.ID, no: rest.No}, nil
}
