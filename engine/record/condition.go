package record

import (
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
)

// condition adds one of the caller's conditions.
func (p *plan) condition(w *where, f *entity.Field, c Filter, bad *fault.Fields) {
	col := p.expr(f)
	if f.Kind == entity.KindTexts && c.Op != "null" {
		texts(w, col, c, bad)
		return
	}
	cast := "::" + sqlType(f)
	one := func(v string) (string, bool) {
		val, ok := filterValue(f, v)
		if !ok {
			called := f.Kind.Called()
			bad.Add(c.at(), "value.type", "%[1]q 不是有效的%[2]s", "%[1]q is no valid %[3]s", v, called.ZH, called.EN)
			return "", false
		}
		return w.arg(val) + "::text" + cast, true
	}
	compare := map[string]string{"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
	switch c.Op {
	case "eq", "ne":
		if v, ok := one(c.Value); ok {
			if c.Op == "eq" {
				w.add(col + " = " + v)
			} else {
				w.add(col + " IS DISTINCT FROM " + v)
			}
		}
	case "gt", "gte", "lt", "lte":
		if v, ok := one(c.Value); ok {
			w.add(col + " " + compare[c.Op] + " " + v)
		}
	case "in", "nin":
		var list []string
		for _, s := range c.values() {
			val, ok := filterValue(f, s)
			if !ok {
				one(s)
				return
			}
			list = append(list, val)
		}
		if c.Op == "in" {
			w.add(col + " = ANY(" + w.arg(list) + "::text[]" + cast + "[])")
		} else {
			w.add("(" + col + " IS NULL OR " + col + " <> ALL(" + w.arg(list) + "::text[]" + cast + "[]))")
		}
	case "contains", "starts":
		if f.Kind != entity.KindText {
			bad.Add(c.at(), "operator.type", "%[2]s 只能用于文本字段，%[1]s 不是", "%[2]s works on text fields only, %[1]s is none", c.Field, c.Op)
			return
		}
		pattern := like(c.Value) + "%"
		if c.Op == "contains" {
			pattern = "%" + pattern
		}
		w.add(col + " ILIKE " + w.arg(pattern) + "::text")
	case "null":
		if c.Value != "true" && c.Value != "false" {
			bad.Add(c.at(), "value.type", "null 的值应为 true 或 false", "null takes true or false")
			return
		}
		if f.Kind == entity.KindText { // no text and an empty one are the same to people
			col = "nullif(" + col + ", '')"
		}
		w.add(col + " IS " + not(c.Value == "false") + "NULL")
	default:
		bad.Add(c.at(), "operator.unknown", "没有运算符 %s", "There is no operator %s", c.Op)
	}
}

// texts adds a condition on a list of texts: eq and contains ask for one of its members, in for any of several.
func texts(w *where, col string, c Filter, bad *fault.Fields) {
	switch c.Op {
	case "eq", "ne", "contains":
		w.add(not(c.Op == "ne") + "(" + w.arg(c.Value) + "::text = ANY(" + col + "))")
	case "in", "nin":
		w.add(not(c.Op == "nin") + "(" + col + " && " + w.arg(c.values()) + "::text[])")
	case "gt", "gte", "lt", "lte", "starts":
		bad.Add(c.at(), "operator.type", "%[2]s 不能用于列表字段 %[1]s", "%[2]s does not work on %[1]s, which is a list", c.Field, c.Op)
	default:
		bad.Add(c.at(), "operator.unknown", "没有运算符 %s", "There is no operator %s", c.Op)
	}
}

func not(yes bool) string {
	if yes {
		return "NOT "
	}
	return ""
}

func like(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// filterValue checks a value's form and returns it in PostgreSQL's text form.
func filterValue(f *entity.Field, s string) (string, bool) {
	v, ok := parseValue(f.Kind, s)
	if !ok {
		return "", false
	}
	t := text(&entity.Field{Kind: f.Kind}, v)
	if t == nil {
		return "", false
	}
	return *t, true
}
