package purchasing

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
)

func TestDescriptions(t *testing.T) {
	for _, rec := range Module(Plugs{}).Entities {
		if _, err := entity.Compile(rec); err != nil {
			t.Error(err)
		}
	}
}

func equal(t *testing.T, what string, got money.Quantity, want string) {
	t.Helper()
	if !got.Equal(money.Must(want)) {
		t.Errorf("%s = %s, want %s", what, got, want)
	}
}

// asks is an offer in pieces and company currency.
func asks(n byte, price string, change ...func(*offer)) offer {
	o := offer{ID: id.ID{n}, VendorID: id.ID{n}, Price: money.Must(price), Currency: "CNY", Rate: money.Int(1), Factor: big.NewRat(1, 1), Lead: 5}
	for _, c := range change {
		c(&o)
	}
	return o
}

func from(q int64) func(*offer)    { return func(o *offer) { o.Min = money.Int(q) } }
func upTo(q int64) func(*offer)    { return func(o *offer) { o.Max = money.Int(q) } }
func days(n int) func(*offer)      { return func(o *offer) { o.Lead = n } }
func boxOf(n int64) func(*offer)   { return func(o *offer) { o.Factor = big.NewRat(n, 1) } }
func rate(s string) func(*offer)   { return func(o *offer) { o.Rate = money.Must(s) } }
func need(q string) money.Quantity { return money.Must(q) }

func TestBestOffer(t *testing.T) {
	cases := []struct {
		name   string
		need   string
		offers []offer
		want   byte
	}{
		{"nobody", "4", nil, 0},
		{"cheapest", "4", []offer{asks(1, "10"), asks(2, "9")}, 2},
		{"faster of two equals", "4", []offer{asks(1, "10"), asks(2, "10", days(3))}, 2},
		{"price break reached", "100", []offer{asks(1, "10"), asks(2, "8", from(100))}, 2},
		{"price break not reached", "99", []offer{asks(1, "10"), asks(2, "8", from(100))}, 1},
		{"upper end of a break", "5", []offer{asks(1, "7", upTo(4)), asks(2, "8")}, 2},
		{"above every break", "50", []offer{asks(1, "10", upTo(9)), asks(2, "9", upTo(20))}, 2},
		{"only minimums: what the whole costs", "4", []offer{asks(1, "1", from(1000)), asks(2, "20", from(10))}, 2},
		{"per box", "12", []offer{asks(1, "10"), asks(2, "54", boxOf(6))}, 2},
		{"foreign money", "1", []offer{asks(1, "10"), asks(2, "2", rate("7.1"))}, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := best(c.offers, need(c.need))
			if c.want == 0 {
				if got != nil {
					t.Fatalf("offer of %v", got.VendorID)
				}
				return
			}
			if got == nil || got.VendorID != (id.ID{c.want}) {
				t.Fatalf("offer %+v, want that of %d", got, c.want)
			}
		})
	}
}

func TestLot(t *testing.T) {
	cases := []struct {
		name          string
		need          string
		factor        *big.Rat
		minimum, step string
		want          string
	}{
		{"as it is", "7", big.NewRat(1, 1), "0", "1", "7"},
		{"minimum", "7", big.NewRat(1, 1), "10", "1", "10"},
		{"multiple", "7", big.NewRat(1, 1), "0", "5", "10"},
		{"minimum and multiple", "7", big.NewRat(1, 1), "12", "5", "15"},
		{"boxes of 6", "7", big.NewRat(6, 1), "0", "1", "2"},
		{"exactly one box", "6", big.NewRat(6, 1), "0", "1", "1"},
		{"kilograms for grams", "1500", big.NewRat(1000, 1), "0", "0.5", "1.5"},
		{"no step", "1.2345678", big.NewRat(1, 1), "0", "0", "1.234568"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			equal(t, "lot", lot(need(c.need), c.factor, money.Must(c.minimum), money.Must(c.step)), c.want)
		})
	}
}

func TestLotProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := money.Int(int64(rapid.IntRange(1, 9999).Draw(t, "need")))
		factor := big.NewRat(int64(rapid.IntRange(1, 24).Draw(t, "factor")), int64(rapid.IntRange(1, 24).Draw(t, "of")))
		minimum := money.Int(int64(rapid.IntRange(0, 50).Draw(t, "minimum")))
		step := money.Int(int64(rapid.IntRange(1, 12).Draw(t, "step")))
		q := lot(n, factor, minimum, step)
		covered := new(big.Rat).Mul(q.Rat(), factor)
		if covered.Cmp(n.Rat()) < 0 || q.LessThan(minimum) || !q.Mod(step).IsZero() {
			t.Fatalf("lot %s covers %s of %s", q, covered.FloatString(3), n)
		}
		if less := q.Sub(step); less.GreaterThanOrEqual(minimum) && new(big.Rat).Mul(less.Rat(), factor).Cmp(n.Rat()) >= 0 {
			t.Fatalf("lot %s, but %s is enough", q, less)
		}
	})
}

func TestTotals(t *testing.T) {
	vat := coreevent.Tax{ID: id.ID{1}, Rate: money.Int(13), Rounding: "line"}
	doc := coreevent.Tax{ID: id.ID{2}, Rate: money.Int(13), Rounding: "document"}
	o := &Order{Currency: "CNY", Lines: []*OrderLine{
		{Quantity: money.Int(3), UnitPrice: money.Must("0.35"), TaxID: vat.ID},
		{Quantity: money.Int(1), UnitPrice: money.Must("1.05"), TaxID: vat.ID},
		{Quantity: money.Int(1), UnitPrice: money.Must("1.05"), TaxID: doc.ID},
		{Quantity: money.Int(1), UnitPrice: money.Must("1.05"), TaxID: doc.ID},
		{Quantity: money.Int(2), UnitPrice: money.Must("5")},
	}}
	o.add(map[id.ID]coreevent.Tax{vat.ID: vat, doc.ID: doc})
	equal(t, "untaxed", o.UntaxedAmount, "14.20")
	equal(t, "tax", o.TaxAmount, "0.55") // 0.14 + 0.14 per line, 0.27 for the document
	equal(t, "total", o.TotalAmount, "14.75")
}

func TestProgressAndServe(t *testing.T) {
	line := &OrderLine{Quantity: money.Int(2), BaseQuantity: money.Int(12), NeededQuantity: money.Int(10)}
	line.ID = id.ID{1}
	o := &Order{Lines: []*OrderLine{line}}
	first := &Requisition{Quantity: money.Int(4), PurchaseLineID: line.ID, Status: Ordered}
	second := &Requisition{Quantity: money.Int(6), PurchaseLineID: line.ID, Status: Ordered}
	line.ReceivedBase = money.Int(6)
	line.ReceivedQuantity = line.inLineUnit(line.ReceivedBase)
	equal(t, "received boxes", line.ReceivedQuantity, "1")
	if got := o.serve([]*Requisition{first, second}); len(got) != 1 || got[0] != first {
		t.Fatalf("%d requisitions served by 6 of 12, want the first", len(got))
	}
	o.progress()
	if o.Status != Confirmed {
		t.Errorf("status %s", o.Status)
	}
	line.ReceivedBase = money.Int(12)
	if got := o.serve([]*Requisition{second}); len(got) != 1 {
		t.Error("all has come: the second is served too")
	}
	o.progress()
	if o.Status != Received {
		t.Errorf("status %s", o.Status)
	}
	line.BilledQuantity = money.Int(2)
	if o.progress(); o.Status != Done {
		t.Errorf("status %s", o.Status)
	}
}
