package policy

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
)

// TestNewRefuses writes one mistake after the other into what a module ships.
func TestNewRefuses(t *testing.T) {
	label := "label: {zh: 规则, en: Rule}"
	for _, c := range []struct{ text, path, reason string }{
		{`grants: {ghost: {sales.order: {view: [basic]}}}`, "grants.ghost", "policy.unknown_role"},
		{`grants: {sales: {sales.oder: {view: [basic]}}}`, "grants.sales.sales.oder", "policy.unknown_entity"},
		{`grants: {sales: {hr.*: {view: [basic]}}}`, "grants.sales.hr.*", "policy.unknown_entity"},
		{`grants: {sales: {sales.order_line: {view: [basic]}}}`, "grants.sales.sales.order_line", "policy.line"},
		{`grants: {sales: {sales.order: {view: [basic, prise]}}}`, "grants.sales.sales.order.view[1]", "policy.unknown_class"},
		{`grants: {sales: {sales.order: {view: ["field:nope"]}}}`, "grants.sales.sales.order.view[0]", "policy.unknown_field"},
		{`grants: {sales: {sales.order: {view: [basic], edit: [price]}}}`, "grants.sales.sales.order.edit", "policy.edit_unseen"},
		{`grants: {sales: {sales.order: {create: true}}}`, "grants.sales.sales.order.view", "policy.act_unseen"},
		{`grants: {sales: {sales.order: {view: [basic], actions: [comfirm]}}}`, "grants.sales.sales.order.actions[0]", "policy.unknown_action"},
		{`grants: {sales: {crm.note: {view: [basic], rows: own}}}`, "grants.sales.crm.note.rows", "policy.no_owner"},
		{`grants: {sales: {"*": {view: [basic], rows: own}}}`, "grants.sales.*.rows", "policy.no_owner"},
		{`grants: {sales: {sales.order: {view: [basic], rows: own}, "sales.*": {view: [basic]}}}`, "grants.sales.sales.order.rows", "policy.rows_lifted"},
		{`grants: {sales: {sales.order: {view: [basic], rows: mine}}}`, "grants.sales.sales.order.rows", "policy.rows"},
		{`rules: [{id: r, ` + label + `}]`, "rules[0]", "policy.rule_kind"},
		{`rules: [{id: "grid:x", ` + label + `, deny: {roles: [sales], view: true}}]`, "rules[0].id", "policy.rule_id"},
		{`rules: [{id: r, label: {zh: 规则}, deny: {roles: [sales], view: true}}]`, "rules[0].label", "policy.rule_label"},
		{`rules: [{id: r, ` + label + `, deny: {view: true}}]`, "rules[0].deny.roles", "policy.no_roles"},
		{`rules: [{id: r, ` + label + `, deny: {roles: [owner], view: true}}]`, "rules[0].deny.roles[0]", "policy.owner_fixed"},
		{`rules: [{id: r, ` + label + `, deny: {roles: [sales]}}]`, "rules[0].deny", "policy.denies_nothing"},
		{`rules: [{id: r, ` + label + `, deny: {roles: [sales], classes: [cost], create: true}}]`, "rules[0].deny", "policy.fields_view_edit"},
		{`rules: [{id: r, ` + label + `, deny: {roles: [sales], fields: [nope], view: true}}]`, "rules[0].deny.fields[0][0]", "policy.unknown_field"},
		{`rules: [{id: r, ` + label + `, approval: {entity: sales.order, action: ship, approvers: [{roles: [finance]}]}}]`, "rules[0].approval.action[0]", "policy.unknown_action"},
		{`rules: [{id: r, ` + label + `, approval: {entity: sales.order, action: confirm}}]`, "rules[0].approval.approvers", "policy.no_approvers"},
		{`rules: [{id: r, ` + label + `, approval: {entity: sales.order, approvers: [{roles: [finance]}]}}]`, "rules[0].approval.action", "policy.no_action"},
		{`rules: [{id: r, ` + label + `, approval: {entity: sales.order, action: confirm, approvers: [{roles: [boss]}]}}]`, "rules[0].approval.approvers[0].roles[0]", "policy.unknown_role"},
		{`rules: [{id: r, ` + label + `, approval: {entity: sales.order, action: confirm, approvers: [{roles: [finance], mode: most}]}}]`, "rules[0].approval.approvers[0].mode", "policy.mode"},
		{approvalWhen("total", "gt", "1"), "rules[0].approval.when[0].field", "policy.unknown_field"},
		{approvalWhen("rows.quantity", "gt", "1"), "rules[0].approval.when[0].field", "policy.unknown_field"},
		{approvalWhen("total_amount", "over", "1"), "rules[0].approval.when[0].op", "policy.op"},
		{approvalWhen("total_amount", "gt", "much"), "rules[0].approval.when[0].value", "policy.value"},
		{approvalWhen("total_amount", "gt", "[1, 2]"), "rules[0].approval.when[0].value", "policy.value"},
	} {
		_, err := New([]Source{{"x", files(c.text, "")}}, newCatalog(t), WithActions(map[string][]string{"sales.order": {"confirm"}}))
		f := fault.As(err)
		if f == nil || !slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Path == c.path && x.Reason == c.reason && x.Text.ZH != "" }) {
			t.Errorf("%s\nwant %s %s, got %v", c.text, c.path, c.reason, err)
		}
	}
}

func approvalWhen(field, op, value string) string {
	return `rules: [{id: r, label: {zh: 规则, en: Rule}, approval: {entity: sales.order, action: confirm, approvers: [{roles: [finance]}], when: [{field: ` +
		field + `, op: ` + op + `, value: ` + value + `}]}}]`
}

func TestNewReportsAllAtOnce(t *testing.T) {
	_, err := New([]Source{{"x", files(`grants: {ghost: {nope: {view: [nope], edit: [basic], rows: x}}}`, "")}}, newCatalog(t))
	if f := fault.As(err); f == nil || len(f.Fields) != 5 {
		t.Errorf("%v", err)
	}
}

func TestNewReadsStrictly(t *testing.T) {
	for _, text := range []string{
		`grant: {}`, `grants: {sales: {sales.order: {see: [basic]}}}`, "grants: {}\n---\ngrants: {}", `grants: [1]`, `{`,
		`rules: [{id: r, deny: {when: []}}]`, `rules: [{id: r, approval: {when: [{field: a, op: eq, value: {a: b}}]}}]`,
	} {
		if _, err := New([]Source{{"x", files(text, "")}}, newCatalog(t)); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}

func TestModulesAddUp(t *testing.T) {
	one := fstest.MapFS{"grants.yaml": {Data: []byte(`grants: {sales: {sales.order: {view: [basic], rows: own, actions: [confirm]}}}`)}}
	two := fstest.MapFS{"a/b/more.yaml": {Data: []byte(`grants: {sales: {sales.order: {view: [basic, price], export: true, rows: all, actions: [cancel]}}}`)}}
	for _, sources := range [][]Source{{{"one", one}, {"two", two}}, {{"two", two}, {"one", one}}} {
		e, err := New(sources, newCatalog(t))
		if err != nil {
			t.Fatal(err)
		}
		m := maskFor(t, e, "sales.order", "sales")
		if !m.View(e.catalog.Entity("sales.order").Field("total_amount")) || !m.Export || !m.Action("confirm") || !m.Action("cancel") || m.Action("close") || !m.Rows().All() {
			t.Errorf("%+v", m)
		}
	}
}

func TestShippedRolesHaveLabels(t *testing.T) {
	var names []string
	for _, r := range ShippedRoles() {
		names = append(names, r.Name)
		if r.Label.ZH == "" || r.Label.EN == "" || r.Custom {
			t.Errorf("%+v", r)
		}
	}
	want := "owner admin sales sales_director buyer planner warehouse finance project_manager security_officer viewer"
	if strings.Join(names, " ") != want {
		t.Error(names)
	}
}

func TestCases(t *testing.T) {
	e := newEngine(t, shippedGrants)
	failed, err := RunCases(context.Background(), e, files("", moduleCases))
	if err != nil || len(failed) > 0 {
		t.Fatal(failed, err)
	}
	for text, want := range map[string]string{
		`{who: [sales], entity: sales.order, may: ["view:cost"]}`:                                                               "sales should be allowed view:cost_amount on sales.order, but rule sales.no-cost refuses",
		`{who: [sales], entity: sales.order, may_not: ["view:price"]}`:                                                          "sales should not be allowed view:total_amount on sales.order, but rule grid:sales:sales.order allows it",
		`{who: [sales], entity: sales.order, may: ["action:shp"]}`:                                                              "sales.order has no action shp",
		`{who: [sales], entity: sales.order, may_not: ["view:prise"]}`:                                                          "sales.order has no field and no class of fields prise",
		`{who: [sales], entity: sales.order, may: ["view:personal"]}`:                                                           "sales.order has no field and no class of fields personal",
		`{who: [boss], entity: sales.order, may_not: [see]}`:                                                                    "there is no role boss",
		`{who: [sales], entity: sales.odrer, may: [see]}`:                                                                       "there is no document sales.odrer",
		`{who: [sales], entity: sales.order, may: [looking]}`:                                                                   `"looking" is not understood`,
		`{who: [sales], entity: sales.order, may: ["create:x"]}`:                                                                `"create:x" is not understood`,
		`{who: [sales], entity: sales.order, rows: all}`:                                                                        "sales should see rows: all, but sees own",
		`{who: [sales], entity: sales.order, may: [export]}`:                                                                    "sales should be allowed export on sales.order, but rule default refuses",
		`{name: small, who: [sales], entity: sales.order, record: {total_amount: "1", lines: }, may: ["approval:confirm"]}`:     "sales.order: action confirm should need an approval, but no rule wants one",
		`{who: [sales], entity: sales.order, record: {total_amount: "1", lines.quantity: 5000}, may_not: ["approval:confirm"]}`: "sales.order: action confirm should need no approval, but rule sales.order-big-line wants one",
		`{who: [sales], entity: sales.order, record: {lines: }, may_not: ["approval:confirm"]}`:                                 "the record gives no total_amount, which rule sales.order-over-limit compares",
	} {
		failed, err := RunCases(context.Background(), e, files("", "cases: ["+text+"]"))
		if err != nil || len(failed) == 0 || failed[0].Text.EN != want || failed[0].Text.ZH == "" || !strings.HasPrefix(failed[0].String(), "policy/cases.yaml, case 1") {
			t.Errorf("%s: %v %v", text, failed, err)
		}
	}
	for _, text := range []string{`case: []`, `cases: [{what: x}]`} {
		if _, err := RunCases(context.Background(), e, files("", text)); err == nil {
			t.Errorf("%s is accepted", text)
		}
	}
}

func TestExplain(t *testing.T) {
	e := newEngine(t, shippedGrants)
	x, err := e.Explain(context.Background(), as("owner"), e.catalog.Entity("sales.order"), Question{What: "view:cost_amount", Roles: []string{"sales", "buyer"}})
	if err != nil {
		t.Fatal(err)
	}
	if x.Person.Allow || x.Person.RuleID != "sales.no-cost" || x.Person.Labels[1] != entity.T("采购员", "Buyer") {
		t.Errorf("%+v", x.Person)
	}
	var may []string
	for _, a := range x.Each {
		if a.Allow {
			may = append(may, a.Roles[0]+" "+a.RuleID)
		}
	}
	want := "owner grid:owner:*, admin grid:admin:*, sales_director grid:sales_director:sales.*, buyer grid:buyer:sales.order, finance grid:finance:sales.order, viewer grid:viewer:*"
	if strings.Join(may, ", ") != want {
		t.Errorf("got %s", strings.Join(may, ", "))
	}
	if x, err = e.Explain(context.Background(), as("owner"), e.catalog.Entity("sales.order"), Question{What: "action:confirm", Roles: []string{"sales"}}); err != nil || len(x.Approvals) != 2 {
		t.Errorf("%+v %v", x, err)
	}
}
