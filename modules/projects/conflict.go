package projects

import (
	"context"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// Between is the input of the list of conflicts: which days, by default the next half year.
type Between struct {
	From clock.Date `in:"from" label:"自|From"`
	To   clock.Date `in:"to" label:"至|To"`
}

// horizon is how many days the list of conflicts looks ahead at most.
const horizon = 366

// conflicts lists who or what is planned for more hours than a day has, when, and by which work.
func conflicts(holidays Holidays) modules.Report {
	return modules.Report{
		Name: "resource_conflicts", Label: entity.T("资源冲突", "Resource conflicts"), Of: "projects.allocation", Input: func() any { return new(Between) },
		Columns: []entity.Field{
			column("resource_id", "资源", "Resource", entity.KindID), column("user_id", "人员", "Person", entity.KindID), column("name", "名称", "Name", entity.KindText),
			{Name: "kind", Label: entity.T("类型", "Kind"), Kind: entity.KindText, Options: entity.Options("person", "人员", "Person", "equipment", "设备", "Equipment")},
			column("from", "自", "From", entity.KindDate), column("to", "至", "To", entity.KindDate),
			column("capacity_hours", "每日可用工时", "Hours a day", entity.KindQuantity), column("planned_hours", "每日安排工时", "Planned a day", entity.KindQuantity),
			column("over_hours", "超出工时", "Too many", entity.KindQuantity), column("work", "工作", "Work", entity.KindText),
		},
		Run: func(ctx context.Context, tx *tenancy.Tx, input any) ([]map[string]any, error) {
			in, _ := input.(*Between)
			if in == nil {
				in = new(Between)
			}
			if in.From.IsZero() {
				in.From = tx.Today()
			}
			if in.To.IsZero() {
				in.To = in.From.AddDays(180)
			}
			if in.To.Before(in.From) || in.To.Sub(in.From) > horizon {
				return nil, fault.New(fault.Invalid, "span.range", "期间应在 %d 天以内", "The days must span %d at most", horizon).At("to", "span.range", "超出范围", "is out of range")
			}
			plans, err := plans(ctx, tx, *in)
			if err != nil {
				return nil, err
			}
			if err := off(ctx, tx, holidays, plans, *in); err != nil {
				return nil, err
			}
			return clashes(plans, *in), nil
		},
	}
}

// plan is hours of a resource that are planned: so many each working day, or so many in all over the working days of a span.
type plan struct {
	ResourceID id.ID          `bun:"resource_id"`
	UserID     id.ID          `bun:"user_id"`
	Name       string         `bun:"name"`
	Kind       string         `bun:"kind"`
	Capacity   money.Quantity `bun:"capacity"`
	Weekdays   string         `bun:"weekdays"`
	DaysOff    string         `bun:"days_off"`
	Start      clock.Date     `bun:"start_date"`
	End        clock.Date     `bun:"end_date"`
	PerDay     money.Quantity `bun:"per_day"`
	InAll      money.Quantity `bun:"in_all"`
	Work       string         `bun:"work"`

	holidays map[clock.Date]bool // of the company: off, or worked though it is a weekend
}

// off tells plans the company's holidays, over all the days that they span.
func off(ctx context.Context, tx *tenancy.Tx, ask Holidays, list []*plan, in Between) error {
	from, to := in.From, in.To
	for _, p := range list {
		if p.Start.Before(from) {
			from = p.Start
		}
		to = clock.Latest(to, p.End)
	}
	days, err := ask.Holidays(ctx, tx, from, to)
	for _, p := range list {
		p.holidays = days
	}
	return err
}

// plans reads what is planned between two days: tasks of people, by the hours that are left, and allocations. People without a resource work eight
// hours from Monday to Friday.
func plans(ctx context.Context, tx *tenancy.Tx, in Between) ([]*plan, error) {
	var rows []*plan
	err := tx.NewRaw(`SELECT r.id AS resource_id, t.assignee_id AS user_id, coalesce(r.name, '') AS name, 'person' AS kind,
			coalesce(r.hours_per_day, 8) AS capacity, array_to_string(coalesce(r.weekdays, '{}'), ',') AS weekdays,
			array_to_string(coalesce(r.days_off, '{}'), ',') AS days_off, t.start_date, t.end_date, 0 AS per_day,
			greatest(0, t.planned_hours - t.done_hours) AS in_all, p.no || ' ' || t.name AS work
		FROM projects_task t JOIN projects_project p ON p.id = t.project_id LEFT JOIN projects_resource r ON r.user_id = t.assignee_id
		WHERE t.assignee_id IS NOT NULL AND t.status IN ('todo', 'in_progress') AND p.status IN ('planned', 'pending_approval', 'active')
			AND t.start_date <= ?1 AND t.end_date >= ?0
		UNION ALL SELECT r.id, r.user_id, r.name, r.kind, r.hours_per_day, array_to_string(r.weekdays, ','), array_to_string(r.days_off, ','), a.start_date, a.end_date, a.hours_per_day, 0,
			p.no || ' ' || coalesce(t.name, p.name)
		FROM projects_allocation a JOIN projects_resource r ON r.id = a.resource_id JOIN projects_project p ON p.id = a.project_id
			LEFT JOIN projects_task t ON t.id = a.task_id
		WHERE p.status IN ('planned', 'pending_approval', 'active') AND a.start_date <= ?1 AND a.end_date >= ?0
		ORDER BY kind, resource_id, user_id, start_date, work`, in.From, in.To).Scan(ctx, &rows)
	return rows, err
}

// works tells whether a resource works on a day. Its own days off go before the company's holidays, and those before its week.
func (p *plan) works(on clock.Date) bool {
	if strings.Contains(p.DaysOff, on.String()) {
		return false
	}
	if worked, other := p.holidays[on]; other {
		return worked
	}
	day := (int(on.Time().Weekday())+6)%7 + 1
	if p.Weekdays == "" {
		return day <= 5
	}
	return slices.Contains(strings.Split(p.Weekdays, ","), strconv.Itoa(day))
}

// daily is how many hours of each working day a plan takes.
func (p *plan) daily() money.Quantity {
	if p.PerDay.Sign() > 0 {
		return p.PerDay
	}
	days := int64(0)
	for on := p.Start; !on.After(p.End); on = on.AddDays(1) {
		if p.works(on) {
			days++
		}
	}
	return money.Div(p.InAll, money.Int(max(1, days))).Round(6)
}

// clash is days in a row on which the same work is too much for a resource.
type clash struct {
	*plan
	from, to clock.Date
	planned  money.Quantity
	work     string
}

// clashes finds the days on which resources are planned for more than they have.
func clashes(rows []*plan, in Between) []map[string]any {
	byWho := map[[2]id.ID][]*plan{}
	var order [][2]id.ID
	for _, p := range rows {
		who := [2]id.ID{p.ResourceID, p.UserID}
		if byWho[who] == nil {
			order = append(order, who)
		}
		byWho[who] = append(byWho[who], p)
	}
	var out []map[string]any
	for _, who := range order {
		for _, c := range overlaps(byWho[who], in) {
			out = append(out, map[string]any{
				"resource_id": c.ResourceID, "user_id": c.UserID, "name": c.Name, "kind": c.Kind, "from": c.from, "to": c.to, "capacity_hours": c.Capacity,
				"planned_hours": c.planned, "over_hours": c.planned.Sub(c.Capacity), "work": c.work,
			})
		}
	}
	return out
}

// overlaps goes through the days of one resource.
func overlaps(mine []*plan, in Between) []*clash {
	daily := make([]money.Quantity, len(mine))
	for i, p := range mine {
		daily[i] = p.daily()
	}
	var out []*clash
	var last *clash
	for on := in.From; !on.After(in.To); on = on.AddDays(1) {
		if !mine[0].works(on) {
			continue
		}
		planned, work := money.Zero(), []string{}
		for i, p := range mine {
			if !on.Before(p.Start) && !on.After(p.End) {
				planned = planned.Add(daily[i])
				work = append(work, p.Work)
			}
		}
		sort.Strings(work)
		list := strings.Join(slices.Compact(work), "; ")
		switch {
		case !planned.GreaterThan(mine[0].Capacity):
			last = nil
		case last != nil && last.work == list && last.planned.Equal(planned):
			last.to = on
		default:
			last = &clash{plan: mine[0], from: on, to: on, planned: planned, work: list}
			out = append(out, last)
		}
	}
	return out
}
