package app_test

import (
	"net/http"
	"testing"

	"github.com/shopspring/decimal"
)

// ships lets all that is ready of an order leave and returns its newest invoice.
func (c *company) ships(order m) m {
	d := c.store.one("inventory/deliveries", "status=ready&order_id="+str(order, "id"))
	c.store.act("inventory/deliveries", str(d, "id"), "ship", nil)
	return c.books.list("finance/invoices", "sort=-created_at&order_id="+str(order, "id"))[0]
}

// pays makes and posts a payment of the customer.
func (c *company) pays(amount string, matches ...m) m {
	p := c.books.create("finance/payments", m{"customer_id": c.customer["id"], "direction": "in", "amount": amount, "matches": append([]m{}, matches...)})
	return c.books.act("finance/payments", str(p, "id"), "post", nil)
}

// movement is what all entries say about an account, debit less credit; every entry balances.
func (c *company) movement(t *testing.T, code string) decimal.Decimal {
	t.Helper()
	account := c.books.one("finance/accounts", "code="+code)
	sum := decimal.Zero
	for _, e := range c.books.list("finance/entries", "") {
		all := decimal.Zero
		for _, l := range lines(e) {
			d := num(t, l, "debit").Sub(num(t, l, "credit"))
			all = all.Add(d)
			if l["account_id"] == account["id"] {
				sum = sum.Add(d)
			}
		}
		if !all.IsZero() {
			t.Errorf("entry %s is off by %s", str(e, "no"), all)
		}
	}
	return sum
}

func TestLoopMoney(t *testing.T) {
	c := newCompany(t, newWorld(t), "Money")
	c.stock(c.motor, "10", "480")
	term := c.owner.create("finance/payment_terms", m{"code": "N30", "name": "30 days", "lines": []m{{"percent": "100", "days": 30}}})
	deal := c.deal(m{"payment_term_id": term["id"]}, line(c.motor, "3", "100"))
	won := c.sales.act("crm/opportunities", str(deal, "id"), "win", nil)
	order := c.sales.read("sales/orders", str(won, "order_id"))
	same(t, "expected", c.books.one("finance/receivables", ""), m{"expected_amount": "339", "invoiced_amount": "0", "paid_amount": "0", "order_id": order["id"], "expected_date": inDays(30)})
	d := c.store.one("inventory/deliveries", "")
	c.store.act("inventory/deliveries", str(d, "id"), "ship", m{"lines": []m{{"order_line_id": lines(order)[0]["id"], "quantity": "1"}}})
	one := c.books.one("finance/invoices", "")
	same(t, "invoice", one, m{"total_amount": "113", "tax_amount": "13", "untaxed_amount": "100", "due_date": inDays(30), "date": inDays(0), "residual_amount": "113", "status": "posted", "order_id": order["id"]})
	two := c.ships(order)
	same(t, "invoice", two, m{"total_amount": "226"})
	same(t, "receivable", c.books.one("finance/receivables", ""), m{"expected_amount": "339", "invoiced_amount": "339"})
	for code, want := range map[string]string{"1122": "339", "6001": "-300", "6401": "1440", "1405": "3360"} {
		if got := c.movement(t, code); got.String() != want {
			t.Errorf("account %s: %s, want %s", code, got, want)
		}
	}

	match := func(inv m, amount string) m { return m{"invoice_id": inv["id"], "amount": amount} }
	p := c.pays("100", match(one, "50"))
	same(t, "payment", p, m{"status": "posted", "unmatched_amount": "50"})
	same(t, "invoice", c.books.read("finance/invoices", str(one, "id")), m{"status": "partial", "residual_amount": "63"})
	same(t, "order", c.sales.read("sales/orders", str(order, "id")), m{"payment_status": "partial", "collected_amount": "50", "status": "in_progress"})
	same(t, "deal", c.sales.read("crm/opportunities", str(deal, "id")), m{"collected_amount": "50"})
	c.books.refused("more than is left", c.books.doing("finance/payments", p, "match", m{"matches": []m{match(one, "51")}}), http.StatusUnprocessableEntity, "payment.match")
	c.books.refused("more than is open", c.books.doing("finance/payments", c.books.create("finance/payments",
		m{"customer_id": c.customer["id"], "direction": "in", "amount": "500", "matches": []m{match(one, "64")}}), "post", nil), http.StatusUnprocessableEntity, "payment.match")
	c.books.act("finance/payments", str(p, "id"), "match", m{"matches": []m{match(two, "50")}})
	c.pays("239", match(one, "63"), match(two, "176"))
	same(t, "order", c.sales.read("sales/orders", str(order, "id")), m{"payment_status": "paid", "collected_amount": "339", "status": "done"})
	same(t, "deal", c.sales.read("crm/opportunities", str(deal, "id")), m{"collected_amount": "339"})
	same(t, "receivable", c.books.one("finance/receivables", ""), m{"paid_amount": "339"})
	if got := c.movement(t, "1122"); !got.IsZero() {
		t.Errorf("receivable %s", got)
	}

	c.books.act("finance/payments", str(p, "id"), "unmatch", nil)
	same(t, "invoice", c.books.read("finance/invoices", str(one, "id")), m{"status": "partial", "residual_amount": "50"})
	same(t, "order", c.sales.read("sales/orders", str(order, "id")), m{"payment_status": "partial", "collected_amount": "239", "status": "in_progress"})
	same(t, "deal", c.sales.read("crm/opportunities", str(deal, "id")), m{"collected_amount": "239"})
	c.books.act("finance/payments", str(p, "id"), "match", m{"matches": []m{match(one, "50"), match(two, "50")}})
	same(t, "order", c.sales.read("sales/orders", str(order, "id")), m{"payment_status": "paid", "status": "done"})

	// Credited in part: what was paid beyond is to be refunded.
	c.books.act("finance/invoices", str(one, "id"), "credit", m{"reason": "damaged"})
	note := c.books.one("finance/credit_notes", "")
	same(t, "credit note", note, m{"total_amount": "113", "residual_amount": "113", "status": "posted"})
	c.books.refused("credit twice", c.books.doing("finance/invoices", one, "credit", nil), http.StatusConflict, "")
	c.balanced(t)

	e := c.books.list("finance/entries", "source="+str(two, "no"))[0]
	c.books.refused("posted entries stay", c.books.do(http.MethodPatch, "/finance/entries/"+str(e, "id"), m{"memo": "x"}, "If-Match", `"1"`), http.StatusUnprocessableEntity, "document.locked")
	c.books.act("finance/entries", str(c.expense(), "id"), "reverse", nil)
	c.balanced(t)
	c.books.refused("not sales' affair", c.sales.doing("finance/payments", p, "unmatch", nil), http.StatusForbidden, "")
}

// expense posts an entry by hand.
func (c *company) expense() m {
	bank, cost := c.books.one("finance/accounts", "code=1002"), c.books.one("finance/accounts", "code=6602")
	j := c.books.one("finance/journals", "type=general")
	e := c.books.create("finance/entries", m{"journal_id": j["id"], "lines": []m{{"account_id": cost["id"], "debit": "12.34"}, {"account_id": bank["id"], "credit": "12.34"}}})
	return c.books.act("finance/entries", str(e, "id"), "post", nil)
}

// A service is rendered by a project; closing it invoices the service.
func TestLoopServiceProject(t *testing.T) {
	c := newCompany(t, newWorld(t), "Service")
	pm := c.owner.hire("pam", "project_manager")
	setup := c.owner.create("inventory/products", m{"number": "SETUP", "name": "Set-up", "type": "service", "unit": "h", "list_price": "500"})
	c.stock(c.motor, "1", "480")
	deal := c.deal(nil, line(c.motor, "1", "1000"), line(setup, "2", "500"))
	won := c.sales.act("crm/opportunities", str(deal, "id"), "win", nil)
	p := pm.one("projects/projects", "")
	same(t, "deal", won, m{"project_id": p["id"], "project_progress": "0", "delivery_progress": "25"})
	same(t, "project", p, m{"order_id": won["order_id"], "customer_id": c.customer["id"], "budget_amount": "1000", "actual_cost": "0", "progress": "0", "health": "green", "status": "planned"})
	tasks := pm.list("projects/tasks", "project_id="+str(p, "id"))
	steps := pm.list("projects/milestones", "project_id="+str(p, "id"))
	if len(tasks) == 0 || len(steps) == 0 {
		t.Fatalf("%d tasks and %d milestones", len(tasks), len(steps))
	}
	pm.act("projects/milestones", str(steps[0], "id"), "complete", nil)
	pm.refused("completed twice", pm.doing("projects/milestones", steps[0], "complete", nil), http.StatusConflict, "")
	mid := pm.read("projects/projects", str(p, "id"))
	if num(t, mid, "progress").Sign() <= 0 {
		t.Errorf("no progress by a milestone: %v", mid)
	}
	same(t, "deal", c.sales.read("crm/opportunities", str(deal, "id")), m{"project_progress": mid["progress"]})
	pm.create("projects/resources", m{"user_id": pm.id, "cost_rate": "80"})
	pm.create("projects/timesheets", m{"project_id": p["id"], "hours": "3"})
	ex := pm.create("projects/expenses", m{"project_id": p["id"], "amount": "60", "description": "Train"})
	same(t, "project", pm.read("projects/projects", str(p, "id")), m{"actual_cost": "300", "margin": "700", "status": "active"})
	same(t, "deal", c.owner.read("crm/opportunities", str(deal, "id")), m{"project_cost": "300"})
	pm.act("projects/expenses", str(ex, "id"), "cancel", nil)
	same(t, "deal", c.owner.read("crm/opportunities", str(deal, "id")), m{"project_cost": "240"})
	if got := c.sales.read("crm/opportunities", str(deal, "id")); got["project_cost"] != nil {
		t.Error("sales sees the project's cost")
	}
	order := c.sales.read("sales/orders", str(won, "order_id"))
	same(t, "goods", c.ships(order), m{"total_amount": "1130"})
	same(t, "order", c.sales.read("sales/orders", str(order, "id")), m{"delivery_status": "partial", "delivery_progress": "50", "invoice_status": "partial", "delivery_no": "", "project_no": p["no"]})
	pm.act("projects/projects", str(p, "id"), "close", nil)
	same(t, "order", c.sales.read("sales/orders", str(order, "id")), m{"delivery_status": "shipped", "delivery_progress": "100", "invoice_status": "invoiced", "status": "in_progress", "project_no": ""})
	if n := len(c.books.list("finance/invoices", "total_amount=1130")); n != 2 {
		t.Errorf("%d invoices of 1130, want goods and service", n)
	}
	same(t, "deal", c.sales.read("crm/opportunities", str(deal, "id")), m{"delivery_status": "shipped", "project_progress": "100"})
	pm.refused("over", pm.post("/projects/timesheets", m{"project_id": p["id"], "hours": "1"}), http.StatusUnprocessableEntity, "project.over")
	c.balanced(t)
}
