package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/tenon-hq/tenon/keys"
)

// certificateMost is how large a certificate may be.
const certificateMost = 64 << 20

// verifyCertificate needs the file only: no database, no network.
func (p *program) verifyCertificate(args []string) (err error) {
	s := p.settings("audit certificate", p.text("tenon audit certificate：离线核验密钥销毁证书", "tenon audit certificate: verify offline the certificate that a company's key was destroyed"))
	var key string
	s.StringVar(&key, "key", "", p.text("安装的签名公钥（见 GET /api/v1/keys/closing）；不填则以证书内的为准",
		"the installation's public key (see GET /api/v1/keys/closing); without it the one in the certificate is taken"))
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
	raw, err := io.ReadAll(io.LimitReader(in, certificateMost))
	if err != nil {
		return err
	}
	c, err := keys.VerifyCertificate(raw, key)
	if err != nil {
		return errors.Join(errFound, err)
	}
	fmt.Fprintf(p.out, p.text("企业 %s（%s）：密钥于 %s 销毁，%d 人同意；其后试过 %d 项，均无法打开；签名公钥 %s\n",
		"company %s (%s): key destroyed at %s, %d people agreed; %d things were tried afterwards and none opens; signed by %s\n"),
		c.Company, c.Tenant, c.Destroyed.Format("2006-01-02 15:04:05"), len(c.Consents), len(c.Tried), c.Public)
	for _, name := range c.Elsewhere {
		fmt.Fprintf(p.out, p.text("另有接收方可打开的备份：%s\n", "a backup that somebody else's key opens too: %s\n"), name)
	}
	return nil
}
