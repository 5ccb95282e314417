package finance

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
)

// BankAccount is an account of the company with a bank. Its number is kept encrypted.
type BankAccount struct {
	bun.BaseModel `bun:"table:finance_bank_account,alias:fba"`
	entity.Base

	Name      string `bun:"name,notnull"`
	Bank      string `bun:"bank,notnull"`
	Number    string `bun:"number,notnull"`
	Currency  string `bun:"currency,notnull"`
	AccountID id.ID  `bun:"account_id,type:uuid,nullzero"`
	Active    bool   `bun:"active,notnull"`
}

// Describe says what a bank account means.
func (a *BankAccount) Describe(d *entity.Desc) {
	d.Is("finance.bank_account", "bank_accounts", entity.T("银行账户", "Bank account"), &a.Name)
	d.Field(&a.Name, entity.Field{Label: entity.T("账户名称", "Name"), Required: true, List: true, Search: true})
	d.Field(&a.Bank, entity.Field{Label: entity.T("开户行", "Bank"), List: true, Search: true})
	d.Field(&a.Number, entity.Field{Label: entity.T("账号", "Account number"), Class: "payment", Sealed: true, Lookup: true})
	d.Field(&a.Currency, entity.Field{Label: entity.T("币种", "Currency"), Ref: "finance.currency", RefBy: "code", List: true, Help: entity.T("为空时为本位币", "Empty: company currency")})
	d.Field(&a.AccountID, entity.Field{
		Label: entity.T("会计科目", "Account"), Ref: "finance.account", List: true,
		Help: entity.T("为空时使用默认银行存款科目", "Empty: the default bank account"),
	})
	d.Field(&a.Active, entity.Field{Label: entity.T("启用", "Active"), Default: "true", List: true, Filter: true})
}
