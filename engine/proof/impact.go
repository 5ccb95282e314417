package proof

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

const (
	samplePeople  = 5
	sampleRecords = 5
	impactShown   = 500
)

// Effect is one right that some people gain or lose, on so many records.
type Effect struct {
	Entity  string       `json:"entity"`
	Label   entity.Text  `json:"-"`
	What    string       `json:"what"` // "view:unit_price", "edit:…", "action:confirm", "create", "delete", "export", "rows"
	Gained  bool         `json:"gained"`
	People  int          `json:"people"`
	Records int64        `json:"records"` // that are there today; for rows: that come into sight or go out of it, for all these people together
	Sample  []SampleName `json:"sample_people"`
	Keys    []id.ID      `json:"sample_records"`
	Text    entity.Text  `json:"-"`
	Words   string       `json:"text"`
}

// SampleName is one of the people whom an effect concerns.
type SampleName struct {
	ID   id.ID  `json:"id"`
	Name string `json:"name"`
}

// Impact is what a version changes for the people of today on the records of today.
type Impact struct {
	People  int       `json:"people"` // who work here
	Touched int       `json:"touched"`
	Records int64     `json:"records"`
	Effects []*Effect `json:"effects"`
	More    int       `json:"more"` // effects beyond those that are shown
}

// Gauge compares two versions for everybody and every entity. Masks are asked once for each set of roles; rows are counted by the database.
func Gauge(ctx context.Context, tx *tenancy.Tx, e *record.Engine, from, to *policy.Rules, people []policy.Person, tell func(done, total int)) (*Impact, error) {
	g := &gauge{e: e, tx: tx, from: from, to: to, people: people, groups: byRoles(people), out: &Impact{People: len(people), Effects: []*Effect{}}, touched: map[id.ID]bool{}}
	defs := slices.DeleteFunc(slices.Clone(record.Catalog(tx).All()), func(d *entity.Def) bool {
		owner := e.Owner(d.Name)
		return d.ParentDef != nil || d.Table == "" || owner != "" && !tx.Tenant.On(owner)
	})
	for i, def := range defs {
		if err := g.entity(ctx, def); err != nil {
			return nil, err
		}
		if tell != nil {
			tell(i+1, len(defs))
		}
	}
	g.out.Touched = len(g.touched)
	slices.SortStableFunc(g.out.Effects, func(a, b *Effect) int {
		return int(min(1, max(-1, b.Records*int64(b.People)-a.Records*int64(a.People))))
	})
	if n := len(g.out.Effects); n > impactShown {
		g.out.More, g.out.Effects = n-impactShown, g.out.Effects[:impactShown]
	}
	return g.out, nil
}

type group struct {
	roles  []string
	people []policy.Person
}

func byRoles(people []policy.Person) []*group {
	var out []*group
	at := map[string]*group{}
	for _, p := range people {
		roles := slices.Sorted(slices.Values(p.Roles))
		key := strings.Join(roles, "\x00")
		if at[key] == nil {
			at[key] = &group{roles: roles}
			out = append(out, at[key])
		}
		at[key].people = append(at[key].people, p)
	}
	return out
}

type gauge struct {
	e        *record.Engine
	tx       *tenancy.Tx
	from, to *policy.Rules
	people   []policy.Person
	groups   []*group
	out      *Impact
	touched  map[id.ID]bool
	effects  map[string]*Effect
	total    int64 // records of the entity; -1: not counted yet
}

func (g *gauge) entity(ctx context.Context, def *entity.Def) error {
	g.effects, g.total = map[string]*Effect{}, -1
	for _, gr := range g.groups {
		a, err := g.from.Mask(ctx, def, gr.roles, id.ID{})
		if err != nil {
			return err
		}
		b, err := g.to.Mask(ctx, def, gr.roles, id.ID{})
		if err != nil {
			return err
		}
		for _, what := range g.questions(def) {
			if x, y := a.Allows(what), b.Allows(what); x != y {
				if err := g.note(ctx, def, what, y, gr.people); err != nil {
					return err
				}
			}
		}
		for _, l := range def.Lines {
			if err := g.lines(ctx, def, l, gr); err != nil {
				return err
			}
		}
		if a.Any() && b.Any() {
			if err := g.rows(ctx, def, gr); err != nil {
				return err
			}
		}
	}
	return nil
}

// questions are all rights on an entity that somebody could have.
func (g *gauge) questions(def *entity.Def) []string {
	out := []string{"create", "delete", "export"}
	for _, f := range def.Fields {
		if !f.System {
			out = append(out, "view:"+f.Name, "edit:"+f.Name)
		}
	}
	for _, x := range g.e.Actions(def.Name) {
		out = append(out, "action:"+x.Name)
	}
	return out
}

func (g *gauge) lines(ctx context.Context, def *entity.Def, l *entity.Lines, gr *group) error {
	a, err := g.from.Mask(ctx, l.Of, gr.roles, id.ID{})
	if err != nil {
		return err
	}
	b, err := g.to.Mask(ctx, l.Of, gr.roles, id.ID{})
	if err != nil {
		return err
	}
	for _, f := range l.Of.Fields {
		if f.System {
			continue
		}
		for _, kind := range []string{"view:", "edit:"} {
			if x, y := a.Allows(kind+f.Name), b.Allows(kind+f.Name); x != y {
				if err := g.note(ctx, def, kind+l.Name+"."+f.Name, y, gr.people); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (g *gauge) note(ctx context.Context, def *entity.Def, what string, gained bool, people []policy.Person) error {
	if g.total < 0 {
		if err := g.tx.Tx.Tx.QueryRowContext(ctx, "SELECT count(*) FROM "+quote(def.Table)).Scan(&g.total); err != nil {
			return err
		}
		g.out.Records += g.total
	}
	e := g.effect(def, what, gained)
	e.Records = g.total
	g.concern(e, people)
	return nil
}

func (g *gauge) effect(def *entity.Def, what string, gained bool) *Effect {
	key := fmt.Sprint(what, gained)
	e := g.effects[key]
	if e == nil {
		e = &Effect{Entity: def.Name, Label: def.Label, What: what, Gained: gained, Sample: []SampleName{}, Keys: []id.ID{}}
		g.effects[key] = e
		g.out.Effects = append(g.out.Effects, e)
	}
	return e
}

func (g *gauge) concern(e *Effect, people []policy.Person) {
	e.People += len(people)
	for _, p := range people {
		g.touched[p.ID] = true
		if len(e.Sample) < samplePeople {
			e.Sample = append(e.Sample, SampleName{p.ID, p.Name})
		}
	}
	zh, en := "失去", "lose"
	if e.Gained {
		zh, en = "获得", "gain"
	}
	e.Text = entity.T(fmt.Sprintf("%d 人%s %s（%s，%d 条记录）", e.People, zh, e.What, e.Label.ZH, e.Records),
		fmt.Sprintf("%d people %s %s on %s (%d records)", e.People, en, e.What, e.Label.EN, e.Records))
}

// rows counts, for each person of a group, the records that come into sight or go out of it. Filters that do not name the person are counted once.
func (g *gauge) rows(ctx context.Context, def *entity.Def, gr *group) error {
	type pair struct{ gained, lost int64 }
	known := map[string]pair{}
	for _, p := range gr.people {
		a, err := g.from.Mask(ctx, def, gr.roles, p.ID)
		if err != nil {
			return err
		}
		b, err := g.to.Mask(ctx, def, gr.roles, p.ID)
		if err != nil {
			return err
		}
		x, xArgs := a.Rows().SQL("")
		y, yArgs := b.Rows().SQL("")
		if x == y && fmt.Sprint(xArgs) == fmt.Sprint(yArgs) {
			return nil // the same for everyone of the group
		}
		key := fmt.Sprint(x, xArgs, y, yArgs)
		n, ok := known[key]
		if !ok {
			if err := g.count(ctx, def, y, yArgs, x, xArgs, &n.gained, true); err != nil {
				return err
			}
			if err := g.count(ctx, def, x, xArgs, y, yArgs, &n.lost, false); err != nil {
				return err
			}
			known[key] = n
		}
		for _, one := range []struct {
			n      int64
			gained bool
		}{{n.gained, true}, {n.lost, false}} {
			if one.n == 0 {
				continue
			}
			e := g.effect(def, "rows", one.gained)
			e.Records += one.n
			g.concern(e, []policy.Person{p})
		}
	}
	return nil
}

// count counts the rows that pass one filter and not another, and keeps some of their ids.
func (g *gauge) count(ctx context.Context, def *entity.Def, in string, inArgs []any, out string, outArgs []any, n *int64, gained bool) error {
	where, bound := bindAll("("+in+") AND NOT coalesce(("+out+"), FALSE)", append(slices.Clone(inArgs), outArgs...))
	if err := g.tx.Tx.Tx.QueryRowContext(ctx, "SELECT count(*) FROM "+quote(def.Table)+" WHERE "+where, bound...).Scan(n); err != nil {
		return err
	}
	if *n == 0 {
		return nil
	}
	e := g.effect(def, "rows", gained)
	if len(e.Keys) >= sampleRecords {
		return nil
	}
	keys, err := idsWhere(ctx, g.tx, def, where, bound, sampleRecords-len(e.Keys))
	e.Keys = append(e.Keys, keys...)
	return err
}
