package crm

import (
	"testing"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

func TestEntitiesCompile(t *testing.T) {
	for _, r := range Module(Plugs{}).Entities {
		if _, err := entity.Compile(r); err != nil {
			t.Error(err)
		}
	}
}

func TestExpectedAmount(t *testing.T) {
	o := &Opportunity{Currency: "CNY", ExpectedAmount: money.Int(5), Lines: []*OpportunityLine{
		{Quantity: money.Int(16), UnitPrice: money.Must("348.35"), DiscountPercent: money.Int(4)},
		{Quantity: money.Int(2), UnitPrice: money.Must("0.125")},
	}}
	o.expect()
	if !o.ExpectedAmount.Equal(money.Must("5350.91")) {
		t.Fatal(o.ExpectedAmount)
	}
	guess := &Opportunity{Currency: "CNY", ExpectedAmount: money.Int(5)}
	guess.expect()
	if !guess.ExpectedAmount.Equal(money.Int(5)) {
		t.Fatalf("a guess without lines became %s", guess.ExpectedAmount)
	}
}

func TestWinnableNamesWhatIsMissing(t *testing.T) {
	f := fault.As((&Opportunity{}).winnable())
	if f == nil || f.Kind != fault.Rule || len(f.Fields) != 2 || f.Fields[0].Path != "customer_id" || f.Fields[1].Path != "lines" {
		t.Fatal(f)
	}
	ok := &Opportunity{CustomerID: id.ID{1}, Lines: []*OpportunityLine{{Quantity: money.Int(1)}}}
	if err := ok.winnable(); err != nil {
		t.Fatal(err)
	}
}

func TestProbabilityOfStage(t *testing.T) {
	list := []*Stage{{Name: "a", Probability: money.Int(10)}, {Name: "b", Probability: money.Int(60)}}
	if p := probability(list, "b"); !p.Equal(money.Int(60)) {
		t.Fatal(p)
	}
	if p := probability(list, "gone"); !p.IsZero() {
		t.Fatal(p)
	}
}
