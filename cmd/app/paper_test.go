package app_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"
)

// Documents are printed by the server: with the company's profile, in both languages, as far as the reader may see them, always to the same bytes.
func TestDocumentsOnPaper(t *testing.T) {
	c := newCompany(t, newWorld(t), "Paper")
	profile := c.owner.one("company", "")
	same(t, "the profile at first", profile, m{"name": "Paper"})
	at := "/company/" + str(profile, "id")
	profile = c.owner.must(http.StatusOK, c.owner.do(http.MethodPatch, at, m{
		"name": "海澜精密机械有限公司", "name_en": "Hailan Precision Ltd.", "address": "苏州市星湖街 328 号", "tax_no": "91320594MA1XXXXX0X", "bank_line": "建设银行 3200 1988",
	}, "If-Match", versionOf(profile)))
	c.sales.refused("sales changes the profile", c.sales.do(http.MethodPatch, at, m{"name": "x"}, "If-Match", versionOf(profile)), http.StatusForbidden, "")
	c.owner.refused("a second profile", c.owner.post("/company", m{"name": "Second"}), http.StatusUnprocessableEntity, "company.one")
	var logo bytes.Buffer
	if err := png.Encode(&logo, image.NewRGBA(image.Rect(0, 0, 40, 20))); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"logo.png": logo.Bytes(), "fake.png": []byte("not a picture at all")} {
		file := c.owner.attach("company", str(profile, "id"), name, content)
		a := c.owner.do(http.MethodPatch, at, m{"logo_id": file["id"]}, "If-Match", versionOf(c.owner.one("company", "")))
		if good := name == "logo.png"; good != (a.status == http.StatusOK) || !good && fieldIn(a.body["fields"], "field", "logo_id") == nil {
			t.Errorf("%s as the logo: %d %s", name, a.status, a.raw)
		}
	}
	order := c.sales.create("sales/orders", m{
		"customer_id": c.customer["id"], "delivery_address": "1 Dock Road", "lines": []m{{"product_id": c.motor["id"], "quantity": "3", "unit_price": "1200.5"}},
	})
	pdf := "/sales/orders/" + str(order, "id") + "/pdf"
	zh, en := c.sales.get(pdf+"?lang=zh"), c.sales.get(pdf+"?lang=en")
	if zh.status != http.StatusOK || zh.header.Get("Content-Type") != "application/pdf" || !strings.Contains(zh.header.Get("Content-Disposition"), str(order, "no")+".pdf") {
		t.Fatalf("%d %v %.200s", zh.status, zh.header, zh.raw)
	}
	text := onPaper(t, zh.raw)
	for _, want := range []string{"销售订单", str(order, "no"), "海澜精密机械有限公司", "苏州市星湖街", "91320594MA1XXXXX0X", "Northwind", "E1", "¥1,200.50", "1 Dock Road", "价税合计", "元", "供方签章"} {
		if !strings.Contains(text, want) {
			t.Errorf("the Chinese print lacks %s:\n%s", want, text)
		}
	}
	if !strings.Contains(zh.raw, "/Subtype /Image") {
		t.Error("the print has no logo")
	}
	text = onPaper(t, en.raw)
	for _, want := range []string{"Sales order", "Hailan Precision Ltd.", "Unit price", "Customer", "For the supplier"} {
		if !strings.Contains(text, want) {
			t.Errorf("the English print lacks %s:\n%s", want, text)
		}
	}
	if again := c.sales.get(pdf + "?lang=zh"); again.raw != zh.raw {
		t.Error("the same order prints to other bytes")
	}
	// What one may not see is not on one's paper.
	if text := onPaper(t, c.store.must200(pdf)); strings.Contains(text, "1,200.50") || !strings.Contains(text, str(order, "no")) {
		t.Errorf("the storekeeper's print shows prices or nothing:\n%s", text)
	}
	c.sales.refused("another language", c.sales.get(pdf+"?lang=fr"), http.StatusBadRequest, "")
	c.sales.refused("no paper", c.sales.get("/crm/leads/"+str(c.sales.create("crm/leads", m{"name": "L"}), "id")+"/pdf"), http.StatusNotFound, "paper.none")
	other := c.owner.w.signUp(t, "Elsewhere")
	other.refused("another company's order", other.get(pdf), http.StatusNotFound, "")
	if text := onPaper(t, c.books.must200("/crm/customers/"+str(c.customer, "id")+"/pdf?lang=en")); !strings.Contains(text, "Statement of account") {
		t.Errorf("the statement says %s", text)
	}
	c.stock(c.motor, "3", "480")
	c.sales.act("sales/orders", str(order, "id"), "confirm", nil)
	note := onPaper(t, c.store.must200("/inventory/deliveries/"+str(c.store.one("inventory/deliveries", ""), "id")+"/pdf?lang=zh"))
	for _, want := range []string{"送货单", "数量", "单位", "件"} {
		if !strings.Contains(note, want) {
			t.Errorf("the delivery note lacks %s:\n%s", want, note)
		}
	}
}

// Numbers follow the company's own rules from the next document on.
func TestNumberRules(t *testing.T) {
	c := newCompany(t, newWorld(t), "Numbers")
	first := c.sales.create("sales/orders", m{"customer_id": c.customer["id"]})
	c.sales.refused("sales reads the rules", c.sales.get("/numbering"), http.StatusForbidden, "platform.admin")
	list := c.owner.must(http.StatusOK, c.owner.get("/numbering"))["data"]
	same(t, "orders", fieldIn(list, "entity", "sales.order"), m{"prefix": "SO", "digits": "6", "reset": "never", "own": false, "gapless": false, "next": "SO000002"})
	same(t, "invoices", fieldIn(list, "entity", "finance.invoice"), m{"gapless": true})
	rule := m{"prefix": "XS", "date": "YYYYMM", "digits": 4, "reset": "month"}
	dry := c.owner.must(http.StatusOK, c.owner.do(http.MethodPut, "/numbering/sales.order?dry_run=true", rule))
	if next := str(dry, "next"); !regexp.MustCompile(`^XS\d{6}-0001$`).MatchString(next) {
		t.Errorf("the next number would be %s", next)
	}
	if no := str(c.sales.create("sales/orders", m{"customer_id": c.customer["id"]}), "no"); no != "SO000002" || str(first, "no") != "SO000001" {
		t.Errorf("a dry run changed the rule: %s", no)
	}
	set := c.owner.must(http.StatusOK, c.owner.do(http.MethodPut, "/numbering/sales.order", rule))
	if no := str(c.sales.create("sales/orders", m{"customer_id": c.customer["id"]}), "no"); no != str(dry, "next") || str(set, "next") != no {
		t.Errorf("the order is %s, announced as %s", no, str(set, "next"))
	}
	c.owner.refused("a rule for what has no holes", c.owner.do(http.MethodPut, "/numbering/finance.invoice", rule), http.StatusUnprocessableEntity, "numbering.gapless")
	c.owner.refused("digits in the prefix", c.owner.do(http.MethodPut, "/numbering/sales.order", m{"prefix": "S1", "digits": 6, "reset": "never"}), http.StatusBadRequest, "fields.invalid")
	c.owner.refused("nothing of that name", c.owner.do(http.MethodPut, "/numbering/sales.nothing", rule), http.StatusNotFound, "")
	c.sales.refused("sales sets a rule", c.sales.do(http.MethodPut, "/numbering/sales.order", rule), http.StatusForbidden, "platform.admin")
}

func versionOf(record m) string { return fmt.Sprintf(`"%v"`, record["version"]) }

func (p person) must200(path string) string {
	p.t.Helper()
	a := p.get(path)
	if a.status != http.StatusOK {
		p.t.Fatalf("%s: %d %s", path, a.status, a.raw)
	}
	return a.raw
}

// attach sends a file to a record.
func (p person) attach(name, key, file string, content []byte) m {
	p.t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for k, v := range map[string]string{"entity": name, "record_id": key} {
		if err := w.WriteField(k, v); err != nil {
			p.t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", file)
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return p.must(http.StatusCreated, p.do(http.MethodPost, "/attachments", form.String(), "Content-Type", w.FormDataContentType()))
}

var (
	pdfStream = regexp.MustCompile(`(?s)stream\r?\n(.*?)\r?\nendstream`)
	pdfShown  = regexp.MustCompile(`(?s)\(((?:\\.|[^\\)])*)\) ?Tj`)
	pdfEscape = regexp.MustCompile(`(?s)\\(.)`)
)

// onPaper takes the text out of a PDF, line by line, as a reader's search does.
func onPaper(t *testing.T, pdf string) string {
	t.Helper()
	var out strings.Builder
	for _, found := range pdfStream.FindAllStringSubmatch(pdf, -1) {
		r, err := zlib.NewReader(strings.NewReader(found[1]))
		if err != nil {
			continue
		}
		raw, err := io.ReadAll(r)
		if err != nil {
			continue
		}
		for _, x := range pdfShown.FindAllSubmatch(raw, -1) {
			b := pdfEscape.ReplaceAll(x[1], []byte("$1"))
			units := make([]uint16, len(b)/2)
			for i := range units {
				units[i] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
			}
			out.WriteString(string(utf16.Decode(units)) + "\n")
		}
	}
	return out.String()
}
