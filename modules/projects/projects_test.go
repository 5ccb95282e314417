package projects

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

func TestEntitiesCompile(t *testing.T) {
	for _, r := range Module(Plugs{}).Entities {
		if _, err := entity.Compile(r); err != nil {
			t.Error(err)
		}
	}
}

func TestProgress(t *testing.T) {
	for _, c := range []struct {
		name           string
		work, done     string
		steps, reached int64
		want           string
	}{
		{"nothing planned", "0", "0", 0, 0, "0"},
		{"tasks only", "40", "10", 0, 0, "25"},
		{"milestones only", "0", "0", 4, 1, "25"},
		{"half by each", "40", "40", 4, 2, "75"},
		{"all done", "40", "40", 4, 4, "100"},
	} {
		s := sums{Work: money.Must(c.work), WorkDone: money.Must(c.done), Steps: c.steps, Reached: c.reached}
		if got := s.progress(); !got.Equal(money.Must(c.want)) {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestFiguresMakeCostAndWarnings(t *testing.T) {
	p := &Project{Status: Planned, BudgetAmount: money.Int(1000), Revenue: money.Int(1000)}
	p.take(sums{Hours: money.Int(8), Labour: money.Int(500), Expenses: money.Int(299)})
	if !p.ActualCost.Equal(money.Int(799)) || !p.Margin.Equal(money.Int(201)) || p.strain() != 0 || p.Status != Active {
		t.Fatalf("%+v", p)
	}
	p.take(sums{Hours: money.Int(8), Labour: money.Int(500), Expenses: money.Int(300)})
	if p.strain() != 1 {
		t.Fatal("no warning at 80 %")
	}
	p.take(sums{Hours: money.Int(8), Labour: money.Int(1000), Expenses: money.Int(1)})
	if p.strain() != 2 || !p.Margin.Equal(money.Int(-1)) {
		t.Fatalf("%d, margin %s", p.strain(), p.Margin)
	}
}

// A template counts working days: weekends and holidays are left out, weekends that are worked in their stead are not.
func TestTemplatePlansByWorkingDays(t *testing.T) {
	ids := id.NewSource(time.Now)
	tpl := &Template{Tasks: []*TemplateTask{{Name: "a", Days: 2}, {Name: "b", Days: 3, AfterNo: 1, Milestone: "m"}}}
	who := &plan{holidays: map[clock.Date]bool{clock.NewDate(2026, 10, 1): false, clock.NewDate(2026, 10, 2): false, clock.NewDate(2026, 10, 10): true}}
	tasks, milestones := tpl.plan(id.ID{1}, clock.NewDate(2026, 9, 27), who, ids.New) // a Sunday
	got := ""
	for _, x := range tasks {
		got += x.StartDate.String() + " " + x.EndDate.String() + " "
	}
	if got != "2026-09-28 2026-09-29 2026-09-30 2026-10-06 " || milestones[0].DueDate != tasks[1].EndDate {
		t.Fatal(got, milestones[0].DueDate)
	}
	tasks, _ = tpl.plan(id.ID{1}, clock.NewDate(2026, 10, 9), who, ids.New) // a Friday before a Saturday that is worked
	if end := tasks[0].EndDate.String(); end != "2026-10-10" {
		t.Fatal(end)
	}
}

func TestTemplatePlansOneAfterAnother(t *testing.T) {
	ids := id.NewSource(time.Now)
	tpl := &Template{Tasks: []*TemplateTask{
		{Name: "a", Days: 2, Milestone: "m"}, {Name: "b", Days: 10, AfterNo: 1}, {Name: "c", Days: 1, AfterNo: 1},
	}}
	tasks, milestones := tpl.plan(id.ID{1}, clock.NewDate(2026, 1, 30), nil, ids.New)
	if len(tasks) != 3 || len(milestones) != 1 {
		t.Fatal(len(tasks), len(milestones))
	}
	if tasks[0].EndDate.String() != "2026-01-31" || tasks[1].StartDate.String() != "2026-02-01" || tasks[1].EndDate.String() != "2026-02-10" {
		t.Fatal(tasks[0].EndDate, tasks[1].StartDate, tasks[1].EndDate)
	}
	if milestones[0].DueDate != tasks[0].EndDate || tasks[2].DependsOn[0] != tasks[0].ID.String() {
		t.Fatal("links")
	}
}

func TestCriticalPath(t *testing.T) {
	task := func(n byte, days int, after ...byte) *Task {
		x := &Task{StartDate: clock.NewDate(2026, 1, 1)}
		x.ID, x.EndDate = id.ID{n}, x.StartDate.AddDays(days-1)
		for _, a := range after {
			x.DependsOn = append(x.DependsOn, id.ID{a}.String())
		}
		return x
	}
	begin := clock.NewDate(2026, 1, 1)
	got := spans([]*Task{task(1, 3), task(2, 5, 1), task(3, 2, 1), task(4, 1, 2, 3)}, begin, nil)
	want := map[byte][2]int{1: {0, 0}, 2: {3, 0}, 3: {3, 3}, 4: {8, 0}} // start, slack
	for _, s := range got {
		if w := want[s.task.ID[0]]; s.start.Sub(begin) != w[0] || s.slack != w[1] {
			t.Errorf("task %d starts on %s with slack %d, want %v", s.task.ID[0], s.start, s.slack, w)
		}
	}
}

func TestCyclesAreSeen(t *testing.T) {
	a, b := &Task{}, &Task{}
	a.ID, b.ID = id.ID{1}, id.ID{2}
	all := map[string]*Task{a.ID.String(): a, b.ID.String(): b}
	links := func(x *Task) []string { return x.DependsOn }
	a.DependsOn = []string{b.ID.String()}
	if a.waits(all, links) {
		t.Fatal("a chain is no cycle")
	}
	b.DependsOn = []string{a.ID.String()}
	if !a.waits(all, links) || !b.waits(all, links) {
		t.Fatal("a cycle was not seen")
	}
}

// Whatever hours are billed, the sheets add up to the lines, and the lines to what the project is billed.
func TestBilledHoursAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := &Project{Name: "P", BillRate: money.Must(rapid.SampledFrom([]string{"99.99", "33.333333", "0.01", "120"}).Draw(t, "rate"))}
		var sheets []*Timesheet
		for task := range rapid.IntRange(1, 4).Draw(t, "tasks") {
			for range rapid.IntRange(1, 6).Draw(t, "sheets") {
				hours := money.Int(rapid.Int64Range(1, 9999).Draw(t, "hours")).Shift(-3)
				sheets = append(sheets, &Timesheet{TaskID: id.ID{byte(task + 1)}, Hours: hours})
			}
		}
		lines, total := p.hourly(sheets, nil, clock.NewDate(2026, 3, 2), "CNY")
		sum := money.Zero()
		for _, s := range sheets {
			sum = sum.Add(s.BilledAmount)
			if s.BilledOn.IsZero() || s.BilledAmount.Sign() < 0 {
				t.Fatalf("a sheet is not billed: %+v", s)
			}
		}
		invoiced := money.Zero()
		for _, l := range lines {
			invoiced = invoiced.Add(money.RoundTo(l.Quantity.Mul(l.UnitPrice), "CNY"))
		}
		if !sum.Equal(total) || !invoiced.Equal(total) {
			t.Fatalf("sheets %s, lines %s, project %s", sum, invoiced, total)
		}
	})
}

// However tasks hang together, after a reschedule none starts before what it depends on has ended, and none has moved to an earlier day or changed
// its duration.
func TestShiftedTasksKeepTheirOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		begin := clock.NewDate(2030, 1, 1)
		var tasks []*Task
		before := map[id.ID]Task{}
		for i := range rapid.IntRange(1, 8).Draw(t, "tasks") {
			x := &Task{Status: Todo, StartDate: begin.AddDays(rapid.IntRange(0, 30).Draw(t, "start"))}
			x.ID, x.EndDate = id.ID{byte(i + 1)}, x.StartDate.AddDays(rapid.IntRange(0, 10).Draw(t, "days"))
			for _, other := range tasks {
				if rapid.Bool().Draw(t, "depends") {
					x.DependsOn = append(x.DependsOn, other.ID.String())
				}
			}
			tasks, before[x.ID] = append(tasks, x), *x
		}
		byID := map[string]*Task{}
		for _, x := range tasks {
			byID[x.ID.String()] = x
		}
		last := shift(tasks, begin, nil)
		for _, x := range tasks {
			was := before[x.ID]
			if x.StartDate.Before(was.StartDate) || x.EndDate.Sub(x.StartDate) != was.EndDate.Sub(was.StartDate) || x.EndDate.After(last) {
				t.Fatalf("moved from %s–%s to %s–%s, the last day is %s", was.StartDate, was.EndDate, x.StartDate, x.EndDate, last)
			}
			for _, key := range x.DependsOn {
				if !x.StartDate.After(byID[key].EndDate) {
					t.Fatalf("starts on %s, before %s has ended", x.StartDate, byID[key].EndDate)
				}
			}
		}
	})
}

// Work goes on by working days: over a weekend and a holiday, by the calendar of who does it, forward and backward.
func TestPathsGoByWorkingDays(t *testing.T) {
	thursday := clock.NewDate(2026, time.September, 24)
	task := func(n byte, who id.ID, start, days int, after ...byte) *Task {
		x := &Task{Status: Todo, AssigneeID: who, StartDate: thursday.AddDays(start), EndDate: thursday.AddDays(start + days - 1)}
		x.ID = id.ID{n}
		for _, a := range after {
			x.DependsOn = append(x.DependsOn, id.ID{a}.String())
		}
		return x
	}
	keen := id.ID{9}
	holidays := map[clock.Date]bool{thursday.AddDays(4): false} // Monday
	c := &calendar{company: &plan{holidays: holidays}, people: map[id.ID]*plan{keen: {Weekdays: "1,2,3,4,5,6,7", holidays: map[clock.Date]bool{}}}}
	// A takes Thursday and Friday; B, three days by the company's week, goes on to Thursday; C, by whom works every day, has Saturday and Sunday
	tasks := []*Task{task(1, id.ID{}, 0, 2), task(2, id.ID{}, 0, 6, 1), task(3, keen, 0, 2, 1)}
	want := map[byte][4]int{1: {2, 0, 1, 0}, 2: {3, 5, 7, 0}, 3: {2, 2, 3, 4}} // days, start, end, slack
	for _, s := range spans(tasks, thursday, c) {
		if w := want[s.task.ID[0]]; s.days != w[0] || s.start.Sub(thursday) != w[1] || s.end.Sub(thursday) != w[2] || s.slack != w[3] {
			t.Errorf("task %d: %d days from %s to %s, slack %d, want %v", s.task.ID[0], s.days, s.start, s.end, s.slack, w)
		}
	}
	if last := shift(tasks, thursday, c); last != thursday.AddDays(7) || tasks[1].StartDate != thursday.AddDays(5) || tasks[2].EndDate != thursday.AddDays(3) {
		t.Errorf("moved to %s–%s and %s–%s", tasks[1].StartDate, tasks[1].EndDate, tasks[2].StartDate, tasks[2].EndDate)
	}
	tasks[1].BaselineEnd = thursday.AddDays(1)
	if n := tasks[1].late(thursday, c.of(tasks[1])); n != 3 { // Tuesday to Thursday
		t.Errorf("late by %d working days", n)
	}
	tasks[1].BaselineEnd = thursday.AddDays(12)
	if n := tasks[1].late(thursday, c.of(tasks[1])); n != -3 { // Friday, Monday, Tuesday
		t.Errorf("early by %d working days", n)
	}
	if tasks[1].EndDate = clock.NewDate(2000, 1, 1); tasks[1].days(&plan{DaysOff: tasks[1].StartDate.String()}) != 1 {
		t.Error("no task takes less than a day")
	}
}

// A resource's own days off go before the company's holidays, and those before its week.
func TestWorkingDaysKnowHolidays(t *testing.T) {
	monday := clock.NewDate(2026, time.September, 28)
	holidays := map[clock.Date]bool{monday.AddDays(3): false, monday.AddDays(5): true, monday.AddDays(6): true}
	p := &plan{DaysOff: monday.AddDays(6).String(), Start: monday, End: monday.AddDays(6), InAll: money.Int(40), holidays: holidays}
	got := ""
	for n := range 7 {
		got += map[bool]string{true: "w", false: "-"}[p.works(monday.AddDays(n))]
	}
	if got != "www-ww-" {
		t.Errorf("Monday to Sunday: %s", got)
	}
	if h := p.daily(); !h.Equal(money.Int(8)) { // 40 hours over five days
		t.Errorf("%s hours a day", h)
	}
}
