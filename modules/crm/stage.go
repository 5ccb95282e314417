package crm

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// Stage is one step of the pipeline, with how likely a deal is once it stands there. Opportunities know it by its name.
type Stage struct {
	bun.BaseModel `bun:"table:crm_stage,alias:st"`
	entity.Base
	entity.Called

	Name         string `bun:"name,notnull"`
	Sequence     int64  `bun:"sequence,notnull"`
	FollowUpDays int64  `bun:"follow_up_days,notnull"`

	Probability money.Percent `bun:"probability,type:numeric(9,4),notnull"`
}

// Describe says what the fields mean.
func (s *Stage) Describe(d *entity.Desc) {
	d.Is("crm.stage", "stages", entity.T("销售阶段", "Pipeline stage"), &s.Name)
	d.Field(&s.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, Unique: true, List: true, Search: true})
	s.DescribeNames(d)
	d.Field(&s.Sequence, entity.Field{Label: entity.T("顺序", "Order"), NotNeg: true, List: true})
	d.Field(&s.Probability, entity.Field{Label: entity.T("成交概率 %", "Probability %"), List: true})
	d.Field(&s.FollowUpDays, entity.Field{
		Label: entity.T("多少天未动提醒", "Follow up after days"), NotNeg: true,
		Help: entity.T("商机停留这么多天且无计划跟进时自动生成跟进；零表示不提醒", "An activity is made when a deal has stood still that long with nothing planned; zero: none"),
	})
	d.Key(&s.Name)
}

// prepareStages takes a new name over to the opportunities that stand there.
func prepareStages(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Stage]) error {
	renamed := map[string]string{}
	var names []string
	for _, c := range changes {
		if c.Old != nil && c.Old.Name != c.New.Name {
			c.New.Rename(c.Old.Called)
			renamed[c.Old.Name] = c.New.Name
			names = append(names, c.Old.Name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	rows, err := record.Find[Opportunity](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("stage IN (?)", bun.List(names)).For("UPDATE")
	})
	if err != nil {
		return err
	}
	for _, o := range rows {
		o.Stage = renamed[o.Stage]
	}
	return record.Update(ctx, tx, rows...)
}

// stages reads the pipeline in its order.
func stages(ctx context.Context, tx *tenancy.Tx) ([]*Stage, error) {
	return record.Find[Stage](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.OrderExpr("sequence, id") })
}

// seed makes the pipeline that most sales teams start with, in the tenant's language.
func seed(ctx context.Context, tx *tenancy.Tx) error {
	pipeline := []struct {
		name        i18n.Text
		probability string
	}{
		{i18n.T("初步接触", "First contact"), "10"},
		{i18n.T("需求确认", "Needs confirmed"), "30"},
		{i18n.T("方案报价", "Proposal"), "50"},
		{i18n.T("商务谈判", "Negotiation"), "75"},
		{i18n.T("待签合同", "Contract pending"), "90"},
	}
	rows := make([]*Stage, len(pipeline))
	for i, s := range pipeline {
		rows[i] = &Stage{Called: entity.Names(s.name), Name: s.name.In(tx.Tenant.Locale), Sequence: int64(i+1) * 10, Probability: money.Must(s.probability)}
	}
	return record.Create(ctx, tx, rows...)
}
