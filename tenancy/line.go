package tenancy

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Line is a series of migrations with a version of its own: a business module's tables, or those of a part of the platform. Tenancy knows lines by
// name only.
type Line struct {
	Name   string
	Always bool     // every tenant has it and can't switch it off
	Needs  []string // lines that must be on too
	Files  fs.FS    // NNNN_name.sql in any folder; nil: no tables
	Seed   func(ctx context.Context, tx *Tx) error
}

// migration is one file of a line. Comments in it may say:
//
//	-- tenon:append-only a, b   the tenant may read these tables and add rows, nothing else
//	-- tenon:tolerates 3        programs that know this line up to 3 still work with the result; without it, only those that know this file
//	-- tenon:stays a, b         the rows of these tables mean nothing in another installation: archives leave them out
//
// NNNN_name.down.sql beside a file is the way back from it.
type migration struct {
	version    int
	name, text string
	appendOnly []string
	stays      []string
	tolerates  int
	back       string // SQL; empty: there is no way back
}

// line is a Line with its files read and checked.
type line struct {
	Line
	files    []migration
	latest   int
	neededBy []string
}

// lines are all lines, those that are needed before those that need them.
type lines struct {
	order  []*line
	byName map[string]*line
}

var (
	lineName   = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	fileName   = regexp.MustCompile(`^(\d{4})_[a-z0-9_]+\.sql$`)
	tableName  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)
	appendOnly = regexp.MustCompile(`(?m)^\s*-- tenon:append-only (.+)$`)
	staying    = regexp.MustCompile(`(?m)^\s*-- tenon:stays (.+)$`)
	tolerates  = regexp.MustCompile(`(?m)^\s*-- tenon:tolerates (\d+)\s*$`)
)

func readLines(list []Line) (*lines, error) {
	out := &lines{byName: map[string]*line{}}
	for _, l := range list {
		if !lineName.MatchString(l.Name) || out.byName[l.Name] != nil {
			return nil, fmt.Errorf("tenancy: line %q: a bad name, or given twice", l.Name)
		}
		files, err := readFiles(l.Files)
		if err != nil {
			return nil, fmt.Errorf("tenancy: line %s: %w", l.Name, err)
		}
		read := &line{Line: l, files: files}
		if len(files) > 0 {
			read.latest = files[len(files)-1].version
		}
		out.byName[l.Name] = read
	}
	for _, l := range list {
		if err := out.place(l.Name, nil); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// place appends a line after those that it needs.
func (s *lines) place(name string, path []string) error {
	l := s.byName[name]
	if l == nil {
		return fmt.Errorf("tenancy: line %s needs %s, which does not exist", path[len(path)-1], name)
	}
	if slices.Contains(path, name) {
		return fmt.Errorf("tenancy: lines need each other in a circle: %s", strings.Join(append(path, name), " → "))
	}
	if slices.Contains(s.order, l) {
		return nil
	}
	for _, need := range l.Needs {
		if err := s.place(need, append(path, name)); err != nil {
			return err
		}
		s.byName[need].neededBy = append(s.byName[need].neededBy, name)
	}
	s.order = append(s.order, l)
	return nil
}

// names lists the lines' names with their latest versions, as two columns for unnest.
func (s *lines) latest() (names []string, versions []int) {
	for _, l := range s.order {
		names, versions = append(names, l.Name), append(versions, l.latest)
	}
	return names, versions
}

func readFiles(tree fs.FS) ([]migration, error) {
	if tree == nil {
		return nil, nil
	}
	var out []migration
	back := map[string]string{}
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".sql" {
			return err
		}
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		if of, down := strings.CutSuffix(path.Base(name), ".down.sql"); down {
			back[of+".sql"] = string(text)
			return nil
		}
		m, err := readFile(path.Base(name), string(text))
		out = append(out, m)
		return err
	})
	slices.SortFunc(out, func(a, b migration) int { return a.version - b.version })
	for i := range out {
		if i > 0 && out[i].version == out[i-1].version {
			return nil, fmt.Errorf("%s and %s have the same number", out[i-1].name, out[i].name)
		}
		out[i].back = back[out[i].name]
		delete(back, out[i].name)
	}
	for name := range back {
		return nil, fmt.Errorf("there is a way back from %s, which does not exist", name)
	}
	return out, err
}

func readFile(name, text string) (migration, error) {
	m := migration{name: name, text: text}
	number := fileName.FindStringSubmatch(name)
	if number == nil {
		return m, fmt.Errorf("%s: a migration is called NNNN_name.sql", name)
	}
	var err error
	if m.version, err = strconv.Atoi(number[1]); err != nil || m.version == 0 {
		return m, fmt.Errorf("%s: versions start at 0001", name)
	}
	m.tolerates = m.version
	if found := tolerates.FindStringSubmatch(text); found != nil {
		if m.tolerates, err = strconv.Atoi(found[1]); err != nil || m.tolerates > m.version {
			return m, fmt.Errorf("%s: it can't tolerate a program that is newer than itself", name)
		}
	}
	if m.appendOnly, err = tablesIn(appendOnly, text); err == nil {
		m.stays, err = tablesIn(staying, text)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return m, err
}

// tablesIn reads the tables that comments of one kind list.
func tablesIn(comment *regexp.Regexp, text string) (list []string, err error) {
	for _, found := range comment.FindAllStringSubmatch(text, -1) {
		for table := range strings.SplitSeq(found[1], ",") {
			table = strings.TrimSpace(table)
			if !tableName.MatchString(table) {
				return nil, fmt.Errorf("%q is no table's name", table)
			}
			list = append(list, table)
		}
	}
	return list, nil
}

// staying lists the tables whose rows mean nothing in another installation.
func (s *lines) staying() map[string]bool {
	out := map[string]bool{}
	for _, l := range s.order {
		for _, m := range l.files {
			for _, table := range m.stays {
				out[table] = true
			}
		}
	}
	return out
}
