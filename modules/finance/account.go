package finance

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// Account is one account of the chart of accounts. Its name is kept in both languages.
type Account struct {
	bun.BaseModel `bun:"table:finance_account,alias:fa"`
	entity.Base

	Code     string `bun:"code,notnull"`
	Name     string `bun:"name,notnull"`
	NameEN   string `bun:"name_en,notnull"`
	Type     string `bun:"type,notnull"`
	Side     string `bun:"side,notnull"`
	ParentID id.ID  `bun:"parent_id,type:uuid,nullzero"`
	Active   bool   `bun:"active,notnull"`
}

// Describe says what an account means.
func (a *Account) Describe(d *entity.Desc) {
	d.Is("finance.account", "accounts", entity.T("会计科目", "Account"), &a.Name)
	d.Field(&a.Code, entity.Field{Label: entity.T("科目编码", "Code"), Required: true, Unique: true, List: true, Filter: true, Search: true})
	d.Field(&a.Name, entity.Field{Label: entity.T("科目名称", "Name"), Required: true, List: true, Search: true})
	d.Field(&a.NameEN, entity.Field{Label: entity.T("英文名称", "English name"), List: true, Search: true})
	d.Field(&a.Type, entity.Field{Label: entity.T("类别", "Type"), Required: true, List: true, Filter: true, Options: entity.Options(
		"asset", "资产", "Asset", "liability", "负债", "Liability", "equity", "所有者权益", "Equity",
		"cost", "成本", "Cost", "income", "收入", "Income", "expense", "费用", "Expense")})
	d.Field(&a.Side, entity.Field{Label: entity.T("余额方向", "Normal balance"), Default: "debit", List: true, Options: entity.Options(
		"debit", "借", "Debit", "credit", "贷", "Credit")})
	d.Field(&a.ParentID, entity.Field{Label: entity.T("上级科目", "Parent"), Ref: "finance.account", List: true, Filter: true})
	d.Field(&a.Active, entity.Field{Label: entity.T("启用", "Active"), Default: "true", List: true, Filter: true})
	d.Key(&a.Code)
}

// prepareAccounts gives the usual side of the balance to new accounts and refuses an account above itself.
func prepareAccounts(_ context.Context, _ *tenancy.Tx, changes []modules.Change[*Account]) error {
	for _, c := range changes {
		if c.New.ParentID == c.New.ID {
			return fault.New(fault.Rule, "account.own_parent", "科目不能以自身为上级", "An account cannot be its own parent").
				At("parent_id", "account.own_parent", "科目不能以自身为上级", "An account cannot be its own parent")
		}
		if c.Old == nil && c.New.Side == "debit" && (c.New.Type == "liability" || c.New.Type == "equity" || c.New.Type == "income") {
			c.New.Side = "credit"
		}
	}
	return nil
}

// Journal is a book in which entries are numbered: sales, purchases, bank, cash, stock, general.
type Journal struct {
	bun.BaseModel `bun:"table:finance_journal,alias:fj"`
	entity.Base

	Code      string `bun:"code,notnull"`
	Name      string `bun:"name,notnull"`
	NameEN    string `bun:"name_en,notnull"`
	Type      string `bun:"type,notnull"`
	AccountID id.ID  `bun:"account_id,type:uuid,nullzero"`
	Active    bool   `bun:"active,notnull"`
}

// Describe says what a journal means.
func (j *Journal) Describe(d *entity.Desc) {
	d.Is("finance.journal", "journals", entity.T("日记账", "Journal"), &j.Name)
	d.Field(&j.Code, entity.Field{
		Label: entity.T("编码", "Code"), Help: entity.T("凭证号的前缀", "The prefix of its entries' numbers"),
		Required: true, Unique: true, Immutable: true, List: true, Filter: true, Search: true,
	})
	d.Field(&j.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, List: true, Search: true})
	d.Field(&j.NameEN, entity.Field{Label: entity.T("英文名称", "English name"), List: true, Search: true})
	d.Field(&j.Type, entity.Field{Label: entity.T("类型", "Type"), Required: true, List: true, Filter: true, Options: entity.Options(
		"sale", "销售", "Sales", "purchase", "采购", "Purchases", "bank", "银行", "Bank", "cash", "现金", "Cash", "stock", "存货", "Stock", "general", "总账", "General")})
	d.Field(&j.AccountID, entity.Field{Label: entity.T("默认科目", "Default account"), Ref: "finance.account", List: true})
	d.Field(&j.Active, entity.Field{Label: entity.T("启用", "Active"), Default: "true", List: true, Filter: true})
	d.Key(&j.Code)
}

// Setting says which account serves a purpose, for all products or for one product category.
type Setting struct {
	bun.BaseModel `bun:"table:finance_setting,alias:fs"`
	entity.Base

	Purpose     string `bun:"purpose,notnull"`
	Category    string `bun:"category,notnull"`
	AccountCode string `bun:"account_code,notnull"`
}

// Describe says what a setting means.
func (s *Setting) Describe(d *entity.Desc) {
	d.Is("finance.setting", "settings", entity.T("财务默认设置", "Finance setting"), &s.Purpose)
	d.Field(&s.Purpose, entity.Field{Label: entity.T("用途", "Purpose"), Required: true, List: true, Filter: true, Options: purposeOptions()})
	d.Field(&s.Category, entity.Field{
		Label: entity.T("产品分类", "Product category"), Help: entity.T("为空时适用于全部分类", "Empty: for all categories"),
		List: true, Filter: true,
	})
	d.Field(&s.AccountCode, entity.Field{Label: entity.T("会计科目", "Account"), Ref: "finance.account", RefBy: "code", Required: true, List: true, Filter: true})
	d.Key(&s.Purpose, &s.Category)
}
