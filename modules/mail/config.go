package mail

import (
	"cmp"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// How the connection to the mail server is protected.
const (
	StartTLS      = "starttls"      // encrypted after the greeting, or not at all; the default
	ImplicitTLS   = "tls"           // encrypted from the start
	Opportunistic = "opportunistic" // encrypted where the server can
	NoTLS         = "none"          // never: for a server on the same machine
)

// Config is the mail server that this installation sends through. Without a Host no mail is sent.
type Config struct {
	Host     string
	Folder   string // mails are kept here as files in place of being sent: for trials and tests
	Port     int    // 0: 465 with ImplicitTLS, else 587
	User     string // empty: the server asks for none
	Password string
	From     string // address that mails come from
	TLS      string // empty: StartTLS
	AppURL   string // address of the app, written into notifications; may be empty
	Timeout  time.Duration
	Log      *slog.Logger // nil is silent
	Desk     *Desk        // nil: documents can't be sent
}

// ConfigFrom reads the configuration from the environment: TENON_MAIL_FOLDER, or TENON_SMTP_HOST, _PORT, _USER, _PASSWORD, _FROM and _TLS.
func ConfigFrom(getenv func(string) string) (Config, error) {
	get := func(name string) string { return strings.TrimSpace(getenv("TENON_SMTP_" + name)) }
	c := Config{Folder: strings.TrimSpace(getenv("TENON_MAIL_FOLDER")), Host: get("HOST"), User: get("USER"), Password: getenv("TENON_SMTP_PASSWORD"), From: get("FROM"), TLS: get("TLS")}
	if c.Folder != "" && c.From == "" {
		c.From = "tenon@localhost"
	}
	if port := get("PORT"); port != "" {
		n, err := strconv.Atoi(port)
		if err != nil {
			return c, fmt.Errorf("TENON_SMTP_PORT: %q is no port", port)
		}
		c.Port = n
	}
	return c, c.Check()
}

// Check tells what is wrong with a configuration, so that it is found at the start and not by the first mail.
func (c Config) Check() error {
	if !c.On() {
		return nil
	}
	if c.Folder != "" {
		c.Host = "localhost" //nolint:revive // for the check below only
	}
	if _, err := c.client(); err != nil {
		return fmt.Errorf("mail server: %w", err)
	}
	if err := gomail.NewMsg().From(c.From); err != nil {
		return fmt.Errorf("mail: the sender's address %q is not valid", c.From)
	}
	return nil
}

func (c Config) client() (*gomail.Client, error) {
	options := []gomail.Option{
		gomail.WithTimeout(cmp.Or(c.Timeout, 20*time.Second)),
		gomail.WithHELO(domain(c.From)),
	}
	port := 587
	switch c.TLS {
	case "", StartTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case ImplicitTLS:
		port = 465
		options = append(options, gomail.WithSSL())
	case Opportunistic:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	case NoTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, fmt.Errorf("TLS is %s, %s, %s or %s, not %q", StartTLS, ImplicitTLS, Opportunistic, NoTLS, c.TLS)
	}
	options = append(options, gomail.WithPort(cmp.Or(c.Port, port)))
	if c.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(c.User), gomail.WithPassword(c.Password))
	}
	return gomail.NewClient(c.Host, options...)
}

// domain is the part of an address behind the @; it names this sender to servers and in message ids.
func domain(address string) string {
	if i := strings.LastIndexByte(address, '@'); i >= 0 && i+1 < len(address) {
		return strings.TrimRight(address[i+1:], ">")
	}
	return "localhost"
}
