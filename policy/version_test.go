package policy

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// shelf stands for the tenants' tables.
type shelf struct {
	versions map[id.ID]*Version
	loads    int
}

func (s *shelf) load(_ context.Context, tx *tenancy.Tx) (*Version, error) {
	s.loads++
	return s.versions[tx.Tenant.ID], nil
}

func (s *shelf) name(context.Context, *tenancy.Tx, id.ID) (*Version, error) { return nil, nil }

func (s *shelf) put(t *testing.T, e *Engine, tenant, version byte, d Draft) {
	t.Helper()
	g, rules, err := e.prepare(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	v := &Version{ID: id.ID{0: tenant, 15: version}, Number: int64(version), Rego: d.Rego}
	if v.GridJSON, err = json.Marshal(g); err != nil {
		t.Fatal(err)
	}
	if v.RulesJSON, err = json.Marshal(rules); err != nil {
		t.Fatal(err)
	}
	s.versions[id.ID{0: tenant}] = v
}

func in(tenant byte, generation int64, roles ...string) *tenancy.Tx {
	tx := as(roles...)
	tx.Unit = &tenancy.Unit{Tenant: &tenancy.Tenant{ID: id.ID{0: tenant}, Generation: generation}}
	return tx
}

func TestCacheKeys(t *testing.T) {
	ctx := context.Background()
	e := newEngine(t, shippedGrants)
	s := &shelf{versions: map[id.ID]*Version{}}
	e.load, e.named = s.load, s.name
	def := e.catalog.Entity("sales.order")
	total := def.Field("total_amount")
	s.put(t, e, 2, 1, Draft{Grants: Grants{"sales": {"sales.order": {View: []string{"basic"}}}}})
	s.put(t, e, 3, 1, Draft{Grants: Grants{"sales": {"sales.order": {View: []string{"basic", "price"}}}}, Rules: []Rule{
		{ID: "none", Label: Label{"无", "None"}, Deny: &Deny{Roles: []string{"*"}, Entity: "sales.order", View: true}},
	}})
	sees := func(tx *tenancy.Tx) bool {
		t.Helper()
		m, err := e.For(ctx, tx, def)
		if err != nil {
			t.Fatal(err)
		}
		return m.View(total)
	}
	for range 3 {
		for tenant, want := range map[byte]bool{1: true, 2: false, 3: false, 4: true} {
			if got := sees(in(tenant, 1, "sales")); got != want {
				t.Errorf("tenant %d sees the total: %v", tenant, got)
			}
		}
		if !sees(in(3, 1, "owner")) {
			t.Error("a rule for everyone locks the owner out")
		}
		if sees(in(3, 1, "owner", "sales")) {
			t.Error("deny does not win")
		}
	}
	if s.loads != 4 {
		t.Errorf("%d loads for four tenants", s.loads)
	}
	a, _ := e.For(ctx, in(1, 1, "finance", "viewer"), def)
	b, _ := e.For(ctx, in(4, 7, "viewer", "finance", "viewer"), def)
	if a != b {
		t.Error("the same roles in another order, of two tenants with shipped rights, are decided twice")
	}
	if c, _ := e.For(ctx, in(1, 1, "finance"), def); a == c {
		t.Error("other roles share a mask")
	}
	s.put(t, e, 2, 2, Draft{Grants: Grants{"sales": {"sales.order": {View: []string{"price"}}}}})
	if sees(in(2, 1, "sales")) || !sees(in(2, 2, "sales")) || !sees(in(2, 3, "sales")) {
		t.Error("a generation does not bring the new version, or the old one forgets")
	}
	if e.own.Len() != 3 {
		t.Errorf("%d compiled versions", e.own.Len())
	}
	e.own.Purge()
	e.masks.Purge()
	if _, err := e.For(ctx, in(2, 1, "sales"), def); !fault.Is(err, fault.Conflict) {
		t.Errorf("a version that is gone: %v", err)
	}
	if !sees(in(2, 3, "sales")) {
		t.Error("a version that fell out of the cache is not read again")
	}
}

func TestVersionAndLaterRelease(t *testing.T) {
	ctx := context.Background()
	old := newEngine(t, `grants: {owner: {"*": {view: ["*"]}}, sales: {sales.order: {view: [basic]}, user: {view: [basic]}}}`)
	s := &shelf{versions: map[id.ID]*Version{}}
	s.put(t, old, 1, 1, Draft{
		Grants: Grants{"sales": {"sales.order": {View: []string{"price"}}}, "clerk": {"user": {View: []string{"basic"}}}},
		Roles:  []Role{{Name: "clerk", Label: entity.T("文员", "Clerk")}},
	})
	v := s.versions[id.ID{0: 1}]
	v.GridJSON = json.RawMessage(strings.ReplaceAll(string(v.GridJSON), `"crm.note",`, "")) // notes came with a later release
	later := newEngine(t, shippedGrants+"\n  - {id: new, label: {zh: 新, en: New}, deny: {roles: [sales], entity: crm.note, export: true}}")
	later.load, later.named = s.load, s.name
	for name, want := range map[string]bool{"user": false, "sales.order": true} {
		if m, err := later.For(ctx, in(1, 1, "sales"), later.catalog.Entity(name)); err != nil || m.Any() != want {
			t.Errorf("%s: %v %v", name, m, err)
		}
	}
	if m, _ := later.For(ctx, in(1, 1, "owner"), later.catalog.Entity("crm.note")); !m.Any() || !m.Create {
		t.Error("the owner's grants are not those that are shipped now")
	}
	roles, err := later.Roles(ctx, in(1, 1))
	if err != nil || len(roles) != 12 || !roles[11].Custom || roles[11].Label.ZH != "文员" {
		t.Errorf("%v %v", roles, err)
	}
	d, err := later.Grants(ctx, in(1, 1))
	if err != nil || len(d.Roles) != 1 || len(d.Rules) == 0 || d.Rules[len(d.Rules)-1].ID != "new" {
		t.Errorf("%+v %v", d, err)
	}
	if err := later.Check(ctx, *d); err != nil {
		t.Errorf("what holds can't be published again: %v", err)
	}
}

func TestCheckDraft(t *testing.T) {
	e := newEngine(t, shippedGrants)
	all := Grant{View: []string{"*"}, Edit: []string{"*"}, Create: true, Delete: true, Export: true, Actions: []string{"*"}}
	for _, c := range []struct {
		name  string
		draft Draft
		want  string
	}{
		{"owner left alone", Draft{Grants: Grants{"owner": {"*": all}}}, ""},
		{"owner cut down", Draft{Grants: Grants{"owner": {"*": {View: []string{"basic"}}}}}, "policy.owner_fixed"},
		{"admin emptied", Draft{Grants: Grants{"admin": {}}}, "policy.owner_fixed"},
		{"owner denied", Draft{Rules: []Rule{{ID: "r", Label: Label{"一", "One"}, Deny: &Deny{Roles: []string{"owner"}, View: true}}}}, "policy.owner_fixed"},
		{"shipped role renamed", Draft{Roles: []Role{{Name: "sales", Label: entity.T("一", "One")}}}, "policy.role_name"},
		{"bad name", Draft{Roles: []Role{{Name: "Chef de Cuisine", Label: entity.T("一", "One")}}}, "policy.role_name"},
		{"no label", Draft{Roles: []Role{{Name: "chef"}}}, "policy.role_label"},
		{"no Rego", Draft{Rego: "package tenant\nallow if"}, "policy.rego"},
	} {
		err := e.Check(context.Background(), c.draft)
		f := fault.As(err)
		if c.want == "" && err != nil || c.want != "" && (f == nil || f.Kind != fault.Invalid || len(f.Fields) == 0 || f.Fields[0].Reason != c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestOwnRego(t *testing.T) {
	ctx := context.Background()
	e := newEngine(t, shippedGrants)
	s := &shelf{versions: map[id.ID]*Version{}}
	e.load, e.named = s.load, s.name
	d, err := e.Grants(ctx, as())
	if err != nil {
		t.Fatal(err)
	}
	d.Rego = `package tenant
deny contains {"id": "ours.no-status", "rights": ["view"], "tokens": ["field:status"]} if {
	"viewer" in input.roles
	input.entity == "sales.order"
}
deny contains {"id": "ours.no-close", "rights": ["action:close"]} if "buyer" in input.roles`
	s.put(t, e, 1, 1, *d)
	def := e.catalog.Entity("sales.order")
	m, err := e.For(ctx, in(1, 1, "viewer", "owner"), def)
	if err != nil {
		t.Fatal(err)
	}
	if by, _ := m.Why("view:status"); m.View(def.Field("status")) || by != "ours.no-status" || !m.View(def.Field("no")) {
		t.Errorf("%+v", m)
	}
	m, _ = e.For(ctx, in(1, 1, "buyer", "owner"), def)
	if m.Action("close") || !m.Action("confirm") || m.Action("unheard-of") {
		t.Errorf("%+v", m.acts)
	}
}

func TestCapabilities(t *testing.T) {
	e := newEngine(t, shippedGrants)
	for _, body := range []string{
		`http.send({"method": "get", "url": "http://localhost"})`, `opa.runtime()`, `net.lookup_ip_addr("localhost")`, `rand.intn("x", 9)`, `time.now_ns()`,
		`trace("x")`, `io.jwt.decode("x")`, `crypto.sha256("x")`, `sprintf("%1000000000d", [1])`, `concat("", ["a"])`, `numbers.range(1, 1000000000)`,
		`replace("a", "a", "aa")`, `array.concat([1], [2])`, `9999 * 9999`, `uuid.rfc4122("x")`, `walk(input)`, `rego.parse_module("a", "b")`,
	} {
		err := e.Check(context.Background(), Draft{Rego: "package tenant\ndeny contains {\"id\": \"x\"} if { x := " + body + "; x }"})
		if f := fault.As(err); f == nil || f.Reason != "policy.rego" {
			t.Errorf("%s: %v", body, err)
		}
	}
	for name, text := range map[string]string{
		"another package":   "package tenon.rights\nowners := {\"sales\"}",
		"package of data":   "package grid\nx := 1",
		"unused variable":   "package tenant\ndeny contains {\"id\": \"x\"} if { y := 1 }",
		"a circle":          "package tenant\ndeny contains {\"id\": \"x\"} if data.tenon.rights.visible.allow",
		"too long":          "package tenant\n" + strings.Repeat("#", ownLimit),
		"an unsafe keyword": "package tenant\ndeny contains x if { not x }",
	} {
		if err := e.Check(context.Background(), Draft{Rego: text}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, b := range capabilities().Builtins {
		if b.Nondeterministic {
			t.Errorf("%s has another answer each time", b.Name)
		}
	}
}

func TestTimeout(t *testing.T) {
	e := newEngine(t, shippedGrants, WithLimit(50*time.Millisecond))
	s := &shelf{versions: map[id.ID]*Version{}}
	e.load, e.named = s.load, s.name
	n := "some %s in [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\n"
	var body strings.Builder
	for _, v := range strings.Split("abcdefghij", "") {
		body.WriteString(strings.Replace(n, "%s", v, 1))
	}
	s.put(t, e, 1, 1, Draft{Rego: "package tenant\ndeny contains {\"id\": \"x\"} if {\n" + body.String() + "a+b+c+d+e+f+g+h+i+j == 1000\n}"})
	start := time.Now()
	m, err := e.For(context.Background(), in(1, 1, "owner"), e.catalog.Entity("sales.order"))
	if m != nil || !fault.Is(err, fault.Unavailable) {
		t.Errorf("%v %v", m, err)
	}
	if d := time.Since(start); d > 30*time.Second {
		t.Errorf("stopped after %v", d)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if m, err := newEngine(t, shippedGrants).For(ctx, as("owner"), e.catalog.Entity("user")); m != nil || err == nil {
		t.Errorf("cancelled: %v %v", m, err)
	}
}

// TestBrokenRego: a rule of the tenant's own that fails while it is evaluated refuses; it does not fall silent.
func TestBrokenRego(t *testing.T) {
	e := newEngine(t, shippedGrants)
	s := &shelf{versions: map[id.ID]*Version{}}
	e.load, e.named = s.load, s.name
	for i, text := range []string{
		`deny contains {"id": "x", "tokens": ["cost"]} if regex.match("(", input.entity)`,
		`deny contains {"tokens": ["cost"]} if true`,
		`deny := "everything"`,
		`deny contains {"id": "x", "rights": "view"} if true`,
		`deny contains {"id": 7} if true`,
		`deny contains input.entity if true`,
		`deny contains d if some d in [{"id": "x"}, {}]`,
	} {
		d := Draft{Rego: "package tenant\n" + text}
		if e.Check(context.Background(), d) != nil {
			continue // found even before it is published
		}
		s.put(t, e, byte(i+1), 1, d)
		if m, err := e.For(context.Background(), in(byte(i+1), 1, "owner"), e.catalog.Entity("sales.order")); err == nil {
			t.Errorf("%s: a mask: %+v", text, m)
		}
	}
}
