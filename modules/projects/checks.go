package projects

import (
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/modules"
)

// checks are what holds in the projects at every moment.
func checks() []modules.Check {
	return []modules.Check{
		{Name: "hours_are_booked", Label: entity.T("项目工时与人工成本等于工时单之和", "A project's hours and labour are its timesheets'"), SQL: `
			SELECT p.id, format('project %s: %s hours and %s labour, timesheets give %s and %s', p.no, p.actual_hours, p.labour_cost,
				coalesce(t.hours, 0), coalesce(t.amount, 0))
			FROM projects_project p LEFT JOIN (SELECT project_id, sum(hours) AS hours, sum(amount) AS amount FROM projects_timesheet
				WHERE status = 'booked' GROUP BY 1) t ON t.project_id = p.id
			WHERE (p.actual_hours, p.labour_cost) <> (coalesce(t.hours, 0), coalesce(t.amount, 0))`},
	}
}

// tallies are what projects know that the orders know too.
func tallies() []modules.Tally {
	return []modules.Tally{
		{Name: "services", Label: entity.T("承接订单行的项目数", "projects that render an order line"), SQL: `
			SELECT s.order_line_id, count(*), min(p.created_at) FROM projects_service s JOIN projects_project p ON p.id = s.project_id
			WHERE p.status <> 'cancelled' GROUP BY 1`},
	}
}
