package tenancy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
)

// stale is how old a remembered tenant may be before its generation is looked at again, should a notice have been lost.
const stale = 2 * time.Second

// tenantCache remembers tenants, and since when each is known to be current.
type tenantCache struct {
	mu      sync.Mutex
	entries map[id.ID]cached
}

type cached struct {
	tenant *Tenant
	at     time.Time
}

func (c *tenantCache) get(tenant id.ID) cached {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.entries[tenant]
}

func (c *tenantCache) put(t *Tenant, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if old := c.entries[t.ID].tenant; old == nil || old.Generation <= t.Generation {
		c.entries[t.ID] = cached{t, at}
	}
}

func (c *tenantCache) drop(tenant id.ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.entries, tenant)
}

func (c *tenantCache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.entries)
}

func noTenant() *fault.Fault {
	return fault.New(fault.NotFound, "tenant.not_found", "没有这个企业", "There is no such workspace")
}

// Tenant returns a tenant, at most two seconds behind what other programs changed. It returns a not_found fault for an unknown or deleted one.
func (db *DB) Tenant(ctx context.Context, tenant id.ID) (*Tenant, error) {
	if tenant.IsZero() {
		return nil, noTenant()
	}
	known := db.tenants.get(tenant)
	if known.tenant != nil && time.Since(known.at) < stale {
		return known.tenant, nil
	}
	asked := time.Now()
	t, err := db.loadTenant(ctx, tenant)
	if err != nil {
		return nil, err
	}
	if t.State == Deleted {
		db.tenants.drop(tenant)
		return nil, noTenant()
	}
	if known.tenant != nil && known.tenant.Generation == t.Generation {
		t = known.tenant
	}
	db.tenants.put(t, asked)
	return t, nil
}

// at returns a tenant whose generation another query has just read.
func (db *DB) at(ctx context.Context, tenant id.ID, generation int64) (*Tenant, error) {
	known := db.tenants.get(tenant)
	if known.tenant != nil && known.tenant.Generation == generation {
		db.tenants.put(known.tenant, time.Now())
		return known.tenant, nil
	}
	db.tenants.drop(tenant)
	return db.Tenant(ctx, tenant)
}

const tenantColumns = `t.id::text, t.name, coalesce(t.address, ''), t.sign_in::text, t.schema_name, t.role_name, t.bucket, t.state, t.locale, t.zone, t.currency, t.generation,
	(select coalesce(array_agg(m.module order by m.module), '{}') from tenon.tenant_module m where m.tenant_id = t.id and m.state = 'on'), t.large,
	(select coalesce(array_agg(m.module), '{}') from tenon.tenant_module m where m.tenant_id = t.id and m.state = 'off' and not m.seeded)`

func (db *DB) scanTenant(row pgx.CollectableRow) (*Tenant, error) {
	t := &Tenant{home: db, Modules: map[string]bool{}, Large: map[string]bool{}, never: map[string]bool{}}
	var key, zone, signIn string
	var on, large, never []string
	err := row.Scan(&key, &t.Name, &t.Address, &signIn, &t.Schema, &t.Role, &t.Bucket, &t.State, &t.Locale, &zone, &t.Currency, &t.Generation, &on, &large, &never)
	if err != nil {
		return nil, err
	}
	if t.ID, err = id.Parse(key); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(signIn), &t.SignIn); err != nil {
		return nil, fmt.Errorf("tenancy: tenant %s: how people sign in: %w", key, err)
	}
	if t.Zone, err = time.LoadLocation(zone); err != nil {
		return nil, fmt.Errorf("tenancy: tenant %s: %w", key, err)
	}
	for _, name := range on {
		t.Modules[name] = true
	}
	for _, name := range never {
		t.never[name] = true
	}
	for _, name := range large {
		t.Large[name] = true
	}
	for _, l := range db.lines.order {
		if l.Always {
			t.Modules[l.Name] = true
		}
	}
	return t, nil
}

func (db *DB) loadTenant(ctx context.Context, tenant id.ID) (*Tenant, error) {
	var t *Tenant
	err := patient(ctx, func() error {
		rows, err := db.control.Query(ctx, "select "+tenantColumns+" from tenon.tenant t where t.id = $1", tenant.String())
		if err != nil {
			return err
		}
		t, err = pgx.CollectExactlyOneRow(rows, db.scanTenant)
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, noTenant()
	}
	return t, final(err)
}

// List returns all tenants but deleted ones, oldest first.
func (db *DB) List(ctx context.Context) ([]*Tenant, error) {
	rows, err := db.control.Query(ctx, "select "+tenantColumns+" from tenon.tenant t where t.state <> 'deleted' order by t.id")
	if err != nil {
		return nil, final(err)
	}
	list, err := pgx.CollectRows(rows, db.scanTenant)
	return list, final(err)
}

// Buried lists the tenants that were deleted here before a time and not made again.
func (db *DB) Buried(ctx context.Context, before time.Time) ([]id.ID, error) {
	rows, err := db.control.Query(ctx, "select id::text from tenon.tenant where state = 'deleted' and deleted_at <= $1 order by id", before)
	if err != nil {
		return nil, final(err)
	}
	texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, final(err)
	}
	out := make([]id.ID, len(texts))
	for i, text := range texts {
		if out[i], err = id.Parse(text); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Bump tells all programs that what they remember of a tenant is out of date: rights, own fields, settings. Call it after the commit.
func (db *DB) Bump(ctx context.Context, tenant id.ID) error {
	_, err := db.control.Exec(ctx, "update tenon.tenant set generation = generation + 1 where id = $1", tenant.String())
	return errors.Join(final(err), db.tell(ctx, tenant))
}

// tell drops a tenant from all programs' memory.
func (db *DB) tell(ctx context.Context, tenant id.ID) error {
	db.tenants.drop(tenant)
	db.logins.forget(func(p *Principal) bool { return p.Tenant.ID == tenant })
	_, err := db.control.Exec(ctx, "select pg_notify('tenon_tenant', $1)", tenant.String())
	return final(err)
}

// listen drops what other programs say has changed. Without it memory is two seconds behind, no more.
func (db *DB) listen(ctx context.Context) {
	for ctx.Err() == nil {
		if err := db.hear(ctx); ctx.Err() == nil {
			db.log.DebugContext(ctx, "listening for changed tenants was interrupted", "error", err)
		}
		db.tenants.clear()
		_ = sleep(ctx, time.Second)
	}
}

func (db *DB) hear(ctx context.Context) error {
	cfg := *db.base
	db.login(&cfg.Config, db.roles.control(), db.roles.controlPassword)
	conn, err := pgx.ConnectConfig(ctx, &cfg)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "listen tenon_tenant"); err != nil {
		return err
	}
	db.tenants.clear()
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		if tenant, err := id.Parse(n.Payload); err == nil {
			db.tenants.drop(tenant)
			db.logins.forget(func(p *Principal) bool { return p.Tenant.ID == tenant })
		}
	}
}

// set changes one column of a tenant's row.
func (db *DB) set(ctx context.Context, tenant id.ID, change string, value any) error {
	tag, err := db.control.Exec(ctx, "update tenon.tenant set generation = generation + 1, "+change+" where id = $1 and state <> 'deleted'",
		tenant.String(), value)
	if err != nil {
		return final(err)
	}
	if tag.RowsAffected() == 0 {
		return noTenant()
	}
	return db.tell(ctx, tenant)
}

// Enter sets a tenant's state: Active, LookOnly, Suspended or Closing. Only Delete makes it Deleted.
func (db *DB) Enter(ctx context.Context, tenant id.ID, state string) error {
	if state == Deleted {
		return fault.New(fault.Internal, "tenant.state", "只能通过删除进入此状态", "Only a deletion leads to this state")
	}
	return db.set(ctx, tenant, "state = $2", state)
}

// Suspend lets a tenant's people look but not change.
func (db *DB) Suspend(ctx context.Context, tenant id.ID) error {
	return db.set(ctx, tenant, "state = $2", Suspended)
}

// Resume ends a suspension.
func (db *DB) Resume(ctx context.Context, tenant id.ID) error {
	return db.set(ctx, tenant, "state = $2", Active)
}

// Rename gives a tenant another name; nothing technical depends on it.
func (db *DB) Rename(ctx context.Context, tenant id.ID, name string) error {
	return db.set(ctx, tenant, "name = $2", name)
}

// Localize changes the language, the time zone or the currency that a tenant starts from; empty values stay as they are.
func (db *DB) Localize(ctx context.Context, tenant id.ID, locale i18n.Lang, zone, currency string) error {
	if _, err := time.LoadLocation(zone); err != nil {
		return fault.New(fault.Invalid, "zone.unknown", "未知的时区", "Unknown time zone")
	}
	if err := db.set(ctx, tenant, "locale = coalesce(nullif($2, ''), locale)", string(locale)); err != nil {
		return err
	}
	if err := db.set(ctx, tenant, "zone = coalesce(nullif($2, ''), zone)", zone); err != nil {
		return err
	}
	return db.set(ctx, tenant, "currency = coalesce(nullif($2, ''), currency)", currency)
}
