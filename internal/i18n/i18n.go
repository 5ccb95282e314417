// Package i18n holds texts in the languages that Tenon speaks and picks the caller's.
package i18n

import "strings"

// Lang is a language of the user interface: "zh-CN" or "en".
type Lang string

// The languages that every text exists in.
const (
	ZH Lang = "zh-CN"
	EN Lang = "en"
)

// Text is one meaning in both languages.
type Text struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// T makes a text from its Chinese and its English wording.
func T(zh, en string) Text { return Text{ZH: zh, EN: en} }

// In returns the wording in a language; Chinese is the fallback.
func (t Text) In(l Lang) string {
	if l == EN && t.EN != "" || t.ZH == "" {
		return t.EN
	}
	return t.ZH
}

// Zero tells that nothing was written in either language.
func (t Text) Zero() bool { return t.ZH == "" && t.EN == "" }

// Pick reads an Accept-Language header (or a stored locale) and returns the language to answer in; def when neither language is named.
func Pick(accept string, def Lang) Lang {
	for part := range strings.SplitSeq(accept, ",") {
		tag := strings.ToLower(strings.TrimSpace(strings.SplitN(part, ";", 2)[0]))
		switch {
		case strings.HasPrefix(tag, "zh"):
			return ZH
		case strings.HasPrefix(tag, "en"):
			return EN
		}
	}
	if def == "" {
		return ZH
	}
	return def
}
