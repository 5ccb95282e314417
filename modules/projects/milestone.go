package projects

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/projects/projectsevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// The states of a milestone, beside cancelled.
const (
	Awaited = "open"
	Reached = "reached"
)

// Milestone is a result that the customer waits for.
type Milestone struct {
	bun.BaseModel `bun:"table:projects_milestone,alias:ms"`
	entity.Base

	ProjectID id.ID      `bun:"project_id,type:uuid,notnull"`
	Name      string     `bun:"name,notnull"`
	DueDate   clock.Date `bun:"due_date,nullzero"`
	Status    string     `bun:"status,notnull"`
	ReachedOn clock.Date `bun:"reached_on,nullzero"`
	Note      string     `bun:"note,notnull"`

	InvoicePercent money.Percent `bun:"invoice_percent,type:numeric(9,4),notnull"`
	BilledAmount   money.Amount  `bun:"billed_amount,type:numeric(20,4),notnull"`
	BaselineDue    clock.Date    `bun:"baseline_due,nullzero"`
}

// Describe says what the fields mean.
func (m *Milestone) Describe(d *entity.Desc) {
	d.Is("projects.milestone", "milestones", entity.T("里程碑", "Milestone"), &m.Name)
	d.Field(&m.ProjectID, entity.Field{Label: entity.T("项目", "Project"), Ref: "projects.project", Required: true, Immutable: true, List: true, Filter: true})
	d.Field(&m.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, List: true, Search: true})
	d.Field(&m.DueDate, entity.Field{Label: entity.T("到期日", "Due on"), List: true, Filter: true})
	d.Field(&m.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, Default: Awaited, List: true, Filter: true,
		Options: entity.Options(Awaited, "未完成", "Open", Reached, "已完成", "Reached", Cancelled, "已取消", "Cancelled"),
	})
	d.Field(&m.ReachedOn, entity.Field{Label: entity.T("完成日期", "Reached on"), Computed: true, List: true})
	d.Field(&m.Note, entity.Field{Label: entity.T("备注", "Note"), Anytime: true})
	d.Field(&m.InvoicePercent, entity.Field{
		Label: entity.T("开票比例 %", "Invoiced %"), Class: "price", Help: entity.T("按里程碑开票的项目：达成时开票的合同比例", "Of the project's revenue, when it is billed by milestone"),
	})
	d.Field(&m.BilledAmount, entity.Field{Label: entity.T("已开票金额", "Billed"), Class: "price", Computed: true, Total: true})
	d.Field(&m.BaselineDue, entity.Field{Label: entity.T("基线到期日", "Baseline due date"), Computed: true})
	d.State(&m.Status, Awaited)
	d.NoDelete()
}

// completeMilestone notes that the result is there; the project moves on, and a connector tells the customer who wants to know.
func completeMilestone(ctx context.Context, tx *tenancy.Tx, m *Milestone, _ modules.None) error {
	if err := m.gated(ctx, tx); err != nil {
		return err
	}
	m.Status, m.ReachedOn = Reached, tx.Today()
	if err := record.Update(ctx, tx, m); err != nil {
		return err
	}
	b := bookOf(tx)
	b.touch(tx, m.ProjectID)
	if err := b.settle(ctx, tx); err != nil {
		return err
	}
	p, err := b.project(ctx, tx, m.ProjectID)
	if err != nil {
		return err
	}
	if err := p.billMilestone(ctx, tx, m); err != nil {
		return err
	}
	text := i18n.T("项目“"+p.Name+"”的里程碑“"+m.Name+"”已完成，进度 "+p.Progress.Round(0).String()+" %。",
		"Milestone “"+m.Name+"” of the project “"+p.Name+"” is reached; progress "+p.Progress.Round(0).String()+" %.")
	return record.Emit(ctx, tx, projectsevent.MilestoneReached{
		MilestoneID: m.ID, ProjectID: p.ID, CustomerID: p.CustomerID, Text: text, Progress: p.Progress,
	})
}

func cancelMilestone(ctx context.Context, tx *tenancy.Tx, m *Milestone, _ modules.None) error {
	m.Status = Cancelled
	bookOf(tx).touch(tx, m.ProjectID)
	return record.Update(ctx, tx, m)
}
