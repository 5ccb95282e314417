package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/tenancy"
)

// doctor looks at the installation, or with "verify" at the data of every tenant.
func (p *program) doctor(ctx context.Context, args []string) error {
	if len(args) > 0 && args[0] == "verify" {
		return p.verify(ctx, args[1:])
	}
	if len(args) > 0 && args[0] == "host" {
		return p.host(ctx, args[1:])
	}
	s := p.settings("doctor", p.text("tenon doctor：检查安装状况；tenon doctor host：检查主机；tenon doctor verify：核对各企业的数据",
		"tenon doctor: look at the installation; tenon doctor host: look at the host; tenon doctor verify: check every company's data"))
	if err := s.parse(args, 0); err != nil {
		return err
	}
	s.short()
	if err := p.there(s.cfg); err != nil {
		return err
	}
	return p.with(ctx, app.OpenBeside, s.cfg, func(a *app.App) error {
		h, err := a.Doctor(ctx)
		if err != nil {
			return err
		}
		p.tell(h)
		if !h.Well() {
			return errFound
		}
		return nil
	})
}

// there refuses to make a new installation where somebody only wants to look at one.
func (p *program) there(cfg app.Config) error {
	if cfg.DatabaseURL != "" {
		return nil
	}
	if _, err := os.Stat(cfg.Data); err != nil {
		return fmt.Errorf(p.text("这里没有安装：%w", "there is no installation here: %w"), err)
	}
	return nil
}

func (p *program) tell(h *app.Health) {
	fmt.Fprintf(p.out, p.text("数据库：PostgreSQL %s，可连接\n企业：%d 个\n", "database: PostgreSQL %s, reachable\ntenants: %d\n"), h.Server, h.Tenants)
	for _, w := range h.Weaknesses {
		fmt.Fprintf(p.out, p.text("注意：数据库权限未能收紧：%s\n", "note: the database could not be hardened: %s\n"), w)
	}
	for _, b := range h.Behind {
		fmt.Fprintf(p.out, p.text("落后：%s（%s）的 %s 版本 %d，应为 %d %s\n", "behind: %s (%s): %s is at version %d, not %d %s\n"),
			b.Tenant.Name, b.Tenant.ID, b.Line, b.Version, b.Latest, b.Error)
	}
	for _, j := range h.Parked {
		fmt.Fprintf(p.out, p.text("搁置：企业 %s 的任务 %d（%s），第 %d 次失败：%s\n", "parked: tenant %s: job %d (%s) failed for the %dth time: %s\n"), j.Tenant, j.ID, j.Call, j.Attempt, j.Error)
	}
	if h.Well() {
		fmt.Fprintln(p.out, p.text("一切正常", "all is well"))
	}
}

// verify checks in every company, or in one, that documents, stock and ledger agree.
func (p *program) verify(ctx context.Context, args []string) error {
	s := p.settings("doctor verify", p.text("tenon doctor verify：核对各企业的单据、库存与总账是否一致",
		"tenon doctor verify: check in every company that documents, stock and ledger agree"))
	tenant := s.String("tenant", "", p.text("只核对这一企业（编号或名称）", "check this company only (its id or name)"))
	asJSON := s.Bool("json", false, p.text("以 JSON 输出", "write JSON"))
	if err := s.parse(args, 0); err != nil {
		return err
	}
	s.short()
	if err := p.there(s.cfg); err != nil {
		return err
	}
	return p.with(ctx, app.OpenBeside, s.cfg, func(a *app.App) error {
		var only []*tenancy.Tenant
		if *tenant != "" {
			t, err := a.TenantNamed(ctx, *tenant)
			if err != nil {
				return err
			}
			only = append(only, t)
		}
		findings, err := a.Verify(ctx, only...)
		if err != nil {
			return err
		}
		checked := len(only)
		if checked == 0 {
			list, err := a.DB.List(ctx)
			if err != nil {
				return err
			}
			checked = len(list)
		}
		return p.found(checked, findings, *asJSON)
	})
}

// found tells what verify found; anything is an error.
func (p *program) found(checked int, findings []app.Finding, asJSON bool) error {
	if asJSON {
		out := json.NewEncoder(p.out)
		out.SetEscapeHTML(false)
		if err := out.Encode(map[string]any{"checked": checked, "findings": append([]app.Finding{}, findings...)}); err != nil {
			return err
		}
	} else {
		for _, f := range findings {
			fmt.Fprintf(p.out, "%s (%s): %s [%s]: %s [%s]\n", f.Tenant, f.TenantID, p.text(f.Label.ZH, f.Label.EN), f.Check, f.What, f.Record)
		}
		fmt.Fprintf(p.out, p.text("已核对 %d 个企业，发现 %d 处不符\n", "%d tenants checked, %d findings\n"), checked, len(findings))
	}
	if len(findings) > 0 {
		return errFound
	}
	return nil
}

// host looks at what is around Tenon, before an installation and after, and says how to fix what it finds.
func (p *program) host(ctx context.Context, args []string) error {
	s := p.settings("doctor host", p.text("tenon doctor host：检查端口、PostgreSQL、磁盘、时钟、邮件、Vault 与证书，并给出修复办法；不改动任何东西",
		"tenon doctor host: check ports, PostgreSQL, disk, clock, mail, Vault and certificate, and say how to fix what is wrong; changes nothing"))
	s.listening(true)
	if err := s.parse(args, 0); err != nil {
		return err
	}
	bad := false
	for _, c := range app.HostChecks() {
		found := c.Look(ctx, s.cfg)
		if len(found) == 0 {
			fmt.Fprintf(p.out, "ok    %s\n", c.Name)
		}
		for _, a := range found {
			word := "note"
			if a.Fatal {
				word, bad = "ERROR", true
			}
			fmt.Fprintf(p.out, "%-5s %s: %s\n      -> %s\n", word, a.What, a.Text.In(p.lang()), a.Fix.In(p.lang()))
		}
	}
	if bad {
		return errFound
	}
	return nil
}
