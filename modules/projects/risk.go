package projects

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

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

	Response   string     `bun:"response,notnull"`
	ReviewDate clock.Date `bun:"review_date,nullzero"`
}

// A level counts 1 to 3, so that probability times impact ranks risks from 1 to 9.
const (
	riskScore = `(CASE probability WHEN 'low' THEN 1 WHEN 'high' THEN 3 ELSE 2 END) * (CASE impact WHEN 'low' THEN 1 WHEN 'high' THEN 3 ELSE 2 END)`
	riskDue   = `status = 'open' AND review_date IS NOT NULL AND review_date < {today}`
)

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
	d.Field(&r.Response, entity.Field{Label: entity.T("应对策略", "Response"), Default: "mitigate", List: true, Filter: true, Options: entity.Options(
		"avoid", "规避", "Avoid", "mitigate", "减轻", "Mitigate", "transfer", "转移", "Transfer", "accept", "接受", "Accept")})
	d.Field(&r.ReviewDate, entity.Field{Label: entity.T("复核日期", "Review on"), List: true, Filter: true})
	d.Virtual("score", entity.Field{
		Label: entity.T("风险值", "Score"), Kind: entity.KindInt, List: true, Expr: riskScore, Help: entity.T("可能性 × 影响，1 至 9", "Probability × impact, 1 to 9"),
	})
	d.Virtual("rating", entity.Field{
		Label: entity.T("风险等级", "Rating"), Kind: entity.KindText, List: true, Filter: true, Options: level,
		Expr: "CASE WHEN " + riskScore + " >= 6 THEN 'high' WHEN " + riskScore + " >= 3 THEN 'medium' ELSE 'low' END",
	})
	d.Virtual("review_overdue", entity.Field{Label: entity.T("复核逾期", "Review overdue"), Kind: entity.KindBool, Filter: true, Expr: riskDue})
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
