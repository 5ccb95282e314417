package mail_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/crm/crmevent"
	"github.com/tenon-hq/tenon/modules/finance/financeevent"
	"github.com/tenon-hq/tenon/modules/mail"
	"github.com/tenon-hq/tenon/modules/projects/projectsevent"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// directory stands in for core and crm.
type directory struct {
	people    map[id.ID]mail.Recipient
	customers map[id.ID]crmevent.Customer
	err       error
}

func (d directory) Recipients(_ context.Context, _ *tenancy.Tx, users []id.ID) ([]mail.Recipient, error) {
	var out []mail.Recipient
	for _, u := range users {
		if p, ok := d.people[u]; ok {
			out = append(out, p)
		}
	}
	return out, d.err
}

func (d directory) Customers(_ context.Context, _ *tenancy.Tx, ids []id.ID) (map[id.ID]crmevent.Customer, error) {
	out := map[id.ID]crmevent.Customer{}
	for _, k := range ids {
		if c, ok := d.customers[k]; ok {
			out[k] = c
		}
	}
	return out, d.err
}

// twice runs a unit of work again, as after a deadlock.
func twice(ctx context.Context, fn func(ctx context.Context, tx *tenancy.Tx) error) error {
	tx := &tenancy.Tx{Unit: &tenancy.Unit{Tenant: &tenancy.Tenant{Name: "青松\n机械", Locale: i18n.ZH}}}
	if err := fn(ctx, tx); err != nil {
		return err
	}
	return fn(ctx, tx)
}

// run does what the relay does with an event: through a job's JSON.
func run(t *testing.T, m modules.Module, key string, event modules.Event) error {
	t.Helper()
	name, _, _ := event.Event()
	for _, c := range m.Calls {
		if c.Type != name {
			continue
		}
		payload, err := json.Marshal(event)
		if err != nil {
			t.Fatal(err)
		}
		again, err := c.Decode(payload)
		if err != nil {
			t.Fatal(err)
		}
		return c.Run(t.Context(), twice, key, again)
	}
	t.Fatalf("nothing is called for %s", name)
	return nil
}

func config(s *sink) mail.Config {
	return mail.Config{Host: "127.0.0.1", Port: s.port, From: "erp@example.com", TLS: mail.NoTLS, AppURL: "https://erp.example.com", Timeout: 5 * time.Second}
}

func ids(n int) []id.ID {
	s := id.NewSource(time.Now)
	out := make([]id.ID, n)
	for i := range out {
		out[i] = s.New()
	}
	return out
}

func TestNotificationsReachPeopleInTheirLanguage(t *testing.T) {
	s := newSink(t)
	u := ids(3)
	d := directory{people: map[id.ID]mail.Recipient{
		u[0]: {Email: "li@example.com", Name: "李雷", Locale: i18n.ZH},
		u[1]: {Email: "jane@example.com", Name: "Jane\r\nBcc: thief@example.com", Locale: i18n.EN},
	}}
	m := mail.Module(config(s), mail.Plugs{People: d, Customers: d})
	e := coreevent.Notified{
		To: u, Entity: "approval", Record: u[2],
		Text: i18n.T("请审批：确认销售订单 SO000123\r\nBcc: thief@example.com", "Please approve: Confirm Sales order SO000123"),
	}
	if err := run(t, m, "tenant/event/mail", e); err != nil {
		t.Fatal(err)
	}
	got := s.received()
	if len(got) != 2 || s.sessions != 1 {
		t.Fatalf("%d mails in %d sessions: %+v", len(got), s.sessions, got)
	}
	zh, en := got[0], got[1]
	if zh.to != "li@example.com" || zh.from != "erp@example.com" || !strings.HasPrefix(zh.subject, "请审批：确认销售订单 SO000123") {
		t.Errorf("%+v", zh)
	}
	if !strings.HasPrefix(zh.body, "李雷，您好：\n\n请审批") || !strings.Contains(zh.body, "https://erp.example.com") || !strings.Contains(zh.body, "青松") {
		t.Errorf("Chinese body: %s", zh.body)
	}
	const said = "Please approve: Confirm Sales order SO000123"
	if !strings.HasPrefix(en.body, "Hello Jane Bcc: thief@example.com,\n\n"+said+"\n") || en.subject != said {
		t.Errorf("English: %+v", en)
	}
	if zh.auto != "auto-generated" || !strings.Contains(zh.sender, "青松 机械") || zh.id == en.id {
		t.Errorf("headers: %+v", zh)
	}
	if err := run(t, m, "tenant/event/mail", e); err != nil {
		t.Fatal(err)
	}
	again := s.received()
	if again[2].id != zh.id || again[3].id != en.id || !strings.HasSuffix(zh.id, "@example.com>") {
		t.Errorf("a repeated call has other message ids: %+v", again)
	}
}

func TestMilestonesReachCustomersWhoAllowIt(t *testing.T) {
	u := ids(4)
	d := directory{customers: map[id.ID]crmevent.Customer{
		u[0]: {ID: u[0], Name: "远航科技", Email: "wang@example.com", NotifyProgress: true},
		u[1]: {ID: u[1], Name: "No mail please", Email: "quiet@example.com"},
		u[2]: {ID: u[2], Name: "No address", NotifyProgress: true},
	}}
	for name, want := range map[int]int{0: 1, 1: 0, 2: 0, 3: 0} {
		s := newSink(t)
		m := mail.Module(config(s), mail.Plugs{People: d, Customers: d})
		err := run(t, m, "k", projectsevent.MilestoneReached{
			MilestoneID: u[3], CustomerID: u[name], Text: i18n.T("安装调试完成", "Installation complete"), Progress: money.Must("62.5000"),
		})
		got := s.received()
		if err != nil || len(got) != want {
			t.Fatalf("customer %d: %d mails, %v", name, len(got), err)
		}
		if want == 1 && (got[0].subject != "项目进展：安装调试完成" || !strings.Contains(got[0].body, "62.5%") || !strings.Contains(got[0].in, "远航科技")) {
			t.Errorf("%+v", got[0])
		}
	}
}

func TestOverdueCustomersAreReminded(t *testing.T) {
	u := ids(2)
	s := newSink(t)
	m := mail.Module(config(s), mail.Plugs{Customers: directory{customers: map[id.ID]crmevent.Customer{
		u[0]: {ID: u[0], Name: "远航科技", Email: "buyer@example.com"}, u[1]: {ID: u[1], Name: "无邮箱"},
	}}})
	for _, k := range u {
		if err := run(t, m, "k", financeevent.CustomerDunned{CustomerID: k, Level: 2, Text: i18n.T("发票 INV-1 已逾期", "INV-1 is overdue")}); err != nil {
			t.Fatal(err)
		}
	}
	got := s.received()
	if len(got) != 1 || !strings.Contains(got[0].subject, "付款提醒") || !strings.Contains(got[0].body, "发票 INV-1 已逾期") {
		t.Errorf("%+v", got)
	}
}

type suppliers map[id.ID]purchasingevent.Vendor

func (s suppliers) Vendors(context.Context, *tenancy.Tx, []id.ID) (map[id.ID]purchasingevent.Vendor, error) {
	return s, nil
}

// Each vendor who has an address is asked in a mail of its own.
func TestRequestsForQuotationReachVendors(t *testing.T) {
	s, u := newSink(t), ids(3)
	m := mail.Module(config(s), mail.Plugs{Vendors: suppliers{
		u[0]: {ID: u[0], Name: "华东钢材", Email: "sales@steel.example.com"}, u[1]: {ID: u[1], Name: "Motors", Email: "offers@motors.example.com"}, u[2]: {ID: u[2], Name: "No address"},
	}})
	ask := purchasingevent.QuotationRequested{No: "RQ000001", Title: "Steel", Vendors: u, Text: i18n.T("1. S1 钢板: 40 kg", "1. S1 plate: 40 kg")}
	if err := run(t, m, "k", ask); err != nil {
		t.Fatal(err)
	}
	ask.Reminder, ask.Vendors = true, u[1:2]
	if err := run(t, m, "k2", ask); err != nil {
		t.Fatal(err)
	}
	got := s.received()
	if len(got) != 3 || got[0].to != "sales@steel.example.com" || got[1].to != "offers@motors.example.com" || got[2].to != "offers@motors.example.com" {
		t.Fatalf("%+v", got)
	}
	if !strings.Contains(got[0].subject, "RQ000001") || !strings.Contains(got[0].body, "1. S1 钢板: 40 kg") || strings.Contains(got[0].body, "Motors") {
		t.Errorf("%+v", got[0])
	}
	if !strings.Contains(got[2].subject, "提醒") {
		t.Errorf("%+v", got[2])
	}
}

func TestWhatFailsIsSentAgainOnlyWhereThatHelps(t *testing.T) {
	u := ids(4)
	var log strings.Builder
	people := func(addresses ...string) directory {
		d := directory{people: map[id.ID]mail.Recipient{}}
		for i, a := range addresses {
			d.people[u[i]] = mail.Recipient{Email: a}
		}
		return d
	}
	for name, c := range map[string]struct {
		to      []string
		prepare func(s *sink, cfg *mail.Config)
		arrive  int
		again   bool
	}{
		"refused for good":     {to: []string{"nobody@example.com", "li@example.com"}, arrive: 1},
		"no address at all":    {to: []string{"not an address", "li@example.com"}, arrive: 1},
		"refused for now":      {to: []string{"busy@example.com", "li@example.com"}, arrive: 1, again: true},
		"sender not allowed":   {to: []string{"li@example.com"}, prepare: func(s *sink, _ *mail.Config) { s.badFrom = true }, again: true},
		"no server":            {to: []string{"li@example.com"}, prepare: func(_ *sink, c *mail.Config) { c.Port = 1 }, again: true},
		"no encryption":        {to: []string{"li@example.com"}, prepare: func(_ *sink, c *mail.Config) { c.TLS = mail.StartTLS }, again: true},
		"password in the open": {to: []string{"li@example.com"}, prepare: func(_ *sink, c *mail.Config) { c.User, c.Password = "erp", "s3cret" }, again: true},
		"nobody wants mail":    {},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSink(t)
			cfg := config(s)
			cfg.Log = slog.New(slog.NewTextHandler(&log, nil))
			if c.prepare != nil {
				c.prepare(s, &cfg)
			}
			err := run(t, mail.Module(cfg, mail.Plugs{People: people(c.to...)}), "k", coreevent.Notified{To: u, Text: i18n.T("甲", "a")})
			if (err != nil) != c.again || len(s.received()) != c.arrive {
				t.Errorf("%d arrived, %v", len(s.received()), err)
			}
			for _, a := range c.to {
				if err != nil && strings.Contains(err.Error(), a) {
					t.Error("an address in the job's error:", err)
				}
			}
		})
	}
	if strings.Contains(log.String(), "@example.com") || !strings.Contains(log.String(), "refused mails for good") {
		t.Error("log:", log.String())
	}
}

func TestARetryReachesWhoWasBusy(t *testing.T) {
	s := newSink(t)
	u := ids(1)
	d := directory{people: map[id.ID]mail.Recipient{u[0]: {Email: "busy@example.com"}}}
	m := mail.Module(config(s), mail.Plugs{People: d})
	e := coreevent.Notified{To: u, Text: i18n.T("甲", "a")}
	if err := run(t, m, "k", e); err == nil {
		t.Fatal("no error, so no retry")
	}
	s.mu.Lock()
	s.patient = true
	s.mu.Unlock()
	if err := run(t, m, "k", e); err != nil || len(s.received()) != 1 {
		t.Fatal(err, s.received())
	}
}

func TestQuestionsThatFailAreAskedAgain(t *testing.T) {
	s := newSink(t)
	u := ids(1)
	d := directory{err: errors.New("database gone")}
	m := mail.Module(config(s), mail.Plugs{People: d, Customers: d})
	if err := run(t, m, "k", coreevent.Notified{To: u}); err == nil {
		t.Error("notified: no error")
	}
	if err := run(t, m, "k", projectsevent.MilestoneReached{CustomerID: u[0]}); err == nil {
		t.Error("milestone: no error")
	}
	if s.sessions != 0 {
		t.Error("the server was called")
	}
}

func TestWithoutAServerNothingIsCalled(t *testing.T) {
	m := mail.Module(mail.Config{}, mail.Plugs{})
	if len(m.Calls) != 0 || m.Name != "mail" || len(m.Needs) != 0 || m.Label.ZH == "" || m.Label.EN == "" {
		t.Errorf("%+v", m)
	}
}

func TestConfigFromTheEnvironment(t *testing.T) {
	env := func(list ...string) func(string) string {
		m := map[string]string{}
		for i := 0; i < len(list); i += 2 {
			m["TENON_SMTP_"+list[i]] = list[i+1]
		}
		return func(name string) string { return m[name] }
	}
	for name, c := range map[string]struct {
		env []string
		ok  bool
	}{
		"off":        {nil, true},
		"usual":      {[]string{"HOST", "smtp.example.com", "USER", "erp", "PASSWORD", " s ", "FROM", "erp@example.com"}, true},
		"implicit":   {[]string{"HOST", "smtp.example.com", "PORT", "465", "FROM", "erp@example.com", "TLS", "tls"}, true},
		"no sender":  {[]string{"HOST", "smtp.example.com"}, false},
		"bad port":   {[]string{"HOST", "smtp.example.com", "FROM", "erp@example.com", "PORT", "many"}, false},
		"far port":   {[]string{"HOST", "smtp.example.com", "FROM", "erp@example.com", "PORT", "70000"}, false},
		"bad policy": {[]string{"HOST", "smtp.example.com", "FROM", "erp@example.com", "TLS", "yes"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := mail.ConfigFrom(env(c.env...))
			if (err == nil) != c.ok {
				t.Errorf("%+v, %v", got, err)
			}
			if name == "usual" && got.Password != " s " {
				t.Errorf("password %q", got.Password)
			}
		})
	}
}
