package projects

import (
	"context"
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// book gathers the projects and tasks whose figures change in one unit of work. They are worked out once, before the commit, however many hours,
// expenses, tasks and milestones were saved.
type book struct {
	projects []id.ID
	tasks    []id.ID
	held     map[id.ID]*Project
	waiting  bool
}

type bookKey struct{}

func bookOf(tx *tenancy.Tx) *book {
	if b, ok := tx.Local(bookKey{}).(*book); ok {
		return b
	}
	b := &book{held: map[id.ID]*Project{}}
	tx.SetLocal(bookKey{}, b)
	return b
}

// touch says that a project's figures change.
func (b *book) touch(tx *tenancy.Tx, key id.ID) {
	if !slices.Contains(b.projects, key) {
		b.projects = append(b.projects, key)
	}
	if !b.waiting {
		b.waiting = true
		tx.BeforeCommit(func(ctx context.Context) error {
			b.waiting = false
			return b.settle(ctx, tx)
		})
	}
}

// touchTask says that a task's hours change.
func (b *book) touchTask(key id.ID) {
	if !key.IsZero() && !slices.Contains(b.tasks, key) {
		b.tasks = append(b.tasks, key)
	}
}

// put keeps a project that the engine has loaded and locked.
func (b *book) put(p *Project) {
	if mine := b.held[p.ID]; mine != nil && mine != p {
		services := p.Services
		*p = *mine
		p.Services = services
	}
	b.held[p.ID] = p
}

// project returns a project of this unit of work, reading and locking it when it is not at hand.
func (b *book) project(ctx context.Context, tx *tenancy.Tx, key id.ID) (*Project, error) {
	list, err := b.open(ctx, tx, []id.ID{key})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fault.New(fault.NotFound, "record.not_found", "找不到项目", "There is no such project")
	}
	return list[0], nil
}

// open returns projects by id, reading and locking those that are not at hand. Their services are not loaded.
func (b *book) open(ctx context.Context, tx *tenancy.Tx, keys []id.ID) ([]*Project, error) {
	var missing []id.ID
	for _, k := range keys {
		if b.held[k] == nil {
			missing = append(missing, k)
		}
	}
	if len(missing) > 0 {
		rows, err := record.Find[Project](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("id = ANY(?::uuid[])", texts(missing)).OrderExpr("id").For("UPDATE")
		})
		if err != nil {
			return nil, err
		}
		for _, p := range rows {
			b.held[p.ID] = p
		}
	}
	var out []*Project
	for _, k := range keys {
		if p := b.held[k]; p != nil && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out, nil
}

// settle works out hours, cost, progress and due dates and tells what changed.
func (b *book) settle(ctx context.Context, tx *tenancy.Tx) error {
	for len(b.projects) > 0 || len(b.tasks) > 0 {
		keys, tasks := b.projects, b.tasks
		b.projects, b.tasks = nil, nil
		projects, err := b.open(ctx, tx, keys) // the lock first, so that the sums see what others have committed
		if err != nil {
			return err
		}
		if err := bookHours(ctx, tx, tasks); err != nil {
			return err
		}
		sums, err := figures(ctx, tx, keys)
		if err != nil {
			return err
		}
		before := make([]Project, len(projects))
		for i, p := range projects {
			before[i] = *p
			p.take(sums[p.ID])
		}
		if err := record.Update(ctx, tx, projects...); err != nil {
			return err
		}
		for i, p := range projects {
			if err := tell(ctx, tx, p, &before[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// bookHours brings the hours of tasks up to date; work that has begun is in progress.
func bookHours(ctx context.Context, tx *tenancy.Tx, keys []id.ID) error {
	if len(keys) == 0 {
		return nil
	}
	tasks, err := record.Find[Task](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("id = ANY(?::uuid[])", texts(keys)).OrderExpr("id").For("UPDATE")
	})
	if err != nil {
		return err
	}
	var sums []struct {
		TaskID id.ID          `bun:"task_id"`
		Hours  money.Quantity `bun:"hours"`
	}
	err = tx.NewRaw(`SELECT task_id, sum(hours) AS hours FROM projects_timesheet
		WHERE task_id = ANY(?::uuid[]) AND status = 'booked' GROUP BY task_id`, texts(keys)).Scan(ctx, &sums)
	if err != nil {
		return err
	}
	hours := map[id.ID]money.Quantity{}
	for _, s := range sums {
		hours[s.TaskID] = s.Hours
	}
	for _, t := range tasks {
		t.DoneHours = hours[t.ID]
		if t.Status == Todo && t.DoneHours.Sign() > 0 {
			t.Status = Doing
		}
	}
	return record.Update(ctx, tx, tasks...)
}

// sums are a project's figures as its rows tell them.
type sums struct {
	ID       id.ID          `bun:"id"`
	Hours    money.Quantity `bun:"hours"`
	Labour   money.Amount   `bun:"labour"`
	Expenses money.Amount   `bun:"expenses"`
	Bought   money.Amount   `bun:"bought"` // of the expenses, materials
	Issued   money.Amount   `bun:"issued"` // materials from stock
	Planned  money.Quantity `bun:"planned"`
	Work     money.Quantity `bun:"work"`      // weight of the tasks
	WorkDone money.Quantity `bun:"work_done"` // of it, what is done
	Steps    int64          `bun:"steps"`     // milestones
	Reached  int64          `bun:"reached"`
	NextDue  clock.Date     `bun:"next_due"`
}

// figures adds up hours, expenses, tasks and milestones of projects. A task weighs its planned hours, or one when it has none; work in progress
// counts by its hours, at most nine tenths.
func figures(ctx context.Context, tx *tenancy.Tx, keys []id.ID) (map[id.ID]sums, error) {
	var rows []sums
	err := tx.NewRaw(`SELECT p.id, coalesce(h.hours, 0) AS hours, coalesce(h.labour, 0) AS labour, coalesce(e.expenses, 0) AS expenses,
			coalesce(e.bought, 0) AS bought, coalesce(i.issued, 0) AS issued,
			coalesce(t.planned, 0) AS planned, coalesce(t.work, 0) AS work, coalesce(t.work_done, 0) AS work_done,
			coalesce(m.steps, 0) AS steps, coalesce(m.reached, 0) AS reached, least(t.due, m.due) AS next_due
		FROM unnest(?0::uuid[]) AS p(id)
		LEFT JOIN (SELECT project_id, sum(hours) AS hours, sum(amount) AS labour FROM projects_timesheet
			WHERE project_id = ANY(?0::uuid[]) AND status = 'booked' GROUP BY project_id) h ON h.project_id = p.id
		LEFT JOIN (SELECT project_id, sum(amount) AS expenses, sum(amount) FILTER (WHERE category = 'material') AS bought FROM projects_expense
			WHERE project_id = ANY(?0::uuid[]) AND status = 'booked' GROUP BY project_id) e ON e.project_id = p.id
		LEFT JOIN (SELECT project_id, sum(amount) AS issued FROM projects_material
			WHERE project_id = ANY(?0::uuid[]) AND status = 'issued' GROUP BY project_id) i ON i.project_id = p.id
		LEFT JOIN (SELECT project_id, sum(planned_hours) AS planned, sum(w) AS work,
				sum(w * CASE WHEN status = 'done' THEN 1 WHEN planned_hours > 0 THEN least(done_hours / planned_hours, 0.9) ELSE 0 END) AS work_done,
				min(end_date) FILTER (WHERE status <> 'done') AS due
			FROM (SELECT project_id, planned_hours, done_hours, status, end_date, CASE WHEN planned_hours > 0 THEN planned_hours ELSE 1 END AS w
				FROM projects_task WHERE project_id = ANY(?0::uuid[]) AND status <> 'cancelled') x GROUP BY project_id) t ON t.project_id = p.id
		LEFT JOIN (SELECT project_id, count(*) AS steps, count(*) FILTER (WHERE status = 'reached') AS reached,
				min(due_date) FILTER (WHERE status = 'open') AS due
			FROM projects_milestone WHERE project_id = ANY(?0::uuid[]) AND status <> 'cancelled' GROUP BY project_id) m ON m.project_id = p.id`,
		texts(keys)).Scan(ctx, &rows)
	out := make(map[id.ID]sums, len(rows))
	for _, r := range rows {
		out[r.ID] = r
	}
	return out, err
}

// texts writes ids as an array for = ANY(?::uuid[]). A record that a caller left out has none to write.
func texts(keys []id.ID) any {
	out := make([]string, 0, len(keys))
	for _, k := range keys {
		if !k.IsZero() {
			out = append(out, k.String())
		}
	}
	return pgdialect.Array(out)
}
