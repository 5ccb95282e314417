package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"strings"
	"testing"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/modules/mail"
)

// screen is a run of tenon whose output a test reads.
func screen(env ...string) (p *program, out, err *bytes.Buffer) {
	out, err = &bytes.Buffer{}, &bytes.Buffer{}
	return &program{out: out, err: err, env: func(name string) string {
		for i := 0; i+1 < len(env); i += 2 {
			if env[i] == name {
				return env[i+1]
			}
		}
		return ""
	}}, out, err
}

func TestDispatcher(t *testing.T) {
	for _, x := range []struct {
		args     string
		code     int
		out, err string
	}{
		{"", usage, "", "Usage: tenon COMMAND"},
		{"help", good, "doctor verify checks the data", ""},
		{"--help", good, "Usage: tenon COMMAND", ""},
		{"help serve", good, "", "[TENON_LISTEN]"},
		{"serve --help", good, "", "(default 127.0.0.1:8080)"},
		{"help doctor verify", good, "", "tenon doctor verify"},
		{"sing", usage, "", "there is no command sing"},
		{"serve --lisen :80", usage, "", "flag provided but not defined"},
		{"serve now", usage, "", "one argument too many: now"},
		{"serve --files ftp://x/y", usage, "", "--files: "},
		{"backup create --to /tmp --files s3://bucket/prefix", usage, "", "AWS_ACCESS_KEY_ID"},
		{"serve --max-upload 0", usage, "", "--max-upload: 1"},
		{"version", good, "tenon ", ""},
		{"--version", good, "linux/", ""},
		{"tenant", usage, "", "tenon tenant create"},
		{"tenant help", usage, "", "tenon tenant create"},
		{"tenant --help", good, "", "tenon tenant create"},
		{"tenant suspend", usage, "", "name the company by its id"},
		{"tenant delete 018f6a3e-1111-7000-8000-000000000000", usage, "", "add --yes"},
		{"tenant create --locale fr", usage, "", "--locale"},
		{"doctor --data /nowhere/at/all", bad, "", "there is no installation here"},
	} {
		p, out, err := screen()
		if code := p.run(t.Context(), strings.Fields(x.args)); code != x.code {
			t.Errorf("tenon %s: code %d, want %d", x.args, code, x.code)
		}
		if !strings.Contains(out.String(), x.out) || !strings.Contains(err.String(), x.err) || x.out == "" && out.Len() > 0 {
			t.Errorf("tenon %s wrote %q and %q", x.args, out, err)
		}
	}
}

func TestLanguageOfTheTerminal(t *testing.T) {
	p, out, _ := screen("LANG", "en_US.UTF-8", "LC_ALL", "zh_CN.UTF-8")
	if p.run(t.Context(), []string{"help"}); !strings.Contains(out.String(), "用法") {
		t.Errorf("wrote %s", out)
	}
}

// A flag wins over its variable, a variable over the default, and what cannot be understood is told by name.
func TestPrecedence(t *testing.T) {
	read := func(args []string, env ...string) (*settings, error) {
		p, _, _ := screen(env...)
		s := p.settings("serve", "")
		s.listening(true)
		err := s.parse(args, 0)
		return s, err
	}
	s, err := read(nil)
	if err != nil || s.cfg.Listen != "127.0.0.1:8080" || s.cfg.Data != "./data" || s.cfg.DatabaseURL != "" || s.cfg.Production {
		t.Errorf("defaults: %+v, %v", s.cfg, err)
	}
	env := []string{
		"TENON_LISTEN", ":1", "TENON_DATA", "/var/lib/tenon", "DATABASE_URL", "postgres://db", "TENON_PRODUCTION", "true",
		"TENON_PUBLIC_URL", "https://erp.example.com", "TENON_METRICS_LISTEN", ":2",
	}
	s, err = read(nil, env...)
	if err != nil || s.cfg.Listen != ":1" || s.cfg.Data != "/var/lib/tenon" || s.cfg.DatabaseURL != "postgres://db" || !s.cfg.Production ||
		s.cfg.PublicURL != "https://erp.example.com" || s.cfg.MetricsListen != ":2" || s.cfg.Mail.AppURL != "https://erp.example.com" {
		t.Errorf("environment: %+v, %v", s.cfg, err)
	}
	s, err = read([]string{"--listen", ":3", "--production=false", "-data", "here"}, env...)
	if err != nil || s.cfg.Listen != ":3" || s.cfg.Production || s.cfg.Data != "here" || s.cfg.DatabaseURL != "postgres://db" {
		t.Errorf("flags: %+v, %v", s.cfg, err)
	}
	p, _, said := screen("TENON_PRODUCTION", "perhaps")
	if code := p.run(t.Context(), []string{"serve"}); code != usage || !strings.Contains(said.String(), "TENON_PRODUCTION=perhaps") {
		t.Errorf("code %d, said %s", code, said)
	}
}

// The address of a database holds a password, so help never shows what the environment says.
func TestHelpTellsNoSecrets(t *testing.T) {
	p, out, err := screen("DATABASE_URL", "postgres://u:hunter22@db/tenon", "TENON_PASSWORD", "hunter22")
	p.run(t.Context(), []string{"help", "serve"})
	p.run(t.Context(), []string{"tenant", "create", "--help"})
	if strings.Contains(out.String()+err.String(), "hunter22") {
		t.Errorf("wrote %s%s", out, err)
	}
}

func TestMailSettings(t *testing.T) {
	for _, x := range []struct {
		env  []string
		want mail.Config
		bad  bool
	}{
		{nil, mail.Config{}, false},
		{
			[]string{"TENON_SMTP_URL", "smtp://me:pa%3Ass@mail.example.com:2525", "TENON_MAIL_FROM", "erp@example.com"},
			mail.Config{Host: "mail.example.com", Port: 2525, User: "me", Password: "pa:ss", From: "erp@example.com"},
			false,
		},
		{
			[]string{"TENON_SMTP_URL", "smtps://mail.example.com", "TENON_MAIL_FROM", "erp@example.com"},
			mail.Config{Host: "mail.example.com", TLS: mail.ImplicitTLS, From: "erp@example.com"},
			false,
		},
		{
			[]string{"TENON_SMTP_URL", "smtp://127.0.0.1:25?tls=none", "TENON_MAIL_FROM", "erp@example.com"},
			mail.Config{Host: "127.0.0.1", Port: 25, TLS: mail.NoTLS, From: "erp@example.com"},
			false,
		},
		{[]string{"TENON_SMTP_HOST", "mail.example.com", "TENON_SMTP_FROM", "erp@example.com"}, mail.Config{Host: "mail.example.com", From: "erp@example.com"}, false},
		{[]string{"TENON_SMTP_URL", "mail.example.com:25", "TENON_MAIL_FROM", "erp@example.com"}, mail.Config{}, true},
		{[]string{"TENON_SMTP_URL", "smtp://mail.example.com", "TENON_MAIL_FROM", "nobody"}, mail.Config{}, true},
	} {
		p, _, _ := screen(x.env...)
		got, err := p.mail()
		if (err != nil) != x.bad || err == nil && got != x.want {
			t.Errorf("%v: %+v, %v", x.env, got, err)
		}
	}
}

func TestErrorsForPeople(t *testing.T) {
	two := fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").At("email", "invalid", "无效", "is not valid")
	for _, x := range []struct {
		err  error
		code int
		said string
	}{
		{nil, good, ""},
		{flag.ErrHelp, good, ""},
		{errUsage, usage, ""},
		{errFound, bad, ""},
		{errors.New("disk full"), bad, "tenon: disk full\n"},
		{two, bad, "tenon: Please check the fields listed\n  email: is not valid\n"},
		{context.Canceled, bad, "tenon: interrupted\n"},
	} {
		p, _, said := screen()
		if code := p.code(x.err); code != x.code || said.String() != x.said {
			t.Errorf("%v: code %d, said %q", x.err, code, said)
		}
	}
}
