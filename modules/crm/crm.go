// Package crm looks after customers from the first contact on: leads, customers and their contacts, opportunities along the pipeline, activities,
// campaigns and service cases. A won opportunity becomes an order elsewhere; here it keeps showing how that order fares.
package crm

import (
	"context"
	"embed"
	"io/fs"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/crm/crmevent"
	"github.com/tenon-hq/tenon/tenancy"
)

//go:embed migrations/*.sql policy/*.yaml
var files embed.FS

// Products answers what an offer has to know of products. A product that is unknown or no longer sold is missing in the answer.
type Products interface {
	Products(ctx context.Context, tx *tenancy.Tx, ids []id.ID) (map[id.ID]coreevent.Product, error)
	// Convert turns quantities into the products' own units.
	Convert(ctx context.Context, tx *tenancy.Tx, items []coreevent.Conversion) ([]money.Quantity, error)
}

// Rates answers what one unit of a currency is worth in company currency on a day.
type Rates interface {
	Rate(ctx context.Context, tx *tenancy.Tx, currency string, on clock.Date) (money.Price, error)
}

// Prices answers what lines cost that have no price: it fills price and discount as on an order. What it can't price stays without.
type Prices interface {
	Price(ctx context.Context, tx *tenancy.Tx, wanted []*crmevent.Wanted) error
}

// Plugs are the questions that crm asks other modules.
type Plugs struct {
	Products Products
	Rates    Rates
	Prices   Prices // none: products cost their list price
}

// desk is the module at work: its actions and reactions with the plugs that they need.
type desk struct{ ask Plugs }

// Module is the table of contents.
func Module(plugs Plugs) modules.Module {
	d := desk{ask: plugs}
	return modules.Module{
		Name:  "crm",
		Label: entity.T("客户管理", "CRM"),
		About: entity.T("线索、客户、商机与服务：赢单即生成订单，交付、收款与项目进度实时回到商机。",
			"Leads, customers, opportunities and service: a win makes the order, and delivery, payment and project progress come back to the opportunity."),
		Price:     "39.00",
		Documents: []string{"crm.opportunity.won"},
		Entities: []entity.Record{
			new(Stage), new(Campaign), new(Lead), new(Customer), new(Contact), new(Opportunity), new(Activity), new(ServiceCase),
		},
		Actions: d.actions(),
		Prepares: []modules.Prepare{
			modules.Before(prepareStages), modules.Before(prepareLeads), modules.Before(prepareCustomers), modules.Before(d.prepareOpportunities),
			modules.Before(prepareActivities), modules.Before(prepareCases),
		},
		Reactions: []modules.Reaction{
			modules.On(orderCreated), modules.On(orderCancelled), modules.On(orderProgressed), modules.On(orderCollected),
			modules.On(projectOpened), modules.On(projectProgressed), modules.On(goodsArrived),
			modules.On(goodsReturned),
		},
		Reports:    []modules.Report{d.forecast(), duplicates()},
		Daily:      []modules.Daily{{Name: "follow_ups", Run: followUps}},
		Tallies:    tallies(),
		Migrations: folder("migrations"),
		Policy:     folder("policy"),
		Seed:       seed,
	}
}

func (d desk) actions() []modules.Action {
	return []modules.Action{
		modules.Act("win", entity.T("赢单", "Win"), []string{Open}, d.win),
		modules.Act("lose", entity.T("输单", "Lose"), []string{Open}, lose),
		modules.Act("reopen", entity.T("重新打开", "Reopen"), []string{Lost, Won}, reopen),
		modules.Act("convert", entity.T("转为客户", "Convert"), []string{New, Contacted}, convert),
		modules.Act("contact", entity.T("已联系", "Contacted"), []string{New}, contacted),
		modules.Act("disqualify", entity.T("无效", "Disqualify"), []string{New, Contacted}, disqualify),
		modules.Act("complete", entity.T("完成", "Complete"), []string{Planned}, completeActivity),
		modules.Act("start", entity.T("开始处理", "Start"), []string{New}, startCase),
		modules.Act("resolve", entity.T("解决", "Resolve"), []string{New, Working}, resolveCase),
		modules.Act("close", entity.T("关闭", "Close"), []string{Resolved}, closeCase),
		modules.Act("reopen", entity.T("重新打开", "Reopen"), []string{Resolved, Closed}, reopenCase),
	}
}

func folder(name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil {
		panic(err) // the name is a constant of this package
	}
	return sub
}
