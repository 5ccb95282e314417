package tenon_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tenon-hq/tenon/internal/tools/laws"
)

// The laws of the house. Change one only with a decision record in docs/decisions. How a breach is found, and the proof that it is found, is in
// internal/tools/laws.

// rooms says which room may import which; a room may always import itself and internal. modules/x, connector and engine/x are each one room per
// module or machine: they don't import each other. event is every modules/<x>/<x>event.
func rooms() laws.Rooms {
	everything := []string{
		"entity", "tenancy", "keys", "policy", "modules", "modules/x", "connector", "event", "modules/all", "engine/record", "engine/relay", "engine/x",
		"billing", "archive", "people", "front", "httpapi", "web",
	}
	return laws.Rooms{
		Connectors: []string{"mail", "sms", "dingtalk", "wecom", "kingdee", "yonyou"},
		May: map[string][]string{
			"internal":            {},
			"entity":              {},
			"tenancy":             {"entity"},
			"tenancy/tenancytest": {"tenancy", "entity"},
			"keys":                {"entity", "tenancy"},
			"policy":              {"entity", "tenancy"},
			"modules":             {"entity", "tenancy"},
			"modules/x":           {"modules", "entity", "tenancy", "engine/record", "event"},
			"connector":           {"modules", "entity", "tenancy", "engine/record", "event", "engine/relay"},
			"event":               {"event"}, // Go itself refuses a cycle
			"modules/all":         {"modules", "modules/x", "connector", "event", "tenancy"},
			"engine/record":       {"modules", "entity", "tenancy", "keys", "policy"},
			"engine/relay":        {"modules", "entity", "tenancy", "keys", "policy", "engine/record"},
			"engine/x":            {"modules", "entity", "tenancy", "keys", "policy", "engine/record"},
			"billing":             {"tenancy", "entity", "modules", "engine/record"},
			"people":              {"modules", "entity", "tenancy", "keys", "policy", "engine/record", "engine/relay"},
			"archive":             {"tenancy", "engine/record"},
			"front":               {"tenancy"},
			"httpapi": {
				"people", "entity", "tenancy", "keys", "policy", "modules", "event", "engine/record", "engine/relay", "engine/x", "billing", "web",
			},
			"web":            {},
			"cmd":            everything,
			"bench":          slices.Concat(everything, []string{"cmd", "tenancy/tenancytest"}),
			"internal/tools": slices.Concat(everything, []string{"cmd", "tenancy/tenancytest"}),
			".":              {},
		},
		// Stories put the whole house together, so the tests of the rooms in which people act may see what cmd sees, and cmd itself.
		Tests: map[string][]string{
			"":          {"tenancy/tenancytest"},
			"modules/x": slices.Concat(everything, []string{"cmd"}),
			"connector": slices.Concat(everything, []string{"cmd"}),
			"httpapi":   slices.Concat(everything, []string{"cmd"}),
			".":         slices.Concat(everything, []string{"cmd", "internal/tools"}),
		},
	}
}

func TestLawImports(t *testing.T) {
	refuse(t, house(t).Imports(rooms()), "a room imports only what the table in laws_test.go allows it; a new room needs a row there")
}

func TestLawLibraries(t *testing.T) {
	refuse(t, house(t).Homes(rooms(), map[string][]string{
		"github.com/open-policy-agent/opa": {"policy", "bench", "internal/tools"},
		"github.com/hashicorp/vault":       {"keys", "bench", "internal/tools"},
		"github.com/stripe/":               {"billing", "bench", "internal/tools"},
		"github.com/gorilla/mux":           {"httpapi", "bench", "internal/tools"},
	}), "a service of the outside has one room that speaks with it; the others ask that room")
}

func TestLawModulesSpeakBusinessOnly(t *testing.T) {
	const why = "a module says what the business does; HTTP, JSON, rights and keys are derived by the engine, calls go through engine/relay's guarded client"
	world := []string{"net", "net/http", "github.com/gorilla/", "github.com/open-policy-agent/", "github.com/hashicorp/", "github.com/stripe/"}
	json := []string{"encoding/json", "encoding/json/v2", "encoding/json/jsontext", "github.com/goccy/", "github.com/json-iterator/"}
	refuse(t, house(t).Silent(rooms(), "modules/x", slices.Concat(world, json)), why)
	refuse(t, house(t).Silent(rooms(), "connector", world), why) // a connector writes the formats of the service that it speaks with
	refuse(t, house(t).Tags(rooms(), "modules/x"), "models never meet encoding/json: the only way out is engine/record, which applies the mask")
}

func TestLawOneWayToWrite(t *testing.T) {
	refuse(t, house(t).Writes(rooms(), "modules/x", "connector"),
		"all writes go through engine/record, which checks rights, seals, audits and tells; a row written past it is none of these")
}

func TestLawEngineNamesNoModule(t *testing.T) {
	modules := slices.DeleteFunc(folders(t, "modules"), func(name string) bool { return name == "all" || name == "core" })
	refuse(t, house(t).Naming(rooms(), modules, "entity", "tenancy", "policy", "engine/record", "engine/relay", "engine/x"),
		"the engine works from descriptions, so that it works for an entity that a tenant invented yesterday; core alone is always there")
}

func TestLawModulesListed(t *testing.T) {
	refuse(t, house(t).Unlisted(folders(t, "modules")), "every folder under modules/ is imported by modules/all, or nobody can switch it on")
}

func TestLawPackageComment(t *testing.T) {
	refuse(t, house(t).PackageComments(), "every package has one package comment, which says which question it answers")
}

func TestLawNames(t *testing.T) {
	refuse(t, house(t).Names([]string{
		"common", "helper", "helpers", "impl", "lib", "manager", "misc", "shared", "types", "util", "utils",
	}), "a name says what is inside")
}

func TestLawNoInit(t *testing.T) {
	refuse(t, house(t).Inits(), "wiring reads top to bottom in cmd: nothing happens because a package is imported")
}

func TestLawState(t *testing.T) {
	refuse(t, house(t).State(), "no package-level mutable state: two tenants, two tests or two servers in one process would share it")
}

func TestLawNoSkips(t *testing.T) {
	const why = "no test leaves itself out because something is missing: it brings what it needs, or fails"
	refuse(t, house(t).Skips(), why)
	refuse(t, laws.WebSkips(sources(t)), why)
}

func TestLawFileSize(t *testing.T) {
	refuse(t, laws.TooLong(sources(t), 400, 600), "a file is one noun: near 100 lines, at most 400, tests 600")
}

func TestLawReadable(t *testing.T) {
	refuse(t, house(t).Broken, "the laws are checked on what can be read")
}

// refuse fails with every breach and the reason for the law.
func refuse(t *testing.T, found []string, why string) {
	t.Helper()
	if len(found) > 0 {
		t.Errorf("%s:\n\t%s", why, strings.Join(found, "\n\t"))
	}
}

var load = sync.OnceValues(func() (*laws.House, error) { return laws.Load(context.Background(), ".") })

func house(t *testing.T) *laws.House {
	t.Helper()
	h, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func sources(t *testing.T) []laws.Source {
	t.Helper()
	files, err := laws.Sources(".")
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// folders returns the names of the folders in a folder.
func folders(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		if e.IsDir() {
			out = append(out, e.Name())
		}
	}
	return out
}
