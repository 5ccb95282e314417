package policy

import (
	"context"
	"reflect"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

func TestGate(t *testing.T) {
	e := newEngine(t, shippedGrants)
	def := e.catalog.Entity("sales.order")
	director, finance := Step{Roles: []string{"sales_director"}, Mode: ModeAny}, Step{Roles: []string{"finance"}, Mode: ModeAny}
	lines := func(q ...string) []any {
		var out []any
		for _, x := range q {
			out = append(out, map[string]any{"quantity": x})
		}
		return out
	}
	for _, c := range []struct {
		name   string
		role   string
		action string
		values map[string]any
		rules  []string
		steps  []Step
	}{
		{"at the limit", "sales", "confirm", map[string]any{"total_amount": "100000.00", "lines": nil}, nil, nil},
		{"a cent over", "sales", "confirm", map[string]any{"total_amount": "100000.01", "lines": nil}, []string{"sales.order-over-limit"}, []Step{director}},
		{"the least over", "sales", "confirm", map[string]any{"total_amount": "100000.0001", "lines": nil}, []string{"sales.order-over-limit"}, []Step{director}},
		{"a decimal", "sales", "confirm", map[string]any{"total_amount": money.Must("100000.01"), "lines": nil}, []string{"sales.order-over-limit"}, []Step{director}},
		{"no text order", "sales", "confirm", map[string]any{"total_amount": "99999.99", "lines": lines("999.999999")}, nil, nil},
		{"nothing is given", "sales", "confirm", map[string]any{"total_amount": nil, "lines": lines("")}, nil, nil},
		{"any line", "sales", "confirm", map[string]any{"total_amount": "1", "lines": lines("1", "1000.000000")}, []string{"sales.order-big-line"}, []Step{director, finance}},
		{
			"both, asked once", "sales", "confirm",
			map[string]any{"total_amount": "200000", "lines": lines("1000")},
			[]string{"sales.order-over-limit", "sales.order-big-line"},
			[]Step{director, finance},
		},
		{"exempt role", "finance", "confirm", map[string]any{"total_amount": "1", "lines": lines("1000")}, nil, nil},
		{"another action", "sales", "cancel", nil, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := e.Gate(context.Background(), as(c.role), def, c.action, c.values)
			if err != nil {
				t.Fatal(err)
			}
			if a == nil {
				a = &Approval{}
			} else if a.Label.ZH == "" || a.Label.EN == "" {
				t.Error("no label")
			}
			if !reflect.DeepEqual(a.RuleIDs, c.rules) || !reflect.DeepEqual(a.Steps, c.steps) {
				t.Errorf("got %v %v\nwant %v %v", a.RuleIDs, a.Steps, c.rules, c.steps)
			}
		})
	}
}

func TestGateFailsClosed(t *testing.T) {
	e := newEngine(t, shippedGrants)
	def := e.catalog.Entity("sales.order")
	for name, values := range map[string]map[string]any{
		"a missing value":    {"lines": nil},
		"a number in text":   {"total_amount": "1e9", "lines": nil},
		"no number":          {"total_amount": "many", "lines": nil},
		"an unknown type":    {"total_amount": struct{}{}, "lines": nil},
		"a float":            {"total_amount": 1.5, "lines": nil},
		"lines of no shape":  {"total_amount": "1", "lines": "two"},
		"a line of no shape": {"total_amount": "1", "lines": []any{"one"}},
		"a line's value":     {"total_amount": "1", "lines": []map[string]any{{}}},
	} {
		if a, err := e.Gate(context.Background(), as("sales"), def, "confirm", values); err == nil {
			t.Errorf("%s: %+v and no error", name, a)
		}
	}
	if _, err := e.Gate(context.Background(), &tenancy.Tx{Actor: tenancy.Actor{Module: "crm", Roles: []string{"sales"}}}, def, "confirm", nil); err == nil {
		t.Error("a module passes without a decision")
	}
	if a, err := e.Gate(context.Background(), &tenancy.Tx{Actor: tenancy.Actor{System: true}}, def, "confirm", nil); a != nil || err != nil {
		t.Errorf("system: %v %v", a, err)
	}
}

// TestGateExact compares numbers of all digits that the database holds, which no float can.
func TestGateExact(t *testing.T) {
	for _, c := range []struct {
		op, limit, value string
		want             bool
	}{
		{"gt", "9999999999999999.9999", "9999999999999999.9999", false},
		{"gt", "9999999999999999.9998", "9999999999999999.9999", true},
		{"lt", "9999999999999999.9999", "9999999999999999.9998", true},
		{"gte", "0.1", "0.1000", true},
		{"eq", "0.3", "0.30", true},
		{"eq", "9007199254740993", "9007199254740992", false},
		{"ne", "100", "100.0000", false},
		{"in", "100", "100.00", true},
		{"nin", "100", "100.00", false},
		{"lte", "-0.01", "-0.0100", true},
		{"lt", "0", "-0.00", false},
		{"gt", "9", "10", true},
	} {
		rule := Rule{ID: "r", Approval: &ApprovalRule{
			Entity: "sales.order", Action: "confirm", Approvers: []Step{{Roles: []string{"finance"}}},
			When: []Condition{{Field: "total_amount", Op: c.op, Value: Values{c.limit}}},
		}, Label: Label{"规则", "Rule"}}
		e := newEngine(t, shippedGrants)
		a, err := tryRule(t, e, rule, map[string]any{"total_amount": c.value})
		if err != nil || (a != nil) != c.want {
			t.Errorf("%s %s %s: %v %v", c.value, c.op, c.limit, a, err)
		}
		if a, err = tryRule(t, e, rule, map[string]any{"total_amount": decimal.RequireFromString(c.value)}); err != nil || (a != nil) != c.want {
			t.Errorf("decimal %s %s %s: %v %v", c.value, c.op, c.limit, a, err)
		}
	}
}

func TestGateTexts(t *testing.T) {
	for _, c := range []struct {
		field, op string
		limit     Values
		value     any
		want      bool
	}{
		{"status", "eq", Values{"draft"}, "draft", true},
		{"status", "ne", Values{"draft"}, nil, true},
		{"status", "in", Values{"a", "b"}, "b", true},
		{"status", "nin", Values{"a", "b"}, "c", true},
		{"status", "nin", Values{"a", "b"}, "", true},
		{"status", "empty", nil, "", true},
		{"status", "given", nil, "", false},
		{"created_at", "gt", Values{"2026-01-02T00:00:00+08:00"}, "2026-01-01T16:00:00.5Z", true},
		{"created_at", "gt", Values{"2026-01-02T00:00:00+08:00"}, "2026-01-01T16:00:00Z", false},
		{"version", "gte", Values{"10"}, int64(9), false},
	} {
		rule := Rule{ID: "r", Approval: &ApprovalRule{
			Entity: "sales.order", Action: "confirm", Approvers: []Step{{Roles: []string{"finance"}}},
			When: []Condition{{Field: c.field, Op: c.op, Value: c.limit}},
		}, Label: Label{"规则", "Rule"}}
		a, err := tryRule(t, newEngine(t, shippedGrants), rule, map[string]any{c.field: c.value})
		if err != nil || (a != nil) != c.want {
			t.Errorf("%+v: %v %v", c, a, err)
		}
	}
}

// tryRule asks about confirm with one rule alone, stored and read again as a tenant's would be.
func tryRule(t *testing.T, e *Engine, rule Rule, values map[string]any) (*Approval, error) {
	t.Helper()
	g, rules, err := e.prepare(context.Background(), Draft{Rules: []Rule{rule}})
	if err != nil {
		t.Fatal(err, fault.As(err))
	}
	set, err := newRuleset(context.Background(), e.library, 1, e.overlay(*g), rules, ShippedRoles(), "")
	if err != nil {
		t.Fatal(err)
	}
	return set.gate(context.Background(), e.limit, e.catalog.Entity("sales.order"), "confirm", []string{"sales"}, values)
}
