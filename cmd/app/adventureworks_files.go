package app

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/i18n"
)

// sample is the AdventureWorks files as they are.
type sample struct{ files map[string]sheet }

// sheet is one file.
type sheet struct {
	at   map[string]int
	rows [][]string
}

// row gives a file's row by the names of its columns.
type row func(column string) string

// sampleFiles are the files that there must be.
func sampleFiles() []string {
	return []string{
		"products.csv", "bom_lines.csv", "locations.csv", "stock.csv", "vendors.csv", "vendor_prices.csv", "customers.csv",
		"purchase_orders.csv", "purchase_order_lines.csv",
	}
}

// sampleColumns are the columns of a file that are used.
func sampleColumns(file string) []string {
	return strings.Fields(map[string]string{
		"products.csv": "number name make unit safety_stock reorder_point standard_cost list_price days_to_manufacture category subcategory" +
			" sell_start sell_end",
		"bom_lines.csv":            "assembly_number component_number quantity unit valid_from valid_to",
		"locations.csv":            "code name cost_rate_per_hour availability_hours",
		"stock.csv":                "product_number location_code quantity",
		"vendors.csv":              "number name credit_rating preferred active",
		"vendor_prices.csv":        "product_number vendor_number lead_time_days price min_order_qty max_order_qty unit",
		"customers.csv":            "number name territory",
		"purchase_orders.csv":      "number status vendor_number order_date ship_date subtotal tax freight",
		"purchase_order_lines.csv": "order_number due_date product_number quantity unit_price received rejected",
	}[file])
}

// rows are a file's rows.
func (s *sample) rows(file string) []row {
	x := s.files[file]
	out := make([]row, len(x.rows))
	for i, cells := range x.rows {
		out[i] = func(column string) string { return strings.TrimSpace(cells[x.at[column]]) }
	}
	return out
}

// by finds a file's rows by a column.
func (s *sample) by(file, column string) map[string]row {
	out := map[string]row{}
	for _, r := range s.rows(file) {
		out[r(column)] = r
	}
	return out
}

// column is one column of a table for the importer: the field that it fills and what it takes from a row.
type column struct {
	field string
	value func(r row) string
}

// same takes a file's column as it is.
func same(field, of string) column { return column{field, func(r row) string { return r(of) }} }

// always fills a field with one value.
func always(field, value string) column {
	return column{field, func(row) string { return value }}
}

// fill makes a table: a row for each row of a file.
func fill(rows []row, columns ...column) record.Table {
	t := record.Table{Header: make([]string, len(columns)), Rows: make([][]string, len(rows))}
	for i, c := range columns {
		t.Header[i] = c.field
	}
	for n, r := range rows {
		t.Rows[n] = make([]string, len(columns))
		for i, c := range columns {
			t.Rows[n][i] = c.value(r)
		}
	}
	return t
}

// together brings rows of the same document side by side, as the importer wants them; otherwise they stay in the file's order.
func together(rows []row, of string) []row {
	first := map[string]int{}
	for i, r := range rows {
		if _, ok := first[r(of)]; !ok {
			first[r(of)] = i
		}
	}
	out := slices.Clone(rows)
	slices.SortStableFunc(out, func(a, b row) int { return cmp.Compare(first[a(of)], first[b(of)]) })
	return out
}

// piece is the sample's unit that is our own "pcs".
const piece = "EA"

// unit is the code of a unit in Tenon.
func unit(code string) string {
	if code == piece {
		return "pcs"
	}
	return code
}

// strange lists the sample's units that say nothing of how much is in one, with the files that use them, by code.
func (s *sample) strange() (codes []string, used map[string]map[string]int) {
	used = map[string]map[string]int{}
	for _, file := range []string{"products.csv", "bom_lines.csv", "vendor_prices.csv"} {
		for _, r := range s.rows(file) {
			code := r("unit")
			if code == piece || code == "" {
				continue
			}
			if used[code] == nil {
				used[code] = map[string]int{}
				codes = append(codes, code)
			}
			used[code][file]++
		}
	}
	slices.Sort(codes)
	return codes, used
}

// notices are what the operator should know: a line for each unit without a ratio.
func (s *sample) notices() []i18n.Text {
	codes, used := s.strange()
	out := make([]i18n.Text, len(codes))
	for i, code := range codes {
		var zh, en []string
		for _, file := range sampleFiles() {
			if n := used[code][file]; n > 0 {
				zh, en = append(zh, fmt.Sprintf("%s %d 行", file, n)), append(en, fmt.Sprintf("%d rows of %s", n, file))
			}
		}
		out[i] = i18n.T(fmt.Sprintf("单位 %s 没有换算关系，按 1 %s = 1 件导入（%s）", code, code, strings.Join(zh, "、")),
			fmt.Sprintf("The unit %s has no ratio: 1 %s is taken for 1 piece (%s)", code, code, strings.Join(en, ", ")))
	}
	return out
}
