package tenancy

import "strings"

// arrays writes lists of texts as PostgreSQL reads them; the driver would find out anew for each element what it is.
func arrays(args []any) {
	for i, v := range args {
		switch list := v.(type) {
		case []string:
			if list != nil {
				args[i] = textArray(len(list), func(i int) *string { return &list[i] })
			}
		case []*string:
			if list != nil {
				args[i] = textArray(len(list), func(i int) *string { return list[i] })
			}
		}
	}
}

// textArray writes n texts as one array; nil is NULL.
func textArray(n int, at func(i int) *string) string {
	size := 2
	for i := range n {
		if s := at(i); s != nil {
			size += len(*s) + 3
		} else {
			size += 5
		}
	}
	var b strings.Builder
	b.Grow(size)
	b.WriteByte('{')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		s := at(i)
		if s == nil {
			b.WriteString("NULL")
			continue
		}
		b.WriteByte('"')
		rest := *s
		for {
			at := strings.IndexAny(rest, `"\`)
			if at < 0 {
				break
			}
			b.WriteString(rest[:at])
			b.WriteByte('\\')
			b.WriteByte(rest[at])
			rest = rest[at+1:]
		}
		b.WriteString(rest)
		b.WriteByte('"')
	}
	b.WriteByte('}')
	return b.String()
}
