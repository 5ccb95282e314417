package record

import (
	"context"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
)

// MaxLimit is the most records that one page may hold.
const MaxLimit = 500

// MaxSkip is how far into a list one may jump; behind it cursors go on.
const MaxSkip = 1_000_000

// Limits of what one list is asked.
const (
	maxFilters = 50
	maxChosen  = 2000 // values of in and nin
	maxSorts   = 8
	maxNames   = 300 // of fields and expand
	maxSought  = 200 // characters of q, contains and starts
)

// Query is what a caller asks of a list.
type Query struct {
	Filters []Filter
	Group   *Group // filter=: conditions in groups (all of, any of), beside Filters, which all hold
	Text    string // q=
	Sort    []Sort
	Limit   int
	Cursor  string
	Skip    int // how many records of the order are left out first, or where from the end it begins (below 0); in place of a cursor, to be somewhere at once
	Fields  []string
	Expand  []string
	Count   bool
}

// Filter is one condition: field, operator, value as written.
type Filter struct {
	Field, Op, Value string
	List             []string // of in and nin, where the values were not joined by commas
	Path             string   // where it stands, for mistakes; empty: under the field's name
}

// at is the path by which mistakes name the condition.
func (f *Filter) at() string {
	if f.Path != "" {
		return f.Path
	}
	return f.Field
}

// values are those of in and nin.
func (f *Filter) values() []string {
	if f.List != nil {
		return f.List
	}
	return split(f.Value)
}

// Narrowed tells that the query asks for some records, not for all.
func (q *Query) Narrowed() bool { return len(q.Filters) > 0 || q.Group != nil || q.Text != "" }

// Sort is one key of the order.
type Sort struct {
	Field string
	Desc  bool
}

// ParseQuery reads the parameters of a list. Every mistake is reported, each with the parameter's name.
func ParseQuery(params map[string][]string) (Query, error) {
	q := Query{Limit: 50}
	var bad fault.Fields
	for name, values := range params {
		for _, v := range values {
			q.param(name, v, &bad)
		}
	}
	q.bounded(&bad)
	slices.SortFunc(q.Filters, func(a, b Filter) int { return strings.Compare(a.Field+a.Op+a.Value, b.Field+b.Op+b.Value) })
	return q, bad.Err()
}

func (q *Query) param(name, v string, bad *fault.Fields) {
	switch name {
	case "sort":
		for _, key := range split(v) {
			field, desc := strings.CutPrefix(key, "-")
			q.Sort = append(q.Sort, Sort{field, desc})
		}
	case "limit":
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > MaxLimit {
			bad.Add("limit", "limit.range", "limit 应为 1 到 %d，收到 %q", "limit must be 1 to %d, got %q", MaxLimit, v)
			return
		}
		q.Limit = n
	case "cursor":
		q.Cursor = v
	case "skip":
		n, err := strconv.Atoi(v)
		if err != nil || n < -MaxSkip || n > MaxSkip {
			bad.Add("skip", "skip.range", "skip 应为 -%[1]d 到 %[1]d，收到 %[2]q", "skip must be -%[1]d to %[1]d, got %[2]q", MaxSkip, v)
			return
		}
		q.Skip = n
	case "fields":
		q.Fields = append(q.Fields, split(v)...)
	case "expand":
		q.Expand = append(q.Expand, split(v)...)
	case "count":
		if q.Count = v == "true"; !q.Count && v != "false" {
			bad.Add("count", "value.type", "count 应为 true 或 false，收到 %q", "count takes true or false, got %q", v)
		}
	case "q":
		q.Text = strings.TrimSpace(v)
	case "filter":
		if q.Group != nil {
			bad.Add("filter", "query.many", "filter 只能出现一次", "filter may be given once only")
			return
		}
		q.Group = parseGroup(v, bad)
	default:
		field, op := name, "eq"
		if i := strings.IndexByte(name, '['); i > 0 && strings.HasSuffix(name, "]") {
			field, op = name[:i], name[i+1:len(name)-1]
		}
		q.Filters = append(q.Filters, Filter{Field: field, Op: op, Value: v})
	}
}

// bounded notes what is more than a list takes.
func (q *Query) bounded(bad *fault.Fields) {
	many := func(path string, n, most int) {
		if n > most {
			bad.Add(path, "query.many", "最多 %[1]d 个，收到 %[2]d 个", "takes at most %[1]d, got %[2]d", most, n)
		}
	}
	if q.Skip != 0 && q.Cursor != "" {
		bad.Add("skip", "query.many", "skip 与 cursor 只能给出一个", "give either skip or cursor")
	}
	many("filters", len(q.Filters), maxFilters)
	many("sort", len(q.Sort), maxSorts)
	many("fields", len(q.Fields), maxNames)
	many("expand", len(q.Expand), maxNames)
	many("q", len([]rune(q.Text)), maxSought)
	for f := range q.conditions() {
		switch f.Op {
		case "in", "nin":
			many(f.at(), max(len(f.List), strings.Count(f.Value, ",")+1), maxChosen)
		case "contains", "starts":
			many(f.at(), len([]rune(f.Value)), maxSought)
		}
	}
}

// conditions are all of them, those of groups too.
func (q *Query) conditions() iter.Seq[*Filter] {
	return func(yield func(*Filter) bool) {
		for i := range q.Filters {
			if !yield(&q.Filters[i]) {
				return
			}
		}
		if q.Group != nil {
			q.Group.each(yield)
		}
	}
}

func split(v string) []string {
	var out []string
	for s := range strings.SplitSeq(v, ",") {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// where gathers SQL conditions with their arguments.
type where struct {
	parts []string
	args  []any
}

func (w *where) arg(v any) string {
	w.args = append(w.args, v)
	return "$" + strconv.Itoa(len(w.args))
}

func (w *where) add(cond string) { w.parts = append(w.parts, cond) }

func (w *where) sql() string {
	if len(w.parts) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.parts, " AND ")
}

// filters adds the caller's conditions; unknown fields and operators are errors, and so are fields that the caller may not see, wherever they stand.
func (p *plan) filters(ctx context.Context, tx *tenancy.Tx, w *where, q Query, bad *fault.Fields) error {
	for _, f := range q.Filters {
		if err := p.filter(ctx, tx, w, f, bad); err != nil {
			return err
		}
	}
	if q.Group == nil {
		return nil
	}
	return p.group(ctx, tx, w, q.Group, bad)
}

func (p *plan) filter(ctx context.Context, tx *tenancy.Tx, w *where, f Filter, bad *fault.Fields) error {
	if of, field := linesOf(p.def, f.Field); of != nil {
		return p.lineFilter(ctx, tx, w, of, Filter{Field: field, Op: f.Op, Value: f.Value, List: f.List, Path: f.at()}, bad)
	}
	if x := p.def.Field(f.Field); x != nil && hides(x) && p.mask.View(x) {
		return p.lookup(ctx, tx, w, x, f, bad)
	}
	field, err := p.usable(f.Field, f.at(), bad)
	if err == nil && field != nil {
		p.condition(w, field, f, bad)
	}
	return err
}

// usable returns a field by which the caller may filter or sort; nil after noting that there is none.
func (p *plan) usable(name, path string, bad *fault.Fields) (*entity.Field, error) {
	f := p.def.Field(name)
	if f == nil {
		bad.Add(path, "field.unknown", "没有字段 %s", "There is no field %s", name)
		return nil, nil //nolint:nilnil // noted
	}
	if !p.mask.View(f) {
		return nil, p.deniedAt(f, "view", path)
	}
	if hides(f) {
		sealedOnly(f, path, bad)
		return nil, nil //nolint:nilnil // noted
	}
	if f.Kind == entity.KindJSON || f.Kind == entity.KindBytes {
		bad.Add(path, "field.not_searchable", "字段 %s 不能用于筛选或排序", "The field %s cannot be filtered or sorted by", name)
		return nil, nil //nolint:nilnil // noted
	}
	return f, nil
}

func (p *plan) denied(f *entity.Field, verb string) error { return p.deniedAt(f, verb, f.Name) }

func (p *plan) deniedAt(f *entity.Field, verb, path string) error {
	rule, label := p.mask.Why(verb + ":" + f.Class)
	return fault.New(fault.Forbidden, "field.denied", "您无权查看字段 %[1]s（规则 %[2]s）", "You may not see the field %[1]s (rule %[2]s)", f.Name, rule).
		At(path, "field.denied", "规则 %s", "rule %s", rule).With("rule", rule).With("rule_label", label)
}

// search adds q=: any of the fields that are found by text and that the caller may see.
func (p *plan) search(w *where, q string) {
	if q == "" {
		return
	}
	var found []string
	for _, f := range p.def.Fields {
		if (f.Search || f.Title) && f.Kind == entity.KindText && !f.Sealed && p.mask.View(f) {
			found = append(found, p.expr(f)+" ILIKE ")
		}
	}
	if len(found) == 0 {
		w.add("false") // an argument that no condition uses is refused by PostgreSQL
		return
	}
	pattern := w.arg("%"+like(q)+"%") + "::text"
	w.add("(" + strings.Join(found, pattern+" OR ") + pattern + ")")
}
