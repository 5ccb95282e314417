package projects

import (
	"github.com/tenon-hq/tenon/entity"
)

// How a project is billed, and how its revenue is earned.
const (
	ByOrder     = "order"
	ByMilestone = "milestone"
	ByTime      = "time"

	AsInvoiced = "invoiced"
	Percentage = "percentage"
	Completed  = "completed"
)

// describeTerms says what the fields mean that a project is agreed on: its charter, its baseline and budget, how it is billed and closed.
func (p *Project) describeTerms(d *entity.Desc) {
	d.Field(&p.Objective, entity.Field{Label: entity.T("目标", "Objective"), Search: true})
	d.Field(&p.SponsorID, entity.Field{Label: entity.T("发起人", "Sponsor"), Ref: "user", Filter: true})
	d.Field(&p.InitiationRequired, entity.Field{
		Label: entity.T("需立项审批", "Initiation needs approval"), Immutable: true, Filter: true,
		Help: entity.T("启动须经审批，启动前不能登记工时和费用", "Starting it needs an approval, and nothing is booked on it before"),
	})
	d.Field(&p.ClosingReview, entity.Field{
		Label: entity.T("结项评审", "Closing review"), Filter: true,
		Help: entity.T("任务、里程碑、检查项或未开票工时未了结时不能结项，除非说明原因", "It can't be closed while anything is open, unless somebody says why"),
	})
	d.Field(&p.ClosedOn, entity.Field{Label: entity.T("结项日期", "Closed on"), Computed: true, Filter: true})
	d.Field(&p.CloseReason, entity.Field{Label: entity.T("强制结项原因", "Why it was closed anyway"), Computed: true})
	d.Field(&p.BaselineOn, entity.Field{Label: entity.T("基线日期", "Baseline of"), Computed: true})
	d.Field(&p.BaselineEnd, entity.Field{Label: entity.T("基线结束日期", "Baseline end"), Computed: true})
	d.Field(&p.BaselineBudget, entity.Field{Label: entity.T("基线预算", "Baseline budget"), Class: "price", Computed: true})
	d.Field(&p.LabourBudget, entity.Field{Label: entity.T("人工预算", "Budget for labour"), Class: "price"})
	d.Field(&p.MaterialBudget, entity.Field{Label: entity.T("材料预算", "Budget for materials"), Class: "price"})
	d.Field(&p.ExpenseBudget, entity.Field{Label: entity.T("费用预算", "Budget for expenses"), Class: "price"})
	d.Field(&p.MaterialCost, entity.Field{
		Label: entity.T("材料成本", "Materials"), Class: "cost", Computed: true, Help: entity.T("从库存领用的材料与类别为材料的费用", "What was issued from stock, and expenses for materials"),
	})
	d.Field(&p.Billing, entity.Field{
		Label: entity.T("开票方式", "Billing"), Default: ByOrder, Filter: true,
		Options: entity.Options(ByOrder, "结项时按订单", "By order, when closed", ByMilestone, "按里程碑", "By milestone", ByTime, "按工时", "By time"),
	})
	d.Field(&p.BillRate, entity.Field{
		Label: entity.T("计费单价（每小时）", "Price of an hour"), Kind: entity.KindPrice, Class: "price", Help: entity.T("不含税，按工时开票时使用", "Without tax, when it is billed by time"),
	})
	d.Field(&p.TaxID, entity.Field{Label: entity.T("税率", "Tax"), Ref: "finance.tax", Help: entity.T("自有项目和超出订单的工时开票所用", "Of the invoices of a project without an order, and of hours beyond an order")})
	d.Field(&p.BilledAmount, entity.Field{Label: entity.T("已开票金额", "Billed"), Class: "price", Computed: true, Total: true})
	d.Field(&p.RevenueMethod, entity.Field{
		Label: entity.T("收入确认方法", "Revenue method"), Default: AsInvoiced, Filter: true,
		Options: entity.Options(AsInvoiced, "随开票确认", "As invoiced", Percentage, "完工百分比法", "Percentage of completion", Completed, "完成合同法", "Completed contract"),
	})
	d.Field(&p.EarnedAmount, entity.Field{Label: entity.T("已确认收入", "Earned"), Class: "price", Computed: true, Total: true})
	d.Field(&p.RecognisedOn, entity.Field{Label: entity.T("收入确认日期", "Recognised on"), Computed: true})
	d.Field(&p.ContractBalance, entity.Field{
		Label: entity.T("合同余额", "Contract balance"), Class: "price", Computed: true, Signed: true,
		Help: entity.T("已确认收入减已开票：正数为合同资产，负数为合同负债", "Earned less billed: an asset when positive, a liability when negative"),
	})
}
