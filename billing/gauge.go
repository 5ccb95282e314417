package billing

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// Stock answers how much a tenant has stored: records by entity, and bytes of files. Both ask the tenant's own tables.
type Stock interface {
	Records(ctx context.Context, tx *tenancy.Tx) (map[string]int64, error)
	Bytes(ctx context.Context, tx *tenancy.Tx) (int64, error)
}

// measure writes down what is stored today, once a day. A day on which nobody measured is not charged.
func (s *Service) measure(ctx context.Context, tx pgx.Tx, t *tenancy.Tenant) error {
	if s.cfg.Stock == nil || t.State == tenancy.Closing {
		return nil
	}
	now := s.db.Now()
	day := clock.DateOf(now, t.Zone).String()
	var done bool
	err := tx.QueryRow(ctx, "select exists (select from tenon.usage_gauge where tenant_id = $1 and meter = $2 and day = $3)", t.ID.String(), Records, day).Scan(&done)
	if err != nil || done {
		return err
	}
	var records map[string]int64
	var bytes int64
	err = s.db.Do(ctx, t, system(), func(ctx context.Context, tx *tenancy.Tx) error {
		if records, err = s.cfg.Stock.Records(ctx, tx); err != nil {
			return err
		}
		bytes, err = s.cfg.Stock.Bytes(ctx, tx)
		return err
	}, tenancy.Snapshot(), tenancy.Within(5*time.Minute))
	if err != nil {
		return fmt.Errorf("billing: measure %s: %w", t.ID, err)
	}
	sum := int64(0)
	for _, n := range records {
		sum += n
	}
	gb := money.Div(money.Int(bytes), money.Int(1_000_000_000)).Round(9)
	for _, g := range []struct {
		meter    string
		quantity money.Quantity
		detail   any
	}{{Records, money.Int(sum), records}, {StorageGBDays, gb, map[string]int64{"bytes": bytes}}} {
		detail, err := json.Marshal(g.detail)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "insert into tenon.usage_gauge values ($1, $2, $3, $4, $5, $6) on conflict do nothing", //nolint:unqueryvet // two meters
			t.ID.String(), g.meter, day, g.quantity.String(), string(detail), now); err != nil {
			return err
		}
	}
	return nil
}
