package httpapi

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/engine/relay"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

const dry = "?dry_run=true"

// acts are the routes of an entity that write, as dry runs: what they would do is shown as a tree, and what is wrong in their refusals.
func (p *prover) acts(ctx context.Context, tx *tenancy.Tx, base string, def *entity.Def) ([]walk, error) {
	path := "/" + def.Path()
	rows, visible := p.garden.Rows[def.Name]
	if !visible {
		return nil, nil // refused before anything is looked at, as reading is
	}
	out := []walk{{path: path + "/query", method: http.MethodPost, body: map[string]any{"limit": 100, "count": true}, entity: def.Name}}
	add := func(method, at string, body map[string]any) {
		if slices.Contains(p.api.routes(method), base+at) || strings.HasSuffix(at, "/{action}") {
			out = append(out, walk{path: path + at + dry, method: method, body: body, entity: def.Name, once: true})
		}
	}
	add(http.MethodPost, "", map[string]any{})
	out = append(out, p.probes(path, def)...)
	if len(rows) == 0 {
		return out, nil
	}
	one := path + "/" + rows[0].String()
	for i, key := range rows {
		for _, a := range p.api.engine.Actions(def.Name) {
			bodies, err := p.bodies(ctx, tx, def, key, a)
			if err != nil {
				return nil, err
			}
			if i > 0 { // another row is in another state, perhaps
				bodies = bodies[min(1, len(bodies)-1):min(2, len(bodies))]
			}
			for _, body := range bodies {
				out = append(out, walk{path: path + "/" + key.String() + "/" + a.Name + dry, method: http.MethodPost, body: body, entity: def.Name, once: true})
			}
		}
	}
	out = append(out, walk{path: one + dry, method: http.MethodDelete, entity: def.Name, once: true})
	if f := p.writable(ctx, def); f != nil {
		body := map[string]any{f.Name: "tried"}
		out = append(out, walk{path: one + dry, method: http.MethodPatch, body: body, match: one, entity: def.Name, once: true},
			walk{path: path + dry + "&id=" + rows[0].String(), method: http.MethodPatch, body: map[string]any{"set": body}, entity: def.Name, once: true})
	}
	return out, nil
}

// writable is a text of an entity that the role may change.
func (p *prover) writable(ctx context.Context, def *entity.Def) *entity.Field {
	m, err := p.box.rules.Mask(ctx, def, p.box.actor.Roles, p.box.actor.ID)
	if err != nil {
		return nil
	}
	for _, f := range def.Fields {
		if f.Kind == entity.KindText && f.Ref == "" && len(f.Options) == 0 && !f.System && !f.Computed && !f.Unique && m.Allows("edit:"+f.Name) {
			return f
		}
	}
	return nil
}

// probes write what stands in a denied field already: were it refused as taken, it would be known.
func (p *prover) probes(path string, def *entity.Def) []walk {
	var out []walk
	for _, c := range p.garden.Canaries {
		f := def.Field(c.Field)
		if c.Entity != def.Name || f == nil || !f.Unique || !slices.Contains(p.garden.Denied[def.Name], c.Field) {
			continue
		}
		out = append(out, walk{path: path + dry + "&unique=" + c.Field, method: http.MethodPost, body: map[string]any{c.Field: c.Values[0]}, entity: def.Name, denied: c.Field})
	}
	return out
}

// jobs are the role's own.
func (p *prover) jobs(ctx context.Context) []walk {
	list, err := p.api.jobs.List(ctx, p.box.tx.Tenant.ID, p.box.actor.ID, "", 0, rowsHeard)
	if err != nil {
		return nil
	}
	out := make([]walk, len(list))
	for i, j := range list {
		out[i] = walk{path: "/jobs/" + strconv.FormatInt(j.ID, 10)}
	}
	return out
}

const rowsHeard = 3 // of each entity, of which the role is told

// sendings are what would be sent to the role without its asking: messages to its webhooks, and what it is told of the acts of others by notification,
// mail and the stream of events.
func (p *prover) sendings(ctx context.Context, tx *tenancy.Tx) []walk {
	var out []walk
	for _, def := range record.Catalog(tx).All() {
		if def.Collection == "" {
			continue
		}
		for _, key := range p.told(def) {
			out = append(out, walk{path: "/" + def.Path() + "/" + key.String(), method: "webhook", entity: def.Name, ask: func() ([]byte, error) { return p.message(ctx, def, key) }})
		}
	}
	return out
}

// told are records of which somebody could be told: some that the role sees, and one that it does not.
func (p *prover) told(def *entity.Def) []id.ID {
	rows := p.garden.Rows[def.Name]
	out := slices.Clone(rows[:min(rowsHeard, len(rows))])
	for _, c := range p.garden.Canaries {
		if c.Entity == def.Name && !slices.Contains(rows, c.Record) {
			return append(out, c.Record)
		}
	}
	return out
}

// message is what a webhook of the role's would be sent about a record.
func (p *prover) message(ctx context.Context, def *entity.Def, key id.ID) ([]byte, error) {
	var out []byte
	err := p.box.do(ctx, p.api, func(ctx context.Context, tx *tenancy.Tx) error {
		var err error
		out, err = relay.Message(ctx, tx, relay.HookArgs{Name: def.Name + ".tried", Entity: def.Name, Record: key.String()})
		return err
	})
	if fault.As(err) != nil {
		return nil, nil //nolint:nilerr // then nothing is sent
	}
	if out != nil {
		out = append([]byte("200 "), out...)
	}
	return out, err
}
