package core

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
)

// Team is people who work together and who leads them. A user names the team that they belong to.
type Team struct {
	bun.BaseModel `bun:"table:team,alias:tm"`
	entity.Base

	Name     string `bun:"name,notnull"`
	LeaderID id.ID  `bun:"leader_id,type:uuid,nullzero"`
}

// Describe says what a team's columns mean.
func (t *Team) Describe(d *entity.Desc) {
	d.Is("team", "teams", entity.T("团队", "Team"), &t.Name)
	d.Field(&t.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, Unique: true, List: true, Search: true})
	d.Field(&t.LeaderID, entity.Field{Label: entity.T("负责人", "Leader"), Ref: "user", List: true, Filter: true})
	d.Key(&t.Name)
}
