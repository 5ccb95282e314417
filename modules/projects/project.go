package projects

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// The states of a project.
const (
	Planned   = "planned"
	Pending   = "pending_approval" // its initiation awaits an approval
	Active    = "active"
	Done      = "closed"
	Cancelled = "cancelled"
)

// Project is a service being rendered: for an order, or of the company's own.
type Project struct {
	bun.BaseModel `bun:"table:projects_project,alias:pj"`
	entity.Base

	No            string        `bun:"no,nullzero"`
	Name          string        `bun:"name,notnull"`
	CustomerID    id.ID         `bun:"customer_id,type:uuid,nullzero"`
	OrderID       id.ID         `bun:"order_id,type:uuid,nullzero"`
	OpportunityID id.ID         `bun:"opportunity_id,type:uuid,nullzero"`
	TemplateID    id.ID         `bun:"template_id,type:uuid,nullzero"`
	ManagerID     id.ID         `bun:"manager_id,type:uuid,nullzero"`
	Status        string        `bun:"status,notnull"`
	StartDate     clock.Date    `bun:"start_date,nullzero"`
	EndDate       clock.Date    `bun:"end_date,nullzero"`
	NextDue       clock.Date    `bun:"next_due,nullzero"`
	Progress      money.Percent `bun:"progress,type:numeric(9,4),notnull"`
	BudgetAmount  money.Amount  `bun:"budget_amount,type:numeric(20,4),notnull"`
	PlannedHours  money.Amount  `bun:"planned_hours,type:numeric(20,6),notnull"`
	ActualHours   money.Amount  `bun:"actual_hours,type:numeric(20,6),notnull"`
	LabourCost    money.Amount  `bun:"labour_cost,type:numeric(20,4),notnull"`
	ExpenseCost   money.Amount  `bun:"expense_cost,type:numeric(20,4),notnull"`
	ActualCost    money.Amount  `bun:"actual_cost,type:numeric(20,4),notnull"`
	Revenue       money.Amount  `bun:"revenue,type:numeric(20,4),notnull"`
	Margin        money.Amount  `bun:"margin,type:numeric(20,4),notnull"`
	Note          string        `bun:"note,notnull"`

	Objective          string       `bun:"objective,notnull"`
	SponsorID          id.ID        `bun:"sponsor_id,type:uuid,nullzero"`
	InitiationRequired bool         `bun:"initiation_required,notnull"`
	ClosingReview      bool         `bun:"closing_review,notnull"`
	ClosedOn           clock.Date   `bun:"closed_on,nullzero"`
	CloseReason        string       `bun:"close_reason,notnull"`
	BaselineOn         clock.Date   `bun:"baseline_on,nullzero"`
	BaselineEnd        clock.Date   `bun:"baseline_end,nullzero"`
	BaselineBudget     money.Amount `bun:"baseline_budget,type:numeric(20,4),notnull"`
	LabourBudget       money.Amount `bun:"labour_budget,type:numeric(20,4),notnull"`
	MaterialBudget     money.Amount `bun:"material_budget,type:numeric(20,4),notnull"`
	ExpenseBudget      money.Amount `bun:"expense_budget,type:numeric(20,4),notnull"`
	MaterialCost       money.Amount `bun:"material_cost,type:numeric(20,4),notnull"`
	Billing            string       `bun:"billing,notnull"`
	BillRate           money.Price  `bun:"bill_rate,type:numeric(20,6),notnull"`
	TaxID              id.ID        `bun:"tax_id,type:uuid,nullzero"`
	BilledAmount       money.Amount `bun:"billed_amount,type:numeric(20,4),notnull"`
	RevenueMethod      string       `bun:"revenue_method,notnull"`
	EarnedAmount       money.Amount `bun:"earned_amount,type:numeric(20,4),notnull"`
	RecognisedOn       clock.Date   `bun:"recognised_on,nullzero"`
	ContractBalance    money.Amount `bun:"contract_balance,type:numeric(20,4),notnull"`

	Services []*Service `bun:"-"`
}

// Health in SQL, worst first. It depends on the day, so it is not stored: a project whose milestone passed yesterday is late today, whoever looks.
const (
	running    = `status IN ('planned', 'pending_approval', 'active')`
	overBudget = `budget_amount > 0 AND actual_cost > budget_amount`
	nearBudget = `budget_amount > 0 AND actual_cost >= budget_amount * 0.8`
	overdue    = `end_date IS NOT NULL AND end_date < {today}`
	stepLate   = `next_due IS NOT NULL AND next_due < {today}`
)

// Describe says what the fields mean.
func (p *Project) Describe(d *entity.Desc) {
	d.Is("projects.project", "projects", entity.T("项目", "Project"), &p.Name)
	d.Field(&p.No, entity.Field{Label: entity.T("项目编号", "No."), Computed: true, Unique: true, List: true, Search: true})
	d.Field(&p.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, List: true, Search: true})
	d.Field(&p.CustomerID, entity.Field{Label: entity.T("客户", "Customer"), Ref: "crm.customer", List: true, Filter: true})
	d.Field(&p.OrderID, entity.Field{Label: entity.T("销售订单", "Sales order"), Ref: "sales.order", Computed: true, Filter: true})
	d.Field(&p.OpportunityID, entity.Field{Label: entity.T("商机", "Opportunity"), Ref: "crm.opportunity", Computed: true})
	d.Field(&p.TemplateID, entity.Field{
		Label: entity.T("模板", "Template"), Ref: "projects.template", Immutable: true,
		Help: entity.T("新建时按模板生成任务和里程碑", "Its tasks and milestones are made with the project"),
	})
	d.Field(&p.ManagerID, entity.Field{Label: entity.T("项目经理", "Manager"), Ref: "user", List: true, Filter: true})
	d.Field(&p.Status, entity.Field{Label: entity.T("状态", "Status"), Computed: true, Default: Planned, List: true, Filter: true, Options: entity.Options(
		Planned, "计划中", "Planned", Pending, "立项审批中", "Awaits approval", Active, "进行中", "Active", Done, "已结项", "Closed", Cancelled, "已取消", "Cancelled")})
	d.Field(&p.StartDate, entity.Field{Label: entity.T("开始日期", "Starts on"), List: true, Filter: true})
	d.Field(&p.EndDate, entity.Field{Label: entity.T("结束日期", "Ends on"), List: true, Filter: true})
	d.Field(&p.NextDue, entity.Field{Label: entity.T("下一到期日", "Next due on"), Computed: true, Filter: true})
	d.Field(&p.Progress, entity.Field{Label: entity.T("进度 %", "Progress %"), Computed: true, List: true})
	d.Field(&p.BudgetAmount, entity.Field{Label: entity.T("预算", "Budget"), Class: "price", List: true, Total: true})
	d.Field(&p.PlannedHours, entity.Field{Label: entity.T("计划工时", "Planned hours"), Computed: true})
	d.Field(&p.ActualHours, entity.Field{Label: entity.T("实际工时", "Booked hours"), Computed: true})
	d.Field(&p.LabourCost, entity.Field{Label: entity.T("人工成本", "Labour cost"), Class: "cost", Computed: true})
	d.Field(&p.ExpenseCost, entity.Field{Label: entity.T("费用成本", "Expenses"), Class: "cost", Computed: true})
	d.Field(&p.ActualCost, entity.Field{Label: entity.T("实际成本", "Actual cost"), Class: "cost", Computed: true, List: true, Total: true})
	d.Field(&p.Revenue, entity.Field{Label: entity.T("收入", "Revenue"), Class: "price", Total: true})
	d.Field(&p.Margin, entity.Field{Label: entity.T("毛利", "Margin"), Class: "margin", Computed: true, Signed: true, Total: true})
	d.Field(&p.Note, entity.Field{Label: entity.T("备注", "Note"), Anytime: true, Aside: true})
	p.describeTerms(d)
	health(d)
	d.Number(&p.No, "PJ")
	d.State(&p.Status, Planned, Active)
	d.Measure(&p.Revenue, Cancelled)
	d.Pending(Pending)
	d.Owner(&p.ManagerID)
	d.Lines(&p.Services, "services", entity.T("服务", "Services"))
}

func health(d *entity.Desc) {
	d.Virtual("health", entity.Field{
		Label: entity.T("健康度", "Health"), Kind: entity.KindText, List: true, Filter: true,
		Options: entity.Options("green", "正常", "Green", "amber", "预警", "Amber", "red", "风险", "Red"),
		Expr: "CASE WHEN NOT (" + running + ") THEN 'green' WHEN " + overBudget + " OR " + overdue + " THEN 'red' WHEN " + nearBudget + " OR " + stepLate +
			" THEN 'amber' ELSE 'green' END",
	})
	d.Virtual("health_reason", entity.Field{
		Label: entity.T("健康度原因", "Reason of health"), Kind: entity.KindText,
		Options: entity.Options("on_track", "正常推进", "On track", "over_budget", "成本已超预算", "Over budget", "overdue", "已过结束日期", "Past its end date",
			"near_budget", "成本达到预算的 80 %", "80 % of the budget is spent", "step_late", "任务或里程碑逾期", "A task or milestone is late"),
		Expr: "CASE WHEN NOT (" + running + ") THEN 'on_track' WHEN " + overBudget + " THEN 'over_budget' WHEN " + overdue + " THEN 'overdue' WHEN " +
			nearBudget + " THEN 'near_budget' WHEN " + stepLate + " THEN 'step_late' ELSE 'on_track' END",
	})
	d.Virtual("health_text_zh", entity.Field{
		Label: entity.T("健康度说明（中文）", "Health in words (Chinese)"), Kind: entity.KindText, Expr: healthText("进度：", "；成本：", "已结束",
			"已过结束日期 ' || ({today} - end_date) || ' 天", "任务或里程碑逾期 ' || ({today} - next_due) || ' 天", "正常", "已超预算", "已达预算的 80 %", "在预算内", "未设预算"),
	})
	d.Virtual("health_text_en", entity.Field{
		Label: entity.T("健康度说明（英文）", "Health in words"), Kind: entity.KindText, Expr: healthText("Schedule: ", "; cost: ", "The project is over",
			"' || ({today} - end_date) || ' days past its end", "a task or milestone is ' || ({today} - next_due) || ' days late", "on time", "over budget",
			"80 % of the budget is spent", "within budget", "no budget is set"),
	})
}

// healthText is health in words: how the schedule stands, and how the cost.
func healthText(schedule, cost, over, late, stepBehind, onTime, beyond, near, within, none string) string {
	return "CASE WHEN NOT (" + running + ") THEN '" + over + "' ELSE '" + schedule + "' || CASE WHEN " + overdue + " THEN '" + late + "' WHEN " + stepLate + " THEN '" +
		stepBehind + "' ELSE '" + onTime + "' END || '" + cost + "' || CASE WHEN budget_amount <= 0 THEN '" + none + "' WHEN " + overBudget + " THEN '" + beyond +
		"' WHEN " + nearBudget + " THEN '" + near + "' ELSE '" + within + "' END END"
}

// Service is an order line that the project renders.
type Service struct {
	bun.BaseModel `bun:"table:projects_service,alias:sv"`
	entity.Line

	ProjectID   id.ID        `bun:"project_id,type:uuid,notnull"`
	OrderLineID id.ID        `bun:"order_line_id,type:uuid,notnull"`
	ProductID   id.ID        `bun:"product_id,type:uuid,nullzero"`
	Description string       `bun:"description,notnull"`
	Amount      money.Amount `bun:"amount,type:numeric(20,4),notnull"`
}

// Describe says what the fields mean.
func (s *Service) Describe(d *entity.Desc) {
	d.Is("projects.service", "services", entity.T("服务", "Service"), nil)
	d.Field(&s.ProjectID, entity.Field{Label: entity.T("项目", "Project"), Ref: "projects.project", Computed: true})
	d.Field(&s.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&s.OrderLineID, entity.Field{Label: entity.T("订单行", "Order line"), Computed: true})
	d.Field(&s.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Computed: true})
	d.Field(&s.Description, entity.Field{Label: entity.T("说明", "Description"), Computed: true})
	d.Field(&s.Amount, entity.Field{Label: entity.T("金额", "Amount"), Class: "price", Computed: true})
	d.Parent(&s.ProjectID)
	d.ReadOnly()
}

// lineIDs returns the order lines that the project renders.
func (p *Project) lineIDs() []id.ID {
	out := make([]id.ID, len(p.Services))
	for i, s := range p.Services {
		out[i] = s.OrderLineID
	}
	return out
}

// live tells that work may be booked on the project.
func (p *Project) live() bool {
	return p.Status == Planned || p.Status == Pending || p.Status == Active
}
