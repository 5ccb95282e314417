package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/tenancy"
)

// upgrade rehearses an upgrade: upgrade rehearse.
func (p *program) upgrade(ctx context.Context, args []string) error {
	if len(args) == 0 || args[0] != "rehearse" {
		fmt.Fprintln(p.err, p.text("tenon upgrade rehearse [--tenant 企业] [--sample 数量]：在副本上演练升级", "tenon upgrade rehearse [--tenant COMPANY] [--sample NUMBER]: try the upgrade on copies"))
		if len(args) > 0 && strings.HasSuffix(args[0], "help") {
			return nil
		}
		return errUsage
	}
	s := p.settings("upgrade rehearse", p.text("tenon upgrade rehearse：复制各企业到临时数据库，用本程序升级副本并比较，然后删除；原数据不变",
		"tenon upgrade rehearse: copy companies into a scratch database, upgrade the copies with this program, compare, drop them; the data stays as it is"))
	tenant := s.String("tenant", "", p.text("只演练这一企业（编号或名称）", "this company only (its id or name)"))
	sample := s.Int("sample", 0, p.text("最多演练多少家；0 为全部", "so many companies at most; 0 is all"))
	if err := s.parse(args[1:], 0); err != nil {
		return err
	}
	s.short()
	return p.with(ctx, app.OpenBeside, s.cfg, func(a *app.App) error {
		list, err := a.DB.List(ctx)
		if err == nil && *tenant != "" {
			var t *tenancy.Tenant
			t, err = a.TenantNamed(ctx, *tenant)
			list = []*tenancy.Tenant{t}
		}
		if err != nil {
			return err
		}
		if *sample > 0 {
			list = list[:min(*sample, len(list))]
		}
		bad := 0
		for _, t := range list {
			r, err := a.Rehearse(ctx, t)
			if err != nil {
				bad++
				p.complain(t.Name + ": " + p.explain(err))
				continue
			}
			bad += p.trial(r)
		}
		fmt.Fprintf(p.out, p.text("演练了 %d 个企业的升级，%d 处不符\n", "the upgrade of %d companies was rehearsed, %d findings\n"), len(list), bad)
		if bad > 0 {
			return errFound
		}
		return nil
	})
}
