package projects

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// Resource is a person who can be planned: on which days, how many hours, at which cost.
type Resource struct {
	bun.BaseModel `bun:"table:projects_resource,alias:rs"`
	entity.Base

	UserID      id.ID          `bun:"user_id,type:uuid,notnull"`
	Skill       string         `bun:"skill,notnull"`
	HoursPerDay money.Quantity `bun:"hours_per_day,type:numeric(20,6),notnull"`
	Weekdays    []string       `bun:"weekdays,array"`
	CostRate    money.Price    `bun:"cost_rate,type:numeric(20,6),notnull"`
	Active      bool           `bun:"active,notnull"`
}

// Describe says what the fields mean.
func (r *Resource) Describe(d *entity.Desc) {
	d.Is("projects.resource", "resources", entity.T("人员资源", "Resource"), nil)
	d.Field(&r.UserID, entity.Field{Label: entity.T("人员", "Person"), Ref: "user", Required: true, Immutable: true, Unique: true, List: true, Filter: true})
	d.Field(&r.Skill, entity.Field{Label: entity.T("技能", "Skill"), List: true, Filter: true})
	d.Field(&r.HoursPerDay, entity.Field{Label: entity.T("每日工时", "Hours a day"), Default: "8", List: true})
	d.Field(&r.Weekdays, entity.Field{
		Label: entity.T("工作日", "Weekdays"),
		Help:  entity.T("1 为周一，7 为周日；留空为周一至周五", "1 is Monday, 7 Sunday; Monday to Friday when left empty"),
	})
	d.Field(&r.CostRate, entity.Field{Label: entity.T("成本费率（每小时）", "Cost rate per hour"), Kind: entity.KindPrice, Class: "cost", List: true})
	d.Field(&r.Active, entity.Field{Label: entity.T("启用", "Active"), Default: "true", Filter: true})
	d.Key(&r.UserID)
}

// rates returns what an hour of each person costs; unknown people cost nothing.
func rates(ctx context.Context, tx *tenancy.Tx, people []id.ID) (map[id.ID]money.Price, error) {
	rows, err := record.Find[Resource](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("user_id = ANY(?::uuid[])", texts(people)) })
	out := make(map[id.ID]money.Price, len(rows))
	for _, r := range rows {
		out[r.UserID] = r.CostRate
	}
	return out, err
}

// Open is the state of a risk that is watched; otherwise it is closed.
const Open = "open"

// Risk is what may go wrong in a project, and what is done about it.
type Risk struct {
	bun.BaseModel `bun:"table:projects_risk,alias:rk"`
	entity.Base

	ProjectID   id.ID  `bun:"project_id,type:uuid,notnull"`
	Name        string `bun:"name,notnull"`
	Probability string `bun:"probability,notnull"`
	Impact      string `bun:"impact,notnull"`
	OwnerID     id.ID  `bun:"owner_id,type:uuid,nullzero"`
	Mitigation  string `bun:"mitigation,notnull"`
	Status      string `bun:"status,notnull"`
}

// Describe says what the fields mean.
func (r *Risk) Describe(d *entity.Desc) {
	level := entity.Options("low", "低", "Low", "medium", "中", "Medium", "high", "高", "High")
	d.Is("projects.risk", "risks", entity.T("项目风险", "Risk"), &r.Name)
	d.Field(&r.ProjectID, entity.Field{Label: entity.T("项目", "Project"), Ref: "projects.project", Required: true, Immutable: true, List: true, Filter: true})
	d.Field(&r.Name, entity.Field{Label: entity.T("风险", "Risk"), Required: true, List: true, Search: true})
	d.Field(&r.Probability, entity.Field{Label: entity.T("可能性", "Probability"), Default: "medium", List: true, Filter: true, Options: level})
	d.Field(&r.Impact, entity.Field{Label: entity.T("影响", "Impact"), Default: "medium", List: true, Filter: true, Options: level})
	d.Field(&r.OwnerID, entity.Field{Label: entity.T("负责人", "Owner"), Ref: "user", List: true, Filter: true})
	d.Field(&r.Mitigation, entity.Field{Label: entity.T("应对措施", "Mitigation")})
	d.Field(&r.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, Default: Open, List: true, Filter: true,
		Options: entity.Options(Open, "关注中", "Open", Done, "已关闭", "Closed"),
	})
	d.State(&r.Status, Open)
	d.Owner(&r.OwnerID)
}

func prepareRisks(_ context.Context, tx *tenancy.Tx, changes []modules.Change[*Risk]) error {
	for _, c := range changes {
		if c.Old == nil {
			c.New.Status = Open
		}
		if c.New.OwnerID.IsZero() {
			c.New.OwnerID = tx.Actor.ID
		}
	}
	return nil
}

func closeRisk(ctx context.Context, tx *tenancy.Tx, r *Risk, _ modules.None) error {
	r.Status = Done
	return record.Update(ctx, tx, r)
}
