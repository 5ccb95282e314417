package app

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"strconv"

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
	latest := map[string]int{}
	for _, l := range a.lines(a.Engine.Modules()) {
		if latest[l.Name], err = latestOf(l.Files); err != nil {
			return nil, err
		}
	}
	for _, t := range tenants {
		states, err := a.DB.Modules(ctx, t.ID)
		if err != nil {
			return nil, err
		}
		for _, s := range states {
			if s.Version < latest[s.Name] && (s.Version > 0 || s.On) {
				h.Behind = append(h.Behind, Behind{t, s.Name, s.Version, latest[s.Name], s.Error})
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

// latestOf is the highest number of a line's files NNNN_name.sql.
func latestOf(files fs.FS) (latest int, err error) {
	if files == nil {
		return 0, nil
	}
	err = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		base := path.Base(name)
		if err != nil || d.IsDir() || path.Ext(base) != ".sql" || len(base) < 5 {
			return err
		}
		if n, err := strconv.Atoi(base[:4]); err == nil {
			latest = max(latest, n)
		}
		return nil
	})
	return latest, err
}

// Finding is one contradiction in a tenant's data.
type Finding struct {
	Check  string // which promise is broken
	Record string // id of the record concerned
	What   string
}

// mostFindings of one check are told; the rest is the same trouble.
const mostFindings = 20

// Verify checks in one snapshot of a tenant's data that documents, stock and ledger agree with each other.
func (a *App) Verify(ctx context.Context, t *tenancy.Tenant) ([]Finding, error) {
	var out []Finding
	err := a.DB.Do(ctx, t, tenancy.Actor{Name: "doctor", System: true}, func(ctx context.Context, tx *tenancy.Tx) error {
		out = nil
		for _, p := range promises() {
			var there bool
			if err := tx.NewRaw("SELECT to_regclass(?) IS NOT NULL", p.table).Scan(ctx, &there); err != nil {
				return err
			}
			if !there {
				continue
			}
			found := []Finding{}
			if err := tx.NewRaw("SELECT x.record::text AS record, x.what FROM ("+p.sql+") x(record, what) ORDER BY 1 LIMIT ?", mostFindings).Scan(ctx, &found); err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
			for _, f := range found {
				f.Check = p.name
				out = append(out, f)
			}
		}
		return nil
	}, tenancy.Snapshot(), tenancy.Within(longCheck))
	return out, err
}
