package proof

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

const (
	groupsReplayed = 50_000
	flipsShown     = 200
	recordsAtOnce  = 500
)

// Flip is a decision of the last days that a version would have decided otherwise.
type Flip struct {
	Roles   []string `json:"roles"`
	Entity  string   `json:"entity"`
	What    string   `json:"what"`
	Was     bool     `json:"was"` // for approvals: true means that none was needed
	Would   bool     `json:"would"`
	Rule    string   `json:"rule"` // that decided then
	Now     string   `json:"would_rule"`
	Times   int64    `json:"times"` // about; the log is a sample
	Persons int64    `json:"people"`
	Record  *id.ID   `json:"record_id,omitempty"`
	Changed bool     `json:"record_changed,omitempty"` // what the rule compares is no longer what it was
}

// Replay is what a version would have decided in the last days.
type Replay struct {
	Days      int    `json:"days"`
	Decisions int64  `json:"decisions"` // about
	Questions int    `json:"questions"` // that differ from one another
	Otherwise int64  `json:"otherwise"` // decisions that would have been others
	Gone      int    `json:"gone"`      // questions about what is no longer there
	Flips     []Flip `json:"flips"`
	More      int    `json:"more"`
}

// Again asks the log's questions again. Approvals are asked about the record as it is today; the hash tells where it has changed since.
func Again(ctx context.Context, tx *tenancy.Tx, rules *policy.Rules, tell func(done, total int)) (*Replay, error) {
	groups, err := policy.Decisions(ctx, tx, tx.Now.Add(-policy.DecisionsKept), groupsReplayed)
	if err != nil {
		return nil, err
	}
	r := &replayer{tx: tx, rules: rules, out: &Replay{Days: int(policy.DecisionsKept.Hours() / 24), Questions: len(groups), Flips: []Flip{}}, masks: map[string]*policy.Mask{}}
	byEntity := map[string][]policy.DecisionGroup{}
	for i, g := range groups {
		r.out.Decisions += g.Weight
		if strings.HasPrefix(g.What, "approval:") {
			byEntity[g.Entity] = append(byEntity[g.Entity], g)
			continue
		}
		if err := r.right(ctx, g); err != nil {
			return nil, err
		}
		if tell != nil {
			tell(i, len(groups))
		}
	}
	for name, list := range byEntity {
		if err := r.approvals(ctx, name, list); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(r.out.Flips, func(a, b Flip) int { return int(min(1, max(-1, b.Times-a.Times))) })
	if n := len(r.out.Flips); n > flipsShown {
		r.out.More, r.out.Flips = n-flipsShown, r.out.Flips[:flipsShown]
	}
	return r.out, nil
}

type replayer struct {
	tx    *tenancy.Tx
	rules *policy.Rules
	out   *Replay
	masks map[string]*policy.Mask
}

func (r *replayer) right(ctx context.Context, g policy.DecisionGroup) error {
	def := record.Catalog(r.tx).Entity(g.Entity)
	if def == nil {
		r.out.Gone++
		return nil
	}
	key := g.Entity + "\x00" + strings.Join(g.Roles, "\x00")
	m := r.masks[key]
	if m == nil {
		var err error
		if m, err = r.rules.Mask(ctx, def, g.Roles, id.ID{}); err != nil {
			return err
		}
		r.masks[key] = m
	}
	if would := m.Allows(g.What); would != g.Allowed {
		rule, _ := m.Why(g.What)
		r.flip(g, would, rule, nil, false)
	}
	return nil
}

func (r *replayer) flip(g policy.DecisionGroup, would bool, rule string, rec *id.ID, changed bool) {
	r.out.Otherwise += g.Weight
	r.out.Flips = append(r.out.Flips, Flip{g.Roles, g.Entity, g.What, g.Allowed, would, g.Rule, rule, g.Weight, g.Persons, rec, changed})
}

// approvals reads the records of an entity in sets and asks about each.
func (r *replayer) approvals(ctx context.Context, name string, list []policy.DecisionGroup) error {
	def := record.Catalog(r.tx).Entity(name)
	if def == nil {
		r.out.Gone += len(list)
		return nil
	}
	for part := range slices.Chunk(list, recordsAtOnce) {
		keys := make([]id.ID, 0, len(part))
		for _, g := range part {
			keys = append(keys, g.RecordID)
		}
		rows, err := record.LoadMany(ctx, r.tx, def, keys)
		if err != nil {
			return err
		}
		byID := map[id.ID]entity.Record{}
		for _, row := range rows {
			byID[row.Meta().ID] = row
		}
		for _, g := range part {
			if err := r.approval(ctx, def, byID[g.RecordID], g); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return nil
}

func (r *replayer) approval(ctx context.Context, def *entity.Def, rec entity.Record, g policy.DecisionGroup) error {
	if rec == nil {
		r.out.Gone++
		return nil
	}
	action := strings.TrimPrefix(g.What, "approval:")
	values := record.GateValues(def, rec)
	a, err := r.rules.Gate(ctx, def, action, g.Roles, values)
	if err != nil {
		return err
	}
	if would := a == nil; would != g.Allowed {
		rule := ""
		if a != nil {
			rule = strings.Join(a.RuleIDs, ",")
		}
		key := g.RecordID
		hash := r.rules.HashOf(def, action, values)
		r.flip(g, would, rule, &key, hash != "" && g.Hash != "" && hash != g.Hash)
	}
	return nil
}
