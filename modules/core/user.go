package core

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
)

// User is a person who works in this tenant, with the roles that say what they may do. How they prove who they are is kept outside the tenant.
type User struct {
	bun.BaseModel `bun:"table:app_user,alias:au"`
	entity.Base

	Email     string   `bun:"email,notnull"`
	Name      string   `bun:"name,notnull"`
	Roles     []string `bun:"roles,array,notnull"`
	Locale    string   `bun:"locale,notnull"`
	TeamID    id.ID    `bun:"team_id,type:uuid,nullzero"`
	Active    bool     `bun:"active,notnull"`
	AllowMail bool     `bun:"allow_mail,notnull"`
}

// Describe says what a user's columns mean.
func (u *User) Describe(d *entity.Desc) {
	d.Is("user", "users", entity.T("用户", "User"), &u.Name)
	d.Field(&u.Name, entity.Field{Label: entity.T("姓名", "Name"), Required: true, List: true, Search: true})
	d.Field(&u.Email, entity.Field{Label: entity.T("邮箱", "E-mail"), Class: "personal", Required: true, Unique: true, List: true, Search: true})
	d.Field(&u.Roles, entity.Field{Label: entity.T("角色", "Roles"), List: true, Filter: true})
	d.Field(&u.Locale, entity.Field{
		Label: entity.T("语言", "Language"), Default: "zh-CN",
		Options: entity.Options("zh-CN", "中文", "Chinese", "en", "英文", "English"),
	})
	d.Field(&u.TeamID, entity.Field{Label: entity.T("团队", "Team"), Ref: "team", List: true, Filter: true})
	d.Field(&u.Active, entity.Field{Label: entity.T("启用", "Active"), Default: "true", List: true, Filter: true})
	d.Field(&u.AllowMail, entity.Field{Label: entity.T("接收邮件通知", "Wants notifications by mail"), Default: "true"})
	d.Person(&u.Name)
	d.Key(&u.Email)
	d.NoDelete()
}
