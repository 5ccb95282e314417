package policy

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/tenon-hq/tenon/entity"
)

// Case is an example of what the rights must say, in words that everyone can read.
type Case struct {
	Name   string            `yaml:"name"`
	Who    []string          `yaml:"who"` // the person's roles
	Entity string            `yaml:"entity"`
	Record map[string]Values `yaml:"record"` // for approvals: the fields that rules look at
	May    []string          `yaml:"may"`
	MayNot []string          `yaml:"may_not"`
	Rows   string            `yaml:"rows"` // all, own or none; empty: not looked at
}

type casesFile struct {
	Cases []Case `yaml:"cases"`
}

// Failure is a case that does not hold.
type Failure struct {
	File string
	Case int // counted from 1
	Name string
	Text entity.Text
}

// String says it in English.
func (f Failure) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s, case %d %s", f.File, f.Case, f.Name)) + ": " + f.Text.EN
}

// RunCases tries the cases*.yaml of a tree against the shipped rights. Nothing returned: all hold.
func RunCases(ctx context.Context, e *Engine, files fs.FS) ([]Failure, error) {
	return e.runCases(ctx, e.shipped, e.catalog, files)
}

// TryCases tries cases against a draft.
func (e *Engine) TryCases(ctx context.Context, d Draft, files fs.FS) ([]Failure, error) {
	g, rules, err := e.prepare(ctx, d)
	if err != nil {
		return nil, err
	}
	set, err := newRuleset(ctx, e.library, 0, e.overlay(*g), rules, append(ShippedRoles(), g.Roles...), d.Rego)
	if err != nil {
		return nil, err
	}
	catalog := d.Catalog
	if catalog == nil {
		catalog = e.catalog
	}
	return e.runCases(ctx, set, catalog, files)
}

func (e *Engine) runCases(ctx context.Context, set *ruleset, catalog *entity.Catalog, files fs.FS) ([]Failure, error) {
	var out []Failure
	err := eachYAML(files, func(name string, text []byte) error {
		if !isCases(name) {
			return nil
		}
		var f casesFile
		if err := strict(text, &f); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for i, c := range f.Cases {
			t := trial{engine: e, set: set, catalog: catalog, one: c}
			if err := t.run(ctx); err != nil {
				return fmt.Errorf("%s, case %d: %w", name, i+1, err)
			}
			for _, text := range t.failed {
				out = append(out, Failure{File: name, Case: i + 1, Name: c.Name, Text: text})
			}
		}
		return nil
	})
	return out, err
}

// trial is one case being tried.
type trial struct {
	engine  *Engine
	set     *ruleset
	catalog *entity.Catalog
	one     Case
	family  []familyMask // the document's, then its lines'
	failed  []entity.Text
	tried   map[string]bool // ids of rules that decided; nil: nobody asks
}

type familyMask struct {
	def  *entity.Def
	mask *Mask
}

func (t *trial) fail(zh, en string, args ...any) {
	t.failed = append(t.failed, entity.T(fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...)))
}

func (t *trial) run(ctx context.Context) error {
	doc := t.catalog.Entity(t.one.Entity)
	if doc == nil || doc.ParentDef != nil {
		t.fail("没有名为 %s 的单据", "there is no document %s", t.one.Entity)
		return nil
	}
	for _, role := range t.one.Who {
		if !slices.ContainsFunc(t.set.roles, func(r Role) bool { return r.Name == role }) {
			t.fail("没有名为 %s 的角色", "there is no role %s", role)
		}
	}
	if err := t.masks(ctx, doc); err != nil {
		return err
	}
	for _, what := range t.one.May {
		if err := t.check(ctx, doc, what, true); err != nil {
			return err
		}
	}
	for _, what := range t.one.MayNot {
		if err := t.check(ctx, doc, what, false); err != nil {
			return err
		}
	}
	if got := t.rows(); t.one.Rows != "" && got != t.one.Rows {
		t.fail("%s 应看到的记录范围是 %s，实际是 %s", "%s should see rows: %s, but sees %s", t.who(), t.one.Rows, got)
	}
	return nil
}

func (t *trial) masks(ctx context.Context, def *entity.Def) error {
	m, err := t.set.mask(ctx, t.engine.limit, def, t.one.Who, t.engine.actions[documentOf(def).Name])
	if err != nil {
		return err
	}
	t.family = append(t.family, familyMask{def, m})
	for _, l := range def.Lines {
		if err := t.masks(ctx, l.Of); err != nil {
			return err
		}
	}
	return nil
}

// by notes the rule that decided.
func (t *trial) by(rule string) {
	if t.tried != nil {
		t.tried[rule] = true
	}
}

func (t *trial) who() string { return strings.Join(t.one.Who, "+") }

func (t *trial) rows() string {
	switch f := t.family[0].mask.rows; {
	case f.All():
		return "all"
	case f.None():
		return "none"
	}
	return ownRows
}

// speakOf notes the denials that speak of what a case asks about.
func (t *trial) speakOf(doc *entity.Def, kind, name string) {
	for _, r := range t.set.rules {
		d := r.Deny
		if d == nil || !slices.ContainsFunc(t.one.Who, func(w string) bool { return has(d.Roles, w) || has(d.Roles, anyName) }) ||
			!slices.ContainsFunc(d.entities(), func(e string) bool { return has(keysOf(doc), e) }) {
			continue
		}
		fields := d.tokens()
		named := len(fields) == 0 || has(fields, name) || has(fields, single+name)
		if kind == "action" && has(d.Actions, name) || kind != "action" && has(d.rights(), kind) && (name == "" || named) {
			t.by(r.ID)
		}
	}
}

func (t *trial) check(ctx context.Context, doc *entity.Def, what string, want bool) error {
	kind, name, _ := strings.Cut(what, ":")
	t.speakOf(doc, kind, name)
	switch kind {
	case "view", "edit":
		t.checkFields(doc, kind, name, want)
		return nil
	case "approval":
		return t.checkApproval(ctx, doc, name, want)
	case "action":
		if known := t.engine.actions; known != nil && !has(known[doc.Name], name) {
			t.fail("%s 没有操作 %s", "%s has no action %s", doc.Name, name)
			return nil
		}
	case "see", "create", "delete", "export":
		if name != "" {
			t.fail("无法理解 %q", "%q is not understood", what)
			return nil
		}
	default:
		t.fail("无法理解 %q", "%q is not understood", what)
		return nil
	}
	m := t.family[0].mask
	v := m.verdict(what)
	if t.by(v.by); v.allow != want {
		t.wrong(doc, what, want, v.by)
	}
	return nil
}

func (t *trial) wrong(doc *entity.Def, what string, want bool, by string) {
	if want {
		t.fail("%s 对 %s 应有权 %s，但被规则 %s 拒绝", "%s should be allowed %[3]s on %[2]s, but rule %[4]s refuses", t.who(), doc.Name, what, by)
		return
	}
	t.fail("%s 对 %s 不应有权 %s，但规则 %s 允许", "%s should not be allowed %[3]s on %[2]s, but rule %[4]s allows it", t.who(), doc.Name, what, by)
}

// checkFields looks at all fields of a class in the document and its lines, or at the fields of that name.
func (t *trial) checkFields(doc *entity.Def, kind, name string, want bool) {
	found := false
	for _, byClass := range []bool{true, false} {
		for _, f := range t.family {
			for _, field := range f.def.Fields {
				if field.System || byClass && field.Class != name || !byClass && field.Name != name {
					continue
				}
				found = true
				v := f.mask.fields[field.Name].view
				if kind == "edit" {
					v = f.mask.fields[field.Name].edit
				}
				if t.by(v.by); v.allow != want {
					t.wrong(doc, kind+":"+field.Name, want, v.by)
				}
			}
		}
		if found {
			return
		}
	}
	if want || !newChecker(t.catalog, nil, nil).classes[name] {
		t.fail("%s 没有字段或字段类别 %s", "%s has no field and no class of fields %s", doc.Name, name)
	}
}

func (t *trial) checkApproval(ctx context.Context, doc *entity.Def, action string, want bool) error {
	values := recordOf(t.one.Record)
	if t.lacks(doc, action, values) {
		return nil
	}
	a, err := t.set.gate(ctx, t.engine.limit, doc, action, t.one.Who, values)
	if err != nil {
		return err
	}
	for _, r := range t.set.approvals[doc.Name][action] { // also the ones that were found not to hold
		if rule := t.set.ruleOf(r); rule != "" {
			t.by(rule)
		}
	}
	if want && a == nil {
		t.fail("%s 的操作 %s 应需要审批，但没有规则要求", "%s: action %s should need an approval, but no rule wants one", doc.Name, action)
	}
	if !want && a != nil {
		t.fail("%s 的操作 %s 不应需要审批，但规则 %s 要求", "%s: action %s should need no approval, but rule %s wants one", doc.Name, action, strings.Join(a.RuleIDs, ", "))
	}
	return nil
}

// lacks says which values the rules compare that the case does not give: without them nobody can tell.
func (t *trial) lacks(doc *entity.Def, action string, values map[string]any) bool {
	said := map[string]bool{}
	for _, r := range t.set.approvals[doc.Name][action] {
		for _, c := range r.conditions() {
			if _, err := gather(values, c.Field); err == nil || said[c.Field] {
				continue
			}
			said[c.Field] = true
			t.fail("record 缺少 %[1]s：规则 %[2]s 要比较它", "the record gives no %s, which rule %s compares", c.Field, t.set.ruleOf(r))
		}
	}
	return len(said) > 0
}

// recordOf makes a record of a case's values; "lines.quantity: [1, 2]" stands for two lines.
func recordOf(in map[string]Values) map[string]any {
	out := map[string]any{}
	for name, v := range in {
		path, field, nested := strings.Cut(name, ".")
		switch {
		case nested:
			rows, _ := out[path].([]any)
			for i, one := range v {
				if i == len(rows) {
					rows = append(rows, map[string]any{})
				}
				row, _ := rows[i].(map[string]any)
				row[field] = one
			}
			out[path] = rows
		case len(v) == 1:
			out[name] = v[0]
		default:
			out[name] = nil
		}
	}
	return out
}

// ruleOf finds the id of an approval rule.
func (s *ruleset) ruleOf(a *ApprovalRule) string {
	for _, r := range s.rules {
		if r.Approval == a {
			return r.ID
		}
	}
	return ""
}
