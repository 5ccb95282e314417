package inventory

import (
	"context"
	"fmt"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// takenIn is what came in of one line of a transfer, in the product's own unit unless another is named; the product's id names the line where only one
// has it.
type takenIn struct {
	ID        id.ID          `in:"id" label:"调拨行|Transfer line"`
	ProductID id.ID          `in:"product_id" label:"产品|Product"`
	LotID     id.ID          `in:"lot_id" label:"批次|Lot"`
	Quantity  money.Quantity `in:"quantity" label:"数量|Quantity"`
	Unit      string         `in:"unit" label:"单位|Unit"`
}

// takeInInput is what came in of a transfer; without lines, all that is on the road.
type takeInInput struct {
	Lines []takenIn `in:"lines" label:"明细|Lines"`
}

// takeIn receives goods that were in transit, all or a part of them; the transfer ends with the last.
func (k keeper) takeIn(ctx context.Context, tx *tenancy.Tx, o *Transfer, in takeInInput) error {
	where, err := places(ctx, tx, o.ToLocationID)
	if err != nil {
		return err
	}
	came, err := k.cameIn(ctx, tx, o, in)
	if err != nil {
		return err
	}
	var plan []planned
	o.Status = done
	for i, l := range o.Lines {
		if q := came[l.ID]; q.Sign() > 0 {
			l.ReceivedQuantity = l.ReceivedQuantity.Add(q)
			plan = append(plan, planned{
				product: l.ProductID, lot: l.LotID, from: where.byType[transit], to: where.byID[o.ToLocationID], quantity: q, line: l.ID,
				path: fmt.Sprintf("lines[%d].quantity", i),
			})
		}
		if l.open().Sign() > 0 {
			o.Status = inTransit
		}
	}
	if len(plan) == 0 {
		return fault.New(fault.Rule, "transfer.nothing", "没有收货数量", "Nothing came in")
	}
	return k.book().carryOver(ctx, tx, o, plan)
}

// cameIn says how much of each line came in, in the products' own units. More than is on the road is refused.
func (k keeper) cameIn(ctx context.Context, tx *tenancy.Tx, o *Transfer, in takeInInput) (map[id.ID]money.Quantity, error) {
	out := map[id.ID]money.Quantity{}
	if len(in.Lines) == 0 {
		for _, l := range o.Lines {
			out[l.ID] = l.open()
		}
		return out, nil
	}
	bad := fault.New(fault.Rule, "transfer.over", "收货数量有误", "More came in than is on the road")
	items := make([]coreevent.Conversion, len(in.Lines))
	for i, x := range in.Lines {
		if l := o.line(x); l != nil {
			items[i] = coreevent.Conversion{ProductID: l.ProductID, Quantity: x.Quantity, From: x.Unit}
		} else {
			bad.At(fmt.Sprintf("lines[%d].id", i), "line.unknown", "调拨单没有这一行", "The transfer has no such line")
		}
	}
	if len(bad.Fields) > 0 {
		return nil, bad
	}
	own, err := k.ownUnits(ctx, tx, items)
	if err != nil {
		return nil, err
	}
	for i, x := range in.Lines {
		l := o.line(x)
		out[l.ID] = out[l.ID].Add(own[i])
		switch path := fmt.Sprintf("lines[%d].quantity", i); {
		case own[i].Sign() < 0:
			bad.At(path, "value.negative", "数量不能小于零", "The quantity can't be negative")
		case out[l.ID].GreaterThan(l.open()):
			bad.At(path, "transfer.over", "在途 %[1]s，要求 %[2]s", "%[1]s on the road, %[2]s came", l.open(), out[l.ID])
		}
	}
	if len(bad.Fields) > 0 {
		return nil, bad
	}
	return out, nil
}

// line finds the line that a caller means.
func (o *Transfer) line(x takenIn) *TransferLine {
	var found []*TransferLine
	for _, l := range o.Lines {
		if named(x.ID, l.ID) && named(x.ProductID, l.ProductID) && named(x.LotID, l.LotID) {
			found = append(found, l)
		}
	}
	if len(found) == 0 || x.ID.IsZero() && (x.ProductID.IsZero() || len(found) > 1) {
		return nil
	}
	return found[0]
}
