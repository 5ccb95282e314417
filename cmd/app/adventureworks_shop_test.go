package app_test

import (
	"encoding/csv"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

// shop is the AdventureWorks files read and reckoned with in this test's own way: nothing here comes from the program.
type shop struct {
	files map[string][]map[string]string
	made  map[string]bool
	parts map[string]map[string]decimal.Decimal // product → component → how many in one, as valid today
	stock map[string]decimal.Decimal            // over all locations, shelves and bins
	asked map[string][]offer                    // prices of active vendors
}

type offer struct {
	vendor     string
	price, min decimal.Decimal
	days       int64
}

func dec(t *testing.T, s string) decimal.Decimal {
	t.Helper()
	d, err := decimal.NewFromString(s)
	if err != nil {
		t.Fatalf("%q is no number", s)
	}
	return d
}

func readShop(t *testing.T, dir string) *shop {
	t.Helper()
	s := &shop{
		files: map[string][]map[string]string{}, made: map[string]bool{}, parts: map[string]map[string]decimal.Decimal{},
		stock: map[string]decimal.Decimal{}, asked: map[string][]offer{},
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.csv"))
	if err != nil || len(paths) < 9 {
		t.Fatalf("%d files in %s, want nine: %v", len(paths), dir, err)
	}
	for _, path := range paths {
		s.files[filepath.Base(path)] = readFile(t, path)
	}
	for _, p := range s.files["products.csv"] {
		s.made[p["number"]] = p["make"] == "1"
	}
	s.readParts(t)
	for _, x := range s.files["stock.csv"] {
		s.stock[x["product_number"]] = s.stock[x["product_number"]].Add(dec(t, x["quantity"]))
	}
	active := map[string]bool{}
	for _, v := range s.files["vendors.csv"] {
		active[v["number"]] = v["active"] == "1"
	}
	for _, p := range s.files["vendor_prices.csv"] {
		if active[p["vendor_number"]] {
			s.asked[p["product_number"]] = append(s.asked[p["product_number"]], offer{
				p["vendor_number"], dec(t, p["price"]), dec(t, p["min_order_qty"]), dec(t, p["lead_time_days"]).IntPart(),
			})
		}
	}
	return s
}

func readFile(t *testing.T, path string) []map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // read only
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, cells := range rows[1:] {
		x := map[string]string{}
		for i, name := range rows[0] {
			x[name] = cells[i]
		}
		out = append(out, x)
	}
	return out
}

// readParts takes the components that are valid today, in the company's time zone: from valid_from on, valid_to is exclusive, none means open.
func (s *shop) readParts(t *testing.T) {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	today := time.Now().In(zone).Format(time.DateOnly)
	for _, b := range s.files["bom_lines.csv"] {
		if b["valid_from"] > today || b["valid_to"] != "" && b["valid_to"] <= today {
			continue
		}
		if s.parts[b["assembly_number"]] == nil {
			s.parts[b["assembly_number"]] = map[string]decimal.Decimal{}
		}
		of := s.parts[b["assembly_number"]]
		of[b["component_number"]] = of[b["component_number"]].Add(dec(t, b["quantity"]))
	}
}

// answer of the reckoning: by product, what is taken from stock, made and bought.
type plan struct {
	taken, made, bought map[string]decimal.Decimal
	levels              int // how many levels of the bill run short
}

// sell reckons by levels, top down: what all parents together need of a product, less what is free, is made or bought. A product's turn comes when all
// its parents have had theirs.
func (s *shop) sell(product string, quantity decimal.Decimal) plan {
	p := plan{taken: map[string]decimal.Decimal{}, made: map[string]decimal.Decimal{}, bought: map[string]decimal.Decimal{}}
	depth := map[string]int{}
	s.measure(product, 1, depth)
	order := slices.SortedFunc(maps.Keys(depth), func(a, b string) int { return depth[a] - depth[b] })
	need := map[string]decimal.Decimal{product: quantity}
	for _, x := range order {
		take := decimal.Min(need[x], s.stock[x])
		short := need[x].Sub(take)
		if take.Sign() > 0 {
			p.taken[x] = take
		}
		if short.Sign() <= 0 {
			continue
		}
		p.levels = max(p.levels, depth[x])
		if !s.made[x] || len(s.parts[x]) == 0 {
			p.bought[x] = short
			continue
		}
		p.made[x] = short
		for part, each := range s.parts[x] {
			need[part] = need[part].Add(short.Mul(each))
		}
	}
	return p
}

// measure notes the lowest level at which each product is used.
func (s *shop) measure(product string, level int, depth map[string]int) {
	if depth[product] >= level {
		return
	}
	depth[product] = level
	for part := range s.parts[product] {
		s.measure(part, level+1, depth)
	}
}

// vendors are those of whom a quantity may be bought, with their prices: the cheapest among those whose minimum it reaches, of these the fastest. Where it
// reaches nobody's minimum, the order will have to be raised to it: then the one where that costs least. The sample's maximum is not applied.
func (s *shop) vendors(product string, quantity decimal.Decimal) map[string]decimal.Decimal {
	enough := slices.DeleteFunc(slices.Clone(s.asked[product]), func(o offer) bool { return quantity.LessThan(o.min) })
	cost := func(o offer) decimal.Decimal { return o.price }
	if len(enough) == 0 {
		enough = s.asked[product]
		cost = func(o offer) decimal.Decimal { return o.price.Mul(o.min) }
	}
	better := func(a, b offer) int {
		if c := cost(a).Cmp(cost(b)); c != 0 {
			return c
		}
		return int(a.days - b.days)
	}
	out := map[string]decimal.Decimal{}
	for _, o := range enough {
		if better(o, slices.MinFunc(enough, better)) == 0 {
			out[o.vendor] = o.price
		}
	}
	return out
}
