//go:build fetch

// These tests load from the npm registry: go test -tags fetch -run Fetch
package pgserver

import (
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestFetchThenOffline(t *testing.T) {
	dir := folderFor(t)
	cfg := Config{Dir: dir, CacheDir: filepath.Join(filepath.Dir(dir), "cache"), IgnoreInstalled: true, Unsafe: true, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
	for _, path := range []string{"", "/nowhere"} { // the second time there is no npm
		if path != "" {
			t.Setenv("PATH", path)
		}
		began := time.Now()
		s, err := Start(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		t.Log(s.Version(), time.Since(began))
		if !strings.HasPrefix(s.Version(), "17.") {
			t.Error("version", s.Version())
		}
		if got := ask(t, s, "select lower('Ä')"); got != "ä" {
			t.Errorf("lower gives %q", got)
		}
		stop(t, s)
	}
}

func TestFetchWithoutNpm(t *testing.T) {
	dir := folderFor(t)
	t.Setenv("PATH", "/nowhere")
	_, err := Start(t.Context(), Config{Dir: dir, CacheDir: filepath.Join(filepath.Dir(dir), "cache"), IgnoreInstalled: true})
	if err == nil || !strings.Contains(err.Error(), "npm is not installed") {
		t.Error(err)
	}
	t.Log(err)
}

func TestFetchEveryMajor(t *testing.T) {
	top := filepath.Dir(folderFor(t))
	for major := oldest; major <= newest; major++ {
		c := Config{CacheDir: filepath.Join(top, "cache"), Log: slog.New(slog.DiscardHandler)}
		bin, err := c.fetch(t.Context(), major)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Start(t.Context(), Config{Dir: folderFor(t), Binaries: bin, Unsafe: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { stop(t, s) })
		t.Log(s.Version(), ask(t, s, "select datlocprovider::text || ' ' || datctype from pg_database where datname = 'postgres'"), ask(t, s, "select lower('Ä')"))
		stop(t, s)
	}
}
