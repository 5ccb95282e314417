package laws

import (
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strings"
)

// changed finds where package-level variables are changed, in tests too: "path.name" and how.
func (h *House) changed() map[string][]string {
	out := map[string][]string{}
	for _, p := range h.Packages {
		for _, f := range p.Files {
			note := func(x ast.Expr, pos token.Pos, how string) {
				if name := h.global(p, f, x); name != "" {
					out[name] = append(out[name], h.at(pos, "%s", how))
				}
			}
			ast.Inspect(f.AST, func(n ast.Node) bool { changes(f, n, note); return true })
		}
	}
	for name, list := range out {
		for i, where := range list {
			list[i] = "changed at " + where
		}
		out[name] = list
	}
	return out
}

// changes calls note for each thing that a node changes.
func changes(f *File, n ast.Node, note func(x ast.Expr, pos token.Pos, how string)) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			for _, x := range n.Lhs {
				note(x, n.Pos(), "assigned")
			}
		}
	case *ast.IncDecStmt:
		note(n.X, n.Pos(), "counted")
	case *ast.RangeStmt:
		if n.Tok == token.ASSIGN {
			note(n.Key, n.Pos(), "assigned")
			note(n.Value, n.Pos(), "assigned")
		}
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			note(n.X, n.Pos(), "its address is taken")
		}
	case *ast.CallExpr:
		if x, how := f.changesArgument(n); x != nil {
			note(x, n.Pos(), how)
		}
	}
}

// changesArgument returns what a call is known to change.
func (f *File) changesArgument(call *ast.CallExpr) (x ast.Expr, how string) {
	switch fn := call.Fun.(type) {
	case *ast.Ident:
		if _, builtin := f.uses[fn].(*types.Builtin); builtin && slices.Contains([]string{"delete", "clear", "copy"}, fn.Name) && len(call.Args) > 0 {
			return call.Args[0], fn.Name
		}
	case *ast.SelectorExpr:
		switch pkg, isPackage := f.imported(fn.X); {
		case !isPackage && slices.Contains([]string{"Because", "At", "With"}, fn.Sel.Name) && isName(fn.X):
			return fn.X, fn.Sel.Name + " changes a shared fault: make a function that returns a new one"
		case (pkg == "sort" || pkg == "slices" || pkg == "maps") && len(call.Args) > 0 && inPlace(fn.Sel.Name):
			return call.Args[0], pkg + "." + fn.Sel.Name
		}
	}
	return nil, ""
}

// isName tells a plain or a package's name from a longer expression.
func isName(x ast.Expr) bool {
	if s, ok := x.(*ast.SelectorExpr); ok {
		x = s.X
	}
	_, ok := x.(*ast.Ident)
	return ok
}

func inPlace(function string) bool {
	if strings.HasPrefix(function, "Sorted") || strings.HasPrefix(function, "SliceIsSorted") {
		return false
	}
	for _, verb := range []string{"Sort", "Slice", "Stable", "Reverse", "Delete", "Insert", "Replace", "Compact", "Copy", "Strings", "Ints"} {
		if strings.HasPrefix(function, verb) {
			return true
		}
	}
	return false
}

// global returns "path.name" when an expression is, or is a part of, a package-level variable of ours.
func (h *House) global(p *Package, f *File, x ast.Expr) string {
	for {
		switch e := x.(type) {
		case *ast.ParenExpr:
			x = e.X
		case *ast.IndexExpr:
			x = e.X
		case *ast.SliceExpr:
			x = e.X
		case *ast.StarExpr:
			x = e.X
		case *ast.SelectorExpr:
			if pkg, ok := f.imported(e.X); ok {
				if !h.Own(pkg) {
					return ""
				}
				return h.short(pkg) + "." + e.Sel.Name
			}
			x = e.X
		case *ast.Ident:
			v, ok := f.uses[e].(*types.Var)
			if !ok || strings.HasSuffix(f.AST.Name.Name, "_test") || v.Parent() == nil || v.Pkg() == nil ||
				v.Parent() != v.Pkg().Scope() {
				return ""
			}
			return path.Clean(p.Path) + "." + e.Name
		default:
			return ""
		}
	}
}
