package app

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/engine/relay"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Health is what an operator should know about an installation.
type Health struct {
	Server     string           // PostgreSQL's version
	Tenants    int              // that are not deleted
	Weaknesses []string         // what could not be closed off in the database
	Behind     []Behind         // tables that are not up to date
	Parked     []relay.JobState // jobs that failed for the last time, newest first, 100 at most
}

// Behind is one line of a tenant's tables that is not at the latest version.
type Behind struct {
	Tenant          *tenancy.Tenant
	Line            string
	Version, Latest int
	Error           string // why the last attempt failed
}

// Well tells that nothing has to be done.
func (h *Health) Well() bool { return len(h.Behind) == 0 && len(h.Parked) == 0 }

// Doctor looks at the installation and changes nothing.
func (a *App) Doctor(ctx context.Context) (*Health, error) {
	h := &Health{Weaknesses: a.DB.Weaknesses()}
	var err error
	if h.Server, err = serverVersion(ctx, a.Config.DatabaseURL); err != nil {
		return nil, err
	}
	tenants, err := a.DB.List(ctx)
	if err != nil {
		return nil, err
	}
	h.Tenants = len(tenants)
	for _, t := range tenants {
		states, err := a.DB.Modules(ctx, t.ID)
		if err != nil {
			return nil, err
		}
		for _, s := range states {
			if s.Version < s.Latest && (s.Version > 0 || s.On) {
				h.Behind = append(h.Behind, Behind{t, s.Name, s.Version, s.Latest, s.Error})
			}
		}
	}
	h.Parked, err = relay.NewDesk(a.Jobs).List(ctx, id.ID{}, id.ID{}, relay.Parked, 0, 100)
	return h, err
}

func serverVersion(ctx context.Context, url string) (string, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return "", fmt.Errorf("can't reach PostgreSQL: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var version string
	err = conn.QueryRow(ctx, "SELECT current_setting('server_version')").Scan(&version)
	return version, err
}
