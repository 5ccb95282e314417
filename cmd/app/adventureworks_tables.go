package app

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/money"
)

// number reads a number of the sample; what is none stays for the importer to refuse, with its row.
func number(cell string) decimal.Decimal {
	d, err := decimal.NewFromString(cell)
	if err != nil {
		return money.Zero()
	}
	return d
}

// unitTable has the units other than pieces. The sample gives no ratios: one is one piece.
func unitTable(s *sample) record.Table {
	names := map[string][2]string{
		"CAN": {"罐", "Can"}, "CS": {"整箱", "Case"}, "CTN": {"纸箱", "Carton"}, "DZ": {"打", "Dozen"}, "GAL": {"加仑", "Gallon"},
		"IN": {"英寸", "Inch"}, "OZ": {"盎司", "Ounce"}, "PAK": {"包", "Pack"},
	}
	t := record.Table{Header: []string{"code", "name", "name_en", "dimension", "numerator", "denominator", "rounding"}}
	codes, _ := s.strange()
	for _, code := range codes {
		name, ok := names[code]
		if !ok {
			name = [2]string{code, code}
		}
		t.Rows = append(t.Rows, []string{code, name[0], name[1], "count", "1", "1", "1"})
	}
	return t
}

// category is the code of a product's category: the sample's subcategory. What has none is general.
func category(r row) string {
	if r("subcategory") == "" {
		return ""
	}
	return strings.ToLower(strings.ReplaceAll(r("subcategory"), " ", "-"))
}

// categoryTable has the sample's subcategories; the category above is in their names.
func categoryTable(s *sample) record.Table {
	t := record.Table{Header: []string{"code", "name"}}
	seen := map[string]bool{"": true}
	for _, r := range s.rows("products.csv") {
		if code := category(r); !seen[code] {
			seen[code] = true
			t.Rows = append(t.Rows, []string{code, r("category") + " / " + r("subcategory")})
		}
	}
	slices.SortFunc(t.Rows, func(a, b []string) int { return strings.Compare(a[1], b[1]) })
	return t
}

func productTable(s *sample) record.Table {
	return fill(
		s.rows("products.csv"),
		same("number", "number"), same("name", "name"), always("type", "stock"),
		column{"supply", func(r row) string {
			if r("make") == "1" {
				return "make"
			}
			return "buy"
		}},
		column{"unit", func(r row) string { return unit(r("unit")) }},
		column{"category", category},
		same("safety_stock", "safety_stock"), same("reorder_point", "reorder_point"), same("standard_cost", "standard_cost"), same("list_price", "list_price"),
		same("lead_time_days", "days_to_manufacture"),
		column{"description", func(r row) string {
			if r("sell_end") == "" {
				return ""
			}
			return "Sold from " + r("sell_start") + " to " + r("sell_end")
		}},
	)
}

// bomTable has one bill for each assembly; superseded components stay in it with the days for which they were valid.
func bomTable(s *sample) record.Table {
	return fill(
		together(s.rows("bom_lines.csv"), "assembly_number"),
		same("product_id", "assembly_number"),
		same("lines.component_id", "component_number"), same("lines.quantity", "quantity"),
		column{"lines.unit", func(r row) string { return unit(r("unit")) }},
		same("lines.valid_from", "valid_from"), same("lines.valid_to", "valid_to"),
	)
}

func locationTable(s *sample) record.Table {
	return fill(s.rows("locations.csv"), same("code", "code"), same("name", "name"), always("type", "internal"))
}

// workCenterTable has the locations where work is done: those with a cost rate. Their hours are those of a week of five days.
func workCenterTable(s *sample) record.Table {
	var rows []row
	for _, r := range s.rows("locations.csv") {
		if number(r("cost_rate_per_hour")).Sign() > 0 {
			rows = append(rows, r)
		}
	}
	return fill(
		rows,
		same("code", "code"), same("name", "name"), same("cost_rate", "cost_rate_per_hour"),
		column{"hours_per_day", func(r row) string { return money.Div(number(r("availability_hours")), money.Int(5)).Round(6).String() }},
	)
}

// stockTable has a count for each location. Shelves and bins of a location are no places of their own in Tenon: the count adds them up.
func stockTable(s *sample) record.Table {
	products := s.by("products.csv", "number")
	return fill(
		together(s.rows("stock.csv"), "location_code"),
		same("location_id", "location_code"), always("note", "AdventureWorks"),
		same("lines.product_id", "product_number"), same("lines.counted_quantity", "quantity"),
		column{"lines.unit_cost", func(r row) string {
			if p := products[r("product_number")]; p != nil {
				return p("standard_cost")
			}
			return ""
		}},
	)
}

func vendorTable(s *sample) record.Table {
	return fill(
		s.rows("vendors.csv"),
		same("number", "number"), same("name", "name"),
		column{"note", func(r row) string {
			note := "Credit rating " + r("credit_rating")
			if r("preferred") == "1" {
				note += ", preferred"
			}
			return note
		}},
	)
}

func priceTable(s *sample) record.Table {
	return fill(
		s.rows("vendor_prices.csv"),
		same("product_id", "product_number"), same("vendor_id", "vendor_number"), same("price", "price"), same("lead_time_days", "lead_time_days"),
		column{"unit", func(r row) string { return unit(r("unit")) }},
		same("min_quantity", "min_order_qty"), same("max_quantity", "max_order_qty"),
	)
}

func customerTable(s *sample) record.Table {
	return fill(s.rows("customers.csv"), same("number", "number"), same("name", "name"), same("territory", "territory"))
}

// rate is the tax of an order of the history in percent.
func rate(r row) decimal.Decimal {
	if number(r("subtotal")).IsZero() {
		return money.Zero()
	}
	return money.Div(number(r("tax")).Mul(money.Hundred()), number(r("subtotal"))).Round(2)
}

func taxCode(percent decimal.Decimal) string {
	if percent.IsZero() {
		return ""
	}
	return "AW" + percent.String()
}

// taxTable has the tax rates of the history.
func taxTable(s *sample) record.Table {
	t := record.Table{Header: []string{"code", "name", "name_en", "rate", "kind", "rounding"}}
	seen := map[string]bool{"": true}
	for _, r := range s.rows("purchase_orders.csv") {
		percent := rate(r)
		if code := taxCode(percent); !seen[code] {
			seen[code] = true
			t.Rows = append(t.Rows, []string{code, fmt.Sprintf("税 %s%%", percent), fmt.Sprintf("Tax %s%%", percent), percent.String(), "purchase", "document"})
		}
	}
	return t
}

// historyTable has the purchase orders with what they are now: nothing of them is waited for any more.
func historyTable(s *sample) record.Table {
	orders, products := s.by("purchase_orders.csv", "number"), s.by("products.csv", "number")
	head := func(r row) row {
		if o := orders[r("order_number")]; o != nil {
			return o
		}
		return func(string) string { return "" }
	}
	return fill(
		together(s.rows("purchase_order_lines.csv"), "order_number"),
		same("no", "order_number"),
		column{"vendor_id", func(r row) string { return head(r)("vendor_number") }},
		column{"status", func(r row) string { return historic(head(r)("status")) }},
		column{"order_date", func(r row) string { return head(r)("order_date") }},
		column{"note", func(r row) string {
			return fmt.Sprintf("AdventureWorks: %s; shipped %s; freight %s", head(r)("status"), head(r)("ship_date"), head(r)("freight"))
		}},
		same("lines.product_id", "product_number"), same("lines.quantity", "quantity"), same("lines.unit_price", "unit_price"),
		same("lines.expected_date", "due_date"),
		column{"lines.tax_id", func(r row) string { return taxCode(rate(head(r))) }},
		same("lines.received_quantity", "received"), same("lines.received_base", "received"),
		column{"lines.billed_quantity", func(r row) string {
			if historic(head(r)("status")) == "done" {
				return r("received")
			}
			return "0"
		}},
		column{"lines.description", func(r row) string {
			p := products[r("product_number")]
			if p == nil || number(r("rejected")).IsZero() {
				return ""
			}
			return p("name") + " (rejected: " + number(r("rejected")).String() + ")"
		}},
	)
}

// historic is the state of an order of the history. Its goods have come in all of them; those that the sample calls pending or approved lack the bill.
func historic(status string) string {
	switch status {
	case "complete":
		return "done"
	case "rejected":
		return "cancelled"
	}
	return "received"
}
