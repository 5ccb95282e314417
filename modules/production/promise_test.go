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

// account runs a report of any module as the owner and returns the row of a code; without one, a row of zeros.
func (c *company) account(path, code string) m {
	c.t.Helper()
	out := m{"balance": "0"}
	c.ok(c.as("owner").try(func(ctx context.Context, tx *tenancy.Tx) error {
		rows, err := record.RunReport(ctx, tx, c.engine.Report(path), nil)
		for _, r := range rows {
			if r["code"] == code {
				out = r
			}
		}
		return err
	}, tenancy.ReadOnly()))
	return out
}
