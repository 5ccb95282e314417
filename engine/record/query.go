package record

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
)

// MaxLimit is the most records that one page may hold.
const MaxLimit = 500

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
	Text    string // q=
	Sort    []Sort
	Limit   int
	Cursor  string
	Fields  []string
	Expand  []string
	Count   bool
}

// Filter is one condition: field, operator, value as written.
type Filter struct{ Field, Op, Value string }

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
	default:
		field, op := name, "eq"
		if i := strings.IndexByte(name, '['); i > 0 && strings.HasSuffix(name, "]") {
			field, op = name[:i], name[i+1:len(name)-1]
		}
		q.Filters = append(q.Filters, Filter{field, op, v})
	}
}

// bounded notes what is more than a list takes.
func (q *Query) bounded(bad *fault.Fields) {
	many := func(path string, n, most int) {
		if n > most {
			bad.Add(path, "query.many", "最多 %[1]d 个，收到 %[2]d 个", "takes at most %[1]d, got %[2]d", most, n)
		}
	}
	many("filters", len(q.Filters), maxFilters)
	many("sort", len(q.Sort), maxSorts)
	many("fields", len(q.Fields), maxNames)
	many("expand", len(q.Expand), maxNames)
	many("q", len([]rune(q.Text)), maxSought)
	for _, f := range q.Filters {
		switch f.Op {
		case "in", "nin":
			many(f.Field, strings.Count(f.Value, ",")+1, maxChosen)
		case "contains", "starts":
			many(f.Field, len([]rune(f.Value)), maxSought)
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

// filters adds the caller's conditions; unknown fields and operators are errors, and so are fields that the caller may not see.
func (p *plan) filters(w *where, list []Filter, bad *fault.Fields) error {
	for _, f := range list {
		field, err := p.usable(f.Field, f.Field, bad)
		if err != nil {
			return err
		}
		if field == nil {
			continue
		}
		p.condition(w, field, f, bad)
	}
	return nil
}

// usable returns a field by which the caller may filter or sort; nil after noting that there is none.
func (p *plan) usable(name, path string, bad *fault.Fields) (*entity.Field, error) {
	f := p.def.Field(name)
	if f == nil {
		bad.Add(path, "field.unknown", "没有字段 %s", "There is no field %s", name)
		return nil, nil //nolint:nilnil // noted
	}
	if !p.mask.View(f) {
		return nil, p.denied(f, "view")
	}
	if f.Sealed || f.Kind == entity.KindJSON || f.Kind == entity.KindBytes {
		bad.Add(path, "field.not_searchable", "字段 %s 不能用于筛选或排序", "The field %s cannot be filtered or sorted by", name)
		return nil, nil //nolint:nilnil // noted
	}
	return f, nil
}

func (p *plan) denied(f *entity.Field, verb string) error {
	rule, label := p.mask.Why(verb + ":" + f.Class)
	return fault.New(fault.Forbidden, "field.denied", "您无权查看字段 %[1]s（规则 %[2]s）", "You may not see the field %[1]s (rule %[2]s)", f.Name, rule).
		At(f.Name, "field.denied", "规则 %s", "rule %s", rule).With("rule", rule).With("rule_label", label)
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

// key is one part of a page's order: an SQL expression that is never NULL.
type key struct {
	expr string
	cast string
	desc bool
}

// order makes the keys of a stable order; id breaks ties, and fields that may be NULL come last.
func (p *plan) order(list []Sort, bad *fault.Fields) ([]key, error) {
	var keys []key
	seen := false
	for _, s := range list {
		f, err := p.usable(s.Field, "sort", bad)
		if err != nil {
			return nil, err
		}
		if f == nil {
			continue
		}
		if f.Kind == entity.KindTexts {
			bad.Add("sort", "field.not_sortable", "不能按 %s 排序", "The field %s cannot be sorted by", s.Field)
			continue
		}
		seen = seen || f.Name == "id"
		e := p.expr(f)
		if f.Null || f.Custom || !f.Stored() {
			keys = append(keys, key{"(" + e + " IS NULL)", "boolean", false})
			e = "coalesce(" + e + ", '" + least(f) + "'::" + sqlType(f) + ")"
		}
		keys = append(keys, key{e, sqlType(f), s.Desc})
	}
	if len(keys) == 0 {
		keys = append(keys, key{"t.id", "uuid", true})
		seen = true
	}
	if !seen {
		keys = append(keys, key{"t.id", "uuid", keys[len(keys)-1].desc})
	}
	return keys, nil
}

func least(f *entity.Field) string {
	switch f.Kind {
	case entity.KindID:
		return "00000000-0000-0000-0000-000000000000"
	case entity.KindBool:
		return "false"
	case entity.KindDate, entity.KindTime:
		return "0001-01-01"
	case entity.KindInt, entity.KindAmount, entity.KindQuantity, entity.KindPrice, entity.KindPercent:
		return "0"
	}
	return ""
}

// after adds the condition that continues behind a cursor.
func after(w *where, keys []key, cursor string) error {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	var at []string
	if err == nil {
		err = json.Unmarshal(raw, &at)
	}
	if err != nil || len(at) != len(keys)+1 || at[len(keys)] != signature(keys) {
		return badCursor()
	}
	var behind []string
	for i, k := range keys {
		var all []string
		for j := range i {
			all = append(all, keys[j].expr+" = "+w.arg(at[j])+"::text::"+keys[j].cast)
		}
		sign := " > "
		if k.desc {
			sign = " < "
		}
		all = append(all, k.expr+sign+w.arg(at[i])+"::text::"+k.cast)
		behind = append(behind, "("+strings.Join(all, " AND ")+")")
	}
	if len(keys) > 1 { // the leading key alone lets an index narrow the range
		sign := " >= "
		if keys[0].desc {
			sign = " <= "
		}
		w.add(keys[0].expr + sign + w.arg(at[0]) + "::text::" + keys[0].cast)
	}
	w.add("(" + strings.Join(behind, " OR ") + ")")
	return nil
}

func badCursor() error {
	return fault.New(fault.Invalid, "cursor.invalid", "游标无效或与排序不符", "The cursor is invalid or belongs to another order").
		At("cursor", "cursor.invalid", "请从第一页重新开始", "Start again from the first page")
}

// madeUp tells a cursor whose values the database can't read, which no page ever gave, from other errors.
func madeUp(cursor string, err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return cursor != "" && ok && (pg.Code == "22P02" || pg.Code == "22007" || pg.Code == "22008")
}

func signature(keys []key) string {
	var b strings.Builder
	for _, k := range keys {
		b.WriteString(k.expr)
		if k.desc {
			b.WriteByte('-')
		}
		b.WriteByte(';')
	}
	return b.String()
}

func cursorOf(keys []key, values []string) string {
	raw, err := json.Marshal(append(append([]string{}, values...), signature(keys)))
	if err != nil {
		panic(err) // strings always encode
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}
