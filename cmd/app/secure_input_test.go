package app_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
)

// odd are values that no form sends.
func odd() []any {
	long := strings.Repeat("9", 400)
	return []any{
		nil, true, 0, -1, 1.5, "", " ", "x", "\x00", "a\x00b", "'; DROP TABLE app_user; --", "$1", "?", "{today}", "%", "\\", "\u202e", "0000-01-01", "9999-12-31",
		"0000-01-01T00:00:00Z", "-0001-01-01", "NaN", "Infinity", "1e999999999", long, "99999999999999999999", strings.Repeat("é", 70000),
		[]any{},
		[]any{nil},
		[]any{"\x00"},
		[]any{[]any{}},
		[]any{m{}},
		[]any{m{"id": "\x00"}},
		m{},
		m{"\x00": 1},
		m{"a": "\x00"},
		id.ID{1}.String(),
	}
}

// No value of any field of any kind of record is answered by an error of ours.
func TestOddValuesAreTheCallersFault(t *testing.T) {
	c := newCompany(t, newWorld(t), "Odd")
	o := c.owner
	for _, d := range o.w.app.Engine.Catalog().All() {
		if d.Parent != nil || d.Collection == "" {
			continue
		}
		seen := map[entity.Kind]int{}
		for _, f := range d.Fields {
			if seen[f.Kind]++; seen[f.Kind] > 1 {
				continue
			}
			for _, v := range odd() {
				if a := o.post("/"+d.Path(), m{f.Name: v}); a.status >= 500 {
					t.Errorf("%s.%s (%s) = %.60q: %d %s", d.Name, f.Name, f.Kind, fmt.Sprint(v), a.status, a.raw)
				}
			}
		}
		for _, l := range d.Lines {
			for _, v := range odd() {
				if a := o.post("/"+d.Path(), m{l.Name: v}); a.status >= 500 {
					t.Errorf("%s.%s = %.60q: %d %s", d.Name, l.Name, fmt.Sprint(v), a.status, a.raw)
				}
			}
		}
	}
}

// Nor is any filter, order, cursor or search.
func TestOddQuestionsAreTheCallersFault(t *testing.T) {
	c := newCompany(t, newWorld(t), "Ask")
	o := c.owner
	texts := []string{"", "\x00", "\xff", "'", "x,y", "\"}", "{", "0000-01-01", "9223372036854775808", "1e400", strings.Repeat("9", 300), "true", c.customer["id"].(string)}
	for _, d := range o.w.app.Engine.Catalog().All() {
		if d.Parent != nil || d.Collection == "" {
			continue
		}
		seen := map[entity.Kind]bool{}
		for _, f := range d.Fields {
			if seen[f.Kind] {
				continue
			}
			seen[f.Kind] = true
			for _, op := range []string{"", "[ne]", "[gt]", "[in]", "[nin]", "[contains]", "[starts]", "[null]"} {
				for _, v := range texts {
					if a := o.get("/" + d.Path() + "?" + url.QueryEscape(f.Name+op) + "=" + url.QueryEscape(v)); a.status >= 500 {
						t.Errorf("%s?%s%s=%q: %d %s", d.Path(), f.Name, op, v, a.status, a.raw)
					}
				}
			}
			if a := o.get("/" + d.Path() + "?limit=1&sort=" + f.Name); a.status >= 500 {
				t.Errorf("%s?sort=%s: %d %s", d.Path(), f.Name, a.status, a.raw)
			} else if next := str(a.body, "next_cursor"); next != "" {
				raw, _ := base64.RawURLEncoding.DecodeString(next)
				for _, v := range []string{`"x"`, `"\u0000"`, `"'"`, `null`, `""`} {
					forged := `[` + v + strings.TrimPrefix(string(raw), `[`+firstOf(string(raw)))
					if a := o.get("/" + d.Path() + "?limit=1&sort=" + f.Name + "&cursor=" + base64.RawURLEncoding.EncodeToString([]byte(forged))); a.status >= 500 {
						t.Errorf("%s?sort=%s with cursor %s: %d %s", d.Path(), f.Name, forged, a.status, a.raw)
					}
				}
			}
		}
	}
	for _, path := range []string{
		"/crm/customers?q=%00", "/crm/customers?q=%ff", "/crm/customers?q=%zz", "/crm/customers?a;b=1", "/jobs?state=%00", "/jobs?cursor=x", "/audit?action=%00", "/audit?cursor=x",
		"/audit?record_id=x", "/policy/explain?entity=%00", "/policy/explain?entity=crm.customer&what=%00", "/finance/trial_balance?date=x", "/finance/trial_balance?date=0000-01-01",
		"/finance/trial_balance?x=%00", "/crm/customers?expand=%00", "/crm/customers?fields=%00", "/crm/customers?cursor=%00",
	} {
		if a := o.get(path); a.status >= 500 {
			t.Errorf("%s: %d %s", path, a.status, a.raw)
		}
	}
	o.refused("a NUL in a search", o.get("/crm/customers?q=%00"), http.StatusBadRequest, "request.characters")
	o.refused("no UTF-8 in a key", o.post("/crm/customers", m{"name": "x"}, "Idempotency-Key", "\xff"), http.StatusBadRequest, "request.characters")
}

func firstOf(raw string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(raw, "["), ",")
	return first
}

// Nor is anything that the platform's own addresses and the actions take.
func TestOddRequestsAreTheCallersFault(t *testing.T) {
	c := newCompany(t, newWorld(t), "Platform")
	o := c.owner
	order := o.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{{"product_id": c.motor["id"], "quantity": "1", "unit_price": "7"}}})
	deal := o.create("crm/opportunities", m{"name": "x", "customer_id": c.customer["id"]})
	forms := map[string]m{
		"POST /signup":     {"company": "x", "name": "x", "email": "x@example.com", "password": "correct horse battery", "zone": "UTC", "currency": "EUR", "modules": []string{}},
		"POST /users":      {"name": "x", "email": "y@example.com", "password": "correct horse battery", "roles": []string{"viewer"}},
		"POST /tokens":     {"name": "x", "scopes": []string{"read"}, "days": 1},
		"POST /own_fields": {"entity": "crm.customer", "name": "x_a", "label_zh": "甲", "label_en": "A", "kind": "text", "class": "", "options": []m{}},
		"PUT /roles":       {"grants": m{"viewer": m{}}, "rules": []m{}, "roles": []m{}}, "POST /switch": {"workspace": "x"},
	}
	limited := 0
	for where, form := range forms {
		method, path, _ := strings.Cut(where, " ")
		for name, was := range form {
			for _, v := range odd() {
				if path == "/signup" {
					if limited++; limited > 50 {
						continue
					}
				}
				form[name] = v
				if a := o.do(method, path, form); a.status >= 500 {
					t.Errorf("%s %s = %.60q: %d %s", where, name, fmt.Sprint(v), a.status, a.raw)
				}
			}
			form[name] = was
		}
	}
	for path, names := range map[string][]string{"/sales/orders/" + str(order, "id") + "/cancel": {"reason"}, "/crm/opportunities/" + str(deal, "id") + "/win": {"confirm"}} {
		for _, name := range names {
			for _, v := range odd() {
				if a := o.post(path+"?dry_run=true", m{name: v}); a.status >= 500 {
					t.Errorf("%s %.60q: %d %s", path, fmt.Sprint(v), a.status, a.raw)
				}
			}
		}
	}
	for _, csv := range []string{"", "\n", "name\n\x00\n", "name\n\xff\n", "\"", "name\n\"x", "name,name\na,b\n", ",,\n,,\n", "名称\nx\n", "lines.x\n1\n", "id\nx\n", "roles\n\x00\n"} {
		for _, path := range []string{"/crm/customers/import", "/sales/orders/import", "/users/import"} {
			if a := o.post(path, csv); a.status >= 500 {
				t.Errorf("%s %q: %d %s", path, csv, a.status, a.raw)
			}
		}
	}
}

// References into a module that is off are told as such.
func TestReferencesIntoAModuleThatIsOff(t *testing.T) {
	p := newWorld(t).signUp(t, "Small", "crm")
	for _, d := range p.w.app.Engine.Catalog().All() {
		if d.Module() != "crm" || d.Parent != nil {
			continue
		}
		for _, f := range d.Fields {
			if f.Ref == "" || f.RefBy != "" {
				continue
			}
			x := p.w.app.DB.NewID().String()
			probes := []answer{p.post("/"+d.Path(), m{f.Name: x}), p.post("/"+d.Path()+"/import", f.Name+"\nsomething\n"), p.get("/" + d.Path() + "?expand=" + strings.TrimSuffix(f.Name, "_id"))}
			for _, a := range probes {
				if a.status >= 500 {
					t.Errorf("%s.%s: %d %s", d.Name, f.Name, a.status, a.raw)
				}
			}
		}
	}
	q := p.hire("vic", "viewer")
	q.refused("the history of a module that is off", q.get("/audit?entity=sales.order&record_id="+p.id), http.StatusForbidden, "audit.denied")
}
