package crm

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// The states of a lead; new is shared with service cases.
const (
	New          = "new"
	Contacted    = "contacted"
	Converted    = "converted"
	Disqualified = "disqualified"
)

// Lead is somebody who may become a customer.
type Lead struct {
	bun.BaseModel `bun:"table:crm_lead,alias:ld"`
	entity.Base

	Name           string       `bun:"name,notnull"`
	Company        string       `bun:"company,notnull"`
	ContactName    string       `bun:"contact_name,notnull"`
	Phone          string       `bun:"phone,notnull"`
	Email          string       `bun:"email,notnull"`
	Territory      string       `bun:"territory,notnull"`
	Source         string       `bun:"source,notnull"`
	CampaignID     id.ID        `bun:"campaign_id,type:uuid,nullzero"`
	OwnerID        id.ID        `bun:"owner_id,type:uuid,nullzero"`
	Status         string       `bun:"status,notnull"`
	ExpectedAmount money.Amount `bun:"expected_amount,type:numeric(20,4),notnull"`
	FollowUpDate   clock.Date   `bun:"follow_up_date,type:date,nullzero"`
	CustomerID     id.ID        `bun:"customer_id,type:uuid,nullzero"`
	OpportunityID  id.ID        `bun:"opportunity_id,type:uuid,nullzero"`
	Reason         string       `bun:"reason,notnull"`
	Note           string       `bun:"note,notnull"`
}

// Describe says what the fields mean.
func (l *Lead) Describe(d *entity.Desc) {
	d.Is("crm.lead", "leads", entity.T("线索", "Lead"), &l.Name)
	d.Field(&l.Name, entity.Field{Label: entity.T("主题", "Subject"), Required: true, List: true, Search: true})
	d.Field(&l.Company, entity.Field{Label: entity.T("公司", "Company"), List: true, Search: true})
	d.Field(&l.ContactName, entity.Field{Label: entity.T("联系人", "Contact"), Class: "personal", List: true, Search: true})
	d.Field(&l.Phone, entity.Field{Label: entity.T("电话", "Phone"), Class: "personal", Search: true})
	d.Field(&l.Email, entity.Field{Label: entity.T("邮箱", "E-mail"), Class: "personal", Search: true})
	d.Field(&l.Territory, entity.Field{Label: entity.T("区域", "Territory"), Filter: true})
	d.Field(&l.Source, entity.Field{Label: entity.T("来源", "Source"), Default: "other", List: true, Filter: true, Options: entity.Options(
		"web", "网站", "Web site", "phone", "电话", "Phone", "campaign", "市场活动", "Campaign", "referral", "转介绍", "Referral", "other", "其他", "Other")})
	d.Field(&l.CampaignID, entity.Field{Label: entity.T("市场活动", "Campaign"), Ref: "crm.campaign", Filter: true})
	d.Field(&l.OwnerID, entity.Field{Label: entity.T("负责人", "Owner"), Ref: "user", List: true, Filter: true})
	d.Field(&l.Status, entity.Field{Label: entity.T("状态", "Status"), Computed: true, Default: New, List: true, Filter: true, Options: entity.Options(
		New, "新建", "New", Contacted, "已联系", "Contacted", Converted, "已转化", "Converted", Disqualified, "无效", "Disqualified")})
	d.Field(&l.ExpectedAmount, entity.Field{Label: entity.T("预计金额", "Expected amount"), Class: "price", Total: true})
	d.Field(&l.FollowUpDate, entity.Field{
		Label: entity.T("跟进日期", "Follow up on"), Anytime: true, Aside: true, Filter: true, Help: entity.T("当天自动生成跟进", "An activity is made on that day"),
	})
	d.Virtual("duplicates", entity.Field{
		Label: entity.T("疑似重复", "Possible duplicates"), Kind: entity.KindInt, List: true, Class: "personal",
		Help: entity.T("邮箱、电话或公司相同的客户（含其联系人）和其他线索", "Customers, also by their contacts, and other leads with the same e-mail, phone or company"),
		Expr: doubles(),
	})
	d.Field(&l.CustomerID, entity.Field{Label: entity.T("客户", "Customer"), Ref: "crm.customer", Computed: true})
	d.Field(&l.OpportunityID, entity.Field{Label: entity.T("商机", "Opportunity"), Ref: "crm.opportunity", Computed: true})
	d.Field(&l.Reason, entity.Field{Label: entity.T("无效原因", "Why disqualified"), Computed: true})
	d.Field(&l.Note, entity.Field{Label: entity.T("备注", "Note"), Anytime: true, Aside: true})
	d.State(&l.Status, New, Contacted)
	d.Owner(&l.OwnerID)
	d.Person(&l.Name, &l.Note)
}

func prepareLeads(_ context.Context, tx *tenancy.Tx, changes []modules.Change[*Lead]) error {
	for _, c := range changes {
		if c.Old == nil {
			c.New.Status = New
		}
		if c.Old == nil && c.New.OwnerID.IsZero() {
			c.New.OwnerID = tx.Actor.ID
		}
	}
	return nil
}

// Conversion is the input of converting a lead.
type Conversion struct {
	CustomerID  id.ID `in:"customer_id" label:"并入已有客户|Existing customer"`
	Opportunity *bool `in:"opportunity" label:"同时建立商机|Make an opportunity too"`
}

// convert makes a customer of a lead (or takes an existing one), its contact, and an opportunity unless none is wanted.
func convert(ctx context.Context, tx *tenancy.Tx, l *Lead, in Conversion) error {
	if err := l.customer(ctx, tx, in.CustomerID); err != nil {
		return err
	}
	if l.ContactName != "" {
		c := &Contact{CustomerID: l.CustomerID, Name: l.ContactName, Phone: l.Phone, Email: l.Email, IsPrimary: in.CustomerID.IsZero()}
		if err := record.Create(ctx, tx, c); err != nil {
			return err
		}
	}
	if in.Opportunity == nil || *in.Opportunity {
		o := &Opportunity{
			Name: l.Name, CustomerID: l.CustomerID, OwnerID: l.OwnerID, CampaignID: l.CampaignID, ExpectedAmount: l.ExpectedAmount,
		}
		list, err := stages(ctx, tx)
		if err != nil {
			return err
		}
		o.begin(tx, list)
		if err := record.Create(ctx, tx, o); err != nil {
			return err
		}
		l.OpportunityID = o.ID
	}
	l.Status = Converted
	return record.Update(ctx, tx, l)
}

// customer finds or makes the lead's customer.
func (l *Lead) customer(ctx context.Context, tx *tenancy.Tx, existing id.ID) error {
	if !existing.IsZero() {
		c, err := record.Get[Customer](ctx, tx, existing)
		if err != nil {
			return err
		}
		l.CustomerID = c.ID
		return nil
	}
	name := l.Company
	if name == "" {
		name = l.Name
	}
	c := &Customer{Name: name, Territory: l.Territory, OwnerID: l.OwnerID, Phone: l.Phone, Email: l.Email, Active: true}
	if err := record.Create(ctx, tx, c); err != nil {
		return err
	}
	l.CustomerID = c.ID
	return nil
}

func contacted(ctx context.Context, tx *tenancy.Tx, l *Lead, _ modules.None) error {
	l.Status = Contacted
	return record.Update(ctx, tx, l)
}

// Because is the input of actions that may have a reason.
type Because struct {
	Reason string `in:"reason" label:"原因|Reason"`
}

func disqualify(ctx context.Context, tx *tenancy.Tx, l *Lead, in Because) error {
	l.Status, l.Reason = Disqualified, in.Reason
	return record.Update(ctx, tx, l)
}
