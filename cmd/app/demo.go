package app

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/billing"
	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules/core"
	"github.com/tenon-hq/tenon/tenancy"
)

// The demo company, and the password of everybody who works there.
const (
	DemoCompany  = "苏州恒拓机械有限公司"
	DemoPassword = "tenon-demo"
)

// demoDone is the remark on the owner's record that ends the load: a demo company without it was interrupted.
const demoDone = "演示数据已全部装载。Demo data loaded."

// DemoLogin is a person of the demo company.
type DemoLogin struct {
	Name  string
	Email string
	Role  string
}

// DemoLogins lists who can log in to the demo company, the owner first. All have the password DemoPassword.
func DemoLogins() ([]DemoLogin, error) {
	t, err := demoTable("people")
	if err != nil {
		return nil, err
	}
	out := make([]DemoLogin, len(t.Rows))
	for i, r := range t.Rows {
		out[i] = DemoLogin{Name: r[0], Email: r[1], Role: r[2]}
	}
	return out, nil
}

// OpenDemo is Open with the demo company in the data. The first time it loads a year of business, which takes a while: tell hears how far it is. A load
// that was interrupted is dropped and done again.
func OpenDemo(ctx context.Context, cfg Config, tell func(entity.Text)) (*App, error) {
	c := &stageClock{real: cfg.Clock}
	if c.real == nil {
		c.real = clock.System
	}
	cfg.Clock = c.now
	a, err := Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := a.demo(ctx, c, tell); err != nil {
		return nil, errorsWith(err, a.Close(context.WithoutCancel(ctx)))
	}
	return a, nil
}

// errorsWith keeps the first error as it is when the second is nil, so that callers still see what it was.
func errorsWith(err, second error) error {
	if second == nil {
		return err
	}
	return fmt.Errorf("%w; then: %w", err, second)
}

// stageClock tells the time of the story while the demo is loaded, and the real time otherwise.
type stageClock struct {
	real  clock.Clock
	story atomic.Pointer[time.Time]
}

func (c *stageClock) now() time.Time {
	if t := c.story.Load(); t != nil {
		return *t
	}
	return c.real()
}

func (a *App) demo(ctx context.Context, c *stageClock, tell func(entity.Text)) error {
	if err := a.Migrate(ctx, atOnce, nil); err != nil {
		return err
	}
	list, err := a.DB.List(ctx)
	if err != nil {
		return err
	}
	logins, err := DemoLogins()
	if err != nil {
		return err
	}
	for _, t := range list {
		if t.Name != DemoCompany || t.State != tenancy.Active {
			continue
		}
		ours, whole, err := a.demoState(ctx, t, logins[0].Email)
		if err != nil {
			return err
		}
		if whole {
			tell(entity.T("演示企业已存在："+DemoCompany, "the demo company is there: "+DemoCompany))
			return a.demoFree(ctx)
		}
		if ours {
			tell(entity.T("上次装载被中断，重新开始", "the last load was interrupted; starting again"))
			if err := a.DB.Delete(ctx, t.ID); err != nil {
				return err
			}
		}
	}
	defer c.story.Store(nil)
	if err := newDemo(a, c, tell).load(ctx, logins); err != nil {
		return err
	}
	c.story.Store(nil)
	return a.demoFree(ctx)
}

// demoFree keeps the demo company from being billed, and from a trial that ends.
func (a *App) demoFree(ctx context.Context) error {
	list, err := a.DB.List(ctx)
	if err != nil {
		return err
	}
	for _, t := range list {
		if t.Name != DemoCompany || t.State != tenancy.Active {
			continue
		}
		b, err := a.Billing.Account(ctx, t)
		if err != nil || b.Plan == billing.PlanFree {
			return err
		}
		plan := billing.PlanFree
		return a.Billing.Grant(ctx, t, billing.Plan{Plan: &plan}, "demo")
	}
	return nil
}

// demoState tells whether a company of this name was made by the demo, and whether its load came to the end.
func (a *App) demoState(ctx context.Context, t *tenancy.Tenant, owner string) (ours, whole bool, err error) {
	actor := tenancy.Actor{Name: "Tenon", System: true, Locale: i18n.ZH}
	err = a.Engine.Do(ctx, t, actor, func(ctx context.Context, tx *tenancy.Tx) error {
		people, err := record.Find[core.User](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("email = ?", owner) })
		if err != nil || len(people) == 0 {
			return err
		}
		ours = true
		marks, err := record.Find[core.Comment](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("entity = 'user' AND record_id = ? AND text = ?", people[0].ID, demoDone).Limit(1)
		})
		whole = len(marks) > 0
		return err
	}, tenancy.ReadOnly())
	return ours, whole, err
}

// load tells the story from its first day to today.
func (d *demo) load(ctx context.Context, logins []DemoLogin) error {
	d.ctx = ctx
	d.tell(entity.T("正在装载演示数据："+DemoCompany+"（一年的业务，约半分钟）", "loading the demo company "+DemoCompany+" (a year of business, about half a minute)"))
	d.company(logins)
	d.masterData()
	d.plan()
	d.year()
	d.today()
	if d.err == nil {
		d.tell(entity.T(fmt.Sprintf("已装载：%d 笔业务操作", d.acts), fmt.Sprintf("loaded: %d business acts", d.acts)))
	}
	return d.err
}

// key writes an id as the API does.
func key(k id.ID) string { return k.String() }
