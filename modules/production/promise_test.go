package production_test

import (
	"context"
	"testing"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/tenancy"
)

// report runs a report of production and returns its rows.
func (c *company) report(name string, params m) []m {
	c.t.Helper()
	var out []m
	c.ok(c.try(func(ctx context.Context, tx *tenancy.Tx) error {
		rows, err := record.RunReport(ctx, tx, c.engine.Report("production/"+name), params)
		out = append(out, rows...)
		return err
	}, tenancy.ReadOnly()))
	return out
}

// TestCapableToPromise asks what a confirmed order would be promised, and finds the confirmed order to be promised just that.
func TestCapableToPromise(t *testing.T) {
	c := newCompany(t)
	kit, part := c.product("KIT", "make", m{"lead_time_days": 2}), c.product("PART", "make", m{"lead_time_days": 3})
	steel, bolt := c.product("STEEL", "buy", nil), c.product("BOLT", "buy", m{"lead_time_days": 6})
	c.bom(kit, "1", part, "2", bolt, "4")
	c.bom(part, "1", steel, "1")
	c.vendor("Smith", steel, "3", 10)
	c.stock(kit, "3", "50")
	c.stock(steel, "4", "3")
	s := c.as("sales")
	if rows := s.report("capable_to_promise", nil); len(rows) != 0 {
		t.Errorf("nothing was asked for, the answer is %v", rows)
	}
	c.fields(s.report("capable_to_promise", m{"product_id": kit, "quantity": "3"})[0], m{"from_stock": "3", "way": "stock", "earliest_date": day(0)})
	c.fields(s.report("capable_to_promise", m{"product_id": kit, "quantity": "5"})[0], // 2 to make: steel for 4 parts is there, bolts take 6 days
		m{"from_stock": "3", "way": "make", "earliest_date": day(8), "critical_product_id": bolt})
	c.fields(s.report("capable_to_promise", m{"product_id": kit, "quantity": "6"})[0], // 6 parts: steel 10, part 3, kit 2
		m{"way": "make", "earliest_date": day(15), "critical_product_id": steel})
	c.fields(s.report("capable_to_promise", m{"product_id": steel, "quantity": "5"})[0],
		m{"from_stock": "4", "way": "buy", "earliest_date": day(10), "critical_product_id": steel})
	if got := c.list(orders); len(got) != 0 {
		t.Errorf("asking planned %d orders", len(got))
	}
	c.sell(kit, "6", nil)
	c.fields(c.one(selling), m{"promised_date": day(15)})
}

// TestPromiseCountsWhatComes counts components on their way that nobody waits for, bought and made, at all levels; what somebody waits for is not free, and
// what comes later than a new order would does not help.
func TestPromiseCountsWhatComes(t *testing.T) {
	c := newCompany(t)
	p, b := c.as("planner"), c.as("buyer")
	kit, part := c.product("KIT", "make", m{"lead_time_days": 2}), c.product("PART", "make", m{"lead_time_days": 3})
	bolt, steel := c.product("BOLT", "buy", nil), c.product("STEEL", "buy", nil)
	c.bom(kit, "1", part, "1", bolt, "4")
	c.bom(part, "1", steel, "1")
	smith := c.vendor("Smith", steel, "3", 20)
	b.add("purchasing/vendor_prices", m{"product_id": bolt, "vendor_id": smith, "price": "1", "lead_time_days": 20})
	asks := func(quantity, want string) {
		t.Helper()
		c.fields(c.as("sales").report("capable_to_promise", m{"product_id": kit, "quantity": quantity})[0], m{"earliest_date": want})
	}
	asks("2", day(25)) // steel 20, part 3, kit 2

	order := func(product, quantity string, days int) {
		t.Helper()
		key := b.add(buying, m{"vendor_id": smith, "lines": []m{{"product_id": product, "quantity": quantity, "unit_price": "1", "expected_date": day(days)}}})
		b.must(buying, key, "confirm", nil)
	}
	order(steel, "5", 6)
	asks("2", day(22)) // bolts are what is missing now
	order(bolt, "9", 7)
	asks("2", day(11)) // steel 6, part 3, kit 2
	asks("3", day(22)) // bolts for two only
	c.stock(steel, "1", "3")
	key := p.add(orders, m{"product_id": part, "quantity": "1", "start_date": day(2), "due_date": day(3)})
	p.must(orders, key, "release", nil)
	asks("1", day(9)) // the part is made already, bolts come on the 7th
	if got := c.list(orders, "product_id", kit); len(got) != 0 {
		t.Errorf("asking planned %d orders", len(got))
	}
	c.sell(bolt, "6", nil) // and is to wait for the bolts that are on their way
	wait := c.one("inventory/reservations", "product_id", bolt, "demand_entity", "sales.order_line")
	c.must("inventory/reservations", str(wait["id"]), "await", m{"supply_id": c.one("inventory/receipts", "expected_date", day(7))["id"], "reason": "first come"})
	order(bolt, "50", 40) // later than a new order would be
	asks("2", day(22))
}

// account runs a report of any module as the owner and returns the row of a code; without one, a row of zeros.
func (c *company) account(path, code string) m {
	c.t.Helper()
	out := m{"balance": "0"}
	for _, r := range c.reported(path) {
		if r["code"] == code {
			out = r
		}
	}
	return out
}

// reported runs a report of any module as the owner.
func (c *company) reported(path string) (rows []m) {
	c.t.Helper()
	c.ok(c.as("owner").try(func(ctx context.Context, tx *tenancy.Tx) error {
		list, err := record.RunReport(ctx, tx, c.engine.Report(path), nil)
		rows = append(rows, list...)
		return err
	}, tenancy.ReadOnly()))
	return rows
}
