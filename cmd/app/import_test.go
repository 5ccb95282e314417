package app_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// newWorkers is a world that also works on jobs.
func newWorkers(t *testing.T) *world {
	t.Helper()
	a, err := app.Open(t.Context(), app.Config{
		Passwords: tenancytest.Cheap, DatabaseURL: tenancytest.Database(t), Data: t.TempDir(), Listen: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler), Workers: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	address, stop, err := a.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(t.Context()); err != nil {
			t.Log(err)
		}
		if err := a.Close(t.Context()); err != nil {
			t.Log(err)
		}
	})
	return &world{app: a, url: "http://" + address}
}

// book is a workbook with one sheet.
func book(t *testing.T, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A workbook's numbers, dates and labels mean what people see; columns may be mapped, and what names two records is refused in its row.
func TestImportReadsWorkbooks(t *testing.T) {
	p := newWorld(t).signUp(t, "Workbook")
	sheet := book(t,
		[]any{"Code", "Title", "Type", "unit", "List price", "Remark"},
		[]any{"A1", "Bolt", "Stock", "pcs", 1.1, "ignored"},
		[]any{"A2", "Nut", "stock", "pcs", "1,234.50", ""},
		[]any{"007", "Agent", "服务", "h", 0.1 + 0.2, ""})
	mapping := `{"Code":"number","Title":"name","Remark":""}`
	out := p.must(http.StatusOK, p.sendFile("/inventory/products/import", "t.xlsx", sheet, "mapping", mapping))
	if out["created"] != 3.0 {
		t.Fatalf("%v", out)
	}
	same(t, "a binary fraction", p.one("inventory/products", "number=A1"), m{"name": "Bolt", "list_price": "1.1", "type": "stock"})
	same(t, "a number as text", p.one("inventory/products", "number=A2"), m{"list_price": "1234.5"})
	same(t, "noise", p.one("inventory/products", "number=007"), m{"list_price": "0.3", "type": "service"})

	p.create("crm/customers", m{"name": "Twin", "number": "T1"})
	p.create("crm/customers", m{"name": "Twin", "number": "T2"})
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	orders := book(t,
		[]any{"customer_id", "requested_date", "lines.product_id", "lines.quantity", "lines.unit_price"},
		[]any{"T1", day, "A1", 2, 3.5}, []any{"T2", "2026/3/2", "A2", 1, 5}, []any{"", "", "A1", 4, 5})
	p.must(http.StatusOK, p.sendFile("/sales/orders/import", "o.xlsx", orders))
	rows := p.list("sales/orders", "sort=no")
	if len(rows) != 2 || rows[0]["requested_date"] != "2026-03-01" || rows[1]["requested_date"] != "2026-03-02" || len(lines(rows[1])) != 2 {
		t.Errorf("the orders read %v", rows)
	}
	twin := p.must(http.StatusOK, p.sendFile("/sales/orders/import?dry_run=true", "o.xlsx", book(t,
		[]any{"customer_id", "lines.product_id", "lines.quantity"}, []any{"T1", "A1", 1}, []any{"Twin", "A1", 1}, []any{"Nobody", "A9", 1})))
	if got := inOrder(cells(twin["errors"])); got != "3:customer_id" && got != "3:customer_id 4:customer_id 4:lines.product_id" {
		t.Errorf("mistakes: %s", got)
	}
	for _, bad := range []string{`{"Code":"number","Title":"number"}`, `{"Code":"colour"}`, `{"Nothing":"name"}`, `[1]`} {
		p.refused("mapping "+bad, p.sendFile("/inventory/products/import", "t.xlsx", sheet, "mapping", bad), http.StatusBadRequest, "fields.invalid")
	}
}

// Files of other encodings are read for what they are; bombs and broken files are refused.
func TestImportKnowsEncodingsAndBombs(t *testing.T) {
	p := newWorld(t).signUp(t, "Encodings")
	text := "number,name,type,unit\n%s,中文名称测试,stock,pcs\n"
	encoded := map[string][]byte{}
	gbk, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(fmt.Sprintf(text, "GBK")))
	if err != nil {
		t.Fatal(err)
	}
	encoded["GBK"] = gbk
	for name, enc := range map[string]unicode.Endianness{"LE": unicode.LittleEndian, "BE": unicode.BigEndian} {
		if encoded[name], err = unicode.UTF16(enc, unicode.UseBOM).NewEncoder().Bytes([]byte(fmt.Sprintf(text, name))); err != nil {
			t.Fatal(err)
		}
	}
	encoded["BOM"] = []byte("\ufeff" + fmt.Sprintf(text, "BOM"))
	encoded["SEMI"] = []byte(strings.ReplaceAll(fmt.Sprintf(text, "SEMI"), ",", ";"))
	encoded["TAB"] = []byte(strings.ReplaceAll(fmt.Sprintf(text, "TAB"), ",", "\t"))
	for name, raw := range encoded {
		p.must(http.StatusOK, p.sendFile("/inventory/products/import", "t.csv", raw))
		same(t, name, p.one("inventory/products", "number="+name), m{"name": "中文名称测试"})
	}
	p.refused("no text", p.sendFile("/inventory/products/import", "t.csv", []byte("number,name\nX,\xff\xff\xfe\x00\x01")), http.StatusBadRequest, "csv.encoding")

	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	w, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range 600 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	p.refused("a bomb", p.sendFile("/inventory/products/import", "t.xlsx", bomb.Bytes()), http.StatusBadRequest, "xlsx.bomb")
	if took := time.Since(begun); took > 30*time.Second { // unpacked it would be read for minutes
		t.Errorf("refusing a bomb took %v", took)
	}
	p.refused("a broken workbook", p.sendFile("/inventory/products/import", "t.xlsx", []byte("PK\x03\x04nonsense")), http.StatusBadRequest, "xlsx.broken")
	p.refused("an old workbook", p.sendFile("/inventory/products/import", "t.xls", []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")), http.StatusBadRequest, "table.format")
	sales := p.hire("sally", "sales")
	sales.refused("a denied column", sales.sendFile("/crm/leads/import", "t.csv", []byte("name,standard_cost\nx,1\n")), http.StatusBadRequest, "fields.invalid")
	sales.refused("no right", sales.sendFile("/inventory/products/import?async=true", "t.csv", []byte("number\nx\n")), http.StatusForbidden, "action.denied")
	sales.refused("no right to templates", sales.get("/inventory/products/import_template"), http.StatusForbidden, "action.denied")
}

// A large import is a task: the answer names its job, which tells how far it is and how it ended, by request and by event.
func TestLargeImportsGoOnAsTasks(t *testing.T) {
	p := newWorkers(t).signUp(t, "Tasks")
	sales, other := p.hire("sally", "sales"), p.hire("sam", "sales")
	heard := sales.listen()
	var table strings.Builder
	table.WriteString("name,source\n")
	for i := range 3000 {
		fmt.Fprintf(&table, "Lead %d,web\n", i)
	}
	begun := sales.must(http.StatusAccepted, sales.sendFile("/crm/leads/import?async=true", "t.csv", []byte(table.String()), "mapping", `{"source":""}`))
	path := fmt.Sprintf("/jobs/%.0f", begun["job"])
	var job m
	eventually(t, "the import is done", func() bool {
		job = sales.must(http.StatusOK, sales.get(path))
		return job["state"] == "completed"
	})
	result, _ := job["result"].(m)
	if job["percent"] != 100.0 || result["created"] != 3000.0 || job["call"] != "import" {
		t.Errorf("the job reads %v", job)
	}
	await(t, heard, func(h happening) bool { return h.event == "job" && h.data["state"] == "completed" }, nil)
	if n := sales.must(http.StatusOK, sales.get("/crm/leads?count=true&limit=1"))["total"]; n != 3000.0 {
		t.Errorf("%v leads", n)
	}
	other.refused("another's job", other.get(path), http.StatusNotFound, "job.not_found")
	if len(data(other.must(http.StatusOK, other.get("/jobs?mine=true")))) != 0 || len(data(sales.must(http.StatusOK, sales.get("/jobs?mine=true")))) != 1 {
		t.Error("the list of own jobs")
	}

	// One that is refused leaves nothing, and tells every mistake.
	bad := sales.must(http.StatusAccepted, sales.sendFile("/crm/leads/import?async=true", "t.csv", []byte("name,probability\nok,1\n,2\n"), "mapping", `{"probability":"nothing"}`))
	eventually(t, "the import is refused", func() bool {
		job = sales.must(http.StatusOK, sales.get(fmt.Sprintf("/jobs/%.0f", bad["job"])))
		return job["state"] == "failed"
	})
	if result, _ = job["result"].(m); cells(result["errors"]) != "1:probability" || result["reason"] != "fields.invalid" {
		t.Errorf("the refusal reads %v", job)
	}
	dry := sales.must(http.StatusAccepted, sales.sendFile("/crm/leads/import?async=true&dry_run=true", "t.csv", []byte("name\nOnly tried\n\"\"\n")))
	eventually(t, "the trial is done", func() bool {
		job = sales.must(http.StatusOK, sales.get(fmt.Sprintf("/jobs/%.0f", dry["job"])))
		return job["state"] == "completed"
	})
	if len(sales.list("crm/leads", "name=Only+tried")) != 0 {
		t.Error("a trial saved something")
	}
}

// The template holds the columns that may be given, in the caller's language, and can be sent back filled.
func TestTemplatesAndWorkbooksOut(t *testing.T) {
	p := newWorld(t).signUp(t, "Templates")
	csv := p.get("/crm/leads/import_template")
	if csv.status != http.StatusOK || !strings.HasPrefix(csv.raw, "\ufeff") || strings.Count(csv.raw, "\n") != 1 || strings.Contains(csv.raw, "Created at") {
		t.Errorf("the template reads %d %q", csv.status, csv.raw)
	}
	x := p.do(http.MethodGet, "/sales/orders/import_template?format=xlsx", nil, "Accept-Language", "zh-CN")
	f, err := excelize.OpenReader(strings.NewReader(x.raw))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows(f.GetSheetList()[0])
	if err != nil || len(rows) != 1 || !strings.Contains(strings.Join(rows[0], ","), "客户") || !strings.Contains(strings.Join(rows[0], ","), ".") {
		t.Errorf("the template reads %v %v", rows, err)
	}
	if notes, err := f.GetRows("Notes"); err != nil || len(notes) < 10 || notes[1][1] == "" {
		t.Errorf("its notes: %v %v", notes, err)
	}
	p.must(http.StatusOK, p.sendFile("/sales/orders/import?dry_run=true", "t.csv", []byte(strings.Join(rows[0], ",")+"\n")))

	p.create("inventory/products", m{"number": "0012", "name": "=1+1", "type": "stock", "unit": "pcs", "supply": "buy", "list_price": "1234567.89"})
	p.create("inventory/products", m{"number": "B", "name": "Nut & <bolt>", "type": "stock", "unit": "pcs", "supply": "buy", "list_price": "0.1"})
	out := p.get("/inventory/products/export?format=xlsx&sort=number&fields=number,name,list_price,active,created_at")
	if f, err = excelize.OpenReader(strings.NewReader(out.raw)); err != nil {
		t.Fatal(err)
	}
	sheet := f.GetSheetList()[0]
	rows, err = f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil || len(rows) != 3 || rows[1][2] != "0012" {
		t.Fatalf("the export reads %v %v", rows, err)
	}
	all := fmt.Sprint(rows)
	for _, want := range []string{"=1+1", "1234567.89", "Nut & <bolt>", "0.1"} {
		if !strings.Contains(all, want) {
			t.Errorf("%s is not in %s", want, all)
		}
	}
	for _, cell := range []string{"A2", "B2", "C2"} {
		if formula, _ := f.GetCellFormula(sheet, cell); formula != "" {
			t.Errorf("%s runs %s", cell, formula)
		}
	}
	p.refused("another format", p.get("/inventory/products/export?format=pdf"), http.StatusBadRequest, "format.unknown")
}
