package app_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
)

// takeOver sends tables, in pairs of a collection and its CSV; members come first.
func (p person) takeOver(query string, members m, tables ...string) answer {
	p.t.Helper()
	var b bytes.Buffer
	f := multipart.NewWriter(&b)
	for name, v := range members {
		if err := f.WriteField(name, v.(string)); err != nil {
			p.t.Fatal(err)
		}
	}
	for i := 0; i+1 < len(tables); i += 2 {
		part, err := f.CreateFormFile(tables[i], "table.csv")
		if err == nil {
			_, err = part.Write([]byte(tables[i+1]))
		}
		if err != nil {
			p.t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		p.t.Fatal(err)
	}
	return p.do(http.MethodPost, "/takeover"+query, b.String(), "Content-Type", f.FormDataContentType())
}

// A company's data comes over as one trial that shows the books and every mistake, and then as a whole or not at all.
func TestTakeoverIsTriedAndCommittedAsAWhole(t *testing.T) {
	p := newWorld(t).signUp(t, "Takeover")
	members := m{
		"then":    `{"inventory/stock_counts":"post","sales/orders":"confirm","finance/invoices":"post"}`,
		"mapping": `{"crm/customers":{"Kunde":"name"}}`, "reports": "finance/trial_balance",
	}
	good := []string{
		"crm/customers", "number,Kunde\nC1,North\nC2,South\n",
		"purchasing/vendors", "number,name\nV1,Steelworks\n",
		"inventory/products", "number,name,type,unit,supply\nM,Machine,stock,pcs,make\nS,Steel,stock,kg,buy\n",
		"production/bills_of_materials", "product_id,lines.component_id,lines.quantity\nM,S,5\n",
		"inventory/stock_counts", "location_id,lines.product_id,lines.counted_quantity,lines.unit_cost\nSTOCK,S,100,2.5\nSTOCK,M,3,40\n",
		"sales/orders", "customer_id,lines.product_id,lines.quantity,lines.unit_price\nC1,M,2,100\n",
		"finance/invoices", "customer_id,lines.description,lines.quantity,lines.unit_price\nC2,Opening balance,1,500\n",
	}
	dry := p.must(http.StatusOK, p.takeOver("?dry_run=true", members, good...))
	if dry["mistakes"] != 0.0 {
		t.Fatalf("mistakes of a good trial: %v", dry)
	}
	stock := "0"
	reports, _ := dry["reports"].(m)
	rows, _ := reports["finance/trial_balance"].([]any)
	for _, x := range rows {
		if r, _ := x.(m); r["code"] == "1405" {
			stock = str(r, "balance")
		}
	}
	if stock != "370.00" { // 100 × 2.5 + 3 × 40
		t.Errorf("the stock is worth %s in the trial: %v", stock, rows)
	}
	for _, path := range []string{"crm/customers", "inventory/products", "sales/orders", "finance/invoices"} {
		if n := len(p.list(path, "")); n != 0 {
			t.Errorf("the trial left %d %s", n, path)
		}
	}

	bad := append([]string{}, good...)
	bad[5] = "number,name,type,unit,supply\nM,Machine,stock,pcs,make\nS,Steel,stock,stone,buy\n"
	bad[1] = "number,Kunde\nC1,\nC2,South\n"
	dry = p.must(http.StatusOK, p.takeOver("?dry_run=true", members, bad...))
	parts, _ := dry["parts"].([]any)
	first, _ := parts[0].(m)
	third, _ := parts[2].(m)
	if cells(first["errors"]) != "2:Kunde" || cells(third["errors"]) != "3:unit" {
		t.Errorf("mistakes: %v", dry["parts"])
	}
	whole := p.takeOver("", members, bad...)
	p.refused("with mistakes", whole, http.StatusBadRequest, "takeover.refused")
	if !strings.Contains(whole.raw, "inventory/products row 3: unit") || len(p.list("purchasing/vendors", "")) != 0 {
		t.Errorf("refused: %s", whole.raw)
	}

	// What is right in a table with mistakes is there for the tables after it, and what is wrong behind a mistake is named too, in rows and columns.
	bad = append([]string{}, good...)
	bad[1] = "number,Kunde\nC1,North\n,South\nC2,South\nC1,Again\nC3,\n"
	bad[9] = "location_id,lines.product_id,lines.counted_quantity,lines.unit_cost\nSTOCK,S,100,\"2,5\"\nSTOCK,M,3,40,7\n"
	bad[13] = "customer_id,lines.description,lines.quantity,lines.unit_price\nC2,Opening balance,-1,500\n"
	dry = p.must(http.StatusOK, p.takeOver("?dry_run=true", members, bad...))
	var told []string
	for _, x := range dry["parts"].([]any) {
		told = append(told, cells(x.(m)["errors"]))
	}
	if got := strings.Join(told, " | "); got != "5:number 6:Kunde |  |  |  | 2:lines.unit_cost 3:5 |  | 2:lines.quantity" {
		t.Errorf("mistakes: %s in %v", got, dry["parts"])
	}

	out := p.must(http.StatusOK, p.takeOver("", members, good...))
	if out["mistakes"] != 0.0 || len(p.list("crm/customers", "")) != 2 {
		t.Errorf("%v", out)
	}
	same(t, "the order", p.one("sales/orders", ""), m{"status": "confirmed"})
	same(t, "the invoice", p.one("finance/invoices", ""), m{"status": "posted"})
	sales := p.hire("sally", "sales")
	sales.refused("no right to products", sales.takeOver("", m{}, "inventory/products", "number\nX\n"), http.StatusBadRequest, "takeover.refused")
	p.refused("no file", p.takeOver("", m{}), http.StatusBadRequest, "upload.missing")
	p.refused("an unknown member", p.takeOver("", m{"x": "y"}, "crm/customers", "name\nx\n"), http.StatusBadRequest, "fields.invalid")
	p.refused("no such table", p.takeOver("", m{}, "crm/nothing", "name\nx\n"), http.StatusBadRequest, "takeover.refused")
}
