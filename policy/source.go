package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"gopkg.in/yaml.v3"
)

// Source is what one module ships: files *.yaml with grants and rules, and cases*.yaml with examples that must hold.
type Source struct {
	Module string
	Files  fs.FS
}

type grantsFile struct {
	Grants Grants `yaml:"grants"`
	Rules  []Rule `yaml:"rules"`
}

// ship joins what all modules ship. A member that is not known is an error that names file and line.
func ship(sources []Source) (Grants, []Rule, map[string]string, error) {
	all, rules, origin := Grants{}, []Rule(nil), map[string]string{}
	for _, s := range sources {
		err := eachYAML(s.Files, func(name string, text []byte) error {
			if isCases(name) {
				return nil
			}
			var f grantsFile
			if err := strict(text, &f); err != nil {
				return fmt.Errorf("%s %s: %w", s.Module, name, err)
			}
			for role, byEntity := range f.Grants {
				for name, g := range byEntity {
					all.add(role, name, g)
				}
			}
			rules = append(rules, f.Rules...)
			return places(text, s.Module+"/"+name, origin)
		})
		if err != nil {
			return nil, nil, nil, err
		}
	}
	return all, rules, origin, nil
}

// places notes at which line of a file each grant and each rule stands.
func places(text []byte, file string, into map[string]string) error {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil || len(doc.Content) == 0 {
		return err
	}
	note := func(id string, n *yaml.Node) {
		if into[id] == "" {
			into[id] = fmt.Sprintf("%s:%d", file, n.Line)
		}
	}
	members(doc.Content[0], func(name string, _, value *yaml.Node) {
		if name == "grants" {
			members(value, func(role string, _, byEntity *yaml.Node) {
				members(byEntity, func(entity string, at, _ *yaml.Node) { note(gridRule+role+":"+entity, at) })
			})
			return
		}
		for _, rule := range value.Content {
			members(rule, func(key string, at, id *yaml.Node) {
				if key == "id" {
					note(id.Value, at)
				}
			})
		}
	})
	return nil
}

func members(n *yaml.Node, visit func(name string, at, value *yaml.Node)) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		visit(n.Content[i].Value, n.Content[i], n.Content[i+1])
	}
}

func (g Grants) add(role, name string, grant Grant) {
	if g[role] == nil {
		g[role] = map[string]Grant{}
	}
	if old, ok := g[role][name]; ok {
		grant = old.join(grant)
	}
	g[role][name] = grant
}

func isCases(name string) bool { return strings.HasPrefix(path.Base(name), "cases") }

// eachYAML visits the *.yaml files of a tree in the order of their names; no tree, no files.
func eachYAML(files fs.FS, visit func(name string, text []byte) error) error {
	if files == nil {
		return nil
	}
	return fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".yaml" {
			return err
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		return visit(name, text)
	})
}

// strict reads one YAML document; unknown members and a second document are errors, nothing at all is not.
func strict(text []byte, into any) error {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return errors.New("more than one document in a file")
	}
	return nil
}
