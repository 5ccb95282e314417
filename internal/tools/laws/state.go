package laws

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// State finds package-level variables that are, or may become, mutable state. Values that nothing changes are allowed: errors, embedded files,
// compiled expressions, tables, functions.
func (h *House) State() []string {
	changed := h.changed()
	var out []string
	for _, p := range h.Packages {
		for _, f := range p.Files {
			if f.Test || ast.IsGenerated(f.AST) {
				continue
			}
			eachVar(f.AST, func(name *ast.Ident, spec *ast.ValueSpec, value ast.Expr, embedded bool) {
				if why := f.mutable(spec, value, embedded); why != "" {
					out = append(out, h.at(name.Pos(), "var %s is %s", name.Name, why))
				}
				for _, how := range changed[p.Path+"."+name.Name] {
					out = append(out, h.at(name.Pos(), "var %s is %s", name.Name, how))
				}
			})
		}
	}
	return out
}

// eachVar calls fn for each package-level variable; value is nil where there is none, or where one call gives several.
func eachVar(file *ast.File, fn func(name *ast.Ident, spec *ast.ValueSpec, value ast.Expr, embedded bool)) {
	for _, decl := range file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.VAR {
			continue
		}
		for _, s := range gen.Specs {
			spec, _ := s.(*ast.ValueSpec)
			embedded := directive(gen.Doc) || directive(spec.Doc)
			for i, name := range spec.Names {
				var value ast.Expr
				switch {
				case len(spec.Values) == len(spec.Names):
					value = spec.Values[i]
				case len(spec.Values) == 1:
					value = spec.Values[0]
				}
				if name.Name != "_" {
					fn(name, spec, value, embedded)
				}
			}
		}
	}
}

func directive(doc *ast.CommentGroup) bool {
	return doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed ") })
}

// mutable says why a declaration looks like state, or nothing.
func (f *File) mutable(spec *ast.ValueSpec, value ast.Expr, embedded bool) string {
	if embedded {
		return ""
	}
	if why := f.mutableType(spec.Type); why != "" {
		return why
	}
	if id, ok := value.(*ast.Ident); value == nil || ok && id.Name == "nil" {
		return "without a value: it waits to be set"
	}
	return f.mutableValue(value)
}

// mutableType judges a type as it is written.
func (f *File) mutableType(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return "a pointer"
	case *ast.ChanType:
		return "a channel"
	case *ast.ArrayType:
		return f.mutableType(t.Elt)
	case *ast.MapType:
		return f.mutableType(t.Value)
	case *ast.IndexExpr:
		return f.mutableType(t.X)
	case *ast.IndexListExpr:
		return f.mutableType(t.X)
	case *ast.SelectorExpr:
		pkg, _ := f.imported(t.X)
		if pkg == "sync" || pkg == "sync/atomic" || pkg+"."+t.Sel.Name == "strings.Builder" || pkg+"."+t.Sel.Name == "bytes.Buffer" {
			return "of type " + pkg + "." + t.Sel.Name
		}
	}
	return ""
}

func (f *File) mutableValue(value ast.Expr) string {
	switch v := value.(type) {
	case *ast.ParenExpr:
		return f.mutableValue(v.X)
	case *ast.UnaryExpr:
		if v.Op == token.AND {
			return "a pointer"
		}
	case *ast.CompositeLit:
		switch v.Type.(type) {
		case *ast.MapType, *ast.ArrayType:
			if len(v.Elts) == 0 {
				return "empty: it waits to be filled"
			}
		}
		return f.mutableType(v.Type)
	case *ast.CallExpr:
		return f.mutableCall(v.Fun)
	}
	return ""
}

// immutable are constructors whose results nobody can change; sync.Once… compute one value when it is first needed.
func immutable(function string) bool {
	switch function {
	case "errors.New", "strings.NewReplacer", "sync.OnceValue", "sync.OnceValues", "sync.OnceFunc":
		return true
	}
	// A fault can be changed by Because, At and With: changed() looks whether somebody does.
	return strings.HasSuffix(function, "/internal/fault.New")
}

func (f *File) mutableCall(function ast.Expr) string {
	switch fn := function.(type) {
	case *ast.IndexExpr:
		return f.mutableCall(fn.X)
	case *ast.IndexListExpr:
		return f.mutableCall(fn.X)
	case *ast.Ident:
		if fn.Name == "make" || constructor(fn.Name) {
			return "made by " + fn.Name + ": make it in cmd and pass it on"
		}
	case *ast.SelectorExpr:
		pkg, _ := f.imported(fn.X)
		name := pkg + "." + fn.Sel.Name
		if !immutable(name) && (constructor(fn.Sel.Name) || pkg == "sync" || pkg == "sync/atomic") {
			return "made by " + name + ": make it in cmd and pass it on"
		}
	}
	return ""
}

// constructor tells New, NewThing, new and newThing from newline.
func constructor(name string) bool {
	rest, ok := strings.CutPrefix(name, "New")
	if !ok {
		rest, ok = strings.CutPrefix(name, "new")
	}
	return ok && (rest == "" || rest[0] >= 'A' && rest[0] <= 'Z')
}
