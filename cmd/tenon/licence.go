package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tenon-hq/tenon/billing"
	"github.com/tenon-hq/tenon/internal/clock"
)

// licence looks after a private install's licence: tenon licence show | install | issue | keygen. None of them needs the database.
func (p *program) licence(_ context.Context, args []string) error {
	if len(args) > 0 {
		switch args[0] {
		case "show":
			return p.showLicence(args[1:])
		case "install":
			return p.installLicence(args[1:])
		case "issue":
			return p.issueLicence(args[1:])
		case "keygen":
			return p.vendorKey(args[1:])
		case "-h", "--help":
			p.licenceHelp()
			return nil
		}
	}
	p.licenceHelp()
	return errUsage
}

func (p *program) licenceHelp() {
	fmt.Fprintln(p.err, `tenon licence show
tenon licence install FILE
tenon licence issue --key KEY.txt --company NAME [--modules crm,sales|*] [--seats N] [--expires YYYY-MM-DD] [--support YYYY-MM-DD]
tenon licence keygen FILE`)
}

// private is the licence of the install whose data folder is named.
func (p *program) private(s *settings) (*billing.Private, error) {
	vendor, err := billing.ParseVendor(s.cfg.Billing.Vendor)
	if err != nil {
		return nil, s.wrong("TENON_LICENCE_KEY: " + err.Error())
	}
	path := s.cfg.Billing.Licence
	if path == "" {
		path = filepath.Join(s.cfg.Data, "licence.pem")
	}
	return &billing.Private{Path: path, Vendor: vendor}, nil
}

func (p *program) showLicence(args []string) error {
	s := p.settings("licence show", p.text("tenon licence show：显示已安装的许可", "tenon licence show: show the licence that is installed"))
	if err := s.parse(args, 0); err != nil {
		return err
	}
	x, err := p.private(s)
	if err != nil {
		return err
	}
	l, err := x.Load(time.Now())
	if errors.Is(err, os.ErrNotExist) {
		return errors.New(p.text("没有安装许可："+x.Path, "no licence is installed: "+x.Path))
	}
	if err != nil {
		return err
	}
	return p.printLicence(l)
}

func (p *program) printLicence(l *billing.Licence) error {
	never := func(d clock.Date) string {
		if d.IsZero() {
			return p.text("不限", "never")
		}
		return d.String()
	}
	_, err := fmt.Fprintf(p.out, "%s\n%s %s\n%s %d\n%s %s\n%s %s\n", l.Company, p.text("模块", "modules"), strings.Join(l.Modules, ","), p.text("人数", "seats"), l.Seats,
		p.text("到期", "expires"), never(l.Expires), p.text("支持至", "support until"), never(l.SupportUntil))
	return err
}

func (p *program) installLicence(args []string) error {
	s := p.settings("licence install", p.text("tenon licence install 文件：核对签名并安装", "tenon licence install FILE: check the signature and install it"))
	if err := s.parse(args, 1); err != nil {
		return err
	}
	x, err := p.private(s)
	if err != nil {
		return err
	}
	raw, err := os.ReadFile(s.Arg(0))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(x.Path), 0o700); err != nil {
		return err
	}
	l, err := x.Install(raw, time.Now())
	if err != nil {
		return err
	}
	return p.printLicence(l)
}

// issueLicence signs a licence with the vendor's private key and prints the file.
func (p *program) issueLicence(args []string) error {
	s := p.settings("licence issue", p.text("tenon licence issue：用厂商私钥签发许可，输出文件内容", "tenon licence issue: sign a licence with the vendor's private key and print the file"))
	key := s.String("key", "", p.text("私钥文件（见 keygen）", "file with the private key (see keygen)"))
	company := s.String("company", "", p.text("企业名称", "the company's name"))
	list := s.String("modules", "*", p.text("模块，逗号分隔；* 为全部", "modules, with commas; * is all"))
	seats := s.Int("seats", 0, p.text("人数上限；0 不限", "most active people; 0: no limit"))
	expires := s.String("expires", "", p.text("最后一天；不填不限", "the last day; without it never"))
	support := s.String("support", "", p.text("支持最后一天", "the last day of support"))
	if err := s.parse(args, 0); err != nil {
		return err
	}
	l := billing.Licence{Company: *company, Modules: strings.Split(*list, ","), Seats: *seats, Issued: clock.DateOf(time.Now(), time.UTC)}
	if err := errors.Join(l.Expires.UnmarshalText([]byte(*expires)), l.SupportUntil.UnmarshalText([]byte(*support))); err != nil || *company == "" || *seats < 0 {
		return s.wrong("--company, --seats, --expires, --support")
	}
	text, err := os.ReadFile(*key)
	if err != nil {
		return err
	}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(raw) != ed25519.SeedSize {
		return errors.New(p.text("不是私钥文件："+*key, "no private key: "+*key))
	}
	l.ID = rand.Text()
	file, err := billing.Sign(l, ed25519.NewKeyFromSeed(raw))
	if err != nil {
		return err
	}
	_, err = p.out.Write(file)
	return err
}

// vendorKey makes a vendor's key pair: the private part into a file, the public part to the terminal.
func (p *program) vendorKey(args []string) error {
	s := p.settings("licence keygen", p.text("tenon licence keygen 文件：生成厂商密钥，输出公钥", "tenon licence keygen FILE: make a vendor's key and print its public part"))
	if err := s.parse(args, 1); err != nil {
		return err
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(s.Arg(0), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, base64.StdEncoding.EncodeToString(private.Seed()))
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.out, base64.StdEncoding.EncodeToString(public))
	return err
}
