package laws

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strings"
)

// PackageComments finds packages that have no comment, or several. Packages of tests only need none.
func (h *House) PackageComments() []string {
	var out []string
	for _, p := range h.Packages {
		var files, with []string
		for _, f := range p.Files {
			if f.Test {
				continue
			}
			files = append(files, f.Name)
			if f.AST.Doc != nil {
				with = append(with, f.Name)
			}
		}
		if len(files) > 0 && len(with) != 1 {
			out = append(out, fmt.Sprintf("%s: %d package comments %s", p.Path, len(with), strings.Join(with, " ")))
		}
	}
	return out
}

// Inits finds functions named init.
func (h *House) Inits() []string {
	var out []string
	h.each(func(_ *Package, f *File) {
		for _, decl := range f.AST.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				out = append(out, h.at(fn.Pos(), "func init"))
			}
		}
	})
	return out
}

// Names finds packages and files whose names say nothing.
func (h *House) Names(empty []string) []string {
	var out []string
	h.each(func(_ *Package, f *File) {
		base := strings.TrimSuffix(strings.TrimSuffix(path.Base(f.Name), ".go"), "_test")
		for _, word := range []string{base, strings.TrimSuffix(f.AST.Name.Name, "_test")} {
			if slices.Contains(empty, word) {
				out = append(out, f.Name+": "+word)
			}
		}
	})
	return slices.Compact(out)
}

// Skips finds tests that may leave themselves out. A property test's own rapid.T may: it discards a case, not the test.
func (h *House) Skips() []string {
	var out []string
	h.each(func(_ *Package, f *File) {
		ours := f.testing()
		ast.Inspect(f.AST, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || !slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, sel.Sel.Name) {
				return true
			}
			switch x := sel.X.(type) {
			case *ast.Ident:
				if o := f.uses[x]; o == nil || !ours[o.Pos()] {
					return true
				}
			case *ast.SelectorExpr: // a field of a fixture
				if !slices.Contains([]string{"t", "T", "tb", "TB", "b", "B", "f", "F"}, x.Sel.Name) {
					return true
				}
			}
			out = append(out, h.at(call.Pos(), "%s", sel.Sel.Name))
			return true
		})
	})
	return out
}

// testing returns where parameters of type *testing.T, B, F or testing.TB are declared.
func (f *File) testing() map[token.Pos]bool {
	out := map[token.Pos]bool{}
	ast.Inspect(f.AST, func(n ast.Node) bool {
		field, ok := n.(*ast.Field)
		if !ok {
			return true
		}
		t := field.Type
		if star, ok := t.(*ast.StarExpr); ok {
			t = star.X
		}
		if sel, ok := t.(*ast.SelectorExpr); ok {
			if pkg, _ := f.imported(sel.X); pkg == "testing" {
				for _, name := range field.Names {
					out[name.Pos()] = true
				}
			}
		}
		return true
	})
	return out
}

// each calls fn for every file that a person wrote.
func (h *House) each(fn func(p *Package, f *File)) {
	for _, p := range h.Packages {
		for _, f := range p.Files {
			if !ast.IsGenerated(f.AST) {
				fn(p, f)
			}
		}
	}
}
