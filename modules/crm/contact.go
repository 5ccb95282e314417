package crm

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
)

// Contact is a person at a customer.
type Contact struct {
	bun.BaseModel `bun:"table:crm_contact,alias:ct"`
	entity.Base

	CustomerID id.ID  `bun:"customer_id,type:uuid,nullzero"`
	Name       string `bun:"name,notnull"`
	Title      string `bun:"title,notnull"`
	Department string `bun:"department,notnull"`
	Phone      string `bun:"phone,notnull"`
	Mobile     string `bun:"mobile,notnull"`
	Email      string `bun:"email,notnull"`
	WeCom      string `bun:"wecom,notnull"`
	IsPrimary  bool   `bun:"is_primary,notnull"`
	Note       string `bun:"note,notnull"`
}

// Describe says what the fields mean.
func (c *Contact) Describe(d *entity.Desc) {
	d.Is("crm.contact", "contacts", entity.T("联系人", "Contact"), &c.Name)
	d.Field(&c.CustomerID, entity.Field{Label: entity.T("客户", "Customer"), Ref: "crm.customer", List: true, Filter: true})
	d.Field(&c.Name, entity.Field{Label: entity.T("姓名", "Name"), Required: true, List: true, Search: true})
	d.Field(&c.Title, entity.Field{Label: entity.T("职务", "Title"), List: true})
	d.Field(&c.Department, entity.Field{Label: entity.T("部门", "Department")})
	d.Field(&c.Phone, entity.Field{Label: entity.T("电话", "Phone"), Class: "personal", List: true, Search: true})
	d.Field(&c.Mobile, entity.Field{Label: entity.T("手机", "Mobile"), Class: "personal", Search: true})
	d.Field(&c.Email, entity.Field{Label: entity.T("邮箱", "E-mail"), Class: "personal", List: true, Search: true})
	d.Field(&c.WeCom, entity.Field{Label: entity.T("企业微信", "WeCom"), Class: "personal"})
	d.Field(&c.IsPrimary, entity.Field{Label: entity.T("主要联系人", "Primary contact"), List: true, Filter: true})
	d.Field(&c.Note, entity.Field{Label: entity.T("备注", "Note"), Aside: true})
	d.Person(&c.Name, &c.Title, &c.Department, &c.Note)
}
