// Package production plans and makes goods: bills of materials, work centres and routings, and the production orders that follow from what stock
// is short of, at all levels at once.
package production

import (
	"context"
	"embed"
	"io/fs"
	"math/big"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/tenancy"
)

//go:embed migrations/*.sql policy/*.yaml
var files embed.FS

// Products answers what products are and measures them in their own units.
type Products interface {
	Products(ctx context.Context, tx *tenancy.Tx, ids []id.ID) (map[id.ID]coreevent.Product, error)
	Factors(ctx context.Context, tx *tenancy.Tx, list []coreevent.Measure) (map[coreevent.Measure]*big.Rat, error)
	Stocked(ctx context.Context, tx *tenancy.Tx) ([]id.ID, error)
}

// Stock answers how much of each product nobody has reserved: Free keeps it so until the end of the unit of work, Look only looks. Position is all that
// planning has to know. Spare is what is on its way that nobody waits for, what production makes included.
type Stock interface {
	Free(ctx context.Context, tx *tenancy.Tx, products []id.ID) (map[id.ID]money.Quantity, error)
	Look(ctx context.Context, tx *tenancy.Tx, products []id.ID) (map[id.ID]money.Quantity, error)
	Position(ctx context.Context, tx *tenancy.Tx, products []id.ID) (inventoryevent.Position, error)
	Spare(ctx context.Context, tx *tenancy.Tx, products []id.ID, made []inventoryevent.Coming) ([]inventoryevent.Coming, error)
}

// Requests answers what is asked of vendors and not on its way to stock yet.
type Requests interface {
	Inbound(ctx context.Context, tx *tenancy.Tx, products []id.ID) ([]inventoryevent.Inbound, error)
}

// LeadTimes answers how many days buying each product takes; products that no vendor offers are left out.
type LeadTimes interface {
	LeadTimes(ctx context.Context, tx *tenancy.Tx, products []id.ID) (map[id.ID]int, error)
}

// Holidays answers on which days the company is off (false), or works though it is a weekend (true).
type Holidays interface {
	Holidays(ctx context.Context, tx *tenancy.Tx, from, to clock.Date) (map[clock.Date]bool, error)
}

// Plugs are what production asks of others.
type Plugs struct {
	Products  Products
	Stock     Stock
	LeadTimes LeadTimes
	Requests  Requests
	Holidays  Holidays
}

// floor is production with its plugs: what actions and reactions work with.
type floor struct {
	Plugs

	looks bool // only asks, and locks nothing
}

// Module is production's table of contents.
func Module(plugs Plugs) modules.Module {
	f := &floor{Plugs: plugs}
	return modules.Module{
		Name:  "production",
		Label: entity.T("生产", "Production"),
		About: entity.T("物料清单、多级计划与生产工单：缺多少，做多少，何时完工，成本几何",
			"Bills of materials, planning over all levels and production orders: what to make, by when, at what cost"),
		Needs:     []string{"inventory"},
		Price:     "45.00",
		Documents: []string{"production.order.completed"},
		Entities: []entity.Record{
			&BillOfMaterials{}, &WorkCenter{}, &Calendar{}, &Routing{}, &Order{}, &PlanningRun{}, &Load{},
		},
		Actions: []modules.Action{
			modules.Act("release", entity.T("下达", "Release"), []string{Planned}, f.release),
			modules.Act("send", entity.T("发料给供应商", "Send to the vendor"), []string{Released, InProgress}, f.send),
			modules.Act("issue", entity.T("领料", "Issue materials"), []string{Released, InProgress}, f.issue),
			modules.Act("book", entity.T("报工", "Book hours"), []string{Released, InProgress}, f.book),
			modules.Act("complete", entity.T("完工入库", "Complete"), []string{Released, InProgress}, f.complete),
			modules.Act("overrun", entity.T("超量完工", "Complete beyond the tolerance"), []string{Released, InProgress}, f.overrun),
			modules.Act("rework", entity.T("返工", "Rework"), []string{Released, InProgress}, f.rework),
			modules.Act("cancel", entity.T("取消", "Cancel"), []string{Planned, Released, InProgress}, f.cancel),
			modules.Act("reschedule", entity.T("改期", "Reschedule"), []string{Planned, Released}, f.reschedule),
			modules.Act("keep", entity.T("照常生产", "Keep"), []string{Released, InProgress}, f.keep),
			modules.Act("stop", entity.T("停止多余部分", "Stop what is unneeded"), []string{Released, InProgress}, f.stop),
			modules.Act("substitute", entity.T("替代用料", "Substitute a material"), []string{Planned, Released, InProgress}, f.substitute),
			modules.Act("accept", entity.T("采纳建议", "Accept proposals"), nil, f.accept),
		},
		Prepares: []modules.Prepare{
			modules.Before(f.prepareBOMs),
			modules.Before(f.prepareOrders),
			modules.Before(prepareCalendars),
			modules.Before(prepareRoutings),
			modules.Before(f.prepareRuns),
		},
		Reactions: []modules.Reaction{
			modules.On(f.planShort),
			modules.On(f.runPlanning),
			modules.On(f.bookCosts),
			modules.On(f.reserved),
			modules.On(f.unreserved),
			modules.On(f.pegged),
			modules.On(f.serviceRequested),
			modules.On(f.serviceOrdered),
			modules.On(f.serviceReceived),
			modules.On(f.serviceCalledOff),
			modules.On(f.supplyReleased),
		},
		Reports:    []modules.Report{f.loadReport(), f.daysReport(), f.promiseReport()},
		Checks:     checks(),
		Tallies:    tallies(),
		Migrations: folder("migrations"),
		Policy:     folder("policy"),
	}
}

// folder is one of the folders that are part of the program.
func folder(name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil {
		panic(err) // only a malformed name fails
	}
	return sub
}
