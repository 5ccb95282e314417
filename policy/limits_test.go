package policy

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
)

// What is written to cost too much is refused before it is compiled, with line and column, in a moment and without memory to speak of.
func TestBombsAreRefusedBeforeTheyCost(t *testing.T) {
	e := newEngine(t, shippedGrants)
	deep := func(open, shut string, n int) string {
		return "package tenant\n\nx := " + strings.Repeat(open, n) + "1" + strings.Repeat(shut, n) + "\n"
	}
	many := func(line string, n int) string {
		var b strings.Builder
		b.WriteString("package tenant\n\n")
		for i := range n {
			fmt.Fprintf(&b, line+"\n", i)
		}
		return b.String()
	}
	for name, text := range map[string]string{
		"brackets":       deep("[", "]", 15_000),
		"parentheses":    deep("(", ")", 15_000),
		"comprehensions": deep("[y | y := ", "]", 4000),
		"a chain":        "package tenant\n\nx := 1" + strings.Repeat(" + 1", 15_000) + "\n",
		"rules":          many("r%d := 1", 3000),
		"a body":         "package tenant\n\nx if {\n" + strings.Repeat("\tinput.a == 1\n", 3000) + "}\n",
		"too long":       "package tenant\n#" + strings.Repeat("x", ownLimit),
		"else":           "package tenant\n\nx := 0 if { false }" + strings.Repeat(" else := 1 if { false }", 2000) + "\n",
		"the network":    "package tenant\n\nx := http.send({\"url\": \"http://127.0.0.1\", \"method\": \"get\"})\n",
		"the process":    "package tenant\n\nx := opa.runtime()\n",
		"printing":       "package tenant\n\nx if {\n\tprint(input)\n}\n",
		"tracing":        "package tenant\n\nx if {\n\ttrace(\"a\")\n}\n",
		"chance":         "package tenant\n\nx := rand.intn(\"a\", 5)\n",
		"the clock":      "package tenant\n\nx := time.now_ns()\n",
		"recursion":      "package tenant\n\nx := y\n\ny := x\n",
		"other packages": "package tenon.rights\n\ndecision := {}\n",
		"no set":         "package tenant\n\ndeny := [{\"id\": \"a\"}]\n",
		"broken":         "package tenant\n\ndeny contains {",
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			err := e.Check(t.Context(), Draft{Rego: text})
			runtime.ReadMemStats(&after)
			f := fault.As(err)
			if f == nil || f.Kind != fault.Invalid || f.Reason != "policy.rego" || !placed(f.Fields[0]) {
				t.Fatalf("got %v", err)
			}
			list, _ := f.Data["mistakes"].([]Mistake)
			if len(list) == 0 || list[0].Line < 1 || list[0].Column < 1 || list[0].Message == "" {
				t.Errorf("no place: %+v", list)
			}
			if took := time.Since(began); took > 30*time.Second {
				t.Errorf("took %s", took)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 128<<20 {
				t.Errorf("used %d MB", used>>20)
			}
		})
	}
	broken := "package tenant\n\ndeny contains {\"id\": \"a\"} if {\n\tinput.entity ==\n}\n"
	list, _ := fault.As(e.Check(t.Context(), Draft{Rego: broken})).Data["mistakes"].([]Mistake)
	if len(list) == 0 || list[0].Line != 5 && list[0].Line != 4 {
		t.Errorf("a mistake in line 4 is told at %+v", list)
	}
}

// placed tells that the field names the Rego and a line.
func placed(f fault.Field) bool { return f.Path == "rego" && strings.Contains(f.Text.EN, "line ") }

// An evaluation that would build a huge set is stopped after its steps, its tenant gets a clear error, and others go on.
func TestABombAtWorkStopsItselfOnly(t *testing.T) {
	e := newEngine(t, shippedGrants)
	bomb := `package tenant

numbers := split("` + strings.Repeat("a", 3000) + `", "")

deny contains {"id": "bomb", "rights": ["view"], "tokens": []} if {
	some i, _ in numbers
	some j, _ in numbers
	some k, _ in numbers
	i + j + k == 12345678
}
`
	rules, err := e.Try(t.Context(), Draft{Grants: Grants{"sales": {"sales.order": {View: []string{"basic"}}}}, Rego: bomb})
	if err != nil {
		t.Fatal(err)
	}
	def := e.catalog.Entity("sales.order")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 3 {
		began := time.Now()
		_, err = rules.Mask(t.Context(), def, []string{"sales"}, id.ID{})
		if f := fault.As(err); f == nil || f.Reason != "policy.too_costly" {
			t.Fatalf("got %v", err)
		}
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("took %s", took)
		}
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 256<<20 {
		t.Errorf("used %d MB", used>>20)
	}
	if !maskFor(t, e, "sales.order", "sales").Any() {
		t.Error("others are refused too")
	}
	_, err = e.Examine(t.Context(), Draft{Rego: bomb}, Checked{Catalog: e.catalog})
	if f := fault.As(err); f == nil || f.Reason != "policy.undecided" {
		t.Errorf("it could be published: %v", err)
	}
}

// Rules about rows become SQL; what can't is refused where it stands.
func TestRowRulesBecomeSQL(t *testing.T) {
	e := newEngine(t, shippedGrants)
	def := e.catalog.Entity("sales.order")
	me := id.ID{15: 7}
	mask := func(body string) (*Mask, error) {
		rego := "package tenant\n\nhide contains \"big\" if {\n\tinput.entity == \"sales.order\"\n\tnot \"sales_director\" in input.roles\n\t" + body + "\n}\n"
		rules, err := e.Try(t.Context(), Draft{Grants: Grants{
			"sales": {"sales.order": {View: []string{"basic"}, Rows: "own"}}, "buyer": {"sales.order": {View: []string{"basic"}}}, "sales_director": {"sales.order": {View: []string{"basic"}}},
		}, Rego: rego})
		if err != nil {
			return nil, err
		}
		return rules.Mask(t.Context(), def, []string{"buyer"}, me)
	}
	for body, want := range map[string]string{
		"input.row.total_amount > 100000":                                  `(NOT coalesce(("o"."total_amount" > ?::text::numeric), FALSE)) [100000]`,
		"100000 < input.row.total_amount":                                  `(NOT coalesce(("o"."total_amount" > ?::text::numeric), FALSE)) [100000]`,
		`input.row.status == "secret"`:                                     `(NOT coalesce(("o"."status" = ?::text), FALSE)) [secret]`,
		`startswith(input.row.no, "X")`:                                    `(NOT coalesce((starts_with("o"."no", ?::text)), FALSE)) [X]`,
		`input.row.status in {"a"}`:                                        `(NOT coalesce(("o"."status" IN (?::text)), FALSE)) [a]`,
		"input.row.owner_id != input.actor.id":                             `(NOT coalesce(("o"."owner_id" IS DISTINCT FROM ?), FALSE)) [` + me.String() + `]`,
		`input.row.status != "draft"`:                                      `(NOT coalesce(("o"."status" IS DISTINCT FROM ?::text), FALSE)) [draft]`,
		"not input.row.total_amount < 5":                                   `(NOT coalesce((NOT coalesce("o"."total_amount" < ?::text::numeric, FALSE)), FALSE)) [5]`,
		"input.row.total_amount > 1\n\tinput.row.status == \"'; DROP --\"": `(NOT coalesce(("o"."total_amount" > ?::text::numeric AND "o"."status" = ?::text), FALSE)) [1 '; DROP --]`,
	} {
		m, err := mask(body)
		if err != nil {
			t.Errorf("%s: %v", body, err)
			continue
		}
		sql, args := m.Rows().SQL("o")
		if got := sql + " " + fmt.Sprint(args); got != want {
			t.Errorf("%s:\n got %s\nwant %s", body, got, want)
		}
	}
	for _, body := range []string{
		"input.row.total_amount * 2 > 5", "input.row.no_such_field == 1", "count(input.row.no) > 3", `regex.match("a+", input.row.no)`, "input.row.total_amount > input.row.paid_amount",
		"input.row.total_amount + 1 > 5", `input.row.owner_id == "no id"`,
	} {
		if m, err := mask(body); err == nil {
			sql, args := m.Rows().SQL("")
			t.Errorf("%s is let through as %s %v", body, sql, args)
		}
	}
	rules, err := e.Try(t.Context(), Draft{Grants: Grants{"sales_director": {"sales.order": {View: []string{"basic"}}}}, Rego: "package tenant\n\nhide contains \"x\" if {\n\tnot \"sales_director\" in input.roles\n}\n"})
	if err != nil {
		t.Fatal(err)
	}
	for role, want := range map[string]string{"sales_director": "TRUE", "owner": "FALSE"} {
		m, err := rules.Mask(t.Context(), def, []string{role}, me)
		if err != nil {
			t.Fatal(err)
		}
		if sql, _ := m.Rows().SQL(""); sql != want {
			t.Errorf("%s: %s", role, sql)
		}
	}
}

func TestLineDiff(t *testing.T) {
	var got strings.Builder
	for _, l := range LineDiff("a\nb\nc\n", "a\nx\nc\nd\n") {
		got.WriteString(l.Op + l.Text)
	}
	if got.String() != "=a-b+x=c+d" {
		t.Error(got.String())
	}
	if len(LineDiff("a", "a")) != 0 || len(LineDiff("", "")) != 0 {
		t.Error("the same text differs")
	}
}

func TestWordsSayWhatChanges(t *testing.T) {
	e := newEngine(t, shippedGrants)
	from, err := e.Try(t.Context(), Draft{Grants: Grants{"buyer": {"sales.order": {View: []string{"basic", "price"}, Rows: "all"}}}})
	if err != nil {
		t.Fatal(err)
	}
	to, err := e.Try(t.Context(), Draft{
		Grants: Grants{"buyer": {"sales.order": {View: []string{"basic"}, Export: true, Rows: "own"}}},
		Rules:  []Rule{{ID: "x", Label: Label{"一", "One"}, Deny: &Deny{Roles: []string{"*"}, Entity: "sales.order", Classes: []string{"cost"}, View: true}}},
		Roles:  []Role{{Name: "clerk", Label: entity.T("文员", "Clerk")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	list := e.Compare(nil, from, to)
	var got []string
	for _, d := range list {
		got = append(got, d.Text.EN)
	}
	text := strings.Join(got, "\n")
	for _, want := range []string{
		"There is a new role Clerk", "Buyer may no longer see `price` on Sales order", "Buyer may now export records on Sales order",
		"Buyer may no longer see the records of others on Sales order", "New rule: everyone but owner and admin may not see `cost` on Sales order",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not said in\n%s", want, text)
		}
	}
	if changed := ChangedRoles(list, to); len(changed) != len(to.set.roles)-2 {
		t.Errorf("a denial for everyone touches %v", changed)
	}
}

func TestEachAnswerNamesItsSource(t *testing.T) {
	e := newEngine(t, shippedGrants)
	def := e.catalog.Entity("sales.order")
	rego := "package tenant\n\n# who buys\ndeny contains {\"id\": \"own.no-price\", \"rights\": [\"view\"], \"tokens\": [\"price\"]} if {\n\t\"buyer\" in input.roles\n}\n"
	rules, err := e.Try(t.Context(), Draft{Grants: Grants{"buyer": {"sales.order": {View: []string{"basic", "price"}}}}, Rego: rego})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		rules  *Rules
		role   string
		what   string
		source string
	}{
		{&Rules{set: e.shipped, engine: e}, "sales", "view:total_amount", "sales/policy/grants.yaml:6"},
		{&Rules{set: e.shipped, engine: e}, "sales", "view:cost_amount", "sales/policy/grants.yaml:16"},
		{rules, "buyer", "view:total_amount", "tenant.rego:4"},
		{rules, "buyer", "view:no", "version 0: grants.buyer.sales.order"},
		{rules, "viewer", "see", "rights.rego"},
	} {
		x, err := c.rules.Explain(context.Background(), def, Question{What: c.what, Roles: []string{c.role}})
		if err != nil || x.Person.Source != c.source {
			t.Errorf("%s %s: %+v %v", c.role, c.what, x.Person, err)
		}
	}
}
