package record

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
)

// Limits of a filter in groups.
const (
	maxLevels = 3   // groups within groups
	maxNodes  = 100 // groups and conditions together
)

// Group joins conditions and further groups: all must hold (and), or one of them (or).
type Group struct {
	Any   bool // or
	Nodes []Node
}

// Node is a condition or a group.
type Node struct {
	Filter *Filter
	Group  *Group
}

// each goes through the conditions of all levels.
func (g *Group) each(yield func(*Filter) bool) bool {
	for _, n := range g.Nodes {
		if n.Filter != nil && !yield(n.Filter) || n.Group != nil && !n.Group.each(yield) {
			return false
		}
	}
	return true
}

// parseGroup reads filter={"or":[{"field":"status","value":"draft"},{"and":[…]}]}. A single condition is a group of one.
func parseGroup(text string, bad *fault.Fields) *Group {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil || d.More() {
		bad.Add("filter", "json.broken", "filter 不是有效的 JSON", "filter is no valid JSON")
		return nil
	}
	return readGroup(v, bad)
}

// readGroup reads a filter that was decoded already (numbers as json.Number). Every mistake is named by its path: filter.or[1].value.
func readGroup(v any, bad *fault.Fields) *Group {
	r := groupReader{bad: bad}
	n, ok := r.node(v, "filter", 0)
	if r.nodes > maxNodes {
		bad.Add("filter", "filter.nodes", "筛选最多含 %[1]d 个条件与分组", "A filter takes at most %[1]d conditions and groups", maxNodes)
		return nil
	}
	switch {
	case !ok:
		return nil
	case n.Group != nil:
		return n.Group
	}
	return &Group{Nodes: []Node{n}}
}

type groupReader struct {
	bad   *fault.Fields
	nodes int
}

func (r *groupReader) node(v any, path string, level int) (Node, bool) {
	if r.nodes++; r.nodes > maxNodes {
		return Node{}, false
	}
	m, ok := v.(map[string]any)
	if !ok {
		r.bad.Add(path, "value.type", "应为条件或分组", "must be a condition or a group")
		return Node{}, false
	}
	for _, word := range []string{"and", "or"} {
		list, ok := m[word]
		if !ok {
			continue
		}
		if len(m) > 1 {
			r.bad.Add(path, "filter.shape", "分组只能含 and 或 or 之一", "A group holds either and or or, and nothing else")
			return Node{}, false
		}
		g, ok := r.group(list, path+"."+word, level+1)
		if ok {
			g.Any = word == "or"
		}
		return Node{Group: g}, ok
	}
	f, ok := r.condition(m, path)
	return Node{Filter: f}, ok
}

func (r *groupReader) group(v any, path string, level int) (*Group, bool) {
	if level > maxLevels {
		r.bad.Add(path, "filter.depth", "分组最多嵌套 %d 层", "Groups nest at most %d levels deep", maxLevels)
		return nil, false
	}
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		r.bad.Add(path, "filter.empty", "应为至少含一个条件的列表", "must be a list of at least one condition")
		return nil, false
	}
	g := &Group{}
	for i, x := range list {
		n, fine := r.node(x, path+"["+strconv.Itoa(i)+"]", level)
		ok = ok && fine
		g.Nodes = append(g.Nodes, n)
	}
	return g, ok
}

// condition reads {"field", "op", "value"}; op is eq where it is left out.
func (r *groupReader) condition(m map[string]any, path string) (*Filter, bool) {
	f := &Filter{Op: "eq", Path: path}
	before := r.bad.Len()
	for name, v := range m {
		text, isText := v.(string)
		switch name {
		case "field", "op":
			switch {
			case !isText || text == "":
				r.bad.Add(path+"."+name, "value.type", "应为文本", "must be a text")
			case name == "op":
				f.Op = text
			default:
				f.Field = text
			}
		case "value":
		default:
			r.bad.Add(path+"."+name, "field.unknown", "条件只含 field、op、value", "A condition has field, op and value only")
		}
	}
	if _, ok := m["field"]; !ok {
		r.bad.Add(path+".field", "required", "必填", "is required")
	}
	r.value(f, m["value"], path+".value")
	return f, r.bad.Len() == before
}

// value reads what a field is compared with: a text, number or truth value, or a list of them for in and nin.
func (r *groupReader) value(f *Filter, v any, path string) {
	many := f.Op == "in" || f.Op == "nin"
	if list, ok := v.([]any); ok && many {
		f.List = []string{}
		for i, x := range list {
			s, ok := scalar(x)
			if !ok {
				r.bad.Add(path+"["+strconv.Itoa(i)+"]", "value.type", "应为文本、数字或真假值", "must be a text, a number or a truth value")
				return
			}
			f.List = append(f.List, s)
		}
		return
	}
	s, ok := scalar(v)
	switch {
	case v == nil:
		r.bad.Add(path, "required", "必填；判断空值请用运算符 null", "is required; to ask for no value use the operator null")
	case !ok:
		r.bad.Add(path, "value.type", "应为文本、数字或真假值", "must be a text, a number or a truth value")
	}
	f.Value = s
}

func scalar(v any) (string, bool) {
	switch x := v.(type) {
	case string:
		return x, !strings.ContainsRune(x, 0)
	case json.Number, bool:
		return fmt.Sprint(x), true
	}
	return "", false
}

// group adds a group's condition: each branch is held against the caller's rights as a filter of its own is.
func (p *plan) group(ctx context.Context, tx *tenancy.Tx, w *where, g *Group, bad *fault.Fields) error {
	inner := &where{args: w.args}
	for _, n := range g.Nodes {
		var err error
		if n.Group != nil {
			err = p.group(ctx, tx, inner, n.Group, bad)
		} else {
			err = p.filter(ctx, tx, inner, *n.Filter, bad)
		}
		if err != nil {
			return err
		}
	}
	w.args = inner.args
	if len(inner.parts) == 0 { // each was a mistake
		return nil
	}
	word := " AND "
	if g.Any {
		word = " OR "
	}
	w.add("(" + strings.Join(inner.parts, word) + ")")
	return nil
}

// QueryOf reads a query from a JSON object: the parameters of a list under the same names, filter as an object.
func QueryOf(in map[string]any) (Query, error) {
	q := Query{Limit: 50}
	var bad fault.Fields
	for name, v := range in {
		switch name {
		case "filter":
			q.Group = readGroup(v, &bad)
		case "q", "sort", "limit", "cursor", "skip", "fields", "expand", "count":
			q.member(name, v, &bad)
		default:
			bad.Add(name, "field.unknown", "没有字段 %s", "There is no field %s", name)
		}
	}
	q.bounded(&bad)
	return q, bad.Err()
}

// member reads one of the parameters; lists may be JSON lists.
func (q *Query) member(name string, v any, bad *fault.Fields) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	} else if name != "sort" && name != "fields" && name != "expand" {
		list = []any{nil}
	}
	for i, x := range list {
		s, ok := scalar(x)
		switch {
		case x == nil && name == "cursor": // the first page's
		case !ok:
			path := name
			if len(list) > 1 {
				path += "[" + strconv.Itoa(i) + "]"
			}
			bad.Add(path, "value.type", "应为文本、数字或真假值", "must be a text, a number or a truth value")
		default:
			q.param(name, s, bad)
		}
	}
}
