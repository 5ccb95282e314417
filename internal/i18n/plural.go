package i18n

import "strings"

// Plural is what several of an English noun are called, as menus and lists do: Sales orders, Bills of materials, Requests for quotation.
func Plural(label string) string {
	for _, of := range []string{" of ", " for "} {
		if head, rest, found := strings.Cut(label, of); found {
			return Plural(head) + of + rest
		}
	}
	at := strings.LastIndexByte(label, ' ') + 1
	lower := strings.ToLower(label[at:])
	switch {
	case label == "" || strings.Contains(label, ",") || many(lower): // a whole phrase has its own number
		return label
	case strings.HasSuffix(lower, "y") && len(lower) > 1 && !strings.ContainsRune("aeiou", rune(lower[len(lower)-2])):
		return label[:len(label)-1] + "ies"
	case strings.HasSuffix(lower, "s"), strings.HasSuffix(lower, "x"), strings.HasSuffix(lower, "ch"), strings.HasSuffix(lower, "sh"):
		return label + "es"
	}
	return label + "s"
}

// many tells that a word is one that is not counted, or a plural already.
func many(word string) bool {
	switch word {
	case "stock", "work", "equipment", "news", "history", "settings", "terms", "materials", "goods", "series", "data":
		return true
	}
	return strings.HasSuffix(word, "s") && !strings.HasSuffix(word, "ss") && !strings.HasSuffix(word, "us") && !strings.HasSuffix(word, "is")
}
