package billing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/money"
)

// Book is one version of the prices. It never changes once it is published; another version takes over on the first day of a month.
type Book struct {
	Version   int              `json:"version"`
	ValidFrom clock.Date       `json:"valid_from"`
	Note      string           `json:"note"`
	Prices    map[string]*List `json:"prices"` // by currency
}

// List is the prices in one currency.
type List struct {
	Minimum    money.Amount  `json:"minimum"`     // a month, before tax; in proportion to the days that are charged
	TaxPercent money.Percent `json:"tax_percent"` // unless the account says otherwise
	Items      []Item        `json:"items"`
}

// Item is the price of one meter, or of one meter of one module.
type Item struct {
	Meter    string         `json:"meter"`
	Module   string         `json:"module,omitempty"`
	Every    money.Quantity `json:"every"`    // the price is for so many: 1000 records
	Monthly  bool           `json:"monthly"`  // the price is for a whole month: a day costs its share of the month's days
	Included money.Quantity `json:"included"` // free: of seats and of what is measured on each day, of all else in each month
	Tiers    []Tier         `json:"tiers"`    // graduated: each tier's price holds for what falls into it
}

// Tier is the price up to a quantity; the last has none.
type Tier struct {
	UpTo  *money.Quantity `json:"up_to"`
	Price money.Price     `json:"price"`
}

// Currencies are those in which Tenon is sold.
func Currencies() []string { return []string{"CNY", "USD", "EUR"} }

// Item returns the price of a meter of a module.
func (l *List) Item(meter, module string) (Item, bool) {
	for _, x := range l.Items {
		if x.Meter == meter && x.Module == module {
			return x, true
		}
	}
	return Item{}, false
}

// Check says all that is wrong with a book.
func (b *Book) Check() error {
	var f fault.Fields
	if b.ValidFrom.IsZero() || b.ValidFrom.Time().Day() != 1 {
		f.Add("valid_from", "value.date", "应为某月第一天", "must be the first day of a month")
	}
	for _, c := range Currencies() {
		l := b.Prices[c]
		if l == nil {
			f.Add("prices."+c, "required", "缺少币种 %s 的价格", "There are no prices in %s", c)
			continue
		}
		l.check(&f, "prices."+c)
	}
	for c := range b.Prices {
		if !slices.Contains(Currencies(), c) {
			f.Add("prices."+c, "currency.unknown", "不支持币种 %s", "Currency %s is not sold in", c)
		}
	}
	return f.Err()
}

func (l *List) check(f *fault.Fields, path string) {
	if l.Minimum.IsNegative() {
		f.Add(path+".minimum", "value.range", "不能为负", "must not be negative")
	}
	if l.TaxPercent.IsNegative() || l.TaxPercent.GreaterThan(money.Hundred()) {
		f.Add(path+".tax_percent", "value.range", "应为 0 到 100", "must be 0 to 100")
	}
	seen := map[string]bool{}
	for i, x := range l.Items {
		at := fmt.Sprintf("%s.items[%d]", path, i)
		if _, ok := MeterOf(x.Meter); !ok {
			f.Add(at+".meter", "meter.unknown", "没有计量项 %s", "There is no meter %s", x.Meter)
		}
		if seen[x.Meter+"/"+x.Module] {
			f.Add(at, "item.twice", "%s %s 有两个价格", "%s %s has two prices", x.Meter, x.Module)
		}
		seen[x.Meter+"/"+x.Module] = true
		if x.Every.Sign() <= 0 || x.Included.IsNegative() {
			f.Add(at+".every", "value.range", "every 应大于 0，included 不能为负", "every must be above 0, included not negative")
		}
		x.checkTiers(f, at)
	}
}

func (x Item) checkTiers(f *fault.Fields, at string) {
	if len(x.Tiers) == 0 || x.Tiers[len(x.Tiers)-1].UpTo != nil {
		f.Add(at+".tiers", "tiers.open", "最后一档不能有上限", "The last tier has no upper limit")
	}
	last := money.Zero()
	for i, t := range x.Tiers {
		if t.Price.IsNegative() || t.UpTo != nil && !t.UpTo.GreaterThan(last) || t.UpTo == nil && i < len(x.Tiers)-1 {
			f.Add(fmt.Sprintf("%s.tiers[%d]", at, i), "tiers.order", "档位须递增，价格不能为负", "Tiers must rise and prices not be negative")
		}
		if t.UpTo != nil {
			last = *t.UpTo
		}
	}
}

// Publish adds a version of the prices. Its first day must lie ahead, so that no month that has begun changes.
func (s *Service) Publish(ctx context.Context, b Book) (int, error) {
	if err := b.Check(); err != nil {
		return 0, err
	}
	if today := clock.DateOf(s.db.Now(), time.UTC); !b.ValidFrom.After(today.AddDays(1)) {
		return 0, fault.New(fault.Rule, "prices.past", "新价格只能从以后的月份生效", "New prices can only begin with a month that lies ahead").
			At("valid_from", "value.date", "应晚于今天", "must lie ahead")
	}
	return s.publish(ctx, b)
}

func (s *Service) publish(ctx context.Context, b Book) (version int, err error) {
	err = s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "lock table tenon.price_book in share row exclusive mode"); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, "select coalesce(max(version), 0) + 1 from tenon.price_book").Scan(&version); err != nil {
			return err
		}
		b.Version = version
		raw, err := json.Marshal(b)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "insert into tenon.price_book values ($1, $2, $3, $4, $5)", version, b.ValidFrom.String(), b.Note, string(raw), s.db.Now())
		return err
	})
	return version, err
}

// Books returns the latest versions of the prices, the newest first: also those that do not hold yet.
func (s *Service) Books(ctx context.Context) (out []*Book, err error) {
	err = s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "select body from tenon.price_book order by version desc limit 50")
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (*Book, error) {
			b := &Book{}
			var raw []byte
			if err := row.Scan(&raw); err != nil {
				return nil, err
			}
			return b, json.Unmarshal(raw, b)
		})
		return err
	})
	return out, err
}

// BookAt returns the prices that hold on a day: of the versions that are valid by then the latest.
func (s *Service) BookAt(ctx context.Context, day clock.Date) (*Book, error) {
	return s.book(ctx, "where valid_from <= $1 order by valid_from desc, version desc limit 1", day.String())
}

// BookOf returns a version of the prices.
func (s *Service) BookOf(ctx context.Context, version int) (*Book, error) {
	return s.book(ctx, "where version = $1", version)
}

func (s *Service) book(ctx context.Context, where string, args ...any) (*Book, error) {
	b := &Book{}
	err := s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		var raw []byte
		if err := tx.QueryRow(ctx, "select body from tenon.price_book "+where, args...).Scan(&raw); err != nil {
			return err
		}
		return json.Unmarshal(raw, b)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "prices.none", "没有价目表", "There is no price book")
	}
	return b, err
}
