package policy

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Version is one published state of a tenant's rights. It never changes; the one with the highest number holds.
type Version struct {
	bun.BaseModel `bun:"table:policy_version,alias:pv"`

	ID          id.ID           `bun:"id,pk,type:uuid"`
	Number      int64           `bun:"number"`
	GridJSON    json.RawMessage `bun:"grid,type:jsonb"`
	RulesJSON   json.RawMessage `bun:"rules,type:jsonb"`
	Rego        string          `bun:"rego"`
	Author      id.ID           `bun:"author,type:uuid,nullzero"`
	CreatedAt   time.Time       `bun:"created_at"`
	PublishedAt time.Time       `bun:"published_at"`
	Title       string          `bun:"title"`
	Cases       string          `bun:"cases"`
	Kind        string          `bun:"kind"` // publish, rollback or direct
	Base        int64           `bun:"base"` // the number of the version that it was made from
	Publisher   id.ID           `bun:"publisher,type:uuid,nullzero"`
	Authors     []string        `bun:"authors,array"` // everyone who wrote in it
	Comment     string          `bun:"comment"`
	Hash        string          `bun:"hash"` // of the content that was reviewed
	KeyID       id.ID           `bun:"key_id,type:uuid,nullzero"`
	Signature   []byte          `bun:"signature"`
}

// grid is what the column grid holds.
type grid struct {
	Roles    []Role   `json:"roles"` // made by the tenant
	Grants   Grants   `json:"grants"`
	Entities []string `json:"entities"` // known when it was published
	Rules    []string `json:"rules"`    // ids of shipped rules known then
}

// Draft is what a tenant wants its rights to be: the whole grid and all rules. What is left out is taken away, except from owner and admin.
type Draft struct {
	Grants  Grants          `json:"grants"`
	Rules   []Rule          `json:"rules"`
	Roles   []Role          `json:"roles"` // the tenant's own roles; shipped ones are always there
	Rego    string          `json:"rego,omitempty"`
	Cases   string          `json:"cases,omitempty"` // YAML
	Catalog *entity.Catalog `json:"-"`               // with the tenant's own fields and entities; nil: as shipped
}

// Current returns the tenant's published version; nil when it uses the shipped rights.
func Current(ctx context.Context, tx *tenancy.Tx) (*Version, error) {
	return find(ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q })
}

// At returns the version that held at a moment; nil when those were the shipped rights.
func At(ctx context.Context, tx *tenancy.Tx, at time.Time) (*Version, error) {
	return find(ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("pv.published_at <= ?", at)
	})
}

func find(ctx context.Context, tx *tenancy.Tx, which func(*bun.SelectQuery) *bun.SelectQuery) (*Version, error) {
	v := new(Version)
	err := which(tx.NewSelect().Model(v)).Order("pv.number DESC").Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // the shipped rights
	}
	if err != nil {
		return nil, fmt.Errorf("policy version: %w", err)
	}
	return v, v.verify(ctx, tx)
}

// byID returns one published version; nil when there is none.
func byID(ctx context.Context, tx *tenancy.Tx, key id.ID) (*Version, error) {
	return find(ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("pv.id = ?", key) })
}

// byNumber returns one published version; nil when there is none.
func byNumber(ctx context.Context, tx *tenancy.Tx, number int64) (*Version, error) {
	return find(ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("pv.number = ?", number) })
}

// compile makes a stored version ready to be asked, together with what is shipped for entities and rules that it does not know yet.
func (e *Engine) compile(ctx context.Context, v *Version) (*ruleset, error) {
	var g grid
	var rules []Rule
	if err := json.Unmarshal(v.GridJSON, &g); err != nil {
		return nil, refused(err)
	}
	if err := json.Unmarshal(v.RulesJSON, &rules); err != nil {
		return nil, refused(err)
	}
	grants := e.overlay(g)
	for _, r := range e.shipped.rules {
		if !has(g.Rules, r.ID) && !slices.ContainsFunc(rules, func(x Rule) bool { return x.ID == r.ID }) {
			rules = append(rules, r)
		}
	}
	set, err := newRuleset(ctx, e.library, v.Number, grants, rules, append(ShippedRoles(), g.Roles...), v.Rego)
	if err == nil {
		set.cases, set.origin = v.Cases, e.origin
	}
	return set, err
}

func (e *Engine) overlay(g grid) Grants {
	out := Grants{}
	for role, byEntity := range g.Grants {
		if !fixed(role) {
			out[role] = maps.Clone(byEntity)
		}
	}
	for role, byEntity := range e.shipped.grants {
		for name, grant := range byEntity {
			if fixed(role) || e.catalog.Entity(name) != nil && !has(g.Entities, name) {
				out.add(role, name, grant)
			}
		}
	}
	return out
}

// Grants returns the grid and the rules that hold in this transaction, for people to look at and to start a draft from.
func (e *Engine) Grants(ctx context.Context, tx *tenancy.Tx) (*Draft, error) {
	set, err := e.rules(ctx, tx)
	if err != nil {
		return nil, err
	}
	d := set.draft()
	return d, nil
}

// draft is what a ruleset says, whole.
func (s *ruleset) draft() *Draft {
	d := &Draft{Grants: Grants{}, Rules: slices.Clone(s.rules), Roles: slices.Clone(s.roles[len(ShippedRoles()):]), Rego: s.rego, Cases: s.cases}
	for role, byEntity := range s.grants {
		d.Grants[role] = maps.Clone(byEntity)
	}
	return d
}

// Roles returns the roles that people of this tenant can have: the shipped ones, then its own.
func (e *Engine) Roles(ctx context.Context, tx *tenancy.Tx) ([]Role, error) {
	set, err := e.rules(ctx, tx)
	if err != nil {
		return nil, err
	}
	return slices.Clone(set.roles), nil
}
