package billing

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/money"
)

//go:embed prices/first.json
var firstPrices embed.FS

// first is the list from which the first book is made: what is no module's, and how a module's price in CNY becomes one in the other currencies.
type first struct {
	Prices map[string]*List        `json:"prices"`
	Rates  map[string]money.Amount `json:"rates"`
}

// ensureBook publishes the first prices, and takes up modules that have none yet. A module's price is that of one active person a month: it covers the
// module with one person a day, each further person costs the same for the days on which they use it.
func (s *Service) ensureBook(ctx context.Context) error {
	raw, err := firstPrices.ReadFile("prices/first.json")
	if err != nil {
		return err
	}
	var start first
	if err := json.Unmarshal(raw, &start); err != nil {
		return fmt.Errorf("billing: first prices: %w", err)
	}
	month := firstOf(clock.DateOf(s.db.Now(), utc()))
	b, err := s.BookAt(ctx, month)
	fresh := fault.Is(err, fault.NotFound)
	if fresh {
		// Companies that are older than the book, and clocks that a test turns back, have prices too.
		b, err = &Book{ValidFrom: clock.NewDate(2000, 1, 1), Note: "first prices", Prices: start.Prices}, nil
	}
	if err != nil {
		return err
	}
	added, err := s.addModules(b, start.Rates)
	if err != nil || !added && !fresh {
		return err
	}
	if !fresh {
		b.Note = "modules that are new"
	}
	if err := b.Check(); err != nil {
		return err
	}
	_, err = s.publish(ctx, *b)
	return err
}

// addModules writes the prices of modules that the book does not know.
func (s *Service) addModules(b *Book, rates map[string]money.Amount) (added bool, err error) {
	for _, m := range s.cfg.Modules {
		if m.Always || m.Price == "" {
			continue
		}
		base, err := money.Parse(m.Price)
		if err != nil {
			return false, fmt.Errorf("billing: price of %s: %w", m.Name, err)
		}
		for currency, l := range b.Prices {
			if _, known := l.Item(ModuleDays, m.Name); known {
				continue
			}
			added = true
			price := base.Mul(rates[currency]).Round(1)
			tiers := []Tier{{Price: price}}
			l.Items = append(l.Items,
				Item{Meter: ModuleDays, Module: m.Name, Every: money.Int(1), Monthly: true, Tiers: tiers},
				Item{Meter: SeatDays, Module: m.Name, Every: money.Int(1), Monthly: true, Included: money.Int(1), Tiers: tiers})
		}
	}
	return added, nil
}
