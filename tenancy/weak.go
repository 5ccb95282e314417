package tenancy

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/tenon-hq/tenon/internal/fault"
)

// commonPasswords are those of 8 and more characters among the 30,000 most frequent ones of published leaks (the list of zxcvbn, MIT licence).
//
//go:embed words/passwords.txt
var commonPasswords string

var common = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for word := range strings.Lines(commonPasswords) {
		out[strings.TrimSpace(word)] = true
	}
	return out
})

// validatePassword refuses passwords that are too short or too long, that are known from leaks, or that anybody would guess from what they know of the
// person. It follows NIST SP 800-63B: length and a list, no rules about kinds of characters.
func validatePassword(f *fault.Fields, password string, about ...string) {
	if n := len([]rune(password)); n < 8 || n > 256 {
		f.Add("password", "length", "密码长度应为 8 至 256 个字符", "A password has 8 to 256 characters")
		return
	}
	low := strings.ToLower(password)
	if common()[low] || monotone(low) {
		f.Add("password", "weak", "此密码过于常见，容易被猜到，请换一个", "This password is among those that are tried first; choose another")
		return
	}
	for _, x := range about {
		x = strings.ToLower(strings.TrimSpace(x))
		name, _, _ := strings.Cut(x, "@")
		if x != "" && (low == x || low == name) {
			f.Add("password", "weak", "密码不能与邮箱、姓名或公司名称相同", "A password must not be the address, the name or the company")
			return
		}
	}
}

// monotone tells that a text is one or two characters again and again, or a run up or down: aaaaaaaa, abababab, 23456789.
func monotone(s string) bool {
	r := []rune(s)
	same, up, down := true, true, true
	for i := range r {
		same = same && r[i] == r[i%2]
		if i > 0 {
			up, down = up && r[i] == r[i-1]+1, down && r[i] == r[i-1]-1
		}
	}
	return same || up || down
}
