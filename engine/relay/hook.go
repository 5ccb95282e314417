package relay

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/hex"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

//go:embed migrations/*.sql policy/*.yaml
var files embed.FS

// Line is the platform's own migration line for this package.
func Line() tenancy.Line { return tenancy.Line{Name: "relay", Always: true, Files: files} }

// Source is who may say where events go, out of the box.
func Source() policy.Source { return policy.Source{Module: "relay", Files: files} }

// Records lists this package's records for record.New.
func Records() []entity.Record { return []entity.Record{&Webhook{}, &Delivery{}} }

// Extension is what this package adds to the engine.
func (r *Relay) Extension() modules.Module {
	return modules.Module{
		Name:     "platform",
		Actions:  []modules.Action{modules.Act("replay", entity.T("重新发送", "Send again"), nil, r.replay)},
		Prepares: []modules.Prepare{modules.Before(r.prepareHooks)},
	}
}

// Webhook is an address outside to which events are sent. Its maker's rights decide what is sent.
type Webhook struct {
	bun.BaseModel `bun:"table:webhook,alias:wh"`
	entity.Base

	Name   string   `bun:"name,notnull"`
	URL    string   `bun:"url,notnull"`
	Events []string `bun:"events,array,notnull"`
	Secret string   `bun:"secret,notnull"`
	Active bool     `bun:"active,notnull"`
}

// Describe says what a webhook's columns mean.
func (h *Webhook) Describe(d *entity.Desc) {
	d.Is("webhook", "webhooks", entity.T("Webhook", "Webhook"), &h.Name)
	d.Field(&h.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, List: true, Search: true})
	d.Field(&h.URL, entity.Field{Label: entity.T("地址", "Address"), Required: true, List: true})
	d.Field(&h.Events, entity.Field{
		Label: entity.T("事件", "Events"), Required: true, List: true,
		Help: entity.T("事件名、以 .* 结尾的前缀或 *", "Names of events, beginnings that end in .*, or *"),
	})
	d.Field(&h.Secret, entity.Field{
		Label: entity.T("签名密钥", "Signing secret"), Class: "credential", Sealed: true,
		Help: entity.T("留空则自动生成", "Made when it is left out"),
	})
	d.Field(&h.Active, entity.Field{Label: entity.T("启用", "Active"), Default: "true", List: true, Filter: true})
}

// Delivery is one attempt to send an event.
type Delivery struct {
	bun.BaseModel `bun:"table:webhook_delivery,alias:wd"`
	entity.Base

	WebhookID  id.ID     `bun:"webhook_id,type:uuid,notnull"`
	EventID    id.ID     `bun:"event_id,type:uuid,notnull"`
	Event      string    `bun:"event,notnull"`
	Entity     string    `bun:"entity,notnull"`
	RecordID   id.ID     `bun:"record_id,type:uuid,nullzero"`
	HappenedAt time.Time `bun:"happened_at,notnull"`
	Attempt    int       `bun:"attempt,notnull"`
	OK         bool      `bun:"ok,notnull"`
	Status     int       `bun:"status,notnull"`
	Error      string    `bun:"error,notnull"`
	TookMS     int       `bun:"took_ms,notnull"`
}

// Describe says what a delivery's columns mean.
func (x *Delivery) Describe(d *entity.Desc) {
	d.Is("webhook_delivery", "webhook_deliveries", entity.T("Webhook 发送记录", "Webhook delivery"), nil)
	shown := func(p any, zh, en, ref string) {
		d.Field(p, entity.Field{Label: entity.T(zh, en), Computed: true, List: true, Filter: true, Ref: ref})
	}
	shown(&x.WebhookID, "Webhook", "Webhook", "webhook")
	shown(&x.EventID, "事件 id", "Event id", "")
	shown(&x.Event, "事件", "Event", "")
	shown(&x.Entity, "对象", "Kind of record", "")
	shown(&x.RecordID, "记录", "Record", "")
	shown(&x.HappenedAt, "发生时间", "Happened at", "")
	shown(&x.Attempt, "第几次", "Attempt", "")
	shown(&x.OK, "成功", "Arrived", "")
	shown(&x.Status, "HTTP 状态", "HTTP status", "")
	shown(&x.Error, "错误", "Error", "")
	shown(&x.TookMS, "耗时（毫秒）", "Took, in ms", "")
	d.Derived()
	d.NoDelete()
}

const (
	maxEvents  = 100
	minSecret  = 16
	secretMade = "whsec_"
)

// prepareHooks refuses addresses that can't be meant, and makes the secret that is left out. Where a name leads is checked when it is dialled.
func (r *Relay) prepareHooks(_ context.Context, _ *tenancy.Tx, changes []modules.Change[*Webhook]) error {
	var bad fault.Fields
	for _, c := range changes {
		h := c.New
		r.checkAddress(h.URL, &bad)
		if len(h.Events) > maxEvents {
			bad.Add("events", "value.length", "最多 %d 项", "at most %d", maxEvents)
		}
		for i, name := range h.Events {
			plain := strings.TrimSuffix(name, ".*")
			if name != "*" && (plain == "" || strings.Trim(plain, "abcdefghijklmnopqrstuvwxyz0123456789_.") != "") {
				bad.Add(fmt.Sprintf("events[%d]", i), "value.type", "不是事件名", "is no name of events")
			}
		}
		switch {
		case h.Secret == "":
			b := make([]byte, 24)
			_, _ = rand.Read(b) // never fails on supported systems
			h.Secret = secretMade + hex.EncodeToString(b)
		case len(h.Secret) < minSecret:
			bad.Add("secret", "value.length", "至少 %d 个字符", "at least %d characters", minSecret)
		}
	}
	return bad.Err()
}

func (r *Relay) checkAddress(text string, bad *fault.Fields) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || len(text) > 2000:
		bad.Add("url", "value.type", "不是有效的网址", "is no valid address")
		return
	case u.Scheme != "https" && (u.Scheme != "http" || !r.guard.Lenient()):
		bad.Add("url", "webhook.scheme", "应以 https:// 开头", "must begin with https://")
	}
	if at, err := netip.ParseAddr(u.Hostname()); err == nil && r.guard.Refuses(at) || strings.EqualFold(u.Hostname(), "localhost") && !r.guard.Lenient() {
		bad.Add("url", "webhook.private", "不能指向内部地址", "must not lead to an internal address")
	}
}

// wants tells that a webhook asks for an event.
func wants(events []string, name string) bool {
	for _, e := range events {
		if e == "*" || e == name {
			return true
		}
		if head, ok := strings.CutSuffix(e, "*"); ok && strings.HasPrefix(name, head) {
			return true
		}
	}
	return false
}
