package core

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// SavedView is how a person likes to see a list: filters, order, columns, layout.
type SavedView struct {
	bun.BaseModel `bun:"table:saved_view,alias:sv"`
	entity.Base

	UserID   id.ID  `bun:"user_id,type:uuid,nullzero"`
	Entity   string `bun:"entity,notnull"`
	Name     string `bun:"name,notnull"`
	Settings any    `bun:"settings,type:jsonb,nullzero"`
	Layout   string `bun:"layout,notnull"`
	Preset   bool   `bun:"preset,notnull"`
	Shared   bool   `bun:"shared,notnull"`
	Locked   bool   `bun:"locked,notnull"`
}

// Describe says what a saved view's columns mean.
func (v *SavedView) Describe(d *entity.Desc) {
	d.Is("saved_view", "saved_views", entity.T("视图", "Saved view"), &v.Name)
	d.Field(&v.UserID, entity.Field{Label: entity.T("所属用户", "Whose"), Ref: "user", Computed: true, Filter: true})
	d.Field(&v.Entity, entity.Field{Label: entity.T("对象", "Kind of record"), Required: true, Immutable: true, Filter: true})
	d.Field(&v.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, List: true, Search: true})
	d.Field(&v.Settings, entity.Field{Label: entity.T("设置", "Settings")})
	d.Field(&v.Layout, entity.Field{
		Label: entity.T("布局", "Layout"), Default: "table",
		Options: entity.Options("table", "表格", "Table", "kanban", "看板", "Board", "calendar", "日历", "Calendar", "gantt", "甘特图", "Gantt"),
	})
	d.Field(&v.Shared, entity.Field{Label: entity.T("共享", "Shared"), Help: entity.T("所有人可见，只有所有者可改", "Everybody sees it, only its owner changes it"), Default: "false", Filter: true})
	d.Field(&v.Locked, entity.Field{Label: entity.T("锁定", "Locked"), Help: entity.T("解锁前不能修改", "Nobody changes it until it is unlocked"), Default: "false"})
	d.Field(&v.Preset, entity.Field{Label: entity.T("默认打开", "Opens first"), Default: "false"})
	d.Owner(&v.UserID)
	d.Shared(&v.Shared)
}

// prepareViews gives a new view to the person who makes it, and keeps a locked one as it is until it is unlocked.
func prepareViews(_ context.Context, tx *tenancy.Tx, changes []modules.Change[*SavedView]) error {
	for _, c := range changes {
		switch {
		case c.Old == nil:
			c.New.UserID = tx.Actor.ID
		case c.Old.Locked && c.New.Locked:
			return fault.New(fault.Rule, "view.locked", "视图已锁定，请先解锁", "The view is locked; unlock it first").At("locked", "view.locked", "已锁定", "is locked")
		}
	}
	return nil
}
