package production

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// WorkCenter is where operations are done: a machine, a line, a team.
type WorkCenter struct {
	bun.BaseModel `bun:"table:work_center,alias:wc"`
	entity.Base

	Code        string         `bun:"code,notnull,unique"`
	Name        string         `bun:"name,notnull"`
	CostRate    money.Amount   `bun:"cost_rate,type:numeric(20,4),notnull"`
	HoursPerDay money.Quantity `bun:"hours_per_day,type:numeric(20,6),notnull"`
	Capacity    int            `bun:"capacity,notnull"`
	Bottleneck  bool           `bun:"bottleneck,notnull"`
	CalendarID  id.ID          `bun:"calendar_id,type:uuid,nullzero"`
	Efficiency  money.Percent  `bun:"efficiency_percent,type:numeric(9,4),notnull"`
	Active      bool           `bun:"active,notnull"`
}

// Describe says what a work centre means.
func (w *WorkCenter) Describe(d *entity.Desc) {
	d.Is("production.work_center", "work_centers", entity.T("工作中心", "Work centre"), &w.Name)
	d.Field(&w.Code, entity.Field{Label: entity.T("编码", "Code"), Required: true, Unique: true, List: true, Search: true})
	d.Field(&w.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, List: true, Search: true})
	d.Field(&w.CostRate, entity.Field{
		Label: entity.T("小时费率", "Cost rate"), Class: "cost", NotNeg: true, List: true,
		Help: entity.T("每小时成本，本位币", "Cost of one hour in company currency"),
	})
	d.Field(&w.HoursPerDay, entity.Field{Label: entity.T("每日工时", "Hours per day"), Default: "8", Positive: true, List: true})
	d.Field(&w.Capacity, entity.Field{
		Label: entity.T("并行能力", "Capacity"), Default: "1", Positive: true, List: true,
		Help: entity.T("可同时加工的工单数", "How many orders it works on at the same time"),
	})
	d.Field(&w.Bottleneck, entity.Field{
		Label: entity.T("瓶颈", "Bottleneck"), List: true, Filter: true,
		Help: entity.T("排产时不超过可用工时", "Is never planned for more than it can do"),
	})
	d.Field(&w.CalendarID, entity.Field{
		Label: entity.T("工作日历", "Work calendar"), Ref: "production.calendar", List: true,
		Help: entity.T("未指定时周一至周五按每日工时", "Without one, the hours per day from Monday to Friday"),
	})
	d.Field(&w.Efficiency, entity.Field{
		Label: entity.T("效率 %", "Efficiency %"), Default: "100", Positive: true, List: true,
		Help: entity.T("一小时内完成的标准工时比例", "How much of an hour's standard work is done in an hour"),
	})
	d.Field(&w.Active, entity.Field{Label: entity.T("启用", "Active"), Default: "true", Filter: true})
	d.Key(&w.Code)
}

// Routing is the sequence of operations by which products are made.
type Routing struct {
	bun.BaseModel `bun:"table:routing,alias:ro"`
	entity.Base

	Code   string `bun:"code,notnull,unique"`
	Name   string `bun:"name,notnull"`
	Active bool   `bun:"active,notnull"`

	Operations []*RoutingOperation `bun:"-"`
}

// Describe says what a routing means.
func (r *Routing) Describe(d *entity.Desc) {
	d.Is("production.routing", "routings", entity.T("工艺路线", "Routing"), &r.Name)
	d.Field(&r.Code, entity.Field{Label: entity.T("编码", "Code"), Required: true, Unique: true, List: true, Search: true})
	d.Field(&r.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, List: true, Search: true})
	d.Field(&r.Active, entity.Field{Label: entity.T("启用", "Active"), Default: "true", Filter: true})
	d.Key(&r.Code)
	d.Lines(&r.Operations, "operations", entity.T("工序", "Operations"))
}

// RoutingOperation is one step of a routing with the time that it takes.
type RoutingOperation struct {
	bun.BaseModel `bun:"table:routing_operation,alias:rp"`
	entity.Line

	RoutingID    id.ID          `bun:"routing_id,type:uuid,notnull"`
	Name         string         `bun:"name,notnull"`
	WorkCenterID id.ID          `bun:"work_center_id,type:uuid,notnull"`
	SetupMinutes money.Quantity `bun:"setup_minutes,type:numeric(20,6),notnull"`
	RunMinutes   money.Quantity `bun:"run_minutes,type:numeric(20,6),notnull"`
	ScrapPercent money.Percent  `bun:"scrap_percent,type:numeric(9,4),notnull"`
	ServiceID    id.ID          `bun:"subcontract_service_id,type:uuid,nullzero"`
}

// Describe says what a routing's operation means.
func (o *RoutingOperation) Describe(d *entity.Desc) {
	d.Is("production.routing_operation", "routing_operations", entity.T("工序", "Operation"), &o.Name)
	d.Field(&o.RoutingID, entity.Field{Label: entity.T("工艺路线", "Routing"), Ref: "production.routing", Computed: true})
	d.Field(&o.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true, Aside: true})
	d.Field(&o.Name, entity.Field{Label: entity.T("名称", "Name"), List: true})
	d.Field(&o.WorkCenterID, entity.Field{Label: entity.T("工作中心", "Work centre"), Ref: "production.work_center", Required: true, List: true})
	d.Field(&o.SetupMinutes, entity.Field{
		Label: entity.T("准备分钟", "Setup minutes"), NotNeg: true, List: true, Help: entity.T("每张工单一次", "Once for each production order"),
	})
	d.Field(&o.RunMinutes, entity.Field{
		Label: entity.T("加工分钟", "Run minutes"), NotNeg: true, List: true, Help: entity.T("每单位产品", "For one unit of the product"),
	})
	d.Field(&o.ScrapPercent, entity.Field{
		Label: entity.T("工序损耗率 %", "Operation scrap %"), NotNeg: true, List: true,
		Help: entity.T("进入本工序的数量中报废的比例", "The share of what enters the operation that is spoilt"),
	})
	d.Field(&o.ServiceID, entity.Field{
		Label: entity.T("委外服务", "Subcontracted as"), Ref: "inventory.product", List: true,
		Help: entity.T("由供应商完成本工序：为进入本工序的每单位产品采购的服务", "A vendor does this step: the service that is bought for each unit that enters it"),
	})
	d.Parent(&o.RoutingID)
}

// prepareRoutings refuses operations that spoil everything.
func prepareRoutings(_ context.Context, _ *tenancy.Tx, changes []modules.Change[*Routing]) error {
	var bad fault.Fields
	for _, c := range changes {
		for i, o := range c.New.Operations {
			if o.ScrapPercent.GreaterThanOrEqual(money.Hundred()) {
				bad.Add(fmt.Sprintf("operations[%d].scrap_percent", i), "value.range", "损耗率应小于 100", "must be less than 100")
			}
		}
	}
	return bad.Err()
}
