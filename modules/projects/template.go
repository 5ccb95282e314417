package projects

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// Template is how projects of a kind go: which tasks, in which order, and which milestones. The default one is used for service orders.
type Template struct {
	bun.BaseModel `bun:"table:projects_template,alias:tp"`
	entity.Base
	entity.Called

	Name      string `bun:"name,notnull"`
	IsDefault bool   `bun:"is_default,notnull"`
	ManagerID id.ID  `bun:"manager_id,type:uuid,nullzero"`

	InitiationRequired bool `bun:"initiation_required,notnull"`
	ClosingReview      bool `bun:"closing_review,notnull"`

	Tasks []*TemplateTask `bun:"-"`
}

// Describe says what the fields mean.
func (t *Template) Describe(d *entity.Desc) {
	d.Is("projects.template", "templates", entity.T("项目模板", "Project template"), &t.Name)
	d.Field(&t.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, Unique: true, List: true, Search: true})
	t.DescribeNames(d)
	d.Field(&t.IsDefault, entity.Field{Label: entity.T("默认模板", "Default"), List: true, Help: entity.T("服务订单按默认模板立项", "Service orders use it")})
	d.Field(&t.ManagerID, entity.Field{Label: entity.T("项目经理", "Manager"), Ref: "user"})
	d.Field(&t.InitiationRequired, entity.Field{Label: entity.T("需立项审批", "Initiation needs approval"), Help: entity.T("适用于按此模板新建的项目", "Of projects that are made from it")})
	d.Field(&t.ClosingReview, entity.Field{Label: entity.T("结项评审", "Closing review"), Help: entity.T("适用于按此模板新建的项目", "Of projects that are made from it")})
	d.Lines(&t.Tasks, "tasks", entity.T("任务与里程碑", "Tasks and milestones"))
	d.Key(&t.Name)
}

// TemplateTask is a task of the template, with the milestone that its end means.
type TemplateTask struct {
	bun.BaseModel `bun:"table:projects_template_task,alias:tt"`
	entity.Line

	TemplateID   id.ID          `bun:"template_id,type:uuid,notnull"`
	Name         string         `bun:"name,notnull"`
	PlannedHours money.Quantity `bun:"planned_hours,type:numeric(20,6),notnull"`
	Days         int64          `bun:"days,notnull"`
	AfterNo      int64          `bun:"after_no,notnull"`
	Milestone    string         `bun:"milestone,notnull"`
}

// Describe says what the fields mean.
func (t *TemplateTask) Describe(d *entity.Desc) {
	d.Is("projects.template_task", "template_tasks", entity.T("模板任务", "Template task"), nil)
	d.Field(&t.TemplateID, entity.Field{Label: entity.T("模板", "Template"), Ref: "projects.template", Required: true, Immutable: true})
	d.Field(&t.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&t.Name, entity.Field{Label: entity.T("任务", "Task"), Required: true, List: true})
	d.Field(&t.PlannedHours, entity.Field{Label: entity.T("计划工时", "Planned hours"), List: true})
	d.Field(&t.Days, entity.Field{Label: entity.T("工期（工作日）", "Working days"), Default: "5", NotNeg: true, List: true})
	d.Field(&t.AfterNo, entity.Field{
		Label: entity.T("前置任务序号", "After task no."), NotNeg: true,
		Help: entity.T("从 1 开始；0 表示无前置", "Counted from 1; 0 means none"),
	})
	d.Field(&t.Milestone, entity.Field{Label: entity.T("完成时的里程碑", "Milestone at its end"), List: true})
	d.Parent(&t.TemplateID)
}

// prepareTemplates refuses a task that follows itself or a later one, and keeps one default.
func prepareTemplates(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Template]) error {
	var bad fault.Fields
	var chosen []id.ID
	for _, c := range changes {
		if c.Old != nil && c.Old.Name != c.New.Name {
			c.New.Rename(c.Old.Called)
		}
		for i, t := range c.New.Tasks {
			if t.AfterNo > int64(i) {
				bad.Add(fmt.Sprintf("tasks[%d].after_no", i), "template.order", "前置任务必须排在前面", "A task can only follow one that stands above it")
			}
		}
		if c.New.IsDefault {
			chosen = append(chosen, c.New.ID)
		}
	}
	if err := bad.Err(); err != nil || len(chosen) == 0 {
		return err
	}
	others, err := record.Find[Template](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("is_default").Where("NOT id = ANY(?::uuid[])", texts(chosen)).For("UPDATE")
	})
	if err != nil {
		return err
	}
	for _, o := range others {
		o.IsDefault = false
	}
	return record.Update(ctx, tx, others...)
}

// standard reads the default template; nil when there is none.
func standard(ctx context.Context, tx *tenancy.Tx) (*Template, error) {
	rows, err := record.Find[Template](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("is_default").OrderExpr("id").Limit(1) })
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return record.Get[Template](ctx, tx, rows[0].ID)
}

// govern makes a project need what its template says: an approved initiation, a closing review.
func (t *Template) govern(p *Project) {
	p.InitiationRequired = p.InitiationRequired || t.InitiationRequired
	p.ClosingReview = p.ClosingReview || t.ClosingReview
}

// plan makes the tasks and milestones of a project that starts on a day. Tasks stand one after another as the template says and last so many working days.
func (t *Template) plan(project id.ID, start clock.Date, who *plan, next func() id.ID) (tasks []*Task, milestones []*Milestone) {
	for i, line := range t.Tasks {
		from := who.next(start, 1)
		task := &Task{
			Base: entity.Base{ID: next()}, ProjectID: project, Name: line.Name, Sequence: int64(i+1) * 10, Status: Todo,
			PlannedHours: line.PlannedHours, DependsOn: []string{},
		}
		if n := int(line.AfterNo); n > 0 && n <= i {
			task.DependsOn = []string{tasks[n-1].ID.String()}
			from = who.next(tasks[n-1].EndDate.AddDays(1), 1)
		}
		task.StartDate, task.EndDate = from, who.span(from, int(max(line.Days, 1)), 1)
		tasks = append(tasks, task)
		if line.Milestone != "" {
			milestones = append(milestones, &Milestone{ProjectID: project, Name: line.Milestone, DueDate: task.EndDate, Status: Awaited})
		}
	}
	return tasks, milestones
}

// seed makes the template that most service projects follow, in the tenant's language.
func seed(ctx context.Context, tx *tenancy.Tx) error {
	in := func(zh, en string) string { return i18n.T(zh, en).In(tx.Tenant.Locale) }
	name := i18n.T("标准实施", "Standard delivery")
	t := &Template{Called: entity.Names(name), Name: name.In(tx.Tenant.Locale), IsDefault: true}
	for i, line := range []struct {
		name, milestone string
		hours           int64
		days            int64
	}{
		{in("启动", "Kick-off"), in("项目启动完成", "Project kicked off"), 8, 2},
		{in("设计", "Design"), in("方案确认", "Design approved"), 40, 10},
		{in("实施", "Implementation"), in("实施完成", "Implementation complete"), 120, 20},
		{in("验收", "Acceptance"), in("客户验收", "Accepted by the customer"), 16, 5},
	} {
		t.Tasks = append(t.Tasks, &TemplateTask{
			Name: line.name, PlannedHours: money.Int(line.hours), Days: line.days, AfterNo: int64(i), Milestone: line.milestone,
		})
	}
	return record.Create(ctx, tx, t)
}
