package tenancytest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// prefix begins the names of databases that tests make; the number of the process that made one follows.
const prefix = "tenon_test_"

// Variable names the address of a PostgreSQL server for tests; its role may create databases and roles.
const Variable = "TENON_TEST_DATABASE_URL"

var server = sync.OnceValues(func() (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	address := os.Getenv(Variable)
	if address == "" {
		var err error
		if address, err = Adopt(ctx); err != nil {
			return "", err
		}
	}
	go func() { // beside the tests: there may be hundreds. Those that this program leaves are the next one's
		_ = DropLeftovers(context.Background(), address, false)
	}()
	return address, nil
})

// Database makes an empty database and returns its address. It stays until the next test program clears up.
func Database(t testing.TB) string {
	t.Helper()
	address, err := server()
	if err != nil {
		t.Fatalf("no PostgreSQL for the tests: %v", err)
	}
	b := make([]byte, 4)
	_, _ = rand.Read(b)
	name := prefix + strconv.Itoa(os.Getpid()) + "_" + hex.EncodeToString(b)
	if err := execute(t.Context(), address, "create database "+name+" template template0"); err != nil {
		t.Fatal(err)
	}
	out, err := at(address, name)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// at is the address of another database on the same server.
func at(address, database string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" && u.RawQuery == "" {
		return "", errors.New("the address of the test server must be a URL")
	}
	u.Path = "/" + database
	return u.String(), nil
}

func execute(ctx context.Context, address, sql string) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, sql)
	return errors.Join(err, conn.Close(ctx))
}

// cleaning is the lock of who removes a leftover.
const cleaning = 0x74657374

// DropLeftovers removes databases of test programs that have ended, and their roles; all of them when everything is to go.
func DropLeftovers(ctx context.Context, address string, everything bool) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, `select d.datname from pg_database d where d.datname like $1 and pg_has_role(d.datdba, 'usage') and ($2 or not exists
		(select 1 from pg_stat_activity a where a.datname = d.datname))`, prefix+"%", everything)
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, name := range names {
		if !everything && lives(name) {
			continue
		}
		var mine bool                                                                                                           // or another program's, which clears away too
		if err := conn.QueryRow(ctx, "select pg_try_advisory_lock($1, hashtext($2))", cleaning, name).Scan(&mine); err != nil { //nolint:unqueryvet // a lock is taken one at a time
			return err
		}
		if !mine && !everything {
			continue
		}
		if err := drop(ctx, conn, address, name); err != nil && !thrownOut(err) && exists(ctx, conn, name) {
			return fmt.Errorf("dropping %s: %w", name, err)
		}
	}
	return nil
}

// lives tells whether the process that made a database still runs.
func lives(name string) bool {
	number, _, _ := strings.Cut(strings.TrimPrefix(name, prefix), "_")
	pid, err := strconv.Atoi(number)
	return err == nil && syscall.Kill(pid, 0) == nil
}

func drop(ctx context.Context, conn *pgx.Conn, address, name string) error {
	roles, err := rolesOf(ctx, address, name)
	if err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "drop database if exists "+pgx.Identifier{name}.Sanitize()+" with (force)"); err != nil {
		return err
	}
	if len(roles) == 0 {
		return nil
	}
	for i := range roles {
		roles[i] = pgx.Identifier{roles[i]}.Sanitize()
	}
	_, err = conn.Exec(ctx, "drop role if exists "+strings.Join(roles, ", "))
	return err
}

// thrownOut tells that another program drops the database at this moment: it ends our connection, has ended with it or is about to.
func thrownOut(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && slices.Contains([]string{"57P01", "3D000", "55006"}, pg.Code) // admin_shutdown, invalid_catalog_name, object_in_use
}

func exists(ctx context.Context, conn *pgx.Conn, name string) (there bool) {
	err := conn.QueryRow(ctx, "select exists (select 1 from pg_database where datname = $1)", name).Scan(&there)
	return err != nil || there
}

// rolesOf lists the roles of a test database: role names are shared by all databases of a server.
func rolesOf(ctx context.Context, address, name string) ([]string, error) {
	inside, err := at(address, name)
	if err != nil {
		return nil, err
	}
	conn, err := pgx.Connect(ctx, inside)
	if err != nil {
		return nil, err
	}
	defer conn.Close(ctx)
	var made bool
	if err := conn.QueryRow(ctx, "select to_regclass('tenon.bucket') is not null").Scan(&made); err != nil || !made {
		return nil, err
	}
	rows, err := conn.Query(ctx, `select r.rolname from pg_roles r where r.rolname in (select role_name from tenon.tenant)
		or r.rolname like 't\_%' and exists (select from pg_namespace n where n.nspname = r.rolname) -- a spare's
		or r.rolname = (select rolname from pg_database d join pg_roles o on o.oid = d.datdba where datname = current_database())
			and r.rolname like 'tenon\_test\_%'
		or r.rolname like 'tn\_' || (select value from tenon.meta where key = 'installation') || '\_%'`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
