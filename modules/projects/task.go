package projects

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// The states of a task, beside cancelled.
const (
	Todo     = "todo"
	Doing    = "in_progress"
	Finished = "done"
)

// Task is a piece of work of a project. It may have a parent and may have to wait for others.
type Task struct {
	bun.BaseModel `bun:"table:projects_task,alias:tk"`
	entity.Base

	ProjectID    id.ID          `bun:"project_id,type:uuid,notnull"`
	Name         string         `bun:"name,notnull"`
	Sequence     int64          `bun:"sequence,notnull"`
	ParentID     id.ID          `bun:"parent_id,type:uuid,nullzero"`
	DependsOn    []string       `bun:"depends_on,array"`
	AssigneeID   id.ID          `bun:"assignee_id,type:uuid,nullzero"`
	Status       string         `bun:"status,notnull"`
	PlannedHours money.Quantity `bun:"planned_hours,type:numeric(20,6),notnull"`
	DoneHours    money.Quantity `bun:"done_hours,type:numeric(20,6),notnull"`
	StartDate    clock.Date     `bun:"start_date,nullzero"`
	EndDate      clock.Date     `bun:"end_date,nullzero"`
	DoneOn       clock.Date     `bun:"done_on,nullzero"`
	Note         string         `bun:"note,notnull"`

	BaselineStart clock.Date     `bun:"baseline_start,nullzero"`
	BaselineEnd   clock.Date     `bun:"baseline_end,nullzero"`
	BaselineHours money.Quantity `bun:"baseline_hours,type:numeric(20,6),notnull"`
}

// Describe says what the fields mean.
func (t *Task) Describe(d *entity.Desc) {
	d.Is("projects.task", "tasks", entity.T("任务", "Task"), &t.Name)
	d.Field(&t.ProjectID, entity.Field{Label: entity.T("项目", "Project"), Ref: "projects.project", Required: true, Immutable: true, List: true, Filter: true})
	d.Field(&t.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, List: true, Search: true})
	d.Field(&t.Sequence, entity.Field{Label: entity.T("顺序", "Order"), NotNeg: true})
	d.Field(&t.ParentID, entity.Field{Label: entity.T("上级任务", "Parent"), Ref: "projects.task"})
	d.Field(&t.DependsOn, entity.Field{
		Label: entity.T("前置任务", "Depends on"),
		Help:  entity.T("同一项目中必须先完成的任务 id", "Ids of tasks of the project that have to be done before"),
	})
	d.Field(&t.AssigneeID, entity.Field{Label: entity.T("负责人", "Assignee"), Ref: "user", List: true, Filter: true})
	d.Field(&t.Status, entity.Field{Label: entity.T("状态", "Status"), Computed: true, Default: Todo, List: true, Filter: true, Options: entity.Options(
		Todo, "待办", "To do", Doing, "进行中", "In progress", Finished, "已完成", "Done", Cancelled, "已取消", "Cancelled")})
	d.Field(&t.PlannedHours, entity.Field{Label: entity.T("计划工时", "Planned hours"), List: true, Total: true})
	d.Field(&t.DoneHours, entity.Field{Label: entity.T("实际工时", "Booked hours"), Computed: true, List: true, Total: true})
	d.Field(&t.StartDate, entity.Field{Label: entity.T("开始日期", "Starts on"), List: true, Filter: true})
	d.Field(&t.EndDate, entity.Field{Label: entity.T("结束日期", "Ends on"), List: true, Filter: true})
	d.Field(&t.DoneOn, entity.Field{Label: entity.T("完成日期", "Done on"), Computed: true})
	d.Field(&t.Note, entity.Field{Label: entity.T("备注", "Note")})
	d.Field(&t.BaselineStart, entity.Field{Label: entity.T("基线开始", "Baseline start"), Computed: true})
	d.Field(&t.BaselineEnd, entity.Field{Label: entity.T("基线结束", "Baseline end"), Computed: true})
	d.Field(&t.BaselineHours, entity.Field{Label: entity.T("基线工时", "Baseline hours"), Computed: true})
	d.State(&t.Status)
	d.Owner(&t.AssigneeID)
	d.NoDelete()
}
