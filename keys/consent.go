package keys

import (
	"context"
	"embed"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

//go:embed shared/*.sql
var shared embed.FS

// Shared are the tables of this room in schema tenon.
func Shared() tenancy.Shared { return tenancy.Shared{Name: "keys", Files: shared} }

// ConsentsNeeded is how many people must agree before a tenant's key is destroyed.
const ConsentsNeeded = 2

// Consent is somebody's agreement that a closing tenant's key be destroyed. Who is no user of the tenant is an operator of the service.
type Consent struct {
	Person id.ID     `json:"-"`
	User   *id.ID    `json:"user_id"` // none: an operator
	Name   string    `json:"name"`
	At     time.Time `json:"at"`
}

// Consents lists who agreed since a time: what was agreed before that was about another request.
func (s *Service) Consents(ctx context.Context, tenant id.ID, since time.Time) (out []Consent, err error) {
	err = s.cfg.DB.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		out, err = ConsentsIn(ctx, tx, tenant, since)
		return err
	})
	return out, err
}

// ConsentsIn is Consents in an open transaction over the shared tables.
func ConsentsIn(ctx context.Context, tx pgx.Tx, tenant id.ID, since time.Time) ([]Consent, error) {
	rows, err := tx.Query(ctx, `select person_id::text, coalesce(user_id::text, ''), name, at from tenon.closing_consent
		where tenant_id = $1 and at >= $2 order by at, person_id`, tenant.String(), since)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (c Consent, err error) {
		var person, user string
		if err := row.Scan(&person, &user, &c.Name, &c.At); err != nil {
			return c, err
		}
		if user != "" {
			u, err := id.Parse(user)
			if err != nil {
				return c, err
			}
			c.User = &u
		}
		c.At = c.At.UTC()
		c.Person, err = id.Parse(person)
		return c, err
	})
}

// Agree writes down that somebody agrees. The same person counts once, whatever the roles in which they come.
func (s *Service) Agree(ctx context.Context, tenant id.ID, c Consent) error {
	if c.Person.IsZero() {
		return fault.New(fault.Forbidden, "keys.person", "只有本人可以同意", "Only a person can agree")
	}
	var user any
	if c.User != nil {
		user = c.User.String()
	}
	return s.cfg.DB.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `insert into tenon.closing_consent values ($1, $2, $3, $4, $5)
			on conflict (tenant_id, person_id) do update set user_id = excluded.user_id, name = excluded.name, at = excluded.at`,
			tenant.String(), c.Person.String(), user, c.Name, s.cfg.DB.Now())
		return err
	})
}

// Disagree takes somebody's agreement back.
func (s *Service) Disagree(ctx context.Context, tenant, person id.ID) error {
	return s.cfg.DB.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "delete from tenon.closing_consent where tenant_id = $1 and person_id = $2", tenant.String(), person.String())
		return err
	})
}

// Agreed tells whether enough people have agreed since a time.
func (s *Service) Agreed(ctx context.Context, tx pgx.Tx, tenant id.ID, since time.Time) (bool, error) {
	list, err := ConsentsIn(ctx, tx, tenant, since)
	return len(list) >= ConsentsNeeded, err
}

// Gone is a person who was shredded.
type Gone struct {
	Entity string    `json:"entity"`
	Record id.ID     `json:"record_id"`
	At     time.Time `json:"at"`
}

// MarkGone writes down that somebody is shredded, where it outlives the tenant's own tables: whoever brings an older copy back does it again.
func (s *Service) MarkGone(ctx context.Context, tenant id.ID, entity string, record id.ID) error {
	return s.cfg.DB.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "insert into tenon.person_gone values ($1, $2, $3, $4) on conflict do nothing", tenant.String(), entity, record.String(), s.cfg.DB.Now())
		return err
	})
}

// GoneOf lists who was shredded, first first.
func (s *Service) GoneOf(ctx context.Context, tenant id.ID) (out []Gone, err error) {
	err = s.cfg.DB.Share(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "select entity, record_id::text, at from tenon.person_gone where tenant_id = $1 order by at, record_id", tenant.String())
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (g Gone, err error) {
			var record string
			if err := row.Scan(&g.Entity, &record, &g.At); err != nil {
				return g, err
			}
			g.At = g.At.UTC()
			g.Record, err = id.Parse(record)
			return g, err
		})
		return err
	})
	return out, err
}
