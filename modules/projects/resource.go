package projects

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// The kinds of resource.
const (
	Person    = "person"
	Equipment = "equipment"
)

// Resource is a person or a piece of equipment that can be planned: on which days, how many hours, at which cost.
type Resource struct {
	bun.BaseModel `bun:"table:projects_resource,alias:rs"`
	entity.Base

	Kind        string         `bun:"kind,notnull"`
	Name        string         `bun:"name,notnull"`
	UserID      id.ID          `bun:"user_id,type:uuid,nullzero"`
	Skill       string         `bun:"skill,notnull"`
	HoursPerDay money.Quantity `bun:"hours_per_day,type:numeric(20,6),notnull"`
	Weekdays    []string       `bun:"weekdays,array"`
	DaysOff     []string       `bun:"days_off,array"`
	CostRate    money.Price    `bun:"cost_rate,type:numeric(20,6),notnull"`
	Active      bool           `bun:"active,notnull"`
}

// Describe says what the fields mean.
func (r *Resource) Describe(d *entity.Desc) {
	d.Is("projects.resource", "resources", entity.T("项目资源", "Resource"), &r.Name)
	d.Field(&r.Kind, entity.Field{
		Label: entity.T("类型", "Kind"), Default: Person, Immutable: true, List: true, Filter: true, Options: entity.Options(Person, "人员", "Person", Equipment, "设备", "Equipment"),
	})
	d.Field(&r.Name, entity.Field{Label: entity.T("名称", "Name"), List: true, Search: true, Help: entity.T("设备必填", "Equipment must have one")})
	d.Field(&r.UserID, entity.Field{
		Label: entity.T("人员", "Person"), Ref: "user", Immutable: true, Unique: true, List: true, Filter: true, Help: entity.T("人员必填", "Of a person"),
	})
	d.Field(&r.Skill, entity.Field{Label: entity.T("技能", "Skill"), List: true, Filter: true})
	d.Field(&r.HoursPerDay, entity.Field{Label: entity.T("每日工时", "Hours a day"), Default: "8", List: true})
	d.Field(&r.Weekdays, entity.Field{
		Label: entity.T("工作日", "Weekdays"),
		Help:  entity.T("1 为周一，7 为周日；留空为周一至周五", "1 is Monday, 7 Sunday; Monday to Friday when left empty"),
	})
	d.Field(&r.DaysOff, entity.Field{Label: entity.T("休假与停机日", "Days off"), Help: entity.T("日期，如 2026-10-01", "Dates such as 2026-10-01")})
	d.Field(&r.CostRate, entity.Field{Label: entity.T("成本费率（每小时）", "Cost rate per hour"), Kind: entity.KindPrice, Class: "cost", List: true})
	d.Field(&r.Active, entity.Field{Label: entity.T("启用", "Active"), Default: "true", Filter: true})
	d.Key(&r.UserID)
}

// rates returns what an hour of each person and of each piece of equipment costs; unknown ones cost nothing.
func rates(ctx context.Context, tx *tenancy.Tx, people, equipment []id.ID) (map[id.ID]money.Price, error) {
	rows, err := record.Find[Resource](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("user_id = ANY(?::uuid[]) OR id = ANY(?::uuid[])", texts(people), texts(equipment))
	})
	out := make(map[id.ID]money.Price, 2*len(rows))
	for _, r := range rows {
		out[r.ID] = r.CostRate
		if !r.UserID.IsZero() {
			out[r.UserID] = r.CostRate
		}
	}
	return out, err
}

// prepareResources names a person without a name as their account is called, and refuses a person without an account, equipment without a name, and days off that are none.
func (p Plugs) prepareResources(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Resource]) error {
	var bad fault.Fields
	for _, c := range changes {
		if c.New.DaysOff == nil {
			c.New.DaysOff = []string{}
		}
		for i, day := range c.New.DaysOff {
			if _, err := clock.ParseDate(day); err != nil {
				bad.Add(fmt.Sprintf("days_off[%d]", i), "value.type", "%s 不是日期", "%s is no date", day)
			}
		}
		switch r := c.New; {
		case r.Kind == Equipment && r.Name == "":
			bad.Add("name", "required", "设备须有名称", "Equipment must have a name")
		case r.Kind == Equipment && !r.UserID.IsZero():
			bad.Add("user_id", "resource.equipment", "设备没有人员", "Equipment is no person")
		case r.Kind != Equipment && r.UserID.IsZero():
			bad.Add("user_id", "required", "人员（user_id）必填", "user_id is required")
		case r.Name == "" && p.People != nil:
			names, err := p.People.Names(ctx, tx, []id.ID{r.UserID})
			if err != nil {
				return err
			}
			r.Name = names[r.UserID]
		}
	}
	return bad.Err()
}
