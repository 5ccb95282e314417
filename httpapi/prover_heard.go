package httpapi

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

// overhear does, as an owner, what can be done to records with canaries, and looks at what the role is told of it: its notifications, whose texts are
// those of the mails too, and its stream of events. Each act is taken back.
func (p *prover) overhear(ctx context.Context, tx *tenancy.Tx, people []policy.Person) error {
	boss := actorFor("owner", people, p.box.actor)
	for _, def := range record.Catalog(tx).All() {
		if owner := p.api.engine.Owner(def.Name); def.Collection == "" || owner != "" && !tx.Tenant.On(owner) {
			continue
		}
		for _, key := range p.told(def) {
			for name, act := range p.feats(def, key) {
				if err := p.hear(ctx, tx, boss, name, act); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

type feat func(ctx context.Context, tx *tenancy.Tx) error

// feats are what is done to one record: each of its actions, a change, and a remark that names the role's person.
func (p *prover) feats(def *entity.Def, key id.ID) map[string]feat {
	at := "/" + def.Path() + "/" + key.String()
	out := map[string]feat{}
	for _, a := range p.api.engine.Actions(def.Name) {
		out["an owner's "+a.Name+" of "+at] = func(ctx context.Context, tx *tenancy.Tx) error {
			return record.Run(ctx, tx, def, key, a.Name, map[string]any{})
		}
	}
	out["an owner's remark on "+at] = func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := record.Add(ctx, tx, record.Catalog(tx).Path("comments"), []map[string]any{
			{"entity": def.Name, "record_id": key.String(), "text": "tried", "mentions": []any{p.box.actor.ID.String()}},
		}, func(int) string { return "" })
		return err
	}
	if f := text(def); f != nil {
		out["an owner's change of "+at] = func(ctx context.Context, tx *tenancy.Tx) error {
			return record.Change(ctx, tx, def, key, 0, map[string]any{f.Name: "tried"})
		}
	}
	return out
}

// text is a field of an entity in which anything may be written.
func text(def *entity.Def) *entity.Field {
	i := slices.IndexFunc(def.Fields, func(f *entity.Field) bool {
		return f.Kind == entity.KindText && f.Ref == "" && len(f.Options) == 0 && !f.System && !f.Computed && !f.Unique
	})
	if i < 0 {
		return nil
	}
	return def.Fields[i]
}

// hear does an act and reads the role's stream after it. An act that is refused tells nobody anything.
func (p *prover) hear(ctx context.Context, tx *tenancy.Tx, boss tenancy.Actor, name string, act feat) error {
	since := strconv.FormatInt(tx.Now.UnixMicro(), 10)
	var broken error
	_ = p.api.engine.Inside(ctx, tx, p.box.rules, boss, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := act(ctx, tx); err != nil {
			return err
		}
		if err := record.Settle(ctx, tx); err != nil {
			return err
		}
		box := &sandbox{tx: tx, rules: p.box.rules, actor: p.box.actor}
		for _, path := range []string{"/events?once=true&last_event_id=" + since, "/notifications?limit=20&sort=-created_at"} {
			a, err := p.api.try(ctx, box, walk{path: path})
			if err != nil {
				broken = err
				return err
			}
			if a.status == http.StatusOK {
				p.out.Answered++
			}
			p.heard = append(p.heard, heard{name + ", in " + path, a.body.Bytes()})
		}
		return nil
	})
	if broken == nil {
		broken = ctx.Err()
	}
	return broken
}

// heard is something that the role was told.
type heard struct {
	name string
	text []byte
}
