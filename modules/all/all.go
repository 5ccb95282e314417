// Package all lists the modules and plugs the few questions that they ask one another.
package all

import (
	"context"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core"
	"github.com/tenon-hq/tenon/modules/crm"
	"github.com/tenon-hq/tenon/modules/crm/crmevent"
	"github.com/tenon-hq/tenon/modules/finance"
	"github.com/tenon-hq/tenon/modules/finance/financeevent"
	"github.com/tenon-hq/tenon/modules/inventory"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/mail"
	"github.com/tenon-hq/tenon/modules/production"
	"github.com/tenon-hq/tenon/modules/projects"
	"github.com/tenon-hq/tenon/modules/purchasing"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
	"github.com/tenon-hq/tenon/modules/sales"
	"github.com/tenon-hq/tenon/tenancy"
)

// Config is what connectors need from outside.
type Config struct{ Mail mail.Config }

// Modules returns all modules, in the order in which they react to the same event.
func Modules(cfg Config) []modules.Module {
	master := core.Products{}
	desk := purchasing.Plugs{Products: master, Trade: master, Stock: inventory.Stock{}}
	shop := production.Plugs{Products: master, Stock: inventory.Stock{}, LeadTimes: leadTimes{desk}, Requests: requests{}, Holidays: core.Holidays{}}
	trade := sales.Plugs{Products: master, Taxes: master, Rates: master, Customers: customers{}, Supply: supply{production.Promises{Plugs: shop}}, Debts: debts{}}
	return []modules.Module{
		core.Module(),
		crm.Module(crm.Plugs{Products: master, Rates: master, Prices: prices{sales.Prices{Plugs: trade}}}),
		sales.Module(trade),
		inventory.Module(inventory.Plugs{Products: master, Ledger: ledger{}, Vendors: vendors{}, Costs: costs{purchasing.Costs{Trade: master}}, Begun: begun{}}),
		production.Module(shop),
		purchasing.Module(desk),
		finance.Module(finance.Plugs{Products: master, Taxes: master, Terms: master, Rates: master, Tolerances: tolerances{}, Customers: customers{}, Vendors: vendors{}}),
		projects.Module(projects.Plugs{Holidays: core.Holidays{}, People: core.Users{}}),
		mail.Module(cfg.Mail, mail.Plugs{People: people{}, Customers: customers{}, Vendors: vendors{}}),
	}
}

// A plug of a module that is switched off has nothing to say: its tables may not be there.

type customers struct{}

// Customers asks crm.
func (customers) Customers(ctx context.Context, tx *tenancy.Tx, ids []id.ID) (map[id.ID]crmevent.Customer, error) {
	if !tx.Tenant.On("crm") {
		return nil, nil
	}
	return crm.Customers{}.Customers(ctx, tx, ids)
}

type prices struct{ sales.Prices }

// Price asks sales.
func (p prices) Price(ctx context.Context, tx *tenancy.Tx, wanted []*crmevent.Wanted) error {
	if !tx.Tenant.On("sales") {
		return nil
	}
	return p.Prices.Price(ctx, tx, wanted)
}

type debts struct{}

// Debts asks finance.
func (debts) Debts(ctx context.Context, tx *tenancy.Tx, customer id.ID) ([]financeevent.Debt, error) {
	if !tx.Tenant.On("finance") {
		return nil, nil
	}
	return finance.Debts{}.Debts(ctx, tx, customer)
}

type begun struct{}

// Begun asks production.
func (begun) Begun(ctx context.Context, tx *tenancy.Tx, ids []id.ID) (map[id.ID]bool, error) {
	if !tx.Tenant.On("production") {
		return nil, nil
	}
	return production.Begun{}.Begun(ctx, tx, ids)
}

type leadTimes struct{ plugs purchasing.Plugs }

// LeadTimes asks purchasing.
func (l leadTimes) LeadTimes(ctx context.Context, tx *tenancy.Tx, products []id.ID) (map[id.ID]int, error) {
	if !tx.Tenant.On("purchasing") {
		return nil, nil
	}
	return purchasing.LeadTimes{Plugs: l.plugs}.LeadTimes(ctx, tx, products)
}

type requests struct{}

// Inbound asks purchasing.
func (requests) Inbound(ctx context.Context, tx *tenancy.Tx, products []id.ID) ([]inventoryevent.Inbound, error) {
	if !tx.Tenant.On("purchasing") {
		return nil, nil
	}
	return purchasing.Requests{}.Inbound(ctx, tx, products)
}

type tolerances struct{}

// Tolerances asks purchasing; where nothing is bought through it, bills may not differ.
func (tolerances) Tolerances(ctx context.Context, tx *tenancy.Tx, vendor id.ID) (quantity, price money.Percent, err error) {
	if !tx.Tenant.On("purchasing") {
		return quantity, price, nil
	}
	return purchasing.Tolerances{}.Tolerances(ctx, tx, vendor)
}

// Ordered asks purchasing.
func (tolerances) Ordered(ctx context.Context, tx *tenancy.Tx, lines []id.ID) (map[id.ID]purchasingevent.Ordered, error) {
	if !tx.Tenant.On("purchasing") {
		return nil, nil
	}
	return purchasing.Tolerances{}.Ordered(ctx, tx, lines)
}

type ledger struct{}

// StockAccounts asks finance.
func (ledger) StockAccounts(ctx context.Context, tx *tenancy.Tx, on clock.Date) ([]financeevent.StockAccount, error) {
	if !tx.Tenant.On("finance") {
		return nil, nil
	}
	return finance.Ledger{}.StockAccounts(ctx, tx, on)
}

type vendors struct{}

// Vendors asks purchasing.
func (vendors) Vendors(ctx context.Context, tx *tenancy.Tx, ids []id.ID) (map[id.ID]purchasingevent.Vendor, error) {
	if !tx.Tenant.On("purchasing") {
		return nil, nil
	}
	return purchasing.Vendors{}.Vendors(ctx, tx, ids)
}

type costs struct{ desk purchasing.Costs }

// Costs asks purchasing.
func (c costs) Costs(ctx context.Context, tx *tenancy.Tx, lines []id.ID, on clock.Date) (map[id.ID]money.Price, error) {
	if !tx.Tenant.On("purchasing") {
		return nil, nil
	}
	return c.desk.Costs(ctx, tx, lines, on)
}

type people struct{}

// Recipients asks core.
func (people) Recipients(ctx context.Context, tx *tenancy.Tx, users []id.ID) ([]mail.Recipient, error) {
	list, err := core.Users{}.Mailable(ctx, tx, users)
	out := make([]mail.Recipient, len(list))
	for i, u := range list {
		out[i] = mail.Recipient{Email: u.Email, Name: u.Name, Locale: i18n.Lang(u.Locale)}
	}
	return out, err
}
