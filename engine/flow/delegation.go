package flow

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// Delegation lets one person decide for another on some days. It never makes anybody the judge of their own request.
type Delegation struct {
	bun.BaseModel `bun:"table:approval_delegation,alias:ad"`
	entity.Base

	UserID     id.ID      `bun:"user_id,type:uuid,notnull"`
	DelegateID id.ID      `bun:"delegate_id,type:uuid,notnull"`
	ValidFrom  clock.Date `bun:"valid_from,type:date,notnull"`
	ValidTo    clock.Date `bun:"valid_to,type:date,notnull"`
	Reason     string     `bun:"reason,notnull"`
}

// Describe says what the fields mean.
func (x *Delegation) Describe(d *entity.Desc) {
	d.Is("delegation", "delegations", entity.T("审批代理", "Delegation of approvals"), &x.Reason)
	d.Field(&x.UserID, entity.Field{Label: entity.T("委托人", "Delegates"), Ref: "user", List: true, Filter: true})
	d.Field(&x.DelegateID, entity.Field{Label: entity.T("代理人", "To"), Ref: "user", Required: true, List: true, Filter: true})
	d.Field(&x.ValidFrom, entity.Field{Label: entity.T("开始日期", "From"), Required: true, List: true, Filter: true})
	d.Field(&x.ValidTo, entity.Field{Label: entity.T("结束日期", "To and including"), Required: true, List: true, Filter: true})
	d.Field(&x.Reason, entity.Field{Label: entity.T("原因", "Reason"), List: true})
	d.Owner(&x.UserID)
}

// Extension is what flow adds to its own records: its actions, and what holds of delegations whoever writes them.
func (f *Flow) Extension() modules.Module {
	return modules.Module{Name: "platform", Actions: f.Actions(), Prepares: []modules.Prepare{modules.Before(f.prepareDelegations)}}
}

// prepareDelegations lets people delegate what is theirs only, to somebody who is there.
func (f *Flow) prepareDelegations(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Delegation]) error {
	var bad fault.Fields
	for _, c := range changes {
		x := c.New
		if x.UserID.IsZero() {
			x.UserID = tx.Actor.ID
		}
		mine := x.UserID == tx.Actor.ID && (c.Old == nil || c.Old.UserID == tx.Actor.ID)
		if !mine && !tx.Actor.System && !slices.Contains(tx.Actor.Roles, "owner") && !slices.Contains(tx.Actor.Roles, "admin") {
			return fault.New(fault.Forbidden, "delegation.other", "只能委托自己的审批（规则 delegation.other）", "People delegate their own approvals only (rule delegation.other)").
				With("rule", "delegation.other")
		}
		if x.DelegateID == x.UserID {
			bad.Add("delegate_id", "delegation.self", "不能委托给自己", "can't be the same person")
			continue
		}
		if x.ValidTo.Before(x.ValidFrom) {
			bad.Add("valid_to", "value.range", "不能早于开始日期", "is before the first day")
		}
		if _, err := f.ask.Who(ctx, tx, x.DelegateID); fault.Is(err, fault.NotFound) {
			bad.Add("delegate_id", "reference.unknown", "没有此启用的用户", "There is no such active user")
		} else if err != nil {
			return err
		}
	}
	return bad.Err()
}

// deputized returns those for whom somebody decides today, with the roles that they have now, but never the requester.
func (f *Flow) deputized(ctx context.Context, tx *tenancy.Tx, a *Approval) ([]tenancy.Actor, error) {
	list, err := record.Find[Delegation](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("delegate_id = ? AND valid_from <= ? AND valid_to >= ?", tx.Actor.ID, tx.Today(), tx.Today()).Order("id")
	})
	if err != nil {
		return nil, err
	}
	var out []tenancy.Actor
	for _, x := range list {
		if x.UserID == a.RequestedBy || slices.ContainsFunc(out, func(o tenancy.Actor) bool { return o.ID == x.UserID }) {
			continue
		}
		who, err := f.ask.Who(ctx, tx, x.UserID)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, who)
	}
	return out, nil
}

// deputies returns those who decide today for some people.
func deputies(ctx context.Context, tx *tenancy.Tx, users []id.ID) ([]id.ID, error) {
	if len(users) == 0 {
		return nil, nil
	}
	list, err := record.Find[Delegation](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("user_id IN (?) AND valid_from <= ? AND valid_to >= ?", bun.List(users), tx.Today(), tx.Today()).Order("id")
	})
	out := make([]id.ID, 0, len(list))
	for _, x := range list {
		out = append(out, x.DelegateID)
	}
	return out, err
}
