package mail

import "github.com/tenon-hq/tenon/internal/fault"

// CheckDocument is check, for tests.
func CheckDocument(x *Document, desk *Desk) error {
	var bad fault.Fields
	x.check(&bad, desk)
	return bad.Err()
}
