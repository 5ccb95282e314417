package tenancy

import (
	"regexp"
	"strconv"
	"strings"
)

// lift takes the data out of a statement that was written with its arguments in it, as the query builder writes them, and puts $1, $2 … in their
// places: the text is then the same each time, so that PostgreSQL parses and plans it once for a schema. Data are quoted ids, arrays, numbers, dates
// and times; words such as 'open' stay, because partial indexes and plans depend on them. A text that could change its meaning is left as it is.
func lift(sql string) (text string, args []any) {
	if len(sql) > longStatement || strings.ContainsAny(sql, "$\\") { // parameters, dollar quotes, escapes
		return sql, nil
	}
	l := lifter{sql: sql, around: []bool{true}}
	l.run()
	if len(l.args) == 0 {
		return sql, nil
	}
	l.out.WriteString(sql[l.from:])
	return l.out.String(), l.args
}

var datum = regexp.MustCompile(`^(?:[+-]?\d[0-9.:T +Z-]*|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|\{.*\})$`)

type lifter struct {
	sql    string
	out    strings.Builder
	args   []any
	from   int    // where what was not written yet starts
	around []bool // for each open parenthesis: may a bare literal in it become a parameter?
}

func (l *lifter) run() {
	for i := 0; i < len(l.sql); i++ {
		switch c := l.sql[i]; {
		case c == '(':
			word, _ := firstWord(l.sql[i:])
			l.around = append(l.around, query[word] || neutral[strings.ToUpper(wordBefore(l.sql, i))])
		case c == ')' && len(l.around) > 1:
			l.around = l.around[:len(l.around)-1]
		case c == '"':
			i = closing(l.sql, i, '"')
		case c == '-' && strings.HasPrefix(l.sql[i:], "--"):
			if end := strings.IndexByte(l.sql[i:], '\n'); end >= 0 {
				i += end
			} else {
				return
			}
		case c == '/' && strings.HasPrefix(l.sql[i:], "/*"):
			i = len(l.sql) - len(afterComment(l.sql[i:])) - 1
		case c == '\'':
			end := closing(l.sql, i, '\'')
			if end < len(l.sql) {
				l.literal(i, end)
			}
			i = end
		}
	}
}

// query are the words that a statement in parentheses starts with.
var query = map[string]bool{"SELECT": true, "WITH": true, "INSERT": true, "UPDATE": true, "DELETE": true, "VALUES": true}

// neutral are the words before a parenthesis in which an unknown parameter gets its type as an unknown literal does; other words may be functions that
// take anything.
var neutral = map[string]bool{
	"": true, "IN": true, "ANY": true, "ALL": true, "VALUES": true, "AND": true, "OR": true, "NOT": true, "WHERE": true, "ON": true, "COALESCE": true,
	"GREATEST": true, "LEAST": true, "NULLIF": true, "WHEN": true,
}

// literal lifts the quoted text from start to its closing quote at end, if it is data in a place where a parameter means the same.
func (l *lifter) literal(start, end int) {
	content := l.sql[start+1 : end]
	if strings.ContainsAny(content, "'") || !datum.MatchString(content) {
		return
	}
	cast := strings.HasPrefix(l.sql[end+1:], "::")
	if !cast && !l.around[len(l.around)-1] {
		return
	}
	before := strings.TrimRight(l.sql[:start], " \t\r\n")
	if before == "" || !strings.ContainsRune("=<>+-*/,(", rune(before[len(before)-1])) {
		return
	}
	l.args = append(l.args, content)
	l.out.WriteString(l.sql[l.from:start])
	l.out.WriteString("$" + strconv.Itoa(len(l.args)))
	l.from = end + 1
}

// closing returns where a quoted text ends, or the length of the text.
func closing(sql string, start int, quote byte) int {
	for i := start + 1; i < len(sql); i++ {
		if sql[i] != quote {
			continue
		}
		if i+1 < len(sql) && sql[i+1] == quote {
			i++
			continue
		}
		return i
	}
	return len(sql)
}

// wordBefore returns the word that ends right before at, blanks apart.
func wordBefore(sql string, at int) string {
	sql = strings.TrimRight(sql[:at], " \t\r\n")
	start := len(sql)
	for start > 0 {
		c := sql[start-1]
		if c == '_' || c == '"' || c == '.' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' {
			start--
			continue
		}
		break
	}
	return sql[start:]
}
