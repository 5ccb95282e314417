package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/internal/chain"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// audit takes a company's audit out of the house and verifies what was taken out: tenon audit export | verify.
func (p *program) audit(ctx context.Context, args []string) error {
	if len(args) > 0 {
		switch args[0] {
		case "export":
			return p.exportAudit(ctx, args[1:])
		case "verify":
			return p.verifyAudit(ctx, args[1:])
		case "certificate":
			return p.verifyCertificate(args[1:])
		case "-h", "--help":
			p.auditHelp()
			return nil
		}
	}
	p.auditHelp()
	return errUsage
}

func (p *program) auditHelp() {
	fmt.Fprintln(p.err, p.text("tenon audit export --out 文件 企业编号\ntenon audit verify [--key 公钥] 文件\ntenon audit certificate [--key 公钥] 文件",
		"tenon audit export --out FILE COMPANY\ntenon audit verify [--key PUBLIC-KEY] FILE\ntenon audit certificate [--key PUBLIC-KEY] FILE"))
}

// exportAudit writes a company's audit to a file.
func (p *program) exportAudit(ctx context.Context, args []string) (err error) {
	s := p.settings("audit export", p.text("tenon audit export：导出企业的审计链，供离线核验", "tenon audit export: take a company's audit out, to be verified offline"))
	var path string
	s.StringVar(&path, "out", "", p.text("目标文件；不填为标准输出", "the file to write; without it to standard output"))
	if err := s.parse(args, 1); err != nil {
		return err
	}
	key, err := id.Parse(s.Arg(0))
	if err != nil {
		return s.wrong(p.text("请给出企业编号（见 tenon tenant list）", "name the company by its id (see tenon tenant list)"))
	}
	s.short()
	return p.with(ctx, app.OpenBeside, s.cfg, func(a *app.App) (err error) {
		t, err := a.DB.Tenant(ctx, key)
		if err != nil {
			return err
		}
		out := p.out
		if path != "" {
			f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator names it
			if err != nil {
				return err
			}
			defer func() {
				if e := f.Close(); err == nil {
					err = e
				}
			}()
			out = f
		}
		return a.Engine.ExportAudit(ctx, t, tenancy.Actor{System: true, Name: "tenon audit export"}, out)
	})
}

// verifyAudit needs the file only: no database, no network.
func (p *program) verifyAudit(_ context.Context, args []string) error {
	s := p.settings("audit verify", p.text("tenon audit verify：离线核验审计导出，指出第一处被篡改、缺失或错序的记录",
		"tenon audit verify: verify an export offline and name the first entry that was altered, is missing or stands in another order"))
	var key string
	s.StringVar(&key, "key", "", p.text("签名所用的公钥（见 GET /api/v1/audit/chain）；不填则只显示其指纹", "the public key that must have signed (see GET /api/v1/audit/chain); without it only its fingerprint is shown"))
	if err := s.parse(args, 1); err != nil {
		return err
	}
	if s.NArg() != 1 {
		return s.wrong(p.text("请给出文件", "name the file"))
	}
	var in io.Reader = os.Stdin
	if s.Arg(0) != "-" {
		f, err := os.Open(s.Arg(0))
		if err != nil {
			return err
		}
		defer f.Close() //nolint:errcheck // it was only read
		in = f
	}
	r, err := chain.Verify(in, key)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, p.text("企业 %s：核验 %d 条记录（%d 至 %d），%d 个签名检查点，签名公钥指纹 %v\n", "company %s: %d entries verified (%d to %d), %d signed checkpoints, keys %v\n"),
		r.Tenant, r.Entries, r.After+1, r.Last, r.Checkpoints, r.Keys)
	if r.Problem == nil {
		fmt.Fprintln(p.out, p.text("完整", "whole"))
		return nil
	}
	words := map[string][2]string{
		"altered": {"被篡改", "was altered"}, "missing": {"缺失", "is missing"}, "reordered": {"顺序不对", "stands in another order"}, "duplicate": {"重复", "is there twice"},
		"signature": {"签名无效", "has a signature that is not genuine"}, "checkpoint": {"与签名的哈希不符", "has another hash than the one that was signed"},
		"key": {"由其他密钥签名", "is signed by another key"}, "unreadable": {"无法读取", "can't be read"},
	}[r.Problem.Kind]
	fmt.Fprintf(p.out, p.text("第 %d 条记录%s（文件第 %d 行）：%s\n", "entry %d %s (line %d of the file): %s\n"), r.Problem.N, p.text(words[0], words[1]), r.Problem.Line, r.Problem.Detail)
	return errFound
}
