// Package laws reads the project's own source and finds where it breaks a law of the house. The laws' tables and texts are in laws_test.go at the
// root; here is how a breach is found. It needs no compiled package: what is being written, or is broken, is read as far as it goes.
package laws

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// House is the parsed source of one Go module.
type House struct {
	Root     string // folder
	Module   string // import path of the module
	Packages []*Package
	Broken   []string // files that are not Go; they are read as far as they go

	fset *token.FileSet
}

// Package is one folder of Go files.
type Package struct {
	Path        string // within the module, "." for its root
	Imports     []string
	TestImports []string // of tests inside and outside the package
	Files       []*File
}

// File is one parsed file.
type File struct {
	Name string // within the module
	Test bool
	AST  *ast.File
	uses map[*ast.Ident]types.Object
}

// Load reads the module in a folder with `go list` and parses its files. Folders of other modules and of npm are not looked at.
func Load(ctx context.Context, root string) (*House, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "go", "list", "-e",
		"-json=ImportPath,Dir,GoFiles,CgoFiles,IgnoredGoFiles,TestGoFiles,XTestGoFiles,Imports,TestImports,XTestImports,Module", "./...")
	cmd.Dir = root
	var errOut bytes.Buffer
	cmd.Stderr = &errOut
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, errOut.String())
	}
	h := &House{Root: root, fset: token.NewFileSet()}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) { //nolint:musttag // go list writes Go names
			break
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		if strings.Contains(p.Dir, "node_modules") {
			continue
		}
		h.add(&p)
	}
	h.resolve()
	return h, nil
}

// listed is what go list says of a package.
type listed struct {
	ImportPath, Dir                                              string
	GoFiles, CgoFiles, IgnoredGoFiles, TestGoFiles, XTestGoFiles []string
	Imports, TestImports, XTestImports                           []string
	Module                                                       struct{ Path string }
}

func (h *House) add(l *listed) {
	h.Module = l.Module.Path
	p := &Package{Path: h.short(l.ImportPath), Imports: l.Imports, TestImports: append(l.TestImports, l.XTestImports...)}
	for _, name := range slices.Concat(l.GoFiles, l.CgoFiles, l.IgnoredGoFiles, l.TestGoFiles, l.XTestGoFiles) {
		full := filepath.Join(l.Dir, name)
		f, err := parser.ParseFile(h.fset, full, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			h.Broken = append(h.Broken, err.Error())
		}
		if f == nil {
			continue
		}
		p.Files = append(p.Files, &File{Name: path.Join(p.Path, name), Test: strings.HasSuffix(name, "_test.go"), AST: f})
	}
	h.Packages = append(h.Packages, p)
}

// Parse makes a house of source text by file name ("modules/sales/order.go"), to show that a law finds a breach.
func Parse(module string, source map[string]string) (*House, error) {
	h := &House{Module: module, fset: token.NewFileSet()}
	names := make([]string, 0, len(source))
	for name := range source {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		ast, err := parser.ParseFile(h.fset, name, source[name], parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		f := &File{Name: name, Test: strings.HasSuffix(name, "_test.go"), AST: ast}
		p := h.Package(path.Dir(name))
		if p == nil {
			p = &Package{Path: path.Dir(name)}
			h.Packages = append(h.Packages, p)
		}
		p.Files = append(p.Files, f)
		for _, spec := range ast.Imports {
			imported := strings.Trim(spec.Path.Value, `"`)
			if f.Test {
				p.TestImports = append(p.TestImports, imported)
			} else {
				p.Imports = append(p.Imports, imported)
			}
		}
	}
	h.resolve()
	return h, nil
}

// Package returns a package by its path within the module, or nil.
func (h *House) Package(path string) *Package {
	for _, p := range h.Packages {
		if p.Path == path {
			return p
		}
	}
	return nil
}

// Own tells whether an import path is of this module.
func (h *House) Own(imported string) bool {
	return imported == h.Module || strings.HasPrefix(imported, h.Module+"/")
}

// short makes an import path one within the module.
func (h *House) short(imported string) string {
	if imported == h.Module {
		return "."
	}
	return strings.TrimPrefix(imported, h.Module+"/")
}

// at writes one breach.
func (h *House) at(pos token.Pos, format string, args ...any) string {
	p := h.fset.Position(pos)
	if rel, err := filepath.Rel(h.Root, p.Filename); err == nil && h.Root != "" {
		p.Filename = rel
	}
	return fmt.Sprintf("%s:%d: ", p.Filename, p.Line) + fmt.Sprintf(format, args...)
}

// resolve finds what each name in the source refers to. Imports are empty stand-ins, so types are unknown, but scopes are exact.
func (h *House) resolve() {
	for _, p := range h.Packages {
		groups := map[string][]*ast.File{}
		for _, f := range p.Files {
			groups[f.AST.Name.Name] = append(groups[f.AST.Name.Name], f.AST)
		}
		info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
		conf := types.Config{Importer: standIn{}, Error: func(error) {}, FakeImportC: true}
		for name, files := range groups {
			importPath := h.Module + "/" + p.Path
			if strings.HasSuffix(name, "_test") {
				importPath += "_test"
			}
			_, _ = conf.Check(importPath, h.fset, files, info)
		}
		for _, f := range p.Files {
			f.uses = info.Uses
		}
	}
}

// standIn imports nothing: an empty package for every path.
type standIn struct{}

// Import makes a package that has a name only.
func (standIn) Import(imported string) (*types.Package, error) {
	p := types.NewPackage(imported, packageName(imported))
	p.MarkComplete()
	return p, nil
}

// packageName guesses a package's name from its path, as people read it: example.com/stripe-go/v76 is stripe-go.
func packageName(imported string) string {
	base := path.Base(imported)
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		return path.Base(path.Dir(imported))
	}
	return base
}

// imported returns the import path when an expression is a package's name.
func (f *File) imported(x ast.Expr) (string, bool) {
	id, ok := x.(*ast.Ident)
	if !ok {
		return "", false
	}
	if name, ok := f.uses[id].(*types.PkgName); ok {
		return name.Imported().Path(), true
	}
	return "", false
}
