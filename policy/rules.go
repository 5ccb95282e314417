package policy

import (
	"context"
	"slices"
	"time"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Rules are one version of the rights or a draft, ready to be asked: what holds now, what held once, or what is only thought of.
type Rules struct {
	set     *ruleset
	engine  *Engine
	authors []string
}

// Number is the version's; 0 for the shipped rights and for drafts.
func (r *Rules) Number() int64 { return r.set.number }

// Roles returns the roles that there are under these rules.
func (r *Rules) Roles() []Role { return r.set.roles }

// Draft is what they say.
func (r *Rules) Draft() *Draft { return r.set.draft() }

// Mask is what somebody with these roles may do with an entity under these rules.
func (r *Rules) Mask(ctx context.Context, def *entity.Def, roles []string, actor id.ID) (*Mask, error) {
	m, err := r.set.mask(ctx, r.engine.limit, def, roles, r.engine.actions[documentOf(def).Name])
	if err != nil {
		return nil, err
	}
	return m.bind(actor), nil
}

// Gate is what Engine.Gate would say under these rules.
func (r *Rules) Gate(ctx context.Context, def *entity.Def, action string, roles []string, values map[string]any) (*Approval, error) {
	return r.set.gate(ctx, r.engine.limit, def, action, roles, values)
}

// Pin makes everything else in this unit of work be decided by these rules. It is for trying them out: the unit of work has to be rolled back.
func (r *Rules) Pin(tx *tenancy.Tx) { pin(tx, r.set) }

// Numbered returns the rules of a published version: nil is the one that holds now, 0 the shipped rights.
func (e *Engine) Numbered(ctx context.Context, tx *tenancy.Tx, number *int64) (*Rules, error) {
	if number != nil && *number == 0 {
		return &Rules{set: e.shipped, engine: e}, nil
	}
	load := e.load
	if number != nil {
		load = func(ctx context.Context, tx *tenancy.Tx) (*Version, error) { return byNumber(ctx, tx, *number) }
	}
	return e.loaded(ctx, tx, load, number != nil)
}

// HeldAt returns the rules that held at a moment.
func (e *Engine) HeldAt(ctx context.Context, tx *tenancy.Tx, at time.Time) (*Rules, error) {
	return e.loaded(ctx, tx, func(ctx context.Context, tx *tenancy.Tx) (*Version, error) { return At(ctx, tx, at) }, false)
}

func (e *Engine) loaded(ctx context.Context, tx *tenancy.Tx, load func(context.Context, *tenancy.Tx) (*Version, error), must bool) (*Rules, error) {
	v, err := load(ctx, tx)
	switch {
	case err != nil:
		return nil, err
	case v == nil && must:
		return nil, fault.New(fault.NotFound, "policy.no_version", "没有此权限版本", "There is no such version of the rights")
	case v == nil:
		return &Rules{set: e.shipped, engine: e}, nil
	}
	set, ok := e.own.Get(v.ID)
	if !ok {
		if set, err = e.compile(ctx, v); err != nil {
			return nil, err
		}
	}
	return &Rules{set: set, engine: e, authors: v.Authors}, nil
}

// Try compiles a draft. Everything that is wrong with it is told at once, by field.
func (e *Engine) Try(ctx context.Context, d Draft) (*Rules, error) {
	g, rules, err := e.prepare(ctx, d)
	if err != nil {
		return nil, err
	}
	set, err := newRuleset(ctx, e.library, 0, e.overlay(*g), rules, append(ShippedRoles(), g.Roles...), d.Rego)
	if err != nil {
		return nil, err
	}
	set.cases = d.Cases
	return &Rules{set: set, engine: e}, nil
}

// Of returns the rules of a version from its draft on.
func (e *Engine) Of(ctx context.Context, tx *tenancy.Tx, r *Review, catalog *entity.Catalog) (*Rules, error) {
	if r.Number > 0 {
		return e.Numbered(ctx, tx, &r.Number)
	}
	d, err := r.Content()
	if err != nil {
		return nil, err
	}
	d.Catalog = catalog
	return e.Try(ctx, *d)
}

// Examine holds a content against everything that publishing it would be held against, but the leak prover. The report of its cases comes also with an
// error, where they could be run.
func (e *Engine) Examine(ctx context.Context, d Draft, check Checked) (*CaseReport, error) {
	d.Catalog = check.Catalog
	set, err := e.Try(ctx, d)
	if err != nil {
		return nil, err
	}
	report, err := e.RunDraft(ctx, set, check.Catalog, d.Cases)
	if err != nil {
		return nil, err
	}
	if report.Failed > 0 {
		return report, casesFail(report)
	}
	return report, e.noLockout(ctx, set, check)
}

// Builtins lists what Rego may use here.
func (e *Engine) Builtins() []string {
	var out []string
	for _, b := range e.library.allowed.Builtins {
		out = append(out, b.Name)
	}
	return out
}

// NewRole is a role that a company makes of its own.
type NewRole struct {
	Name   string
	Label  entity.Text
	CopyOf string // a role whose grants it begins with; empty: it may nothing
}

// AddRole puts a new role into a draft; nil: into one that begins with what holds now.
func (e *Engine) AddRole(ctx context.Context, tx *tenancy.Tx, draft *id.ID, in NewRole) (*Review, error) {
	var r *Review
	var err error
	if draft == nil {
		title := "新角色 · New role: " + in.Name
		r, err = e.Start(ctx, tx, nil, Change{Title: &title})
	} else {
		r, err = e.open(ctx, tx, *draft, StateDraft)
	}
	if err != nil {
		return nil, err
	}
	d, err := r.Content()
	if err != nil {
		return nil, err
	}
	check := newChecker(e.catalog, e.actions, append(ShippedRoles(), d.Roles...))
	check.ownRoles(ShippedRoles(), append(slices.Clone(d.Roles), Role{Name: in.Name, Label: in.Label}))
	if in.Label.ZH == "" || in.Label.EN == "" {
		check.Add("label", "policy.role_label", "请填写中英文名称", "give the role a name in Chinese and English")
	}
	if in.CopyOf != "" {
		check.role("copy_of", in.CopyOf)
		if fixed(in.CopyOf) {
			check.Add("copy_of", "policy.owner_fixed", "所有者和管理员不能复制", "owner and admin can't be copied")
		}
	}
	if err := check.Err(); err != nil {
		return nil, err
	}
	if d.Grants == nil {
		d.Grants = Grants{}
	}
	d.Grants[in.Name] = map[string]Grant{}
	for name, g := range d.Grants[in.CopyOf] {
		d.Grants[in.Name][name] = g
	}
	return e.Edit(ctx, tx, r.ID, r.Revision, Change{Grants: d.Grants, Roles: append(d.Roles, Role{Name: in.Name, Label: in.Label, Custom: true})})
}
