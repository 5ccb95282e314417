package production

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
)

func pieces(keys ...byte) map[id.ID]coreevent.Product {
	out := map[id.ID]coreevent.Product{}
	for _, k := range keys {
		out[id.ID{k}] = coreevent.Product{ID: id.ID{k}, Type: "stock", Rounding: money.Int(1)}
	}
	return out
}

// cost stands in for inventory: it prices what is issued.
func (o *Order) pay(price string, products map[id.ID]coreevent.Product, processed money.Quantity) {
	for _, s := range o.backflush(o.proportion(processed, products), products) {
		m := o.material(s.MaterialID)
		value := s.Quantity.Mul(money.Must(price))
		m.IssuedQuantity, m.IssuedCost = m.IssuedQuantity.Add(s.Quantity), m.IssuedCost.Add(value)
		o.MaterialCost = o.MaterialCost.Add(value)
	}
}

// comes settles output of which takings and yields follow in proportion.
func (o *Order) comes(good, scrap money.Quantity, products map[id.ID]coreevent.Product) productionevent.OrderCompleted {
	return o.settle(good, scrap, o.proportion(o.processed().Add(good).Add(scrap), products), products, "CNY")
}

func tenOf(quantity int64) *Order {
	o := &Order{ProductID: id.ID{1}, Quantity: money.Int(quantity), Status: Released}
	m := &Material{ProductID: id.ID{2}, Quantity: money.Int(quantity * 2)}
	m.ID = id.ID{20}
	o.Materials = []*Material{m}
	return o
}

func TestPartialCompletion(t *testing.T) {
	products := pieces(1, 2)
	for _, issuedFirst := range []bool{true, false} {
		o := tenOf(10)
		o.LabourCost = money.Must("100")
		if issuedFirst {
			o.pay("3", products, o.Quantity)
		}
		o.pay("3", products, money.Int(4))
		first := o.comes(money.Int(4), money.Zero(), products)
		equal(t, "value of 4", first.Output.Value, "64") // 8 × 3 and 4/10 of 100
		if first.Done || o.Status != InProgress {
			t.Error("4 of 10 is not done")
		}
		o.pay("3", products, o.Quantity)
		rest := o.comes(money.Int(6), money.Zero(), products)
		equal(t, "value of 6", rest.Output.Value, "96")
		equal(t, "unit cost", o.UnitCost, "16")
		if !rest.Done || o.Status != Done {
			t.Error("10 of 10 is done")
		}
	}
}

func TestLastTakesAllCents(t *testing.T) {
	products := pieces(1, 2)
	o := tenOf(3)
	o.pay("0", products, o.Quantity)
	o.MaterialCost, o.Materials[0].IssuedCost = money.Must("10"), money.Must("10")
	for i, want := range []string{"3.33", "3.34", "3.33"} {
		got := o.comes(money.Int(1), money.Zero(), products)
		equal(t, "piece "+string(rune('1'+i)), got.Output.Value, want)
	}
	equal(t, "left", o.MaterialCost.Sub(o.MaterialOut), "0")
}

// A part that is too small for a piece of the by-product leaves its share of the cost to a later one.
func TestByProductsBearTheirShareOfAllParts(t *testing.T) {
	products := pieces(1, 2, 3)
	o := tenOf(3)
	o.ByProducts = []*OrderByProduct{{ProductID: id.ID{3}, Quantity: money.Int(2), CostPercent: money.Int(10)}}
	o.pay("5", products, o.Quantity)
	first := o.comes(money.Int(1), money.Zero(), products)
	equal(t, "first part", first.Output.Value, "10")
	if len(first.ByProducts) != 0 {
		t.Fatal(first.ByProducts)
	}
	rest := o.comes(money.Int(2), money.Zero(), products)
	equal(t, "by-product", rest.ByProducts[0].Value, "3")
	equal(t, "product", rest.Output.Value, "17")
	equal(t, "unit cost", o.UnitCost, "9")
}

func TestByProductsBearTheirShare(t *testing.T) {
	products := pieces(1, 2, 3)
	o := tenOf(3)
	o.ByProducts = []*OrderByProduct{{ProductID: id.ID{3}, Quantity: money.Int(2), CostPercent: money.Int(10)}}
	o.pay("5", products, o.Quantity)
	got := o.comes(money.Int(3), money.Zero(), products)
	equal(t, "by-product", got.ByProducts[0].Value, "3")
	equal(t, "product", got.Output.Value, "27")
	equal(t, "quantity", got.ByProducts[0].Quantity, "2")
	equal(t, "unit cost", o.UnitCost, "9")
}

func TestScrap(t *testing.T) {
	products := pieces(1, 2)
	o := tenOf(10)
	o.pay("1", products, money.Int(2))
	only := o.comes(money.Zero(), money.Int(2), products)
	equal(t, "scrap alone is worth", only.Output.Value, "0")
	o.pay("1", products, o.Quantity)
	rest := o.comes(money.Int(8), money.Zero(), products)
	equal(t, "the good bear it", rest.Output.Value, "20")
	equal(t, "unit cost", o.UnitCost, "2.5")
	if !rest.Done {
		t.Error("8 good and 2 scrapped are all 10")
	}
}

func TestOutputInput(t *testing.T) {
	number := func(s string) *money.Quantity { q := money.Must(s); return &q }
	cases := []struct {
		name        string
		in          CompleteInput
		good, scrap string
		reason      string
	}{
		{"all open", CompleteInput{}, "7", "0", ""},
		{"all open but scrap", CompleteInput{Scrap: money.Int(2)}, "5", "2", ""},
		{"some", CompleteInput{Quantity: number("3")}, "3", "0", ""},
		{"too much", CompleteInput{Quantity: number("7.5")}, "", "", "production.too_much"},
		{"nothing", CompleteInput{Quantity: number("0")}, "", "", "fields.invalid"},
		{"negative", CompleteInput{Quantity: number("-1")}, "", "", "fields.invalid"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			o := tenOf(10)
			o.DoneQuantity = money.Int(3)
			good, scrap, err := o.output(c.in, false)
			if c.reason != "" {
				if f := fault.As(err); f == nil || f.Reason != c.reason {
					t.Fatalf("err = %v, want %s", err, c.reason)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "good", good, c.good)
			equal(t, "scrap", scrap, c.scrap)
		})
	}
}

// TestCostIsNeitherLostNorMade completes an order in random parts at random prices: what went in comes out.
func TestCostIsNeitherLostNorMade(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		products := pieces(1, 2, 3)
		quantity := int64(rapid.IntRange(1, 40).Draw(t, "quantity"))
		o := tenOf(quantity)
		o.Materials[0].Quantity = money.Int(int64(rapid.IntRange(1, 90).Draw(t, "material")))
		o.ByProducts = []*OrderByProduct{{ProductID: id.ID{3}, Quantity: money.Int(5), CostPercent: money.Int(7)}}
		out := money.Zero()
		for o.open().Sign() > 0 {
			left := int(o.open().IntPart())
			good := money.Int(int64(rapid.IntRange(1, left).Draw(t, "good")))
			price := money.Int(int64(rapid.IntRange(0, 999).Draw(t, "cents"))).Shift(-2).String()
			o.pay(price, products, o.DoneQuantity.Add(good))
			o.LabourCost = o.LabourCost.Add(money.Must("0.37"))
			e := o.comes(good, money.Zero(), products)
			out = out.Add(e.Output.Value)
			for _, b := range e.ByProducts {
				out = out.Add(b.Value)
			}
			if e.Output.Value.Sign() < 0 {
				t.Fatalf("value %s", e.Output.Value)
			}
		}
		if in := o.MaterialCost.Add(o.LabourCost); !in.Equal(out) {
			t.Fatalf("in %s, out %s", in, out)
		}
		if o.Status != Done || !o.Materials[0].IssuedQuantity.Equal(o.Materials[0].Quantity) || !o.ByProducts[0].DoneQuantity.Equal(money.Int(5)) {
			t.Fatal("something is left")
		}
	})
}

func TestFindCycle(t *testing.T) {
	a, b, c := id.ID{1}, id.ID{2}, id.ID{3}
	day := func(n int) clock.Date { return clock.NewDate(2026, time.January, n) }
	cases := []struct {
		name  string
		edges []edge
		want  int
	}{
		{"none", []edge{{from: a, to: b}, {from: b, to: c}, {from: a, to: c}}, 0},
		{"itself", []edge{{from: a, to: a}}, 1},
		{"two", []edge{{from: a, to: b}, {from: b, to: a}}, 2},
		{"three", []edge{{from: a, to: b}, {from: b, to: c}, {from: c, to: a}}, 3},
		{"never on one day", []edge{{from: a, to: b, until: day(5)}, {from: b, to: a, since: day(5)}}, 0},
		{"on one day", []edge{{from: a, to: b, until: day(6)}, {from: b, to: a, since: day(5)}}, 2},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			got := findCycle(x.edges, []id.ID{a})
			if len(got) != x.want {
				t.Fatalf("cycle of %d, want %d", len(got), x.want)
			}
			if len(got) > 0 && (got[0].from != a || got[len(got)-1].to != a) {
				t.Error("the way does not begin and end at the saved product")
			}
		})
	}
}

func TestShrinkFollowsTheRecipe(t *testing.T) {
	w := newWorkshop()
	w.product("p", "make")
	w.product("c", "buy")
	r := w.makes("p", 9, "c", "4")
	o := &Order{ProductID: w.ids["p"], Quantity: money.Int(9), DemandQuantity: money.Int(3), BOMID: r.ID, Materials: []*Material{
		{ProductID: w.ids["c"], Quantity: money.Int(4)}, {ProductID: id.ID{9}, Quantity: money.Int(3)},
	}}
	e, err := w.shrink(o)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "order", e.Quantity, "3")
	equal(t, "component", e.Materials[0].Quantity, "2")
	equal(t, "a person's own line", e.Materials[1].Quantity, "1")
}
