package projects

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// The states of a quality gate, beside open.
const (
	Passed = "passed"
	Failed = "failed"
)

// Gate is a check of quality that a milestone has to pass before it is reached.
type Gate struct {
	bun.BaseModel `bun:"table:projects_gate,alias:gt"`
	entity.Base

	ProjectID   id.ID      `bun:"project_id,type:uuid,notnull"`
	MilestoneID id.ID      `bun:"milestone_id,type:uuid,notnull"`
	Name        string     `bun:"name,notnull"`
	Criterion   string     `bun:"criterion,notnull"`
	OwnerID     id.ID      `bun:"owner_id,type:uuid,nullzero"`
	Status      string     `bun:"status,notnull"`
	DecidedOn   clock.Date `bun:"decided_on,nullzero"`
	DecidedBy   id.ID      `bun:"decided_by,type:uuid,nullzero"`
	Finding     string     `bun:"finding,notnull"`
}

// Describe says what the fields mean.
func (g *Gate) Describe(d *entity.Desc) {
	d.Is("projects.gate", "gates", entity.T("质量门", "Quality gate"), &g.Name)
	d.Field(&g.ProjectID, entity.Field{Label: entity.T("项目", "Project"), Ref: "projects.project", Computed: true, List: true, Filter: true})
	d.Field(&g.MilestoneID, entity.Field{
		Label: entity.T("里程碑", "Milestone"), Ref: "projects.milestone", Required: true, Immutable: true, List: true, Filter: true,
	})
	d.Field(&g.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, List: true, Search: true})
	d.Field(&g.Criterion, entity.Field{Label: entity.T("通过标准", "Criterion")})
	d.Field(&g.OwnerID, entity.Field{Label: entity.T("检查人", "Owner"), Ref: "user", List: true, Filter: true})
	d.Field(&g.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, Default: Open, List: true, Filter: true,
		Options: entity.Options(Open, "待检查", "Open", Passed, "已通过", "Passed", Failed, "未通过", "Failed"),
	})
	d.Field(&g.DecidedOn, entity.Field{Label: entity.T("检查日期", "Decided on"), Computed: true})
	d.Field(&g.DecidedBy, entity.Field{Label: entity.T("结论人", "Decided by"), Ref: "user", Computed: true})
	d.Field(&g.Finding, entity.Field{Label: entity.T("结论", "Finding"), Computed: true})
	d.State(&g.Status, Open, Failed)
	d.Owner(&g.OwnerID)
}

// prepareGates takes the project from the milestone; a milestone that is reached gets no more gates.
func prepareGates(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Gate]) error {
	keys := make([]id.ID, len(changes))
	for i, c := range changes {
		keys[i] = c.New.MilestoneID
	}
	rows, err := record.Find[Milestone](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("id = ANY(?::uuid[])", texts(keys)) })
	if err != nil {
		return err
	}
	byID := map[id.ID]*Milestone{}
	for _, m := range rows {
		byID[m.ID] = m
	}
	for _, c := range changes {
		m := byID[c.New.MilestoneID]
		if m == nil || c.Old != nil {
			continue
		}
		if m.Status != Awaited {
			return fault.New(fault.Rule, "milestone.over", "里程碑 %s 已完成或取消", "The milestone %s is reached or cancelled", m.Name).
				At("milestone_id", "milestone.over", "已完成或取消", "is reached or cancelled")
		}
		c.New.ProjectID, c.New.Status = m.ProjectID, Open
	}
	return nil
}

// Verdict is what was found at a gate.
type Verdict struct {
	Finding string `in:"finding" label:"结论|Finding"`
}

func passGate(ctx context.Context, tx *tenancy.Tx, g *Gate, in Verdict) error {
	return g.decide(ctx, tx, Passed, in)
}

func failGate(ctx context.Context, tx *tenancy.Tx, g *Gate, in Verdict) error {
	if in.Finding == "" {
		return fault.New(fault.Invalid, "gate.no_finding", "请说明未通过的原因", "Say why the gate is not passed").At("finding", "required", "必填", "is required")
	}
	return g.decide(ctx, tx, Failed, in)
}

func (g *Gate) decide(ctx context.Context, tx *tenancy.Tx, state string, in Verdict) error {
	g.Status, g.Finding, g.DecidedOn, g.DecidedBy = state, in.Finding, tx.Today(), tx.Actor.ID
	return record.Update(ctx, tx, g)
}

// gated refuses to reach a milestone whose gates are not all passed, and names them.
func (m *Milestone) gated(ctx context.Context, tx *tenancy.Tx) error {
	rows, err := record.Find[Gate](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("milestone_id = ?", m.ID.String()).Where("status <> ?", Passed).OrderExpr("id")
	})
	if err != nil || len(rows) == 0 {
		return err
	}
	names := make([]string, len(rows))
	for i, g := range rows {
		names[i] = g.Name
	}
	list := strings.Join(names, ", ")
	return fault.New(fault.Rule, "milestone.gated", "里程碑 %[1]s 的质量门未通过：%[2]s", "The milestone %[1]s has quality gates that are not passed: %[2]s", m.Name, list).
		With("gates", list)
}
