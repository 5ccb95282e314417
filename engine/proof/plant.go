// Package proof answers what a version of the rights would do before it holds: whether it leaks, whom it gives or takes what, and what it would have
// decided otherwise. It looks at real data and changes none of it.
package proof

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/keys"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

const rowsPlanted = 3 // of each entity

// Canary is a value that nobody with the role may meet: in a field that is denied to it, or in a record that it does not see.
type Canary struct {
	Entity string `json:"entity"`
	Field  string `json:"field"`
	Record id.ID  `json:"record"`
	Values [2]string
	Needle [2]string // how the value shows in an answer; empty: only a difference between the worlds tells
	def    *entity.Def
	field  *entity.Field
}

// Gap is a denied field that could not be proven, and why.
type Gap struct {
	Entity string `json:"entity"`
	Field  string `json:"field"`
	Why    string `json:"why"` // no_rows, kind, refused
}

// Garden is where canaries are planted for a role.
type Garden struct {
	Canaries []*Canary
	Gaps     []Gap
	Rows     map[string][]id.ID // by entity: records that the role sees
	Denied   map[string][]string

	engine *record.Engine
	n      int
}

// Survey finds what is denied to a role, and rows in which it can be planted.
func Survey(ctx context.Context, tx *tenancy.Tx, e *record.Engine, rules *policy.Rules, who tenancy.Actor) (*Garden, error) {
	g := &Garden{engine: e, Rows: map[string][]id.ID{}, Denied: map[string][]string{}}
	for _, def := range record.Catalog(tx).All() {
		if owner := e.Owner(def.Name); owner != "" && !tx.Tenant.On(owner) || def.Table == "" {
			continue
		}
		m, err := rules.Mask(ctx, def, who.Roles, who.ID)
		if err != nil {
			return nil, err
		}
		if err := g.entity(ctx, tx, def, m); err != nil {
			return nil, fmt.Errorf("%s: %w", def.Name, err)
		}
	}
	slices.SortStableFunc(g.Canaries, func(a, b *Canary) int {
		return cmp.Or(strings.Compare(a.Entity, b.Entity), strings.Compare(a.Record.String(), b.Record.String()))
	})
	return g, nil
}

func (g *Garden) entity(ctx context.Context, tx *tenancy.Tx, def *entity.Def, m *policy.Mask) error {
	where, args := m.Rows().SQL("")
	if !m.Any() {
		where, args = "TRUE", nil
	}
	seen, err := rowsOf(ctx, tx, def, where, args, rowsPlanted)
	if err != nil {
		return err
	}
	if m.Any() {
		g.Rows[def.Name] = seen
	}
	for _, f := range def.Fields {
		if f.System || !f.Stored() || m.Any() && m.Allows("view:"+f.Name) || f == def.Parent || f == def.OwnerField || f == def.AboutEntity || f == def.AboutRecord {
			continue
		}
		g.Denied[def.Name] = append(g.Denied[def.Name], f.Name)
		g.plant(def, f, seen)
	}
	if !m.Any() || m.Rows().All() {
		return nil
	}
	hidden, err := rowsOf(ctx, tx, def, "NOT coalesce("+where+", FALSE)", args, 1)
	if err != nil || def.Title == nil || !def.Title.Stored() || def.Title.Kind != entity.KindText || def.Title.Sealed {
		return err
	}
	g.plant(def, def.Title, hidden)
	return nil
}

// plant notes one canary in a field of each row.
func (g *Garden) plant(def *entity.Def, f *entity.Field, rows []id.ID) {
	if len(rows) == 0 {
		g.Gaps = append(g.Gaps, Gap{def.Name, f.Name, "no_rows"})
		return
	}
	for i, row := range rows {
		c := &Canary{Entity: def.Name, Field: f.Name, Record: row, def: def, field: f}
		g.n++
		if !c.fill(g.n, i, len(rows)) {
			g.Gaps = append(g.Gaps, Gap{def.Name, f.Name, "kind"})
			return
		}
		g.Canaries = append(g.Canaries, c)
	}
}

// fill chooses the values of both worlds. In the second one the rows stand in the opposite order, so that whatever is sorted by them differs.
func (c *Canary) fill(n, i, rows int) bool {
	f := c.field
	turn := [2]int{i, rows - 1 - i}
	for w := range 2 {
		serial := (n*2+w)*7 + 1
		switch {
		case len(f.Options) > 0:
			c.Values[w] = f.Options[(turn[w]+w)%len(f.Options)].Value
		case f.Kind == entity.KindText && f.Ref == "":
			c.Values[w] = fmt.Sprintf("CNRY%d%c%05dX", w, 'A'+turn[w], n)
			c.Needle[w] = c.Values[w]
		case f.Kind == entity.KindAmount, f.Kind == entity.KindQuantity, f.Kind == entity.KindPrice:
			c.Values[w] = fmt.Sprintf("%d%d%04d.%04d", 6+w, turn[w], n%10000, 1000+serial%9000)
			c.Needle[w] = strings.TrimRight(c.Values[w], "0")
		case f.Kind == entity.KindPercent:
			c.Values[w] = fmt.Sprintf("%d.%04d", 11+turn[w]*3+w, 1000+serial%9000)
			c.Needle[w] = strings.TrimRight(c.Values[w], "0")
		case f.Kind == entity.KindInt:
			c.Values[w] = fmt.Sprint(1_900_000_000 + turn[w]*10_000_000 + serial%9_999_999)
			c.Needle[w] = c.Values[w]
		case f.Kind == entity.KindDate:
			d, _ := clock.ParseDate(fmt.Sprintf("19%02d-%02d-%02d", 11+turn[w]*10+w, 1+n%12, 1+n%28))
			c.Values[w], c.Needle[w] = d.String(), d.String()
		case f.Kind == entity.KindTime:
			c.Values[w] = fmt.Sprintf("19%02d-%02d-%02dT01:02:03Z", 41+turn[w]*10+w, 1+n%12, 1+n%28)
			c.Needle[w] = c.Values[w][:19]
		case f.Kind == entity.KindBool:
			c.Values[w] = fmt.Sprint((turn[w]+w)%2 == 0)
		default:
			return false
		}
	}
	return true
}

// Grow writes the canaries of one world: all of a row at once, and one by one where the database refuses that. What it refuses alone is a gap.
func (g *Garden) Grow(ctx context.Context, tx *tenancy.Tx, world int) error {
	kept := g.Canaries[:0:0]
	for at := 0; at < len(g.Canaries); {
		row := g.sameRow(at)
		at += len(row)
		err := record.Attempt(ctx, tx, func(ctx context.Context, tx *tenancy.Tx) error { return g.write(ctx, tx, row, world) })
		if err == nil {
			kept = append(kept, row...)
			continue
		}
		if _, missed := errors.AsType[*keys.Miss](err); missed { // the unit of work begins again, with the key
			return err
		}
		for i := range row {
			if err := ctx.Err(); err != nil {
				return err
			}
			err := record.Attempt(ctx, tx, func(ctx context.Context, tx *tenancy.Tx) error { return g.write(ctx, tx, row[i:i+1], world) })
			if err != nil {
				g.Gaps = append(g.Gaps, Gap{row[i].Entity, row[i].Field, "refused"})
				continue
			}
			kept = append(kept, row[i])
		}
	}
	g.Canaries = kept
	return ctx.Err()
}

// sameRow returns the canaries from a place on that sit in the same record.
func (g *Garden) sameRow(at int) []*Canary {
	end := at + 1
	for end < len(g.Canaries) && g.Canaries[end].def == g.Canaries[at].def && g.Canaries[end].Record == g.Canaries[at].Record {
		end++
	}
	return g.Canaries[at:end]
}

func (g *Garden) write(ctx context.Context, tx *tenancy.Tx, row []*Canary, world int) error {
	def, key := row[0].def, row[0].Record
	args := []any{key.String()}
	set := make([]string, len(row))
	for i, c := range row {
		var arg any = c.Values[world]
		cast := "::text"
		switch f := c.field; {
		case f.Sealed:
			sealed, err := g.engine.Sealer.Seal(ctx, tx.Tenant.ID, def.Name, f.Name, key, []byte(c.Values[world]))
			if err != nil {
				return err
			}
			arg, cast = sealed, "::bytea"
		case f.Kind.Decimal() || f.Kind == entity.KindInt:
			cast = "::text::numeric"
		case f.Kind == entity.KindDate:
			cast = "::text::date"
		case f.Kind == entity.KindTime:
			cast = "::text::timestamptz"
		case f.Kind == entity.KindBool:
			cast = "::text::boolean"
		}
		args = append(args, arg)
		set[i] = fmt.Sprintf("%s = $%d%s", quote(c.Field), len(args), cast)
	}
	res, err := tx.Tx.Tx.ExecContext(ctx, "UPDATE "+quote(def.Table)+" SET "+strings.Join(set, ", ")+" WHERE id = $1::text::uuid", args...)
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err == nil && n != 1 {
		err = fmt.Errorf("%d rows", n)
	}
	return err
}

// rowsOf returns the ids of the oldest rows that a condition selects, of those that nobody is writing now.
func rowsOf(ctx context.Context, tx *tenancy.Tx, def *entity.Def, where string, args []any, most int) ([]id.ID, error) {
	where, bound := bindAll(where, args)
	return idsWhere(ctx, tx, def, where, bound, most)
}

// LinesOf returns one line of each kind that a document has, by the name of the line's entity.
func (g *Garden) LinesOf(ctx context.Context, tx *tenancy.Tx, def *entity.Def, key id.ID) (map[string]id.ID, error) {
	out := map[string]id.ID{}
	for _, l := range def.Lines {
		keys, err := idsWhere(ctx, tx, l.Of, quote(l.Of.Parent.Name)+" = $1::text::uuid", []any{key.String()}, 1)
		if err != nil {
			return nil, err
		}
		if len(keys) > 0 {
			out[l.Of.Name] = keys[0]
		}
	}
	return out, nil
}

// bindAll numbers the ? of a condition.
func bindAll(where string, args []any) (numbered string, bound []any) {
	for _, a := range args {
		place := fmt.Sprintf("$%d", len(bound)+1)
		if k, ok := a.(id.ID); ok {
			a, place = k.String(), place+"::text::uuid"
		}
		bound = append(bound, a)
		where = strings.Replace(where, "?", place, 1)
	}
	return where, bound
}

func idsWhere(ctx context.Context, tx *tenancy.Tx, def *entity.Def, where string, bound []any, most int) ([]id.ID, error) {
	res, err := tx.Tx.Tx.QueryContext(ctx, "SELECT id::text FROM "+quote(def.Table)+" WHERE "+where+fmt.Sprintf(" ORDER BY id LIMIT %d", most), bound...)
	if err != nil {
		return nil, err
	}
	defer res.Close() //nolint:errcheck // Err tells
	var out []id.ID
	for res.Next() {
		var text string
		var k id.ID
		if err := res.Scan(&text); err != nil {
			return nil, err
		}
		if err := k.UnmarshalText([]byte(text)); err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	return out, res.Err()
}

func placeOf(n int) string { return strconv.Itoa(n) }

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
