package app

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

//go:embed demo/*.csv
var demoFiles embed.FS

// obj is a body as the API takes it.
type obj = map[string]any

// demo plays a year in the life of a machine maker: every day those who work there do what their role does, through the same write path as anybody.
// The first error ends the play: later acts do nothing.
type demo struct {
	*App

	ctx    context.Context //nolint:containedctx // one play, one caller
	clock  *stageClock
	tell   func(entity.Text)
	tenant *tenancy.Tenant
	staff  map[string]tenancy.Actor // by the first part of their address: "sales2"
	dice   dice
	aside  dice             // of what was added to the story later: the rest goes on as it did
	agenda map[int][]func() // what is to happen on a day of the play
	day    int              // of the play, from 0
	last   int              // the day that is today
	start  time.Time        // midnight of day 0 in the company's zone
	end    time.Time        // now
	acts   int
	err    error

	products  map[string]id.ID // by number
	customers []customer
}

func newDemo(a *App, c *stageClock, tell func(entity.Text)) *demo {
	return &demo{
		App: a, clock: c, tell: tell, dice: 20240229, aside: 20250601, last: 364, staff: map[string]tenancy.Actor{}, agenda: map[int][]func(){}, products: map[string]id.ID{},
	}
}

// dice gives chance that is the same every time (splitmix64): the demo is the same story on every machine.
type dice uint64

func (r *dice) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// n returns a number from 0 to below - 1.
func (r *dice) n(below int) int { return int(r.next() % uint64(below)) } //nolint:gosec // small positive numbers

// one returns true once in so many times.
func (r *dice) one(in int) bool { return r.n(in) == 0 }

func pick[T any](r *dice, from ...T) T { return from[r.n(len(from))] }

// demoTable reads one of the files of the demo.
func demoTable(name string) (record.Table, error) {
	f, err := demoFiles.Open("demo/" + name + ".csv")
	if err != nil {
		return record.Table{}, err
	}
	defer f.Close() //nolint:errcheck // it is part of the program
	return record.ReadCSV(f)
}

// file is demoTable within the play.
func (d *demo) file(name string) record.Table {
	t, err := demoTable(name)
	d.fail(name, err)
	return t
}

func (d *demo) fail(what string, err error) {
	if err != nil && d.err == nil {
		if d.ctx.Err() == nil {
			d.Config.Log.ErrorContext(d.ctx, "demo data", "date", d.date(0), "what", what, "error", err) // its words may hide the cause
		}
		d.err = fmt.Errorf("demo data: %s: day %d, %s: %w", d.date(0), d.day, what, err)
	}
}

// at puts something on the agenda of a later day; what lies beyond today never happens.
func (d *demo) at(days int, do func()) {
	on := d.day + max(days, 1)
	for on < d.last && !d.working(on) {
		on++
	}
	d.agenda[on] = append(d.agenda[on], do)
}

func (d *demo) working(day int) bool {
	w := d.start.AddDate(0, 0, day).Weekday()
	return w != time.Saturday && w != time.Sunday
}

// date is a business date so many days from the day of the play.
func (d *demo) date(days int) string {
	return clock.DateOf(d.start.AddDate(0, 0, d.day+days), d.start.Location()).String()
}

// tick moves the story on by some minutes, never beyond now.
func (d *demo) tick(by time.Duration) {
	t := d.clock.now().Add(by)
	if t.After(d.end) {
		t = d.end
	}
	d.clock.story.Store(&t)
}

// dawn begins a day of the play.
func (d *demo) dawn(day int) {
	d.day = day
	t := d.start.AddDate(0, 0, day).Add(9 * time.Hour)
	if t.After(d.end) {
		t = d.end
	}
	d.clock.story.Store(&t)
}

// as does one unit of work in the name of a colleague.
func (d *demo) as(who, what string, fn func(ctx context.Context, tx *tenancy.Tx) error) {
	if d.err != nil {
		return
	}
	actor, ok := d.staff[who]
	if !ok {
		d.fail(what, fmt.Errorf("nobody is called %s", who))
		return
	}
	d.tick(50 * time.Second)
	d.acts++
	d.fail(who+" "+what, d.Engine.Do(d.ctx, d.tenant, actor, fn))
}

// add makes records in the name of a colleague.
func (d *demo) add(who, name string, bodies ...obj) []id.ID {
	var made []id.ID
	d.as(who, "adds "+name, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		made, err = record.Add(ctx, tx, record.Catalog(tx).Entity(name), bodies, func(i int) string { return strconv.Itoa(i) + ": " })
		return err
	})
	if len(made) < len(bodies) {
		return make([]id.ID, len(bodies))
	}
	return made
}

// one is add for a single record.
func (d *demo) one(who, name string, body obj) id.ID { return d.add(who, name, body)[0] }

// table makes the records of a file.
func (d *demo) table(who, name string, t record.Table) []id.ID {
	var made []id.ID
	d.as(who, "imports "+name, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		made, err = record.Import(ctx, tx, record.Catalog(tx).Entity(name), t)
		return err
	})
	return made
}

// run does an action in the name of a colleague.
func (d *demo) run(who, name string, k id.ID, action string, body obj) {
	d.as(who, action+" "+name, func(ctx context.Context, tx *tenancy.Tx) error {
		return record.Run(ctx, tx, record.Catalog(tx).Entity(name), k, action, body)
	})
}

// change writes fields of a record as it stands.
func (d *demo) change(who, name string, k id.ID, body obj) {
	d.as(who, "changes "+name, func(ctx context.Context, tx *tenancy.Tx) error {
		def := record.Catalog(tx).Entity(name)
		_, version, err := record.Read(ctx, tx, def, k, record.Query{})
		if err != nil {
			return err
		}
		return record.Change(ctx, tx, def, k, version, body)
	})
}

// rows reads the records of which a condition holds, without their lines, oldest first.
func rows[T any, P record.Pointer[T]](d *demo, where string, args ...any) []P {
	var rows []P
	d.look(func(ctx context.Context, tx *tenancy.Tx) (err error) {
		rows, err = record.Find[T, P](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
			if where != "" {
				q = q.Where(where, args...)
			}
			return q.OrderExpr("?TableAlias.id")
		})
		return err
	})
	return rows
}

// get reads one record with its lines.
func get[T any, P record.Pointer[T]](d *demo, k id.ID) P {
	rec := P(new(T))
	d.look(func(ctx context.Context, tx *tenancy.Tx) error {
		found, err := record.Get[T, P](ctx, tx, k)
		if err == nil {
			rec = found
		}
		return err
	})
	return rec
}

func (d *demo) look(fn func(ctx context.Context, tx *tenancy.Tx) error) {
	if d.err == nil {
		d.fail("looks", d.Engine.Do(d.ctx, d.tenant, d.staff["owner"], fn, tenancy.ReadOnly()))
	}
}

// whole writes an integer as a body holds it.
func whole(n int) json.Number { return json.Number(strconv.Itoa(n)) }
