package tenancy

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
)

// Names that are joined into SQL are made here and nowhere else, and are checked again wherever they are joined: they never come from people.
var (
	schemaName = regexp.MustCompile(`^t_[0-9a-f]{16}$`)
	roleName   = regexp.MustCompile(`^tn_[0-9a-f]{8}_(owner|app|control|jobs|app_b[0-9]{2,4})$`)
)

// tenantName returns a tenant's schema or role as it may stand in SQL; a name of another form ends the program's request, not just this query.
func tenantName(s string) string {
	if !schemaName.MatchString(s) {
		panic(fmt.Sprintf("tenancy: %q is no generated schema name", s))
	}
	return s
}

func ownRole(s string) string {
	if !roleName.MatchString(s) {
		panic(fmt.Sprintf("tenancy: %q is no role of this installation", s))
	}
	return s
}

// literal quotes text that the program made, for statements that take no parameters.
func literal(s string) string {
	if strings.ContainsAny(s, "\x00\\") {
		panic("tenancy: text that can't be a literal")
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

// random returns n random bytes in hexadecimal.
func random(n int) string {
	b := make([]byte, n)
	if _, err := rand.Read(b); err != nil {
		panic(err) // the system's source of randomness is gone: nothing may go on
	}
	return hex.EncodeToString(b)
}
