package policy

import (
	"embed"

	"github.com/tenon-hq/tenon/tenancy"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Line returns the table in which a tenant's own rights are kept. It holds nothing until the tenant publishes.
func Line() tenancy.Line { return tenancy.Line{Name: "policy", Always: true, Files: migrations} }
