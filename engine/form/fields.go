// Package form answers how a tenant's records look beyond what every tenant gets: its own fields, as real, typed columns.
package form

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"sync"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

//go:embed migrations/*.sql
var files embed.FS

// Line is the platform's own migration line for this package.
func Line() tenancy.Line { return tenancy.Line{Name: "form", Always: true, Files: files} }

// Records lists this package's records for record.New.
func Records() []entity.Record { return []entity.Record{&OwnField{}} }

// Fields gives each tenant's view of the entities. What it gives out is kept, because rights are cached by the address of a description.
type Fields struct {
	mu    sync.Mutex
	known map[id.ID]view
}

// view is a tenant's catalog as of a generation.
type view struct {
	generation int64
	base, own  *entity.Catalog
}

// most is how many tenants' views are kept.
const most = 10_000

// NewFields makes an empty memory of views.
func NewFields() *Fields { return &Fields{known: map[id.ID]view{}} }

// For returns the entities with the tenant's own fields. It reads them once for each generation of the tenant; whoever adds a field raises that.
func (f *Fields) For(ctx context.Context, tx *tenancy.Tx, base *entity.Catalog) (*entity.Catalog, error) {
	f.mu.Lock()
	v, ok := f.known[tx.Tenant.ID]
	f.mu.Unlock()
	if ok && v.generation == tx.Tenant.Generation && v.base == base {
		return v.own, nil
	}
	own, err := load(ctx, tx, base)
	if err != nil {
		return nil, err
	}
	return f.keep(tx.Tenant, base, own), nil
}

// keep remembers a view, unless another request has done so meanwhile: all have to use the same one. A newer generation takes an older one's place.
func (f *Fields) keep(t *tenancy.Tenant, base, own *entity.Catalog) *entity.Catalog {
	f.mu.Lock()
	defer f.mu.Unlock()
	v, ok := f.known[t.ID]
	switch {
	case ok && v.base == base && v.generation == t.Generation:
		return v.own
	case ok && v.base == base && v.generation > t.Generation:
		return own
	case !ok && len(f.known) >= most:
		for k := range f.known { // any one
			delete(f.known, k)
			break
		}
	}
	f.known[t.ID] = view{t.Generation, base, own}
	return own
}

// load reads a tenant's own fields. It can't go through engine/record, which asks here first.
func load(ctx context.Context, tx *tenancy.Tx, base *entity.Catalog) (*entity.Catalog, error) {
	var rows []*OwnField
	if err := tx.NewSelect().Model(&rows).Order("id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("own fields: %w", err)
	}
	own, err := extend(base, rows)
	if err != nil {
		return nil, err
	}
	marks, err := Marks(ctx, tx)
	return apply(own, marks), err
}

// extend returns base with own fields; base itself when there are none. Fields of an entity that the program no longer has are left out.
func extend(base *entity.Catalog, rows []*OwnField) (*entity.Catalog, error) {
	own := map[string][]*entity.Field{}
	var names []string
	for _, r := range rows {
		def := base.Entity(r.Entity)
		if def == nil || def.Field(r.Name) != nil {
			continue
		}
		f, err := r.field()
		if err != nil {
			return nil, fmt.Errorf("own field %s of %s: %w", r.Name, r.Entity, err)
		}
		if own[r.Entity] == nil {
			names = append(names, r.Entity)
		}
		own[r.Entity] = append(own[r.Entity], f)
	}
	if len(names) == 0 {
		return base, nil
	}
	slices.Sort(names)
	defs := make([]*entity.Def, len(names))
	for i, name := range names {
		defs[i] = base.Entity(name).With(own[name]...)
	}
	return base.With(defs...), nil
}
