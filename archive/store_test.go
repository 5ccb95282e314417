package archive_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/archive"
	"github.com/tenon-hq/tenon/archive/archivetest"
)

func TestStores(t *testing.T) {
	for name, store := range map[string]archive.Store{"s3": archivetest.New(t).Store(t), "folder": archive.Folder(t.TempDir())} {
		t.Run(name, func(t *testing.T) { keeps(t, store) })
	}
	for _, bad := range []string{"ftp://b/x", "s3:///x", "s3://bucket/x"} {
		if _, err := archive.OpenStore(bad, func(string) string { return "" }); err == nil {
			t.Errorf("%s: opened without keys, or at all", bad)
		}
	}
	if err := archive.Folder(t.TempDir()).Put(t.Context(), "../out", strings.NewReader("x")); err == nil {
		t.Error("a name leads out of the folder")
	}
}

func keeps(t *testing.T, s archive.Store) {
	t.Helper()
	big := make([]byte, 16<<20+12345)
	_, _ = rand.Read(big)
	for name, content := range map[string][]byte{"a/1": []byte("one"), "a/big": big} {
		if err := s.Put(t.Context(), name, bytes.NewReader(content)); err != nil {
			t.Fatal(err)
		}
		in, err := s.Get(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(in)
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
		_ = in.Close()
		end := min(len(content), 1<<20)
		for _, x := range [][2]int{{0, 1}, {1, 3}, {max(0, end-5), end}, {len(content) - 2, len(content)}} {
			in, err := s.Part(t.Context(), name, int64(x[0]), int64(x[1]-x[0]))
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(in)
			if err != nil || !bytes.Equal(got, content[x[0]:x[1]]) {
				t.Errorf("%s from %d: %d bytes, %v", name, x[0], len(got), err)
			}
			_ = in.Close()
		}
	}
	if err := s.Put(t.Context(), "a/broken", io.MultiReader(strings.NewReader("x"), failing{})); err == nil {
		t.Error("half a file was stored")
	}
	if list, err := s.List(t.Context()); err != nil || !slices.Equal(list, []string{"a/1", "a/big"}) {
		t.Errorf("%q, %v", list, err)
	}
	n := 0
	err := s.Each(t.Context(), func(name string, at time.Time) error {
		if n++; time.Since(at).Abs() > time.Hour || !strings.HasPrefix(name, "a/") {
			t.Errorf("%s was written at %s", name, at)
		}
		return nil
	})
	if err != nil || n != 2 {
		t.Errorf("%d told of: %v", n, err)
	}
	stop := errors.New("stop")
	if err := s.Each(t.Context(), func(string, time.Time) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("an error is passed on: %v", err)
	}
	for range 2 {
		if err := s.Remove(t.Context(), "a/1"); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.Get(context.WithoutCancel(t.Context()), "a/1"); err == nil {
		t.Error("what was removed is there")
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
