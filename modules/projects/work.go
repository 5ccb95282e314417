package projects

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/projects/projectsevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// prepareProjects completes projects; a new one that names a template gets its tasks and milestones.
func (w scheduler) prepareProjects(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Project]) error {
	templates := map[id.ID][]*Project{}
	var keys []id.ID
	var bad fault.Fields
	for _, c := range changes {
		p := c.New
		if p.ManagerID.IsZero() {
			p.ManagerID = tx.Actor.ID
		}
		p.Margin = p.Revenue.Sub(p.ActualCost)
		p.billable(&bad)
		if c.Old != nil {
			delete(bookOf(tx).held, p.ID)
			continue
		}
		p.Status = Planned
		if p.StartDate.IsZero() {
			p.StartDate = tx.Today()
		}
		if !p.TemplateID.IsZero() {
			templates[p.TemplateID] = append(templates[p.TemplateID], p)
			keys = append(keys, p.TemplateID)
		}
	}
	if err := bad.Err(); err != nil || len(keys) == 0 {
		return err
	}
	list, err := record.GetMany[Template](ctx, tx, keys)
	if err != nil {
		return err
	}
	for _, t := range list {
		for _, p := range templates[t.ID] {
			t.govern(p)
			w.afterwards(tx, t, p)
		}
	}
	return nil
}

// afterwards makes a template's work once the project itself is saved.
func (w scheduler) afterwards(tx *tenancy.Tx, t *Template, p *Project) {
	key, from := p.ID, p.StartDate
	tx.BeforeCommit(func(ctx context.Context) error {
		who, err := w.company(ctx, tx, from)
		if err != nil {
			return err
		}
		tasks, milestones := t.plan(key, from, who, tx.NewID)
		if err := record.Create(ctx, tx, tasks...); err != nil {
			return err
		}
		bookOf(tx).touch(tx, key)
		return record.Create(ctx, tx, milestones...)
	})
}

// start begins a planned project.
func start(ctx context.Context, tx *tenancy.Tx, p *Project, _ modules.None) error {
	p.Status = Active
	if p.StartDate.IsZero() || p.StartDate.After(tx.Today()) {
		p.StartDate = tx.Today()
	}
	return record.Update(ctx, tx, p)
}

// closeProject ends a project: the services are rendered, and whoever ordered them may be invoiced. One under review is closed when nothing is open.
func closeProject(ctx context.Context, tx *tenancy.Tx, p *Project, in Closing) error {
	if err := p.closable(ctx, tx, in); err != nil {
		return err
	}
	before := *p
	bookOf(tx).put(p)
	p.Status, p.Progress, p.ClosedOn = Done, money.Hundred(), tx.Today()
	if in.Override {
		p.CloseReason = in.Reason
	}
	lines, billed := p.lineIDs(), p.BilledAmount
	switch {
	case p.Billing == ByTime:
		lines = nil // what the hours did not reach is not rendered: sales amends the order
	case !p.OrderID.IsZero():
		p.BilledAmount = p.Revenue // what was not billed on the way is now
	}
	if err := record.Update(ctx, tx, p); err != nil {
		return err
	}
	if err := tell(ctx, tx, p, &before); err != nil {
		return err
	}
	if err := record.Emit(ctx, tx, projectsevent.ProjectClosed{ProjectID: p.ID, OrderID: p.OrderID, OrderLineIDs: lines, Before: billed, Whole: p.Revenue}); err != nil {
		return err
	}
	if p.RevenueMethod == Percentage || p.RevenueMethod == Completed {
		return p.recognise(ctx, tx)
	}
	return nil
}

func cancelProject(ctx context.Context, tx *tenancy.Tx, p *Project, _ modules.None) error {
	p.Status = Cancelled
	return record.Update(ctx, tx, p)
}

// prepareTasks checks that tasks hang together: parents and predecessors are of the same project, and none waits for itself.
func prepareTasks(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Task]) error {
	keys := make([]id.ID, len(changes))
	linked := false
	b := bookOf(tx)
	for i, c := range changes {
		t := c.New
		if c.Old == nil {
			t.Status = Todo
		}
		if t.DependsOn == nil {
			t.DependsOn = []string{}
		}
		linked = linked || len(t.DependsOn) > 0 || !t.ParentID.IsZero()
		keys[i] = t.ProjectID
		b.touch(tx, t.ProjectID)
	}
	if !linked {
		return nil
	}
	rows, err := record.Find[Task](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("project_id = ANY(?::uuid[])", texts(keys)) })
	if err != nil {
		return err
	}
	all := map[string]*Task{}
	for _, t := range rows {
		all[t.ID.String()] = t
	}
	for _, c := range changes {
		all[c.New.ID.String()] = c.New
	}
	var bad fault.Fields
	for _, c := range changes {
		c.New.checkLinks(all, &bad)
	}
	return bad.Err()
}

func (t *Task) checkLinks(all map[string]*Task, bad *fault.Fields) {
	for i, key := range t.DependsOn {
		if other := all[key]; other == nil || other.ProjectID != t.ProjectID {
			bad.Add(fmt.Sprintf("depends_on[%d]", i), "task.other_project", "前置任务不在同一项目中", "The task it depends on is not part of the project")
		}
	}
	if t.waits(all, func(x *Task) []string { return x.DependsOn }) {
		bad.Add("depends_on", "task.cycle", "前置任务形成循环", "The dependencies form a cycle")
	}
	if t.ParentID.IsZero() {
		return
	}
	if p := all[t.ParentID.String()]; p == nil || p.ProjectID != t.ProjectID {
		bad.Add("parent_id", "task.other_project", "上级任务不在同一项目中", "The parent is not part of the project")
	}
	if t.waits(all, func(x *Task) []string { return []string{x.ParentID.String()} }) {
		bad.Add("parent_id", "task.cycle", "上级任务形成循环", "The parents form a cycle")
	}
}

// waits tells whether the task reaches itself along the links.
func (t *Task) waits(all map[string]*Task, links func(*Task) []string) bool {
	seen := map[string]bool{}
	stack := links(t)
	for len(stack) > 0 {
		key := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if key == t.ID.String() {
			return true
		}
		if next := all[key]; next != nil && !seen[key] {
			seen[key] = true
			stack = append(append([]string{}, stack...), links(next)...)
		}
	}
	return false
}

func startTask(ctx context.Context, tx *tenancy.Tx, t *Task, _ modules.None) error {
	return t.move(ctx, tx, Doing)
}

func completeTask(ctx context.Context, tx *tenancy.Tx, t *Task, _ modules.None) error {
	return t.move(ctx, tx, Finished)
}

func cancelTask(ctx context.Context, tx *tenancy.Tx, t *Task, _ modules.None) error {
	return t.move(ctx, tx, Cancelled)
}

func reopenTask(ctx context.Context, tx *tenancy.Tx, t *Task, _ modules.None) error {
	return t.move(ctx, tx, Todo)
}

// move brings a task to a state and its project's figures up to date.
func (t *Task) move(ctx context.Context, tx *tenancy.Tx, state string) error {
	t.Status, t.DoneOn = state, clock.Date{}
	if state == Finished {
		t.DoneOn = tx.Today()
	}
	bookOf(tx).touch(tx, t.ProjectID)
	return record.Update(ctx, tx, t)
}

// prepareMilestones brings the projects of changed milestones up to date.
func prepareMilestones(_ context.Context, tx *tenancy.Tx, changes []modules.Change[*Milestone]) error {
	for _, c := range changes {
		if c.Old == nil {
			c.New.Status = Awaited
		}
		bookOf(tx).touch(tx, c.New.ProjectID)
	}
	return nil
}

// bookable refuses hours and expenses on projects that are over, and tasks of other projects. It looks at all records at once.
func bookable(ctx context.Context, tx *tenancy.Tx, projects, tasks []id.ID, project func(i int) id.ID) error {
	rows, err := record.Find[Project](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("id = ANY(?::uuid[])", texts(projects)) })
	if err != nil {
		return err
	}
	for _, p := range rows {
		if !p.live() {
			return fault.New(fault.Rule, "project.over", "项目 %s 已结项或取消，不能登记", "The project %s is over; nothing can be booked on it", p.No)
		}
		if p.InitiationRequired && p.Status != Active {
			return fault.New(fault.Rule, "project.not_started", "项目 %s 尚未立项，不能登记", "The project %s is not started yet; nothing can be booked on it", p.No)
		}
	}
	var wanted []id.ID
	for _, k := range tasks {
		if !k.IsZero() {
			wanted = append(wanted, k)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	found, err := record.Find[Task](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("id = ANY(?::uuid[])", texts(wanted)) })
	if err != nil {
		return err
	}
	of := map[id.ID]id.ID{}
	for _, t := range found {
		of[t.ID] = t.ProjectID
	}
	var bad fault.Fields
	for i, k := range tasks {
		if !k.IsZero() && of[k] != project(i) {
			bad.Add("task_id", "task.other_project", "任务不属于该项目", "The task is not part of the project")
		}
	}
	return bad.Err()
}
