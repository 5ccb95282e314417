package policy

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
)

// pinned is the ruleset by which everything in one unit of work is decided: one that was published in it, or a draft that is tried out.
type pinned struct {
	set   *ruleset
	masks map[maskKey]*Mask
}

type pinKey struct{}

func pinnedIn(tx *tenancy.Tx) *pinned {
	if tx.Unit == nil {
		return nil
	}
	p, _ := tx.Local(pinKey{}).(*pinned)
	return p
}

func pin(tx *tenancy.Tx, set *ruleset) { tx.SetLocal(pinKey{}, &pinned{set, map[maskKey]*Mask{}}) }

func (p *pinned) mask(ctx context.Context, e *Engine, def *entity.Def, roles []string) (*Mask, error) {
	key := maskKey{def: def, roles: rolesKey(roles)}
	if m, ok := p.masks[key]; ok {
		return m, nil
	}
	m, err := p.set.mask(ctx, e.limit, def, roles, e.actions[documentOf(def).Name])
	if err == nil {
		p.masks[key] = m
	}
	return m, err
}

// Check tells everything that is wrong with a draft, or nil.
func (e *Engine) Check(ctx context.Context, d Draft) error {
	_, _, err := e.prepare(ctx, d)
	return err
}

// Publish makes a draft the tenant's rights, as a new version that nobody reviewed: Release is for those that were. Everything that is wrong with it
// is told at once, by field. The caller raises the tenant's generation after the commit (tenancy.DB.Bump), which makes the new rights known to all
// caches.
func (e *Engine) Publish(ctx context.Context, tx *tenancy.Tx, d Draft) (*Version, error) {
	return e.publish(ctx, tx, d, Version{ID: tx.NewID(), Kind: KindDirect, Author: tx.Actor.ID, Authors: []string{tx.Actor.ID.String()}, CreatedAt: tx.Now})
}

// publish stores a version, signed, with the next number; about says who made it.
func (e *Engine) publish(ctx context.Context, tx *tenancy.Tx, d Draft, about Version) (*Version, error) {
	g, rules, err := e.prepare(ctx, d)
	if err != nil {
		return nil, err
	}
	v := &about
	v.Rego, v.Cases, v.Publisher, v.PublishedAt, v.Hash = d.Rego, d.Cases, tx.Actor.ID, tx.Now, d.hash()
	if v.Authors == nil {
		v.Authors = []string{}
	}
	if v.GridJSON, err = json.Marshal(g); err != nil {
		return nil, err
	}
	if v.RulesJSON, err = json.Marshal(rules); err != nil {
		return nil, err
	}
	if _, err := tx.NewRaw("SELECT pg_advisory_xact_lock(hashtext('policy_version'), hashtext(current_schema()))").Exec(ctx); err != nil {
		return nil, fmt.Errorf("publish policy: %w", err)
	}
	if err := tx.NewRaw("SELECT coalesce(max(number), 0) + 1 FROM policy_version").Scan(ctx, &v.Number); err != nil {
		return nil, fmt.Errorf("publish policy: %w", err)
	}
	set, err := e.compile(ctx, v)
	if err != nil {
		return nil, err
	}
	if err := e.sign(ctx, tx, v); err != nil {
		return nil, err
	}
	if _, err := tx.NewInsert().Model(v).Exec(ctx); err != nil {
		return nil, fmt.Errorf("publish policy: %w", err)
	}
	pin(tx, set)
	return v, nil
}

// prepare checks a draft and makes what is stored of it.
func (e *Engine) prepare(ctx context.Context, d Draft) (*grid, []Rule, error) {
	catalog := d.Catalog
	if catalog == nil {
		catalog = e.catalog
	}
	roles := ShippedRoles()
	d.Roles = slices.Clone(d.Roles)
	for i := range d.Roles {
		d.Roles[i].Custom = true
	}
	check := newChecker(catalog, e.actions, append(roles, d.Roles...))
	check.ownRoles(roles, d.Roles)
	check.fixed(d.Grants, e.shipped.grants)
	check.grants(d.Grants)
	rules, err := clone(d.Rules)
	if err != nil {
		return nil, nil, err
	}
	check.rules(rules)
	if err := check.Err(); err != nil {
		return nil, nil, err
	}
	if _, _, err := e.library.with(ctx, d.Rego); err != nil {
		return nil, nil, err
	}
	g := &grid{Roles: d.Roles, Grants: Grants{}}
	for role, byEntity := range d.Grants {
		if !fixed(role) {
			g.Grants[role] = byEntity
		}
	}
	for _, def := range catalog.All() {
		g.Entities = append(g.Entities, def.Name)
	}
	for _, r := range e.shipped.rules {
		g.Rules = append(g.Rules, r.ID)
	}
	return g, rules, nil
}

// clone copies rules deeply, so that checking writes nothing into the caller's.
func clone(rules []Rule) ([]Rule, error) {
	text, err := json.Marshal(rules)
	if err != nil {
		return nil, err
	}
	out := []Rule{}
	if err := json.Unmarshal(text, &out); err != nil {
		return nil, fault.New(fault.Invalid, "policy.rules", "规则格式有误", "the rules are malformed").Because(err)
	}
	return out, nil
}

func (c *checker) ownRoles(shipped, own []Role) {
	taken := map[string]bool{}
	for _, r := range shipped {
		taken[r.Name] = true
	}
	pattern := regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	for i, r := range own {
		at := fmt.Sprintf("roles[%d]", i)
		if !pattern.MatchString(r.Name) || taken[r.Name] {
			c.Add(at+".name", "policy.role_name", "角色代码必须唯一，由小写字母、数字和下划线组成", "a role's name is unique and made of small letters, digits and _: not %q", r.Name)
		}
		if r.Label == (entity.Text{}) {
			c.Add(at+".label", "policy.role_label", "请填写角色名称", "a role needs a label")
		}
		taken[r.Name] = true
	}
}

// fixed refuses changed rights of owner and admin; leaving them out is the same as leaving them alone.
func (c *checker) fixed(draft, shipped Grants) {
	for _, role := range []string{Owner, Admin} {
		if draft[role] != nil && !same(draft[role], shipped[role]) {
			c.Add("grants."+role, "policy.owner_fixed", "所有者和管理员的权限不能修改", "rights of owner and admin can't be changed")
		}
	}
}

func same(a, b map[string]Grant) bool {
	x, errA := json.Marshal(a)
	y, errB := json.Marshal(b)
	return errA == nil && errB == nil && reflect.DeepEqual(x, y)
}
