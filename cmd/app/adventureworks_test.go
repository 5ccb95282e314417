package app_test

import (
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
)

// bicycle is the finished touring bicycle that is sold: of which most is missing.
const bicycle = "BK-T79Y-54"

// folders are the samples to test with: the extract that is part of the repository, and the whole sample where it is at hand.
func folders() map[string]string {
	out := map[string]string{"extract": filepath.Join("testdata", "adventureworks")}
	for _, dir := range []string{os.Getenv("TENON_ADVENTUREWORKS"), filepath.Join("..", "..", "..", "shared", "data", "adventureworks")} {
		if _, err := os.Stat(filepath.Join(dir, "products.csv")); dir != "" && err == nil {
			out["whole"] = dir
			break
		}
	}
	return out
}

// TestAdventureWorks loads the sample, sells 1,000 bicycles of which four levels of the bill run short, and compares everything that follows with this
// test's own reckoning.
func TestAdventureWorks(t *testing.T) {
	for name, dir := range folders() {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			owner := w.signUp(t, "Adventure")
			began := time.Now()
			if err := w.app.ImportAdventureWorks(t.Context(), theTenant(t, w), dir, func(p app.Progress) {
				t.Logf("%-32s %5d rows %5d records %6.2f s %s", p.Entity, p.Rows, p.Records, p.Took.Seconds(), p.Notice.EN)
			}); err != nil {
				t.Fatal(err)
			}
			t.Logf("loaded in %.2f s", time.Since(began).Seconds())
			c := &cyclist{t: t, owner: owner, shop: readShop(t, dir)}
			c.readNumbers()
			t.Run("loaded", func(t *testing.T) { c.on(t).loaded() })
			t.Run("sold", func(t *testing.T) { c.on(t).sold() })
		})
	}
}

func theTenant(t *testing.T, w *world) *tenancy.Tenant {
	t.Helper()
	list, err := w.app.DB.List(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("%d tenants: %v", len(list), err)
	}
	return list[0]
}

// A broken file is named with its row and column, and nothing of the others stays.
func TestAdventureWorksIsLoadedAsAWhole(t *testing.T) {
	w := newWorld(t)
	owner := w.signUp(t, "Adventure")
	for _, c := range []struct{ name, file, old, new, want string }{
		{"unknown product", "purchase_order_lines.csv", "BA-8327", "BA-0000", "product_id"},
		{"bad number", "stock.csv", "AR-5381,1,A,1,408", "AR-5381,1,A,1,many", "row 2"},
		{"negative quantity", "bom_lines.csv", ",8.00,OZ,", ",-8.00,OZ,", "quantity"},
		{"cycle", "bom_lines.csv", "BE-2349,BA-8327,", "BE-2349,BB-9108,", "BB-9108"},
		{"missing column", "vendors.csv", "credit_rating", "rating", "credit_rating"},
		{"twice", "products.csv", "BA-8327,", "AR-5381,", "number"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "adventureworks"))); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, c.file)
			raw, err := os.ReadFile(path)
			if err != nil || !strings.Contains(string(raw), c.old) {
				t.Fatalf("%s holds no %s: %v", c.file, c.old, err)
			}
			if err := os.WriteFile(path, []byte(strings.Replace(string(raw), c.old, c.new, 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			err = w.app.ImportAdventureWorks(t.Context(), theTenant(t, w), dir, func(app.Progress) {})
			if f := fault.As(err); f == nil || !strings.Contains(f.Text.EN, c.file) || !strings.Contains(f.Error(), c.want) {
				t.Errorf("got %v, want %s and %s named", err, c.file, c.want)
			}
		})
	}
	if rows := owner.list("inventory/products", ""); len(rows) != 0 {
		t.Errorf("%d products stayed", len(rows))
	}
}

// What the system computes comes in as it was for an operator's import only: people can't write it, by an import neither.
func TestPeopleDoNotImportHistory(t *testing.T) {
	owner := newWorld(t).signUp(t, "Adventure")
	vendor := owner.create("purchasing/vendors", m{"name": "Hubs"})
	product := owner.create("inventory/products", m{"number": "H1", "name": "Hub", "type": "stock", "unit": "pcs"})
	head, row := "vendor_id,lines.product_id,lines.quantity,lines.unit_price", str(vendor, "name")+","+str(product, "number")+",3,2.5"
	refused := owner.must(http.StatusBadRequest, owner.post("/purchasing/orders/import", head+",status,lines.received_quantity\n"+row+",done,3\n"))
	if list, _ := refused["fields"].([]any); len(list) != 2 {
		t.Errorf("want two fields refused: %v", refused)
	}
	owner.must(http.StatusOK, owner.post("/purchasing/orders/import", head+"\n"+row+"\n"))
	same(t, "order", owner.one("purchasing/orders", ""), m{"status": "draft", "untaxed_amount": "7.5"})
}

// cyclist looks at what the sample has become, by HTTP, as the owner.
type cyclist struct {
	t       *testing.T
	owner   person
	shop    *shop
	number  map[string]string // product id → number
	product map[string]m      // by number
}

func (c *cyclist) on(t *testing.T) *cyclist {
	d := *c
	d.t, d.owner.t = t, t
	return &d
}

func (c *cyclist) readNumbers() {
	c.number, c.product = map[string]string{}, map[string]m{}
	for _, p := range c.every("inventory/products", "") {
		c.number[str(p, "id")] = str(p, "number")
		c.product[str(p, "number")] = p
	}
}

// every reads a whole list, page by page.
func (c *cyclist) every(path, query string) []m {
	c.t.Helper()
	var out []m
	for cursor := ""; ; {
		page := c.owner.must(http.StatusOK, c.owner.get("/"+path+"?limit=500&"+query+cursor))
		data, _ := page["data"].([]any)
		for _, x := range data {
			row, _ := x.(m)
			out = append(out, row)
		}
		next := str(page, "next_cursor")
		if next == "" {
			return out
		}
		cursor = "&cursor=" + next
	}
}

// sums adds up a field of rows by something of them.
func (c *cyclist) sums(rows []m, field string, by func(m) string) map[string]string {
	sums := map[string]decimal.Decimal{}
	for _, r := range rows {
		sums[by(r)] = sums[by(r)].Add(num(c.t, r, field))
	}
	return texts(sums)
}

func (c *cyclist) numberOf(r m) string { return c.number[str(r, "product_id")] }

// texts makes numbers comparable; zeros are left out.
func texts(in map[string]decimal.Decimal) map[string]string {
	out := map[string]string{}
	for k, v := range in {
		if !v.IsZero() {
			out[k] = v.String()
		}
	}
	return out
}

func (c *cyclist) equal(what string, got, want map[string]string) {
	c.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		c.t.Errorf("%s differ (- reckoned, + recorded):\n%s", what, diff)
	}
}

// sold has a salesperson sell 1,000 bicycles, and 1,000 again when most of what they are made of is gone: then the two wheels share a hub that is short.
func (c *cyclist) sold() {
	sales, director := c.owner.hire("sally", "sales"), c.owner.hire("dora", "sales_director")
	customer := sales.list("crm/customers", "sort=number")[0]
	loaded := maps.Clone(c.shop.stock)
	held := map[string]decimal.Decimal{}
	for _, levels := range []int{4, 5} {
		want := c.shop.sell(bicycle, decimal.NewFromInt(1000))
		if want.levels < levels || len(want.made) < 10 || len(want.bought) < 5 {
			c.t.Fatalf("only %d levels run short, %d products are made and %d bought: no test", want.levels, len(want.made), len(want.bought))
		}
		f := c.follow(c.order(sales, director, customer))
		f.compare(want)
		f.pegging(1000)
		for product, q := range want.taken {
			held[product] = held[product].Add(q)
			c.shop.stock[product] = c.shop.stock[product].Sub(q)
		}
		f.balances(loaded, held)
	}
}

// order sells 1,000 bicycles; a director agrees because it is a lot of money. It returns the order's id.
func (c *cyclist) order(sales, director person, customer m) string {
	c.t.Helper()
	order := sales.create("sales/orders", m{
		"customer_id": customer["id"], "lines": []m{{"product_id": c.product[bicycle]["id"], "quantity": "1000"}},
	})
	same(c.t, "order", lines(order)[0], m{"unit_price": c.product[bicycle]["list_price"]})
	id := str(order, "id")
	parked := sales.must(http.StatusAccepted, sales.post("/sales/orders/"+id+"/confirm", nil))
	approval, _ := parked["approval"].(m)
	began := time.Now()
	director.act("approvals", str(approval, "id"), "approve", nil)
	c.t.Logf("confirmed in %.3f s", time.Since(began).Seconds())
	same(c.t, "order", sales.read("sales/orders", id), m{"status": "confirmed", "delivery_status": "waiting"})
	return id
}

// follow reads everything that a sales order has caused.
func (c *cyclist) follow(order string) *cascade {
	f := &cascade{cyclist: c, order: order}
	f.held = c.every("inventory/reservations", "sales_order_id="+order)
	f.orders = c.every("production/production_orders", "sales_order_id="+order)
	f.requests = c.every("purchasing/requisitions", "sales_order_id="+order)
	c.t.Logf("%d reservations, %d production orders, %d requisitions", len(f.held), len(f.orders), len(f.requests))
	for _, path := range []string{"inventory/reservations", "production/production_orders", "purchasing/requisitions"} {
		if strays := c.every(path, "sales_order_id[null]=true"); len(strays) > 0 {
			c.t.Errorf("%d %s are for no order", len(strays), path)
		}
	}
	return f
}

// sorted are a map's keys in their order.
func sorted[V any](x map[string]V) []string { return slices.Sorted(maps.Keys(x)) }
