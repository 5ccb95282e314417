package flow

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Park keeps an act until those whom policy names have agreed, and tells the first of them. The same act on the same record can wait once only.
func (f *Flow) Park(ctx context.Context, tx *tenancy.Tx, act record.Parked) (id.ID, error) {
	if len(act.Approval.Steps) == 0 {
		return id.ID{}, fault.New(fault.Internal, "approval.no_steps", "审批规则没有指定审批人", "The approval rule names nobody who could agree")
	}
	waiting, err := record.Find[Approval](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("entity = ? AND record_id = ?::uuid AND action = ? AND status = ?", act.Def.Name, act.Record.Meta().ID, act.Action, Pending).Limit(1)
	})
	if err != nil {
		return id.ID{}, err
	}
	if len(waiting) > 0 {
		return id.ID{}, fault.New(fault.Conflict, "approval.pending", "该操作已在审批中", "This act already awaits approval").
			With("approval_id", waiting[0].ID.String())
	}
	input, err := json.Marshal(act.Input)
	if err != nil {
		return id.ID{}, err
	}
	steps, err := f.people(ctx, tx, act)
	if err != nil {
		return id.ID{}, err
	}
	a := &Approval{
		Entity: act.Def.Name, RecordID: act.Record.Meta().ID, RecordTitle: title(act.Def, act.Record), Action: act.Action,
		RequestedBy: tx.Actor.ID, Status: Pending, ContentHash: act.Hash, RuleIDs: orNone(act.Approval.RuleIDs),
		LabelZH: act.Approval.Label.ZH, LabelEN: act.Approval.Label.EN, BeforeState: act.Before, Input: input, CauseID: tx.Cause,
	}
	for i, s := range steps {
		a.Steps = append(a.Steps, newStep(s, i))
	}
	a.Steps[0].start(tx)
	if err := record.Create(ctx, tx, a); err != nil {
		return id.ID{}, err
	}
	if err := f.escalateLater(ctx, tx, a, a.Steps[0]); err != nil {
		return id.ID{}, err
	}
	return a.ID, f.summon(ctx, tx, a, act.Def, a.Steps[0])
}

// title is what people call a record.
func title(def *entity.Def, rec entity.Record) string {
	for _, field := range []*entity.Field{def.Title, def.Number} {
		if field == nil || field.Sealed {
			continue
		}
		if s, ok := field.Get(rec).(string); ok && s != "" {
			return s
		}
	}
	return ""
}

// input reads what the requester wrote, with numbers digit by digit.
func (a *Approval) input() (map[string]any, error) {
	var body map[string]any
	dec := json.NewDecoder(bytes.NewReader(a.Input))
	dec.UseNumber()
	err := dec.Decode(&body)
	return body, err
}
