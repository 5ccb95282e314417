package finance

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

func TestAllocate(t *testing.T) {
	customer, other := id.ID{9}, id.ID{8}
	a, b, c := id.ID{1}, id.ID{2}, id.ID{3}
	docs := map[id.ID]Open{
		a: {ID: a, No: "INV-1", Party: customer, Currency: "CNY", Residual: money.Must("100")},
		b: {ID: b, No: "INV-2", Party: customer, Currency: "CNY", Residual: money.Must("50.50")},
		c: {ID: c, No: "INV-3", Party: other, Currency: "CNY", Residual: money.Must("10")},
	}
	tests := []struct {
		name, left, currency string
		wants                []Want
		fields               map[string]string // path → reason
	}{
		{"two in full", "150.50", "CNY", []Want{{Target: a, Amount: money.Must("100")}, {Target: b, Amount: money.Must("50.50")}}, nil},
		{"in part", "30", "CNY", []Want{{Target: a, Amount: money.Must("30")}}, nil},
		{"twice the same", "100", "CNY", []Want{{Target: a, Amount: money.Must("60")}, {Target: a, Amount: money.Must("40")}}, nil},
		{
			"twice the same, too much", "200", "CNY",
			[]Want{{Target: a, Amount: money.Must("60")}, {Target: a, Amount: money.Must("40.01")}},
			map[string]string{"matches[1].amount": "match.too_much"},
		},
		{"more than is open", "200", "CNY", []Want{{Target: a, Amount: money.Must("100.01")}}, map[string]string{"matches[0].amount": "match.too_much"}},
		{"more than is left", "99", "CNY", []Want{{Target: a, Amount: money.Must("100")}}, map[string]string{"matches[0].amount": "match.over_payment"}},
		{"somebody else's", "99", "CNY", []Want{{Target: c, Amount: money.Must("10")}}, map[string]string{"matches[0]": "match.party"}},
		{"unknown", "99", "CNY", []Want{{Target: id.ID{7}, Amount: money.Must("10")}}, map[string]string{"matches[0]": "match.not_open"}},
		{"another currency", "99", "USD", []Want{{Target: a, Amount: money.Must("10")}}, map[string]string{"matches[0].amount": "match.currency"}},
		{"nothing", "99", "CNY", []Want{{Target: a, Amount: money.Zero()}}, map[string]string{"matches[0].amount": "value.positive"}},
		{"all at once", "999", "CNY", []Want{{Target: a, Amount: money.Must("101")}, {Target: c, Amount: money.Must("1")}}, map[string]string{
			"matches[0].amount": "match.too_much",
			"matches[1]":        "match.party",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := Allocate(money.Must(tt.left), customer, tt.currency, docs, tt.wants)
			if len(tt.fields) == 0 {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			f := fault.As(err)
			if f == nil || f.Kind != fault.Rule || len(f.Fields) != len(tt.fields) {
				t.Fatalf("got %v, want the fields %v", err, tt.fields)
			}
			for _, x := range f.Fields {
				if tt.fields[x.Path] != x.Reason {
					t.Errorf("%s: %s, want %s", x.Path, x.Reason, tt.fields[x.Path])
				}
			}
		})
	}
}

func TestAllocateNeverOvershoots(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		docs, open := map[id.ID]Open{}, map[id.ID]money.Amount{}
		for i := range rapid.IntRange(1, 5).Draw(t, "documents") {
			k := id.ID{byte(i + 1)}
			docs[k] = Open{ID: k, Residual: money.Int(rapid.Int64Range(0, 1000).Draw(t, "residual")).Shift(-2)}
			open[k] = docs[k].Residual
		}
		left := money.Int(rapid.Int64Range(0, 3000).Draw(t, "left")).Shift(-2)
		var wants []Want
		for range rapid.IntRange(1, 8).Draw(t, "wants") {
			wants = append(wants, Want{
				Target: id.ID{byte(rapid.IntRange(1, len(docs)).Draw(t, "target"))}, Amount: money.Int(rapid.Int64Range(1, 800).Draw(t, "amount")).Shift(-2),
				WriteOff: money.Int(rapid.Int64Range(-50, 0).Draw(t, "write off")).Shift(-2),
			})
		}
		fits := true
		for _, w := range wants {
			open[w.Target], left = open[w.Target].Sub(w.Amount), left.Sub(w.money())
			fits = fits && open[w.Target].Sign() >= 0 && left.Sign() >= 0
		}
		before := left
		for _, w := range wants {
			before = before.Add(w.money())
		}
		if got := Allocate(before, id.ID{}, "", docs, wants) == nil; got != fits {
			t.Fatalf("accepted: %v, fits: %v", got, fits)
		}
	})
}

func TestConvertAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := make([]money.Amount, rapid.IntRange(1, 9).Draw(t, "parts"))
		total := money.Zero()
		for i := range parts {
			parts[i] = money.Int(rapid.Int64Range(0, 1_000_000).Draw(t, "part")).Shift(-2)
			total = total.Add(parts[i])
		}
		rate := money.Int(rapid.Int64Range(1, 20_000_000).Draw(t, "rate")).Shift(-6)
		whole, split := convert(total, parts, rate, 2)
		sum := money.Zero()
		for _, p := range split {
			sum = sum.Add(p)
		}
		if !sum.Equal(whole) || !whole.Equal(total.Mul(rate).Round(2)) {
			t.Fatalf("parts add up to %s, the whole is %s", sum, whole)
		}
	})
}

func TestTermsSplit(t *testing.T) {
	parts := thirds().Instalments(day(31, 1), money.Must("100.00"), 2)
	for i, want := range []string{"33.33", "33.33", "33.34"} {
		if got := parts[i].Amount.StringFixed(2); got != want {
			t.Errorf("part %d is %s, want %s", i, got, want)
		}
	}
	if got := lastDue(parts).String(); got != "2026-04-01" {
		t.Errorf("all is due on %s", got)
	}
	rows := installments(parts)
	if len(rows) != 3 || rows[2].Amount.StringFixed(2) != "33.34" {
		t.Errorf("rows %v", rows)
	}
	if installments(parts[:1]) != nil {
		t.Error("one date needs no rows")
	}
}
