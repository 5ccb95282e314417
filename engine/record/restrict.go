package record

import (
	"slices"

	"github.com/tenon-hq/tenon/internal/id"
)

// restrict finds out which records of a tree or of an audit the caller may see, where that is not all of an entity: one query for each such entity.
// What has been deleted since is shown to those only who may see all.
func (b *builder) restrict(nodes []*node, audit []entry) error {
	keys := map[string][]id.ID{}
	for _, n := range nodes {
		keys[n.entity] = append(keys[n.entity], n.record)
	}
	for i := range audit {
		keys[audit[i].def.Name] = append(keys[audit[i].def.Name], audit[i].record)
	}
	for name, list := range keys { // what was done to an entity as a whole, an export, is about no record
		keys[name] = slices.DeleteFunc(list, id.ID.IsZero)
	}
	b.some = map[string]map[id.ID]bool{}
	for name, list := range keys {
		def := b.s.catalog.Entity(name)
		if def == nil {
			b.some[name] = map[id.ID]bool{}
			continue
		}
		m, err := b.mask(def)
		switch {
		case err != nil:
			return err
		case !m.Any() || !b.s.visible(b.tx, def):
			b.some[name] = map[id.ID]bool{}
		case !b.s.every(b.tx, def, m):
			if b.some[name], err = b.s.among(b.ctx, b.tx, def, m, list); err != nil {
				return err
			}
		}
	}
	return nil
}

// shows tells whether the caller may see a record.
func (b *builder) shows(entity string, key id.ID) bool {
	some, restricted := b.some[entity]
	return !restricted || some[key]
}
