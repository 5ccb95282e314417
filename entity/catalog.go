package entity

import (
	"fmt"
	"reflect"
	"sort"
	"strings"
)

// Catalog is all entities that a program, or one tenant, knows.
type Catalog struct {
	defs   []*Def
	byName map[string]*Def
	byPath map[string]*Def
	byType map[reflect.Type]*Def
}

// NewCatalog joins compiled descriptions and checks that they fit: names, paths and tables are unique, every reference has a target.
func NewCatalog(defs ...*Def) (*Catalog, error) {
	c := &Catalog{byName: map[string]*Def{}, byPath: map[string]*Def{}, byType: map[reflect.Type]*Def{}}
	var errs []string
	tables := map[string]string{}
	for _, d := range defs {
		for _, x := range d.family() {
			if c.byName[x.Name] != nil {
				errs = append(errs, "entity "+x.Name+" is described twice")
			}
			if other := tables[x.Table]; other != "" {
				errs = append(errs, fmt.Sprintf("table %s belongs to %s and %s", x.Table, other, x.Name))
			}
			tables[x.Table] = x.Name
			c.add(x)
		}
	}
	for _, d := range c.defs {
		for _, f := range d.Fields {
			if f.Ref != "" && c.byName[f.Ref] == nil {
				errs = append(errs, fmt.Sprintf("%s.%s refers to %s, which does not exist", d.Name, f.Name, f.Ref))
			}
		}
	}
	if len(errs) > 0 {
		sort.Strings(errs)
		return nil, fmt.Errorf("entities: %s", strings.Join(errs, "; "))
	}
	return c, nil
}

// family returns the entity and its lines, all levels.
func (d *Def) family() []*Def {
	out := []*Def{d}
	for _, l := range d.Lines {
		out = append(out, l.Of.family()...)
	}
	return out
}

func (c *Catalog) add(d *Def) {
	c.defs = append(c.defs, d)
	c.byName[d.Name] = d
	if d.Collection != "" && d.Parent == nil {
		c.byPath[d.Path()] = d
	}
	if d.make != nil {
		c.byType[reflect.TypeOf(d.make())] = d
	}
}

// All returns every entity, documents before their lines.
func (c *Catalog) All() []*Def { return c.defs }

// Entity returns an entity by its name, or nil.
func (c *Catalog) Entity(name string) *Def { return c.byName[name] }

// Path returns the entity of a collection path such as "sales/orders", or nil.
func (c *Catalog) Path(path string) *Def { return c.byPath[path] }

// Of returns the entity of a record.
func (c *Catalog) Of(rec Record) *Def { return c.byType[reflect.TypeOf(rec)] }

// With returns a catalog in which some entities are replaced or added: a tenant's own fields and entities.
func (c *Catalog) With(own ...*Def) *Catalog {
	n := &Catalog{byName: map[string]*Def{}, byPath: map[string]*Def{}, byType: map[reflect.Type]*Def{}}
	mine := map[string]*Def{}
	for _, d := range own {
		mine[d.Name] = d
	}
	for _, d := range c.defs {
		if m := mine[d.Name]; m != nil {
			d = m
			delete(mine, d.Name)
		}
		if swapped := d.swapLines(mine, c); swapped != nil {
			d = swapped
		}
		n.add(d)
	}
	for _, d := range own {
		if mine[d.Name] != nil {
			n.add(d)
		}
	}
	return n
}

// swapLines returns a copy whose lines use replaced descriptions, or nil when none of them is replaced.
func (d *Def) swapLines(mine map[string]*Def, old *Catalog) *Def {
	var out *Def
	for i, l := range d.Lines {
		m := mine[l.Of.Name]
		if m == nil || old.byName[l.Of.Name] == nil {
			continue
		}
		if out == nil {
			c := *d
			c.Lines = append([]*Lines{}, d.Lines...)
			out = &c
		}
		nl := *l
		nl.Of = m
		out.Lines[i] = &nl
	}
	return out
}
