package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/tenon-hq/tenon/archive"
	"github.com/tenon-hq/tenon/billing/stripepay"
	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/keys"
	"github.com/tenon-hq/tenon/modules/mail"
)

// maxUpload is the most that one attachment may be allowed to have, in MB.
const maxUpload = 100_000

// Companies whose tables are made before anybody signs up: each takes some 1,000 files and 12 MB.
const usualSpares, maxSpares = 8, 1000

// settings are the flags of a command and the environment behind them: a flag wins over its variable, a variable over the default.
type settings struct {
	*flag.FlagSet

	p    *program
	vars map[string]string // flag → variable
	cfg  app.Config
	loud bool
	form string // of the log

	files  string // where the content of files lies
	upload int64  // limit of one, in MB
}

// settings starts the flags of a command with those that tell where the data is.
func (p *program) settings(name, what string) *settings {
	s := &settings{FlagSet: flag.NewFlagSet(name, flag.ContinueOnError), p: p, vars: map[string]string{}}
	s.SetOutput(p.err)
	s.Usage = func() { s.help(what) }
	s.text(&s.cfg.Data, "data", "TENON_DATA", app.DefaultData(), p.text("数据目录：密钥、文件、自带的数据库", "folder for keys, files and the own database"))
	s.text(&s.cfg.DatabaseURL, "database-url", "DATABASE_URL", "", p.text("PostgreSQL 15 至 18 的地址；不填则在数据目录中运行自带的数据库",
		"address of a PostgreSQL 15 to 18; without it an own one runs in the data folder"))
	s.text(&s.cfg.Billing.Edition, "edition", "TENON_EDITION", "saas", p.text("saas：按使用付费；private：私有部署，凭许可使用，不对外连接", "saas: paid by use; private: by licence, calls nobody"))
	s.text(&s.cfg.Billing.Licence, "licence", "TENON_LICENCE", "", p.text("许可文件；不填为数据目录中的 licence.pem", "licence file; without it licence.pem in the data folder"))
	s.text(&s.cfg.Billing.Vendor, "licence-key", "TENON_LICENCE_KEY", "", p.text("厂商公钥（base64）", "the vendor's public key in base64"))
	s.flag(&s.cfg.Billing.Rules, "billing-rules", "TENON_BILLING_RULES", p.text("未连接支付服务时，试用到期和欠费也有后果", "ended trials and unpaid invoices have consequences without a payment provider too"))
	s.text(&s.form, "log", "TENON_LOG", "text", p.text("日志格式：text 或 json", "form of the log: text or json"))
	s.text(&s.files, "files", "TENON_FILES", "", p.text("附件内容的存放处：目录，或 s3://桶/前缀?endpoint=主机:端口；不填则存入数据库",
		"where the content of attachments lies: a folder, or s3://bucket/prefix?endpoint=host:port; without it in the database"))
	s.vault()
	s.flag(&s.loud, "verbose", "TENON_VERBOSE", p.text("详细日志", "log more"))
	return s
}

// vault adds the flags of the key service. Secrets come from files or from the environment, never from the command line, which others can see.
func (s *settings) vault() {
	v := &s.cfg.Vault
	s.text(&v.Address, "vault-address", "TENON_VAULT_ADDR", "", s.p.text("Vault 地址；不填则使用数据目录中的密钥文件", "address of Vault; without it a key file in the data folder"))
	s.text(&v.Namespace, "vault-namespace", "TENON_VAULT_NAMESPACE", "", s.p.text("Vault 命名空间", "namespace of Vault"))
	s.text(&v.Mount, "vault-mount", "TENON_VAULT_MOUNT", "transit", s.p.text("transit 引擎的路径", "path of the transit engine"))
	s.text(&v.Prefix, "vault-key-prefix", "TENON_VAULT_KEY_PREFIX", "tenon-", s.p.text("各企业密钥名称的前缀", "what the tenants' key names start with"))
	s.text(&v.CAFile, "vault-ca-file", "TENON_VAULT_CA_FILE", "", s.p.text("自有证书颁发机构（PEM 文件）", "own certificate authority (PEM file)"))
	s.text(&v.Login.Method, "vault-auth", "TENON_VAULT_AUTH", keys.ByToken, s.p.text("登录方式：token、approle、kubernetes", "login: token, approle, kubernetes"))
	s.text(&v.Login.Mount, "vault-auth-mount", "TENON_VAULT_AUTH_MOUNT", "", s.p.text("登录方式的路径；不填为其名称", "path of the login method; without it its name"))
	s.text(&v.Login.TokenFile, "vault-token-file", "TENON_VAULT_TOKEN_FILE", "", s.p.text("令牌文件，或用 TENON_VAULT_TOKEN", "file with the token, or TENON_VAULT_TOKEN"))
	s.text(&v.Login.RoleID, "vault-role-id", "TENON_VAULT_ROLE_ID", "", s.p.text("AppRole 的 role id", "AppRole's role id"))
	s.text(&v.Login.SecretIDFile, "vault-secret-id-file", "TENON_VAULT_SECRET_ID_FILE", "",
		s.p.text("AppRole 的 secret id 文件，或用 TENON_VAULT_SECRET_ID", "file with AppRole's secret id, or TENON_VAULT_SECRET_ID"))
	s.text(&v.Login.Role, "vault-kubernetes-role", "TENON_VAULT_KUBERNETES_ROLE", "", s.p.text("Kubernetes 登录的角色", "role of the login by Kubernetes"))
	s.text(&v.Login.JWTFile, "vault-jwt-file", "TENON_VAULT_JWT_FILE", "", s.p.text("服务账号令牌文件；不填为 Pod 自己的", "file with the service account's token; without it the pod's own"))
	s.DurationVar(&v.Timeout, "vault-timeout", 3*time.Second, s.p.text("每次调用的时限", "limit of one call"))
	s.vars["vault-timeout"] = "TENON_VAULT_TIMEOUT"
	s.DurationVar(&s.cfg.KeyLife, "key-cache", 15*time.Minute, s.p.text("数据密钥在内存中保留的时间", "how long data keys stay in memory"))
	s.vars["key-cache"] = "TENON_KEY_CACHE"
	s.Int64Var(&s.cfg.KeyUses, "key-uses", 4<<20, s.p.text("数据密钥取一次后的最多使用次数", "for how many values data keys are used before they are fetched again"))
	s.vars["key-uses"] = "TENON_KEY_USES"
	v.Login.Token, v.Login.SecretID = s.p.env("TENON_VAULT_TOKEN"), s.p.env("TENON_VAULT_SECRET_ID")
}

// listening adds the flags of what stays running.
func (s *settings) listening(web bool) {
	if web {
		s.text(&s.cfg.Listen, "listen", "TENON_LISTEN", "127.0.0.1:8080", s.p.text("API 与网页的监听地址", "address of the API and the app"))
		s.Int64Var(&s.upload, "max-upload", 200, s.p.text("单个附件的大小上限（MB）", "limit of one attachment in MB"))
		s.vars["max-upload"] = "TENON_MAX_UPLOAD"
		s.text(&s.cfg.PublicURL, "public-url", "TENON_PUBLIC_URL", "", s.p.text("浏览器访问的网址；不填为监听地址", "how browsers reach it; without it the address above"))
	}
	s.text(&s.cfg.MetricsListen, "metrics-listen", "TENON_METRICS_LISTEN", "",
		s.p.text("运维监听地址：/metrics、/readyz、/debug/pprof；不填则关闭", "address for operators: /metrics, /readyz, /debug/pprof; off without it"))
	s.DurationVar(&s.cfg.Drain, "drain", 0, s.p.text("收到停止信号后，先在 /readyz 报告离开多久再停止接收请求", "asked to stop, say so on /readyz for this long before taking no more requests"))
	s.vars["drain"] = "TENON_DRAIN"
	s.text(&s.cfg.Traces.Endpoint, "otlp-endpoint", "OTEL_EXPORTER_OTLP_ENDPOINT", "", s.p.text("OpenTelemetry 收集器地址（OTLP/HTTP）", "address of an OpenTelemetry collector (OTLP over HTTP)"))
	s.text(&s.cfg.Traces.Headers, "otlp-headers", "OTEL_EXPORTER_OTLP_HEADERS", "", s.p.text("发送给收集器的请求头", "headers for the collector: name=value,name=value"))
	s.Float64Var(&s.cfg.Traces.Ratio, "trace-ratio", 0.1, s.p.text("记录追踪的请求比例（0 至 1）", "part of the requests that are traced, 0 to 1"))
	s.vars["trace-ratio"] = "OTEL_TRACES_SAMPLER_ARG"
	s.IntVar(&s.cfg.Spares, "spares", -1, s.p.text("后台预先建好表、供注册直接使用的企业数；不填为 8，私有部署为 0", "companies whose tables are made before anybody signs up; without it 8, for a private install 0"))
	s.vars["spares"], s.Lookup("spares").DefValue = "TENON_SPARES", ""
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
		if given[name] || variable == "" {
			continue
		}
		v, err := s.p.variable(variable)
		if err != nil {
			return s.wrong(err.Error())
		}
		if v == "" {
			continue
		}
		if err := s.Set(name, v); err != nil {
			return s.wrong(fmt.Sprintf(s.p.text("%s=%s：无法识别", "%s=%s can't be understood"), variable, v))
		}
	}
	return s.complete()
}

// variable reads a variable, or the file that the variable of the same name with _FILE names: secrets need not stand in the environment.
func (p *program) variable(name string) (string, error) {
	v := p.env(name)
	file := p.env(name + "_FILE")
	if v != "" || file == "" {
		return v, nil
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("%s_FILE: %w", name, err)
	}
	return strings.TrimSpace(string(raw)), nil
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
	if s.cfg.Log = s.logger(level); s.cfg.Log == nil {
		return s.wrong("--log: text, json")
	}
	if s.cfg.Mail, err = s.p.mail(); err != nil {
		return s.wrong(err.Error())
	}
	if s.cfg.People, err = s.p.people(); err != nil {
		return s.wrong(err.Error())
	}
	if s.files != "" {
		if s.cfg.Files, err = archive.OpenStore(s.files, s.p.filesKey); err != nil {
			return s.wrong("--files: " + err.Error())
		}
	}
	if s.Lookup("max-upload") != nil && (s.upload < 1 || s.upload > maxUpload) {
		return s.wrong(fmt.Sprintf("--max-upload: 1–%d", maxUpload))
	}
	s.cfg.MaxUpload = s.upload << 20
	if s.Lookup("spares") != nil {
		if s.cfg.Spares > maxSpares {
			return s.wrong(fmt.Sprintf("--spares: 0–%d", maxSpares))
		}
		if s.cfg.Spares < 0 {
			s.cfg.Spares = usualSpares
			if s.cfg.Billing.Edition == app.Private {
				s.cfg.Spares = 0
			}
		}
	}
	if s.cfg.CallInside, err = s.p.networks("TENON_CALL_INSIDE"); err != nil {
		return s.wrong(err.Error())
	}
	if s.cfg.Proxies, err = s.p.networks("TENON_TRUSTED_PROXIES"); err != nil {
		return s.wrong(err.Error())
	}
	s.cfg.Billing.Stripe = stripepay.Config{Key: s.p.env("TENON_STRIPE_KEY"), WebhookSecret: s.p.env("TENON_STRIPE_WEBHOOK_SECRET"), URL: s.p.env("TENON_STRIPE_URL")}
	if s.cfg.Billing.Stripe.Key != "" && s.cfg.Billing.Stripe.WebhookSecret == "" {
		return s.wrong(s.p.text("有 TENON_STRIPE_KEY 时还需要 TENON_STRIPE_WEBHOOK_SECRET", "TENON_STRIPE_KEY needs TENON_STRIPE_WEBHOOK_SECRET"))
	}
	s.cfg.Mail.Log = s.cfg.Log
	s.cfg.Mail.AppURL = s.cfg.PublicURL
	return nil
}

// short leaves only warnings in the log of commands that end soon: their answer is on the screen.
func (s *settings) short() {
	if !s.loud {
		s.cfg.Log = s.logger(slog.LevelError)
	}
}

// logger writes to the terminal in the form that was asked for; nil for an unknown one.
func (s *settings) logger(level slog.Level) *slog.Logger {
	o := &slog.HandlerOptions{Level: level}
	switch s.form {
	case "text":
		return slog.New(slog.NewTextHandler(s.p.err, o))
	case "json":
		return slog.New(slog.NewJSONHandler(s.p.err, o))
	}
	return nil
}

// mail reads TENON_SMTP_URL (smtp:// is encrypted after the greeting, smtps:// from the start) and TENON_MAIL_FROM, or the single variables that
// mail.ConfigFrom names.
func (p *program) mail() (mail.Config, error) {
	text, err := p.variable("TENON_SMTP_URL")
	if err != nil {
		return mail.Config{}, err
	}
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

// filesKey reads the keys of the bucket for files: those of backups, where it has none of its own.
func (p *program) filesKey(name string) string {
	if v, err := p.variable("TENON_FILES_" + name); err == nil && v != "" {
		return v
	}
	return p.env(name)
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
