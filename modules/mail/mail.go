// Package mail sends what people are to know to their mailboxes: notifications to those who want them by mail, milestones to customers who allow it.
package mail

import (
	"context"
	"embed"
	"encoding/json"
	"io/fs"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/crm/crmevent"
	"github.com/tenon-hq/tenon/modules/finance/financeevent"
	"github.com/tenon-hq/tenon/modules/mail/mailevent"
	"github.com/tenon-hq/tenon/modules/projects/projectsevent"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
	"github.com/tenon-hq/tenon/tenancy"
)

//go:embed migrations/*.sql policy/*.yaml
var files embed.FS

// Recipient is somebody who gets a mail, and the language that it is written in.
type Recipient struct {
	Email  string
	Name   string
	Locale i18n.Lang
}

// People answers where to write to users. Those who are inactive or want no mail are left out.
type People interface {
	Recipients(ctx context.Context, tx *tenancy.Tx, users []id.ID) ([]Recipient, error)
}

// Customers answers who a customer is and whether they want to be told of milestones.
type Customers interface {
	Customers(ctx context.Context, tx *tenancy.Tx, ids []id.ID) (map[id.ID]crmevent.Customer, error)
}

// Vendors answers where to write to vendors.
type Vendors interface {
	Vendors(ctx context.Context, tx *tenancy.Tx, ids []id.ID) (map[id.ID]purchasingevent.Vendor, error)
}

// Plugs are the questions that mail asks other modules. Customers and Vendors may be nil: then none is written to.
type Plugs struct {
	People    People
	Customers Customers
	Vendors   Vendors
}

// office is the module at work.
type office struct {
	cfg Config
	ask Plugs
}

// Module is the table of contents. Without a mail server there is nothing to call, so no jobs are made.
func Module(cfg Config, plugs Plugs) modules.Module {
	m := modules.Module{
		Name:  "mail",
		Label: entity.T("邮件", "Mail"),
		About: entity.T("把通知发到同事的邮箱，把单据以 PDF 发给客户与供应商，并在客户同意时告知项目进展",
			"Sends notifications to people's mailboxes, documents as PDF to customers and vendors and, where they allow it, project progress to customers"),
		Price: "0.00",
	}
	o := office{cfg, plugs}
	m.Entities, m.Prepares = []entity.Record{&Document{}, &Setting{}}, []modules.Prepare{modules.Before(o.prepareDocuments), modules.Before(prepareSettings)}
	m.Migrations, m.Policy = folder("migrations"), folder("policy")
	if cfg.On() {
		m.Calls = []modules.Call{
			modules.After(decode[coreevent.Notified], o.notified),
			modules.After(decode[projectsevent.MilestoneReached], o.milestone),
			modules.After(decode[financeevent.CustomerDunned], o.dunned),
			modules.After(decode[purchasingevent.QuotationRequested], o.requested),
			modules.After(decode[mailevent.DocumentSent], o.document),
		}
	}
	return m
}

// folder is one of the folders that are part of the program.
func folder(name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil {
		panic(err) // only a malformed name fails
	}
	return sub
}

// decode reads an event back from a job.
func decode[E modules.Event](payload []byte) (modules.Event, error) {
	var e E
	err := json.Unmarshal(payload, &e)
	return e, err
}

// notified sends a stored notification on to those who want mail.
func (o office) notified(ctx context.Context, do modules.Do, key string, e coreevent.Notified) error {
	var letters []letter
	err := do(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		people, err := o.ask.People.Recipients(ctx, tx, e.To)
		letters = letters[:0] // the unit of work may run again
		for _, p := range people {
			letters = append(letters, notice(p, e.Text, tx.Tenant.Name, o.cfg.AppURL))
		}
		return err
	})
	if err != nil {
		return err
	}
	return o.send(ctx, key, letters)
}

// milestone tells a customer how far their project is, when they want to know.
func (o office) milestone(ctx context.Context, do modules.Do, key string, e projectsevent.MilestoneReached) error {
	if o.ask.Customers == nil || e.CustomerID.IsZero() {
		return nil
	}
	var letters []letter
	err := do(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		found, err := o.ask.Customers.Customers(ctx, tx, []id.ID{e.CustomerID})
		letters = letters[:0]
		if c, ok := found[e.CustomerID]; ok && c.NotifyProgress && c.Email != "" {
			to := Recipient{Email: c.Email, Name: c.Name, Locale: tx.Tenant.Locale}
			letters = append(letters, progress(to, e.Text, e.Progress, tx.Tenant.Name))
		}
		return err
	})
	if err != nil {
		return err
	}
	return o.send(ctx, key, letters)
}

// requested asks vendors for their offers, each in a mail of its own: none learns who else is asked.
func (o office) requested(ctx context.Context, do modules.Do, key string, e purchasingevent.QuotationRequested) error {
	if o.ask.Vendors == nil {
		return nil
	}
	var letters []letter
	err := do(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		found, err := o.ask.Vendors.Vendors(ctx, tx, e.Vendors)
		letters = letters[:0]
		for _, k := range e.Vendors {
			if v, ok := found[k]; ok && v.Email != "" {
				letters = append(letters, inquiry(Recipient{Email: v.Email, Name: v.Name, Locale: tx.Tenant.Locale}, e, tx.Tenant.Name))
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	return o.send(ctx, key, letters)
}

// dunned reminds a customer of what is overdue, in the words that finance chose.
func (o office) dunned(ctx context.Context, do modules.Do, key string, e financeevent.CustomerDunned) error {
	if o.ask.Customers == nil {
		return nil
	}
	var letters []letter
	err := do(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		found, err := o.ask.Customers.Customers(ctx, tx, []id.ID{e.CustomerID})
		letters = letters[:0]
		if c, ok := found[e.CustomerID]; ok && c.Email != "" {
			letters = append(letters, reminder(Recipient{Email: c.Email, Name: c.Name, Locale: tx.Tenant.Locale}, e.Text, tx.Tenant.Name))
		}
		return err
	})
	if err != nil {
		return err
	}
	return o.send(ctx, key, letters)
}
