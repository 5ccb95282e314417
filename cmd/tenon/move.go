package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"filippo.io/age"

	"github.com/tenon-hq/tenon/archive"
	"github.com/tenon-hq/tenon/cmd/app"
)

// identities reads a file of age keys; no file is no keys.
func identities(file string) ([]age.Identity, error) {
	if file == "" {
		return nil, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return age.ParseIdentities(io.LimitReader(f, 1<<20))
}

// exportTenant writes one company for another installation.
func (p *program) exportTenant(ctx context.Context, args []string) error {
	s := p.settings("tenant export", p.text("tenon tenant export：把一家企业的全部数据导出为一个加密文件", "tenon tenant export: write all data of one company as one encrypted file"))
	to := s.String("recipient", "", p.text("目标安装的公钥（tenon tenant key 输出）", "the other installation's public key (which tenon tenant key prints)"))
	out := s.String("out", "", p.text("输出文件；- 为标准输出", "file to write; - is the standard output"))
	if err := s.parse(args, 1); err != nil {
		return err
	}
	who, err := age.ParseX25519Recipient(*to)
	if err != nil || *out == "" || s.Arg(0) == "" {
		return s.wrong(p.text("用法：tenon tenant export --recipient age1… --out 文件 企业", "usage: tenon tenant export --recipient age1… --out FILE COMPANY"))
	}
	s.short()
	return p.with(ctx, app.OpenBeside, s.cfg, func(a *app.App) error {
		t, err := a.TenantNamed(ctx, s.Arg(0))
		if err != nil {
			return err
		}
		return p.writing(*out, func(w io.Writer) error {
			_, last, err := a.Export(ctx, w, t, who)
			if err == nil {
				p.figures(last.Figures)
				fmt.Fprintf(p.err, "%d\n", last.Rows())
			}
			return err
		})
	})
}

func (p *program) figures(list []archive.Figure) {
	for _, f := range list {
		fmt.Fprintf(p.err, "%-28s %8d  %s\n", f.Name, f.Lines, f.Sum[:16])
	}
}

// writing writes a file that is there whole or not at all.
func (p *program) writing(name string, fn func(w io.Writer) error) error {
	if name == "-" {
		return fn(p.out)
	}
	f, err := os.OpenFile(name+".unfinished", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // it has another name when all went well
	if err = fn(f); err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// importTenant takes a company that another installation has exported.
func (p *program) importTenant(ctx context.Context, args []string) error {
	s := p.settings("tenant import", p.text("tenon tenant import：装入另一安装导出的企业，输出编号", "tenon tenant import: take in a company that another installation exported, and print its id"))
	identity := s.String("identity", "", p.text("私钥文件（tenon tenant key 生成）", "file with the private key (which tenon tenant key made)"))
	as := s.String("as", "", p.text("以此名称另建一个企业，而不沿用原编号", "make another company of this name instead of one with the same id"))
	if err := s.parse(args, 1); err != nil {
		return err
	}
	keys, err := identities(*identity)
	if err != nil || len(keys) == 0 || s.Arg(0) == "" {
		return s.wrong(p.text("用法：tenon tenant import --identity 私钥文件 文件", "usage: tenon tenant import --identity KEYFILE FILE"))
	}
	s.short()
	in, err := os.Open(s.Arg(0))
	if err != nil {
		return err
	}
	defer in.Close()
	return p.with(ctx, app.OpenBeside, s.cfg, func(a *app.App) error {
		r, err := a.Import(ctx, in, app.Copy{Beside: *as != "", Name: *as, Keys: keys})
		if err == nil {
			p.figures(r.Before)
			_, err = fmt.Fprintln(p.out, r.Tenant.ID)
		}
		return err
	})
}

// moveKey makes a key pair for taking in companies: the private half goes to a file, the public half is printed.
func (p *program) moveKey(_ context.Context, args []string) error {
	s := p.settings("tenant key", p.text("tenon tenant key：生成接收企业用的密钥，输出公钥", "tenon tenant key: make a key for taking in companies, and print its public half"))
	out := s.String("out", "", p.text("私钥文件（权限 0600）", "file for the private half (mode 0600)"))
	if err := s.parse(args, 0); err != nil {
		return err
	}
	if *out == "" {
		return s.wrong(p.text("请用 --out 指明私钥文件", "name the private half's file with --out"))
	}
	key, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	f, err := os.OpenFile(*out, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, key)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.out, key.Recipient())
	return err
}
