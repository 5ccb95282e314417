package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// What is exported with its lines can be imported again: the same documents, also those that look alike.
func TestExportsWithLinesComeBack(t *testing.T) {
	c := newCompany(t, newWorld(t), "Round")
	for range 2 { // two that look alike
		c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "terms": "=say \"yes\", twice", "lines": []m{line(c.motor, "2", "600"), line(c.steel, "3", "20.125")}})
	}
	c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "price_includes_tax": true, "lines": []m{line(c.frame, "1", "5000")}})
	c.sales.create("sales/orders", m{"customer_id": c.customer["id"]})
	before := c.sales.list("sales/orders", "sort=created_at,id")
	for _, format := range []string{"csv", "xlsx"} {
		for _, o := range c.sales.list("sales/orders", "sort=created_at,id")[len(before):] {
			c.sales.do(http.MethodDelete, "/sales/orders/"+str(o, "id"), nil, "If-Match", `"1"`)
		}
		a := c.sales.get("/sales/orders/export?nested=true&sort=created_at,id&format=" + format)
		if a.status != http.StatusOK {
			t.Fatalf("%s: %d %s", format, a.status, a.raw)
		}
		if format == "csv" && strings.Count(strings.TrimSpace(a.raw), "\n") != 6 {
			t.Errorf("rows:\n%s", a.raw)
		}
		c.sales.must(http.StatusOK, c.sales.upload("/sales/orders/import", a.raw))
		all := c.sales.list("sales/orders", "sort=created_at,id")
		if len(all) != 2*len(before) {
			t.Fatalf("%s: %d orders, want %d", format, len(all), 2*len(before))
		}
		for i, was := range before {
			now := all[len(before)+i]
			same(t, format, now, m{"customer_id": was["customer_id"], "total_amount": was["total_amount"], "terms": was["terms"], "price_includes_tax": was["price_includes_tax"]})
			if len(lines(now)) != len(lines(was)) {
				t.Fatalf("%s: %d lines, want %d", format, len(lines(now)), len(lines(was)))
			}
			for n, l := range lines(was) {
				same(t, format, lines(now)[n], m{"product_id": l["product_id"], "quantity": l["quantity"], "unit_price": l["unit_price"], "unit": l["unit"]})
			}
		}
	}
	c.sales.refused("nested what", c.sales.get("/sales/orders/export?nested=perhaps"), http.StatusBadRequest, "fields.invalid")
}

// As JSON lines each record is what reading it answers, with its lines when they are asked for, and never what the caller may not see.
func TestExportsAsJSONLines(t *testing.T) {
	c := newCompany(t, newWorld(t), "Lines")
	for i := range 3 {
		c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "terms": "two\nlines", "lines": []m{line(c.motor, fmt.Sprint(i+1), "600"), line(c.steel, "3", "20.125")}})
	}
	read := func(query string) []m {
		t.Helper()
		a := c.sales.get("/sales/orders/export?format=jsonl&sort=created_at,id" + query)
		if a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "application/x-ndjson") {
			t.Fatalf("%d %s %s", a.status, a.header.Get("Content-Type"), a.raw)
		}
		var out []m
		for row := range strings.Lines(a.raw) {
			var x m
			if err := json.Unmarshal([]byte(row), &x); err != nil {
				t.Fatalf("%v in %s", err, row)
			}
			out = append(out, x)
		}
		return out
	}
	list := read("&nested=true")
	if len(list) != 3 {
		t.Fatalf("%d orders", len(list))
	}
	for i, was := range c.sales.list("sales/orders", "sort=created_at,id") {
		one := c.sales.read("sales/orders", str(was, "id"))
		same(t, "order", list[i], m{"id": was["id"], "terms": "two\nlines", "total_amount": was["total_amount"], "status": "draft"})
		for n, l := range lines(one) {
			same(t, "line", lines(list[i])[n], m{"id": l["id"], "quantity": l["quantity"], "unit_price": l["unit_price"], "product_id": l["product_id"]})
		}
	}
	if flat := read(""); len(flat) != 3 || flat[0]["lines"] != nil {
		t.Errorf("without lines: %v", flat)
	}
	if none := read("&status=cancelled"); len(none) != 0 {
		t.Errorf("nothing fits, and this came: %v", none)
	}
	seen := c.sales.get("/inventory/products/export?format=jsonl")
	if seen.status != http.StatusOK || strings.Contains(seen.raw, `"standard_cost":`) {
		t.Errorf("sales took cost out: %d %s", seen.status, seen.raw)
	}
	c.sales.refused("no template", c.sales.get("/sales/orders/import_template?format=jsonl"), http.StatusBadRequest, "format.unknown")
}
