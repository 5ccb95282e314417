package app_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/tenancy"
)

// control breaks one promise by hand, in one table.
type control struct{ check, table, harm string }

// controls has one for each promise: a check that has never failed proves nothing.
func controls() []control {
	const nobody = "'00000000-0000-7000-8000-000000000001'"
	return []control{
		{"record.events_have_causes", "event_log", "UPDATE event_log SET cause_id = " + nobody + " WHERE name = 'inventory.stock.reserved'"},
		{"record.audit_has_causes", "audit_entry", "UPDATE audit_entry SET cause_id = " + nobody + " WHERE module = 'inventory'"},
		{"record.keys_have_answers", "idempotency_key", "INSERT INTO idempotency_key (actor_id, key, request_hash, at) VALUES (" + nobody + ", 'k', 'h', now())"},
		{"flow.steps_agree", "approval_step", "UPDATE approval_step SET status = 'approved'"},
		{"inventory.on_hand_is_moves", "stock_move", "DELETE FROM stock_move WHERE id = (SELECT id FROM stock_move ORDER BY id LIMIT 1)"},
		{"inventory.valued_is_on_hand", "product_value", "UPDATE product_value SET quantity = quantity + 1"},
		{"inventory.value_is_moves", "product_value", "UPDATE product_value SET value = value + 0.01 WHERE quantity > 0"},
		{"inventory.serial_in_one_place", "stock_balance", `INSERT INTO stock_balance (id, created_at, updated_at, product_id, location_id, on_hand, reserved, serial)
			SELECT gen_random_uuid(), now(), now(), gen_random_uuid(), location_id, 1, 0, true FROM stock_balance, generate_series(1, 2)`},
		{"inventory.reserved_is_reservations", "reservation", "UPDATE reservation SET quantity = quantity + 1 WHERE status = 'open' AND source = 'stock'"},
		{"inventory.deliveries_follow", "delivery_line", "UPDATE delivery_line SET open_quantity = open_quantity + 1"},
		{"inventory.receipts_bring_it", "receipt_line", "UPDATE receipt_line SET quantity = 1"},
		{"inventory.closed_reservations_hold_nothing", "reservation", "UPDATE reservation SET status = 'released' WHERE status = 'open' AND source = 'wait' OR source = 'supply'"},
		{"sales.held_within_open", "sales_order_line", "UPDATE sales_order_line SET base_reserved = base_quantity + 1"},
		{"sales.promises_within_open", "sales_promise", "UPDATE sales_promise SET quantity = quantity + 100"},
		{"sales.confirmed_lines_are_taken", "sales_order_line", "UPDATE sales_order_line SET fulfilment = ''"},
		{"sales.inventory.order_demand", "reservation", "DELETE FROM reservation WHERE demand_entity = 'sales.order_line' AND source = 'supply'"},
		{"sales.inventory.order_reserved", "sales_order_line", "UPDATE sales_order_line SET base_reserved = 0.5 WHERE fulfilment = 'stock'"},
		{"sales.inventory.shipped", "stock_move", "UPDATE stock_move SET quantity = quantity + 1 WHERE source_entity = 'inventory.delivery'"},
		{"crm.sales.won", "sales_order", "UPDATE sales_order SET opportunity_id = NULL"},
		{"crm.sales.deal_delivery", "crm_opportunity", "UPDATE crm_opportunity SET delivery_progress = 99 WHERE order_id IS NOT NULL"},
		{"crm.sales.deal_collected", "crm_opportunity", "UPDATE crm_opportunity SET collected_amount = 1 WHERE order_id IS NOT NULL"},
		{"sales.finance.order_collected", "finance_receivable", "UPDATE finance_receivable SET paid_amount = paid_amount + 1"},
		{"sales.projects.services", "projects_service", "DELETE FROM projects_service"},
		{"inventory.production.material_demand", "production_material", "UPDATE production_material SET issued_quantity = quantity"},
		{"inventory.production.made_for", "production_order", "UPDATE production_order SET status = 'cancelled'"},
		{"production.done_within_quantity", "production_order", "UPDATE production_order SET status = 'done'"},
		{"production.parents_live", "production_order", "UPDATE production_order SET status = 'cancelled' WHERE parent_id IS NULL"},
		{"inventory.purchasing.bought_for", "requisition", "UPDATE requisition SET status = 'cancelled'"},
		{"purchasing.ordered_have_an_order", "requisition", "UPDATE requisition SET purchase_order_id = NULL"},
		{"inventory.finance.stock_postings", "finance_entry", "DELETE FROM finance_entry WHERE source_entity = 'inventory.delivery'"},
		{"finance.entries_balance", "finance_entry_line", "UPDATE finance_entry_line SET debit = debit + 1 WHERE debit > 0"},
		{"finance.totals", "finance_total", "UPDATE finance_total SET debit = debit + 1 WHERE debit > 0"},
		{"finance.tax_totals", "finance_tax_total", "UPDATE finance_tax_total SET amount = amount + 1"},
		{"finance.documents_posted_once", "finance_entry", "UPDATE finance_entry SET source_id = NULL WHERE source_entity = 'finance.invoice'"},
		{"finance.documents_stand", "finance_entry", `UPDATE finance_entry SET source_entity = 'finance.entry', reversal_of = (SELECT id FROM finance_entry WHERE source_entity = 'finance.invoice' LIMIT 1)
			WHERE id = (SELECT id FROM finance_entry WHERE source_entity = 'finance.payment' LIMIT 1)`},
		{"finance.payments_posted", "finance_entry", "UPDATE finance_entry SET source_id = NULL WHERE source_entity = 'finance.payment'"},
		{"finance.invoices_open", "finance_invoice", "UPDATE finance_invoice SET residual_amount = residual_amount + 1"},
		{"finance.items_at_value", "finance_invoice", "UPDATE finance_invoice SET open_value = open_value + 1"},
		{"finance.bills_open", "finance_bill", "UPDATE finance_bill SET paid_amount = paid_amount + 1"},
		{"finance.vendor_credits_open", "finance_vendor_credit", "UPDATE finance_vendor_credit SET residual_amount = residual_amount + 1"},
		{"finance.credit_notes_open", "finance_credit_note", "UPDATE finance_credit_note SET residual_amount = residual_amount + 1"},
		{"finance.payments_matched", "finance_payment", "UPDATE finance_payment SET amount = amount + 1"},
		{"finance.numbers_without_gaps", "finance_invoice", "UPDATE finance_invoice SET no = left(no, -6) || '000009'"},
		{"projects.hours_are_booked", "projects_timesheet", "DELETE FROM projects_timesheet"},
	}
}

// busy is a company in the midst of its work: something is in each state that a promise speaks of.
func busy(c *company) {
	c.owner.t.Helper()
	c.stock(c.steel, "10", "9")
	service := c.owner.create("inventory/products", m{"number": "SV", "name": "Installation", "type": "service", "unit": "pcs", "list_price": "800"})
	deal := c.sales.create("crm/opportunities", m{"name": "A machine", "customer_id": c.customer["id"], "lines": []m{
		line(c.machine, "1", "60000"), line(c.steel, "5", "20"), line(c.motor, "4", "600"), line(service, "1", "800"),
	}})
	order := str(c.sales.must(http.StatusOK, c.sales.post("/crm/opportunities/"+str(deal, "id")+"/win", nil)), "order_id")
	delivery := c.store.one("inventory/deliveries", "order_id="+order)
	c.store.act("inventory/deliveries", str(delivery, "id"), "ship", nil)
	invoice := c.books.one("finance/invoices", "order_id="+order)
	pay := c.books.create("finance/payments", m{
		"customer_id": c.customer["id"], "direction": "in", "amount": "60", "matches": []m{{"invoice_id": invoice["id"], "amount": "60"}},
	})
	c.books.act("finance/payments", str(pay, "id"), "post", nil)
	for _, r := range c.buyer.list("purchasing/requisitions", "product_id="+str(c.motor, "id")) {
		c.buyer.act("purchasing/requisitions", str(r, "id"), "approve", nil)
		c.buyer.act("purchasing/requisitions", str(r, "id"), "order", nil)
	}
	c.buyer.act("purchasing/orders", str(c.buyer.one("purchasing/orders", ""), "id"), "confirm", nil)
	bill := c.books.create("finance/bills", m{"vendor_id": c.vendor["id"], "lines": []m{{"description": "Rent", "quantity": "1", "unit_price": "100"}}})
	c.books.act("finance/bills", str(bill, "id"), "post", nil)
	credit := c.books.create("finance/vendor_credits", m{"vendor_id": c.vendor["id"], "bill_id": bill["id"], "lines": []m{{"description": "Rent", "unit_price": "10"}}})
	c.books.act("finance/vendor_credits", str(credit, "id"), "post", nil)
	c.books.act("finance/vendor_credits", str(credit, "id"), "match", m{"matches": []m{{"bill_id": bill["id"], "amount": "4"}}})
	c.books.act("finance/invoices", str(invoice, "id"), "credit", m{"reason": "a gift", "lines": []m{{"line_id": lines(invoice)[0]["id"], "quantity": "4"}}})
	big := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{line(c.steel, "2", "900000"), line(c.motor, "1", "5")}})
	c.sales.must(http.StatusAccepted, c.sales.doing("sales/orders", big, "confirm", nil))
	held := c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{line(c.steel, "3", "20")}})
	c.sales.act("sales/orders", str(held, "id"), "confirm", nil)
	project := c.owner.one("projects/projects", "")
	c.owner.create("projects/timesheets", m{"project_id": project["id"], "hours": "2", "rate": "100", "date": "2026-01-05"})
}

// A sound company has no findings; whatever promise is broken by hand, past the engine, is named.
func TestVerifyNamesEachBrokenPromise(t *testing.T) {
	w := newWorld(t)
	c := newCompany(t, w, "Sound")
	busy(c)
	w.sound(t)
	tenant := w.tenant(t, "Sound")
	promises, err := w.app.Promises()
	if err != nil {
		t.Fatal(err)
	}
	proven := map[string]bool{"inventory.reserved_is_there": true} // below
	for _, x := range controls() {
		proven[x.check] = true
		w.harmed(t, tenant, x, func() {
			findings, err := w.app.Verify(t.Context(), tenant)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(checks(findings), x.check) {
				t.Errorf("%s: not found, only %v", x.check, checks(findings))
			}
		})
	}
	for _, name := range promises {
		if !proven[name] {
			t.Errorf("%s has no control: it has never been seen to fail", name)
		}
	}
	if findings, err := w.app.Verify(t.Context(), tenant); err != nil || len(findings) > 0 {
		t.Errorf("after all cures: %v, %v", findings, err)
	}
	w.meddle(t, tenant, "ALTER TABLE stock_balance DROP CONSTRAINT stock_balance_reserved_is_there; UPDATE stock_balance SET reserved = on_hand + 1")
	if findings, err := w.app.Verify(t.Context(), tenant); err != nil || !slices.Contains(checks(findings), "inventory.reserved_is_there") {
		t.Errorf("more reserved than there is: %v, %v", checks(findings), err)
	}
}

// harmed breaks a table while fn looks, then puts it back as it was.
func (w *world) harmed(t *testing.T, tenant *tenancy.Tenant, x control, fn func()) {
	t.Helper()
	w.meddled = true
	conn, err := pgx.Connect(t.Context(), w.app.Config.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), "SET session_replication_role = replica; SET search_path = "+tenant.Schema+"; CREATE TEMP TABLE was AS TABLE "+x.table); err != nil {
		t.Fatal(err)
	}
	tag, err := conn.Exec(t.Context(), x.harm)
	if err != nil || tag.RowsAffected() == 0 {
		t.Fatalf("%s: the harm changed %d rows: %v", x.check, tag.RowsAffected(), err)
	}
	fn()
	if _, err := conn.Exec(t.Context(), "DELETE FROM "+x.table+"; INSERT INTO "+x.table+" OVERRIDING SYSTEM VALUE TABLE was"); err != nil {
		t.Fatal(err)
	}
}

// Tables that the program does not fit, and jobs that belong to nobody, are found too.
func TestVerifyLooksBeyondTables(t *testing.T) {
	w := newWorld(t)
	w.signUp(t, "Patient", "crm")
	w.sound(t)
	tenant := w.tenant(t, "Patient")
	w.meddle(t, tenant, `INSERT INTO river.river_job (state, args, kind, max_attempts) VALUES ('available', '{"call":"mail/core.notified/0"}', 'tenon.call', 12)`)
	w.meddle(t, tenant, "UPDATE tenon.tenant_module SET version = version - 1 WHERE module = 'crm'")
	findings, err := w.app.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"tenancy.versions", "relay.jobs_have_tenants"} {
		if !slices.Contains(checks(findings), want) {
			t.Errorf("%s: not found, only %v", want, findings)
		}
	}
}
