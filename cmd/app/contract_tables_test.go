package app_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
)

// upload sends a table as a browser's form does.
func (p person) upload(path, table string) answer {
	p.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	file, err := form.CreateFormFile("file", "table.csv")
	if err == nil {
		_, err = file.Write([]byte(table))
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return p.do(http.MethodPost, path, body.String(), "Content-Type", form.FormDataContentType())
}

// cells returns row:column of every mistake in a table.
func cells(list any) string {
	var out []string
	items, _ := list.([]any)
	for _, x := range items {
		f, _ := x.(m)
		out = append(out, fmt.Sprintf("%v:%v", f["row"], f["column"]))
		if str(f, "detail") == "" || str(f, "reason") == "" {
			out = append(out, "silent")
		}
	}
	return strings.Join(out, " ")
}

func TestContractImport(t *testing.T) {
	p := newWorld(t).signUp(t, "Import")
	good := "产品编号,名称,Type,unit,目录价\nI1,Bolt,stock,pcs,1.5\nI2,\"=cmd|' /C'!A0\",service,h,20\n"
	dry := p.must(http.StatusOK, p.upload("/inventory/products/import?dry_run=true", good))
	if fmt.Sprint(dry["rows"], dry["created"], dry["errors"]) != "2 2 []" || len(p.list("inventory/products", "")) != 0 {
		t.Errorf("a dry run: %v", dry)
	}
	p.must(http.StatusOK, p.upload("/inventory/products/import", good))
	same(t, "imported", p.one("inventory/products", "number=I1"), m{"name": "Bolt", "list_price": "1.5", "type": "stock"})

	bad := "number,name,type,unit,list_price,active\nI1,Twice,stock,pcs,1,true\nI3,,stock,pcs,lots,true\nI4,Nut,thing,fathom,1,perhaps\nI5,Fine,stock,pcs,1,true\nI5,Again,stock,pcs,1,true\n"
	want := "2:number 3:list_price 3:name 4:active 4:type 4:unit 6:number"
	dry = p.must(http.StatusOK, p.upload("/inventory/products/import?dry_run=true", bad))
	if got := inOrder(cells(dry["errors"])); got != want {
		t.Errorf("mistakes of a dry run: %s, want %s\n%v", got, want, dry)
	}
	real := p.upload("/inventory/products/import", bad)
	p.refused("a bad table", real, http.StatusBadRequest, "fields.invalid")
	if got := inOrder(cells(real.body["fields"])); got != want {
		t.Errorf("mistakes: %s, want %s\n%s", got, want, real.raw)
	}
	if n := len(p.list("inventory/products", "")); n != 2 {
		t.Errorf("%d products", n)
	}
	head := p.upload("/inventory/products/import?dry_run=true", "number,colour\nX,red\n")
	if got := cells(head.body["errors"]); got != "1:colour" {
		t.Errorf("header: %s", head.raw)
	}
	p.refused("no table", p.upload("/inventory/products/import", ""), http.StatusBadRequest, "csv.empty")
	p.refused("a broken table", p.upload("/inventory/products/import", "number,name\n\"a,b\n"), http.StatusBadRequest, "csv.broken")
	p.refused("no dry run", p.upload("/inventory/products/import?dry_run=yes", good), http.StatusBadRequest, "")

	// Documents with lines; a module's own mistakes have their rows too.
	p.create("crm/customers", m{"name": "North", "number": "N"})
	orders := "customer_id,delivery_address,lines.product_id,lines.quantity,lines.unit_price\nNorth,here,I1,2,3\n,,I2,1,\nN,there,I1,1,5\n"
	p.must(http.StatusOK, p.upload("/sales/orders/import", orders))
	if rows := p.list("sales/orders", "sort=no"); len(rows) != 2 || len(lines(rows[0])) != 2 || lines(rows[0])[1]["unit_price"] != "20.00" {
		t.Errorf("orders: %v", rows)
	}
	dry = p.must(http.StatusOK, p.upload("/sales/orders/import?dry_run=true", "customer_id,lines.product_id,lines.quantity\nNorth,I1,2\n,I9,-1\nSouth,I1,1\n"))
	if got := inOrder(cells(dry["errors"])); got != "3:lines.product_id 3:lines.quantity 4:customer_id" {
		t.Errorf("mistakes in lines: %v", dry)
	}
	dry = p.must(http.StatusOK, p.upload("/finance/entries/import?dry_run=true", "memo,lines.account_id,lines.debit,lines.credit\nfirst,1001,5,\nsecond,1001,5,5\n"))
	if got := cells(dry["errors"]); got != "3:lines.credit" {
		t.Errorf("a module's mistakes: %v", dry)
	}
}

func inOrder(words string) string {
	list := strings.Fields(words)
	for i := range list {
		for j := i; j > 0 && list[j] < list[j-1]; j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
	return strings.Join(list, " ")
}

func TestContractExport(t *testing.T) {
	p := newWorld(t).signUp(t, "Export")
	p.create("crm/customers", m{"name": "=HYPERLINK(\"x\")", "number": "E1", "credit_limit": "12.5", "territory": "-2+3"})
	p.create("crm/customers", m{"name": "+86 Corp, \"quoted\"", "number": "E2"})
	p.create("crm/customers", m{"name": "@at", "number": "E3"})
	for lang, want := range map[string]string{"en": "Name", "zh-CN": "名称"} {
		a := p.do(http.MethodGet, "/crm/customers/export?format=csv&sort=number", nil, "Accept-Language", lang)
		if a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "text/csv") || !strings.Contains(a.header.Get("Content-Disposition"), "customers.csv") {
			t.Fatalf("export: %d %v %s", a.status, a.header, a.raw)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.raw, "\ufeff"))).ReadAll()
		if err != nil || len(rows) != 4 {
			t.Fatalf("export: %v %s", err, a.raw)
		}
		if !strings.Contains(strings.Join(rows[0], "|"), want) {
			t.Errorf("headers in %s: %v", lang, rows[0])
		}
		for _, row := range rows[1:] {
			for _, cell := range row {
				if cell != "" && strings.ContainsAny(cell[:1], "=+-@") {
					t.Errorf("a spreadsheet would run %q", cell)
				}
			}
		}
	}
	a := p.get("/crm/customers/export?fields=number,name&number=E3")
	if a.status != http.StatusOK || strings.Count(a.raw, "\n") != 2 || strings.Contains(a.raw, "12.5") {
		t.Errorf("a narrow export: %s", a.raw)
	}
	p.refused("another format", p.get("/crm/customers/export?format=pdf"), http.StatusBadRequest, "format.unknown")
	p.refused("an unknown filter", p.get("/crm/customers/export?colour=red"), http.StatusBadRequest, "")
	viewer := p.hire("vera", "viewer")
	if a := viewer.get("/inventory/products/export"); a.status == http.StatusOK && strings.Contains(a.raw, "cost") {
		t.Errorf("an export shows costs: %s", a.raw)
	}
}
