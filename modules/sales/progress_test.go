package sales

import (
	"testing"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

func stocked(quantity, reserved, shipped, amount string) *OrderLine {
	return &OrderLine{
		Priced: Priced{
			Quantity: money.Must(quantity), BaseQuantity: money.Must(quantity), UntaxedAmount: money.Must(amount), TotalAmount: money.Must(amount),
		},
		Fulfilment: byStock, BaseReserved: money.Must(reserved), BaseShipped: money.Must(shipped),
	}
}

func nothing(*OrderLine) []*Promise { return nil }

func day(s string) clock.Date {
	d, err := clock.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestDeliveryProgress(t *testing.T) {
	for _, c := range []struct {
		name     string
		lines    []*OrderLine
		progress string
		status   string
	}{
		{"nothing yet", []*OrderLine{stocked("10", "0", "0", "100")}, "0", "waiting"},
		{"six of ten reserved", []*OrderLine{stocked("10", "6", "0", "100")}, "30", "waiting"},
		{"all reserved", []*OrderLine{stocked("10", "10", "0", "100")}, "50", "waiting"},
		{"four shipped, six reserved", []*OrderLine{stocked("10", "6", "4", "100")}, "70", "partial"},
		{"all shipped", []*OrderLine{stocked("10", "0", "10", "100")}, "100", "shipped"},
		{"weighted by amount", []*OrderLine{stocked("1", "0", "1", "900"), stocked("1", "0", "0", "100")}, "90", "partial"},
		{"gifts count by quantity", []*OrderLine{stocked("1", "0", "1", "0"), stocked("3", "0", "0", "0")}, "25", "partial"},
	} {
		o := &Order{Status: Confirmed, Currency: "CNY", PaymentStatus: "none", Lines: c.lines}
		o.reckon(day("2026-01-01"), nothing)
		if !o.DeliveryProgress.Equal(money.Must(c.progress)) || o.DeliveryStatus != c.status {
			t.Errorf("%s: %s %% %s, want %s %% %s", c.name, o.DeliveryProgress, o.DeliveryStatus, c.progress, c.status)
		}
	}
}

func TestPromisedDate(t *testing.T) {
	today := day("2026-03-01")
	supply := func(no, quantity, date string) *Promise {
		return &Promise{SupplyNo: no, Quantity: money.Must(quantity), Date: day(date)}
	}
	for _, c := range []struct {
		name     string
		line     *OrderLine
		supplies []*Promise
		want, by string
	}{
		{"all reserved: today", stocked("10", "10", "0", "1"), nil, "2026-03-01", ""},
		{"nobody supplies the rest", stocked("10", "6", "0", "1"), nil, "", ""},
		{"the rest comes later", stocked("10", "6", "0", "1"), []*Promise{supply("MO1", "4", "2026-03-09")}, "2026-03-09", "MO1"},
		{"the last decides", stocked("10", "0", "0", "1"), []*Promise{supply("PR1", "5", "2026-03-20"), supply("MO1", "5", "2026-03-09")}, "2026-03-20", "PR1"},
		{"a part is not supplied", stocked("10", "0", "0", "1"), []*Promise{supply("PR1", "5", "2026-03-20")}, "", ""},
	} {
		o := &Order{Status: Confirmed, Lines: []*OrderLine{c.line}}
		o.reckon(today, func(*OrderLine) []*Promise { return c.supplies })
		if o.PromisedDate.String() != c.want || o.PromisedBy != c.by {
			t.Errorf("%s: %q by %q, want %q by %q", c.name, o.PromisedDate, o.PromisedBy, c.want, c.by)
		}
	}
}

func TestOrderMovesOn(t *testing.T) {
	l := stocked("10", "10", "0", "100")
	o := &Order{Status: Confirmed, Currency: "CNY", PaymentStatus: "none", Lines: []*OrderLine{l}}
	step := func(want, invoice string) {
		t.Helper()
		o.reckon(day("2026-01-01"), nothing)
		if o.Status != want || o.InvoiceStatus != invoice {
			t.Fatalf("%s, %s; want %s, %s", o.Status, o.InvoiceStatus, want, invoice)
		}
	}
	step(Confirmed, "waiting")
	l.BaseShipped, l.BaseReserved = money.Int(4), money.Int(6)
	step(InProgress, "waiting")
	l.InvoicedQuantity = money.Int(4)
	step(InProgress, "partial")
	l.BaseShipped, l.BaseReserved, l.InvoicedQuantity = money.Int(10), money.Zero(), money.Int(10)
	step(InProgress, "invoiced")
	o.collect(money.Int(40))
	if o.PaymentStatus != "partial" {
		t.Fatal(o.PaymentStatus)
	}
	step(InProgress, "invoiced")
	o.collect(money.Int(100))
	step(Done, "invoiced")
	o.collect(money.Zero())
	step(InProgress, "invoiced")
}

func TestClosingTheRest(t *testing.T) {
	l := stocked("10", "6", "4", "100")
	l.InvoicedQuantity, l.Closed = money.Int(4), true
	o := &Order{Status: Done, Currency: "CNY", PaymentStatus: "none", Lines: []*OrderLine{l}}
	o.reckon(day("2026-01-01"), nothing)
	if o.Status != Done || o.DeliveryStatus != "shipped" || o.InvoiceStatus != "invoiced" || !l.BaseReserved.IsZero() {
		t.Fatalf("%s %s %s, %s reserved", o.Status, o.DeliveryStatus, o.InvoiceStatus, l.BaseReserved)
	}
	if due := o.due(); !due.Equal(money.Int(40)) {
		t.Fatalf("%s is due, want 40", due)
	}
	o.collect(money.Int(40))
	if o.PaymentStatus != "paid" {
		t.Fatal(o.PaymentStatus)
	}
}

func TestPromisesGoOldestFirst(t *testing.T) {
	p := func(n byte, quantity string) *Promise {
		x := &Promise{Quantity: money.Must(quantity)}
		x.ID = id.ID{n}
		return x
	}
	kept := prune([]*Promise{p(2, "4"), p(1, "4")}, money.Int(4))
	if len(kept) != 1 || kept[0].ID != (id.ID{2}) || !kept[0].Quantity.Equal(money.Int(4)) {
		t.Fatalf("%+v", kept)
	}
	if kept := prune([]*Promise{p(1, "4")}, money.Int(1)); len(kept) != 1 || !kept[0].Quantity.Equal(money.Int(1)) {
		t.Fatalf("%+v", kept)
	}
	if kept := prune([]*Promise{p(1, "4")}, money.Zero()); len(kept) != 0 {
		t.Fatalf("%+v", kept)
	}
}
