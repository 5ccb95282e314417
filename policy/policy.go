// Package policy answers who may do what: one decision per roles, entity and version of the rights, held by every path that reads or writes.
//
// # What there is
//
// The grid (role × entity × classes of fields, rows, create, delete, export and each action) and the rules (denials and approvals) are data. They
// come from the modules' grants.yaml, or from the version that the tenant has published. A Rego library that is shipped and compiled once decides
// over them:
//
//   - What nothing allows is denied. A denial wins over whatever another role allows.
//   - "*" stands for every entity, class or action, "sales.*" for the entities of a module.
//   - Lines have the rights of their document.
//   - What may not be seen may not be written, exported or acted on.
//   - A tenant's own field is hidden from everyone but owner and admin until a role is granted the class "custom" (and the field's class, if that is
//     not basic) or the field itself ("field:x_name").
//   - Owner and admin can't be cut down: a published version always holds their shipped grants, and no denial may name them. (A person who is both
//     owner and sales still loses what is denied to sales.)
//
// A person with several roles has the union of their rights, on the union of their rows: "rows: own" of one role is lifted when another role sees
// all rows of that entity.
//
// # Versions
//
// No version of the tenant's own: the shipped rights. A published version replaces grid and rules for every entity and rule that was known when it was
// published; what a later release of Tenon brings for new entities holds as shipped until the next version. Versions never change.
//
// Answers are cached by version, roles and entity; which version a tenant uses is cached by tenancy.Tenant.Generation. Whoever calls Publish calls
// tenancy.DB.Bump right after the commit; until then requests go on under the old rights.
//
// # When policy can't answer
//
// A deadline, a broken rule, a missing value: For and Gate return an error, and the caller refuses. There is no mask without a decision.
package policy

import (
	"context"
	"slices"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

const (
	defaultLimit = time.Second // a decision takes a fraction of a millisecond: what a starved processor delays must not be refused
	maskCache    = 8192        // masks of a few kB
	tenantCache  = 16384
	ownCache     = 128 // compiled versions of tenants, some 200 kB each
)

// Engine decides. It is safe for use by many at once.
type Engine struct {
	library *library
	shipped *ruleset
	catalog *entity.Catalog
	actions map[string][]string
	limit   time.Duration
	all     *Mask

	current *lru.Cache[tenantKey, id.ID] // which version a tenant uses; none: the shipped one
	own     *lru.Cache[id.ID, *ruleset]  // tenants' versions by their id
	masks   *lru.Cache[maskKey, *Mask]   // answers
	load    func(context.Context, *tenancy.Tx) (*Version, error)
	named   func(context.Context, *tenancy.Tx, id.ID) (*Version, error)

	origin map[string]string // where a module's files say what a shipped grant or rule says: "sales/policy/grants.yaml:12"
	keeper Keeper
	sample *sampler
}

type tenantKey struct {
	tenant     id.ID
	generation int64
}

// maskKey names an answer. A description is immutable and a tenant's own fields make a new one, so its address stands for entity and fields.
type maskKey struct {
	version id.ID
	def     *entity.Def
	roles   string
}

// Option changes how an Engine is made.
type Option func(*Engine)

// WithActions tells which actions each entity has, so that grants and rules about others are refused.
func WithActions(byEntity map[string][]string) Option {
	return func(e *Engine) { e.actions = byEntity }
}

// WithLimit sets how long one decision may take (1 s).
func WithLimit(d time.Duration) Option { return func(e *Engine) { e.limit = d } }

// New reads what the modules ship and compiles it. Everything that is wrong in it is reported at once. Descriptions handed to For later must be kept
// by their owner, not made anew per request: answers are cached by them.
func New(shipped []Source, catalog *entity.Catalog, options ...Option) (*Engine, error) {
	e := &Engine{catalog: catalog, limit: defaultLimit, all: All(), load: Current, named: byID, sample: newSampler()}
	for _, o := range options {
		o(e)
	}
	grants, rules, origin, err := ship(shipped)
	if err != nil {
		return nil, err
	}
	e.origin = origin
	check := newChecker(catalog, e.actions, ShippedRoles())
	check.grants(grants)
	check.rules(rules)
	if err := check.Err(); err != nil {
		return nil, err
	}
	if e.library, err = newLibrary(); err != nil {
		return nil, err
	}
	if e.shipped, err = newRuleset(context.Background(), e.library, 0, grants, rules, ShippedRoles(), ""); err != nil {
		return nil, err
	}
	e.shipped.origin = e.origin
	return e, e.caches()
}

func (e *Engine) caches() (err error) {
	if e.current, err = lru.New[tenantKey, id.ID](tenantCache); err != nil {
		return err
	}
	if e.own, err = lru.New[id.ID, *ruleset](ownCache); err != nil {
		return err
	}
	e.masks, err = lru.New[maskKey, *Mask](maskCache)
	return err
}

// For returns the rights of the acting person on an entity; of a line: those on its document. Tenon itself and modules that react may do everything:
// rights are checked once, on what the person called.
func (e *Engine) For(ctx context.Context, tx *tenancy.Tx, def *entity.Def) (*Mask, error) {
	if tx.Actor.System || tx.Actor.Module != "" {
		return e.all, nil
	}
	if p := pinnedIn(tx); p != nil {
		m, err := p.mask(ctx, e, def, tx.Actor.Roles)
		if err != nil {
			return nil, err
		}
		return m.bind(tx.Actor.ID), nil
	}
	version, err := e.version(ctx, tx)
	if err != nil {
		return nil, err
	}
	key := maskKey{version, def, rolesKey(tx.Actor.Roles)}
	m, ok := e.masks.Get(key)
	if !ok {
		set, err := e.ruleset(ctx, tx, version)
		if err != nil {
			return nil, err
		}
		if m, err = set.mask(ctx, e.limit, def, tx.Actor.Roles, e.actions[documentOf(def).Name]); err != nil {
			return nil, err
		}
		e.masks.Add(key, m)
	}
	return m.bind(tx.Actor.ID), nil
}

// rolesKey is the same for the same roles in any order.
func rolesKey(roles []string) string {
	if len(roles) == 1 {
		return roles[0]
	}
	var few [8]string
	sorted := append(few[:0], roles...)
	slices.Sort(sorted)
	return strings.Join(slices.Compact(sorted), "\x00")
}

// version tells which version of the rights a tenant uses now; none for the shipped one.
func (e *Engine) version(ctx context.Context, tx *tenancy.Tx) (id.ID, error) {
	if tx.Unit == nil || tx.Tenant == nil {
		return id.ID{}, nil
	}
	key := tenantKey{tx.Tenant.ID, tx.Tenant.Generation}
	if v, ok := e.current.Get(key); ok {
		return v, nil
	}
	v, err := e.load(ctx, tx)
	if err != nil {
		return id.ID{}, err
	}
	if v == nil {
		e.current.Add(key, id.ID{})
		return id.ID{}, nil
	}
	if !e.own.Contains(v.ID) {
		set, err := e.compile(ctx, v)
		if err != nil {
			return id.ID{}, err
		}
		e.own.Add(v.ID, set)
	}
	e.current.Add(key, v.ID)
	return v.ID, nil
}

// ruleset returns a compiled version, from the cache where possible.
func (e *Engine) ruleset(ctx context.Context, tx *tenancy.Tx, version id.ID) (*ruleset, error) {
	if version.IsZero() {
		return e.shipped, nil
	}
	if set, ok := e.own.Get(version); ok {
		return set, nil
	}
	v, err := e.load(ctx, tx)
	if err == nil && (v == nil || v.ID != version) { // published a moment ago; this unit of work goes on under what it began with
		v, err = e.named(ctx, tx, version)
	}
	if err != nil {
		return nil, err
	}
	if v == nil {
		return nil, fault.New(fault.Conflict, "policy.changed", "权限刚刚更新，请重试", "The rights have just changed; please try again")
	}
	set, err := e.compile(ctx, v)
	if err == nil {
		e.own.Add(version, set)
	}
	return set, err
}

// rules returns the rules that hold for this transaction.
func (e *Engine) rules(ctx context.Context, tx *tenancy.Tx) (*ruleset, error) {
	if p := pinnedIn(tx); p != nil {
		return p.set, nil
	}
	version, err := e.version(ctx, tx)
	if err != nil {
		return nil, err
	}
	return e.ruleset(ctx, tx, version)
}
