package projects

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// ClosingItem is something that has to be settled before a project is closed.
type ClosingItem struct {
	bun.BaseModel `bun:"table:projects_closing_item,alias:ci"`
	entity.Base

	ProjectID id.ID      `bun:"project_id,type:uuid,notnull"`
	Name      string     `bun:"name,notnull"`
	OwnerID   id.ID      `bun:"owner_id,type:uuid,nullzero"`
	Status    string     `bun:"status,notnull"`
	DoneOn    clock.Date `bun:"done_on,nullzero"`
	DoneBy    id.ID      `bun:"done_by,type:uuid,nullzero"`
	Note      string     `bun:"note,notnull"`
}

// Describe says what the fields mean.
func (i *ClosingItem) Describe(d *entity.Desc) {
	d.Is("projects.closing_item", "closing_items", entity.T("结项检查项", "Closing item"), &i.Name)
	d.Field(&i.ProjectID, entity.Field{Label: entity.T("项目", "Project"), Ref: "projects.project", Required: true, Immutable: true, List: true, Filter: true})
	d.Field(&i.Name, entity.Field{Label: entity.T("检查项", "Item"), Required: true, List: true, Search: true})
	d.Field(&i.OwnerID, entity.Field{Label: entity.T("负责人", "Owner"), Ref: "user", List: true, Filter: true})
	d.Field(&i.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, Default: Open, List: true, Filter: true,
		Options: entity.Options(Open, "未完成", "Open", Finished, "已完成", "Done"),
	})
	d.Field(&i.DoneOn, entity.Field{Label: entity.T("完成日期", "Done on"), Computed: true})
	d.Field(&i.DoneBy, entity.Field{Label: entity.T("完成人", "Done by"), Ref: "user", Computed: true})
	d.Field(&i.Note, entity.Field{Label: entity.T("备注", "Note"), Anytime: true})
	d.State(&i.Status, Open)
	d.Owner(&i.OwnerID)
}

func completeItem(ctx context.Context, tx *tenancy.Tx, i *ClosingItem, _ modules.None) error {
	i.Status, i.DoneOn, i.DoneBy = Finished, tx.Today(), tx.Actor.ID
	return record.Update(ctx, tx, i)
}

// review opens the closing review: from now on the project is closed only when nothing is open. It starts with the checklist that most projects need.
func review(ctx context.Context, tx *tenancy.Tx, p *Project, _ modules.None) error {
	p.ClosingReview = true
	if err := record.Update(ctx, tx, p); err != nil {
		return err
	}
	known, err := record.Find[ClosingItem](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("project_id = ?", p.ID.String()).Limit(1) })
	if err != nil || len(known) > 0 {
		return err
	}
	in := func(zh, en string) string { return i18n.T(zh, en).In(tx.Tenant.Locale) }
	var items []*ClosingItem
	for _, name := range []string{
		in("交付物已由客户验收", "The customer has accepted all deliverables"), in("工时和费用已全部登记", "All hours and expenses are booked"),
		in("发票已开齐", "Everything is invoiced"), in("经验教训已总结", "The lessons are written down"),
	} {
		items = append(items, &ClosingItem{ProjectID: p.ID, Name: name, OwnerID: p.ManagerID, Status: Open})
	}
	return record.Create(ctx, tx, items...)
}

// Closing is how a project is closed: in the ordinary way, or although something is open.
type Closing struct {
	Override bool   `in:"override" label:"强制结项|Close anyway"`
	Reason   string `in:"reason" label:"原因|Reason"`
}

// leftover is one kind of thing that is open when a project is to be closed.
type leftover struct {
	Kind  string `bun:"kind"`
	Count int64  `bun:"count"`
	Names string `bun:"names"`
}

// leftovers counts what is open, with the first names of each kind.
func (p *Project) leftovers(ctx context.Context, tx *tenancy.Tx) ([]leftover, error) {
	var rows []leftover
	err := tx.NewRaw(`SELECT kind, count(*) AS count, string_agg(name, ', ' ORDER BY n) FILTER (WHERE n <= 5) AS names
		FROM (SELECT kind, name, row_number() OVER (PARTITION BY kind ORDER BY id) AS n FROM (
			SELECT 'tasks' AS kind, name, id FROM projects_task WHERE project_id = ?0 AND status IN ('todo', 'in_progress')
			UNION ALL SELECT 'milestones', name, id FROM projects_milestone WHERE project_id = ?0 AND status = 'open'
			UNION ALL SELECT 'closing_items', name, id FROM projects_closing_item WHERE project_id = ?0 AND status = 'open'
			UNION ALL SELECT 'risks', name, id FROM projects_risk WHERE project_id = ?0 AND status = 'open'
			UNION ALL SELECT 'timesheets', date::text, id FROM projects_timesheet
				WHERE project_id = ?0 AND status = 'booked' AND billed_on IS NULL AND NOT not_billable AND ?1 = 'time') x) y
		GROUP BY kind ORDER BY kind`, p.ID, p.Billing).Scan(ctx, &rows)
	return rows, err
}

// closable refuses to close a project under review while something is open, and names it. Who overrides that has to say why.
func (p *Project) closable(ctx context.Context, tx *tenancy.Tx, in Closing) error {
	if !p.ClosingReview {
		return nil
	}
	open, err := p.leftovers(ctx, tx)
	if err != nil || len(open) == 0 {
		return err
	}
	if in.Override && strings.TrimSpace(in.Reason) == "" {
		return fault.New(fault.Invalid, "project.no_reason", "强制结项须说明原因", "Say why the project is closed anyway").At("reason", "required", "必填", "is required")
	}
	if in.Override {
		return nil
	}
	f := fault.New(fault.Rule, "project.open_work", "项目 %s 仍有未了结事项，不能结项", "The project %s can't be closed: something is open", p.No)
	for _, x := range open {
		f.At(x.Kind, "project.open_work", "%[1]d 项未了结：%[2]s", "%[1]d open: %[2]s", x.Count, x.Names)
	}
	return f
}
