package billing

import (
	"context"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// afterCursor reads where a page of facts begins.
func afterCursor(cursor string) (string, error) {
	if cursor == "" {
		return "00000000-0000-0000-0000-000000000000", nil
	}
	if _, err := id.Parse(cursor); err != nil {
		return "", badCursor()
	}
	return cursor, nil
}

func badCursor() error {
	return fault.New(fault.Invalid, "cursor.invalid", "分页标记无效", "The cursor is not valid").At("cursor", "value.invalid", "无效", "is not valid")
}

// sharedFacts reads seats and counted calls. Both are few rows: a seat for each person, module and day, a count for each hour and process.
func (s *Service) sharedFacts(ctx context.Context, t *tenancy.Tenant, meter, module string, in []span, cursor string) (*FactPage, error) {
	skip := 0
	if cursor != "" {
		n, ok := strings.CutPrefix(cursor, "n")
		var err error
		if skip, err = strconv.Atoi(n); err != nil || !ok || skip < 0 {
			return nil, badCursor()
		}
	}
	from, to := bounds(in)
	sql := `select meter || ' ' || hour::text || ' ' || source::text, hour, quantity::text, meter from tenon.usage_count u
		where tenant_id = $1 and meter = $2 and $3::text is not null and $6::text is not null and exists (
			select from unnest($4::timestamptz[], $5::timestamptz[]) x(f, t) where u.hour >= x.f and u.hour < x.t)
		order by hour, source`
	if meter == SeatDays {
		sql = `select day::text || ' ' || user_id::text, at, '1', user_id::text from tenon.usage_seat u
			where tenant_id = $1 and $2::text is not null and module = $3
			and exists (select from unnest($4::timestamptz[], $5::timestamptz[]) x(f, t) where date_trunc('hour', u.at, $6) >= x.f and date_trunc('hour', u.at, $6) < x.t)
			order by day, user_id`
	}
	out := &FactPage{}
	err := s.db.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, sql, t.ID.String(), meter, module, from, to, t.Zone.String())
		if err != nil {
			return err
		}
		var f Fact
		var quantity string
		n := 0
		_, err = pgx.ForEachRow(rows, []any{&f.ID, &f.At, &quantity, &f.What}, func() error {
			q, err := money.Parse(quantity)
			f.Quantity, out.Total = q, out.Total.Add(q)
			if n >= skip && n < skip+factPage {
				out.Facts = append(out.Facts, f)
			}
			n++
			return err
		})
		if n > skip+factPage {
			out.Next = "n" + strconv.Itoa(skip+factPage)
		}
		return err
	})
	return out, err
}
