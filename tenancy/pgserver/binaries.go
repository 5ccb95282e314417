package pgserver

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// binaries are a PostgreSQL that runs on this machine.
type binaries struct {
	dir     string
	major   int
	version string
}

// BinariesError says that no fitting PostgreSQL was found, and how to get one.
type BinariesError struct {
	Dir   string   // the data folder
	Need  int      // the major that made it; 0: any supported one would do
	Found []string // what was found and does not fit
	Cause error    // why none was fetched
}

func (e *BinariesError) Unwrap() error { return e.Cause }

func (e *BinariesError) Error() string {
	need, major := fmt.Sprintf("PostgreSQL %d to %d is needed", oldest, newest), ""
	if e.Need > 0 {
		need, major = fmt.Sprintf("the data folder %s was made by PostgreSQL %d and needs that version", e.Dir, e.Need), strconv.Itoa(e.Need)
	}
	found := cmp.Or(strings.Join(e.Found, ", "), "nothing")
	how := strings.TrimSuffix("apt-get install postgresql-"+major, "-")
	if runtime.GOOS == "darwin" {
		how = "brew install postgresql@" + cmp.Or(major, strconv.Itoa(fetched))
	}
	text := fmt.Sprintf("%s; found: %s. Install it (%s), or set DATABASE_URL to a PostgreSQL server", need, found, how)
	if e.Cause != nil {
		text += ". Fetching it failed: " + e.Cause.Error()
	}
	return text
}

// find returns the binaries of the major that the folder needs (0: the newest that is supported), fetching them if need be.
func (c Config) find(ctx context.Context, who account, need int) (binaries, error) {
	miss := &BinariesError{Dir: c.Dir, Need: need}
	if c.Binaries != "" {
		b, err := probe(ctx, who, c.Binaries)
		if err == nil && !b.fits(need) {
			miss.Found = []string{b.String()}
			return b, miss
		}
		return b, err
	}
	var best binaries
	for _, dir := range c.installed(ctx) {
		b, err := probe(ctx, who, dir)
		switch {
		case ctx.Err() != nil:
			return b, context.Cause(ctx)
		case err != nil:
			miss.Found = append(miss.Found, err.Error())
		case !b.fits(need):
			miss.Found = append(miss.Found, b.String())
		case b.major > best.major:
			best = b
		}
	}
	if best.major > 0 {
		return best, nil
	}
	dir, err := c.fetch(ctx, cmp.Or(need, fetched))
	if err == nil {
		best, err = probe(ctx, who, dir)
	}
	if err != nil {
		miss.Cause = err
		return best, miss
	}
	return best, nil
}

func (b binaries) String() string { return fmt.Sprintf("PostgreSQL %s in %s", b.version, b.dir) }

func (b binaries) fits(need int) bool {
	return b.major == need || need == 0 && b.major >= oldest && b.major <= newest
}

// probe asks postgres for its version, as the account: that shows too that the account may run it.
func probe(ctx context.Context, who account, dir string) (binaries, error) {
	if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil {
		return binaries{}, fmt.Errorf("no PostgreSQL server in %s: %w", dir, err)
	}
	cmd := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version")
	cmd.Dir, cmd.Env = "/", environment()
	who.apply(cmd)
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%s does not run as %s: %w %s", cmd.Path, who.name, err, strings.TrimSpace(string(out)))
		if at, mode := who.blocked(dir); mode != 0 {
			err = fmt.Errorf("%w(%s, %s, does not let it through)", err, at, mode)
		}
		return binaries{}, err
	}
	words := strings.Fields(string(out)) // postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)
	if len(words) < 3 {
		return binaries{}, fmt.Errorf("%s --version says %q", cmd.Path, out)
	}
	number, _, _ := strings.Cut(words[2], ".")
	major, err := strconv.Atoi(number)
	if err != nil {
		return binaries{}, fmt.Errorf("%s --version says %q", cmd.Path, out)
	}
	return binaries{dir: dir, major: major, version: words[2]}, nil
}

// installed lists the folders where a server may be, without doubles.
func (c Config) installed(ctx context.Context) []string {
	if c.IgnoreInstalled {
		return nil
	}
	var places []string
	if out, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		places = append(places, strings.TrimSpace(string(out)))
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/lib/postgresql*/bin", "/usr/libexec/postgresql*",
		"/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin", "/Applications/Postgres.app/Contents/Versions/*/bin",
	} {
		dirs, _ := filepath.Glob(pattern)
		places = append(places, dirs...)
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			places = append(places, filepath.Dir(path))
		}
	}
	seen, list := map[string]bool{}, []string{}
	for _, dir := range places {
		if _, err := os.Stat(filepath.Join(dir, "postgres")); err == nil && !seen[dir] {
			seen[dir] = true
			list = append(list, dir)
		}
	}
	return list
}
