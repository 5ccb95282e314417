package record

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// load reads records by id with their lines.
func load[T any, P Pointer[T]](ctx context.Context, tx *tenancy.Tx, keys []id.ID, lock bool) ([]P, error) {
	keys = slices.DeleteFunc(slices.Clone(keys), id.ID.IsZero) // what nobody has named yet
	if len(keys) == 0 {
		return nil, nil
	}
	def := of[T, P](tx)
	var rows []P
	if err := scanInto(ctx, tx, def, "id = ANY($1::text[]::uuid[]) ORDER BY id", lock, &rows, idTexts(keys)); err != nil {
		return nil, err
	}
	if err := loadOwn(ctx, tx, def, records(rows)); err != nil {
		return nil, err
	}
	if err := loadLines(ctx, tx, def, records(rows), lock); err != nil {
		return nil, err
	}
	remember(tx, rows)
	current(tx).trace(def, records(rows))
	if len(rows) < 2 {
		return rows, nil
	}
	return inOrder(keys, rows), nil
}

// readColumns is the key of the columns of an entity's structs, as a statement names them.
type readColumns struct{}

// scanInto reads an entity's rows into a slice of its structs. The text is the same each time, so that the database need not parse it again.
func scanInto(ctx context.Context, tx *tenancy.Tx, def *entity.Def, where string, lock bool, into any, args ...any) error {
	cols, _ := def.Kept(readColumns{}, func() any {
		var cols []string
		for _, f := range def.Fields {
			if f.Stored() && !f.Custom {
				if hides(f) {
					cols = append(cols, inMemory(f, "")+" AS "+quote(f.Name))
				} else {
					cols = append(cols, quote(f.Name))
				}
			}
		}
		return strings.Join(cols, ", ")
	}).(string)
	sql := "SELECT " + cols + " FROM " + quote(def.Table) + " WHERE " + where
	if lock {
		sql += " FOR UPDATE"
	}
	res, err := tx.Tx.Tx.QueryContext(ctx, sql, args...)
	if err != nil {
		return databaseFault(err, def)
	}
	return databaseFault(tx.NewSelect().DB().ScanRows(ctx, res, into), def) // closes res
}

func inOrder[P entity.Record](keys []id.ID, rows []P) []P {
	byID := make(map[id.ID]P, len(rows))
	for _, r := range rows {
		byID[r.Meta().ID] = r
	}
	out := make([]P, 0, len(rows))
	for _, k := range keys {
		if r, ok := byID[k]; ok {
			out = append(out, r)
			delete(byID, k)
		}
	}
	return out
}

// loadLines reads the nested rows of documents, one query for each kind of line.
func loadLines(ctx context.Context, tx *tenancy.Tx, def *entity.Def, docs []entity.Record, lock bool) error {
	if len(docs) == 0 {
		return nil
	}
	keys := make([]id.ID, len(docs))
	for i, d := range docs {
		keys[i] = d.Meta().ID
	}
	for _, l := range def.Lines {
		slice := reflect.New(reflect.SliceOf(reflect.TypeOf(l.Of.New())))
		parent := quote(l.Of.Parent.Name)
		where := parent + " = ANY($1::text[]::uuid[]) ORDER BY " + parent + ", position, id"
		if err := scanInto(ctx, tx, l.Of, where, lock, slice.Interface(), idTexts(keys)); err != nil {
			return err
		}
		children := slice.Elem()
		byDoc := map[id.ID][]entity.Record{}
		all := make([]entity.Record, children.Len())
		for i := range all {
			all[i], _ = reflect.TypeAssert[entity.Record](children.Index(i))
			parent, _ := l.Of.Parent.Get(all[i]).(id.ID)
			byDoc[parent] = append(byDoc[parent], all[i])
		}
		if err := loadOwn(ctx, tx, l.Of, all); err != nil {
			return err
		}
		remember(tx, all)
		current(tx).trace(l.Of, all)
		for _, d := range docs {
			l.SetRows(d, byDoc[d.Meta().ID])
		}
		if err := loadLines(ctx, tx, l.Of, all, lock); err != nil {
			return err
		}
	}
	return nil
}

// columns is the transposed form of rows: one text array for each column, to be unnested by PostgreSQL.
type columns struct {
	list []stored
	data [][]*string
}

func transpose(fields []*entity.Field, rows []entity.Record) columns {
	var c columns
	for _, f := range fields {
		c.list = append(c.list, storedAs(f)...)
	}
	c.fill(rows)
	return c
}

func (c *columns) fill(rows []entity.Record) {
	c.data = make([][]*string, len(c.list))
	cells := make([]*string, len(c.list)*len(rows))
	for i, x := range c.list {
		c.data[i] = cells[i*len(rows) : (i+1)*len(rows)]
		for j, r := range rows {
			c.data[i][j] = x.value(r)
		}
	}
}

// source writes FROM unnest(…) AS u(…) with its arguments from $first on.
func (c columns) source(first int) (sql string, args []any) { return c.from(first), c.args() }

func (c columns) from(first int) string {
	var arrays, names []string
	for i := range c.list {
		arrays = append(arrays, "$"+strconv.Itoa(first+i)+"::text[]")
		names = append(names, quote(c.list[i].name))
	}
	return "unnest(" + strings.Join(arrays, ", ") + ") AS u(" + strings.Join(names, ", ") + ")"
}

func (c columns) args() []any { return anys(c.data) }

// inserting is a statement that inserts rows; its arguments are its columns, and the stem of numbers where it draws them.
type inserting struct {
	sql   string
	list  []stored
	draws bool
}

// insertKey is the key of the statement for rows without fields of the tenant's own.
type insertKey struct{ digits int }

func insertOf(def *entity.Def, digits int, rows []entity.Record) *inserting {
	derive := func(fields []*entity.Field) *inserting {
		var c columns
		for _, f := range fields {
			c.list = append(c.list, storedAs(f)...)
		}
		out := &inserting{list: c.list}
		names, values := make([]string, len(c.list)), make([]string, len(c.list))
		for i, x := range c.list {
			names[i] = quote(x.name)
			values[i] = "u." + names[i] + "::" + x.typ
			if numbered(def) && x.name == def.Number.Name { // left(u.id, 0) makes the inner query one for each row, not one for all; a count that has outgrown its digits keeps them all
				out.draws = true
				values[i] = fmt.Sprintf("coalesce(nullif(%[1]s, ''), $%[2]d::text || "+
					"(SELECT lpad(s.n, greatest(length(s.n), %[3]d), '0') FROM (SELECT nextval('%[4]s_no_seq')::text || left(u.id, 0) AS n) AS s))",
					values[i], len(c.list)+1, digits, def.Table)
			}
		}
		out.sql = "INSERT INTO " + quote(def.Table) + " (" + strings.Join(names, ", ") + ") SELECT " + strings.Join(values, ", ") + " FROM " + c.from(1)
		return out
	}
	var plain, own []*entity.Field
	for _, f := range def.Fields {
		switch {
		case !f.Stored():
		case !f.Custom:
			plain = append(plain, f)
		case anyExtra(f, rows):
			own = append(own, f)
		}
	}
	if own != nil {
		return derive(append(plain, own...))
	}
	out, _ := def.Kept(insertKey{digits}, func() any { return derive(plain) }).(*inserting)
	return out
}

// insert writes rows with one statement and reads back numbers that the database drew.
func insert(ctx context.Context, tx *tenancy.Tx, def *entity.Def, rule NumberRule, rows []entity.Record) error {
	in := insertOf(def, rule.Digits, rows)
	c := columns{list: in.list}
	c.fill(rows)
	args := c.args()
	if in.draws {
		args = append(args, rule.stem(tx.Today()))
	}
	sql := in.sql
	if def.Number == nil || def.Gapless || !unnumbered(def, rows) {
		_, err := tx.Tx.Tx.ExecContext(ctx, sql, args...)
		return databaseFault(err, def)
	}
	res, err := tx.Tx.Tx.QueryContext(ctx, sql+" RETURNING id::text, "+quote(def.Number.Name), args...)
	if err != nil {
		return databaseFault(err, def)
	}
	defer res.Close()
	byID := make(map[string]string, len(rows))
	for res.Next() {
		var key, no string
		if err := res.Scan(&key, &no); err != nil {
			return databaseFault(err, def)
		}
		byID[key] = no
	}
	for _, r := range rows {
		def.Number.Set(r, byID[r.Meta().ID.String()])
	}
	return databaseFault(res.Err(), def)
}

func anyExtra(f *entity.Field, rows []entity.Record) bool {
	for _, r := range rows {
		if _, ok := r.Meta().Extra[f.Name]; ok {
			return true
		}
	}
	return false
}

func unnumbered(def *entity.Def, rows []entity.Record) bool {
	for _, r := range rows {
		if def.Number.Empty(def.Number.Get(r)) {
			return true
		}
	}
	return false
}

// save writes the given columns of rows that have version − 1 in the database; it returns how many there were.
func save(ctx context.Context, tx *tenancy.Tx, def *entity.Def, fields []*entity.Field, rows []entity.Record) (int64, error) {
	keyed := append([]*entity.Field{def.Field("id"), def.Field("version")}, fields...)
	c := transpose(keyed, rows)
	sets := []string{"version = u.version::bigint"}
	for _, x := range c.list[2:] {
		sets = append(sets, quote(x.name)+" = u."+quote(x.name)+"::"+x.typ)
	}
	from, args := c.source(1)
	sql := "UPDATE " + quote(def.Table) + " AS t SET " + strings.Join(sets, ", ") + " FROM " + from +
		" WHERE t.id = u.id::uuid AND t.version = u.version::bigint - 1"
	res, err := tx.Tx.Tx.ExecContext(ctx, sql, args...)
	if err != nil {
		return 0, databaseFault(err, def)
	}
	return res.RowsAffected()
}
