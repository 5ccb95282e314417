package keys_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/keys"
	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// company is a tenant with a key service.
type company struct {
	*keys.Service

	db     *tenancy.DB
	tenant *tenancy.Tenant
	rows   []id.ID
}

func open(t testing.TB, p keys.Provider, change ...func(c *keys.Config)) *company {
	t.Helper()
	db := tenancytest.DB(t, keys.Line())
	cfg := keys.Config{DB: db, Platform: p}
	for _, f := range change {
		f(&cfg)
	}
	s := keys.New(cfg)
	t.Cleanup(s.Close)
	return &company{s, db, tenancytest.Tenant(t, db), []id.ID{db.NewID(), db.NewID()}}
}

func local(t testing.TB, folder string) *keys.Local {
	t.Helper()
	l, err := keys.OpenLocal(folder, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (c *company) seal(t testing.TB, plain string) []byte {
	t.Helper()
	out, err := c.Seal(t.Context(), c.tenant.ID, "e", "f", c.rows[0], []byte(plain))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (c *company) opens(t testing.TB, sealed []byte) ([]byte, error) {
	t.Helper()
	return c.Open(t.Context(), c.tenant.ID, "e", "f", c.rows[0], sealed)
}

func wantShut(t testing.TB, plain []byte, err error) {
	t.Helper()
	f := fault.As(err)
	if f == nil || f.Kind != fault.Unavailable || f.Reason != "keys.unavailable" || plain != nil {
		t.Fatalf("opened: %q, %v", plain, err)
	}
}

func TestWhatIsSealedOpensInItsPlaceOnly(t *testing.T) {
	ctx := t.Context()
	k := open(t, local(t, t.TempDir()))
	other := tenancytest.Tenant(t, k.db)
	plain := []byte("6222 0210 0111 2345 678 招商银行")
	place := func(tenant id.ID, entity, field string, row id.ID, c []byte) ([]byte, error) {
		return k.Open(ctx, tenant, entity, field, row, c)
	}
	c, err := k.Seal(ctx, k.tenant.ID, "crm.customer", "bank_account", k.rows[0], plain)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(c, plain[:8]) {
		t.Fatal("the value can be read in its ciphertext")
	}
	if got, err := place(k.tenant.ID, "crm.customer", "bank_account", k.rows[0], c); err != nil || !bytes.Equal(got, plain) {
		t.Fatalf("%q, %v", got, err)
	}
	for name, moved := range map[string]func() ([]byte, error){
		"row":    func() ([]byte, error) { return place(k.tenant.ID, "crm.customer", "bank_account", k.rows[1], c) },
		"field":  func() ([]byte, error) { return place(k.tenant.ID, "crm.customer", "id_number", k.rows[0], c) },
		"entity": func() ([]byte, error) { return place(k.tenant.ID, "purchasing.vendor", "bank_account", k.rows[0], c) },
		"tenant": func() ([]byte, error) { return place(other.ID, "crm.customer", "bank_account", k.rows[0], c) },
		"border": func() ([]byte, error) { return place(k.tenant.ID, "crm.customerbank", "_account", k.rows[0], c) },
	} {
		t.Run("another "+name, func(t *testing.T) {
			got, err := moved()
			wantShut(t, got, err)
		})
	}
	again, err := k.Seal(ctx, k.tenant.ID, "crm.customer", "bank_account", k.rows[0], plain)
	if err != nil || bytes.Equal(again, c) {
		t.Fatal("two seals of one value are the same: equality would show", err)
	}
}

func TestTheBlindIndexKnowsEqualValuesOfOneFieldOnly(t *testing.T) {
	ctx := t.Context()
	k := open(t, local(t, t.TempDir()))
	other := tenancytest.Tenant(t, k.db)
	index := func(tenant id.ID, entity, field, v string) string {
		d, err := k.Index(ctx, tenant, entity, field, []byte(v))
		if err != nil || len(d) != 16 {
			t.Fatal(d, err)
		}
		return string(d)
	}
	one := index(k.tenant.ID, "e", "f", "622202")
	if one != index(k.tenant.ID, "e", "f", "622202") {
		t.Error("the same value has two digests")
	}
	for _, d := range []string{
		index(k.tenant.ID, "e", "f", "622203"), index(k.tenant.ID, "e", "g", "622202"), index(k.tenant.ID, "d", "f", "622202"), index(other.ID, "e", "f", "622202"),
	} {
		if d == one {
			t.Error("another place has the same digest")
		}
	}
}

func TestEveryAlteredByteKeepsItShut(t *testing.T) {
	k := open(t, local(t, t.TempDir()))
	c := k.seal(t, "secret")
	for i := 9; i < len(c); i++ { // an altered id of the key is looked for, which takes its time: one is enough
		bad := bytes.Clone(c)
		bad[i] ^= 0x10
		got, err := k.opens(t, bad)
		wantShut(t, got, err)
		got, err = k.opens(t, c[:i])
		wantShut(t, got, err)
	}
	for _, i := range []int{0, 4} {
		bad := bytes.Clone(c)
		bad[i] ^= 0x10
		got, err := k.opens(t, bad)
		wantShut(t, got, err)
	}
}

func TestSealNeedsAPlace(t *testing.T) {
	k := open(t, local(t, t.TempDir()))
	for _, place := range []struct {
		tenant, row   id.ID
		entity, field string
	}{{id.ID{}, k.rows[0], "e", "f"}, {k.tenant.ID, id.ID{}, "e", "f"}, {k.tenant.ID, k.rows[0], "", "f"}, {k.tenant.ID, k.rows[0], "e", ""}} {
		got, err := k.Seal(t.Context(), place.tenant, place.entity, place.field, place.row, []byte("x"))
		wantShut(t, got, err)
	}
}

func TestAnyValueComesBack(t *testing.T) {
	ctx := t.Context()
	k := open(t, local(t, t.TempDir()))
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		c, err := k.Seal(ctx, k.tenant.ID, "e", "f", k.rows[0], plain)
		if err != nil {
			t.Fatal(err)
		}
		got, err := k.Open(ctx, k.tenant.ID, "e", "f", k.rows[0], c)
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatal(got, err)
		}
	})
}

// counting is a provider that counts what is asked of it and can be told to fail.
type counting struct {
	keys.Provider

	unwraps atomic.Int64
	fails   atomic.Pointer[keys.Trouble]
}

func (c *counting) Unwrap(ctx context.Context, key string, wrapped []string) ([][]byte, error) {
	c.unwraps.Add(1)
	if err := c.fails.Load(); err != nil {
		return nil, err
	}
	return c.Provider.Unwrap(ctx, key, wrapped)
}

func TestKeysAreFetchedOncePerTimeAndUses(t *testing.T) {
	p := &counting{Provider: local(t, t.TempDir())}
	k := open(t, p, func(c *keys.Config) { c.Life, c.Uses = 1500*time.Millisecond, 100 })
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() { k.seal(t, "x") })
	}
	all.Wait()
	if n := p.unwraps.Load(); n != 1 {
		t.Errorf("%d calls for 50 values at once", n)
	}
	for range 60 {
		k.seal(t, "x")
	}
	if n := p.unwraps.Load(); n != 2 {
		t.Errorf("%d calls for 110 values of 100 uses", n)
	}
	time.Sleep(1600 * time.Millisecond)
	k.seal(t, "x")
	if n := p.unwraps.Load(); n != 3 {
		t.Errorf("%d calls after the time was over", n)
	}
}

func TestWithinAUnitOfWorkNothingWaitsForTheKeyService(t *testing.T) {
	p := &counting{Provider: local(t, t.TempDir())}
	k := open(t, p)
	sealed := k.seal(t, "x")
	k.Forget(k.tenant.ID)
	before := p.unwraps.Load()
	err := k.db.Do(t.Context(), k.tenant, tenancy.Actor{System: true}, func(ctx context.Context, _ *tenancy.Tx) error {
		_, err := k.Open(ctx, k.tenant.ID, "e", "f", k.rows[0], sealed)
		return err
	}, tenancy.ReadOnly())
	miss, ok := errors.AsType[*keys.Miss](err)
	if !ok || p.unwraps.Load() != before {
		t.Fatal(err)
	}
	k.Fetch(t.Context(), miss)
	err = k.db.Do(t.Context(), k.tenant, tenancy.Actor{System: true}, func(ctx context.Context, _ *tenancy.Tx) error {
		_, err := k.Open(ctx, k.tenant.ID, "e", "f", k.rows[0], sealed)
		return err
	}, tenancy.ReadOnly())
	if err != nil {
		t.Fatal(err)
	}
}

func TestAFailureIsRememberedForAMomentAndThenOver(t *testing.T) {
	p := &counting{Provider: local(t, t.TempDir())}
	k := open(t, p)
	sealed := k.seal(t, "x")
	k.Forget(k.tenant.ID)
	p.fails.Store(&keys.Trouble{What: keys.Sealed, Err: errors.New("told to fail")})
	before := p.unwraps.Load()
	for range 20 {
		got, err := k.opens(t, sealed)
		wantShut(t, got, err)
	}
	if n := p.unwraps.Load() - before; n > 2 {
		t.Errorf("a failing service was asked %d times at once", n)
	}
	p.fails.Store(nil)
	time.Sleep(1100 * time.Millisecond)
	if got, err := k.opens(t, sealed); err != nil || string(got) != "x" {
		t.Fatal("no recovery:", err)
	}
}

func TestTheKeyFileIsPrivateAndStays(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	var log strings.Builder
	first, err := keys.OpenLocal(folder, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "level=WARN") {
		t.Error("no loud line at start:", log.String())
	}
	k := open(t, first)
	c := k.seal(t, "secret")
	files, err := filepath.Glob(filepath.Join(folder, "*", "*"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	for _, path := range append(files, filepath.Join(folder, "master.key")) {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Fatal(path, info.Mode(), err)
		}
	}
	again := keys.New(keys.Config{DB: k.db, Platform: local(t, folder)})
	defer again.Close()
	if got, err := again.Open(t.Context(), k.tenant.ID, "e", "f", k.rows[0], c); err != nil || string(got) != "secret" {
		t.Fatal("after a restart:", string(got), err)
	}
	stranger := keys.New(keys.Config{DB: k.db, Platform: local(t, t.TempDir())})
	defer stranger.Close()
	got, err := stranger.Open(t.Context(), k.tenant.ID, "e", "f", k.rows[0], c)
	wantShut(t, got, err)
}

func TestABadKeyFileIsRefusedAndKept(t *testing.T) {
	for name, prepare := range map[string]func(path string) error{
		"others may read": func(p string) error {
			return os.WriteFile(p, []byte(strings.Repeat("ab", 32)), 0o644)
		},
		"short": func(p string) error { return os.WriteFile(p, []byte("abcd"), 0o600) },
		"empty": func(p string) error { return os.WriteFile(p, nil, 0o600) },
		"text":  func(p string) error { return os.WriteFile(p, []byte(strings.Repeat("xy", 32)), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			path := filepath.Join(folder, "master.key")
			if err := prepare(path); err != nil {
				t.Fatal(err)
			}
			before, _ := os.ReadFile(path)
			if _, err := keys.OpenLocal(folder, slog.New(slog.DiscardHandler)); err == nil {
				t.Fatal("accepted")
			}
			if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
				t.Fatal("the file was changed")
			}
		})
	}
}

func TestManyStartsAtOnceAgreeOnOneKey(t *testing.T) {
	folder := t.TempDir()
	first := open(t, local(t, folder))
	sealed := make([][]byte, 4)
	var wg sync.WaitGroup
	for i := range sealed {
		wg.Go(func() {
			p, err := keys.OpenLocal(folder, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Error(err)
				return
			}
			s := keys.New(keys.Config{DB: first.db, Platform: p})
			defer s.Close()
			if sealed[i], err = s.Seal(t.Context(), first.tenant.ID, "e", "f", first.rows[0], []byte("x")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, c := range sealed {
		if _, err := first.opens(t, c); err != nil {
			t.Error(err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	k := open(f, local(f, f.TempDir()))
	c := k.seal(f, "secret")
	f.Add([]byte{})
	f.Add([]byte{1})
	f.Add(c[:21])
	f.Add(c[:len(c)-1])
	f.Add(append([]byte{2}, c[1:]...))
	f.Fuzz(func(t *testing.T, sealed []byte) {
		if bytes.Equal(sealed, c) {
			return
		}
		got, err := k.opens(t, sealed)
		wantShut(t, got, err)
	})
}

func BenchmarkOpen(b *testing.B) {
	k := open(b, local(b, b.TempDir()), func(c *keys.Config) { c.Uses = 1 << 60 })
	c := k.seal(b, "6222021001112345678")
	for b.Loop() {
		if _, err := k.opens(b, c); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSeal(b *testing.B) {
	k := open(b, local(b, b.TempDir()), func(c *keys.Config) { c.Uses = 1 << 60 })
	for b.Loop() {
		k.seal(b, "6222021001112345678")
	}
}
