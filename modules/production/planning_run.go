package production

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
)

// What a planning run does about a supply, and what became of it.
const (
	lineMake   = "make"
	lineBuy    = "buy"
	lineReduce = "reduce"
	lineCancel = "cancel"
	lineIn     = "reschedule_in"
	lineOut    = "reschedule_out"

	lineDone     = "done"
	lineProposed = "proposed"
	lineAccepted = "accepted"
)

// PlanningRun is one planning over all products: it makes what is missing, withdraws what nobody needs any more, and proposes what only a person may
// decide.
type PlanningRun struct {
	bun.BaseModel `bun:"table:planning_run,alias:mrp"`
	entity.Base

	No            string     `bun:"no,notnull"`
	Date          clock.Date `bun:"date,type:date,nullzero"`
	HorizonDays   int        `bun:"horizon_days,notnull"`
	ToleranceDays int        `bun:"tolerance_days,notnull"`
	Products      int        `bun:"product_count,notnull"`
	Made          int        `bun:"made_count,notnull"`
	Requested     int        `bun:"requested_count,notnull"`
	Withdrawn     int        `bun:"withdrawn_count,notnull"`
	Proposed      int        `bun:"proposed_count,notnull"`
	Note          string     `bun:"note,notnull"`

	Lines []*PlanningLine `bun:"-"`
}

// Describe says what a planning run means.
func (r *PlanningRun) Describe(d *entity.Desc) {
	d.Is(productionevent.PlanningRun, "planning_runs", entity.T("计划运行", "Planning run"), &r.No)
	d.Field(&r.No, entity.Field{Label: entity.T("单号", "No."), Computed: true, Unique: true, List: true, Search: true})
	d.Field(&r.Date, entity.Field{Label: entity.T("日期", "Date"), Computed: true, List: true, Filter: true})
	d.Field(&r.HorizonDays, entity.Field{
		Label: entity.T("计划期天数", "Horizon in days"), Default: "90", Positive: true, Immutable: true,
		Help: entity.T("只为此期间内的库存水平补货", "Stock levels are looked after for so long"),
	})
	d.Field(&r.ToleranceDays, entity.Field{
		Label: entity.T("提前容差天数", "Tolerance in days"), Default: "3", NotNeg: true, Immutable: true,
		Help: entity.T("早到不超过此天数时不建议推后", "What comes no earlier than this is not proposed for postponing"),
	})
	d.Field(&r.Products, entity.Field{Label: entity.T("产品数", "Products"), Computed: true, List: true})
	d.Field(&r.Made, entity.Field{Label: entity.T("新生产工单", "Production orders made"), Computed: true, List: true})
	d.Field(&r.Requested, entity.Field{Label: entity.T("新采购申请", "Requisitions made"), Computed: true, List: true})
	d.Field(&r.Withdrawn, entity.Field{Label: entity.T("撤回", "Withdrawn"), Computed: true, List: true})
	d.Field(&r.Proposed, entity.Field{Label: entity.T("建议", "Proposals"), Computed: true, List: true})
	d.Field(&r.Note, entity.Field{Label: entity.T("备注", "Note"), Anytime: true})
	d.Number(&r.No, "MRP")
	d.NoDelete()
	d.Lines(&r.Lines, "lines", entity.T("结果", "Results"))
}

// PlanningLine is what a planning run did about one supply, or proposes to do.
type PlanningLine struct {
	bun.BaseModel `bun:"table:planning_line,alias:mrl"`
	entity.Line

	RunID          id.ID          `bun:"run_id,type:uuid,notnull"`
	ProductID      id.ID          `bun:"product_id,type:uuid,notnull"`
	Action         string         `bun:"action,notnull"`
	State          string         `bun:"state,notnull"`
	Reason         string         `bun:"reason,notnull"`
	Quantity       money.Quantity `bun:"quantity,type:numeric(20,6),notnull"`
	FromDate       clock.Date     `bun:"from_date,type:date,nullzero"`
	Date           clock.Date     `bun:"date,type:date,nullzero"`
	DocumentEntity string         `bun:"document_entity,notnull"`
	DocumentID     id.ID          `bun:"document_id,type:uuid,nullzero"`
	DocumentNo     string         `bun:"document_no,notnull"`
	Serves         string         `bun:"serves,notnull"`
}

// Describe says what a result means.
func (l *PlanningLine) Describe(d *entity.Desc) {
	d.Is("production.planning_line", "planning_lines", entity.T("计划结果", "Planning result"), &l.DocumentNo)
	d.Field(&l.RunID, entity.Field{Label: entity.T("计划运行", "Planning run"), Ref: productionevent.PlanningRun, Computed: true})
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true, Aside: true})
	d.Field(&l.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Computed: true, List: true})
	d.Field(&l.Action, entity.Field{
		Label: entity.T("措施", "Action"), Computed: true, List: true,
		Options: entity.Options(lineMake, "生产", "Make", lineBuy, "采购", "Buy", lineReduce, "减少", "Reduce", lineCancel, "取消", "Cancel",
			lineIn, "提前", "Reschedule in", lineOut, "推后", "Reschedule out"),
	})
	d.Field(&l.State, entity.Field{
		Label: entity.T("状态", "State"), Computed: true, List: true,
		Options: entity.Options(lineDone, "已执行", "Done", lineProposed, "建议", "Proposed", lineAccepted, "已采纳", "Accepted"),
	})
	d.Field(&l.Reason, entity.Field{
		Label: entity.T("原因", "Reason"), Computed: true, List: true,
		Options: entity.Options(forDemand, "需求无供应", "A demand has no supply", forStock, "低于库存水平", "Stock falls below its level",
			forParts, "上级工单用料", "Material of an order above", tooLate, "晚于需求", "Later than needed", tooEarly, "早于需求", "Earlier than needed",
			unneeded, "不再需要", "No longer needed"),
	})
	d.Field(&l.Quantity, entity.Field{Label: entity.T("数量", "Quantity"), Computed: true, List: true})
	d.Field(&l.FromDate, entity.Field{Label: entity.T("原日期", "From date"), Computed: true, List: true})
	d.Field(&l.Date, entity.Field{Label: entity.T("日期", "Date"), Computed: true, List: true})
	d.Field(&l.DocumentEntity, entity.Field{Label: entity.T("单据类型", "Kind of document"), Computed: true, Aside: true})
	d.Field(&l.DocumentID, entity.Field{Label: entity.T("单据", "Document"), Computed: true, Aside: true})
	d.Field(&l.DocumentNo, entity.Field{Label: entity.T("单据号", "Document no."), Computed: true, List: true})
	d.Field(&l.Serves, entity.Field{
		Label: entity.T("服务对象", "Serves"), Computed: true, List: true, Help: entity.T("所服务的需求单据", "The documents whose demands it serves"),
	})
	d.Parent(&l.RunID)
	d.ReadOnly()
}
