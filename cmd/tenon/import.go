package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/tenancy"
)

// importData loads data that came from elsewhere: import adventureworks DIR --tenant T.
func (p *program) importData(ctx context.Context, args []string) error {
	if len(args) > 0 {
		switch args[0] {
		case "adventureworks":
			return p.importAdventureWorks(ctx, args[1:])
		case "-h", "--help":
			p.importHelp()
			return nil
		}
	}
	p.importHelp()
	return errUsage
}

func (p *program) importHelp() {
	fmt.Fprintln(p.err, p.text("tenon import adventureworks 目录 --tenant 企业编号或名称", "tenon import adventureworks DIR --tenant ID|NAME"))
}

func (p *program) importAdventureWorks(ctx context.Context, args []string) error {
	s := p.settings("import adventureworks", p.text("tenon import adventureworks 目录 --tenant 企业：导入 AdventureWorks 示例数据，全部成功或全部不导入",
		"tenon import adventureworks DIR --tenant TENANT: load the AdventureWorks sample, all of it or nothing"))
	tenant := s.String("tenant", "", p.text("企业的编号或名称（见 tenon tenant list）", "the company's id or name (see tenon tenant list)"))
	dir := ""
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") { // flags may follow the folder
		dir, args = args[0], args[1:]
	}
	words := 1
	if dir != "" {
		words = 0
	}
	if err := s.parse(args, words); err != nil {
		return err
	}
	if dir == "" {
		dir = s.Arg(0)
	}
	if dir == "" || *tenant == "" {
		return s.wrong(p.text("请给出目录和 --tenant", "name the folder and --tenant"))
	}
	s.short()
	return p.with(ctx, app.OpenBeside, s.cfg, func(a *app.App) error {
		t, err := p.tenantCalled(ctx, a, *tenant)
		if err != nil {
			return err
		}
		began := time.Now()
		if err := a.ImportAdventureWorks(ctx, t, dir, p.showProgress); err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.out, p.text("已导入企业 %s，共 %.1f 秒\n", "loaded into %s in %.1f s\n"), t.Name, time.Since(began).Seconds())
		return err
	})
}

func (p *program) showProgress(x app.Progress) {
	if !x.Notice.Zero() {
		fmt.Fprintln(p.out, p.text("注意：", "note: ")+x.Notice.In(p.lang()))
		return
	}
	fmt.Fprintf(p.out, p.text("%-32s %6d 行 %6d 条记录 %7.2f 秒\n", "%-32s %6d rows %6d records %7.2f s\n"), x.Entity, x.Rows, x.Records, x.Took.Seconds())
}

// tenantCalled finds a company by its id or its name.
func (p *program) tenantCalled(ctx context.Context, a *app.App, called string) (*tenancy.Tenant, error) {
	list, err := a.DB.List(ctx)
	if err != nil {
		return nil, err
	}
	var found []*tenancy.Tenant
	for _, t := range list {
		if t.ID.String() == called {
			return t, nil
		}
		if t.Name == called {
			found = append(found, t)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		p.complain(p.text("没有企业 ", "there is no company ") + called)
	default:
		p.complain(p.text("有多个企业同名，请用编号：", "several companies have this name; use the id: ") + called)
	}
	return nil, errUsage
}
