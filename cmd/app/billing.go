package app

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/billing"
	"github.com/tenon-hq/tenon/billing/stripepay"
	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/engine/relay"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core"
	"github.com/tenon-hq/tenon/modules/mail"
	"github.com/tenon-hq/tenon/tenancy"
)

// Billing is what the owner of an installation says about who pays.
type Billing struct {
	Edition  string           // "private": a licence in place of payment; empty or "saas": paid by use
	Rules    bool             // unpaid trials and invoices have consequences even without a payment provider
	Stripe   stripepay.Config // without a key no provider is connected
	Provider billing.Provider // in place of Stripe, for tests
	Licence  string           // file; empty: licence.pem in the data folder
	Vendor   string           // public key of who issues licences, base64
	Terms    billing.Terms    // days between the steps of a tenant's life
	Shredder billing.Shredder // destroys the keys of who is closed; nil: this installation's
	Mail     billing.Mailer   // nil: the mail server of this installation
}

// Private is the edition that is paid by licence.
const Private = "private"

// billing opens the room and plugs in what it asks.
func (a *App) billing(ctx context.Context, list []modules.Module) error {
	b := a.Config.Billing
	cfg := billing.Config{
		DB: a.DB, Modules: list, Log: a.Config.Log, Rules: b.Rules, Terms: b.Terms, Facts: usageFacts(list), Stock: stock{a.Engine}, Owners: owners{a.Engine},
		Shredder: b.Shredder, Mail: b.Mail,
	}
	if cfg.Shredder == nil {
		cfg.Shredder = shredder{a}
	}
	if cfg.Mail == nil && a.Config.Mail.Host != "" {
		cfg.Mail = post{a.Config.Mail}
	}
	switch b.Edition {
	case Private:
		vendor, err := billing.ParseVendor(b.Vendor)
		if err != nil && b.Vendor != "" {
			return fmt.Errorf("licence: %w", err)
		}
		cfg.Private = &billing.Private{Path: a.licence(), Vendor: vendor}
	case "", "saas":
		switch {
		case b.Provider != nil:
			cfg.Provider = b.Provider
		case b.Stripe.Key != "":
			cfg.Provider = stripepay.New(b.Stripe)
		}
		cfg.Rules = cfg.Rules || cfg.Provider != nil
	default:
		return fmt.Errorf("edition %q: saas or private", b.Edition)
	}
	a.Billing = billing.New(cfg)
	a.Relay.Every("billing", 10*time.Minute, a.Billing.Tick)
	a.Relay.Every("billing.post", time.Minute, func(ctx context.Context) error {
		if err := a.Billing.Digest(ctx); err != nil {
			a.Config.Log.WarnContext(ctx, "billing: webhooks wait", "error", err)
		}
		return a.Billing.Post(ctx)
	})
	a.Relay.Every("billing.reconcile", 24*time.Hour, a.Billing.Reconcile)
	return a.Billing.Open(ctx)
}

// licence is where a private install's licence lies.
func (a *App) licence() string {
	if a.Config.Billing.Licence != "" {
		return a.Config.Billing.Licence
	}
	return filepath.Join(a.Config.Data, "licence.pem")
}

// flushing writes counted calls every few seconds until it is stopped, and once more then.
func (a *App) flushing() (stop func(context.Context) error) {
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-end:
				return
			case <-time.After(flushEvery):
				ctx, cancel := context.WithTimeout(context.Background(), flushEvery)
				if err := a.Billing.Flush(ctx); err != nil {
					a.Config.Log.WarnContext(ctx, "billing: counts are not written yet", "error", err)
				}
				cancel()
			}
		}
	}()
	return func(ctx context.Context) error {
		close(end)
		<-ended
		return a.Billing.Flush(ctx)
	}
}

const flushEvery = 10 * time.Second

// usageFacts are the rows that count: events that modules name, and deliveries of webhooks.
func usageFacts(list []modules.Module) []billing.Facts {
	var documents, messages, runs []string
	for _, m := range list {
		documents, messages, runs = append(documents, m.Documents...), append(messages, m.Messages...), append(runs, m.Runs...)
	}
	return []billing.Facts{
		{Meter: billing.Documents, SQL: record.EventFacts(documents...)},
		{Meter: billing.SMS, SQL: record.EventFacts(messages...)},
		{Meter: billing.AutomationRuns, SQL: record.EventFacts(runs...) + " union all " + relay.DeliveryFacts()},
	}
}

// stock measures what a tenant has stored.
type stock struct{ engine *record.Engine }

// Records counts rows by entity.
func (s stock) Records(ctx context.Context, tx *tenancy.Tx) (map[string]int64, error) {
	if err := s.engine.Begin(ctx, tx); err != nil {
		return nil, err
	}
	return record.Counts(ctx, tx)
}

// Bytes counts what files take.
func (stock) Bytes(ctx context.Context, tx *tenancy.Tx) (int64, error) { return record.Stored(ctx, tx) }

// owners answers who looks after a company's account: its active owners.
type owners struct{ engine *record.Engine }

// Owners asks core.
func (o owners) Owners(ctx context.Context, t *tenancy.Tenant) (out []billing.Recipient, err error) {
	err = o.engine.Do(ctx, t, tenancy.Actor{System: true, Name: "billing"}, func(ctx context.Context, tx *tenancy.Tx) error {
		list, err := record.Find[core.User](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("active").OrderExpr("id") })
		out = nil
		for _, u := range list {
			if slices.Contains(u.Roles, "owner") {
				out = append(out, billing.Recipient{Name: u.Name, Email: u.Email, Locale: i18n.Lang(u.Locale)})
			}
		}
		return err
	}, tenancy.ReadOnly())
	return out, err
}

// post sends letters about accounts through the installation's mail server.
type post struct{ cfg mail.Config }

// Send writes to each owner in their language.
func (p post) Send(ctx context.Context, key string, l billing.Letter) error {
	to := make([]mail.Recipient, len(l.To))
	for i, r := range l.To {
		to[i] = mail.Recipient{Email: r.Email, Name: r.Name, Locale: r.Locale}
	}
	return mail.Write(ctx, p.cfg, key, to, l.Company, l.Subject, l.Body)
}
