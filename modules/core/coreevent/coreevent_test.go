package coreevent

import (
	"testing"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/money"
)

func TestInstalments(t *testing.T) {
	third := func(days int) TermLine { return TermLine{Percent: money.Must("33.3333"), Days: days} }
	date := clock.NewDate(2026, 1, 31)
	for _, c := range []struct {
		term Term
		want []string
		due  string // of the last
	}{
		{Term{}, []string{"100"}, "2026-01-31"},
		{Term{Lines: []TermLine{third(30), third(60), third(90)}}, []string{"33.33", "33.33", "33.34"}, "2026-05-01"},
		{Term{Lines: []TermLine{{Percent: money.Hundred(), Days: 30, EndOfMonth: true}}}, []string{"100"}, "2026-03-02"},
	} {
		got := c.term.Instalments(date, money.Must("100.00"), 2)
		if len(got) != len(c.want) || got[len(got)-1].Due.String() != c.due {
			t.Errorf("%v: %v", c.term, got)
			continue
		}
		for i, want := range c.want {
			if !got[i].Amount.Equal(money.Must(want)) {
				t.Errorf("instalment %d is %s, want %s", i, got[i].Amount, want)
			}
		}
	}
}
