package main

import (
	"context"
	"fmt"

	"github.com/tenon-hq/tenon/cmd/app"
)

// migrate brings all tenants' tables up to date. It may be interrupted and started again.
func (p *program) migrate(ctx context.Context, args []string) error {
	s := p.settings("migrate", p.text("tenon migrate：更新所有企业的数据表；可中断后重来", "tenon migrate: bring all tenants' tables up to date; may be interrupted and started again"))
	parallel := s.Int("parallel", 4, p.text("同时更新的企业数（最多 6）", "tenants at the same time (6 at most)"))
	if err := s.parse(args, 0); err != nil {
		return err
	}
	s.short()
	return p.with(ctx, app.OpenBeside, s.cfg, func(a *app.App) error {
		failed, total := 0, 0
		err := a.Migrate(ctx, *parallel, func(n, of int, tenant string, err error) {
			total = of
			if err != nil {
				failed++
				fmt.Fprintf(p.err, "\r%-60s\n", tenant+": "+p.explain(err))
			}
			fmt.Fprintf(p.err, "\r%d/%d %-40.40s", n, of, tenant)
		})
		if total > 0 {
			fmt.Fprintln(p.err)
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(p.out, p.text("已更新 %d 个企业，失败 %d 个\n", "%d tenants migrated, %d failed\n"), total-failed, failed)
		if failed > 0 {
			return errFound
		}
		return nil
	})
}
