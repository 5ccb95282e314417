package crm

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// atOnce is how many reminders of a kind one day makes at most.
const atOnce = 1000

// followUps makes an activity for each lead and deal whose follow-up is due: on the date that somebody set, or when a deal has stood still for as long
// as its stage allows and nothing is planned. Owners are told once each. It runs every day.
func followUps(ctx context.Context, tx *tenancy.Tx) error {
	leads, err := record.Find[Lead](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("status IN (?, ?) AND follow_up_date <= ?", New, Contacted, tx.Today()).OrderExpr("id").Limit(atOnce).For("UPDATE")
	})
	if err != nil {
		return err
	}
	deals, err := record.Find[Opportunity](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("status = ?", Open).WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("follow_up_date <= ?", tx.Today()).WhereOr(`follow_up_date IS NULL AND EXISTS (SELECT FROM crm_stage s
				WHERE s.name = op.stage AND s.follow_up_days > 0 AND op.updated_at < ?::timestamptz - make_interval(days => s.follow_up_days::int)
				AND NOT EXISTS (SELECT FROM crm_activity a WHERE a.opportunity_id = op.id
					AND (a.status = 'planned' OR a.done_at >= ?::timestamptz - make_interval(days => s.follow_up_days::int))))`, tx.Now, tx.Now)
		}).OrderExpr("id").Limit(atOnce).For("UPDATE")
	})
	if err != nil {
		return err
	}
	var plans []*Activity
	for _, l := range leads {
		plans = append(plans, reminder(tx, l.Name, &Activity{LeadID: l.ID, OwnerID: l.OwnerID, CustomerID: l.CustomerID}))
		l.FollowUpDate = clock.Date{}
	}
	for _, o := range deals {
		plans = append(plans, reminder(tx, o.Name, &Activity{OpportunityID: o.ID, OwnerID: o.OwnerID, CustomerID: o.CustomerID, ContactID: o.ContactID}))
		o.FollowUpDate = clock.Date{}
	}
	if err := record.Create(ctx, tx, plans...); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, leads...); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, deals...); err != nil {
		return err
	}
	return remind(ctx, tx, plans)
}

// reminder completes an activity that is due today.
func reminder(tx *tenancy.Tx, name string, a *Activity) *Activity {
	a.Subject = i18n.T("跟进："+name, "Follow up: "+name).In(tx.Tenant.Locale)
	a.Type, a.Status, a.DueDate = "task", Planned, tx.Today()
	return a
}

// remind tells each owner once what is due.
func remind(ctx context.Context, tx *tenancy.Tx, plans []*Activity) error {
	first := map[id.ID]*Activity{}
	var owners []id.ID
	for _, a := range plans {
		if first[a.OwnerID] == nil && !a.OwnerID.IsZero() {
			first[a.OwnerID] = a
			owners = append(owners, a.OwnerID)
		}
	}
	for _, o := range owners {
		n := coreevent.Notice{To: []id.ID{o}, Text: i18n.T("今天有需要跟进的线索或商机", "Leads or deals are to be followed up today"), Entity: "crm.activity", Record: first[o].ID}
		if err := record.Emit(ctx, tx, n); err != nil {
			return err
		}
	}
	return nil
}
