package app_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/tenancy"
)

// meddle changes a tenant's tables behind Tenon's back, past all triggers.
func (w *world) meddle(t *testing.T, tenant *tenancy.Tenant, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), w.app.Config.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), "SET session_replication_role = replica; SET search_path = "+tenant.Schema+"; "+sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func (w *world) tenant(t *testing.T, name string) *tenancy.Tenant {
	t.Helper()
	list, err := w.app.DB.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(x *tenancy.Tenant) bool { return x.Name == name })
	if i < 0 {
		t.Fatalf("no tenant %s", name)
	}
	return list[i]
}

func checks(findings []app.Finding) []string {
	var out []string
	for _, f := range findings {
		if !slices.Contains(out, f.Check) {
			out = append(out, f.Check)
		}
	}
	return out
}

// A sound company has no findings; each promise that is broken on purpose is found.
func TestVerifyFindsContradictions(t *testing.T) {
	w := newWorld(t)
	c := newCompany(t, w, "Sound")
	c.stock(c.steel, "50", "9")
	trade(c)
	bill := c.books.create("finance/bills", m{"vendor_id": c.vendor["id"], "lines": []m{{"description": "Rent", "quantity": "1", "unit_price": "100"}}})
	c.books.act("finance/bills", str(bill, "id"), "post", nil)
	tenant := w.tenant(t, "Sound")
	findings, err := w.app.Verify(t.Context(), tenant)
	if err != nil {
		t.Fatal(err)
	}
	if len(findings) > 0 {
		t.Fatalf("a sound company has findings: %v", findings)
	}
	for _, x := range []struct{ check, harm, cure string }{
		{"ledger balances", "UPDATE finance_entry SET total_amount = total_amount + 1 WHERE status = 'posted'", "UPDATE finance_entry SET total_amount = total_amount - 1 WHERE status = 'posted'"},
		{"stock on hand is the sum of moves", "UPDATE stock_move SET quantity = quantity * 2", "UPDATE stock_move SET quantity = quantity / 2"},
		{"valued quantity is the stock on hand", "UPDATE product_value SET quantity = quantity + 1", "UPDATE product_value SET quantity = quantity - 1"},
		{"reserved stock is the sum of reservations", "UPDATE reservation SET quantity = quantity + 1 WHERE status = 'open'", "UPDATE reservation SET quantity = quantity - 1 WHERE status = 'open'"},
		{"invoices are open by what is not paid or credited", "UPDATE finance_invoice SET residual_amount = residual_amount + 1", "UPDATE finance_invoice SET residual_amount = residual_amount - 1"},
		{"payments are matched by no more than they are", "UPDATE finance_payment SET amount = amount + 1", "UPDATE finance_payment SET amount = amount - 1"},
		{"open items stand in the books at their value", "UPDATE finance_invoice SET open_value = open_value + 1", "UPDATE finance_invoice SET open_value = open_value - 1"},
		{"bills are open by what is not paid", "UPDATE finance_bill SET paid_amount = paid_amount + 1", "UPDATE finance_bill SET paid_amount = paid_amount - 1"},
		{
			"reserved stock is on hand", "ALTER TABLE stock_balance DROP CONSTRAINT stock_balance_reserved_is_there; UPDATE stock_balance SET reserved = on_hand + 1",
			"",
		},
	} {
		w.meddle(t, tenant, x.harm)
		findings, err := w.app.Verify(t.Context(), tenant)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(checks(findings), x.check) {
			t.Errorf("%s: not found, only %v", x.check, checks(findings))
		}
		if x.cure == "" {
			continue
		}
		w.meddle(t, tenant, x.cure)
		if findings, err = w.app.Verify(t.Context(), tenant); err != nil || len(findings) > 0 {
			t.Fatalf("%s: after the cure %v, %v", x.check, findings, err)
		}
	}
}

// trade sells steel from stock: part of it is shipped, invoiced and paid, part is only reserved.
func trade(c *company) {
	c.owner.t.Helper()
	for _, quantity := range []string{"5", "3"} {
		order := c.sales.create("sales/orders", m{
			"customer_id": c.customer["id"], "lines": []m{{"product_id": c.steel["id"], "quantity": quantity, "unit_price": "20"}},
		})
		c.sales.act("sales/orders", str(order, "id"), "confirm", nil)
		if quantity == "3" {
			return
		}
		delivery := c.store.one("inventory/deliveries", "order_id="+str(order, "id"))
		c.store.act("inventory/deliveries", str(delivery, "id"), "ship", nil)
		invoice := c.books.one("finance/invoices", "order_id="+str(order, "id"))
		pay := c.books.create("finance/payments", m{
			"customer_id": c.customer["id"], "direction": "in", "amount": "60", "matches": []m{{"invoice_id": invoice["id"], "amount": "60"}},
		})
		c.books.act("finance/payments", str(pay, "id"), "post", nil)
	}
}

func TestDoctorSeesWhatHasToBeDone(t *testing.T) {
	w := newWorld(t)
	w.signUp(t, "Patient", "crm")
	tenant := w.tenant(t, "Patient")
	h, err := w.app.Doctor(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !h.Well() || h.Tenants != 1 || h.Server == "" {
		t.Fatalf("a fresh installation is %+v", h)
	}
	w.meddle(t, tenant, "UPDATE tenon.tenant_module SET version = version - 1, error = 'disk full' WHERE module = 'crm'; "+
		`INSERT INTO river.river_job (state, finalized_at, args, kind, max_attempts, attempt) VALUES
			('discarded', now(), '{"tenant":"`+tenant.ID.String()+`","call":"mail/core.notified/0"}', 'tenon.call', 12, 12)`)
	if h, err = w.app.Doctor(t.Context()); err != nil {
		t.Fatal(err)
	}
	if h.Well() || len(h.Behind) != 1 || h.Behind[0].Line != "crm" || !strings.Contains(h.Behind[0].Error, "disk full") {
		t.Errorf("behind: %+v", h.Behind)
	}
	if len(h.Parked) != 1 || h.Parked[0].Tenant != tenant.ID.String() {
		t.Errorf("parked: %+v", h.Parked)
	}
}
