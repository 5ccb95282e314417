package laws

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Unlisted returns the folders of modules that modules/all does not import.
func (h *House) Unlisted(folders []string) []string {
	var listed []string
	if all := h.Package("modules/all"); all != nil {
		listed = all.Imports
	}
	var out []string
	for _, name := range folders {
		if name != "all" && !slices.Contains(listed, h.Module+"/modules/"+name) {
			out = append(out, "modules/"+name)
		}
	}
	return out
}

// writing is SQL that changes rows or tables; select … for update does not.
var writing = regexp.MustCompile(`(?is)^\s*(with\b.*\b)?(` + strings.Join([]string{
	`insert\s+into\b`,
	`update\s+(only\s+)?[\w."?]+(\s+(as\s+)?\w+)?\s+set\s[^=]+=`,
	`delete\s+from\b`,
	`merge\s+into\s+\S+.*\busing\b`,
	`truncate\s+table\s`,
	`(alter|drop|create)\s+(unlogged\s+|temp\s+|unique\s+)?(table|index|view|function|trigger)\s`,
}, "|") + `)`)

// writes leaves out labels such as "Delete from the list": nobody writes SQL in that case.
func writes(text string) bool {
	text = strings.TrimSpace(text)
	label := len(text) > 1 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a' && text[1] <= 'z'
	return !label && writing.MatchString(text)
}

var (
	tableTag = regexp.MustCompile(`bun:"table:(\w+)`)
	written  = regexp.MustCompile(`(?i)\b(?:insert\s+into|update|delete\s+from)\s+(\w+)`)
)

// derived tells whether a statement writes only tables whose records are described as derived in the same package: such rows follow from others, have
// no audit of their own, and their module may write them in SQL.
func derived(p *Package, text string) bool {
	own := derivedTables(p)
	found := written.FindAllStringSubmatch(text, -1)
	for _, m := range found {
		word := strings.ToLower(m[1])
		if word != "set" && word != "of" && !own[m[1]] { // DO UPDATE SET, FOR UPDATE OF
			return false
		}
	}
	return len(found) > 0
}

func derivedTables(p *Package) map[string]bool {
	table, marked := map[string]string{}, map[string]bool{}
	for _, f := range p.Files {
		for _, d := range f.AST.Decls {
			switch d := d.(type) {
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if t, ok := spec.(*ast.TypeSpec); ok {
						ast.Inspect(t, func(n ast.Node) bool {
							if field, ok := n.(*ast.Field); ok && field.Tag != nil {
								if m := tableTag.FindStringSubmatch(field.Tag.Value); m != nil {
									table[t.Name.Name] = m[1]
								}
							}
							return true
						})
					}
				}
			case *ast.FuncDecl:
				if d.Name.Name != "Describe" || d.Recv == nil {
					continue
				}
				ast.Inspect(d, func(n ast.Node) bool {
					if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == "Derived" {
						if star, ok := d.Recv.List[0].Type.(*ast.StarExpr); ok {
							if name, ok := star.X.(*ast.Ident); ok {
								marked[name.Name] = true
							}
						}
					}
					return true
				})
			}
		}
	}
	out := map[string]bool{}
	for name := range marked {
		out[table[name]] = true
	}
	return out
}

// Writes finds rows written past engine/record: bun's writing queries and SQL text that writes, outside tests.
func (h *House) Writes(r Rooms, rooms ...string) []string {
	var out []string
	h.each(func(p *Package, f *File) {
		if room, _ := r.Room(p.Path); f.Test || !slices.Contains(rooms, room) {
			return
		}
		ast.Inspect(f.AST, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				switch n.Sel.Name {
				case "NewInsert", "NewUpdate", "NewDelete", "NewMerge", "NewTruncateTable", "NewCreateTable", "NewDropTable", "CopyFrom":
					out = append(out, h.at(n.Pos(), "%s", n.Sel.Name))
				}
			case *ast.BasicLit:
				if text, err := strconv.Unquote(n.Value); n.Kind == token.STRING && err == nil && writes(text) && !derived(p, text) {
					out = append(out, h.at(n.Pos(), "SQL that writes: %.40s", strings.Join(strings.Fields(text), " ")))
				}
			}
			return true
		})
	})
	return out
}

// Tags finds struct fields with a json tag in rooms whose structs never meet encoding/json.
func (h *House) Tags(r Rooms, rooms ...string) []string {
	var out []string
	h.each(func(p *Package, f *File) {
		if room, _ := r.Room(p.Path); f.Test || !slices.Contains(rooms, room) {
			return
		}
		ast.Inspect(f.AST, func(n ast.Node) bool {
			if field, ok := n.(*ast.Field); ok && field.Tag != nil && strings.Contains(field.Tag.Value, "json:") {
				out = append(out, h.at(field.Pos(), "%s", field.Tag.Value))
			}
			return true
		})
	})
	return out
}

// Naming finds text in rooms that names a module's entity or event ("sales.order"): such a room works from descriptions alone.
func (h *House) Naming(r Rooms, modules []string, rooms ...string) []string {
	var out []string
	h.each(func(p *Package, f *File) {
		if room, _ := r.Room(p.Path); f.Test || !slices.Contains(rooms, room) {
			return
		}
		ast.Inspect(f.AST, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			text, _ := strconv.Unquote(lit.Value)
			module, rest, dotted := strings.Cut(text, ".")
			if dotted && slices.Contains(modules, module) && entityName.MatchString(rest) {
				out = append(out, h.at(lit.Pos(), "names %s", text))
			}
			return true
		})
	})
	return out
}

var entityName = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z_]+)?$`)
