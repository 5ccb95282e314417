package record

import (
	"errors"
	"fmt"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// New compiles all modules' descriptions. extra lists the platform's own records (approvals), which belong to no module and are always on.
func New(list []modules.Module, extra ...entity.Record) (*Engine, error) {
	e := &Engine{
		owners: map[string]string{}, actions: map[string][]*modules.Action{},
		prepares: map[string][]modules.Prepare{}, reports: map[string]*modules.Report{}, modules: list,
	}
	var defs []*entity.Def
	var errs []error
	compile := func(owner string, rec entity.Record) {
		d, err := entity.Compile(rec)
		if err != nil {
			errs = append(errs, err)
			return
		}
		d.SetOwner(owner, func(x *entity.Def) { e.owners[x.Name] = owner })
		defs = append(defs, d)
	}
	for _, r := range extra {
		compile("", r)
	}
	for _, m := range list {
		owner := m.Name
		if m.Always {
			owner = ""
		}
		for _, r := range m.Entities {
			compile(owner, r)
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	var err error
	if e.catalog, err = entity.NewCatalog(defs...); err != nil {
		return nil, err
	}
	return e, e.contributions(list)
}

// contributions files what modules bring under the entities concerned.
func (e *Engine) contributions(list []modules.Module) error {
	for _, m := range list {
		for i := range m.Actions {
			a := &m.Actions[i]
			d := e.catalog.Of(a.Record)
			if d == nil || a.Label.ZH == "" || a.Label.EN == "" {
				return fmt.Errorf("module %s: action %s names no entity or has no label", m.Name, a.Name)
			}
			if e.action(d.Name, a.Name) != nil {
				return fmt.Errorf("action %s of %s is there twice", a.Name, d.Name)
			}
			e.actions[d.Name] = append(e.actions[d.Name], a)
		}
		for _, p := range m.Prepares {
			d := e.catalog.Of(p.Record)
			if d == nil {
				return fmt.Errorf("module %s prepares an entity that it does not list", m.Name)
			}
			e.prepares[d.Name] = append(e.prepares[d.Name], p)
		}
		for i := range m.Reports {
			e.reports[m.Name+"/"+m.Reports[i].Name] = &m.Reports[i]
		}
	}
	return nil
}

// AddActions files actions of the platform's own records.
func (e *Engine) AddActions(list ...modules.Action) error {
	return e.contributions([]modules.Module{{Name: "platform", Actions: list}})
}

// Extend files what one of the platform's own packages adds: actions and prepares of its records.
func (e *Engine) Extend(m modules.Module) error { return e.contributions([]modules.Module{m}) }

// Open joins the engine with the database in which it works.
func (e *Engine) Open(db *tenancy.DB) { e.db = db }

// DB returns the database in which the engine works.
func (e *Engine) DB() *tenancy.DB { return e.db }

// Catalog returns all entities of the program, without any tenant's own fields.
func (e *Engine) Catalog() *entity.Catalog { return e.catalog }

// Owner returns the module that must be on for an entity; empty when it is always there.
func (e *Engine) Owner(name string) string { return e.owners[name] }

// Actions returns what can be done with an entity's records.
func (e *Engine) Actions(name string) []*modules.Action { return e.actions[name] }

// Report returns a report by its path below /api/v1, or nil.
func (e *Engine) Report(path string) *modules.Report { return e.reports[path] }

// Reports returns all reports by their paths.
func (e *Engine) Reports() map[string]*modules.Report { return e.reports }

// Modules returns the program's modules.
func (e *Engine) Modules() []modules.Module { return e.modules }

func (e *Engine) action(entity, name string) *modules.Action {
	for _, a := range e.actions[entity] {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// Catalog returns the entities as the tenant of a unit of work knows them.
func Catalog(tx *tenancy.Tx) *entity.Catalog { return current(tx).catalog }
