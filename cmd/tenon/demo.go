package main

import (
	"context"
	"fmt"
	"net"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/entity"
)

// demo is serve with the demo company in the data. It says who can log in, and how to begin.
func (p *program) demo(ctx context.Context, args []string) error {
	s := p.settings("demo", p.text("tenon demo：装载演示企业（首次运行）并提供 API 与网页", "tenon demo: load the demo company (the first time), then serve the API and the app"))
	s.listening(true)
	if err := s.parse(args, 0); err != nil {
		return err
	}
	s.cfg.Workers = true
	s.short()
	if err := free(ctx, s.cfg.Listen); err != nil {
		return err
	}
	tell := func(t entity.Text) { fmt.Fprintln(p.err, t.In(p.lang())) }
	open := func(ctx context.Context, cfg app.Config) (*app.App, error) { return app.OpenDemo(ctx, cfg, tell) }
	return p.with(ctx, open, s.cfg, func(a *app.App) error {
		address, stop, err := a.Start(ctx)
		if err != nil {
			return err
		}
		if err := p.welcome("http://" + address); err == nil {
			<-ctx.Done()
		}
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
		defer cancel()
		return stop(end)
	})
}

// free tells at once that an address is taken, not after the load.
func free(ctx context.Context, address string) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("can't listen on %s: %w", address, err)
	}
	return l.Close()
}

// welcome prints the address, the logins and the first requests.
func (p *program) welcome(url string) error {
	logins, err := app.DemoLogins()
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "\n%s  %s\n\n", app.DemoCompany, url)
	w := tabwriter.NewWriter(p.out, 0, 4, 2, ' ', 0)
	for _, l := range logins {
		fmt.Fprintf(w, "  %s\t%s\t%s\n", l.Email, l.Role, l.Name)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "  %s %s\n\n%s\n\n%s\n\n%s\n", p.text("所有人的密码：", "everybody's password:"), app.DemoPassword,
		p.text("先登录（sales），再看商机：", "Log in as sales, then look at the deals:"), first(url),
		p.text("之后的步骤见 README.zh-CN.md；按 Ctrl+C 结束，数据保留。", "README.md goes on from there. Ctrl+C ends it; the data stays."))
	return err
}

// first is what to type first.
func first(url string) string {
	return strings.ReplaceAll(`  TOKEN=$(curl -s URL/api/v1/login -H 'Content-Type: application/json' \
    -d '{"email":"sales@demo.tenon","password":"`+app.DemoPassword+`","token":true}' | sed 's/.*"token":"\([^"]*\)".*/\1/')
  curl -s -H "Authorization: Bearer $TOKEN" 'URL/api/v1/crm/opportunities?status=open&fields=name,stage,expected_amount&limit=5'`, "URL", url)
}
