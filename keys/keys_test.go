package keys_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/keys"
)

func open(t testing.TB, folder string) *keys.Local {
	t.Helper()
	l, err := keys.OpenLocal(folder, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func wantShut(t testing.TB, plain []byte, err error) {
	t.Helper()
	f := fault.As(err)
	if f == nil || f.Kind != fault.Unavailable || f.Reason != "keys.unavailable" || plain != nil {
		t.Fatalf("opened: %q, %v", plain, err)
	}
}

func ids(n int) []id.ID {
	s := id.NewSource(time.Now)
	out := make([]id.ID, n)
	for i := range out {
		out[i] = s.New()
	}
	return out
}

func TestWhatIsSealedOpensInItsPlaceOnly(t *testing.T) {
	ctx := t.Context()
	k := open(t, t.TempDir())
	u := ids(4)
	plain := []byte("6222 0210 0111 2345 678 招商银行")
	c, err := k.Seal(ctx, u[0], "crm.customer", "bank_account", u[1], plain)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(c, plain[:8]) {
		t.Fatal("the value can be read in its ciphertext")
	}
	if got, err := k.Open(ctx, u[0], "crm.customer", "bank_account", u[1], c); err != nil || !bytes.Equal(got, plain) {
		t.Fatalf("%q, %v", got, err)
	}
	for name, moved := range map[string]func() ([]byte, error){
		"row":    func() ([]byte, error) { return k.Open(ctx, u[0], "crm.customer", "bank_account", u[2], c) },
		"field":  func() ([]byte, error) { return k.Open(ctx, u[0], "crm.customer", "id_number", u[1], c) },
		"entity": func() ([]byte, error) { return k.Open(ctx, u[0], "purchasing.vendor", "bank_account", u[1], c) },
		"tenant": func() ([]byte, error) { return k.Open(ctx, u[3], "crm.customer", "bank_account", u[1], c) },
		"border between entity and field": func() ([]byte, error) {
			return k.Open(ctx, u[0], "crm.customerbank", "_account", u[1], c)
		},
	} {
		t.Run("another "+name, func(t *testing.T) {
			got, err := moved()
			wantShut(t, got, err)
		})
	}
	again, err := k.Seal(ctx, u[0], "crm.customer", "bank_account", u[1], plain)
	if err != nil || bytes.Equal(again, c) {
		t.Fatal("two seals of one value are the same: equality would show", err)
	}
}

func TestEveryAlteredByteKeepsItShut(t *testing.T) {
	ctx := t.Context()
	k := open(t, t.TempDir())
	u := ids(2)
	c, err := k.Seal(ctx, u[0], "e", "f", u[1], []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range c {
		bad := bytes.Clone(c)
		bad[i] ^= 0x10
		got, err := k.Open(ctx, u[0], "e", "f", u[1], bad)
		wantShut(t, got, err)
		got, err = k.Open(ctx, u[0], "e", "f", u[1], c[:i])
		wantShut(t, got, err)
	}
}

func TestSealNeedsAPlace(t *testing.T) {
	k := open(t, t.TempDir())
	u := ids(2)
	for _, place := range []struct {
		tenant, row   id.ID
		entity, field string
	}{{id.ID{}, u[1], "e", "f"}, {u[0], id.ID{}, "e", "f"}, {u[0], u[1], "", "f"}, {u[0], u[1], "e", ""}} {
		got, err := k.Seal(t.Context(), place.tenant, place.entity, place.field, place.row, []byte("x"))
		wantShut(t, got, err)
	}
}

func TestAnyValueComesBack(t *testing.T) {
	ctx := t.Context()
	k := open(t, t.TempDir())
	u := ids(2)
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		c, err := k.Seal(ctx, u[0], "e", "f", u[1], plain)
		if err != nil {
			t.Fatal(err)
		}
		got, err := k.Open(ctx, u[0], "e", "f", u[1], c)
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatal(got, err)
		}
	})
}

func TestTheKeyFileIsPrivateAndStays(t *testing.T) {
	ctx := t.Context()
	folder := filepath.Join(t.TempDir(), "data")
	u := ids(2)
	var log strings.Builder
	first, err := keys.OpenLocal(folder, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "level=WARN") {
		t.Error("no loud line at start:", log.String())
	}
	c, err := first.Seal(ctx, u[0], "e", "f", u[1], []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "master.key")
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info.Mode(), err)
	}
	if list, err := os.ReadDir(folder); err != nil || len(list) != 1 {
		t.Error("something was left beside the key:", list, err)
	}
	if got, err := open(t, folder).Open(ctx, u[0], "e", "f", u[1], c); err != nil || string(got) != "secret" {
		t.Fatal("after a restart:", string(got), err)
	}
	got, err := open(t, t.TempDir()).Open(ctx, u[0], "e", "f", u[1], c)
	wantShut(t, got, err) // another master key
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
	ctx := t.Context()
	folder := t.TempDir()
	u := ids(2)
	sealed := make([][]byte, 8)
	var wg sync.WaitGroup
	for i := range sealed {
		wg.Go(func() {
			k, err := keys.OpenLocal(folder, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Error(err)
				return
			}
			if sealed[i], err = k.Seal(ctx, u[0], "e", "f", u[1], []byte("x")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	k := open(t, folder)
	for _, c := range sealed {
		if _, err := k.Open(ctx, u[0], "e", "f", u[1], c); err != nil {
			t.Error(err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	ctx := f.Context()
	k := open(f, f.TempDir())
	u := ids(2)
	c, err := k.Seal(ctx, u[0], "e", "f", u[1], []byte("secret"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{})
	f.Add([]byte{1})
	f.Add(c[:21])
	f.Add(c[:len(c)-1])
	f.Add(append([]byte{2}, c[1:]...))
	f.Fuzz(func(t *testing.T, sealed []byte) {
		if bytes.Equal(sealed, c) {
			return
		}
		got, err := k.Open(ctx, u[0], "e", "f", u[1], sealed)
		wantShut(t, got, err)
	})
}

func BenchmarkOpen(b *testing.B) {
	ctx := b.Context()
	k := open(b, b.TempDir())
	u := ids(2)
	c, err := k.Seal(ctx, u[0], "crm.customer", "bank_account", u[1], []byte("6222021001112345678"))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := k.Open(ctx, u[0], "crm.customer", "bank_account", u[1], c); err != nil {
			b.Fatal(err)
		}
	}
}
