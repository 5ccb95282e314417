package core

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// Company is what documents say of the company itself. There is one, from the first day.
type Company struct {
	bun.BaseModel `bun:"table:company,alias:co"`
	entity.Base

	Name       string `bun:"name,notnull"`
	NameEN     string `bun:"name_en,nullzero"`
	LogoID     id.ID  `bun:"logo_id,type:uuid,nullzero"`
	Address    string `bun:"address,nullzero"`
	AddressEN  string `bun:"address_en,nullzero"`
	Phone      string `bun:"phone,nullzero"`
	Email      string `bun:"email,nullzero"`
	TaxNo      string `bun:"tax_no,nullzero"`
	BankLine   string `bun:"bank_line,nullzero"`
	BankLineEN string `bun:"bank_line_en,nullzero"`
}

// Describe says what the company's columns mean.
func (c *Company) Describe(d *entity.Desc) {
	d.Is("company", "company", entity.T("企业资料", "Company profile"), &c.Name)
	d.Field(&c.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, List: true})
	d.Field(&c.NameEN, entity.Field{Label: entity.T("英文名称", "Name in English"), List: true})
	d.Field(&c.LogoID, entity.Field{Label: entity.T("标志", "Logo"), Help: entity.T("本资料的附件：PNG 或 JPEG，不超过 1 MB", "A file of this profile: PNG or JPEG, 1 MB at most"), Ref: "attachment"})
	d.Field(&c.Address, entity.Field{Label: entity.T("地址", "Address")})
	d.Field(&c.AddressEN, entity.Field{Label: entity.T("英文地址", "Address in English")})
	d.Field(&c.Phone, entity.Field{Label: entity.T("电话", "Phone"), List: true})
	d.Field(&c.Email, entity.Field{Label: entity.T("邮箱", "E-mail"), List: true})
	d.Field(&c.TaxNo, entity.Field{Label: entity.T("纳税人识别号", "Tax number"), List: true})
	d.Field(&c.BankLine, entity.Field{Label: entity.T("收款账户", "Bank line"), Help: entity.T("印在发票上：户名、开户行、账号", "As it stands on invoices: holder, bank, account")})
	d.Field(&c.BankLineEN, entity.Field{Label: entity.T("英文收款账户", "Bank line in English")})
	d.NoDelete()
}

const maxLogo = 1 << 20 // bytes

// prepareCompany keeps the profile the only one, and the logo a small picture that belongs to it.
func prepareCompany(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Company]) error {
	var bad fault.Fields
	for _, c := range changes {
		if c.Old == nil {
			return fault.New(fault.Rule, "company.one", "企业资料只有一份，请修改现有的", "There is one company profile; change that")
		}
		if c.New.LogoID.IsZero() || c.New.LogoID == c.Old.LogoID {
			continue
		}
		file, err := record.Get[Attachment](ctx, tx, c.New.LogoID)
		switch {
		case fault.Is(err, fault.NotFound):
			bad.Add("logo_id", "reference.unknown", "没有这个附件", "There is no such file")
		case err != nil:
			return err
		case file.RecordID != c.New.ID:
			bad.Add("logo_id", "logo.elsewhere", "标志须是企业资料的附件", "must be a file of the company profile")
		case file.MediaType != "image/png" && file.MediaType != "image/jpeg":
			bad.Add("logo_id", "logo.type", "标志须为 PNG 或 JPEG，而不是 %s", "must be PNG or JPEG, not %s", file.MediaType)
		case file.Size > maxLogo:
			bad.Add("logo_id", "logo.size", "标志不得超过 1 MB", "must be 1 MB at most")
		}
	}
	return bad.Err()
}
