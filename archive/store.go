package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Store keeps files under names with slashes. A file is there whole or not at all.
type Store interface {
	Put(ctx context.Context, name string, content io.Reader) error
	Get(ctx context.Context, name string) (io.ReadCloser, error)
	Part(ctx context.Context, name string, from, size int64) (io.ReadCloser, error) // so many bytes, fewer at the end
	List(ctx context.Context) ([]string, error)                                     // all names, sorted
	Each(ctx context.Context, fn func(name string, at time.Time) error) error       // all names in some order, those of a folder together, with when they were written
	Remove(ctx context.Context, name string) error                                  // one that is not there is removed
}

// OpenStore opens a folder, or a bucket written as s3://bucket/prefix?endpoint=host:9000&region=…&insecure=true with the keys in the environment
// (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY).
func OpenStore(where string, env func(string) string) (Store, error) {
	if !strings.Contains(where, "://") {
		return Folder(where), nil
	}
	u, err := url.Parse(where)
	if err != nil || u.Scheme != "s3" || u.Host == "" {
		return nil, fmt.Errorf("%q: a folder, or s3://bucket/prefix", where)
	}
	return openS3(u, env)
}

// Folder is a store on disk.
type Folder string

func (f Folder) path(name string) (string, error) {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return "", fmt.Errorf("%q leads out of the store", name)
	}
	return filepath.Join(string(f), filepath.FromSlash(name)), nil
}

// Put writes a file under another name, brings it to the disk and then renames it.
func (f Folder) Put(_ context.Context, name string, content io.Reader) (err error) {
	path, err := f.path(name)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), unfinished+"*") // mode 0600
	if errors.Is(err, fs.ErrNotExist) {                           // the folder was just removed with its last file
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		tmp, err = os.CreateTemp(filepath.Dir(path), unfinished+"*")
	}
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	if _, err = io.Copy(tmp, content); err == nil {
		err = tmp.Sync()
	}
	if err := errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// Get opens a file.
func (f Folder) Get(_ context.Context, name string) (io.ReadCloser, error) {
	path, err := f.path(name)
	if err != nil {
		return nil, err
	}
	return os.Open(path)
}

// Part opens a part of a file.
func (f Folder) Part(_ context.Context, name string, from, size int64) (io.ReadCloser, error) {
	path, err := f.path(name)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.NewSectionReader(file, from, size), file}, nil
}

// List returns all files but unfinished ones.
func (f Folder) List(ctx context.Context) (list []string, err error) {
	err = f.Each(ctx, func(name string, _ time.Time) error {
		list = append(list, name)
		return nil
	})
	slices.Sort(list)
	return list, err
}

// unfinished is what files are called while they are written. One that is left over after so long will never be finished.
const (
	unfinished = ".unfinished-"
	abandoned  = 24 * time.Hour
)

// Each tells of all files, and removes what was begun and given up.
func (f Folder) Each(ctx context.Context, fn func(name string, at time.Time) error) error {
	return filepath.WalkDir(string(f), func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // removed meanwhile
			return nil
		}
		if err = errors.Join(err, ctx.Err()); err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if strings.HasPrefix(d.Name(), unfinished) {
			if time.Since(info.ModTime()) > abandoned {
				return os.Remove(path) //nolint:gosec // nobody else writes in the store's folder
			}
			return nil
		}
		name, err := filepath.Rel(string(f), path)
		if err != nil {
			return err
		}
		return fn(filepath.ToSlash(name), info.ModTime())
	})
}

// Remove deletes a file, and its folder when that is empty.
func (f Folder) Remove(_ context.Context, name string) error {
	path, err := f.path(name)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	_ = os.Remove(filepath.Dir(path)) // refuses one that holds more
	return nil
}
