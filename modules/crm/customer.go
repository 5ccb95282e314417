package crm

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/crm/crmevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// Customer is a company or person that buys, or may.
type Customer struct {
	bun.BaseModel `bun:"table:crm_customer,alias:c"`
	entity.Base

	Number         string       `bun:"number,nullzero"`
	Name           string       `bun:"name,notnull"`
	Territory      string       `bun:"territory,notnull"`
	Industry       string       `bun:"industry,notnull"`
	Group          string       `bun:"customer_group,notnull"`
	CreditLimit    money.Amount `bun:"credit_limit,type:numeric(20,4),notnull"`
	OwnerID        id.ID        `bun:"owner_id,type:uuid,nullzero"`
	Phone          string       `bun:"phone,notnull"`
	Email          string       `bun:"email,notnull"`
	Address        string       `bun:"address,notnull"`
	PaymentTermID  id.ID        `bun:"payment_term_id,type:uuid,nullzero"`
	TaxNo          string       `bun:"tax_no,notnull"`
	NotifyProgress bool         `bun:"notify_progress,notnull"`
	Active         bool         `bun:"active,notnull"`
	Note           string       `bun:"note,notnull"`
	Person         bool         `bun:"person,notnull"`
}

// Describe says what the fields mean.
func (c *Customer) Describe(d *entity.Desc) {
	d.Is("crm.customer", "customers", entity.T("客户", "Customer"), &c.Name)
	d.Field(&c.Number, entity.Field{
		Label: entity.T("客户编号", "Number"), Unique: true, List: true, Search: true,
		Help: entity.T("留空时自动编号", "Drawn by the system when left empty"),
	})
	d.Field(&c.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, List: true, Search: true})
	d.Field(&c.Territory, entity.Field{Label: entity.T("区域", "Territory"), List: true, Filter: true})
	d.Field(&c.Industry, entity.Field{Label: entity.T("行业", "Industry"), Filter: true})
	d.Field(&c.Group, entity.Field{Label: entity.T("客户组", "Group"), Filter: true, Help: entity.T("价目表可按客户组适用", "Price lists may be for a group")})
	d.Field(&c.CreditLimit, entity.Field{
		Label: entity.T("信用额度", "Credit limit"), Class: "price", List: true,
		Help: entity.T("本位币；零表示未设定", "In company currency; zero means none is set"),
	})
	d.Field(&c.OwnerID, entity.Field{Label: entity.T("负责人", "Owner"), Ref: "user", List: true, Filter: true})
	d.Field(&c.Phone, entity.Field{Label: entity.T("电话", "Phone"), Class: "personal", Search: true})
	d.Field(&c.Email, entity.Field{Label: entity.T("邮箱", "E-mail"), Class: "personal", Search: true})
	d.Field(&c.Address, entity.Field{Label: entity.T("地址", "Address")})
	d.Field(&c.PaymentTermID, entity.Field{Label: entity.T("付款条件", "Payment term"), Ref: "finance.payment_term"})
	d.Field(&c.TaxNo, entity.Field{Label: entity.T("税号", "Tax number")})
	d.Field(&c.NotifyProgress, entity.Field{
		Label: entity.T("接收进度通知", "Wants progress reports"),
		Help:  entity.T("项目里程碑完成时以邮件或短信告知客户", "Told by mail or SMS when a project milestone is reached"),
	})
	d.Field(&c.Active, entity.Field{Label: entity.T("启用", "Active"), Default: "true", Filter: true})
	d.Field(&c.Note, entity.Field{Label: entity.T("备注", "Note"), Aside: true})
	d.Field(&c.Person, entity.Field{
		Label: entity.T("个人", "Is a person"), Filter: true,
		Help: entity.T("自然人：可应本人要求删除其个人数据", "A human being: who they are can be deleted at their request"),
	})
	d.Number(&c.Number, "C")
	d.Owner(&c.OwnerID)
	d.Key(&c.Number)
	d.PersonIf(&c.Person, &c.Name, &c.Address, &c.TaxNo, &c.Note)
}

// prepareCustomers gives a new customer to who makes it.
func prepareCustomers(_ context.Context, tx *tenancy.Tx, changes []modules.Change[*Customer]) error {
	for _, c := range changes {
		if c.Old == nil && c.New.OwnerID.IsZero() {
			c.New.OwnerID = tx.Actor.ID
		}
	}
	return nil
}

// Customers answers what other modules ask about customers.
type Customers struct{}

// Customers returns the plain facts about customers; unknown ones are missing.
func (Customers) Customers(ctx context.Context, tx *tenancy.Tx, ids []id.ID) (map[id.ID]crmevent.Customer, error) {
	rows, err := record.GetMany[Customer](ctx, tx, ids)
	out := make(map[id.ID]crmevent.Customer, len(rows))
	for _, c := range rows {
		out[c.ID] = crmevent.Customer{
			ID: c.ID, Number: c.Number, Name: c.Name, Address: c.Address, PaymentTermID: c.PaymentTermID, OwnerID: c.OwnerID,
			CreditLimit: c.CreditLimit, Group: c.Group, Email: c.Email, Phone: c.Phone, NotifyProgress: c.NotifyProgress,
		}
	}
	return out, err
}
