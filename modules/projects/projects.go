// Package projects plans and follows services: projects with tasks, milestones, hours and expenses. A confirmed order with services opens one by
// itself; progress and cost go back to the order and its opportunity.
package projects

import (
	"embed"
	"io/fs"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/modules"
)

//go:embed migrations/*.sql policy/*.yaml
var files embed.FS

// Module is the table of contents.
func Module() modules.Module {
	return modules.Module{
		Name:  "projects",
		Label: entity.T("项目", "Projects"),
		About: entity.T("服务订单自动立项：任务、里程碑、工时、费用、预算与健康度。",
			"A service order opens its project by itself: tasks, milestones, hours, expenses, budget and health."),
		Price: "39.00",
		Entities: []entity.Record{
			new(Template), new(Project), new(Task), new(Milestone), new(Timesheet), new(Expense), new(Resource), new(Risk),
		},
		Actions: actions(),
		Prepares: []modules.Prepare{
			modules.Before(prepareTemplates), modules.Before(prepareProjects), modules.Before(prepareTasks), modules.Before(prepareMilestones),
			modules.Before(prepareTimesheets), modules.Before(prepareExpenses), modules.Before(prepareRisks),
		},
		Reactions:  []modules.Reaction{modules.On(orderConfirmed), modules.On(orderAmended), modules.On(orderCancelled)},
		Reports:    []modules.Report{criticalPath()},
		Checks:     checks(),
		Tallies:    tallies(),
		Migrations: folder("migrations"),
		Policy:     folder("policy"),
		Seed:       seed,
	}
}

func actions() []modules.Action {
	return []modules.Action{
		modules.Act("start", entity.T("启动", "Start"), []string{Planned}, start),
		modules.Act("close", entity.T("结项", "Close"), []string{Planned, Active}, closeProject),
		modules.Act("cancel", entity.T("取消", "Cancel"), []string{Planned, Active}, cancelProject),
		modules.Act("start", entity.T("开始", "Start"), []string{Todo}, startTask),
		modules.Act("complete", entity.T("完成", "Complete"), []string{Todo, Doing}, completeTask),
		modules.Act("cancel", entity.T("取消", "Cancel"), []string{Todo, Doing}, cancelTask),
		modules.Act("reopen", entity.T("重新打开", "Reopen"), []string{Finished, Cancelled}, reopenTask),
		modules.Act("complete", entity.T("完成", "Complete"), []string{Awaited}, completeMilestone),
		modules.Act("cancel", entity.T("取消", "Cancel"), []string{Awaited}, cancelMilestone),
		modules.Act("cancel", entity.T("作废", "Cancel"), []string{Booked}, cancelTimesheet),
		modules.Act("cancel", entity.T("作废", "Cancel"), []string{Booked}, cancelExpense),
		modules.Act("close", entity.T("关闭", "Close"), []string{Open}, closeRisk),
	}
}

func folder(name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil {
		panic(err) // the name is a constant of this package
	}
	return sub
}
