package record

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/tenancy"
)

// maxIndexed is how many indexes for lists one table gets at most: each costs every write.
const maxIndexed = 24

// shortlisted is the most records that an index over texts may name for the rest of the conditions. A text that more have is found sooner by looking
// at the records in their order.
const shortlisted = 1000

// common is how many records PostgreSQL may expect for a text before the index isn't asked at all: it would gather them all before it gives the first.
const common = 5 * shortlisted

// Grow gives the tables that have grown large the indexes that follow from their descriptions: one for each field by which people filter and sort, and
// one over the texts by which they search. Small tables need none, and pay nothing. It is done now and then, by one process.
func (e *Engine) Grow(ctx context.Context) error {
	grown, err := e.db.Grown(ctx)
	if err != nil {
		return err
	}
	for t, tables := range grown {
		if t.State == tenancy.Deleted || t.State == tenancy.Closing {
			continue
		}
		for name := range t.Large { // what has indexes keeps them, should it shrink
			if !slices.Contains(tables, name) {
				tables = append(tables, name)
			}
		}
		var want []tenancy.Index
		err := e.Do(ctx, t, tenancy.Actor{System: true, Name: "tenon"}, func(_ context.Context, tx *tenancy.Tx) error {
			want = indexes(Catalog(tx), tables)
			return nil
		}, tenancy.ReadOnly())
		if err == nil {
			err = e.db.Index(ctx, t, want)
		}
		if err != nil {
			return fmt.Errorf("the indexes of %s: %w", t.ID, err)
		}
	}
	return nil
}

// indexes are those that some tables want.
func indexes(c *entity.Catalog, tables []string) []tenancy.Index {
	var out []tenancy.Index
	for _, d := range c.All() {
		if d.Parent != nil || d.Collection == "" || !slices.Contains(tables, d.Table) {
			continue
		}
		n := 0
		for _, f := range d.Fields {
			if n == maxIndexed || !indexed(d, f) {
				continue
			}
			n++
			on := "(" + quote(f.Name) + ", id)"
			out = append(out, tenancy.Index{Table: d.Table, Name: "list_" + mark(d.Table, on) + "_" + cutTo(f.Name, 30), On: on})
		}
		if text := searched(d); text != "" {
			out = append(out, tenancy.Index{Table: d.Table, Name: finder(d), On: "USING gin (grams(" + text + "))", Finds: true})
		}
	}
	return out
}

// indexed tells that people filter or sort by a field, and that no index serves them yet.
func indexed(d *entity.Def, f *entity.Field) bool {
	switch {
	case !f.Stored() || hides(f) || f.Kind == entity.KindJSON || f.Kind == entity.KindBytes || f.Kind == entity.KindTexts:
		return false
	case f.Name == "created_at":
		return true
	case f.Name == "updated_at": // what is written all the time is not looked for by it
		return !d.ReadOnly
	case f.System || f.Unique || d.Number == f:
		return false
	}
	return f.List || f.Filter || f.Title || d.OwnerField == f
}

// finds tells that people search by a field's text.
func finds(f *entity.Field) bool {
	return (f.Search || f.Title) && f.Kind == entity.KindText && f.Stored() && !hides(f)
}

// searched is the text in SQL by which people search an entity's records; empty: by none.
func searched(d *entity.Def) string {
	var all []string
	for _, f := range d.Fields {
		if finds(f) {
			all = append(all, "coalesce("+quote(f.Name)+", ''::text)")
		}
	}
	return strings.Join(all, " || ' '::text || ")
}

// finder names the index over that text.
func finder(d *entity.Def) string { return "find_" + mark(d.Table, searched(d)) }

// mark tells definitions apart.
func mark(parts ...string) string {
	h := fnv.New32a()
	for _, s := range parts {
		_, _ = h.Write([]byte(s + "\x00")) // a hash takes everything
	}
	return fmt.Sprintf("%08x", h.Sum32())
}

func cutTo(s string, n int) string { return s[:min(n, len(s))] }

// shortlist narrows a list to the few records in which an index has found the texts that are looked for. The conditions themselves stay: the index knows
// of pairs of characters only, and of fields that the caller may not see.
func (p *plan) shortlist(ctx context.Context, tx *tenancy.Tx, w *where, q Query) error {
	if !tx.Tenant.Large[p.def.Table] || !tx.Tenant.Large[finder(p.def)] {
		return nil
	}
	texts := []string{q.Text}
	for _, f := range q.Filters {
		if x := p.def.Field(f.Field); x != nil && (f.Op == "contains" || f.Op == "starts") && finds(x) {
			texts = append(texts, f.Value)
		}
	}
	texts = slices.DeleteFunc(texts, func(s string) bool { return utf8.RuneCountInString(s) < 2 })
	if len(texts) == 0 {
		return nil
	}
	found := &where{}
	for _, s := range texts {
		found.add("grams(" + searched(p.def) + ") @> grams(" + found.arg(s) + "::text)")
	}
	list := fmt.Sprintf("SELECT id::text FROM %s%s", quote(p.def.Table), found.sql())
	if many, err := expected(ctx, tx, list, found.args); err != nil || many > common {
		return databaseFault(err, p.def)
	}
	res, err := tx.Tx.Tx.QueryContext(ctx, fmt.Sprintf("%s LIMIT %d", list, shortlisted+1), found.args...)
	if err != nil {
		return databaseFault(err, p.def)
	}
	defer res.Close() //nolint:errcheck // Err tells
	keys := []string{}
	for res.Next() {
		var k string
		if err := res.Scan(&k); err != nil {
			return databaseFault(err, p.def)
		}
		keys = append(keys, k)
	}
	if err := res.Err(); err != nil || len(keys) > shortlisted {
		return databaseFault(err, p.def)
	}
	w.add("t.id = ANY(" + w.arg(keys) + "::text[]::uuid[])")
	return nil
}

// expected is how many rows PostgreSQL's statistics promise for a query.
func expected(ctx context.Context, tx *tenancy.Tx, query string, args []any) (float64, error) {
	var raw []byte
	if err := tx.Tx.Tx.QueryRowContext(ctx, "EXPLAIN (FORMAT JSON) "+query, args...).Scan(&raw); err != nil {
		return 0, err
	}
	var plans []struct {
		Plan struct {
			Rows float64 `json:"Plan Rows"`
		}
	}
	if err := json.Unmarshal(raw, &plans); err != nil || len(plans) == 0 {
		return 0, err
	}
	return plans[0].Plan.Rows, nil
}
