//go:build !seeded

package seeded

// The defects.
const (
	LeakedColumn    = false // costs are shown to everybody who sees the record
	ForgottenTenant = false // the list of jobs is everybody's
	SkippedLock     = false // who takes goods does not lock their balances
	LoudNotice      = false // a notification tells all of its record
)
