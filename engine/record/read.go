package record

import (
	"context"
	"strconv"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

// Page is one page of a list, each record as JSON.
type Page struct {
	Data  [][]byte
	Next  string // the cursor of the next page; empty on the last
	Total *int64
}

// values is one row as text; nil is NULL.
type values []*string

// List reads one page of an entity as the caller may see it.
func List(ctx context.Context, tx *tenancy.Tx, def *entity.Def, q Query) (Page, error) {
	s := current(tx)
	p, err := s.plan(ctx, tx, def, q.Fields, q.Expand)
	if err != nil {
		return Page{}, Mistakes(ctx, tx, def, q, err)
	}
	p.skip = max(0, q.Skip)
	w := &where{}
	if err := s.narrow(ctx, tx, w, def, p.mask); err != nil {
		return Page{}, err
	}
	var bad fault.Fields
	if err := p.filters(ctx, tx, w, q, &bad); err != nil {
		return Page{}, err
	}
	p.search(w, q.Text)
	if err := p.shortlist(ctx, tx, w, q); err != nil {
		return Page{}, err
	}
	keys, err := p.order(q.Sort, &bad)
	if err != nil {
		return Page{}, err
	}
	if err := bad.Err(); err != nil {
		return Page{}, err
	}
	var page Page
	if q.Count {
		if page.Total, err = count(ctx, tx, def, w); err != nil {
			return Page{}, err
		}
	}
	read := p.page
	if q.Skip < 0 {
		read = p.fromEnd(-q.Skip)
	}
	rows, ends, err := read(ctx, tx, w, keys, q.Cursor, q.Limit+1)
	if err != nil {
		return Page{}, err
	}
	if len(rows) > q.Limit {
		rows = rows[:q.Limit]
		page.Next = cursorOf(keys, ends[q.Limit-1])
	}
	page.Data, err = s.render(ctx, tx, p, rows)
	return page, err
}

// Read reads one record as the caller may see it: JSON and version. What the caller may not know of is not_found.
func Read(ctx context.Context, tx *tenancy.Tx, def *entity.Def, key id.ID, q Query) (raw []byte, version int64, err error) {
	s := current(tx)
	p, err := s.plan(ctx, tx, def, q.Fields, q.Expand)
	if err != nil {
		return nil, 0, err
	}
	rows, err := p.byID(ctx, tx, []id.ID{key})
	if err != nil {
		return nil, 0, err
	}
	if len(rows) == 0 {
		return nil, 0, missing(def, key)
	}
	out, err := s.render(ctx, tx, p, rows)
	if err != nil {
		return nil, 0, err
	}
	if i := p.at("version"); i >= 0 && rows[0][i] != nil {
		version, _ = strconv.ParseInt(*rows[0][i], 10, 64)
	}
	return out[0], version, nil
}

func count(ctx context.Context, tx *tenancy.Tx, def *entity.Def, w *where) (*int64, error) {
	var n int64
	err := tx.Tx.Tx.QueryRowContext(ctx, "SELECT count(*) FROM "+quote(def.Table)+" AS t"+w.sql(), w.args...).Scan(&n)
	return &n, databaseFault(err, def)
}

// byID reads rows that the caller may see, in no certain order.
func (p *plan) byID(ctx context.Context, tx *tenancy.Tx, keys []id.ID) ([]values, error) {
	w := &where{}
	if err := current(tx).narrow(ctx, tx, w, p.def, p.mask); err != nil {
		return nil, err
	}
	if len(keys) == 1 {
		w.add("t.id = " + w.arg(keys[0].String()) + "::text::uuid")
	} else {
		w.add("t.id = ANY(" + w.arg(idTexts(keys)) + "::text[]::uuid[])")
	}
	rows, _, err := p.fetch(ctx, tx, w, nil, 0)
	return rows, err
}

// fetch selects the plan's columns and, for a page, the values of the order's keys.
func (p *plan) fetch(ctx context.Context, tx *tenancy.Tx, w *where, keys []key, limit int) (rows []values, ends [][]string, err error) {
	cols := make([]string, 0, len(p.fields)+len(keys)+1)
	cols = append(cols, "t.id::text")
	for _, f := range p.fields {
		cols = append(cols, p.output(f))
	}
	var order []string
	read := 0
	for _, k := range keys {
		if !k.mute {
			read++
			cols = append(cols, k.expr+"::text")
		}
		if k.desc {
			order = append(order, k.expr+" DESC")
		} else {
			order = append(order, k.expr)
		}
	}
	sql := "SELECT " + strings.Join(cols, ", ") + " FROM " + quote(p.def.Table) + " AS t" + w.sql()
	if len(order) > 0 {
		sql += " ORDER BY " + strings.Join(order, ", ")
	}
	if limit > 0 {
		sql += " LIMIT " + strconv.Itoa(limit)
		if p.skip > 0 {
			sql += " OFFSET " + strconv.Itoa(p.skip)
		}
	}
	return p.scan(ctx, tx, sql, w.args, read)
}

// scan reads rows of text: id, the plan's fields, and then n keys.
func (p *plan) scan(ctx context.Context, tx *tenancy.Tx, sql string, args []any, n int) (rows []values, ends [][]string, err error) {
	res, err := tx.Tx.Tx.QueryContext(ctx, sql, args...)
	if err != nil {
		return nil, nil, databaseFault(err, p.def)
	}
	defer res.Close()
	width := 1 + len(p.fields)
	for res.Next() {
		row, end := make(values, width), make([]string, n)
		into := make([]any, 0, width+n)
		for i := range row {
			into = append(into, &row[i])
		}
		for i := range end {
			into = append(into, &end[i])
		}
		if err := res.Scan(into...); err != nil {
			return nil, nil, databaseFault(err, p.def)
		}
		rows, ends = append(rows, row), append(ends, end)
	}
	return rows, ends, databaseFault(res.Err(), p.def)
}

// at returns a field's place in a row, or -1.
func (p *plan) at(name string) int {
	for i, f := range p.fields {
		if f.Name == name {
			return i + 1
		}
	}
	return -1
}

// Roles names the roles that people of the tenant can have.
func Roles(ctx context.Context, tx *tenancy.Tx) ([]string, error) {
	list, err := current(tx).e.Policy.Roles(ctx, tx)
	out := make([]string, len(list))
	for i, r := range list {
		out[i] = r.Name
	}
	return out, err
}

// MaskOf gives the caller's rights on an entity, for what is not a list of fields: reports, exports, menus.
func MaskOf(ctx context.Context, tx *tenancy.Tx, def *entity.Def) (*policy.Mask, error) {
	return current(tx).e.Policy.For(ctx, tx, def)
}
