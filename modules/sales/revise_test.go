package sales

import (
	"testing"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

func TestEntitiesCompile(t *testing.T) {
	for _, r := range Module(Plugs{}).Entities {
		if _, err := entity.Compile(r); err != nil {
			t.Error(err)
		}
	}
}

func revised(lines ...*RevisionLine) *Revision { return &Revision{Lines: lines} }

func TestRevise(t *testing.T) {
	one := stocked("10", "6", "4", "100")
	one.ID, one.Unit = id.ID{1}, "pcs"
	two := stocked("5", "5", "0", "50")
	two.ID, two.Unit = id.ID{2}, "pcs"
	o := &Order{Status: InProgress, Lines: []*OrderLine{one, two}}
	gone, err := o.revise(revised(
		&RevisionLine{OrderLineID: id.ID{1}, Change: removed, Unit: "pcs"},
		&RevisionLine{OrderLineID: id.ID{2}, Change: removed, Unit: "pcs"},
		&RevisionLine{OrderLineID: id.ID{3}, Change: added, QuantityAfter: money.Int(7)},
	))
	if err != nil {
		t.Fatal(err)
	}
	if len(gone) != 1 || gone[0] != two || len(o.Lines) != 2 || !one.Quantity.Equal(money.Int(4)) || o.Lines[1].ID != (id.ID{3}) {
		t.Fatalf("gone %v, lines %v, one %s", gone, o.Lines, one.Quantity)
	}
}

func TestReviseRefusesBelowShipped(t *testing.T) {
	l := stocked("10", "6", "4", "100")
	l.ID, l.Unit = id.ID{1}, "pcs"
	o := &Order{Status: InProgress, Lines: []*OrderLine{l}}
	_, err := o.revise(revised(&RevisionLine{OrderLineID: id.ID{1}, Change: changed, QuantityAfter: money.Int(3), Unit: "pcs"}))
	f := fault.As(err)
	if f == nil || f.Kind != fault.Rule || len(f.Fields) != 1 || f.Fields[0].Path != "lines[0].quantity" {
		t.Fatal(err)
	}
	if _, err := o.revise(revised(&RevisionLine{OrderLineID: id.ID{1}, Change: changed, QuantityAfter: money.Int(4), Unit: "pcs"})); err != nil {
		t.Fatal(err)
	}
	untouched := stocked("1", "0", "0", "1")
	untouched.ID = id.ID{9}
	empty := &Order{Lines: []*OrderLine{untouched}}
	if _, err := empty.revise(revised(&RevisionLine{OrderLineID: id.ID{9}, Change: removed})); !fault.Is(err, fault.Rule) {
		t.Fatalf("the last line went: %v", err)
	}
}

func TestPickPrice(t *testing.T) {
	product := id.ID{7}
	list := []*PriceListLine{
		{ProductID: product, UnitPrice: money.Int(10)},
		{ProductID: product, UnitPrice: money.Int(9), MinQuantity: money.Int(100)},
		{ProductID: product, UnitPrice: money.Int(1), MinQuantity: money.Int(100), ValidTo: clock.NewDate(2026, 1, 1)},
		{ProductID: product, UnitPrice: money.Int(50), Unit: "box"},
		{ProductID: id.ID{8}, UnitPrice: money.Int(2)},
	}
	today := clock.NewDate(2026, 1, 1)
	for quantity, want := range map[string]string{"1": "10", "99.9": "10", "100": "9", "500": "9"} {
		got, _ := pick(list, &Priced{ProductID: product, Quantity: money.Must(quantity), Unit: "pcs"}, "pcs", today)
		if got == nil || !got.UnitPrice.Equal(money.Must(want)) {
			t.Errorf("%s cost %v, want %s", quantity, got, want)
		}
	}
	if got, _ := pick(list, &Priced{ProductID: id.ID{6}, Quantity: money.Int(1)}, "", today); got != nil {
		t.Errorf("a price for an unlisted product: %v", got)
	}
}
