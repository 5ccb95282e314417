package tenancy

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
)

// ModuleState is a line as one tenant has it.
type ModuleState struct {
	Name      string
	On        bool
	Always    bool
	Needs     []string
	NeededBy  []string
	Version   int       // of its tables; 0: never switched on
	Tolerates int       // the oldest version of a program that still works with them
	Latest    int       // that this program knows
	Since     time.Time // when it was switched on or off last
	Error     string
}

// Modules returns the state of all lines in a tenant, those that are needed before those that need them.
func (db *DB) Modules(ctx context.Context, tenant id.ID) ([]ModuleState, error) {
	rows, err := db.control.Query(ctx, "select module, state = 'on', version, tolerates, switched_at, error from tenon.tenant_module where tenant_id = $1", tenant.String())
	if err != nil {
		return nil, final(err)
	}
	found := map[string]ModuleState{}
	var s ModuleState
	if _, err := pgx.ForEachRow(rows, []any{&s.Name, &s.On, &s.Version, &s.Tolerates, &s.Since, &s.Error}, func() error { found[s.Name] = s; return nil }); err != nil {
		return nil, final(err)
	}
	out := make([]ModuleState, 0, len(db.lines.order))
	for _, l := range db.lines.order {
		s := found[l.Name]
		s.Name, s.Always, s.Needs, s.NeededBy = l.Name, l.Always, slices.Clone(l.Needs), slices.Clone(l.neededBy)
		s.On, s.Latest = s.On || l.Always, l.latest
		out = append(out, s)
	}
	return out, nil
}

// unknown notes names that no line has.
func (db *DB) unknown(f *fault.Fields, path string, names []string) {
	for i, name := range names {
		if db.lines.byName[name] == nil {
			f.Add(fmt.Sprintf("%s[%d]", path, i), "module.unknown", "没有名为 %s 的模块", "There is no module %s", name)
		}
	}
}

// chosen returns the lines that always are and the ones named, in the order in which they need each other.
func (db *DB) chosen(names []string) ([]*line, error) {
	on := map[string]bool{}
	for _, l := range db.lines.order {
		on[l.Name] = l.Always || slices.Contains(names, l.Name)
	}
	var list []*line
	for _, l := range db.lines.order {
		if on[l.Name] {
			list = append(list, l)
		}
	}
	return list, db.whole(on, "modules", names, "", nil)
}

// whole checks that all that is on has what it needs. Errors are reported at the names that the caller wrote.
func (db *DB) whole(on map[string]bool, onPath string, switchedOn []string, offPath string, switchedOff []string) error {
	var out *fault.Fault
	note := func(path, reason, zh, en string, args ...any) {
		if out == nil {
			out = fault.New(fault.Rule, reason, zh, en, args...)
		}
		out.At(path, reason, zh, en, args...)
	}
	for i, name := range switchedOn {
		for _, need := range db.lines.byName[name].Needs {
			if !on[need] {
				note(fmt.Sprintf("%s[%d]", onPath, i), "module.needs", "模块 %[1]s 需要先启用 %[2]s", "Module %[1]s needs %[2]s to be on", name, need)
			}
		}
	}
	for i, name := range switchedOff {
		for _, by := range db.lines.byName[name].neededBy {
			if on[by] {
				note(fmt.Sprintf("%s[%d]", offPath, i), "module.needed_by", "模块 %[1]s 正被 %[2]s 使用，不能停用", "Module %[1]s is needed by %[2]s", name, by)
			}
		}
	}
	if out == nil {
		return nil
	}
	return out
}

// Switch switches modules on and off. A module that is on for the first time gets its tables and its seed; one that goes off keeps its data. Unknown
// names are an invalid fault, missing or remaining dependants a rule fault (module.needs, module.needed_by), each naming all. It returns the states.
func (db *DB) Switch(ctx context.Context, tenant id.ID, on, off []string, actor Actor) ([]ModuleState, error) {
	if err := db.switchable(on, off); err != nil {
		return nil, err
	}
	t, err := db.Tenant(ctx, tenant)
	if err != nil {
		return nil, err
	}
	if t.State == LookOnly && len(on) > 0 && !actor.System {
		return nil, readOnly()
	}
	var after []func(context.Context)
	err = db.administer(ctx, func(ctx context.Context, a *adminTx) error {
		has, err := db.lock(ctx, a, tenant)
		if err != nil {
			return err
		}
		changed := *t
		changed.Modules = maps.Clone(t.Modules)
		list, err := db.plan(has, on, off, changed.Modules)
		if err != nil {
			return err
		}
		if after, err = db.raise(ctx, a, &changed, "", list, has, actor, nil); err != nil {
			return err
		}
		_, err = a.ExecContext(ctx, "update tenon.tenant set generation = generation + 1 where id = $1", tenant.String())
		return err
	})
	if err != nil {
		return nil, final(err)
	}
	if err := db.tell(ctx, tenant); err != nil {
		return nil, err
	}
	for _, fn := range after {
		fn(context.WithoutCancel(ctx))
	}
	return db.Modules(ctx, tenant)
}

func (db *DB) switchable(on, off []string) error {
	var f fault.Fields
	db.unknown(&f, "on", on)
	db.unknown(&f, "off", off)
	for i, name := range off {
		if l := db.lines.byName[name]; l != nil && l.Always {
			f.Add(fmt.Sprintf("off[%d]", i), "module.always", "模块 %s 不能停用", "Module %s can't be switched off", name)
		}
		if slices.Contains(on, name) {
			f.Add(fmt.Sprintf("off[%d]", i), "module.both", "模块 %s 不能同时启用和停用", "Module %s can't be switched on and off at once", name)
		}
	}
	return f.Err()
}

// plan works out which lines a switch touches, and changes has and modules to what will be.
func (db *DB) plan(has map[string]have, on, off []string, modules map[string]bool) ([]*line, error) {
	will := map[string]bool{}
	for _, l := range db.lines.order {
		will[l.Name] = (l.Always || has[l.Name].on || slices.Contains(on, l.Name)) && !slices.Contains(off, l.Name)
	}
	if err := db.whole(will, "on", on, "off", off); err != nil {
		return nil, err
	}
	var list []*line
	for _, l := range db.lines.order {
		h := has[l.Name]
		if h.on == will[l.Name] {
			continue
		}
		h.on = will[l.Name]
		has[l.Name] = h
		modules[l.Name] = h.on
		if !h.on {
			delete(modules, l.Name)
		}
		list = append(list, l)
	}
	return list, nil
}

// lock holds a tenant's row until the end of the transaction and returns how far its lines are.
func (db *DB) lock(ctx context.Context, a *adminTx, tenant id.ID) (map[string]have, error) {
	r, err := a.ExecContext(ctx, "select 1 from tenon.tenant where id = $1 and state <> 'deleted' for update", tenant.String())
	if err != nil {
		return nil, err
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return nil, noTenant().Because(err)
	}
	return db.has(ctx, a, tenant)
}

func (db *DB) has(ctx context.Context, a *adminTx, tenant id.ID) (map[string]have, error) {
	rows, err := a.QueryContext(ctx, "select module, state = 'on', version, tolerates, seeded from tenon.tenant_module where tenant_id = $1", tenant.String())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]have{}
	for rows.Next() {
		var name string
		var h have
		if err := rows.Scan(&name, &h.on, &h.version, &h.oldest, &h.seeded); err != nil {
			return nil, err
		}
		out[name] = h
	}
	return out, rows.Err()
}
