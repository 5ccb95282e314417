package billing

import (
	"github.com/tenon-hq/tenon/internal/i18n"
)

// The meters. A seat-day is one person who used one module on one day; a module-day is one day on which a module was on; records and storage are
// measured once a day.
const (
	ModuleDays     = "module_days"
	SeatDays       = "seat_days"
	Records        = "records"
	Documents      = "documents"
	StorageGBDays  = "storage_gb_days"
	APICalls       = "api_calls"
	AutomationRuns = "automation_runs"
	SMS            = "sms"
)

// Meter says what is counted.
type Meter struct {
	Name  string
	Label i18n.Text
	Unit  i18n.Text
	Gauge bool // a level that is measured each day; an allowance counts each day anew
}

// Meters lists all meters in the order of an invoice.
func Meters() []Meter {
	return []Meter{
		{ModuleDays, i18n.T("模块使用天数", "Module days"), i18n.T("天", "days"), false},
		{SeatDays, i18n.T("用户使用天数", "Seat-days"), i18n.T("人天", "user days"), false},
		{Records, i18n.T("存储的记录", "Records stored"), i18n.T("条·天", "record days"), true},
		{Documents, i18n.T("处理的单据", "Documents processed"), i18n.T("份", "documents"), false},
		{StorageGBDays, i18n.T("文件存储", "File storage"), i18n.T("GB·天", "GB days"), true},
		{APICalls, i18n.T("API 调用", "API calls"), i18n.T("次", "calls"), false},
		{AutomationRuns, i18n.T("自动化运行", "Automation runs"), i18n.T("次", "runs"), false},
		{SMS, i18n.T("短信", "Text messages"), i18n.T("条", "messages"), false},
	}
}

// MeterOf returns a meter by its name.
func MeterOf(name string) (Meter, bool) {
	for _, m := range Meters() {
		if m.Name == name {
			return m, true
		}
	}
	return Meter{}, false
}

func place(meter string) int {
	for i, m := range Meters() {
		if m.Name == meter {
			return i
		}
	}
	return len(Meters())
}
