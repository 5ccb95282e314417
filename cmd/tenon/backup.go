package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"filippo.io/age"

	"github.com/tenon-hq/tenon/archive"
	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/internal/id"
)

// backup keeps copies: backup create | list | verify.
func (p *program) backup(ctx context.Context, args []string) error {
	if len(args) > 0 {
		switch args[0] {
		case "create":
			return p.createBackup(ctx, args[1:])
		case "list":
			return p.listBackups(ctx, args[1:])
		case "verify":
			return p.verifyBackup(ctx, args[1:])
		case "-h", "--help":
			p.backupHelp()
			return nil
		}
	}
	p.backupHelp()
	return errUsage
}

func (p *program) backupHelp() {
	fmt.Fprintln(p.err, p.text(`tenon backup create --to 目录|s3://桶/前缀 [--tenant 企业] [--recipient age1…]
tenon backup list --from 目录|s3://桶/前缀
tenon backup verify --from 目录|s3://桶/前缀 [--id 备份] [--tenant 企业]
tenon restore --from 目录|s3://桶/前缀 [--id 备份] [--tenant 企业 [--as 新名称 | --replace]]`, `tenon backup create --to FOLDER|s3://BUCKET/PREFIX [--tenant COMPANY] [--recipient age1…]
tenon backup list --from FOLDER|s3://BUCKET/PREFIX
tenon backup verify --from FOLDER|s3://BUCKET/PREFIX [--id BACKUP] [--tenant COMPANY]
tenon restore --from FOLDER|s3://BUCKET/PREFIX [--id BACKUP] [--tenant COMPANY [--as NEW NAME | --replace]]`))
}

// store adds the flag that says where backups lie.
func (s *settings) store(flag string) *string {
	at := new(string)
	s.text(at, flag, "TENON_BACKUP", "", s.p.text("备份所在：目录，或 s3://桶/前缀?endpoint=主机:端口", "where the backups lie: a folder, or s3://bucket/prefix?endpoint=host:port"))
	return at
}

// opened opens the store that a flag names.
func (s *settings) opened(at string) (archive.Store, error) {
	if at == "" {
		return nil, s.wrong(s.p.text("请指明备份所在（目录或 s3://…）", "say where the backups lie (a folder or s3://…)"))
	}
	store, err := archive.OpenStore(at, s.p.env)
	if err != nil {
		return nil, s.wrong(err.Error())
	}
	return store, nil
}

func (p *program) createBackup(ctx context.Context, args []string) error {
	s := p.settings("backup create", p.text("tenon backup create：备份全部企业（或一家），输出备份编号", "tenon backup create: back up all companies, or one, and print the backup's id"))
	to := s.store("to")
	tenant := s.String("tenant", "", p.text("只备份这一企业（编号或名称）", "this company only (its id or name)"))
	recipient := s.String("recipient", "", p.text("另可打开备份的 age 公钥", "an age public key that can open it too, besides this installation's keys"))
	if err := s.parse(args, 0); err != nil {
		return err
	}
	store, err := s.opened(*to)
	if err != nil {
		return err
	}
	var others []age.Recipient
	if *recipient != "" {
		r, err := age.ParseX25519Recipient(*recipient)
		if err != nil {
			return s.wrong("--recipient: " + err.Error())
		}
		others = append(others, r)
	}
	s.short()
	return p.with(ctx, app.OpenBeside, s.cfg, func(a *app.App) error {
		only, err := p.only(ctx, a, *tenant)
		if err != nil {
			return err
		}
		b, err := a.Backup(ctx, store, only, others...)
		if err == nil {
			_, err = fmt.Fprintf(p.out, "%s  %d  %s\n", b.ID, len(b.Entries), size(b.Size()))
		}
		return err
	})
}

// only finds the tenant that a flag names, if it names one.
func (p *program) only(ctx context.Context, a *app.App, name string) ([]id.ID, error) {
	if name == "" {
		return nil, nil
	}
	t, err := a.TenantNamed(ctx, name)
	if err != nil {
		return nil, err
	}
	return []id.ID{t.ID}, nil
}

func (p *program) listBackups(ctx context.Context, args []string) error {
	s := p.settings("backup list", p.text("tenon backup list：列出备份", "tenon backup list: list the backups"))
	from := s.store("from")
	if err := s.parse(args, 0); err != nil {
		return err
	}
	store, err := s.opened(*from)
	if err != nil {
		return err
	}
	list, unfinished, err := archive.Backups(ctx, store)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(p.out, 0, 4, 2, ' ', 0)
	for _, b := range list {
		what := p.text("全部", "whole")
		if !b.Whole {
			what = p.text("部分", "part")
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\n", b.ID, what, len(b.Entries), size(b.Size()), b.Program)
	}
	for _, name := range unfinished {
		fmt.Fprintf(w, "%s\t%s\n", name, p.text("未完成", "unfinished"))
	}
	return w.Flush()
}

func (p *program) verifyBackup(ctx context.Context, args []string) error {
	s := p.settings("backup verify", p.text("tenon backup verify：恢复到临时数据库并核对，然后删除", "tenon backup verify: restore into a scratch database, check it, drop it"))
	from := s.store("from")
	name := s.String("id", "", p.text("备份编号；不填为最近一次", "the backup's id; the latest without it"))
	tenant := s.String("tenant", "", p.text("只核对这一企业（编号）", "this company only (its id)"))
	if err := s.parse(args, 0); err != nil {
		return err
	}
	store, err := s.opened(*from)
	if err != nil {
		return err
	}
	s.short()
	return p.with(ctx, app.OpenBeside, s.cfg, func(a *app.App) error {
		b, entries, err := p.chosen(ctx, a, store, *name, *tenant)
		if err != nil {
			return err
		}
		bad := 0
		if err := a.VerifyBackup(ctx, store, entries, func(r *app.Trial) { bad += p.trial(r) }); err != nil {
			return err
		}
		fmt.Fprintf(p.out, p.text("备份 %s：已恢复并核对 %d 个企业，%d 处不符\n", "backup %s: %d companies restored and checked, %d findings\n"), b.ID, len(entries), bad)
		if bad > 0 {
			return errFound
		}
		return nil
	})
}

// chosen finds a backup and what is wanted of it. A company may be gone from the registry, so an id is enough.
func (p *program) chosen(ctx context.Context, a *app.App, store archive.Store, name, tenant string) (*archive.Backup, []archive.Entry, error) {
	var key id.ID
	if tenant != "" {
		var err error
		if key, err = id.Parse(tenant); err != nil {
			t, err := a.TenantNamed(ctx, tenant)
			if err != nil {
				return nil, nil, err
			}
			key = t.ID
		}
	}
	b, err := archive.Find(ctx, store, name, key)
	if err != nil {
		return nil, nil, err
	}
	if key.IsZero() {
		return b, b.Entries, nil
	}
	e, _ := b.Entry(key)
	return b, []archive.Entry{e}, nil
}

// trial tells what a copy told, and returns the number of what is wrong.
func (p *program) trial(r *app.Trial) int {
	fmt.Fprintf(p.out, p.text("%s：%d 行，%s，用时 %.1f 秒\n", "%s: %d rows, %s, %.1f s\n"), r.Tenant, r.Rows, size(r.Bytes), r.Took.Seconds())
	for _, c := range r.Changes {
		fmt.Fprintf(p.out, "  %s\n", c)
	}
	for _, f := range r.Findings {
		fmt.Fprintf(p.out, "  %s [%s]: %s [%s]\n", p.text(f.Label.ZH, f.Label.EN), f.Check, f.What, f.Record)
	}
	return len(r.Changes) + len(r.Findings)
}

// size writes a number of bytes for people.
func size(n int64) string {
	unit, v := "B", float64(n)
	for _, u := range []string{"kB", "MB", "GB", "TB"} {
		if v < 1000 {
			break
		}
		unit, v = u, v/1000
	}
	if unit == "B" {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", v, unit)
}
