package front

import (
	"context"
	_ "embed"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tenon-hq/tenon/tenancy"
)

//go:embed chart.sql
var chartSQL string

// chart is the map from companies to cells, in the control database.
type chart struct{ pool *pgxpool.Pool }

// reservedFor is how long a sign-up may take.
const reservedFor = time.Minute

func openChart(ctx context.Context, url string) (*chart, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errors.New("front: the address of the control database can't be read") // its text may hold the password
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, err
	}
	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error { // one after the other: several fronts may start at once
		if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock(hashtext('tenon_front'))"); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, chartSQL)
		return err
	})
	if err != nil {
		pool.Close()
		return nil, err
	}
	return &chart{pool}, nil
}

func (c *chart) close() { c.pool.Close() }

func (c *chart) ping(ctx context.Context) error { return c.pool.Ping(ctx) }

// note writes which companies a cell has now. Rows that are as they were are left alone.
func (c *chart) note(ctx context.Context, cell string, list []tenancy.Listed) error {
	keys, addresses, open := make([]string, len(list)), make([]string, len(list)), make([]bool, len(list))
	for i, x := range list {
		keys[i], addresses[i], open[i] = x.ID.String(), x.Address, x.Open
	}
	return pgx.BeginFunc(ctx, c.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "delete from tenon_front.company where cell = $1 and id <> all($2::text[]::uuid[])", cell, keys); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `insert into tenon_front.company as c (id, cell, address, open)
			select x.id::uuid, $1, x.address, x.open from unnest($2::text[], $3::text[], $4::bool[]) as x (id, address, open) order by 1
			on conflict (id, cell) do update set address = excluded.address, open = excluded.open where (c.address, c.open) is distinct from (excluded.address, excluded.open)`,
			cell, keys, addresses, open)
		return err
	})
}

// byAddress and byID name the cell of a company; empty when none is known.
func (c *chart) byAddress(ctx context.Context, address string) (string, error) {
	return c.one(ctx, "select cell from tenon_front.company where address = $1 and address <> '' order by open desc, cell limit 1", address)
}

func (c *chart) byID(ctx context.Context, key string) (string, error) {
	return c.one(ctx, "select cell from tenon_front.company where id::text = lower($1) order by open desc, cell limit 1", key)
}

// emptiest names the one of these cells that has the fewest companies.
func (c *chart) emptiest(ctx context.Context, cells []string) (string, error) {
	return c.one(ctx, `select x.cell from unnest($1::text[]) with ordinality as x (cell, n)
		order by (select count(*) from tenon_front.company c where c.cell = x.cell), x.n limit 1`, cells)
}

func (c *chart) one(ctx context.Context, sql string, arg any) (cell string, err error) {
	err = c.pool.QueryRow(ctx, sql, arg).Scan(&cell) //nolint:unqueryvet // the texts above
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return cell, err
}

// reserve keeps an address for a sign-up; false when a company has it or another sign-up wants it.
func (c *chart) reserve(ctx context.Context, address string) (mine bool, err error) {
	err = pgx.BeginFunc(ctx, c.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "delete from tenon_front.reservation where until < now()"); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `insert into tenon_front.reservation (address, until) select $1, now() + make_interval(secs => $2)
			where not exists (select 1 from tenon_front.company where address = $1) on conflict do nothing`, address, reservedFor.Seconds())
		mine = err == nil && tag.RowsAffected() == 1
		return err
	})
	return mine, err
}

// release gives a reserved address back, or with a company's id hands it to the company.
func (c *chart) release(ctx context.Context, address, company, cell string) error {
	return pgx.BeginFunc(ctx, c.pool, func(tx pgx.Tx) error {
		if company != "" {
			if _, err := tx.Exec(ctx, `insert into tenon_front.company (id, cell, address, open) values ($1::text::uuid, $2, $3, true) on conflict do nothing`,
				company, cell, address); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, "delete from tenon_front.reservation where address = $1", address)
		return err
	})
}
