package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tenon-hq/tenon/engine/flow"
	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/engine/relay"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

const (
	longCheck    = 10 * time.Minute // for one check of a large tenant
	mostFindings = 20               // of one check are told; the rest is the same trouble
)

// Finding is one contradiction in the data.
type Finding struct {
	TenantID string      `json:"tenant_id"`
	Tenant   string      `json:"tenant"` // the company's name
	Check    string      `json:"check"`  // which promise is broken: module.name
	Label    entity.Text `json:"label"`  // the promise
	Record   string      `json:"record_id"`
	What     string      `json:"what"`
}

// promise is something that always holds in a tenant's data. Its SQL finds what breaks it.
type promise struct {
	name    string
	label   entity.Text
	modules []string // it holds where all of them are on
	sql     string
	since   bool // it counts from the moment when all of them were on: the SQL has a place for it
}

// promises gathers the checks of the platform and of all modules, and lays the sides of tallies beside each other.
func promises(list []modules.Module) ([]promise, error) {
	var out []promise
	add := func(owner string, needs []string, checks []modules.Check) {
		for _, c := range checks {
			out = append(out, promise{owner + "." + c.Name, c.Label, needs, c.SQL, false})
		}
	}
	add("record", nil, record.Checks())
	add("flow", nil, flow.Checks())
	type side struct {
		module string
		modules.Tally
	}
	open := map[string]side{}
	for _, m := range list {
		add(m.Name, []string{m.Name}, m.Checks)
		for _, t := range m.Tallies {
			other, there := open[t.Name]
			if !there {
				open[t.Name] = side{m.Name, t}
				continue
			}
			delete(open, t.Name)
			out = append(out, tally(other.module, other.Tally, m.Name, t))
		}
	}
	if len(open) > 0 {
		return nil, fmt.Errorf("tallies with one side only: %v", open)
	}
	return out, nil
}

// tally is the promise that two modules agree. What only one of them knows counts as zero with the other.
func tally(ours string, a modules.Tally, theirs string, b modules.Tally) promise {
	relation := "<>"
	switch {
	case a.AtLeast:
		relation = "<"
	case b.AtLeast:
		relation = ">"
	}
	return promise{
		name: ours + "." + theirs + "." + a.Name, modules: []string{ours, theirs}, since: true,
		label: entity.T(a.Label.ZH+" = "+b.Label.ZH, a.Label.EN+" = "+b.Label.EN),
		sql: `SELECT coalesce(a.record, b.record), format('%s: %s, %s: %s', ` + quoted(a.Label.EN) + ", coalesce(a.amount, 0), " + quoted(b.Label.EN) +
			", coalesce(b.amount, 0)) FROM (" + a.SQL + ") a(record, amount, since) FULL JOIN (" + b.SQL + `) b(record, amount, since) ON a.record = b.record
			WHERE least(a.since, b.since) >= ? AND coalesce(a.amount, 0) ` + relation + " coalesce(b.amount, 0)",
	}
}

// Promises names everything that Verify asks for in a tenant where all modules are on.
func (a *App) Promises() ([]string, error) {
	list, err := promises(a.Engine.Modules())
	names := make([]string, len(list))
	for i, p := range list {
		names[i] = p.name
	}
	return names, err
}

// Verify checks, each tenant in one snapshot of its data, that documents, stock and ledger agree with each other, and that the platform's own records
// do. Without tenants it checks all of them, and what belongs to none. It changes nothing.
func (a *App) Verify(ctx context.Context, tenants ...*tenancy.Tenant) ([]Finding, error) {
	list, err := promises(a.Engine.Modules())
	if err != nil {
		return nil, err
	}
	var out []Finding
	if len(tenants) == 0 {
		if tenants, err = a.DB.List(ctx); err != nil {
			return nil, err
		}
		if out, err = a.verifyJobs(ctx, tenants); err != nil {
			return nil, err
		}
	}
	found, errs := make([][]Finding, len(tenants)), make([]error, len(tenants))
	slots := make(chan struct{}, 4)
	var wg sync.WaitGroup
	for i, t := range tenants {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			if found[i], errs[i] = a.verifyTenant(ctx, t, list); errs[i] != nil {
				errs[i] = fmt.Errorf("%s (%s): %w", t.Name, t.ID, errs[i])
			}
		})
	}
	wg.Wait()
	return append(out, slices.Concat(found...)...), errors.Join(errs...)
}

func (a *App) verifyTenant(ctx context.Context, t *tenancy.Tenant, list []promise) ([]Finding, error) {
	states, err := a.DB.Modules(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	on := map[string]time.Time{}
	for _, s := range states {
		if s.On {
			on[s.Name] = s.Since
		}
	}
	var out []Finding
	err = a.DB.Do(ctx, t, tenancy.Actor{Name: "doctor", System: true}, func(ctx context.Context, tx *tenancy.Tx) error {
		out = a.verifyVersions(states)
		for _, p := range list {
			found, err := p.ask(ctx, tx, on)
			if err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
			out = append(out, found...)
		}
		return nil
	}, tenancy.Snapshot(), tenancy.Within(longCheck))
	for i := range out {
		out[i].TenantID, out[i].Tenant = t.ID.String(), t.Name
	}
	return out, err
}

// ask finds what breaks a promise, where its modules are on.
func (p promise) ask(ctx context.Context, tx *tenancy.Tx, on map[string]time.Time) ([]Finding, error) {
	var args []any
	var since time.Time
	for _, m := range p.modules {
		at, there := on[m]
		if !there {
			return nil, nil
		}
		if at.After(since) {
			since = at
		}
	}
	if p.since {
		args = append(args, since)
	}
	found := []Finding{}
	err := tx.NewRaw("SELECT coalesce(x.record::text, '') AS record, x.what FROM ("+p.sql+") x(record, what) ORDER BY 2 LIMIT ?", append(args, mostFindings)...).Scan(ctx, &found)
	for i := range found {
		found[i].Check, found[i].Label = p.name, p.label
	}
	return found, err
}

// verifyVersions finds tables that this program does not work with: behind its own version, or ahead of what it understands.
func (a *App) verifyVersions(states []tenancy.ModuleState) []Finding {
	var out []Finding
	for _, s := range states {
		if s.On && (s.Version < s.Latest || s.Tolerates > s.Latest) {
			out = append(out, Finding{
				Check: "tenancy.versions", Label: entity.T("各企业的表结构与程序版本相符", "Every company's tables fit the program"),
				What: fmt.Sprintf("%s is at version %d, the program's is %d %s", s.Name, s.Version, s.Latest, s.Error),
			})
		}
	}
	return out
}

// verifyJobs finds jobs that belong to no tenant.
func (a *App) verifyJobs(ctx context.Context, tenants []*tenancy.Tenant) ([]Finding, error) {
	keys := make([]string, len(tenants))
	for i, t := range tenants {
		keys[i] = t.ID.String()
	}
	lost, err := relay.NewDesk(a.Jobs).Strays(ctx, keys, mostFindings)
	out := make([]Finding, len(lost))
	for i, j := range lost {
		out[i] = Finding{
			Check: "relay.jobs_have_tenants", Label: entity.T("每个任务都属于一个企业", "Each job belongs to a company"), TenantID: j.Tenant,
			What: fmt.Sprintf("job %d (%s) belongs to %q", j.ID, j.Call, j.Tenant),
		}
	}
	return out, err
}

// TenantNamed finds a tenant by its id or its name.
func (a *App) TenantNamed(ctx context.Context, name string) (*tenancy.Tenant, error) {
	if key, err := id.Parse(name); err == nil {
		return a.DB.Tenant(ctx, key)
	}
	list, err := a.DB.List(ctx)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(t *tenancy.Tenant) bool { return t.Name != name })
	if len(list) != 1 {
		return nil, fmt.Errorf("%d tenants are called %s: give the id", len(list), name)
	}
	return list[0], nil
}

// quoted is a text as SQL has it.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
