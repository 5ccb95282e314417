package record

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
)

// Limits of what totals are asked for.
const (
	maxBy   = 3
	maxSums = 10
)

// currencyField is the field that says in which currency a record's amounts are.
const currencyField = "currency"

// Totals is what a list adds up to: how many records there are, and sums of fields, for each group of those that have the same values.
type Totals struct {
	By   []string // fields to group by; none: one group of all
	Sum  []string // amounts, quantities, prices and whole numbers
	Most int      // the most groups that are answered, the largest first
}

// ParseTotals takes by, sum and limit out of a list's parameters.
func ParseTotals(params map[string][]string) (Totals, error) {
	t := Totals{Most: MaxLimit}
	var bad fault.Fields
	for name, into := range map[string]*[]string{"by": &t.By, "sum": &t.Sum} {
		for _, v := range params[name] {
			*into = append(*into, split(v)...)
		}
		delete(params, name)
	}
	for _, name := range []string{"sort", "cursor", "fields", "expand", "count"} {
		if _, given := params[name]; given {
			bad.Add(name, "field.unknown", "汇总不支持 %s", "Totals do not take %s", name)
			delete(params, name)
		}
	}
	if len(t.By) > maxBy {
		bad.Add("by", "query.many", "最多 %[1]d 个，收到 %[2]d 个", "takes at most %[1]d, got %[2]d", maxBy, len(t.By))
	}
	if len(t.Sum) > maxSums {
		bad.Add("sum", "query.many", "最多 %[1]d 个，收到 %[2]d 个", "takes at most %[1]d, got %[2]d", maxSums, len(t.Sum))
	}
	return t, bad.Err()
}

// Sums answers the totals of the records that a query selects, as the caller may see them: each group as JSON with the fields it is grouped by, count,
// and the sums. Where a record says its currency, amounts are added for each currency apart. more tells that there are more groups than asked for.
func Sums(ctx context.Context, tx *tenancy.Tx, def *entity.Def, q Query, t Totals) (groups [][]byte, more bool, err error) {
	s := current(tx)
	p, err := s.plan(ctx, tx, def, []string{"id"}, nil)
	if err != nil {
		return nil, false, err
	}
	w := &where{}
	if err := s.narrow(ctx, tx, w, def, p.mask); err != nil {
		return nil, false, err
	}
	var bad fault.Fields
	if err := p.filters(ctx, tx, w, q, &bad); err != nil {
		return nil, false, err
	}
	by, sums, err := p.totals(t, &bad)
	if err != nil {
		return nil, false, err
	}
	if err := bad.Err(); err != nil {
		return nil, false, err
	}
	p.search(w, q.Text)
	if err := p.shortlist(ctx, tx, w, q); err != nil {
		return nil, false, err
	}
	rows, err := p.added(ctx, tx, w, by, sums, t.Most+1)
	if err != nil {
		return nil, false, err
	}
	if more = len(rows) > t.Most; more {
		rows = rows[:t.Most]
	}
	for _, row := range rows {
		groups = append(groups, groupJSON(by, sums, row))
	}
	return groups, more, nil
}

// totals finds the fields to group by and to add; those that the caller may not see are refused as in a list.
func (p *plan) totals(t Totals, bad *fault.Fields) (by, sums []*entity.Field, err error) {
	for _, name := range t.By {
		f, err := p.usable(name, "by", bad)
		switch {
		case err != nil:
			return nil, nil, err
		case f == nil:
		case f.Kind == entity.KindTexts || slices.Contains(by, f):
			bad.Add("by", "field.not_groupable", "不能按 %s 分组", "The field %s cannot be grouped by", name)
		default:
			by = append(by, f)
		}
	}
	money := false
	for _, name := range t.Sum {
		f, err := p.usable(name, "sum", bad)
		switch {
		case err != nil:
			return nil, nil, err
		case f == nil:
		case f.System || slices.Contains(sums, f) || f.Kind != entity.KindInt && (!f.Kind.Decimal() || f.Kind == entity.KindPercent):
			bad.Add("sum", "field.not_summable", "字段 %s 不能求和", "The field %s cannot be added up", name)
		default:
			sums = append(sums, f)
			money = money || f.Kind == entity.KindAmount || f.Kind == entity.KindPrice
		}
	}
	if cur := p.def.Field(currencyField); money && cur != nil && !slices.Contains(by, cur) {
		if !p.mask.View(cur) {
			return nil, nil, p.deniedAt(cur, "view", "sum")
		}
		by = append(by, cur)
	}
	return by, sums, nil
}

// added reads the groups, the largest first: the values of by, the count, the sums.
func (p *plan) added(ctx context.Context, tx *tenancy.Tx, w *where, by, sums []*entity.Field, most int) ([]values, error) {
	var cols, places []string
	for i, f := range by {
		cols = append(cols, p.output(f))
		places = append(places, strconv.Itoa(i+1))
	}
	cols = append(cols, "count(*)::text")
	for _, f := range sums {
		cols = append(cols, "coalesce(sum("+p.expr(f)+"), 0)::text")
	}
	sql := "SELECT " + strings.Join(cols, ", ") + " FROM " + quote(p.def.Table) + " AS t" + w.sql()
	if len(by) > 0 {
		sql += " GROUP BY " + strings.Join(places, ", ") + " ORDER BY count(*) DESC, " + strings.Join(places, ", ")
	}
	res, err := tx.Tx.Tx.QueryContext(ctx, sql+" LIMIT "+strconv.Itoa(most), w.args...)
	if err != nil {
		return nil, databaseFault(err, p.def)
	}
	defer res.Close() //nolint:errcheck // Err tells
	var out []values
	for res.Next() {
		row := make(values, len(cols))
		into := make([]any, len(cols))
		for i := range row {
			into[i] = &row[i]
		}
		if err := res.Scan(into...); err != nil {
			return nil, databaseFault(err, p.def)
		}
		out = append(out, row)
	}
	return out, databaseFault(res.Err(), p.def)
}

func groupJSON(by, sums []*entity.Field, row values) []byte {
	b := []byte{'{'}
	for i, f := range by {
		b = appendKey(b, f.Name)
		b = appendValue(b, f, row[i])
	}
	b = appendKey(b, "count")
	b = append(b, *row[len(by)]...)
	if len(sums) > 0 {
		b = appendKey(b, "sums")
		b = append(b, '{')
		for i, f := range sums {
			b = appendKey(b, f.Name)
			b = appendValue(b, f, row[len(by)+1+i])
		}
		b = append(b, '}')
	}
	return append(b, '}')
}
