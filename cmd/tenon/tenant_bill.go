package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/tenon-hq/tenon/billing"
	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// theOperator is who acts on the command line.
const theOperator = "command line"

// company reads a company's id and does something with it.
func (p *program) company(ctx context.Context, s *settings, args []string, words int, fn func(a *app.App, t *tenancy.Tenant) error) error {
	if err := s.parse(args, words); err != nil {
		return err
	}
	key, err := id.Parse(s.Arg(0))
	if err != nil {
		return s.wrong(p.text("请给出企业编号（见 tenon tenant list）", "name the company by its id (see tenon tenant list)"))
	}
	s.short()
	return p.with(ctx, app.OpenBeside, s.cfg, func(a *app.App) error {
		t, err := a.DB.Tenant(ctx, key)
		if err != nil {
			return err
		}
		return fn(a, t)
	})
}

// showTenant prints where a company stands: state, this month, invoices.
func (p *program) showTenant(ctx context.Context, args []string) error {
	s := p.settings("tenant show", p.text("tenon tenant show：账户状态、本月费用与账单", "tenon tenant show: the account, this month's cost and the invoices"))
	return p.company(ctx, s, args, 1, func(a *app.App, t *tenancy.Tenant) error {
		u, err := a.Billing.Usage(ctx, t, clock.DateOf(a.DB.Now(), t.Zone))
		if err != nil {
			return err
		}
		list, err := a.Billing.Invoices(ctx, t.ID)
		if err != nil {
			return err
		}
		b := u.Account
		fmt.Fprintf(p.out, "%s\t%s\n%s %s\n%s %s %s\n", t.ID, t.Name, b.State, b.Since.UTC().Format("2006-01-02"), b.Plan, b.Collect, b.Currency)
		fmt.Fprintf(p.out, "%s %s %s %s\n", p.text("本月", "this month"), u.Month.Total.String(), p.text("预计", "forecast"), u.Forecast.Total.String())
		w := tabwriter.NewWriter(p.out, 0, 4, 2, ' ', 0)
		for _, v := range list {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s %s\t%s\n", v.ID, v.No, v.State, v.Total.StringFixed(money.MinorUnit(v.Currency)), v.Currency, v.Due)
		}
		return w.Flush()
	})
}

// planTenant changes a company's plan.
func (p *program) planTenant(ctx context.Context, args []string) error {
	s := p.settings("tenant plan", p.text("tenon tenant plan：更改方案、折扣、试用期", "tenon tenant plan: change the plan, discount, trial"))
	var plan, discount, until, collect string
	var trial int
	s.StringVar(&plan, "plan", "", "standard | free")
	s.StringVar(&discount, "discount", "", p.text("折扣百分比", "discount in percent"))
	s.StringVar(&until, "until", "", p.text("折扣最后一天", "last day of the discount"))
	s.StringVar(&collect, "collect", "", "none | invoice")
	s.IntVar(&trial, "trial-days", -1, p.text("从现在起的试用天数", "days of trial from now"))
	return p.company(ctx, s, args, 1, func(a *app.App, t *tenancy.Tenant) error {
		var g billing.Plan
		if plan != "" {
			g.Plan = &plan
		}
		if collect != "" {
			g.Collect = &collect
		}
		if trial >= 0 {
			g.TrialDays = &trial
		}
		if discount != "" {
			d, err := money.Parse(discount)
			if err != nil {
				return s.wrong("--discount: " + err.Error())
			}
			g.Discount = &d
		}
		if until != "" {
			d, err := clock.ParseDate(until)
			if err != nil {
				return s.wrong("--until: " + err.Error())
			}
			g.DiscountTill = &d
		}
		return a.Billing.Grant(ctx, t, g, theOperator)
	})
}

// creditTenant writes a credit note, or notes that an invoice was paid by transfer.
func (p *program) creditTenant(ctx context.Context, args []string) error {
	s := p.settings("tenant credit", p.text("tenon tenant credit：开红字账单", "tenon tenant credit: write a credit note"))
	var invoice, amount, reason string
	s.StringVar(&invoice, "invoice", "", p.text("账单编号（见 tenant show）", "the invoice's id (see tenant show)"))
	s.StringVar(&amount, "amount", "", p.text("不含税金额", "amount before tax"))
	s.StringVar(&reason, "reason", "", p.text("原因", "why"))
	return p.company(ctx, s, args, 1, func(a *app.App, t *tenancy.Tenant) error {
		key, err1 := id.Parse(invoice)
		sum, err2 := money.Parse(amount)
		if err := errors.Join(err1, err2); err != nil {
			return s.wrong("--invoice, --amount: " + err.Error())
		}
		note, err := a.Billing.Credit(ctx, t, key, sum, reason, theOperator)
		if err == nil {
			fmt.Fprintln(p.out, note.No)
		}
		return err
	})
}

func (p *program) paidTenant(ctx context.Context, args []string) error {
	s := p.settings("tenant paid", p.text("tenon tenant paid：登记转账收款", "tenon tenant paid: note a transfer that has come in"))
	invoice := s.String("invoice", "", p.text("账单编号（见 tenant show）", "the invoice's id (see tenant show)"))
	return p.company(ctx, s, args, 1, func(a *app.App, t *tenancy.Tenant) error {
		key, err := id.Parse(*invoice)
		if err != nil {
			return s.wrong("--invoice: " + err.Error())
		}
		return a.Billing.Pay(ctx, t, key, theOperator)
	})
}

// impersonateTenant prints a token of one of a company's people, when the company has agreed.
func (p *program) impersonateTenant(ctx context.Context, args []string) error {
	s := p.settings("tenant impersonate", p.text("tenon tenant impersonate：经企业同意，以其用户身份进入", "tenon tenant impersonate: enter as one of a company's people, with its consent"))
	user := s.String("user", "", p.text("用户编号", "the user's id"))
	reason := s.String("reason", "", p.text("原因", "why"))
	return p.company(ctx, s, args, 1, func(a *app.App, t *tenancy.Tenant) error {
		key, err := id.Parse(*user)
		if err != nil {
			return s.wrong("--user: " + err.Error())
		}
		member, err := a.DB.Member(ctx, t.ID, key)
		if err != nil {
			return err
		}
		until, err := a.Billing.Impersonate(ctx, t, key, *reason, theOperator)
		if err != nil {
			return err
		}
		text, _, err := a.DB.NewVisit(ctx, member, theOperator, until.Sub(a.DB.Now()))
		if err != nil {
			return err
		}
		about := map[string]string{"operator": theOperator, "reason": *reason, "until": until.UTC().Format(time.RFC3339)}
		err = a.Engine.Note(ctx, t, tenancy.Actor{ID: member.UserID}, "login", "visit", member.UserID, about)
		fmt.Fprintln(p.out, text)
		return err
	})
}

// operator appoints people who run the service: tenon operator grant | revoke ADDRESS.
func (p *program) operator(ctx context.Context, args []string) error {
	s := p.settings("operator", p.text("tenon operator grant|revoke 邮箱：任命或撤销运营人员", "tenon operator grant|revoke ADDRESS: appoint who runs the service, or end that"))
	if err := s.parse(args, 2); err != nil {
		return err
	}
	verb := s.Arg(0)
	if verb != "grant" && verb != "revoke" || s.Arg(1) == "" {
		return s.wrong("tenon operator grant|revoke " + p.text("邮箱", "ADDRESS"))
	}
	s.short()
	return p.with(ctx, app.OpenBeside, s.cfg, func(a *app.App) error { return a.Billing.Appoint(ctx, s.Arg(1), verb == "grant", theOperator) })
}
