// Package projects plans and follows services: projects with tasks, milestones, hours and expenses. A confirmed order with services opens one by
// itself; progress and cost go back to the order and its opportunity.
package projects

import (
	"context"
	"embed"
	"io/fs"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

//go:embed migrations/*.sql policy/*.yaml
var files embed.FS

// Holidays answers on which days the company is off (false), or works though it is a weekend (true).
type Holidays interface {
	Holidays(ctx context.Context, tx *tenancy.Tx, from, to clock.Date) (map[clock.Date]bool, error)
}

// People answers how a company's people are called.
type People interface {
	Names(ctx context.Context, tx *tenancy.Tx, users []id.ID) (map[id.ID]string, error)
}

// Plugs are what projects ask of others.
type Plugs struct {
	Holidays Holidays
	People   People
}

// Module is the table of contents.
func Module(plugs Plugs) modules.Module {
	w := scheduler{plugs.Holidays}
	return modules.Module{
		Name:  "projects",
		Label: entity.T("项目", "Projects"),
		About: entity.T("服务订单自动立项：任务、里程碑、工时、费用、预算与健康度。",
			"A service order opens its project by itself: tasks, milestones, hours, expenses, budget and health."),
		Price:     "39.00",
		Documents: []string{"projects.milestone.reached"},
		Entities: []entity.Record{
			new(Template), new(Project), new(Task), new(Milestone), new(Timesheet), new(Expense), new(Resource), new(Allocation), new(Risk),
			new(Material), new(Gate), new(ClosingItem),
		},
		Actions: actions(w),
		Prepares: []modules.Prepare{
			modules.Before(prepareTemplates), modules.Before(w.prepareProjects), modules.Before(prepareTasks), modules.Before(prepareMilestones),
			modules.Before(prepareTimesheets), modules.Before(prepareExpenses), modules.Before(prepareRisks),
			modules.Before(plugs.prepareResources), modules.Before(prepareAllocations), modules.Before(prepareGates),
			modules.Before(prepareMaterials),
		},
		Reactions:  []modules.Reaction{modules.On(w.orderConfirmed), modules.On(w.orderAmended), modules.On(orderCancelled), modules.On(stockMoved)},
		Reports:    []modules.Report{w.criticalPath(), w.variance(), conflicts(plugs.Holidays), spending()},
		Checks:     checks(),
		Tallies:    tallies(),
		Migrations: folder("migrations"),
		Policy:     folder("policy"),
		Seed:       seed,
	}
}

func actions(w scheduler) []modules.Action {
	return []modules.Action{
		modules.Act("start", entity.T("启动", "Start"), []string{Planned}, start),
		modules.Act("close", entity.T("结项", "Close"), []string{Planned, Active}, closeProject),
		modules.Act("cancel", entity.T("取消", "Cancel"), []string{Planned, Active}, cancelProject),
		modules.Act("reschedule", entity.T("重排计划", "Reschedule"), []string{Planned, Active}, w.reschedule),
		modules.Act("baseline", entity.T("设定基线", "Set baseline"), []string{Planned, Active}, baseline),
		modules.Act("review", entity.T("结项评审", "Closing review"), []string{Planned, Active}, review),
		modules.Act("bill", entity.T("按工时开票", "Bill hours"), []string{Active, Done}, billHours),
		modules.Act("recognise", entity.T("确认收入", "Recognise revenue"), []string{Active, Done}, recognise),
		modules.Act("start", entity.T("开始", "Start"), []string{Todo}, startTask),
		modules.Act("complete", entity.T("完成", "Complete"), []string{Todo, Doing}, completeTask),
		modules.Act("cancel", entity.T("取消", "Cancel"), []string{Todo, Doing}, cancelTask),
		modules.Act("reopen", entity.T("重新打开", "Reopen"), []string{Finished, Cancelled}, reopenTask),
		modules.Act("complete", entity.T("完成", "Complete"), []string{Awaited}, completeMilestone),
		modules.Act("cancel", entity.T("取消", "Cancel"), []string{Awaited}, cancelMilestone),
		modules.Act("cancel", entity.T("作废", "Cancel"), []string{Booked}, cancelTimesheet),
		modules.Act("cancel", entity.T("作废", "Cancel"), []string{Booked}, cancelExpense),
		modules.Act("issue", entity.T("领料", "Issue"), []string{Wanted}, issueMaterial),
		modules.Act("cancel", entity.T("取消", "Cancel"), []string{Wanted}, cancelMaterial),
		modules.Act("close", entity.T("关闭", "Close"), []string{Open}, closeRisk),
		modules.Act("pass", entity.T("通过", "Pass"), []string{Open, Failed}, passGate),
		modules.Act("fail", entity.T("不通过", "Fail"), []string{Open, Failed}, failGate),
		modules.Act("complete", entity.T("完成", "Complete"), []string{Open}, completeItem),
	}
}

func folder(name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil {
		panic(err) // the name is a constant of this package
	}
	return sub
}
