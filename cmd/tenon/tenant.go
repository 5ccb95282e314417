package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// tenant looks after companies: tenant create | list | suspend | resume | delete | key | export | import.
func (p *program) tenant(ctx context.Context, args []string) error {
	if len(args) > 0 {
		switch args[0] {
		case "create":
			return p.createTenant(ctx, args[1:])
		case "list":
			return p.listTenants(ctx, args[1:])
		case "show":
			return p.showTenant(ctx, args[1:])
		case "plan":
			return p.planTenant(ctx, args[1:])
		case "credit":
			return p.creditTenant(ctx, args[1:])
		case "paid":
			return p.paidTenant(ctx, args[1:])
		case "impersonate":
			return p.impersonateTenant(ctx, args[1:])
		case "suspend", "resume", "delete":
			return p.changeTenant(ctx, args[0], args[1:])
		case "export":
			return p.exportTenant(ctx, args[1:])
		case "import":
			return p.importTenant(ctx, args[1:])
		case "key":
			return p.moveKey(ctx, args[1:])
		case "-h", "--help":
			p.tenantHelp()
			return nil
		}
	}
	p.tenantHelp()
	return errUsage
}

func (p *program) tenantHelp() {
	fmt.Fprintln(p.err, p.text(`tenon tenant create --company 名称 --name 姓名 --email 邮箱 --password 密码 [--modules crm,sales]
tenon tenant list
tenon tenant show 编号
tenon tenant plan [--plan standard|free] [--discount 百分比 [--until 日期]] [--trial-days 天数] [--collect none|invoice] 编号
tenon tenant credit --invoice 账单 --amount 金额 --reason 原因 编号
tenon tenant paid --invoice 账单 编号
tenon tenant impersonate --user 用户 --reason 原因 编号
tenon tenant suspend 编号
tenon tenant resume 编号
tenon tenant delete --yes 编号
tenon tenant key --out 私钥文件
tenon tenant export --recipient 公钥 --out 文件 企业
tenon tenant import --identity 私钥文件 文件`, `tenon tenant create --company NAME --name PERSON --email ADDRESS --password PASSWORD [--modules crm,sales]
tenon tenant list
tenon tenant show ID
tenon tenant plan [--plan standard|free] [--discount PERCENT [--until DAY]] [--trial-days N] [--collect none|invoice] ID
tenon tenant credit --invoice INVOICE --amount AMOUNT --reason WHY ID
tenon tenant paid --invoice INVOICE ID
tenon tenant impersonate --user USER --reason WHY ID
tenon tenant suspend ID
tenon tenant resume ID
tenon tenant delete --yes ID
tenon tenant key --out KEYFILE
tenon tenant export --recipient PUBLICKEY --out FILE COMPANY
tenon tenant import --identity KEYFILE FILE`))
}

func (p *program) createTenant(ctx context.Context, args []string) error {
	s := p.settings("tenant create", p.text("tenon tenant create：新建企业及其所有者，输出编号", "tenon tenant create: make a company with its owner and print its id"))
	var n tenancy.New
	var modules, locale string
	s.StringVar(&n.Company, "company", "", p.text("企业名称", "the company's name"))
	s.StringVar(&n.Person.Name, "name", "", p.text("所有者姓名", "the owner's name"))
	s.StringVar(&n.Person.Email, "email", "", p.text("所有者邮箱", "the owner's e-mail address"))
	s.text(&n.Person.Password, "password", "TENON_PASSWORD", "", p.text("所有者密码", "the owner's password"))
	s.StringVar(&modules, "modules", "", p.text("启用的模块，逗号分隔；不填为全部业务模块", "modules to switch on, with commas; without it all business modules"))
	s.StringVar(&locale, "locale", string(i18n.ZH), p.text("语言：zh-CN 或 en", "language: zh-CN or en"))
	s.StringVar(&n.Zone, "zone", "", p.text("时区，默认 Asia/Shanghai", "time zone, Asia/Shanghai if left out"))
	s.StringVar(&n.Currency, "currency", "", p.text("本位币，默认 CNY", "currency, CNY if left out"))
	if err := s.parse(args, 0); err != nil {
		return err
	}
	if locale != string(i18n.ZH) && locale != string(i18n.EN) {
		return s.wrong("--locale: zh-CN, en")
	}
	n.Locale = i18n.Lang(locale)
	s.short()
	return p.with(ctx, app.OpenBeside, s.cfg, func(a *app.App) error {
		n.Modules = business(a, modules)
		made, err := a.API.SignUp(ctx, n)
		if err == nil {
			_, err = fmt.Fprintln(p.out, made.Tenant.ID)
		}
		return err
	})
}

// business reads a list of modules; none named are all that are no connectors.
func business(a *app.App, list string) []string {
	out := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
	for _, m := range a.Engine.Modules() {
		if list == "" && !m.Always && !m.Connector {
			out = append(out, m.Name)
		}
	}
	return out
}

func (p *program) listTenants(ctx context.Context, args []string) error {
	s := p.settings("tenant list", p.text("tenon tenant list：列出企业", "tenon tenant list: list the companies"))
	if err := s.parse(args, 0); err != nil {
		return err
	}
	s.short()
	return p.with(ctx, app.OpenBeside, s.cfg, func(a *app.App) error {
		list, err := a.DB.List(ctx)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(p.out, 0, 4, 2, ' ', 0)
		for _, t := range list {
			on := []string{}
			for _, m := range a.Engine.Modules() {
				if !m.Always && t.On(m.Name) {
					on = append(on, m.Name)
				}
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", t.ID, t.State, t.Name, strings.Join(on, ","))
		}
		return w.Flush()
	})
}

func (p *program) changeTenant(ctx context.Context, verb string, args []string) error {
	what := map[string]string{
		"suspend": p.text("停用企业：仍可查看，不能修改", "suspend a company: it can be read, not changed"),
		"resume":  p.text("恢复已停用的企业", "end a company's suspension"),
		"delete":  p.text("永久删除企业及其全部数据", "delete a company and all its data for good"),
	}[verb]
	s := p.settings("tenant "+verb, "tenon tenant "+verb+": "+what)
	yes := new(bool)
	if verb == "delete" {
		s.BoolVar(yes, "yes", false, p.text("确认永久删除", "yes, delete it for good"))
	}
	if err := s.parse(args, 1); err != nil {
		return err
	}
	key, err := id.Parse(s.Arg(0))
	if err != nil {
		return s.wrong(p.text("请给出企业编号（见 tenon tenant list）", "name the company by its id (see tenon tenant list)"))
	}
	if verb == "delete" && !*yes {
		return s.wrong(p.text("删除不可恢复；确定要删除请加 --yes", "there is no way back; add --yes to delete it"))
	}
	s.short()
	return p.with(ctx, app.OpenBeside, s.cfg, func(a *app.App) error {
		t, err := a.DB.Tenant(ctx, key)
		if err != nil {
			return err
		}
		switch verb {
		case "suspend":
			return a.Billing.Suspend(ctx, t, theOperator)
		case "resume":
			return a.Billing.Resume(ctx, t, theOperator)
		case "delete":
			return a.DB.Delete(ctx, key)
		}
		return errors.New(verb)
	})
}
