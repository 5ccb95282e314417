// Package tenancytest gives tests a real PostgreSQL: an open database with the lines that they ask for, and tenants in it. No test is left out for
// want of a server: where TENON_TEST_DATABASE_URL names none, one is started.
package tenancytest

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"io/fs"
	"reflect"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Password is that of every person whom this package signs up.
const Password = "correct horse 1"

// Cheap is what passwords cost in tests: these guard nothing.
var Cheap = tenancy.Argon{Memory: 64, Time: 1}

// shelf keeps the databases of this test program, one for each set of lines, until it ends.
type shelf struct {
	mu   sync.Mutex
	open map[string]*tenancy.DB
}

var shared = sync.OnceValue(func() *shelf { return &shelf{open: map[string]*tenancy.DB{}} })

// DB returns an open, migrated database with these lines. Tests of one program that ask for the same lines share it.
func DB(t testing.TB, lines ...tenancy.Line) *tenancy.DB {
	t.Helper()
	s := shared()
	s.mu.Lock()
	defer s.mu.Unlock()
	key := fingerprint(t, lines)
	if db := s.open[key]; db != nil {
		return db
	}
	db, err := tenancy.Open(context.Background(), tenancy.Config{URL: Database(t), Lines: lines, Passwords: Cheap}) //nolint:usetesting // it outlives this test
	if err != nil {
		t.Fatal(err)
	}
	s.open[key] = db
	return db
}

// Fresh returns a database of its own with this configuration (its URL is filled in), closed when the test ends.
func Fresh(t testing.TB, cfg tenancy.Config) *tenancy.DB {
	t.Helper()
	if cfg.URL == "" {
		cfg.URL = Database(t)
	}
	cfg.Passwords = cmp.Or(cfg.Passwords, Cheap)
	db, err := tenancy.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// fingerprint tells sets of lines apart by what they would make.
func fingerprint(t testing.TB, lines []tenancy.Line) string {
	t.Helper()
	h := fnv.New64a()
	for _, l := range lines {
		fmt.Fprintln(h, l.Name, l.Always, l.Needs, reflect.ValueOf(l.Seed).Pointer())
		if l.Files == nil {
			continue
		}
		err := fs.WalkDir(l.Files, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := fs.ReadFile(l.Files, name)
			fmt.Fprintln(h, name, string(text))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return strconv.FormatUint(h.Sum64(), 16)
}

// Tenant signs up a company with these modules switched on.
func Tenant(t testing.TB, db *tenancy.DB, modules ...string) *tenancy.Tenant {
	t.Helper()
	tenant, _, _ := SignUp(t, db, tenancy.New{Modules: modules}, nil)
	return tenant
}

// SignUp signs up a company; what is left empty is filled in. Person.Password is Password.
func SignUp(t testing.TB, db *tenancy.DB, n tenancy.New, seed func(ctx context.Context, tx *tenancy.Tx, admin id.ID) error) (
	*tenancy.Tenant, tenancy.Person, id.ID,
) {
	t.Helper()
	if n.Company == "" {
		n.Company = t.Name()
	}
	if n.Person.ID.IsZero() && n.Person.Email == "" {
		n.Person.Email = db.NewID().String() + "@example.com"
	}
	if n.Person.Name == "" {
		n.Person.Name = "Test Owner"
	}
	if n.Person.Password == "" {
		n.Person.Password = Password
	}
	tenant, person, user, err := db.Create(t.Context(), n, seed)
	if err != nil {
		t.Fatal(err)
	}
	return tenant, person, user
}

// Do runs one unit of work as Tenon itself and fails the test on an error.
func Do(t testing.TB, db *tenancy.DB, tenant *tenancy.Tenant, fn func(ctx context.Context, tx *tenancy.Tx) error, opts ...tenancy.Option) {
	t.Helper()
	if err := db.Do(t.Context(), tenant, tenancy.Actor{Name: "test", System: true}, fn, opts...); err != nil {
		t.Fatal(err)
	}
}

// patience is how long a server may take to come up, the first time with initdb.
const patience = 2 * time.Minute
