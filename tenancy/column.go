package tenancy

import (
	"context"
	"fmt"
	"regexp"

	"github.com/tenon-hq/tenon/internal/fault"
)

// ownName is the form of names that tenants' own fields and entities have in the database.
var ownName = regexp.MustCompile(`^x_[a-z0-9_]{1,50}$`)

// columnType tells whether a tenant's own field may have this type.
func columnType(name string) bool {
	switch name {
	case "text", "boolean", "integer", "bigint", "numeric(20,4)", "numeric(20,6)", "numeric(9,4)", "date", "timestamptz", "uuid", "jsonb", "text[]", "uuid[]", "bytea":
		return true
	}
	return false
}

// AddColumn gives a tenant's table a column for a field of the tenant's own: x_ and a name, one of the fixed types, empty at first. It does nothing
// when the table has that column already.
func (db *DB) AddColumn(ctx context.Context, t *Tenant, table, column, sqlType string) error {
	if t == nil || t.home != db || !tableName.MatchString(table) || !ownName.MatchString(column) || !columnType(sqlType) {
		return fault.New(fault.Internal, "column.invalid", "无效的字段定义", "This is no column that a tenant may have")
	}
	return db.asOwnerOf(ctx, t, fmt.Sprintf("alter table %s add column if not exists %s %s", table, column, sqlType))
}

// AddTable gives a tenant a table for an entity of the tenant's own: x_ and a name, with the columns that every record has. AddColumn adds its fields.
// It does nothing when the table exists.
func (db *DB) AddTable(ctx context.Context, t *Tenant, table string) error {
	if t == nil || t.home != db || !ownName.MatchString(table) {
		return fault.New(fault.Internal, "table.invalid", "无效的实体定义", "This is no table that a tenant may have")
	}
	return db.asOwnerOf(ctx, t, "create table if not exists "+table+ownColumns)
}

// ownColumns are the columns that every record has.
const ownColumns = ` (id uuid primary key, version bigint not null default 1,
	created_at timestamptz not null, updated_at timestamptz not null, created_by uuid, updated_by uuid)`

// asOwnerOf changes a tenant's tables. It waits five seconds for who uses them.
func (db *DB) asOwnerOf(ctx context.Context, t *Tenant, change string) error {
	return final(db.administer(ctx, func(ctx context.Context, a *adminTx) error {
		return a.script(ctx, fmt.Sprintf("set local lock_timeout = '5s'; set local role %s; set local search_path = %s, pg_temp; %s",
			db.roles.owner(), tenantName(t.Schema), change))
	}))
}
