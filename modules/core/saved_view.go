package core

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
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
	Preset   bool   `bun:"preset,notnull"`
}

// Describe says what a saved view's columns mean.
func (v *SavedView) Describe(d *entity.Desc) {
	d.Is("saved_view", "saved_views", entity.T("视图", "Saved view"), &v.Name)
	d.Field(&v.UserID, entity.Field{Label: entity.T("所属用户", "Whose"), Ref: "user", Computed: true, Filter: true})
	d.Field(&v.Entity, entity.Field{Label: entity.T("对象", "Kind of record"), Required: true, Immutable: true, Filter: true})
	d.Field(&v.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, List: true, Search: true})
	d.Field(&v.Settings, entity.Field{Label: entity.T("设置", "Settings")})
	d.Field(&v.Preset, entity.Field{Label: entity.T("默认打开", "Opens first"), Default: "false"})
	d.Owner(&v.UserID)
}

// prepareViews gives a new view to the person who makes it.
func prepareViews(_ context.Context, tx *tenancy.Tx, changes []modules.Change[*SavedView]) error {
	for _, c := range changes {
		if c.Old == nil {
			c.New.UserID = tx.Actor.ID
		}
	}
	return nil
}
