package policy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

const (
	sampleEvery = 16   // of decisions that are asked for all the time; approvals are all kept
	sampleRoom  = 4096 // decisions that wait to be written; more are dropped

	// DecisionsKept is how long the log of decisions goes back.
	DecisionsKept = 30 * 24 * time.Hour
)

// Decision is one line of the sampled log. It holds no values of the record: a hash of what was decided on, so that a later look can tell whether it is
// still the same.
type Decision struct {
	bun.BaseModel `bun:"table:policy_decision,alias:pn"`

	ID       id.ID     `bun:"id,pk,type:uuid"`
	At       time.Time `bun:"at"`
	Actor    id.ID     `bun:"actor,type:uuid,nullzero"`
	Roles    []string  `bun:"roles,array"`
	Entity   string    `bun:"entity"`
	What     string    `bun:"what"` // "see", "action:confirm", "create", …; "approval:confirm": allowed means that none was needed
	RecordID id.ID     `bun:"record_id,type:uuid,nullzero"`
	Version  int64     `bun:"version"`
	Allowed  bool      `bun:"allowed"`
	Rule     string    `bun:"rule"`
	Hash     string    `bun:"hash"`
	Weight   int       `bun:"weight"` // how many decisions the line stands for

	tenant *tenancy.Tenant
}

// sampler gathers decisions until they are written. Deciding never waits for it.
type sampler struct {
	turn  atomic.Uint64
	lines chan Decision
}

func newSampler() *sampler { return &sampler{lines: make(chan Decision, sampleRoom)} }

// Note keeps, now and then, what a mask said to somebody.
func (e *Engine) Note(tx *tenancy.Tx, def *entity.Def, m *Mask, what string, record id.ID) {
	if e.sample.turn.Add(1)%sampleEvery != 0 || m.everything || tx.Unit == nil || tx.Tenant == nil || pinnedIn(tx) != nil {
		return
	}
	v := m.verdict(what)
	e.keep(tx, Decision{Entity: documentOf(def).Name, What: what, RecordID: record, Version: m.version, Allowed: v.allow, Rule: v.by, Weight: sampleEvery})
}

// noteGate keeps what was said about an approval.
func (e *Engine) noteGate(tx *tenancy.Tx, set *ruleset, def *entity.Def, action string, values map[string]any, a *Approval) {
	rules := set.approvals[documentOf(def).Name][action]
	if len(rules) == 0 || tx.Unit == nil || tx.Tenant == nil || tx.DryRun || pinnedIn(tx) != nil {
		return
	}
	d := Decision{Entity: documentOf(def).Name, What: "approval:" + action, Version: set.number, Allowed: a == nil, Hash: InputHash(rules, values), Weight: 1}
	if a != nil {
		d.Rule = strings.Join(a.RuleIDs, ",")
	}
	if key, ok := values["id"].(string); ok {
		d.RecordID, _ = id.Parse(key)
	}
	e.keep(tx, d)
}

// InputHash is a fingerprint of what approval rules compare.
func InputHash(rules []*ApprovalRule, values map[string]any) string {
	seen := map[string]any{}
	for _, r := range rules {
		for _, c := range r.conditions() {
			if list, err := gather(values, c.Field); err == nil {
				seen[c.Field] = list
			}
		}
	}
	raw, err := json.Marshal(seen)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}

// HashOf is InputHash for the rules about one action.
func (r *Rules) HashOf(def *entity.Def, action string, values map[string]any) string {
	return InputHash(r.set.approvals[documentOf(def).Name][action], values)
}

func (e *Engine) keep(tx *tenancy.Tx, d Decision) {
	d.ID, d.At, d.Actor, d.Roles, d.tenant = tx.NewID(), tx.Now, tx.Actor.ID, slices.Clone(tx.Actor.Roles), tx.Tenant
	slices.Sort(d.Roles)
	if d.Roles == nil {
		d.Roles = []string{}
	}
	select {
	case e.sample.lines <- d:
	default: // a flood: the sample stays a sample
	}
}

// Doer opens a unit of work.
type Doer func(ctx context.Context, t *tenancy.Tenant, a tenancy.Actor, fn func(ctx context.Context, tx *tenancy.Tx) error, opts ...tenancy.Option) error

// WriteDecisions writes what was sampled so far, one statement for each tenant, and lets go of what is older than it is kept.
func (e *Engine) WriteDecisions(ctx context.Context, do Doer) error {
	byTenant := map[id.ID][]Decision{}
	for {
		select {
		case d := <-e.sample.lines:
			byTenant[d.tenant.ID] = append(byTenant[d.tenant.ID], d)
			continue
		default:
		}
		break
	}
	var first error
	for _, lines := range byTenant {
		err := do(ctx, lines[0].tenant, tenancy.Actor{System: true, Name: "tenon"}, func(ctx context.Context, tx *tenancy.Tx) error {
			if _, err := tx.NewInsert().Model(&lines).Exec(ctx); err != nil {
				return err
			}
			_, err := tx.NewDelete().Model((*Decision)(nil)).Where("at < ?", tx.Now.Add(-DecisionsKept)).Exec(ctx)
			return err
		})
		if err != nil && first == nil {
			first = err
		}
	}
	return first
}

// DecisionGroup is what the log holds of one question.
type DecisionGroup struct {
	Roles    []string `bun:"roles,array"`
	Entity   string   `bun:"entity"`
	What     string   `bun:"what"`
	Allowed  bool     `bun:"allowed"`
	RecordID id.ID    `bun:"record_id,type:uuid,nullzero"` // of approvals only
	Hash     string   `bun:"hash"`
	Rule     string   `bun:"rule"`
	Weight   int64    `bun:"weight"`
	Persons  int64    `bun:"persons"`
}

// Decisions reads the log since a moment: questions about rights by roles, those about approvals by record.
func Decisions(ctx context.Context, tx *tenancy.Tx, since time.Time, most int) ([]DecisionGroup, error) {
	var out []DecisionGroup
	err := tx.NewRaw(`SELECT roles, entity, what, allowed, record_id, hash, min(rule) AS rule, sum(weight)::bigint AS weight, count(DISTINCT actor)::bigint AS persons FROM (
			SELECT roles, entity, what, allowed, rule, weight, actor, hash, CASE WHEN what LIKE 'approval:%' THEN record_id END AS record_id
			FROM policy_decision WHERE at >= ?) AS d
		GROUP BY roles, entity, what, allowed, record_id, hash ORDER BY weight DESC LIMIT ?`, since, most).Scan(ctx, &out)
	return out, err
}
