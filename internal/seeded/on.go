//go:build seeded

package seeded

// The defects.
const (
	LeakedColumn    = true // costs are shown to everybody who sees the record
	ForgottenTenant = true // the list of jobs is everybody's
	SkippedLock     = true // who takes goods does not lock their balances
	LoudNotice      = true // a notification tells all of its record
)
