package record

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/tenancy"
)

// Hit is a record that a search found.
type Hit struct {
	Entity string `json:"entity"`
	Path   string `json:"path"`
	Label  string `json:"label"`
	ID     string `json:"id"`
	Title  string `json:"title"`
	State  string `json:"state,omitempty"`
}

// maxSearch is the longest text that is looked for, in characters.
const maxSearch = 100

// Search looks for a text in the fields by which people find records, of all entities (or those named) that the caller may see: one statement, some
// records of each entity, those whose title begins with the text first.
func Search(ctx context.Context, tx *tenancy.Tx, text string, among []string, each int, lang i18n.Lang) ([]Hit, error) {
	text = strings.TrimSpace(text)
	var bad fault.Fields
	if n := len([]rune(text)); n == 0 || n > maxSearch {
		bad.Add("q", "value.length", "请输入 1 到 %d 个字", "must be 1 to %d characters", maxSearch)
	}
	s := current(tx)
	for _, name := range among {
		if d := s.catalog.Entity(name); d == nil || !s.visible(tx, d) {
			bad.Add("entities", "entity.unknown", "没有对象 %s", "There is no kind of record %s", shorten(name))
		}
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	all := &where{}
	var parts []string
	var defs []*entity.Def
	for _, d := range s.catalog.All() {
		if d.Parent != nil || d.Collection == "" || d.AboutEntity != nil || !s.visible(tx, d) || len(among) > 0 && !slices.Contains(among, d.Name) {
			continue
		}
		sql, err := s.searching(ctx, tx, all, d, text, each, len(defs))
		if err != nil {
			return nil, err
		}
		if sql != "" {
			parts, defs = append(parts, sql), append(defs, d)
		}
	}
	if len(parts) == 0 {
		return []Hit{}, nil
	}
	return scanHits(ctx, tx, strings.Join(parts, " UNION ALL "), all.args, defs, lang)
}

// searching is the part of the statement that looks in one entity; empty when the caller can find nothing there.
func (s *session) searching(ctx context.Context, tx *tenancy.Tx, all *where, d *entity.Def, text string, each, n int) (string, error) {
	mask, err := s.e.Policy.For(ctx, tx, d)
	if err != nil || !mask.Any() || mask.Rows().None() {
		return "", err
	}
	p := &plan{def: d, mask: mask, today: tx.Today().String()}
	if !slices.ContainsFunc(d.Fields, func(f *entity.Field) bool {
		return (f.Search || f.Title) && f.Kind == entity.KindText && !f.Sealed && mask.View(f)
	}) {
		return "", nil
	}
	w := &where{args: all.args}
	if err := s.narrow(ctx, tx, w, d, mask); err != nil {
		return "", err
	}
	p.search(w, text)
	if err := p.shortlist(ctx, tx, w, Query{Text: text}); err != nil {
		return "", err
	}
	title, state := "''", "''"
	if f := d.Title; f != nil && mask.View(f) && !f.Sealed {
		title = "coalesce(" + p.expr(f) + "::text, '')"
	}
	if f := d.State; f != nil && mask.View(f) {
		state = "coalesce(" + p.expr(f) + "::text, '')"
	}
	begins := title + " ILIKE " + w.arg(like(text)+"%") + "::text"
	all.args = w.args
	return "(SELECT " + strconv.Itoa(n) + " AS n, t.id::text AS id, " + title + " AS title, " + state + " AS state FROM " + quote(d.Table) + " AS t" + w.sql() +
		" ORDER BY " + begins + " DESC, t.id DESC LIMIT " + strconv.Itoa(each) + ")", nil
}

func scanHits(ctx context.Context, tx *tenancy.Tx, sql string, args []any, defs []*entity.Def, lang i18n.Lang) ([]Hit, error) {
	res, err := tx.Tx.Tx.QueryContext(ctx, sql, args...)
	if err != nil {
		return nil, databaseFault(err, nil)
	}
	defer res.Close() //nolint:errcheck // Err tells
	out := []Hit{}
	for res.Next() {
		var n int
		var h Hit
		if err := res.Scan(&n, &h.ID, &h.Title, &h.State); err != nil {
			return nil, databaseFault(err, nil)
		}
		h.Entity, h.Path, h.Label = defs[n].Name, defs[n].Path(), defs[n].Label.In(lang)
		out = append(out, h)
	}
	return out, databaseFault(res.Err(), nil)
}
