package pgserver

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// pack is an npm package with these files.
func pack(t *testing.T, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for i := 0; i < len(files); i += 2 {
		if err := w.WriteHeader(&tar.Header{Name: files[i], Size: int64(len(files[i+1])), Mode: 0o600, Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestInstall(t *testing.T) {
	dir := t.TempDir()
	home := filepath.Join(dir, "home")
	p := pack(t, "package/native/bin/postgres", "#!", "package/native/lib/libpq.so.5.17", "elf", "package/native/lib/libpq.a", "x", "package/package.json", "{}",
		"package/native/pg-symlinks.json", `[{"source":"native/lib/libpq.so.5.17","target":"native/lib/libpq.so.5"},{"source":"native/lib/libpq.so.5.17","target":"native/lib/deep/libpq.so"}]`,
		"package/native/lib/deep/other", "y")
	sum := sha512.Sum512(p)
	if err := install(p, "other", dir, home); err == nil || !strings.Contains(err.Error(), "not the one") {
		t.Errorf("a package with another hash gives %v", err)
	}
	if err := install(p, base64.StdEncoding.EncodeToString(sum[:]), dir, home); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(home, "bin/postgres")); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("bin/postgres: %v %v", info, err)
	}
	for _, name := range []string{"lib/libpq.so.5", "lib/deep/libpq.so"} {
		if text, err := os.ReadFile(filepath.Join(home, name)); err != nil || string(text) != "elf" {
			t.Errorf("%s: %q %v", name, text, err)
		}
	}
	if _, err := os.Stat(filepath.Join(home, "lib/libpq.a")); err == nil {
		t.Error("a file for compilers was unpacked")
	}
}

func TestUnpackStaysInside(t *testing.T) {
	for _, p := range [][]byte{
		pack(t, "package/native/bin/x", "", "package/native/pg-symlinks.json", `[{"source":"native/../../etc/passwd","target":"native/lib/x"}]`),
		pack(t, "package/native/bin/x", "", "package/native/pg-symlinks.json", `[{"source":"native/bin/x","target":"../x"}]`),
	} {
		if err := unpack(bytes.NewReader(p), filepath.Join(t.TempDir(), "native")); err == nil {
			t.Error("a link that leads out was made")
		}
	}
	dir := t.TempDir()
	if err := unpack(bytes.NewReader(pack(t, "package/native/../../../evil", "x")), filepath.Join(dir, "native")); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "../evil")); err == nil {
		t.Error("a file was written outside")
	}
}

func TestPins(t *testing.T) {
	for major := oldest; major <= newest; major++ {
		for _, platform := range []string{"linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"} {
			if _, hash, ok := pinned(major, platform); !ok || len(hash) != 88 {
				t.Errorf("no pin of PostgreSQL %d for %s", major, platform)
			}
		}
	}
	if _, _, ok := pinned(fetched, "plan9-386"); ok {
		t.Error("a platform without a package is pinned")
	}
}

func TestSettingsFollowMemory(t *testing.T) {
	for memory, want := range map[int64]string{0: "256MB", 1 << 30: "128MB", 64 << 20: "32MB", 64 << 30: "256MB"} {
		if text := settings(false, memory); !strings.Contains(text, "shared_buffers = "+want+"\n") || strings.Contains(text, "fsync") {
			t.Errorf("with %d bytes of memory:\n%s", memory, text)
		}
	}
}
