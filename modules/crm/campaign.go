package crm

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// Campaign is what marketing does to find customers; leads and opportunities say which one brought them.
type Campaign struct {
	bun.BaseModel `bun:"table:crm_campaign,alias:cp"`
	entity.Base

	Name         string       `bun:"name,notnull"`
	Channel      string       `bun:"channel,notnull"`
	Status       string       `bun:"status,notnull"`
	OwnerID      id.ID        `bun:"owner_id,type:uuid,nullzero"`
	StartDate    clock.Date   `bun:"start_date,nullzero"`
	EndDate      clock.Date   `bun:"end_date,nullzero"`
	BudgetAmount money.Amount `bun:"budget_amount,type:numeric(20,4),notnull"`
	ActualAmount money.Amount `bun:"actual_amount,type:numeric(20,4),notnull"`
	Note         string       `bun:"note,notnull"`
}

// Describe says what the fields mean.
func (c *Campaign) Describe(d *entity.Desc) {
	d.Is("crm.campaign", "campaigns", entity.T("市场活动", "Campaign"), &c.Name)
	d.Field(&c.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, List: true, Search: true})
	d.Field(&c.Channel, entity.Field{Label: entity.T("渠道", "Channel"), Default: "event", List: true, Filter: true, Options: entity.Options(
		"event", "活动会展", "Event", "mail", "邮件", "Mail", "web", "网络", "Web", "phone", "电话", "Phone", "partner", "合作伙伴", "Partner", "other", "其他", "Other")})
	d.Field(&c.Status, entity.Field{
		Label: entity.T("状态", "Status"), Default: "planned", List: true, Filter: true,
		Options: entity.Options("planned", "计划中", "Planned", "running", "进行中", "Running", "done", "已结束", "Done"),
	})
	d.Field(&c.OwnerID, entity.Field{Label: entity.T("负责人", "Owner"), Ref: "user", Filter: true})
	d.Field(&c.StartDate, entity.Field{Label: entity.T("开始日期", "Starts on"), List: true, Filter: true})
	d.Field(&c.EndDate, entity.Field{Label: entity.T("结束日期", "Ends on"), List: true})
	d.Field(&c.BudgetAmount, entity.Field{Label: entity.T("预算", "Budget"), Class: "cost"})
	d.Field(&c.ActualAmount, entity.Field{Label: entity.T("实际费用", "Spent"), Class: "cost"})
	count := func(name, zh, en, of string) {
		d.Virtual(name, entity.Field{Label: entity.T(zh, en), Kind: entity.KindInt, List: true, Expr: "(SELECT count(*) FROM " + of + ")"})
	}
	count("leads", "线索数", "Leads", "crm_lead k WHERE k.campaign_id = t.id")
	count("converted_leads", "已转化线索", "Leads converted", "crm_lead k WHERE k.campaign_id = t.id AND k.status = 'converted'")
	count("deals", "商机数", "Deals", "crm_opportunity k WHERE k.campaign_id = t.id")
	count("won_deals", "赢单数", "Deals won", "crm_opportunity k WHERE k.campaign_id = t.id AND k.status = 'won'")
	d.Field(&c.Note, entity.Field{Label: entity.T("备注", "Note"), Aside: true})
	d.Owner(&c.OwnerID)
}
