package production

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// Calendar says how many hours work centres work on each weekday, and on which days it is otherwise: holidays, and Saturdays worked in their stead.
type Calendar struct {
	bun.BaseModel `bun:"table:work_calendar,alias:wcal"`
	entity.Base

	Code      string         `bun:"code,notnull,unique"`
	Name      string         `bun:"name,notnull"`
	Monday    money.Quantity `bun:"monday_hours,type:numeric(20,6),notnull"`
	Tuesday   money.Quantity `bun:"tuesday_hours,type:numeric(20,6),notnull"`
	Wednesday money.Quantity `bun:"wednesday_hours,type:numeric(20,6),notnull"`
	Thursday  money.Quantity `bun:"thursday_hours,type:numeric(20,6),notnull"`
	Friday    money.Quantity `bun:"friday_hours,type:numeric(20,6),notnull"`
	Saturday  money.Quantity `bun:"saturday_hours,type:numeric(20,6),notnull"`
	Sunday    money.Quantity `bun:"sunday_hours,type:numeric(20,6),notnull"`
	Holidays  bool           `bun:"holidays,notnull"`

	Days []*CalendarDay `bun:"-"`
}

// Describe says what a calendar means.
func (c *Calendar) Describe(d *entity.Desc) {
	d.Is("production.calendar", "calendars", entity.T("工作日历", "Work calendar"), &c.Name)
	d.Field(&c.Code, entity.Field{Label: entity.T("编码", "Code"), Required: true, Unique: true, List: true, Search: true})
	d.Field(&c.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, List: true, Search: true})
	hours := func(p any, zh, en, usual string) {
		d.Field(p, entity.Field{Label: entity.T(zh+"工时", en+" hours"), Default: usual, NotNeg: true})
	}
	hours(&c.Monday, "周一", "Monday", "8")
	hours(&c.Tuesday, "周二", "Tuesday", "8")
	hours(&c.Wednesday, "周三", "Wednesday", "8")
	hours(&c.Thursday, "周四", "Thursday", "8")
	hours(&c.Friday, "周五", "Friday", "8")
	hours(&c.Saturday, "周六", "Saturday", "0")
	hours(&c.Sunday, "周日", "Sunday", "0")
	d.Field(&c.Holidays, entity.Field{
		Label: entity.T("执行公司节假日", "Follows the holidays"), Default: "true",
		Help: entity.T("公司节假日不开工，调休日按周一工时开工；例外日期优先", "No work on the company's holidays, Monday's hours on days worked in their stead; the other days named below go first"),
	})
	d.Key(&c.Code)
	d.Lines(&c.Days, "days", entity.T("例外日期", "Other days"))
}

// CalendarDay is a day on which another number of hours is worked than its weekday says; on a holiday none.
type CalendarDay struct {
	bun.BaseModel `bun:"table:work_calendar_day,alias:wcd"`
	entity.Line

	CalendarID id.ID          `bun:"calendar_id,type:uuid,notnull"`
	Date       clock.Date     `bun:"date,type:date,notnull"`
	Hours      money.Quantity `bun:"hours,type:numeric(20,6),notnull"`
	Name       string         `bun:"name,notnull"`
}

// Describe says what such a day means.
func (c *CalendarDay) Describe(d *entity.Desc) {
	d.Is("production.calendar_day", "calendar_days", entity.T("例外日期", "Other day"), nil)
	d.Field(&c.CalendarID, entity.Field{Label: entity.T("工作日历", "Work calendar"), Ref: "production.calendar", Computed: true})
	d.Field(&c.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true, Aside: true})
	d.Field(&c.Date, entity.Field{Label: entity.T("日期", "Date"), Required: true, List: true})
	d.Field(&c.Hours, entity.Field{Label: entity.T("工时", "Hours"), NotNeg: true, List: true, Help: entity.T("假日为零", "None on a holiday")})
	d.Field(&c.Name, entity.Field{Label: entity.T("名称", "Name"), List: true})
	d.Parent(&c.CalendarID)
}

// hours lists the hours of a week, Sunday first.
func (c *Calendar) hours() [7]money.Quantity {
	return [7]money.Quantity{c.Sunday, c.Monday, c.Tuesday, c.Wednesday, c.Thursday, c.Friday, c.Saturday}
}

// prepareCalendars refuses days of more than 24 hours, and a day that is named twice.
func prepareCalendars(_ context.Context, _ *tenancy.Tx, changes []modules.Change[*Calendar]) error {
	var bad fault.Fields
	long := func(path string, q money.Quantity) {
		if q.GreaterThan(money.Int(24)) {
			bad.Add(path, "value.range", "一天不超过 24 小时", "a day has no more than 24 hours")
		}
	}
	names := [7]string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}
	for _, c := range changes {
		for i, q := range c.New.hours() {
			long(names[i]+"_hours", q)
		}
		seen := map[clock.Date]bool{}
		for i, d := range c.New.Days {
			long(fmt.Sprintf("days[%d].hours", i), d.Hours)
			if seen[d.Date] {
				bad.Add(fmt.Sprintf("days[%d].date", i), "duplicate", "日期重复", "is named twice")
			}
			seen[d.Date] = true
		}
	}
	return bad.Err()
}
