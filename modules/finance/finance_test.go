package finance

import (
	"strings"
	"testing"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
)

func TestEntitiesCompile(t *testing.T) {
	for _, r := range Module(Plugs{}).Entities {
		if _, err := entity.Compile(r); err != nil {
			t.Error(err)
		}
	}
}

func TestActionsAndReportsHaveLabels(t *testing.T) {
	m := Module(Plugs{})
	for _, a := range m.Actions {
		if a.Label.ZH == "" || a.Label.EN == "" {
			t.Errorf("%T %s has no label in both languages", a.Record, a.Name)
		}
	}
	for _, r := range m.Reports {
		for _, c := range r.Columns {
			if c.Label.ZH == "" || c.Label.EN == "" || c.Kind == "" || c.Class == "" {
				t.Errorf("%s.%s is not described", r.Name, c.Name)
			}
		}
	}
}

func TestChart(t *testing.T) {
	if n := len(checkChart(t, "CNY")); n < 70 {
		t.Errorf("only %d accounts", n)
	}
	all := map[string]string{}
	for _, a := range checkChart(t, "CNY") {
		all[a.Code] = a.NameEN
	}
	small := checkChart(t, "EUR")
	if len(small) > 70 || len(small) > len(all)*2/3 {
		t.Errorf("the small chart has %d of %d accounts", len(small), len(all))
	}
	for _, a := range small {
		if all[a.Code] != a.NameEN {
			t.Errorf("%s is %s in one chart and %s in the other", a.Code, a.NameEN, all[a.Code])
		}
	}
}

// checkChart tells whether a chart hangs together and serves all purposes.
func checkChart(t *testing.T, currency string) []*Account {
	t.Helper()
	list := accounts(currency)
	byCode := map[string]*Account{}
	for i, a := range list {
		a.ID = id.ID{15: byte(i + 1)}
		if byCode[a.Code] != nil || a.Name == "" || a.NameEN == "" {
			t.Errorf("account %s is twice or has no names", a.Code)
		}
		byCode[a.Code] = a
	}
	parents(list)
	for _, a := range list {
		if len(a.Code) > 4 && a.ParentID.IsZero() {
			t.Errorf("account %s has no parent", a.Code)
		}
	}
	for _, p := range purposes() {
		if byCode[p.account] == nil {
			t.Errorf("purpose %s wants account %s, which is not in the chart", p.name, p.account)
		}
	}
	for code, want := range map[string]string{
		"1122": "asset debit", "1602": "asset credit", "2202": "liability credit",
		"22210101": "liability debit", "6001": "income credit", "6401": "expense debit", "5001": "cost debit", "4104": "equity credit",
	} {
		if a := byCode[code]; a.Type+" "+a.Side != want {
			t.Errorf("%s %s is %s %s, want %s", code, a.Name, a.Type, a.Side, want)
		}
	}
	if byCode["22210107"].ParentID != byCode["222101"].ID || byCode["222101"].ParentID != byCode["2221"].ID {
		t.Error("output VAT does not hang below VAT below taxes")
	}
	return list
}

func TestYearHasTwelvePeriods(t *testing.T) {
	y := calendarYear(2028)
	list := y.periods()
	if len(list) != 12 || list[1].EndDate.String() != "2028-02-29" || list[11].EndDate != y.EndDate {
		t.Errorf("periods %v", list)
	}
	y.StartDate, y.EndDate = day(15, 3), day(10, 5)
	if list = y.periods(); len(list) != 3 || list[2].EndDate != day(10, 5) || list[0].StartDate != day(15, 3) {
		t.Errorf("periods of a short year: %v", list)
	}
}

func TestNumbers(t *testing.T) {
	if got := number("SAL", day(3, 4), 17, id.ID{}); got != "SAL-2026-000017" {
		t.Error(got)
	}
	a, b := number("SAL", day(3, 4), 0, id.ID{15: 1}), number("SAL", day(3, 4), 0, id.ID{15: 2})
	if a == b || !strings.HasPrefix(a, "SAL-2026-") {
		t.Errorf("dry numbers %s, %s", a, b)
	}
}
