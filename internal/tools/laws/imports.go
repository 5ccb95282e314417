package laws

import (
	"fmt"
	"slices"
	"strings"
)

// Rooms is the law of imports. A room may always import itself and internal.
type Rooms struct {
	Connectors []string            // modules that speak with the world
	May        map[string][]string // room: rooms that it may import; a room that is not named here does not exist
	Tests      map[string][]string // what the tests of a room may import besides; "" is for the tests of all rooms
}

// Room returns the room of a package's path and, where a room has several independent units (modules/sales, engine/flow), which of them it is.
func (r Rooms) Room(path string) (room, unit string) {
	part := strings.Split(path, "/")
	second := ""
	if len(part) > 1 {
		second = part[1]
	}
	switch {
	case part[0] == "internal" && second == "tools":
		return "internal/tools", ""
	case part[0] == "tenancy" && second == "tenancytest":
		return "tenancy/tenancytest", ""
	case part[0] == "engine" && (second == "record" || second == "relay"):
		return "engine/" + second, second
	case part[0] == "engine" && second != "":
		return "engine/x", second
	case part[0] == "modules" && second != "":
		return r.module(part), second
	}
	return part[0], ""
}

func (r Rooms) module(part []string) string {
	name := part[1]
	switch {
	case name == "all":
		return "modules/all"
	case len(part) == 3 && part[2] == name+"event":
		return "event"
	case slices.Contains(r.Connectors, name):
		return "connector"
	}
	return "modules/x"
}

// Imports finds packages that import what their room may not.
func (h *House) Imports(r Rooms) []string {
	var out []string
	for _, p := range h.Packages {
		room, _ := r.Room(p.Path)
		if _, known := r.May[room]; !known {
			out = append(out, fmt.Sprintf("%s: the table knows no room %q", p.Path, room))
			continue
		}
		may := r.May[room]
		out = append(out, h.breaches(r, p.Path, "", p.Imports, may)...)
		may = slices.Concat(may, r.Tests[""], r.Tests[room])
		out = append(out, h.breaches(r, p.Path, "test of ", p.TestImports, may)...)
	}
	return out
}

func (h *House) breaches(r Rooms, from, who string, imports, may []string) []string {
	var out []string
	room, unit := r.Room(from)
	for _, imported := range imports {
		if !h.Own(imported) {
			continue
		}
		to := h.short(imported)
		toRoom, toUnit := r.Room(to)
		itself := toRoom == room && toUnit == unit
		if itself || toRoom == "internal" || slices.Contains(may, toRoom) {
			continue
		}
		out = append(out, fmt.Sprintf("%s%s (%s) imports %s (%s); it may import %s", who, from, room, to, toRoom, list(may)))
	}
	return out
}

func list(rooms []string) string {
	if len(rooms) == 0 {
		return "only internal"
	}
	return strings.Join(rooms, ", ")
}

// Homes finds packages outside its home that import a library. The table is prefix of import path: rooms.
func (h *House) Homes(r Rooms, homes map[string][]string) []string {
	var out []string
	for _, p := range h.Packages {
		room, _ := r.Room(p.Path)
		for _, imported := range p.Imports {
			for prefix, rooms := range homes {
				if strings.HasPrefix(imported, prefix) && !slices.Contains(rooms, room) {
					out = append(out, fmt.Sprintf("%s imports %s, whose home is %s", p.Path, imported, list(rooms)))
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// Silent finds packages of a room that import what it may not speak of. A word that ends in "/" is a prefix.
func (h *House) Silent(r Rooms, room string, forbidden []string) []string {
	var out []string
	for _, p := range h.Packages {
		if is, _ := r.Room(p.Path); is != room {
			continue
		}
		for _, imported := range p.Imports {
			for _, f := range forbidden {
				if imported == f || strings.HasSuffix(f, "/") && strings.HasPrefix(imported, f) {
					out = append(out, fmt.Sprintf("%s imports %s", p.Path, imported))
				}
			}
		}
	}
	return out
}
