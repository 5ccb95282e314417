package crm_test

import (
	"fmt"
	"net/http"
	"testing"
)

// A lead becomes a customer with a contact and an opportunity in the first stage.
func TestLeadBecomesCustomer(t *testing.T) {
	sally := company(t, "crm").hire("sally", "sales")
	lead := sally.create("crm/leads", m{
		"name": "Wants machines", "company": "Northwind", "contact_name": "Ann", "phone": "123", "expected_amount": "5000", "territory": "North",
	})
	same(t, "lead", lead, m{"status": "new", "owner_id": sally.id, "source": "other"})
	same(t, "contacted", sally.act("crm/leads", lead, "contact", nil), m{"status": "contacted"})
	lead = sally.act("crm/leads", lead, "convert", nil)
	same(t, "converted", lead, m{"status": "converted"})
	customer := sally.read("crm/customers", m{"id": lead["customer_id"]})
	same(t, "customer", customer, m{"name": "Northwind", "number": "C000001", "territory": "North", "owner_id": sally.id})
	same(t, "contact", sally.one("crm/contacts", "customer_id="+text(lead, "customer_id")), m{"name": "Ann", "is_primary": "true"})
	deal := sally.read("crm/opportunities", m{"id": lead["opportunity_id"]})
	same(t, "deal", deal, m{"expected_amount": "5000", "probability": "10", "stage": "First contact"})
	sally.refuse(http.StatusConflict, "state.not_allowed", "crm/leads", lead, "convert", nil)

	other := sally.create("crm/leads", m{"name": "Same company again"})
	other = sally.act("crm/leads", other, "convert", m{"customer_id": lead["customer_id"], "opportunity": false})
	same(t, "joined", other, m{"customer_id": lead["customer_id"], "opportunity_id": nil})
	bad := sally.create("crm/leads", m{"name": "Spam"})
	same(t, "disqualified", sally.act("crm/leads", bad, "disqualify", m{"reason": "spam"}), m{"status": "disqualified", "reason": "spam"})
}

func TestCustomerNumbers(t *testing.T) {
	owner := company(t, "crm")
	same(t, "drawn", owner.create("crm/customers", m{"name": "A"}), m{"number": "C000001", "owner_id": owner.id, "active": "true"})
	same(t, "given", owner.create("crm/customers", m{"name": "B", "number": "AW00029484"}), m{"number": "AW00029484"})
	owner.must(http.StatusConflict, http.MethodPost, "/crm/customers", m{"name": "C", "number": "AW00029484"})
}

// The stage moves the probability, a hand may move it too, and a stage's new name goes with its deals.
func TestPipeline(t *testing.T) {
	owner := company(t, "crm")
	deal := owner.create("crm/opportunities", m{"name": "D", "expected_amount": "100"})
	change := func(rec, in m) m {
		v, _ := rec["version"].(float64)
		return owner.must(http.StatusOK, http.MethodPatch, "/crm/opportunities/"+text(rec, "id"), in, "If-Match", `"`+digits(v)+`"`)
	}
	deal = change(deal, m{"stage": "Proposal"})
	same(t, "moved", deal, m{"probability": "50"})
	deal = change(deal, m{"probability": "65"})
	same(t, "by hand", deal, m{"probability": "65", "stage": "Proposal"})
	stage := owner.one("crm/stages", "name=Proposal")
	owner.must(http.StatusOK, http.MethodPatch, "/crm/stages/"+text(stage, "id"), m{"name": "Offer"}, "If-Match", `"1"`)
	deal = owner.read("crm/opportunities", deal)
	same(t, "renamed", deal, m{"stage": "Offer", "probability": "65"})
	deal = owner.act("crm/opportunities", deal, "lose", m{"reason": "price"})
	same(t, "lost", deal, m{"status": "lost", "lost_reason": "price", "probability": "0"})
	owner.refuse(http.StatusConflict, "state.not_allowed", "crm/opportunities", deal, "win", nil)
	same(t, "open again", owner.act("crm/opportunities", deal, "reopen", nil), m{"status": "open", "lost_reason": "", "probability": "50"})
}

// Winning may leave a draft; without sales it is a win all the same.
func TestWinLeavesADraft(t *testing.T) {
	owner := company(t, "crm", "sales")
	customer := owner.create("crm/customers", m{"name": "Northwind"})
	p := owner.create("inventory/products", m{"number": "P", "name": "P", "type": "service", "unit": "h", "list_price": "80"})
	offer := []m{{"product_id": p["id"], "quantity": "3", "discount_percent": "10"}}
	deal := owner.create("crm/opportunities", m{"name": "D", "customer_id": customer["id"], "lines": offer})
	same(t, "deal", deal, m{"expected_amount": "216"})
	deal = owner.act("crm/opportunities", deal, "win", m{"confirm": false})
	same(t, "order", owner.read("sales/orders", m{"id": deal["order_id"]}), m{"status": "draft", "untaxed_amount": "216"})
	same(t, "deal", deal, m{"status": "won", "delivery_status": "none"})
	order := owner.act("sales/orders", m{"id": deal["order_id"]}, "confirm", nil)
	same(t, "confirmed", order, m{"delivery_status": "shipped"})
	same(t, "deal", owner.read("crm/opportunities", deal), m{"delivery_status": "shipped", "delivery_progress": "100"})
}

func TestWinWithoutSales(t *testing.T) {
	owner := company(t, "crm")
	customer := owner.create("crm/customers", m{"name": "Northwind"})
	p := owner.create("inventory/products", m{"number": "P", "name": "P", "type": "service", "unit": "h", "list_price": "80"})
	deal := owner.create("crm/opportunities", m{"name": "D", "customer_id": customer["id"], "lines": []m{{"product_id": p["id"], "quantity": "3"}}})
	same(t, "won", owner.act("crm/opportunities", deal, "win", nil), m{"status": "won", "order_id": nil, "expected_amount": "240"})
}

func TestActivitiesCampaignsAndCases(t *testing.T) {
	owner := company(t, "crm")
	customer := owner.create("crm/customers", m{"name": "Northwind"})
	campaign := owner.create("crm/campaigns", m{"name": "Fair", "budget_amount": "1000"})
	deal := owner.create("crm/opportunities", m{"name": "D", "customer_id": customer["id"], "campaign_id": campaign["id"]})
	call := owner.create("crm/activities", m{"subject": "Call", "type": "call", "opportunity_id": deal["id"], "due_date": "2020-01-01"})
	same(t, "call", call, m{"status": "planned", "customer_id": customer["id"], "overdue": "true"})
	call = owner.act("crm/activities", call, "complete", m{"outcome": "asks for an offer"})
	same(t, "called", call, m{"status": "done", "outcome": "asks for an offer", "overdue": "false"})

	c := owner.create("crm/service_cases", m{"subject": "Broken", "customer_id": customer["id"], "type": "complaint"})
	same(t, "case", c, m{"no": "CS000001", "status": "new", "priority": "normal"})
	same(t, "started", owner.act("crm/service_cases", c, "start", nil), m{"status": "in_progress"})
	same(t, "resolved", owner.act("crm/service_cases", c, "resolve", m{"resolution": "replaced"}), m{"status": "resolved", "resolution": "replaced"})
	same(t, "reopened", owner.act("crm/service_cases", c, "reopen", nil), m{"status": "in_progress", "resolved_at": nil})
	owner.act("crm/service_cases", c, "resolve", nil)
	same(t, "closed", owner.act("crm/service_cases", c, "close", nil), m{"status": "closed"})
}

// A salesperson never sees what the project costs; a viewer sees nobody's phone.
func TestWhoSeesWhat(t *testing.T) {
	owner := company(t, "crm")
	sally, vera := owner.hire("sally", "sales"), owner.hire("vera", "viewer")
	customer := sally.create("crm/customers", m{"name": "Northwind", "phone": "123"})
	deal := sally.create("crm/opportunities", m{"name": "D", "customer_id": customer["id"], "terms": "FOB"})
	if _, seen := deal["project_cost"]; seen {
		t.Error("a salesperson sees project_cost")
	}
	seen := vera.read("crm/customers", customer)
	if _, ok := seen["phone"]; ok {
		t.Error("a viewer sees a phone")
	}
	for _, field := range []string{"terms", "collected_amount", "project_cost"} {
		if _, ok := vera.read("crm/opportunities", deal)[field]; ok {
			t.Errorf("a viewer sees %s", field)
		}
	}
	vera.must(http.StatusForbidden, http.MethodPost, "/crm/opportunities/"+text(deal, "id")+"/win", nil)
}

// What the program named is called in both languages; a name that a person gives counts for everybody, until somebody says otherwise.
func TestStagesAreCalledInBothLanguages(t *testing.T) {
	owner := company(t, "crm")
	first := owner.list("crm/stages", "sort=sequence")[0]
	same(t, "seeded", first, m{"name": "First contact", "name_zh": "初步接触", "name_en": "First contact"})
	change := func(to m) m {
		t.Helper()
		at := owner.read("crm/stages", first)
		return owner.must(http.StatusOK, http.MethodPatch, "/crm/stages/"+text(first, "id"), to, "If-Match", fmt.Sprintf("%q", fmt.Sprint(at["version"])))
	}
	same(t, "another probability", change(m{"probability": "12"}), m{"name_zh": "初步接触", "name_en": "First contact"})
	same(t, "renamed", change(m{"name": "Hello"}), m{"name": "Hello", "name_zh": "", "name_en": ""})
	same(t, "said", change(m{"name": "Hallo", "name_en": "Hi"}), m{"name": "Hallo", "name_zh": "", "name_en": "Hi"})
	deal := owner.create("crm/opportunities", m{"name": "Pumps"})
	same(t, "deals know it by its name", deal, m{"stage": "Hallo"})
}

// A campaign shows what came of it.
func TestCampaignsShowWhatCameOfThem(t *testing.T) {
	owner := company(t, "crm")
	fair := owner.create("crm/campaigns", m{"name": "Fair"})
	lead := owner.create("crm/leads", m{"name": "Pumps", "campaign_id": fair["id"]})
	owner.create("crm/leads", m{"name": "Valves", "campaign_id": fair["id"]})
	owner.create("crm/leads", m{"name": "Elsewhere"})
	deal := owner.act("crm/leads", lead, "convert", nil)["opportunity_id"]
	same(t, "a deal", owner.read("crm/campaigns", fair), m{"leads": "2", "converted_leads": "1", "deals": "1", "won_deals": "0"})
	owner.act("crm/opportunities", m{"id": deal}, "lose", nil)
	owner.create("crm/opportunities", m{"name": "More", "campaign_id": fair["id"]})
	same(t, "more", owner.read("crm/campaigns", fair), m{"deals": "2", "won_deals": "0"})
}
