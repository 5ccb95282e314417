// Package all lists the modules and plugs the few questions that they ask one another.
package all

import (
	"context"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core"
	"github.com/tenon-hq/tenon/modules/crm"
	"github.com/tenon-hq/tenon/modules/crm/crmevent"
	"github.com/tenon-hq/tenon/modules/finance"
	"github.com/tenon-hq/tenon/modules/finance/financeevent"
	"github.com/tenon-hq/tenon/modules/inventory"
	"github.com/tenon-hq/tenon/modules/mail"
	"github.com/tenon-hq/tenon/modules/production"
	"github.com/tenon-hq/tenon/modules/projects"
	"github.com/tenon-hq/tenon/modules/purchasing"
	"github.com/tenon-hq/tenon/modules/sales"
	"github.com/tenon-hq/tenon/tenancy"
)

// Config is what connectors need from outside.
type Config struct{ Mail mail.Config }

// Modules returns all modules, in the order in which they react to the same event.
func Modules(cfg Config) []modules.Module {
	master := core.Products{}
	desk := purchasing.Plugs{Products: master, Trade: master}
	return []modules.Module{
		core.Module(),
		crm.Module(crm.Plugs{Products: master}),
		sales.Module(sales.Plugs{Products: master, Taxes: master, Rates: master, Customers: customers{}}),
		inventory.Module(inventory.Plugs{Products: master, Ledger: ledger{}}),
		production.Module(production.Plugs{Products: master, Stock: inventory.Stock{}, LeadTimes: leadTimes{desk}}),
		purchasing.Module(desk),
		finance.Module(finance.Plugs{Products: master, Taxes: master, Terms: master, Rates: master, Customers: customers{}}),
		projects.Module(),
		mail.Module(cfg.Mail, mail.Plugs{People: people{}, Customers: customers{}}),
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

type leadTimes struct{ plugs purchasing.Plugs }

// LeadTimes asks purchasing.
func (l leadTimes) LeadTimes(ctx context.Context, tx *tenancy.Tx, products []id.ID) (map[id.ID]int, error) {
	if !tx.Tenant.On("purchasing") {
		return nil, nil
	}
	return purchasing.LeadTimes{Plugs: l.plugs}.LeadTimes(ctx, tx, products)
}

type ledger struct{}

// StockAccounts asks finance.
func (ledger) StockAccounts(ctx context.Context, tx *tenancy.Tx, on clock.Date) ([]financeevent.StockAccount, error) {
	if !tx.Tenant.On("finance") {
		return nil, nil
	}
	return finance.Ledger{}.StockAccounts(ctx, tx, on)
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
