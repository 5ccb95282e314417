package record

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
)

// key is one part of a page's order: an SQL expression that is never NULL.
type key struct {
	expr string
	cast string
	desc bool
	bare string // of a column that may be NULL, behind the key that tells so: the column itself,
	zero string // and what stands for NULL
	mute bool   // it orders, and is not read
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
			keys = append(keys, key{expr: "(" + e + " IS NULL)", cast: "boolean"})
			bare := ""
			if f.Stored() {
				bare = e
			}
			keys = append(keys, key{expr: "coalesce(" + e + ", '" + least(f) + "'::" + sqlType(f) + ")", cast: sqlType(f), desc: s.Desc, bare: bare, zero: least(f)})
			continue
		}
		keys = append(keys, key{expr: e, cast: sqlType(f), desc: s.Desc})
	}
	if len(keys) == 0 {
		keys = append(keys, key{expr: "t.id", cast: "uuid", desc: true})
		seen = true
	}
	if !seen {
		keys = append(keys, key{expr: "t.id", cast: "uuid", desc: keys[len(keys)-1].desc})
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

// page reads one page behind a cursor (empty: the first). In a large table the records that have no value in the first field of the order are read
// apart, after the others: an index has the order of each part, but not of both.
func (p *plan) page(ctx context.Context, tx *tenancy.Tx, w *where, keys []key, cursor string, limit int) (rows []values, ends [][]string, err error) {
	var at []string
	if cursor != "" {
		if at, err = decoded(keys, cursor); err != nil {
			return nil, nil, err
		}
	}
	if len(keys) < 3 || keys[1].bare == "" || !tx.Tenant.Large[p.def.Table] || p.skip > 0 {
		page := w.with("")
		page.behind(keys, at)
		rows, ends, err = p.fetch(ctx, tx, page, keys, limit)
	} else {
		rows, ends, err = p.parts(ctx, tx, w, keys, at, limit)
	}
	if madeUp(cursor, err) {
		err = badCursor()
	}
	return rows, ends, err
}

// fromEnd reads a page that begins so many records before the end of the order: backwards, since the end is near.
func (p *plan) fromEnd(n int) func(context.Context, *tenancy.Tx, *where, []key, string, int) ([]values, [][]string, error) {
	return func(ctx context.Context, tx *tenancy.Tx, w *where, keys []key, _ string, limit int) ([]values, [][]string, error) {
		back := slices.Clone(keys)
		for i := range back {
			back[i].desc = !back[i].desc
		}
		limit = min(limit, n)
		p.skip = n - limit
		rows, ends, err := p.fetch(ctx, tx, w, back, limit)
		slices.Reverse(rows)
		slices.Reverse(ends)
		return rows, ends, err
	}
}

func (p *plan) parts(ctx context.Context, tx *tenancy.Tx, w *where, keys []key, at []string, limit int) (rows []values, ends [][]string, err error) {
	bare := key{expr: keys[1].bare, cast: keys[1].cast, desc: keys[1].desc}
	if len(at) == 0 || at[0] == "false" {
		filled := w.with(bare.expr + " IS NOT NULL")
		of := append([]key{bare}, keys[2:]...)
		if len(at) > 0 {
			filled.behind(of, at[1:])
		}
		if rows, ends, err = p.fetch(ctx, tx, filled, of, limit); err != nil || len(rows) == limit {
			return rows, under(ends, "false"), err
		}
		ends, at = under(ends, "false"), nil
	}
	empty := w.with(bare.expr + " IS NULL")
	if len(at) > 0 {
		empty.behind(keys[2:], at[2:])
	}
	bare.mute = true
	more, rest, err := p.fetch(ctx, tx, empty, append([]key{bare}, keys[2:]...), limit-len(rows))
	return append(rows, more...), append(ends, under(rest, "true", keys[1].zero)...), err
}

// under puts the same values before those of each row.
func under(ends [][]string, first ...string) [][]string {
	for i, e := range ends {
		ends[i] = append(slices.Clone(first), e...)
	}
	return ends
}

// with is a copy that has one more condition.
func (w *where) with(cond string) *where {
	out := &where{parts: slices.Clone(w.parts), args: slices.Clone(w.args)}
	if cond != "" {
		out.add(cond)
	}
	return out
}

// decoded reads a cursor: the values of the keys at which the last page ended.
func decoded(keys []key, cursor string) ([]string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	var at []string
	if err == nil {
		err = json.Unmarshal(raw, &at)
	}
	if err != nil || len(at) != len(keys)+1 || at[len(keys)] != signature(keys) {
		return nil, badCursor()
	}
	return at[:len(keys)], nil
}

// behind adds the condition that continues behind the values of a cursor; without any there is none.
func (w *where) behind(keys []key, at []string) {
	if len(at) == 0 {
		return
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
	return encoded(append(append([]string{}, values...), signature(keys)))
}

func encoded(at []string) string {
	raw, err := json.Marshal(at)
	if err != nil {
		panic(err) // strings always encode
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}
