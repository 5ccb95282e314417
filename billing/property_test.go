package billing_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/tenon-hq/tenon/billing"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

const factsSQL = `select id, at, 1::numeric as quantity, 'made' as what, 'thing' as entity, id as record_id from fact`

// lab is billing over a toy company whose facts are rows of one table, with a clock that the test moves.
type lab struct {
	db  *tenancy.DB
	svc *billing.Service
	t   *tenancy.Tenant
	now time.Time
	cfg billing.Config
}

func lines() []tenancy.Line {
	return []tenancy.Line{
		{Name: "record", Always: true, Files: fstest.MapFS{"0001_fact.sql": {Data: []byte("create table fact (id uuid primary key, at timestamptz not null)")}}},
		{Name: "crm"},
		{Name: "sales", Needs: []string{"crm"}},
	}
}

func list() []modules.Module {
	return []modules.Module{{Name: "crm", Price: "39.00"}, {Name: "sales", Price: "49.00", Needs: []string{"crm"}}}
}

// newLab opens a database for the whole test; each company in it is a case of its own.
func newLab(t testing.TB, cfg billing.Config) *lab {
	l := &lab{now: time.Date(2026, 11, 3, 1, 0, 0, 0, time.UTC)}
	l.db = tenancytest.Fresh(t, tenancy.Config{Lines: lines(), Shared: []tenancy.Shared{billing.Shared()}, Clock: func() time.Time { return l.now }})
	cfg.DB, cfg.Modules, cfg.Facts = l.db, list(), []billing.Facts{{Meter: billing.Documents, SQL: factsSQL}}
	l.cfg = cfg
	l.svc = billing.New(cfg)
	if err := l.svc.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	return l
}

// company is a new tenant of a lab.
func (l *lab) company(t testing.TB, on ...string) *lab {
	c := *l
	c.t = tenancytest.Tenant(t, l.db, on...)
	return &c
}

func (l *lab) fresh(t failer) *tenancy.Tenant {
	got, err := l.db.Tenant(context.Background(), l.t.ID)
	must(t, err)
	return got
}

type failer interface {
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func must(t failer, err error) {
	if err != nil {
		t.Fatal(err)
	}
}

// use writes facts in one unit of work; twice does it again, as a caller does who has lost the answer.
func (l *lab) use(t failer, n int, twice bool) {
	ids := make([]id.ID, n)
	for i := range ids {
		ids[i] = l.db.NewID()
	}
	for range map[bool]int{false: 1, true: 2}[twice] {
		must(t, l.db.Do(context.Background(), l.fresh(t), tenancy.Actor{Name: "somebody"}, func(ctx context.Context, tx *tenancy.Tx) error {
			for _, k := range ids {
				if _, err := tx.NewRaw("insert into fact values (?, ?) on conflict do nothing", k.String(), tx.Now).Exec(ctx); err != nil {
					return err
				}
			}
			return nil
		}))
	}
}

// Whatever comes in whatever order, what is billed is what was used while it was paid for, and each line opens to it.
func TestBilledIsUsed(t *testing.T) {
	base := newLab(t, billing.Config{})
	turns := 0
	rapid.Check(t, func(rt *rapid.T) {
		if turns++; turns > 12 { // a case takes a second; a failure is still found again and made small
			return
		}
		base.now = time.Date(2026, 11, 3, 1, 0, 0, 0, time.UTC).Add(time.Duration(turns) * 400 * 24 * time.Hour)
		l := base.company(t, "crm")
		l.svc = billing.New(l.cfg)
		clock := func(d time.Duration) { base.now, l.now = base.now.Add(d), base.now.Add(d) }
		invoice := "invoice"
		_, err := l.svc.Account(t.Context(), l.t)
		must(rt, err)
		must(rt, l.svc.Set(t.Context(), l.t, billing.Settings{Collect: &invoice}))
		used, calls, pending := decimal.Zero, decimal.Zero, decimal.Zero
		var charged time.Time // from when on
		in := func() bool { return !charged.IsZero() && !base.now.Before(charged) }
		steps := rapid.IntRange(10, 40).Draw(rt, "steps")
		for range steps {
			switch rapid.SampledFrom([]string{"use", "use", "retry", "call", "flush", "crash", "wait", "wait", "day", "tick", "switch", "replay", "activate"}).Draw(rt, "step") {
			case "use", "retry":
				n := rapid.IntRange(1, 30).Draw(rt, "n")
				l.use(rt, n, rapid.Bool().Draw(rt, "twice"))
				if in() {
					used = used.Add(decimal.NewFromInt(int64(n)))
				}
			case "call":
				l.svc.Call(l.t)
				if in() {
					pending = pending.Add(decimal.NewFromInt(1))
				}
			case "flush":
				must(rt, l.svc.Flush(t.Context()))
				must(rt, l.svc.Flush(t.Context()))
				calls, pending = calls.Add(pending), decimal.Zero
			case "crash": // what was not flushed is lost, and not billed
				l.svc, pending = billing.New(l.cfg), decimal.Zero
			case "wait":
				clock(time.Duration(rapid.IntRange(1, 180).Draw(rt, "minutes")) * time.Minute)
			case "day":
				clock(time.Duration(rapid.IntRange(1, 9).Draw(rt, "days")) * 24 * time.Hour)
			case "tick":
				l.tick(rt)
				calls, pending = calls.Add(pending), decimal.Zero
			case "switch":
				var on, off []string
				if l.fresh(rt).On("sales") {
					off = []string{"sales"}
				} else {
					on = []string{"sales"}
				}
				_, err := l.db.Switch(t.Context(), l.t.ID, on, off, tenancy.Actor{Name: "owner"})
				must(rt, err)
			case "replay":
				l.replay(rt)
			case "activate":
				if charged.IsZero() {
					must(rt, l.svc.Activate(t.Context(), l.fresh(rt), "owner"))
					charged = base.now.Truncate(time.Hour).Add(time.Hour)
				}
			}
			if charged.IsZero() && base.now.Sub(l.t0(rt)) >= 14*24*time.Hour { // a tick would end the trial by itself
				must(rt, l.svc.Activate(t.Context(), l.fresh(rt), "owner"))
				charged = base.now.Truncate(time.Hour).Add(time.Hour)
			}
		}
		clock(70 * 24 * time.Hour)
		l.tick(rt)
		calls = calls.Add(pending)
		l.hold(rt, billing.Documents, used)
		l.hold(rt, billing.APICalls, calls)
		l.replay(rt)
	})
}

// tick is what the background does for one company.
func (l *lab) tick(t failer) {
	must(t, l.svc.Flush(context.Background()))
	must(t, l.svc.TickTenant(context.Background(), l.fresh(t)))
}

// t0 is when the trial began.
func (l *lab) t0(t failer) time.Time {
	a, err := l.svc.Account(context.Background(), l.t)
	must(t, err)
	return a.Created
}

// hold adds up what all invoices billed of a meter and opens each line.
func (l *lab) hold(t failer, meter string, want decimal.Decimal) {
	ctx := context.Background()
	list, err := l.svc.Invoices(ctx, l.t.ID)
	must(t, err)
	sum := decimal.Zero
	for _, x := range list {
		v, err := l.svc.Invoice(ctx, l.t.ID, x.ID)
		must(t, err)
		whole := decimal.Zero
		for _, line := range v.Lines {
			whole = whole.Add(line.Amount)
			if line.Meter == meter {
				sum = sum.Add(line.Used)
			}
		}
		if !whole.Equal(v.Subtotal) {
			t.Fatalf("invoice %s: lines add up to %s, not %s", v.No, whole, v.Subtotal)
		}
	}
	if !sum.Equal(want) {
		t.Fatalf("%s: billed %s, used %s", meter, sum, want)
	}
}

// replay counts all invoices anew: each line must open to what it says.
func (l *lab) replay(t failer) {
	ctx := context.Background()
	list, err := l.svc.Invoices(ctx, l.t.ID)
	must(t, err)
	for _, x := range list {
		lines, same, err := l.svc.Replay(ctx, l.fresh(t), x.ID)
		must(t, err)
		if !same {
			t.Fatalf("invoice %s does not replay: %v", x.No, lines)
		}
		v, err := l.svc.Invoice(ctx, l.t.ID, x.ID)
		must(t, err)
		for _, line := range v.Lines {
			if _, metered := billing.MeterOf(line.Meter); !metered {
				continue
			}
			page, err := l.svc.Events(ctx, l.fresh(t), line.Meter, line.Module, line.First, line.Last, true, "")
			must(t, err)
			if !page.Total.Equal(line.Used) {
				t.Fatalf("invoice %s, %s %s: %s events, %s billed", x.No, line.Meter, line.Module, page.Total, line.Used)
			}
		}
	}
}

// What arrives after its month was billed is billed with the next one, once.
func TestLateUseIsBilledOnce(t *testing.T) {
	base := newLab(t, billing.Config{})
	l := base.company(t, "crm")
	invoice := "invoice"
	must(t, l.svc.Set(t.Context(), l.t, billing.Settings{Collect: &invoice}))
	must(t, l.svc.Activate(t.Context(), l.fresh(t), "owner"))
	at := base.now.Add(48 * time.Hour)
	base.now = time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC)
	must(t, l.svc.Tick(t.Context()))
	must(t, l.db.Do(t.Context(), l.fresh(t), tenancy.Actor{Name: "late"}, func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.NewRaw("insert into fact select gen_random_uuid(), ? from generate_series(1, 700)", at).Exec(ctx)
		return err
	}))
	for _, month := range []time.Month{1, 2, 3} {
		base.now = time.Date(2027, month, 1, 6, 0, 0, 0, time.UTC)
		must(t, l.svc.Tick(t.Context()))
	}
	l.hold(t, billing.Documents, decimal.NewFromInt(700))
}

// A module that was on and off on some days costs these days, in a month of any length, and a person more costs the days of use.
func TestProRataByDay(t *testing.T) {
	base := newLab(t, billing.Config{})
	l := base.company(t, "crm")
	invoice := "invoice"
	must(t, l.svc.Set(t.Context(), l.t, billing.Settings{Collect: &invoice}))
	must(t, l.svc.Activate(t.Context(), l.fresh(t), "owner"))
	base.now = time.Date(2027, 2, 1, 6, 0, 0, 0, time.UTC)
	must(t, l.svc.Tick(t.Context()))
	sw := func(day int, on, off []string) {
		base.now = time.Date(2027, 2, day, 9, 0, 0, 0, time.UTC)
		_, err := l.db.Switch(t.Context(), l.t.ID, on, off, tenancy.Actor{Name: "owner"})
		must(t, err)
	}
	sw(3, []string{"sales"}, nil)
	people := []id.ID{l.db.NewID(), l.db.NewID(), l.db.NewID()}
	for range 2 {
		for _, p := range people {
			l.svc.Seat(t.Context(), l.fresh(t), p, "sales")
			l.svc.Seat(t.Context(), l.fresh(t), p, "crm")
		}
	}
	sw(5, nil, []string{"sales"})
	sw(20, []string{"sales"}, nil)
	sw(20, nil, []string{"sales"})
	base.now = time.Date(2027, 3, 1, 6, 0, 0, 0, time.UTC)
	must(t, l.svc.Tick(t.Context()))
	all, err := l.svc.Invoices(t.Context(), l.t.ID)
	must(t, err)
	v, err := l.svc.Invoice(t.Context(), l.t.ID, all[0].ID)
	must(t, err)
	got := []string{}
	for _, x := range v.Lines {
		got = append(got, fmt.Sprintf("%s %s %s %s %s", x.Meter, x.Module, x.Used, x.Quantity, x.Amount))
	}
	want := []string{
		"module_days crm 28 28 39", "module_days sales 4 4 7", // 49 × 4 / 28
		"seat_days crm 3 2 2.79", "seat_days sales 3 2 3.5", // two more than the one that is included: 39 × 2 / 28, 49 × 2 / 28
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	l.replay(t)
}
