package projects_test

import (
	"fmt"
	"net/http"
	"testing"
)

// Milestones bill an order in parts that add up to it, to the cent.
func TestMilestonesBillTheOrder(t *testing.T) {
	owner := company(t)
	_, order, project := deal(owner)
	project = owner.read("projects/projects", project)
	owner.must(http.StatusOK, http.MethodPatch, "/projects/projects/"+text(project, "id"), m{"billing": "milestone"}, "If-Match", version(project))
	steps := owner.list("projects/milestones", "project_id="+text(project, "id")+"&sort=due_date")
	for i, percent := range []string{"30", "33.3333"} {
		owner.must(http.StatusOK, http.MethodPatch, "/projects/milestones/"+text(steps[i], "id"), m{"invoice_percent": percent}, "If-Match", version(steps[i]))
	}
	same(t, "first", owner.act("projects/milestones", steps[0], "complete", nil), m{"billed_amount": "1500"})
	same(t, "invoice", owner.one("finance/invoices", "order_id="+text(order, "id")), m{"status": "posted", "untaxed_amount": "1500"})
	same(t, "order", owner.read("sales/orders", order), m{"delivery_status": "partial", "invoice_status": "partial"})
	same(t, "second", owner.act("projects/milestones", steps[1], "complete", nil), m{"billed_amount": "1666.67"})
	owner.act("projects/milestones", steps[2], "complete", nil) // bills nothing
	same(t, "so far", owner.read("projects/projects", project), m{"billed_amount": "3166.67"})
	same(t, "closed", owner.act("projects/projects", project, "close", nil), m{"billed_amount": "5000"})
	same(t, "order", owner.read("sales/orders", order), m{"delivery_status": "shipped", "invoice_status": "invoiced"})
	same(t, "the rest", owner.one("finance/invoices", "order_id="+text(order, "id")+"&untaxed_amount=1833.33"), m{"status": "posted"})
	if n := len(owner.list("finance/invoices", "order_id="+text(order, "id"))); n != 3 {
		t.Errorf("%d invoices", n)
	}
}

// Hours are invoiced once, one line for each task, at the project's price.
func TestHoursAreBilledOnce(t *testing.T) {
	owner := company(t)
	pm := owner.hire("pam", "project_manager")
	status, out, _ := pm.do(http.MethodPost, "/projects/projects", m{"name": "Whose?", "billing": "time", "bill_rate": "80"})
	if status != http.StatusBadRequest {
		t.Errorf("billing nobody: %d %v", status, out)
	}
	customer := owner.create("crm/customers", m{"name": "Northwind"})
	tax := owner.one("finance/taxes", "rate=6&kind[ne]=purchase")
	project := pm.create("projects/projects", m{"name": "Advice", "customer_id": customer["id"], "billing": "time", "bill_rate": "99.99", "tax_id": tax["id"]})
	pm.act("projects/projects", project, "start", nil)
	pm.refused("projects/projects", project, "bill", nil, "project.nothing_to_bill")
	task := pm.create("projects/tasks", m{"project_id": project["id"], "name": "Workshop"})
	one := pm.create("projects/timesheets", m{"project_id": project["id"], "task_id": task["id"], "hours": "0.333"})
	pm.create("projects/timesheets", m{"project_id": project["id"], "task_id": task["id"], "hours": "0.333"})
	pm.create("projects/timesheets", m{"project_id": project["id"], "hours": "2"})
	pm.create("projects/timesheets", m{"project_id": project["id"], "hours": "5", "not_billable": true})
	same(t, "billed", pm.act("projects/projects", project, "bill", nil), m{"billed_amount": "266.57", "revenue": "266.57"})
	invoice := owner.one("finance/invoices", "customer_id="+text(customer, "id"))
	same(t, "invoice", invoice, m{"status": "posted", "untaxed_amount": "266.57", "tax_amount": "16"})
	same(t, "hours", lines(invoice)[0], m{"quantity": "2", "unit": "h", "description": "Advice"})
	same(t, "task", lines(invoice)[1], m{"quantity": "0.666", "untaxed_amount": "66.59", "description": "Advice · Workshop"})
	pm.refused("projects/projects", project, "bill", nil, "project.nothing_to_bill")
	pm.refused("projects/timesheets", one, "cancel", nil, "timesheet.billed")
	status, out, _ = pm.do(http.MethodPatch, "/projects/timesheets/"+text(one, "id"), m{"hours": "9"}, "If-Match", version(pm.read("projects/timesheets", one)))
	if status != http.StatusBadRequest {
		t.Errorf("billed hours changed: %d %v", status, out)
	}
}

// Hours of a project with an order are billed against the order as far as it goes, to the cent; what they are worth beyond it is invoiced directly.
func TestHoursAreBilledAgainstTheOrder(t *testing.T) {
	owner := company(t)
	_, order, project := deal(owner) // 50 hours at 100
	project = owner.read("projects/projects", project)
	owner.must(http.StatusOK, http.MethodPatch, "/projects/projects/"+text(project, "id"), m{"billing": "time", "bill_rate": "100"}, "If-Match", version(project))
	owner.act("projects/projects", project, "start", nil)
	book := func(hours string) {
		t.Helper()
		owner.create("projects/timesheets", m{"project_id": project["id"], "hours": hours})
	}
	invoices := func() []m {
		return owner.list("finance/invoices", "customer_id="+text(order, "customer_id")+"&sort=no")
	}
	book("12.335")
	same(t, "first", owner.act("projects/projects", project, "bill", nil), m{"billed_amount": "1233.5", "revenue": "5000"})
	same(t, "of the order", invoices()[0], m{"untaxed_amount": "1233.5", "order_id": order["id"]})
	same(t, "order", owner.read("sales/orders", order), m{"delivery_status": "partial", "invoice_status": "partial"})
	book("41")
	same(t, "second", owner.act("projects/projects", project, "bill", nil), m{"billed_amount": "5333.5", "revenue": "5333.5"})
	list := invoices()
	if len(list) != 3 {
		t.Fatalf("%d invoices", len(list))
	}
	same(t, "the rest of the order", list[1], m{"untaxed_amount": "3766.5", "order_id": order["id"]})
	same(t, "beyond it", list[2], m{"untaxed_amount": "333.5", "order_id": nil})
	same(t, "order", owner.read("sales/orders", order), m{"delivery_status": "shipped", "invoice_status": "invoiced"})
	owner.refused("projects/projects", project, "bill", nil, "project.nothing_to_bill")
	same(t, "closed", owner.act("projects/projects", project, "close", nil), m{"billed_amount": "5333.5"})

	// closing bills nothing that no hours stand for
	service := owner.one("inventory/products", "number=S")
	sale := owner.create("sales/orders", m{"customer_id": order["customer_id"], "lines": []m{{"product_id": service["id"], "quantity": "10", "unit_price": "100"}}})
	owner.act("sales/orders", sale, "confirm", nil)
	short := owner.read("projects/projects", owner.one("projects/projects", "order_id="+text(sale, "id")))
	owner.must(http.StatusOK, http.MethodPatch, "/projects/projects/"+text(short, "id"), m{"billing": "time", "bill_rate": "100"}, "If-Match", version(short))
	owner.act("projects/projects", short, "start", nil)
	owner.create("projects/timesheets", m{"project_id": short["id"], "hours": "4"})
	owner.act("projects/projects", short, "bill", nil)
	same(t, "closed", owner.act("projects/projects", short, "close", nil), m{"billed_amount": "400"})
	same(t, "four of ten", lines(owner.read("sales/orders", sale))[0], m{"shipped_quantity": "4"})
}

// A part of one expensive piece is billed to the cent, though no quantity with six decimals is worth so much; hours beyond the order bear its tax.
func TestHoursOfOneExpensivePieceAreExact(t *testing.T) {
	owner := company(t)
	customer := owner.create("crm/customers", m{"name": "Northwind"})
	service := owner.create("inventory/products", m{"number": "S", "name": "Installation", "type": "service", "unit": "pcs", "list_price": "87654.32"})
	sale := owner.create("sales/orders", m{"customer_id": customer["id"], "lines": []m{{"product_id": service["id"], "quantity": "1"}}})
	owner.act("sales/orders", sale, "confirm", nil)
	project := owner.read("projects/projects", owner.one("projects/projects", "order_id="+text(sale, "id")))
	owner.must(http.StatusOK, http.MethodPatch, "/projects/projects/"+text(project, "id"), m{"billing": "time", "bill_rate": "333.33"}, "If-Match", version(project))
	owner.act("projects/projects", project, "start", nil)
	for _, x := range []struct{ hours, untaxed, tax string }{{"7.3", "2433.31", "316.33"}, {"11.7", "3899.96", "506.99"}, {"0.5", "166.67", "21.67"}, {"3.35", "1116.66", "145.17"}} {
		owner.create("projects/timesheets", m{"project_id": project["id"], "hours": x.hours})
		owner.act("projects/projects", project, "bill", nil)
		list := owner.list("finance/invoices", "customer_id="+text(customer, "id")+"&sort=-no")
		same(t, x.hours, list[0], m{"untaxed_amount": x.untaxed, "tax_amount": x.tax})
	}
	owner.create("projects/timesheets", m{"project_id": project["id"], "hours": "250"})
	owner.act("projects/projects", project, "bill", nil)
	list := owner.list("finance/invoices", "customer_id="+text(customer, "id")+"&sort=-no")
	same(t, "the rest", list[1], m{"untaxed_amount": "80037.72", "order_id": sale["id"]})
	same(t, "beyond", list[0], m{"untaxed_amount": "3294.78", "tax_amount": "428.32", "order_id": nil})
	same(t, "order", owner.read("sales/orders", sale), m{"invoice_status": "invoiced", "invoiced_amount": "99049.38", "total_amount": "99049.38"})
}

// Revenue follows progress or comes at the end; the books hold what is earned, whatever was invoiced by then.
func TestRevenueIsRecognised(t *testing.T) {
	owner := company(t)
	customer := owner.create("crm/customers", m{"name": "Northwind"})
	fay := owner.hire("fay", "finance")
	revenue := func() string {
		for _, a := range rows(fay.must(http.StatusOK, http.MethodGet, "/finance/trial_balance", nil), "data") {
			if text(a, "code") == "6001" {
				return text(a, "balance")
			}
		}
		return "0"
	}
	project := func(method string) (m, []m) {
		p := owner.create("projects/projects", m{"name": method, "customer_id": customer["id"], "billing": "milestone", "revenue": "10000", "revenue_method": method})
		var steps []m
		for _, percent := range []string{"60", "0", "40", "0"} {
			steps = append(steps, owner.create("projects/milestones", m{"project_id": p["id"], "name": "M" + percent, "invoice_percent": percent}))
		}
		owner.act("projects/projects", p, "start", nil)
		return p, steps
	}
	p, steps := project("percentage")
	owner.act("projects/milestones", steps[0], "complete", nil) // a quarter is done, 6000 billed
	same(t, "deferred", fay.act("projects/projects", p, "recognise", nil), m{"earned_amount": "2500", "contract_balance": "-3500", "billed_amount": "6000"})
	same(t, "books", m{"revenue": revenue()}, m{"revenue": "-2500"})
	fay.act("projects/projects", p, "recognise", nil) // nothing new
	same(t, "books", m{"revenue": revenue()}, m{"revenue": "-2500"})
	owner.act("projects/milestones", steps[1], "complete", nil)
	owner.act("projects/milestones", steps[3], "complete", nil) // three quarters, still 6000 billed
	same(t, "accrued", fay.act("projects/projects", p, "recognise", nil), m{"earned_amount": "7500", "contract_balance": "1500"})
	same(t, "books", m{"revenue": revenue()}, m{"revenue": "-7500"})
	owner.act("projects/milestones", steps[2], "complete", nil)
	same(t, "all", owner.act("projects/projects", p, "close", nil), m{"earned_amount": "10000", "contract_balance": "0"})
	same(t, "books", m{"revenue": revenue()}, m{"revenue": "-10000"})

	p, steps = project("completed")
	owner.act("projects/milestones", steps[0], "complete", nil)
	same(t, "nothing earned", fay.act("projects/projects", p, "recognise", nil), m{"earned_amount": "0", "contract_balance": "-6000"})
	same(t, "books", m{"revenue": revenue()}, m{"revenue": "-10000"})
	owner.act("projects/milestones", steps[2], "complete", nil)
	same(t, "at the end", owner.act("projects/projects", p, "close", nil), m{"earned_amount": "10000", "contract_balance": "0"})
	same(t, "books", m{"revenue": revenue()}, m{"revenue": "-20000"})
	plain := owner.create("projects/projects", m{"name": "Plain"})
	owner.act("projects/projects", plain, "start", nil)
	owner.refused("projects/projects", plain, "recognise", nil, "project.as_invoiced")
}

// version is the If-Match of a record.
func version(x m) string { return `"` + fmt.Sprint(x["version"]) + `"` }

// Materials come from stock at what they are worth there; the manager is warned before the budget is exceeded.
func TestMaterialsCostWhatTheyAreWorth(t *testing.T) {
	owner := company(t)
	pm, keeper := owner.hire("pam", "project_manager"), owner.hire("stan", "warehouse")
	goods := owner.create("inventory/products", m{"number": "G", "name": "Cable", "type": "stock", "unit": "m", "supply": "buy"})
	count := owner.create("inventory/stock_counts", m{"lines": []m{{"product_id": goods["id"], "counted_quantity": "30", "unit_cost": "3.333333"}}})
	owner.act("inventory/stock_counts", count, "post", nil)
	project := pm.create("projects/projects", m{"name": "Own", "budget_amount": "80", "material_budget": "80"})
	wanted := pm.create("projects/materials", m{"project_id": project["id"], "product_id": goods["id"], "quantity": "20"})
	much := pm.create("projects/materials", m{"project_id": project["id"], "product_id": goods["id"], "quantity": "31"})
	keeper.refused("projects/materials", much, "issue", nil, "stock.not_enough")
	same(t, "off", pm.act("projects/materials", much, "cancel", nil), m{"status": "cancelled"})
	issued := keeper.act("projects/materials", wanted, "issue", nil)
	if _, seen := issued["amount"]; seen {
		t.Error("the warehouse sees cost")
	}
	same(t, "issued", pm.read("projects/materials", wanted), m{"status": "issued", "amount": "66.67"})
	same(t, "cost", pm.read("projects/projects", project), m{"material_cost": "66.67", "expense_cost": "0", "actual_cost": "66.67", "health": "amber"})
	same(t, "stock", owner.one("inventory/stock_balances", "product_id="+text(goods, "id")+"&on_hand[gt]=0"), m{"on_hand": "10"})
	var warned int
	for _, n := range pm.list("notifications", "") {
		if text(n, "record_id") == text(project, "id") {
			warned++
		}
	}
	if warned != 1 {
		t.Errorf("%d warnings before the budget is exceeded, want one", warned)
	}
}
