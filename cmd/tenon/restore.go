package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/tenon-hq/tenon/archive"
	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/internal/id"
)

// restore brings companies back from a backup: all into an empty installation, or one, in its place or beside it.
func (p *program) restore(ctx context.Context, args []string) error {
	s := p.settings("restore", p.text("tenon restore：从备份恢复全部企业（到空的安装），或恢复一家", "tenon restore: bring back all companies of a backup (into an empty installation), or one"))
	from := s.store("from")
	name := s.String("id", "", p.text("备份编号；不填为最近一次", "the backup's id; the latest without it"))
	tenant := s.String("tenant", "", p.text("只恢复这一企业（编号；仍在时也可用名称）", "this company only (its id; its name while it is there)"))
	as := s.String("as", "", p.text("以此名称另建一个企业，与原企业并存", "make another company of this name beside the first"))
	replace := s.Bool("replace", false, p.text("先备份现有企业到同一位置，再用备份替换它", "back up the company as it is to the same place, then put the copy in its place"))
	identity := s.String("identity", "", p.text("age 私钥文件（备份时用了 --recipient）", "file with an age private key (when the backup was made with --recipient)"))
	if err := s.parse(args, 0); err != nil {
		return err
	}
	if (*as != "" || *replace) && *tenant == "" || *as != "" && *replace {
		return s.wrong(p.text("--as 与 --replace 需配合 --tenant，且只能选一个", "--as and --replace go with --tenant, one of them"))
	}
	store, err := s.opened(*from)
	if err != nil {
		return err
	}
	keys, err := identities(*identity)
	if err != nil {
		return s.wrong("--identity: " + err.Error())
	}
	s.short()
	return p.with(ctx, app.OpenBeside, s.cfg, func(a *app.App) error {
		_, entries, err := p.chosen(ctx, a, store, *name, *tenant)
		if err != nil {
			return err
		}
		if *replace {
			if err := p.makeRoom(ctx, a, store, entries[0].Tenant); err != nil {
				return err
			}
		}
		for _, e := range entries {
			r, err := a.Restore(ctx, store, e, app.Copy{Beside: *as != "", Name: *as, Keys: keys})
			if err != nil {
				return fmt.Errorf("%s: %w", e.Tenant, err)
			}
			fmt.Fprintf(p.out, "%s  %s  %d\n", r.Tenant.ID, r.Tenant.Name, r.Last.Rows())
		}
		return nil
	})
}

// makeRoom keeps a company as it is in a backup of its own and takes it away.
func (p *program) makeRoom(ctx context.Context, a *app.App, store archive.Store, tenant id.ID) error {
	if err := a.DB.Suspend(ctx, tenant); err != nil { // nothing is written between the copy and the end
		return err
	}
	b, err := a.Backup(ctx, store, []id.ID{tenant})
	if err != nil {
		return errors.Join(err, a.DB.Resume(context.WithoutCancel(ctx), tenant))
	}
	fmt.Fprintf(p.err, p.text("现有数据已备份为 %s\n", "what was there is kept as %s\n"), b.ID)
	if err := a.DB.Delete(ctx, tenant); err != nil {
		return err
	}
	return a.Engine.ClearShelf(ctx, tenant)
}
