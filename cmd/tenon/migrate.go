package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/tenon-hq/tenon/cmd/app"
)

// migrate brings all tenants' tables up to date. It may be interrupted and started again.
func (p *program) migrate(ctx context.Context, args []string) error {
	s := p.settings("migrate", p.text("tenon migrate：更新所有企业的数据表；可中断后重来", "tenon migrate: bring all tenants' tables up to date; may be interrupted and started again"))
	to := s.String("to", "", p.text("退回旧版本（仅限可退回的步骤），如 crm=2,finance=5；用于换回旧程序", "go back to older versions, where there is a way, as in crm=2,finance=5, to put an older program in place"))
	parallel := s.Int("parallel", 4, p.text("同时更新的企业数（最多 6）", "tenants at the same time (6 at most)"))
	if err := s.parse(args, 0); err != nil {
		return err
	}
	back, err := versions(*to)
	if err != nil {
		return s.wrong("--to: " + err.Error())
	}
	s.short()
	return p.with(ctx, app.OpenBeside, s.cfg, func(a *app.App) error {
		failed, total := 0, 0
		tell := func(n, of int, tenant string, err error) {
			total = of
			if err != nil {
				failed++
				fmt.Fprintf(p.err, "\r%-60s\n", tenant+": "+p.explain(err))
			}
			fmt.Fprintf(p.err, "\r%d/%d %-40.40s", n, of, tenant)
		}
		var err error
		if len(back) > 0 {
			err = a.DB.Back(ctx, back, tell)
		} else {
			err = a.Migrate(ctx, *parallel, tell)
		}
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

// versions reads line=version pairs with commas between them.
func versions(text string) (map[string]int, error) {
	out := map[string]int{}
	for pair := range strings.SplitSeq(text, ",") {
		if pair == "" {
			continue
		}
		name, number, _ := strings.Cut(pair, "=")
		n, err := strconv.Atoi(number)
		if err != nil {
			return nil, fmt.Errorf("%q is not of the form name=version", pair)
		}
		out[strings.TrimSpace(name)] = n
	}
	return out, nil
}
