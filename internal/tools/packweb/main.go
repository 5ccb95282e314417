// Package main writes the built web app into one zip: packweb <folder> <zip>. The same files make the same bytes, so that builds can be compared.
package main

import (
	"archive/zip"
	"compress/flate"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: packweb <folder> <zip>")
		os.Exit(2)
	}
	if err := pack(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "packweb:", err)
		os.Exit(1)
	}
}

// pack moves the zip into place when it is whole.
func pack(from, to string) error {
	tmp := to + ".part"
	out, err := os.Create(tmp)
	if err != nil {
		return err
	}
	z := zip.NewWriter(out)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	root := os.DirFS(from)
	err = fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error { // in the order of names
		if err != nil || d.IsDir() {
			return err
		}
		if strings.HasPrefix(name, ".") {
			return nil // what only the build needs
		}
		return add(z, root, name)
	})
	if err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	return os.Rename(tmp, to)
}

// add leaves out times, which differ from build to build.
func add(z *zip.Writer, root fs.FS, name string) error {
	method := zip.Deflate
	switch filepath.Ext(name) {
	case ".woff2", ".png":
		method = zip.Store // packed already
	}
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
	if err != nil {
		return err
	}
	b, err := fs.ReadFile(root, name)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}
