package policy

import (
	"context"
	"embed"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"
)

//go:embed library/*.rego
var libraryFiles embed.FS

const ownPackage = "data.tenant"

// capabilities is all that Rego may use here. It is a list of what is allowed, so that a new version of OPA adds nothing by itself. Left out on
// purpose: the network, the process, time and chance (answers are cached), and whatever can build a huge value in one step (concat, sprintf,
// replace, array.concat, numbers.range, multiplication), since a deadline stops evaluation only between steps.
func capabilities() *ast.Capabilities {
	allowed := map[string]bool{}
	for _, name := range []string{
		"eq", "assign", "equal", "neq", "gt", "gte", "lt", "lte", "internal.member_2", "internal.member_3",
		"plus", "minus", "abs", "and", "or", "count", "sum", "min", "max", "sort",
		"startswith", "endswith", "contains", "lower", "upper", "trim", "trim_prefix", "trim_suffix", "split", "substring", "indexof",
		"object.get", "object.keys", "regex.match",
		"is_number", "is_string", "is_boolean", "is_array", "is_set", "is_object", "is_null", "type_name",
	} {
		allowed[name] = true
	}
	all := ast.CapabilitiesForThisVersion()
	all.Builtins = slices.DeleteFunc(slices.Clone(all.Builtins), func(b *ast.Builtin) bool { return !allowed[b.Name] })
	all.AllowNet = []string{}
	return all
}

// library is the shipped Rego: parsed once, compiled once for everyone without Rego of their own.
type library struct {
	allowed  *ast.Capabilities
	modules  map[string]*ast.Module
	compiled *ast.Compiler
}

func newLibrary() (*library, error) {
	files, err := libraryFiles.ReadDir("library")
	if err != nil {
		return nil, err
	}
	l := &library{allowed: capabilities(), modules: map[string]*ast.Module{}}
	for _, f := range files {
		text, err := libraryFiles.ReadFile("library/" + f.Name())
		if err != nil {
			return nil, err
		}
		if l.modules[f.Name()], err = l.parse(f.Name(), string(text)); err != nil {
			return nil, err
		}
	}
	l.compiled, err = l.compile(nil)
	return l, err
}

func (l *library) parse(name, text string) (*ast.Module, error) {
	return ast.ParseModuleWithOpts(name, text, ast.ParserOptions{RegoVersion: ast.RegoV1, Capabilities: l.allowed})
}

// compile joins the library with a tenant's own module, if any.
func (l *library) compile(own *ast.Module) (*ast.Compiler, error) {
	modules := make(map[string]*ast.Module, len(l.modules)+1)
	for name, m := range l.modules {
		modules[name] = m.Copy()
	}
	if own != nil {
		modules["tenant.rego"] = own
	}
	c := ast.NewCompiler().WithStrict(true).WithCapabilities(l.allowed).WithKeepModules(false)
	c.Compile(modules)
	if c.Failed() {
		return nil, c.Errors
	}
	return c, nil
}

// with compiles a tenant's own Rego. It may only be package tenant, so that it can add denials and change nothing else.
func (l *library) with(ctx context.Context, text string) (*ast.Compiler, *ast.Module, error) {
	if text == "" {
		return l.compiled, nil, nil
	}
	m, err := l.own(text)
	if err != nil {
		return nil, nil, wrongRego(err)
	}
	c, err := inTime(ctx, func() (*ast.Compiler, error) { return l.compile(m.Copy()) })
	if err != nil {
		return nil, nil, wrongRego(err)
	}
	return c, m, ctx.Err()
}

// own parses a tenant's Rego and holds it against what it may cost.
func (l *library) own(text string) (*ast.Module, error) {
	if len(text) > ownLimit {
		return nil, tooBig(nil, "more than %d bytes", ownLimit)
	}
	if err := nesting(text); err != nil {
		return nil, err
	}
	m, err := l.parse("tenant.rego", text)
	if err != nil {
		return nil, err
	}
	if m.Package.Path.String() != ownPackage {
		return nil, ast.NewError("policy_package", m.Package.Location, "the package must be tenant, not %s", m.Package.Path)
	}
	return m, measure(m)
}

// Format lays out a tenant's own Rego as is usual.
func (e *Engine) Format(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	if _, err := e.library.own(text); err != nil {
		return "", wrongRego(err)
	}
	out, err := format.SourceWithOpts("tenant.rego", []byte(text), format.Opts{RegoVersion: ast.RegoV1})
	if err != nil {
		return "", wrongRego(err)
	}
	return string(out), nil
}
