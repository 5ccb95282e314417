package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// promisedNames is the table of the API's contract: collection, fields (lines in brackets), actions. More may exist; these stay.
const promisedNames = `
crm/customers | number name territory credit_limit owner_id |
crm/opportunities | name customer_id owner_id delivery_address terms payment_term_id project_id project_progress project_cost arrivals[product_id] stage status probability expected_amount currency requested_date lines[product_id quantity unit_price discount_percent] order_id delivery_status delivery_progress promised_date collected_amount | win lose reopen
sales/orders | no customer_id opportunity_id delivery_address terms payment_term_id price_includes_tax status currency requested_date promised_date lines[id product_id quantity unit unit_price discount_percent tax_id reserved_quantity shipped_quantity invoiced_quantity] untaxed_amount tax_amount total_amount delivery_status invoice_status payment_status late_days late_because | confirm amend cancel close
inventory/products | number name type unit category supply supply_policy standard_cost list_price safety_stock reorder_point lead_time_days tracking cost_method |
inventory/warehouses | code name |
inventory/locations | code name warehouse_id type |
inventory/stock_balances | product_id location_id lot_id on_hand reserved free |
inventory/stock_counts | location_id lines[product_id lot_id counted_quantity unit_cost] | post
inventory/deliveries | no order_id status lines[order_line_id product_id quantity] | ship
inventory/receipts | no purchase_order_id status lines[purchase_line_id product_id quantity unit_cost] | receive
production/bills_of_materials | product_id output_quantity valid_from valid_to lines[component_id quantity unit scrap_percent phantom valid_from valid_to] by_products[product_id quantity cost_percent] |
production/production_orders | no product_id quantity status start_date due_date sales_order_id parent_id materials[product_id quantity issued_quantity reserved_quantity] | release issue complete cancel
purchasing/vendors | number name active |
purchasing/vendor_prices | product_id vendor_id price currency unit lead_time_days min_quantity max_quantity multiple valid_from valid_to |
purchasing/requisitions | no product_id quantity need_by vendor_id price status sales_order_id production_order_id | approve order cancel
purchasing/orders | no vendor_id status lines[id product_id quantity unit_price received_quantity] total_amount | confirm cancel
finance/invoices | no customer_id order_id status date due_date lines[product_id quantity] untaxed_amount tax_amount total_amount residual_amount | post credit
finance/payments | no customer_id vendor_id direction date amount currency matches[invoice_id amount] | post match unmatch
finance/entries | no journal_id date status source lines[account_id debit credit customer_id vendor_id] | post reverse
finance/accounts | code name |
finance/journals | code name |
finance/taxes | name |
finance/payment_terms | name |
finance/periods | |
finance/exchange_rates | |
finance/bills | no vendor_id status total_amount residual_amount |
finance/receivables | order_id customer_id expected_date expected_amount invoiced_amount paid_amount |
crm/leads | |
crm/contacts | |
crm/activities | |
crm/campaigns | |
crm/service_cases | |
sales/quotations | |
sales/price_lists | |
sales/returns | |
projects/projects | no name customer_id order_id status progress budget_amount actual_cost margin health | start close
projects/tasks | project_id |
projects/milestones | project_id | complete
projects/timesheets | project_id |
projects/expenses | project_id |
approvals | entity record_id action requested_by status content_hash steps[status] | approve reject return withdraw delegate
users | name email roles |
`

// samples holds a value of each kind that a filter may be given.
func sampleOf(kind string) string {
	switch kind {
	case "id":
		return "01890000-0000-7000-8000-000000000001"
	case "bool":
		return "true"
	case "int", "amount", "quantity", "price", "percent":
		return "1"
	case "date":
		return "2026-01-31"
	case "time":
		return "2026-01-31T10:00:00Z"
	}
	return "x"
}

// described finds an entity's meta by its path.
func (p person) described() map[string]m {
	p.t.Helper()
	out := map[string]m{}
	list, _ := p.must(http.StatusOK, p.get("/meta"))["entities"].([]any)
	for _, x := range list {
		e, _ := x.(m)
		out[str(e, "path")] = e
	}
	return out
}

func kinds(of any) map[string]string {
	out := map[string]string{}
	list, _ := of.([]any)
	for _, x := range list {
		f, _ := x.(m)
		out[str(f, "name")] = str(f, "kind")
		if f["kind"] == nil {
			out[str(f, "name")] = "action"
		}
	}
	return out
}

func TestContractNames(t *testing.T) {
	p := newWorld(t).signUp(t, "Names")
	known := p.described()
	for row := range strings.SplitSeq(strings.TrimSpace(promisedNames), "\n") {
		part := strings.Split(row, "|")
		path := strings.TrimSpace(part[0])
		e := known[path]
		if a := p.get("/" + path + "?count=true"); a.status != http.StatusOK || a.body["total"] == nil {
			t.Errorf("%s: %d %s", path, a.status, a.raw)
			continue
		}
		fields := kinds(e["fields"])
		nested := ""
		for name := range strings.FieldsSeq("id version created_at updated_at " + part[1]) {
			lines, first, opens := strings.Cut(name, "[")
			if opens {
				nested, name = lines, first
			}
			field := strings.TrimSuffix(name, "]")
			if nested == "" {
				p.usable(path, field, fields[field])
			} else if k := lineKinds(e, nested); k[field] == "" {
				t.Errorf("%s: %s has no %s: %v", path, nested, field, k)
			}
			if strings.HasSuffix(name, "]") {
				nested = ""
			}
		}
		actions := kinds(e["actions"])
		for action := range strings.FieldsSeq(part[2]) {
			if actions[action] == "" {
				t.Errorf("%s: no action %s: %v", path, action, actions)
			}
			p.refused(path+" "+action, p.post("/"+path+"/01890000-0000-7000-8000-000000000001/"+action, nil), http.StatusNotFound, "record.not_found")
		}
	}
}

func lineKinds(e m, name string) map[string]string {
	list, _ := e["lines"].([]any)
	for _, x := range list {
		l, _ := x.(m)
		if str(l, "name") == name {
			return kinds(l["fields"])
		}
	}
	return nil
}

// usable checks that a field exists and can be filtered and sorted by.
func (p person) usable(path, field, kind string) {
	p.t.Helper()
	if kind == "" {
		p.t.Errorf("%s has no %s", path, field)
		return
	}
	v := url.QueryEscape(sampleOf(kind))
	queries := []string{"fields=" + field, field + "[null]=true", field + "[null]=false"}
	if kind != "json" {
		queries = append(queries, field+"="+v, field+"[ne]="+v, field+"[in]="+v+","+v, field+"[nin]="+v)
	}
	switch kind {
	case "json":
	case "texts":
		queries = append(queries, field+"[contains]="+v)
	case "text":
		queries = append(queries, field+"[contains]="+v, field+"[starts]="+v, "sort="+field, "sort=-"+field)
	default:
		queries = append(queries, field+"[gt]="+v, field+"[gte]="+v, field+"[lt]="+v, field+"[lte]="+v, "sort="+field, "sort=-"+field)
	}
	for _, q := range queries {
		if a := p.get("/" + path + "?" + q); a.status != http.StatusOK {
			p.t.Errorf("%s?%s: %d %s", path, q, a.status, a.raw)
		}
	}
}
