package crm

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// The states of an activity.
const (
	Planned  = "planned"
	Finished = "done"
)

// Activity is a call, a visit or anything else that is done to bring a deal on.
type Activity struct {
	bun.BaseModel `bun:"table:crm_activity,alias:a"`
	entity.Base

	Subject       string     `bun:"subject,notnull"`
	Type          string     `bun:"type,notnull"`
	Status        string     `bun:"status,notnull"`
	DueDate       clock.Date `bun:"due_date,nullzero"`
	DoneAt        time.Time  `bun:"done_at,nullzero"`
	OwnerID       id.ID      `bun:"owner_id,type:uuid,nullzero"`
	CustomerID    id.ID      `bun:"customer_id,type:uuid,nullzero"`
	ContactID     id.ID      `bun:"contact_id,type:uuid,nullzero"`
	LeadID        id.ID      `bun:"lead_id,type:uuid,nullzero"`
	OpportunityID id.ID      `bun:"opportunity_id,type:uuid,nullzero"`
	Note          string     `bun:"note,notnull"`
	Outcome       string     `bun:"outcome,notnull"`
}

// Describe says what the fields mean.
func (a *Activity) Describe(d *entity.Desc) {
	d.Is("crm.activity", "activities", entity.T("跟进", "Activity"), &a.Subject)
	d.Field(&a.Subject, entity.Field{Label: entity.T("主题", "Subject"), Required: true, List: true, Search: true})
	d.Field(&a.Type, entity.Field{Label: entity.T("方式", "Type"), Default: "task", List: true, Filter: true, Options: entity.Options(
		"call", "电话", "Call", "visit", "拜访", "Visit", "meeting", "会议", "Meeting", "mail", "邮件", "Mail", "task", "任务", "Task")})
	d.Field(&a.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, Default: Planned, List: true, Filter: true,
		Options: entity.Options(Planned, "计划", "Planned", Finished, "已完成", "Done"),
	})
	d.Field(&a.DueDate, entity.Field{Label: entity.T("截止日期", "Due on"), List: true, Filter: true})
	d.Field(&a.DoneAt, entity.Field{Label: entity.T("完成时间", "Done at"), Computed: true})
	d.Field(&a.OwnerID, entity.Field{Label: entity.T("负责人", "Owner"), Ref: "user", List: true, Filter: true})
	d.Field(&a.CustomerID, entity.Field{Label: entity.T("客户", "Customer"), Ref: "crm.customer", List: true, Filter: true})
	d.Field(&a.ContactID, entity.Field{Label: entity.T("联系人", "Contact"), Ref: "crm.contact"})
	d.Field(&a.LeadID, entity.Field{Label: entity.T("线索", "Lead"), Ref: "crm.lead", Filter: true})
	d.Field(&a.OpportunityID, entity.Field{Label: entity.T("商机", "Opportunity"), Ref: "crm.opportunity", Filter: true})
	d.Field(&a.Note, entity.Field{Label: entity.T("说明", "Note"), Anytime: true})
	d.Field(&a.Outcome, entity.Field{Label: entity.T("结果", "Outcome"), Anytime: true})
	d.Virtual("overdue", entity.Field{
		Label: entity.T("已逾期", "Overdue"), Kind: entity.KindBool, Filter: true,
		Expr: "status = 'planned' AND due_date IS NOT NULL AND due_date < {today}",
	})
	d.State(&a.Status, Planned)
	d.Owner(&a.OwnerID)
}

// prepareActivities gives a new activity to who plans it, and the opportunity's customer.
func prepareActivities(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Activity]) error {
	var keys []id.ID
	for _, c := range changes {
		if c.Old == nil {
			c.New.Status = Planned
		}
		if c.Old == nil && c.New.OwnerID.IsZero() {
			c.New.OwnerID = tx.Actor.ID
		}
		if c.New.CustomerID.IsZero() && !c.New.OpportunityID.IsZero() {
			keys = append(keys, c.New.OpportunityID)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	rows, err := record.Find[Opportunity](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("id = ANY(?::uuid[])", texts(keys)) })
	if err != nil {
		return err
	}
	customer := map[id.ID]id.ID{}
	for _, o := range rows {
		customer[o.ID] = o.CustomerID
	}
	for _, c := range changes {
		if c.New.CustomerID.IsZero() {
			c.New.CustomerID = customer[c.New.OpportunityID]
		}
	}
	return nil
}

// Outcome is the input of completing an activity.
type Outcome struct {
	Outcome string `in:"outcome" label:"结果|Outcome"`
}

func completeActivity(ctx context.Context, tx *tenancy.Tx, a *Activity, in Outcome) error {
	a.Status, a.DoneAt = Finished, tx.Now
	if in.Outcome != "" {
		a.Outcome = in.Outcome
	}
	return record.Update(ctx, tx, a)
}
