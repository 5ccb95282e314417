package record

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Watcher is told after each commit that records of a tenant changed, and when the unit of work that changed them had its timestamp.
type Watcher interface {
	Changed(tenant id.ID, at time.Time)
}

// Changed says that a record that the reader may see is new, changed or gone; what changed is asked for as ever.
type Changed struct {
	Entity  string `json:"entity"`
	Path    string `json:"path"`
	Record  string `json:"id,omitempty"` // empty: too many of them, the whole list changed
	Version int64  `json:"version,omitempty"`
	Action  string `json:"action"` // create, update, delete, many
}

const (
	changesRead = 5000 // entries of one look; more are reported as whole lists
	changesEach = 200  // records of one entity that are named one by one
)

// ChangesAt returns what units of work with these timestamps changed, of what the caller may see. whole tells that there was more than is told.
func ChangesAt(ctx context.Context, tx *tenancy.Tx, moments []time.Time) (list []Changed, whole bool, err error) {
	stamps := make([]string, len(moments))
	for i, m := range moments {
		stamps[i] = *stamp(m)
	}
	return current(tx).changes(ctx, tx, "at = ANY($1::text[]::timestamptz[])", stamps)
}

// ChangesSince is ChangesAt for all that happened since a moment, for a reader who was away.
func ChangesSince(ctx context.Context, tx *tenancy.Tx, since time.Time) (list []Changed, whole bool, err error) {
	return current(tx).changes(ctx, tx, "at > $1::text::timestamptz", *stamp(since))
}

// touched is what happened to the records of one entity.
type touched struct {
	def  *entity.Def
	keys []id.ID
	what map[id.ID]string
}

func (s *session) changes(ctx context.Context, tx *tenancy.Tx, cond string, arg any) (out []Changed, whole bool, err error) {
	groups, whole, err := s.touchedBy(ctx, tx, cond, arg)
	if err != nil {
		return nil, false, err
	}
	var named []*touched
	for _, g := range groups {
		mask, err := s.e.Policy.For(ctx, tx, g.def)
		switch {
		case err != nil:
			return nil, false, err
		case !mask.Any() || mask.Rows().None():
		case len(g.keys) > changesEach:
			out = append(out, Changed{Entity: g.def.Name, Path: g.def.Path(), Action: "many"})
		default:
			named = append(named, g)
		}
	}
	seen, err := s.versions(ctx, tx, named)
	if err != nil {
		return nil, false, err
	}
	for _, g := range named {
		mask, err := s.e.Policy.For(ctx, tx, g.def)
		if err != nil {
			return nil, false, err
		}
		for _, k := range g.keys {
			v, there := seen[k]
			if !there && (g.what[k] != "delete" || !s.every(tx, g.def, mask)) {
				continue
			}
			out = append(out, Changed{Entity: g.def.Name, Path: g.def.Path(), Record: k.String(), Version: v, Action: g.what[k]})
		}
	}
	return out, whole, nil
}

// touchedBy reads the audit entries and joins them by document: a changed line is a changed document.
func (s *session) touchedBy(ctx context.Context, tx *tenancy.Tx, cond string, arg any) (list []*touched, whole bool, err error) {
	res, err := tx.Tx.Tx.QueryContext(ctx, `SELECT action, entity, coalesce(record_id::text, ''), coalesce(parent_id::text, '') FROM audit_entry
		WHERE `+cond+` ORDER BY seq DESC LIMIT `+strconv.Itoa(changesRead+1), arg)
	if err != nil {
		return nil, false, databaseFault(err, nil)
	}
	defer res.Close() //nolint:errcheck // Err tells
	groups := map[string]*touched{}
	n := 0
	for res.Next() {
		var action, name, rec, parent string
		if err := res.Scan(&action, &name, &rec, &parent); err != nil {
			return nil, false, databaseFault(err, nil)
		}
		n++
		def := s.catalog.Entity(name)
		if def != nil && def.Parent != nil {
			def, rec, action = def.ParentDef, parent, "update"
		}
		key, err := id.Parse(rec)
		if err != nil || def == nil || def.Parent != nil || def.Collection == "" || !s.visible(tx, def) || action != "create" && action != "update" && action != "delete" {
			continue
		}
		g := groups[def.Name]
		if g == nil {
			g = &touched{def: s.catalog.Entity(def.Name), what: map[id.ID]string{}}
			groups[def.Name], list = g, append(list, g)
		}
		was, seen := g.what[key]
		if !seen {
			g.keys = append(g.keys, key)
		}
		if !seen || was == "update" { // read backwards: the first word is the last thing that happened
			g.what[key] = action
		}
	}
	return list, n > changesRead, databaseFault(res.Err(), nil)
}

// versions reads which of the records the caller may see, and their versions: one statement for all entities.
func (s *session) versions(ctx context.Context, tx *tenancy.Tx, groups []*touched) (map[id.ID]int64, error) {
	out := map[id.ID]int64{}
	var parts []string
	all := &where{}
	for _, g := range groups {
		mask, err := s.e.Policy.For(ctx, tx, g.def)
		if err != nil {
			return nil, err
		}
		w := &where{args: all.args}
		if err := s.narrow(ctx, tx, w, g.def, mask); err != nil {
			return nil, err
		}
		w.add("t.id = ANY(" + w.arg(idTexts(g.keys)) + "::text[]::uuid[])")
		all.args = w.args
		parts = append(parts, "SELECT t.id::text, t.version FROM "+quote(g.def.Table)+" AS t"+w.sql())
	}
	if len(parts) == 0 {
		return out, nil
	}
	res, err := tx.Tx.Tx.QueryContext(ctx, strings.Join(parts, " UNION ALL "), all.args...)
	if err != nil {
		return nil, databaseFault(err, nil)
	}
	defer res.Close() //nolint:errcheck // Err tells
	for res.Next() {
		var text string
		var v int64
		if err := res.Scan(&text, &v); err != nil {
			return nil, databaseFault(err, nil)
		}
		k, err := id.Parse(text)
		if err != nil {
			return nil, err
		}
		out[k] = v
	}
	return out, databaseFault(res.Err(), nil)
}

// announce tells the watcher after the commit that there is something new.
func (s *session) announce(tx *tenancy.Tx) {
	if s.e.Watcher == nil || s.announced {
		return
	}
	s.announced = true
	tenant, at := tx.Tenant.ID, tx.Now
	tx.AfterCommit(func(context.Context) { s.e.Watcher.Changed(tenant, at) })
}
