package core

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/csv"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/tenancy"
)

// Holiday is a day on which the company as a whole works otherwise than its weekday says: a public holiday, or a day off that is worked in the stead of
// one (调休). Work centres and people follow it unless their own calendar says otherwise.
type Holiday struct {
	bun.BaseModel `bun:"table:holiday,alias:hol"`
	entity.Base

	Date    clock.Date `bun:"date,type:date,notnull"`
	Name    string     `bun:"name,notnull"`
	Working bool       `bun:"working,notnull"`
}

// Describe says what such a day means.
func (h *Holiday) Describe(d *entity.Desc) {
	d.Is("holiday", "holidays", entity.T("节假日", "Holiday"), &h.Name)
	d.Field(&h.Date, entity.Field{Label: entity.T("日期", "Date"), Required: true, Unique: true, List: true, Filter: true})
	d.Field(&h.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, List: true, Search: true})
	d.Field(&h.Working, entity.Field{
		Label: entity.T("上班", "Working day"), List: true, Filter: true,
		Help: entity.T("调休上班日填“是”，放假填“否”", "Yes for a day that is worked in the stead of another, no for a day off"),
	})
	d.Key(&h.Date)
}

// chinese are the days of 2026 as the State Council's office announced them on 4 November 2025 (国务院办公厅关于2026年部分节假日安排的通知).
//
//go:embed holidays/cn-2026.csv
var chinese []byte

// chineseZone is the time zone of the companies that start with China's holidays.
const chineseZone = "Asia/Shanghai"

// seedHolidays gives a company in China the public holidays that are known. They are its own data from then on.
func seedHolidays(ctx context.Context, tx *tenancy.Tx) error {
	if tx.Tenant.Zone.String() != chineseZone {
		return nil
	}
	rows, err := csv.NewReader(bytes.NewReader(chinese)).ReadAll()
	if err != nil {
		return err
	}
	list := make([]*Holiday, 0, len(rows))
	for _, row := range rows[1:] {
		day, err := clock.ParseDate(row[0])
		if err != nil {
			return err
		}
		list = append(list, &Holiday{Date: day, Name: row[1], Working: row[2] == "true"})
	}
	return record.Create(ctx, tx, list...)
}

// Holidays answers on which days the company works otherwise than usual.
type Holidays struct{}

// Holidays returns the days from one to another on which the company is off (false), or works though it is a weekend (true).
func (Holidays) Holidays(ctx context.Context, tx *tenancy.Tx, from, to clock.Date) (map[clock.Date]bool, error) {
	var rows []struct {
		Date    clock.Date `bun:"date"`
		Working bool       `bun:"working"`
	}
	err := record.Select(ctx, tx, &rows, "SELECT date, working FROM holiday WHERE date BETWEEN $1::text::date AND $2::text::date", from, to)
	out := make(map[clock.Date]bool, len(rows))
	for _, r := range rows {
		out[r.Date] = r.Working
	}
	return out, err
}
