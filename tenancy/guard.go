package tenancy

import (
	"errors"
	"fmt"
	"strings"
)

var errOutside = errors.New("tenancy: a statement outside a unit of work: use DB.Do")

// allowed are the statements that a unit of work may send. SET, RESET, DO, COPY, BEGIN, COMMIT, CALL, LISTEN and all DDL are not among them.
func allowed(word, next string) bool {
	switch word {
	case "SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "VALUES", "LOCK", "EXPLAIN", "SAVEPOINT", "RELEASE":
		return true
	case "ROLLBACK":
		return next == "TO"
	}
	return false
}

// admit refuses statements by their first word. PostgreSQL refuses the rest: the tenant's role owns nothing, and the extended protocol takes one
// statement at a time.
func admit(sql string) (word string, err error) {
	word, rest := firstWord(sql)
	next := ""
	if word == "ROLLBACK" {
		next, _ = firstWord(rest)
	}
	if !allowed(word, next) {
		return "", fmt.Errorf("tenancy: a unit of work may not send %q statements", word)
	}
	return word, nil
}

// firstWord returns the first keyword in upper case, behind blanks, comments and parentheses.
func firstWord(sql string) (word, rest string) {
	for {
		sql = strings.TrimLeft(sql, " \t\r\n\f\v(")
		switch {
		case strings.HasPrefix(sql, "--"):
			end := strings.IndexAny(sql, "\r\n")
			if end < 0 {
				return "", ""
			}
			sql = sql[end:]
		case strings.HasPrefix(sql, "/*"):
			sql = afterComment(sql)
		default:
			n := 0
			for n < len(sql) && (sql[n]|0x20 >= 'a' && sql[n]|0x20 <= 'z' || sql[n] == '_') {
				n++
			}
			return strings.ToUpper(sql[:n]), sql[n:]
		}
	}
}

// afterComment skips a block comment; PostgreSQL nests them.
func afterComment(sql string) string {
	depth := 0
	for i := 0; i+1 < len(sql); i++ {
		switch sql[i : i+2] {
		case "/*":
			depth++
			i++
		case "*/":
			depth--
			i++
			if depth == 0 {
				return sql[i+1:]
			}
		}
	}
	return ""
}
