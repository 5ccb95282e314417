package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/modules/mail"
)

// settings are the flags of a command and the environment behind them: a flag wins over its variable, a variable over the default.
type settings struct {
	*flag.FlagSet

	p    *program
	vars map[string]string // flag → variable
	cfg  app.Config
	loud bool
}

// settings starts the flags of a command with those that tell where the data is.
func (p *program) settings(name, what string) *settings {
	s := &settings{FlagSet: flag.NewFlagSet(name, flag.ContinueOnError), p: p, vars: map[string]string{}}
	s.SetOutput(p.err)
	s.Usage = func() { s.help(what) }
	s.text(&s.cfg.Data, "data", "TENON_DATA", app.DefaultData(), p.text("数据目录：密钥、文件、自带的数据库", "folder for keys, files and the own database"))
	s.text(&s.cfg.DatabaseURL, "database-url", "DATABASE_URL", "", p.text("PostgreSQL 15 至 18 的地址；不填则在数据目录中运行自带的数据库",
		"address of a PostgreSQL 15 to 18; without it an own one runs in the data folder"))
	s.flag(&s.loud, "verbose", "TENON_VERBOSE", p.text("详细日志", "log more"))
	return s
}

// listening adds the flags of what stays running.
func (s *settings) listening(web bool) {
	if web {
		s.text(&s.cfg.Listen, "listen", "TENON_LISTEN", "127.0.0.1:8080", s.p.text("API 与网页的监听地址", "address of the API and the app"))
		s.text(&s.cfg.PublicURL, "public-url", "TENON_PUBLIC_URL", "", s.p.text("浏览器访问的网址；不填为监听地址", "how browsers reach it; without it the address above"))
	}
	s.text(&s.cfg.MetricsListen, "metrics-listen", "TENON_METRICS_LISTEN", "", s.p.text("/metrics 的监听地址；不填则关闭", "address of /metrics; off without it"))
	s.flag(&s.cfg.Production, "production", "TENON_PRODUCTION", s.p.text("拒绝只适合试用的设置", "refuse what is only good for a trial"))
}

func (s *settings) text(into *string, name, variable, standard, what string) {
	s.StringVar(into, name, standard, what)
	s.vars[name] = variable
}

func (s *settings) flag(into *bool, name, variable, what string) {
	s.BoolVar(into, name, false, what)
	s.vars[name] = variable
}

func (s *settings) help(what string) {
	fmt.Fprintf(s.Output(), "%s\n\n", what)
	s.VisitAll(func(f *flag.Flag) {
		kind, _ := flag.UnquoteUsage(f)
		fmt.Fprintf(s.Output(), "  %s\n      %s", strings.TrimSpace("--"+f.Name+" "+kind), f.Usage)
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" {
			fmt.Fprintf(s.Output(), s.p.text("（默认 %s）", " (default %s)"), f.DefValue)
		}
		if v := s.vars[f.Name]; v != "" {
			fmt.Fprintf(s.Output(), " [%s]", v)
		}
		fmt.Fprintln(s.Output())
	})
}

// parse reads the command line, then the environment for what it leaves open. At most so many words may follow the flags.
func (s *settings) parse(args []string, words int) error {
	if err := s.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return errUsage // the flag package has said what is wrong
	}
	if s.NArg() > words {
		return s.wrong(s.p.text("多余的参数 ", "one argument too many: ") + s.Arg(words))
	}
	given := map[string]bool{}
	s.Visit(func(f *flag.Flag) { given[f.Name] = true })
	for name, variable := range s.vars {
		v := s.p.env(variable)
		if given[name] || v == "" || variable == "" {
			continue
		}
		if err := s.Set(name, v); err != nil {
			return s.wrong(fmt.Sprintf(s.p.text("%s=%s：无法识别", "%s=%s can't be understood"), variable, v))
		}
	}
	return s.complete()
}

func (s *settings) wrong(text string) error {
	s.p.complain(text)
	return errUsage
}

func (s *settings) complete() (err error) {
	level := slog.LevelInfo
	if s.loud {
		level = slog.LevelDebug
	}
	s.cfg.Log = slog.New(slog.NewTextHandler(s.p.err, &slog.HandlerOptions{Level: level}))
	if s.cfg.Mail, err = s.p.mail(); err != nil {
		return s.wrong(err.Error())
	}
	s.cfg.Mail.Log = s.cfg.Log
	s.cfg.Mail.AppURL = s.cfg.PublicURL
	return nil
}

// short leaves only warnings in the log of commands that end soon: their answer is on the screen.
func (s *settings) short() {
	if !s.loud {
		s.cfg.Log = slog.New(slog.NewTextHandler(s.p.err, &slog.HandlerOptions{Level: slog.LevelError}))
	}
}

// mail reads TENON_SMTP_URL (smtp:// is encrypted after the greeting, smtps:// from the start) and TENON_MAIL_FROM, or the single variables that
// mail.ConfigFrom names.
func (p *program) mail() (mail.Config, error) {
	text := p.env("TENON_SMTP_URL")
	if text == "" {
		return mail.ConfigFrom(p.env)
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return mail.Config{}, errors.New(p.text("TENON_SMTP_URL 应形如 smtp://用户:密码@主机:端口", "TENON_SMTP_URL must look like smtp://user:password@host:port"))
	}
	c := mail.Config{Host: u.Hostname(), User: u.User.Username(), From: p.env("TENON_MAIL_FROM"), TLS: u.Query().Get("tls")}
	c.Password, _ = u.User.Password()
	if u.Scheme == "smtps" {
		c.TLS = mail.ImplicitTLS
	}
	if port := u.Port(); port != "" {
		if c.Port, err = strconv.Atoi(port); err != nil {
			return c, err
		}
	}
	return c, c.Check()
}

// with opens Tenon for fn and closes it afterwards, the own database last, also when ctx has ended.
func (p *program) with(ctx context.Context, open func(context.Context, app.Config) (*app.App, error), cfg app.Config, fn func(a *app.App) error) error {
	a, err := open(ctx, cfg)
	if err != nil {
		return err
	}
	err = fn(a)
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	return errors.Join(err, a.Close(end))
}
